"""Tells the shop what its order became: note, meta and status, each once."""

from brygga.domain.errors import BryggaError, ConnectionBroken, RecordGone, RecordRejected
from brygga.domain.message import message
from brygga.domain.order import Order
from brygga.domain.refs import Link
from brygga.flows.context import RunContext
from brygga.flows.journal import Step
from brygga.flows.orders.fingerprint import fingerprint
from brygga.flows.orders.send import wants_feedback
from brygga.flows.ports import Work

REFUSED = "refused"  # instead of `done`: the shop would not have it


def tell_shop(order: Order, work: Work, link: Link, ctx: RunContext, *, first_time: bool) -> None:
    """Write what the settings ask for into the shop's order, and remember that it is done.

    The order is transferred whatever happens here. When it is not the first time, an earlier try
    may have worked without our hearing, so the shop is asked before a note is written again.
    """
    if not wants_feedback(ctx, link.target_id) or order.status == "trash":
        return  # a shop takes an order out of the trash when it is written to
    done = {} if first_time else ctx.store.feedback_state(work)
    if done.get("all"):
        return
    settings = ctx.settings
    note = ctx.say(message("feedback.note", erp_no=link.target_key))
    try:
        if settings.feedback_note and not done.get("note"):
            if first_time or not ctx.shop.has_note(work.ref.id, note):
                ctx.shop.add_note(work.ref.id, note)
            if settings.feedback_meta or settings.feedback_status:
                ctx.store.keep_feedback(work, "note", "done", ctx.journal)
        echo, news = None, False
        if settings.feedback_meta or settings.feedback_status:
            metas = {settings.feedback_meta: link.target_key} if settings.feedback_meta else {}
            became = ctx.shop.update_order(work.ref.id, metas=metas, status=settings.feedback_status)
            echo, news = became.version, not _is_as_left(became, order, settings.feedback_status)
    except ConnectionBroken:
        raise
    except BryggaError as error:
        ctx.journal.add(Step.FEEDBACK, error.for_merchant, for_us=error.for_us[:500])
        if isinstance(error, RecordRejected) and not isinstance(error, RecordGone):
            # The shop has its reasons (a payment that can't be drawn). Told again it would refuse
            # again, and each time the order would change and come back to us: a person decides.
            ctx.store.keep_feedback(work, "all", REFUSED, ctx.journal)
        raise
    ctx.journal.add(Step.FEEDBACK, message("feedback.done", erp_no=link.target_key))
    ctx.store.keep_feedback(work, "all", "done", ctx.journal, echo, news=news)


def _is_as_left(became: Order, order: Order, status: str) -> bool:
    # A change by others since we read the order comes back with our own write, and is news all the same.
    return became.status == (status or order.status) and fingerprint(became) == fingerprint(order)
