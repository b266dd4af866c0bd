"""Products with variants on their way from shop to ERP."""
