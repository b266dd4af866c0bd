"""The shop side: WooCommerce, by its REST interface wc/v3 and its webhooks.

It reads orders with their refunds, products with their variants, and what changed in a window of
time; it writes notes, metas and statuses on orders; and it keeps the shop knocking at our door.
It does not create orders or refunds, move money, or write products, prices or stock.

A request starts in `connector.py`, becomes HTTP in `client.py` (signed by `auth.py`, judged by
`answers.py`), is decoded to the shop's own shapes (`wire.py`, `decoding.py`) and mapped to the
domain (`mapping_orders.py`, `mapping_products.py`). What is known of real shops was measured;
the recordings are replayed in `tests/connectors/woocommerce/`.
"""
