"""Money that a payment provider holds for an order: drawn at delivery, and lost when the reservation ends.

What is held is remembered at each look at an order. Whoever has waited too long is put on the list.
"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from brygga.domain.events import Fact
from brygga.domain.message import message
from brygga.domain.order import Order
from brygga.flows.context import RunContext
from brygga.flows.statuses.ports import Held, Undelivered
from brygga.flows.statuses.settings import Drawer
from brygga.flows.tasks import Asks, Question

QUESTION = "status.reservation_ends"
SEEN_TO, LEAVE = "seen_to", "leave"
# What ends a reservation: told by the ERP, or by the shop's own status. Delivered means that it is drawn now.
ENDED_BY = frozenset({Fact.DELIVERED, Fact.INVOICED, Fact.CANCELLED, Fact.REMOVED})
_NOT_PAID = frozenset({"checkout-draft", "auto-draft", "pending"})
_OVER = frozenset({"completed", "cancelled", "refunded", "failed", "trash"})


def key_of(erp: int, shop: int, order_id: str) -> str:
    """Return the key of the question about an order's reservation."""
    return f"{QUESTION}:{erp}:{shop}:{order_id}"[:200]


def watch_reservation(order: Order, ctx: RunContext) -> None:
    """Remember what is held for an order, or that nothing is any more."""
    payment = order.payment
    if not _is_held(order, ctx):
        forget_reservation(order.id, ctx)
        return
    since = payment.paid_at or order.created_at
    held = Held(payment.title or payment.method, since, str(order.total), order.currency)
    ctx.reservations.keep(order.id, held)


def forget_reservation(order_id: str, ctx: RunContext) -> None:
    """Forget an order for which nothing is held any more; nobody is asked about it then."""
    if ctx.reservations.drop(order_id):
        ctx.tasks.withdraw(key_of(ctx.erp_id, ctx.shop_id, order_id))


def _is_held(order: Order, ctx: RunContext) -> bool:
    method = order.payment.method
    drawer = ctx.settings.drawn_by.get(method)
    if not (ctx.shop.reserves(method) if drawer is None else drawer is not Drawer.NOBODY):
        return False
    if order.status in _NOT_PAID or order.status in _OVER or order.total <= 0:
        return False
    draws = drawer is not Drawer.ERP and order.status in ctx.shop.draws_at(method)
    return not draws and ctx.shop.is_drawn(order) is not True


def ask_before_they_end(
    waiting: Iterable[Undelivered], erp: int, shop: int, tasks: Asks, now: datetime, zone: ZoneInfo
) -> int:
    """Put orders on the list that have waited too long; return how many are new there."""
    asked = 0
    for one in waiting:
        key = key_of(erp, shop, one.order_id)
        if not tasks.answer(key):  # answered is answered, however many days go by
            asked += tasks.ask(_question(key, one, now, zone), work=one.work)
    return asked


def _question(key: str, one: Undelivered, now: datetime, zone: ZoneInfo) -> Question:
    held = one.held
    facts = {
        "number": one.number,
        "erp_no": one.erp_no or "?",
        "payment": held.method,
        "held_since": held.since.astimezone(zone).date().isoformat(),
        "days": str((now - held.since).days),
        "total": held.total,
        "currency": held.currency,
    }
    return Question(key, message(QUESTION, **facts), one.number, (SEEN_TO, LEAVE), facts)
