"""Why an item probably shows something else than it should: told from what was written last. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from brygga.domain.message import Message, message
from brygga.domain.money import ZERO
from brygga.domain.outcome import State
from brygga.domain.shelf import ShopItem
from brygga.domain.supply import Supply
from brygga.flows.reconcile.ports import KnownWork
from brygga.flows.shelf.compare import ItemPlan
from brygga.flows.shelf.ports import Written


@dataclass(frozen=True, slots=True)
class Traces:
    """What is known around one item: its work, what was written last, whether it is linked."""

    written: Written
    work: KnownWork | None
    linked: bool
    supply: Supply
    in_flight: Decimal = ZERO


def price_cause(plan: ItemPlan, traces: Traces) -> Message:
    """Return the likely cause of a price that differs."""
    written, shown, wanted = traces.written, plan.item.prices, plan.prices or plan.own_prices
    if written.prices_at is None or wanted is None:
        return _of_work(traces) or _never_written(traces)
    left = (written.regular, written.sale)
    as_left = _is_as_left(shown.regular, shown.sale, written)
    if (wanted.regular, wanted.sale) == left and not as_left:
        return _by_hand(plan.item)
    if as_left and (wanted.regular, wanted.sale) == left:
        return message("reconcile.cause_dates")
    return _of_work(traces) or (
        message("reconcile.cause_erp_since") if as_left else message("reconcile.cause_both")
    )


def stock_cause(plan: ItemPlan, traces: Traces) -> Message:
    """Return the likely cause of a number that differs."""
    item, written = plan.item, traces.written
    wanted = plan.stock.quantity if plan.stock is not None else None
    if wanted is None:
        return _of_work(traces) or message("reconcile.cause_status")
    if item.stock is None:
        return _of_work(traces) or message("reconcile.cause_not_counted")
    if traces.in_flight > ZERO and item.stock == wanted + traces.in_flight:
        return message("reconcile.cause_in_flight", held=traces.in_flight)
    if written.stock_at is None:
        return _of_work(traces) or _never_written(traces)
    if wanted == written.stock:
        return _by_hand(item)
    return _of_work(traces) or (
        message("reconcile.cause_erp_since")
        if item.stock == written.stock
        else message("reconcile.cause_both")
    )


def _of_work(traces: Traces) -> Message | None:
    work = traces.work
    if work is None:
        return message("reconcile.cause_never_taken")
    if work.state is State.HELD and work.reason is not None:
        return work.reason
    if work.is_due:
        return message("reconcile.cause_due")
    return None


def _never_written(traces: Traces) -> Message:
    return message("reconcile.cause_never_written" if traces.linked else "reconcile.cause_no_link")


def _by_hand(item: ShopItem) -> Message:
    return message("reconcile.cause_by_hand", at=f"{item.modified_at:%Y-%m-%d %H:%M}")


def _is_as_left(regular: Decimal | None, sale: Decimal | None, written: Written) -> bool:
    return regular == written.regular and sale == written.sale
