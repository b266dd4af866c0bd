"""Simulated shops and ERPs: products of their own that know nothing of Brygga."""
