"""What a refund means in the ERP: the rows of a credit, worked out from what the shop refunded. Pure.

Money in a credit is the original's with its sign turned, shipping and fees too. What was refunded
without saying of which rows is split by VAT rate in proportion to what remains: a proposal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from brygga.domain.errors import RecordRejected
from brygga.domain.money import HUNDRED, ONE, ZERO, plain, round_money, smallest_unit
from brygga.domain.order import Fee, Order, OrderLine, Refund, RefundLine, ShippingLine
from brygga.flows.orders.charges import Charge, charges_of, line_name
from brygga.flows.orders.split import Part, split_by_rate
from brygga.flows.settings import DiscountMode, FlowSettings

PROPOSAL = "proposal"
COLUMNS = ("kind", "article", "name", "quantity", "net", "percent", "vat", "gross")


class PutBack(StrEnum):
    """Whether the shop put refunded goods back in its stock."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"  # some of what was refunded of the same rows; of which refund is not told


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One row of the credit, with its sign. Without a percent nobody can tell which VAT it has."""

    kind: str
    article_no: str
    name: str
    quantity: Decimal
    net: Decimal
    vat: Decimal
    percent: Decimal | None

    @property
    def gross(self) -> Decimal:
        """What the buyer gets back for it, as a negative amount."""
        return self.net + self.vat

    def cells(self) -> tuple[str, ...]:
        """Return it as a row of a table with `COLUMNS`."""
        percent = "?" if self.percent is None else plain(self.percent)
        figures = (plain(self.quantity), self.net, percent, self.vat, self.gross)
        return (self.kind, self.article_no, self.name, *(str(figure) for figure in figures))


def credit_rows(refund: Refund, order: Order, settings: FlowSettings) -> list[CreditRow]:
    """Return the rows that credit a refund; their sum is the refund's amount to the öre."""
    rows = [row for line in refund.lines for row in _rows_of(line, order, settings)]
    rest = refund.amount + sum((row.gross for row in rows), ZERO)
    if rest:
        rows += _proposal(refund, rest, order, settings)
    return rows


def put_back(refund: Refund, order: Order) -> PutBack:
    """Say whether the goods of a refund are back in the shop's stock; the shop tells it row by row."""
    returned = {line.line_id for line in refund.lines if line.quantity > ZERO}
    lines = [line for line in order.lines if line.id in returned]
    if not any(line.put_back for line in lines):
        return PutBack.NO
    refunded: dict[str, Decimal] = {}
    for row in (row for one in order.refunds for row in one.lines):
        refunded[row.line_id] = refunded.get(row.line_id, ZERO) + row.quantity
    every = all(line.put_back >= refunded[line.id] for line in lines)
    return PutBack.YES if every else PutBack.PARTLY


def _rows_of(line: RefundLine, order: Order, settings: FlowSettings) -> Iterator[CreditRow]:
    kind, article, name = _named(line.line_id, order, settings)
    try:
        step = smallest_unit(order.currency)
        parts = split_by_rate(name, line.total, line.total_tax, line.taxes, step)
    except RecordRejected:
        yield CreditRow(kind, article, name, -line.quantity, -line.total, -line.total_tax, None)
        return
    quantity = line.quantity if len(parts) == 1 else ONE
    for part in parts:
        yield CreditRow(kind, article, name, -quantity, -part.net, -part.vat, part.percent)


def _named(line_id: str, order: Order, settings: FlowSettings) -> tuple[str, str, str]:
    """Return what a row stands for, by which article and name it was sent."""
    charge = next((one for one in order.charges() if one.id == line_id), None)
    match charge:
        case OrderLine():
            return "product", charge.sku, line_name(charge)
        case ShippingLine() | Fee():
            alone = replace(
                order,
                lines=(),
                shipping_lines=(charge,) if isinstance(charge, ShippingLine) else (),
                fees=(charge,) if isinstance(charge, Fee) else (),
                total=charge.total + charge.total_tax,
            )
            sent = next(iter(_charges(alone, settings)), None)
            name = charge.title if isinstance(charge, ShippingLine) else charge.name
            kind = "shipping" if isinstance(charge, ShippingLine) else "fee"
            return kind, sent.article_no if sent else "", name
        case _:
            return "product", "", ""


def _charges(order: Order, settings: FlowSettings) -> list[Charge]:
    try:
        return charges_of(order, replace(settings, discounts=DiscountMode.NET))
    except RecordRejected:
        return []


def _proposal(refund: Refund, rest: Decimal, order: Order, settings: FlowSettings) -> list[CreditRow]:
    remaining = _remaining(refund, order, settings)
    shares = _shares(rest, remaining, order.currency)
    if not shares:
        return [CreditRow(PROPOSAL, "", "", -ONE, -rest, ZERO, None)]
    return [
        CreditRow(PROPOSAL, "", "", -ONE, -part.net, -part.vat, part.percent) for part in shares if part.gross
    ]


def _remaining(refund: Refund, order: Order, settings: FlowSettings) -> dict[Decimal, Part]:
    """Return what was left of each VAT rate when a refund was made."""
    left: dict[Decimal, Part] = {}
    for charge in _charges(order, settings):
        _take(left, charge.part, ONE)
    for earlier in sorted(order.refunds, key=_when):
        lines = [row for line in earlier.lines for row in _rows_of(line, order, settings)]
        for row in lines:
            if row.percent is not None:
                _take(left, Part(row.percent, row.net, row.vat), ONE)
        if earlier.id == refund.id:
            break
        rest = earlier.amount + sum((row.gross for row in lines), ZERO)
        for part in _shares(rest, left, order.currency) if rest else ():
            _take(left, part, -ONE)
    return left


def _take(left: dict[Decimal, Part], part: Part, sign: Decimal) -> None:
    before = left.get(part.percent, Part(part.percent, ZERO, ZERO))
    left[part.percent] = Part(part.percent, before.net + sign * part.net, before.vat + sign * part.vat)


def _shares(amount: Decimal, left: Mapping[Decimal, Part], currency: str) -> list[Part]:
    """Split an amount including VAT over rates in proportion to what is left of each."""
    if amount == sum((part.gross for part in left.values()), ZERO):
        return [left[percent] for percent in sorted(left, reverse=True)]
    there = [left[percent] for percent in sorted(left, reverse=True) if left[percent].gross > ZERO]
    whole = sum((part.gross for part in there), ZERO)
    if not whole:
        return []
    grosses = [round_money(amount * part.gross / whole, currency) for part in there]
    largest = max(range(len(there)), key=lambda place: there[place].gross)
    grosses[largest] += amount - sum(grosses, ZERO)
    parts = []
    for part, gross in zip(there, grosses, strict=True):
        vat = round_money(gross * part.percent / (HUNDRED + part.percent), currency)
        parts.append(Part(part.percent, gross - vat, vat))
    return parts


def _when(refund: Refund) -> tuple[datetime, str]:
    return refund.created_at or datetime.max.replace(tzinfo=UTC), refund.id
