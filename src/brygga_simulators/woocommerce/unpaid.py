"""The shop's job that cancels orders nobody paid: stock is held for them only so long."""

from datetime import timedelta

from brygga_simulators.woocommerce import order_writes
from brygga_simulators.woocommerce.order_status import add_note
from brygga_simulators.woocommerce.site import Site


def cancel_unpaid(site: Site) -> list[int]:
    """Cancel checkout orders that have been pending for longer than `hold_stock_minutes`.

    0 minutes means that stock is held for ever, and nothing is cancelled.
    """
    minutes = site.settings.hold_stock_minutes
    if not minutes or not site.settings.manage_stock:
        return []
    limit = site.stamp(site.now() - timedelta(minutes=minutes))[1]
    old = [
        order
        for order in site.orders.values()
        if order["status"] == "pending"
        and order["created_via"] in {"checkout", "store-api"}
        and order["date_modified_gmt"] < limit
    ]
    for order in old:
        add_note(site, order["id"], "Obetald beställning avbruten – tidsgränsen uppnådd.")
        order_writes.update(site, order, {"status": "cancelled"})
    return [order["id"] for order in old]
