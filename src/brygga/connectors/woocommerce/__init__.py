"""The shop side: WooCommerce, by its REST interface wc/v3 and its webhooks.

It reads orders with their refunds, products with their variants, and what changed in a window of
time; it writes notes, metas and statuses on orders; it reads what is on the shelf and tells it
prices, stock and whether it is shown; and it keeps the shop knocking at our door.
It does not create orders, refunds or products, and does not move money.

A request starts in `connector.py`, becomes HTTP in `client.py` (signed by `auth.py`, judged by
`answers.py`), is decoded to the shop's own shapes (`wire.py`, `decoding.py`) and mapped to the
domain (`mapping_orders.py`, `mapping_products.py`, `mapping_items.py`). The shelf is read in
`items.py`, written in `item_writes.py` and checked in `item_checks.py`; `taken.py` says what orders
hold of it. What is known of real shops was measured;
the recordings are replayed in `tests/connectors/woocommerce/`.
"""
