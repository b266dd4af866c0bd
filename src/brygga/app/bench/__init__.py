"""Measurements of the whole durable path, beside a bare client that makes the same calls."""
