"""Brygga: orders, products and stock between shops and the ERP."""
