"""Articles on their way from the ERP to a shop: grouped, made as products, and kept field by field."""
