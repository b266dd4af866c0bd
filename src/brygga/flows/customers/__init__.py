"""A shop's customers on their way to the ERP without an order."""
