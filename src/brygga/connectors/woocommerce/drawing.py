"""When a payment plugin draws money and how that is seen: a table by method id.

Facts marked in domain section 15 were read in the plugins' source (versions of 2024-2026); method
ids change between versions, so a pattern may end with a star. The first pattern that fits counts.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from brygga.domain.order import Order


@dataclass(frozen=True, slots=True)
class Drawing:
    """One plugin: the statuses at which it draws, and the meta (with its value, if one) that says so."""

    methods: tuple[str, ...]
    at: tuple[str, ...]
    sign: str
    value: str = ""
    switch: tuple[str, str, str] = ("", "", "")  # gateway, its setting, and the value that means it draws


TABLE = (
    Drawing(("klarna_payments", "kco"), ("completed",), "_wc_klarna_capture_id",
            switch=("klarna_payments", "kom_auto_capture", "yes")),
    Drawing(("dibs_easy", "nets_easy*"), ("completed",), "_dibs_charge_id", switch=("dibs_easy", "dibs_manage_orders", "yes")),
    Drawing(("collector_checkout", "walley*"), ("completed",), "_collector_order_activated",
            switch=("collector_checkout", "manage_collector_orders", "yes")),
    Drawing(("svea_checkout*",), ("completed",), "_svea_co_deliver_date",
            switch=("svea_checkout", "sync_order_completion", "yes")),
    Drawing(("stripe", "stripe_*"), ("processing", "completed"), "_stripe_charge_captured", "yes", switch=("stripe", "capture", "no")),
)  # fmt: skip


# Hold the money too, though when they draw it is not known; and what a checkout that holds draws at once.
HOLDING = ("qliro*",)
AT_ONCE = ("*swish*", "*trustly*", "*sofort*")


def reserves(method: str) -> bool:
    """Say whether a payment method is known to hold the money until it is drawn."""
    if any(fnmatchcase(method, one) for one in AT_ONCE):
        return False
    return drawing_of(method) is not None or any(fnmatchcase(method, one) for one in HOLDING)


def drawing_of(method: str) -> Drawing | None:
    """Return what is known of a payment method's plugin."""
    return next((row for row in TABLE if any(fnmatchcase(method, one) for one in row.methods)), None)


def is_drawn(order: Order) -> bool | None:
    """Say whether an order bears the sign that its money was drawn; None when no sign is known."""
    row = drawing_of(order.payment.method)
    if row is None or order.total == 0:
        return None
    found = order.meta(row.sign)
    return found == row.value if row.value else bool(found)
