"""The payment providers' side: a log of what was drawn and released, and what is planned to go wrong."""

from decimal import Decimal

from brygga_simulators.woocommerce import metas
from brygga_simulators.woocommerce.gateways import Plugin
from brygga_simulators.woocommerce.money import shown
from brygga_simulators.woocommerce.site import Doc, Site

OUTCOMES: dict[str, str] = {
    "drawn": "as usual",
    "refused": "the provider says no; the reason is in the note",
    "under_review": "the provider's fraud check is not ready",
    "not_accepted": "the provider's fraud check said no",
    "cancelled_there": "the reservation was cancelled at the provider",
    "already_drawn": "someone else drew it at the provider before",
    "unsigned": "drawn, but the plugin dies before it leaves its sign",
    "nothing": "the plugin does nothing at all, as when it is disconnected",
}


def reference_of(order: Doc, plugin: Plugin) -> str:
    """Return the provider's id of an order's payment."""
    found = (metas.meta_value(order["meta_data"], key) for key in plugin.references)
    return str(next((v for v in found if v), "") or order.get("transaction_id") or "")


def record(site: Site, order: Doc, action: str, outcome: str, amount: Decimal, *, by: str, ref: str) -> Doc:
    """Write down in the provider's log what was asked for and what became of it."""
    row: Doc = {"id": site.next_id("draw"), "at": site.stamp()[1], "by": by, "order_id": order["id"]}
    row |= {"action": action, "outcome": outcome, "amount": shown(amount, 2), "currency": order["currency"]}
    row |= {"reference": ref}
    site.save("draws", row)
    if action == "capture" and outcome == "drawn":
        site.drawn.add(_key(order, ref))
    return row


def _key(order: Doc, ref: str) -> str:
    return ref or f"order {order['id']}"


def has_drawn(site: Site, order: Doc, ref: str) -> bool:
    """Say whether the provider has drawn this payment already."""
    return _key(order, ref) in site.drawn


def remember_drawn(site: Site) -> None:
    """Work out from the kept log what was drawn, after a restart."""
    site.drawn = {
        row["reference"] or f"order {row['order_id']}"
        for row in site.records["draws"].values()
        if row["action"] == "capture" and row["outcome"] == "drawn"
    }


def take_plan(site: Site, order: Doc, plugin: Plugin, action: str) -> Doc:
    """Return what a control request planned for this drawing, using it up; else all goes well."""
    for plan in site.records["capture_plans"].values():
        concerned = (
            plan["action"] == action
            and plan["order_id"] in {None, order["id"]}
            and plan["plugin"] in {None, plugin.name}
        )
        if concerned and plan["times"] != 0:
            if plan["times"] is not None:
                plan["times"] -= 1
                site.save("capture_plans", plan)
            return plan
    return {"outcome": "drawn", "reason": ""}
