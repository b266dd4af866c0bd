"""Prices and stock on their way from the ERP to a shop's items: differences only, newest wins."""
