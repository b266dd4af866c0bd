"""Whether the money of an order was drawn when the shop's plugin should have drawn it.

The plugin works inside our status write and may fail without any error: the order is then put on
hold, or only lacks the plugin's sign. Either way a person is asked, and nothing is written again.
"""

from datetime import datetime, timedelta

from brygga.domain.errors import BryggaError
from brygga.domain.message import message
from brygga.flows.context import RunContext
from brygga.flows.statuses.settings import Drawer
from brygga.flows.statuses.telling import DONE, Telling

QUESTION = "status.not_drawn"
SEEN = "drawn"  # remembered: the money was drawn, or a person has been asked
LOOKS = 3  # within the waiting time


def drawer_of(method: str, ctx: RunContext) -> Drawer:
    """Return who draws a payment method's money: as the merchant said, else the shop if its plugin does."""
    said = ctx.settings.drawn_by.get(method)
    if said is not None:
        return said
    return Drawer.SHOP if ctx.shop.draws_at(method) else Drawer.NOBODY


def look_for_money(telling: Telling) -> datetime | None:
    """Look for the sign that the money was drawn; return when to look again. Asks when time is over."""
    ctx, order = telling.ctx, telling.order
    since = telling.told.get("drawing", "")
    if telling.told.get(SEEN) == DONE or drawer_of(order.payment.method, ctx) is not Drawer.SHOP:
        return None
    if order.status not in ctx.shop.draws_at(order.payment.method):
        return None
    drawn = ctx.shop.is_drawn(order)
    if drawn is not False:
        telling.withdraw(QUESTION)
        telling.end(SEEN)
        return None
    wait = timedelta(minutes=ctx.settings.draw_wait_minutes)
    if not since:
        telling.end("drawing", ctx.now().isoformat())
        return ctx.now() + wait / LOOKS
    ends = datetime.fromisoformat(since) + wait
    if ctx.now() < ends:
        return min(ends, ctx.now() + wait / LOOKS)
    ask_for_money(telling, order.status, order.status)
    return None


def ask_for_money(telling: Telling, asked: str, became: str) -> None:
    """Ask a person to see to it that the money is drawn."""
    order = telling.order
    try:
        note = telling.ctx.shop.last_notes(order.id)
    except BryggaError:  # the question matters more than what the plugin says of it
        note = ""
    told = message(
        "status.not_drawn",
        number=order.number,
        method=order.payment.title or order.payment.method,
        asked=asked,
        became=became,
        total=order.total,
        currency=order.currency,
        note=note or "-",
    )
    telling.ask(QUESTION, told, "drawn_by_hand", "leave")
    telling.end(SEEN)
