"""What the ERP tells of an order on its way to the shop: facts, notes, parcels, status and capture."""
