"""A simulated WooCommerce shop: REST v3, webhooks and checkout, with the real one's habits.

It was built from measurements of a running WooCommerce 10.0.2. A request comes in through
`router.py`, is let in by `auth.py`, answered by one of the `*_api.py` modules, which work on a
`site.Site`; changes leave as webhooks through `delivery.py`.
"""
