"""The database: models, and what supplies the ports of `flows/ports.py` from them."""
