"""One record's whole journey, read like a table of contents.

A lane job calls `attempt` with works of one flow and one kind, oldest first. Every work gets
exactly one outcome; only what concerns a whole connection or flow (`ConnectionBroken`,
`SetupWrong`, a system that is away) leaves here as an error, with the work untouched.
"""

from collections.abc import Callable, Sequence

from brygga.domain.errors import RecordGone
from brygga.domain.outcome import Outcome
from brygga.domain.refs import Kind
from brygga.flows.context import RunContext
from brygga.flows.customers.bring import bring_over_customer
from brygga.flows.failures import outcome_of_failure
from brygga.flows.goods.together import bring_over_goods
from brygga.flows.orders.after import ask_about_deleted, look_after_transfer, still_transferred
from brygga.flows.orders.decide import decide
from brygga.flows.orders.erased import forget_buyer
from brygga.flows.orders.feedback import REFUSED, tell_shop
from brygga.flows.orders.plan import plan_order
from brygga.flows.orders.read import read_order
from brygga.flows.orders.send import send_order
from brygga.flows.orders.unsettled import ask_person_if_unsettled
from brygga.flows.ports import Work
from brygga.flows.products.bring import bring_over_products
from brygga.flows.shelf.bring import bring_over_items
from brygga.flows.statuses.reserved import forget_reservation, watch_reservation
from brygga.flows.statuses.tell import tell_status

# How many works of a kind go together: an ERP takes a hundred articles in one call.
TOGETHER = {Kind.ORDER: 1, Kind.PRODUCT: 50, Kind.ITEM: 100, Kind.GOODS: 100}


def attempt(works: Sequence[Work], ctx: RunContext) -> None:
    """Try to bring works over, and store what became of each.

    Raises ConnectionBroken, SetupWrong, TryLater (the system as a whole is away) and LaneLost,
    all with the works still waiting.
    """
    match works[0].ref.kind:
        case Kind.ORDER:
            bring_over_orders(works, ctx)
        case Kind.STATUS:
            one_by_one(works, tell_status, ctx)
        case Kind.ITEM:
            bring_over_items(works, ctx)
        case Kind.GOODS:
            bring_over_goods(works, ctx)
        case Kind.CUSTOMER:
            one_by_one(works, bring_over_customer, ctx)
        case Kind.PRODUCT:
            bring_over_products(works, ctx)


def one_by_one(
    works: Sequence[Work], bring_over: Callable[[Work, RunContext], Outcome | None], ctx: RunContext
) -> None:
    """Bring over works that have nothing to do with each other; None means a stored outcome."""
    for work in works:
        journal = ctx.recorder.start()
        try:
            outcome = bring_over(work, ctx)
        except Exception as error:
            outcome = outcome_of_failure(error, work, ctx)
        if outcome is not None:
            ctx.store.settle(work, outcome, journal)


def bring_over_orders(works: Sequence[Work], ctx: RunContext) -> None:
    """Bring over orders, each for itself: of one that failed it still counts that it was sent."""
    for work in works:
        journal = ctx.recorder.start()
        try:
            outcome = bring_over_order(work, ctx)
        except Exception as error:
            outcome = outcome_of_failure(error, work, ctx)
            link = ctx.store.link(work.ref, ctx.erp_id)
            if link is not None:  # whatever failed, the order is in the ERP
                outcome = still_transferred(outcome, error, link, ctx.store.warnings(work))
                if isinstance(error, RecordGone):
                    ask_about_deleted(work, link, ctx)
                    forget_reservation(work.ref.id, ctx)
        if outcome is not None:
            ctx.store.settle(work, ask_person_if_unsettled(outcome, work, ctx), journal)


def bring_over_order(work: Work, ctx: RunContext) -> Outcome | None:
    """Bring one order from the shop to the ERP. None means that its outcome is stored already."""
    order = read_order(work, ctx)
    watch_reservation(order, ctx)
    if order.erased:
        return forget_buyer(order, work, ctx)
    link = ctx.store.link(work.ref, ctx.erp_id)
    if link is not None:
        tell_shop(order, work, link, ctx, first_time=False)
        refused = ctx.store.feedback_state(work).get("all") == REFUSED
        outcome, now = look_after_transfer(order, work, link, ctx, told=not refused)
        if now == link:
            return outcome
        ctx.store.settle(work, outcome, ctx.journal, now)
        return None
    decision = decide(order, work, ctx)
    if decision.outcome is not None:
        return decision.outcome
    plan = plan_order(order, decision.document, work, ctx)
    link = send_order(plan, work, ctx)
    tell_shop(order, work, link, ctx, first_time=True)
    return None
