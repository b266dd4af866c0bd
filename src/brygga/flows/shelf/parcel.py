"""One article on its way to its items: what is planned, what the shop answered, what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from brygga.domain.message import Message, message
from brygga.domain.money import plain
from brygga.domain.outcome import Outcome, State
from brygga.domain.shelf import ItemAnswer, Prices
from brygga.flows.journal import Entry, Step
from brygga.flows.ports import Work
from brygga.flows.shelf.compare import ItemPlan
from brygga.flows.shelf.match import Match
from brygga.flows.shelf.parents import ParentPlan
from brygga.flows.shelf.ports import Settled
from brygga.flows.shelf.prices import PriceWish, look_again_at
from brygga.flows.shelf.tally import Tally


@dataclass(slots=True)
class Parcel:
    """One work, the items its article is, and the plan for each."""

    work: Work
    match: Match
    wish: PriceWish = field(default_factory=PriceWish)
    plans: list[ItemPlan] = field(default_factory=list)
    parents: list[ParentPlan] = field(default_factory=list)
    guarded: Message | None = None
    parts: tuple[str, ...] | None = None

    @property
    def article_no(self) -> str:
        """The ERP's number of what it is about."""
        return self.work.ref.id


def settled(parcel: Parcel, answers: Mapping[str, ItemAnswer], tally: Tally, now: datetime) -> Settled:
    """Say what became of an article, with a line for each thing that was written."""
    answered = [answers[plan.item.ref] for plan in parcel.plans if plan.item.ref in answers]
    answered += [answers[ref] for plan in parcel.parents if (ref := parent_ref(plan)) in answers]
    gone = [answer.ref for answer in answered if answer.gone]
    links = [(item.ref, item.sku) for item in parcel.match.found if item.ref not in gone]
    outcome = _outcome(parcel, answered, now)
    lines = [line for plan in parcel.plans for line in _lines(parcel, plan, answers, tally, now)]
    lines += [line for plan in parcel.parents for line in _parent_lines(parcel, plan, answers, now)]
    return Settled(
        parcel.work, outcome, lines, links, unlinked=[*parcel.match.gone, *gone], parts=parcel.parts
    )


def parent_ref(plan: ParentPlan) -> str:
    """Return how an answer names a product itself."""
    return f"{plan.product_id}/{plan.product_id}"


def _outcome(parcel: Parcel, answered: Sequence[ItemAnswer], now: datetime) -> Outcome:
    match = parcel.match
    if match.clash is not None:
        return Outcome(State.HELD, match.clash)
    if match.absent is not None:
        return Outcome(State.IGNORED, match.absent)
    if answered and all(answer.gone for answer in answered) and len(answered) >= len(match.items):
        refs = ", ".join(answer.ref for answer in answered)
        return Outcome(State.IGNORED, message("item.gone", article=parcel.article_no, ref=refs))
    faults = [*parcel.wish.faults]
    faults += [answer.fault for answer in answered if answer.fault is not None]
    if parcel.guarded is not None:
        faults.append(parcel.guarded)
    remarks = [*parcel.wish.remarks]
    for told in [plan.remarks for plan in parcel.plans] + [list(answer.remarks) for answer in answered]:
        remarks += [remark for remark in told if remark not in remarks]
    ref = match.items[0].ref if match.items else ""
    skus = ", ".join(item.sku for item in match.items)[:200]
    if faults:
        return Outcome(
            State.HELD, faults[0], target_id=ref, target_key=skus, warnings=(*faults[1:], *remarks)
        )
    return Outcome(
        State.DONE,
        message("item.written") if answered else message("item.as_it_should_be"),
        target_id=ref,
        target_key=skus,
        retry_at=look_again_at(parcel.wish, now),
        warnings=tuple(remarks),
    )


def _lines(
    parcel: Parcel, plan: ItemPlan, answers: Mapping[str, ItemAnswer], tally: Tally, now: datetime
) -> list[Entry]:
    answer = answers.get(plan.item.ref)
    if answer is None or answer.gone:
        return []
    lines: list[Entry] = []
    facts = {"article": parcel.article_no, "item": plan.item.name}
    if plan.prices is not None:
        told = message(
            "item.prices_told", **facts, old=prices_said(plan.item.prices), new=prices_said(plan.prices)
        )
        lines.append(Entry(now, Step.SENT, told))
    if plan.stock is not None:
        old = "-" if plan.item.stock is None else plain(plan.item.stock)
        number, status = plan.stock.quantity, plan.stock.status
        new = plain(number) if number is not None else str(status)
        held = tally.in_flight(parcel.article_no)
        lines.append(
            Entry(now, Step.SENT, message("item.stock_told", **facts, old=old, new=new, held=plain(held)))
        )
    return lines


def _parent_lines(
    parcel: Parcel, plan: ParentPlan, answers: Mapping[str, ItemAnswer], now: datetime
) -> list[Entry]:
    answer = answers.get(parent_ref(plan))
    if answer is None or answer.gone:
        return []
    old = "-" if plan.shown is None else plain(plan.shown)
    told = message(
        "item.parent_told",
        article=parcel.article_no,
        product=plan.product_id,
        old=old,
        new=plain(plan.number),
    )
    return [Entry(now, Step.SENT, told)]


def prices_said(prices: Prices) -> str:
    """Write prices for a person: `249`, or `249 (199)` with a sale price."""
    regular = "-" if prices.regular is None else plain(prices.regular)
    return regular if prices.sale is None else f"{regular} ({plain(prices.sale)})"
