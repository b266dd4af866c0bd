"""One work with its journal, its calculation and, for owners, the raw messages behind its lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from brygga.app.store.facts import facts_of
from brygga.app.store.models.journal import JournalEntry, RawMessage
from brygga.app.store.models.works import Work
from brygga.app.store.raw import RawExchange, unpack
from brygga.app.store.sql import time_out
from brygga.domain.money import HUNDRED, round_money
from brygga.domain.refs import Kind
from brygga.flows.journal import Step

LINES = 400


@dataclass(frozen=True, slots=True)
class CalculationRow:
    """One row as it is sent."""

    kind: str
    article_no: str
    name: str
    quantity: str
    unit_price: str
    percent: int
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Calculation:
    """What was prepared for sending, with the proof that both systems reach the same sums."""

    number: str
    currency: str
    rows: Sequence[CalculationRow]
    rates: Sequence[tuple[int, str, str, bool]]
    shop_total: str
    erp_total: str
    vat_type: str

    @property
    def is_equal(self) -> bool:
        """Say that both systems reach the same total."""
        return Decimal(self.shop_total) == Decimal(self.erp_total)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The lines of one going, from the moment something told of the record."""

    number: int
    lines: Sequence[JournalEntry]


@dataclass(frozen=True, slots=True)
class Told:
    """One fact of an order, or a parcel's number, and when the ERP told of it."""

    fact: str
    detail: str
    at: datetime


def work(kind: Kind, pk: int) -> Work | None:
    """Return a work with its flow and both systems."""
    return (
        Work.objects.select_related("flow", "flow__shop", "flow__erp", "revision")
        .filter(kind=kind.value, pk=pk)
        .first()
    )


def told(erp: int, order_no: str) -> list[Told]:
    """Return what the ERP has told of one of its orders, oldest first."""
    return [
        Told(fact, detail, at)
        for fact, detail, told_at in facts_of(erp, order_no)
        if (at := time_out(told_at)) is not None
    ]


def status_of(order: Work) -> Work | None:
    """Return the work that tells the shop what the ERP does with an order, once there is one."""
    if order.kind != Kind.ORDER.value or not order.target_ref:
        return None
    return Work.objects.filter(
        flow=order.flow_id, kind=Kind.STATUS.value, source_ref=order.target_ref
    ).first()


def order_of(status: Work) -> Work | None:
    """Return the order that a status is about."""
    return Work.objects.filter(
        flow=status.flow_id, kind=Kind.ORDER.value, source_ref=status.target_ref
    ).first()


def journals(*works: Work) -> dict[int, list[JournalEntry]]:
    """Return the newest lines of the journals of some works, by work, oldest first. One query."""
    newest = JournalEntry.objects.filter(work__in=works).order_by("-at", "-pk")[:LINES]
    found: dict[int, list[JournalEntry]] = {work.pk: [] for work in works}
    for line in reversed(newest):
        if line.work_id is not None:
            found[line.work_id].append(line)
    return found


def attempts(lines: Sequence[JournalEntry]) -> list[Attempt]:
    """Divide a journal into goings: each begins when the record was told of, asked for or read anew."""
    parts: list[list[JournalEntry]] = []
    for line in lines:
        if not parts or _begins(line, parts[-1]):
            parts.append([])
        parts[-1].append(line)
    return [Attempt(number, part) for number, part in enumerate(parts, 1)]


def _begins(line: JournalEntry, current: Sequence[JournalEntry]) -> bool:
    if line.step in {Step.SEEN.value, Step.BY_HAND.value}:
        return any(other.step not in {Step.SEEN.value, Step.BY_HAND.value} for other in current)
    return line.step == Step.READ.value and any(other.step == Step.READ.value for other in current)


def calculation(lines: Sequence[JournalEntry]) -> Calculation | None:
    """Return the last calculation of a journal, if the record came that far."""
    planned = next((line for line in reversed(lines) if line.step == Step.PLANNED.value), None)
    if planned is None or "rows" not in planned.data:
        return None
    data: Mapping[str, Any] = planned.data
    currency = planned.message["facts"].get("currency", "")
    return Calculation(
        number=data.get("number", ""),
        currency=currency,
        rows=list(_rows(data["rows"], currency)),
        rates=[(rate, shop, erp, Decimal(shop) == Decimal(erp)) for rate, shop, erp in data.get("rates", [])],
        shop_total=data["shop_total"],
        erp_total=data["erp_total"],
        vat_type=data.get("vat_type", ""),
    )


def _rows(rows: Sequence[Sequence[Any]], currency: str) -> Iterator[CalculationRow]:
    for kind, article_no, name, quantity, unit_price, percent in rows:
        gross = Decimal(unit_price) * Decimal(quantity) * (HUNDRED + percent) / HUNDRED
        yield CalculationRow(
            kind, article_no, name, quantity, unit_price, percent, round_money(gross, currency)
        )


def exchange(work: int, line: int) -> tuple[JournalEntry, RawExchange | None] | None:
    """Return a line of a work with its raw exchange; the exchange is None when its time is over."""
    entry = JournalEntry.objects.filter(work_id=work, pk=line, raw_id__isnull=False).first()
    if entry is None or entry.raw_id is None:
        return None
    kept = RawMessage.objects.filter(pk=entry.raw_id).first()
    if kept is None:
        return entry, None
    exchanges = unpack(bytes(kept.body))
    return entry, exchanges[entry.raw_index] if entry.raw_index < len(exchanges) else None
