"""Reads an order anew from the shop: what a hint carried is never used."""

from brygga.domain.message import message
from brygga.domain.order import Order
from brygga.flows.context import RunContext
from brygga.flows.journal import Step
from brygga.flows.ports import Work


def read_order(work: Work, ctx: RunContext) -> Order:
    """Return the order as the shop has it now. Raises RecordGone when it is deleted."""
    order = ctx.shop.order(work.ref.id)
    ctx.store.looked(work, order.version)
    ctx.journal.add(
        Step.READ,
        message(
            "order.read", number=order.number, status=order.status, total=order.total, currency=order.currency
        ),
    )
    return order
