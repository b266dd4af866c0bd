"""An order whose buyer the shop has erased: never sent, our raw messages go, ids and sums stay.

The books keep what the ERP already has for seven years; that is not ours to take away.
"""

from brygga.domain.message import message
from brygga.domain.order import Order
from brygga.domain.outcome import Outcome, State
from brygga.flows.context import RunContext
from brygga.flows.ports import Work


def forget_buyer(order: Order, work: Work, ctx: RunContext) -> Outcome:
    """Throw away the raw messages of an order; return what it now is."""
    ctx.store.forget(work)
    link = ctx.store.link(work.ref, ctx.erp_id)
    if link is None:
        return Outcome(State.IGNORED, message("order.erased", number=order.number))
    return Outcome(
        State.DONE,
        message("order.erased_after", number=order.number, erp_no=link.target_key or "?"),
        target_id=link.target_id,
        target_key=link.target_key,
        fingerprint=link.fingerprint,
    )
