"""Specter, the Swedish ERP, over its web-shop API (query strings, ISO-8859-1, short form or XML).

It takes customers, orders and articles, feeds back changed orders, and lets the ERP knock. It
does not cancel, change or credit orders, register payments or read invoices: no public action
does that. Invoices are offered only when the dialect names an action. What is assumed rather
than known of the protocol stands in one file, `dialect.toml`.
"""
