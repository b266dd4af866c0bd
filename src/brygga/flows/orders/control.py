"""Makes document rows of charges and proves that the ERP's sums equal the shop's.

The shop's rounded amounts are the truth. The ERP multiplies unit price, quantity and VAT itself,
so we compute what it will get, tie a small difference with one rounding row, and stop at a large.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from brygga.connectors.contract.connector import Limits, RoundingModel
from brygga.domain.document import Calculation, DocumentRow, RateSum, RowKind
from brygga.domain.errors import RecordRejected
from brygga.domain.message import message
from brygga.domain.money import (
    HUNDRED,
    ONE,
    ZERO,
    round_to,
    smallest_unit,
    with_vat,
    without_vat,
)
from brygga.domain.order import Order
from brygga.flows.orders.charges import Charge
from brygga.flows.orders.split import Part
from brygga.flows.settings import FlowSettings, OddPercent


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the ERP will compute, by its rounding model."""

    total: Decimal
    vat: dict[int, Decimal]


def rows_of(
    order: Order, charges: Sequence[Charge], settings: FlowSettings, limits: Limits
) -> tuple[tuple[DocumentRow, ...], Calculation]:
    """Return rows and the calculation that proves them.

    Raises RecordRejected when an article number is missing, a percent can't be held, or the
    sums can't be made equal; the message names both sums and the row that differs most.
    """
    rows = [_row(charge, order, limits) for charge in _whole_percents(charges, settings, limits)]
    sums = _erp_sums(rows, limits)
    difference = order.total - sums.total
    allowed = _allowed(rows, order.currency, limits, settings)
    if abs(difference) > allowed:
        raise _too_large(order, rows, sums.total, difference, allowed, limits)
    if not rows:
        raise RecordRejected(message("order.no_rows", number=order.number))
    if difference:
        rows.append(_rounding_row(difference, settings, order))
        sums = _erp_sums(rows, limits)
        if sums.total != order.total:  # an ERP that rounds the whole document can't be tied
            raise RecordRejected(
                message("order.erp_rounds", number=order.number, shop=order.total, erp=sums.total)
            )
    rates = _rates(order, rows, sums, limits)
    return tuple(rows), Calculation(order.total, sums.total, difference, allowed, rates)


def _whole_percents(charges: Sequence[Charge], settings: FlowSettings, limits: Limits) -> list[Charge]:
    """Return charges the ERP's whole percent can hold: odd ones stop, or put their VAT on a row."""
    whole: list[Charge] = []
    for charge in charges:
        percent = charge.part.percent
        if not limits.whole_percent or percent == percent.to_integral_value():
            whole.append(charge)
        elif settings.odd_percent is OddPercent.HOLD:
            raise RecordRejected(message("order.odd_percent", row=charge.name, percent=percent.normalize()))
        else:
            net = Part(ZERO, charge.part.net, ZERO)
            whole.append(
                Charge(
                    charge.kind,
                    charge.article_no,
                    charge.name,
                    charge.quantity,
                    net,
                    charge.comment,
                    charge.source_id,
                )
            )
            if not charge.part.vat:
                continue  # a free row
            vat = Part(ZERO, charge.part.vat, ZERO)
            whole.append(
                Charge(
                    RowKind.VAT,
                    settings.article_vat,
                    f"Moms {percent.normalize()} %: {charge.name}",
                    ONE,
                    vat,
                )
            )
    return whole


def _row(charge: Charge, order: Order, limits: Limits) -> DocumentRow:
    if not charge.article_no:
        code = "order.line_without_sku" if charge.kind is RowKind.PRODUCT else "order.no_article"
        raise RecordRejected(message(code, number=order.number, row=charge.name, kind=charge.kind.value))
    unit = round_to(
        without_vat(charge.part.gross, charge.part.percent) / charge.quantity, limits.unit_decimals
    )
    return DocumentRow(
        kind=charge.kind,
        article_no=charge.article_no,
        name=charge.name,
        quantity=charge.quantity,
        unit_price=unit,
        vat_percent=int(charge.part.percent),
        shop_gross=charge.part.gross,
        shop_vat=charge.part.vat,
        comment=charge.comment,
        source_id=charge.source_id,
    )


def _exact_gross(row: DocumentRow) -> Decimal:
    return with_vat(row.unit_price * row.quantity, Decimal(row.vat_percent))


def _erp_sums(rows: Sequence[DocumentRow], limits: Limits) -> _Sums:
    # With the ERP's own decimals, whatever the currency: yen get hundredths there, dinars lose one.
    decimals = limits.amount_decimals
    by_rate: dict[int, list[DocumentRow]] = defaultdict(list)
    for row in rows:
        by_rate[row.vat_percent].append(row)
    vat: dict[int, Decimal] = {}
    total = ZERO
    for percent, same_rate in by_rate.items():
        if limits.rounding is RoundingModel.RATE:
            gross = round_to(sum((_exact_gross(row) for row in same_rate), ZERO), decimals)
        else:
            gross = sum((round_to(_exact_gross(row), decimals) for row in same_rate), ZERO)
        net = sum((row.unit_price * row.quantity for row in same_rate), ZERO)
        vat[percent] = round_to(net * percent / HUNDRED, decimals)
        total += gross
    if limits.rounding is RoundingModel.WHOLE:
        total = round_to(total, 0)
    return _Sums(total, vat)


def _step(row: DocumentRow, limits: Limits) -> Decimal:
    """Say how far half a step of the unit price may move a row, VAT included."""
    half_step = Decimal(5).scaleb(-limits.unit_decimals - 1)
    return with_vat(half_step * abs(row.quantity), Decimal(row.vat_percent))


def _allowed(rows: Sequence[DocumentRow], currency: str, limits: Limits, settings: FlowSettings) -> Decimal:
    by_rounding = smallest_unit(currency) * len(rows) + sum((_step(row, limits) for row in rows), ZERO)
    return min(by_rounding, settings.rounding_limit)


def _rounding_row(difference: Decimal, settings: FlowSettings, order: Order) -> DocumentRow:
    if not settings.article_rounding:
        raise RecordRejected(
            message("order.no_article", number=order.number, row=f"{difference}", kind=RowKind.ROUNDING.value)
        )
    return DocumentRow(
        RowKind.ROUNDING, settings.article_rounding, "Öresavrundning", ONE, difference, 0, difference
    )


def _rates(order: Order, rows: Sequence[DocumentRow], sums: _Sums, limits: Limits) -> tuple[RateSum, ...]:
    """Compare VAT per rate. Raises RecordRejected when a rate differs by more than rounding."""
    rates: list[RateSum] = []
    for percent in sorted(sums.vat, reverse=True):
        same_rate = [row for row in rows if row.vat_percent == percent]
        shop_vat = sum((row.shop_vat for row in same_rate), ZERO)
        rate = RateSum(percent, shop_vat, sums.vat[percent], len(same_rate))
        room = smallest_unit(order.currency) * len(same_rate) + sum(
            (_step(row, limits) for row in same_rate), ZERO
        )
        if abs(rate.shop_vat - rate.erp_vat) > room:
            raise RecordRejected(
                message(
                    "order.vat_differs",
                    number=order.number,
                    percent=percent,
                    shop=rate.shop_vat,
                    erp=rate.erp_vat,
                )
            )
        rates.append(rate)
    return tuple(rates)


def _too_large(
    order: Order,
    rows: Sequence[DocumentRow],
    erp_total: Decimal,
    difference: Decimal,
    allowed: Decimal,
    limits: Limits,
) -> RecordRejected:
    worst = max(
        rows,
        key=lambda row: abs(row.shop_gross - round_to(_exact_gross(row), limits.amount_decimals)),
        default=None,
    )
    shop_rows = sum((row.shop_gross for row in rows), ZERO)
    # The shop's own rows don't add up to its total: a plugin changed one without the other.
    code = "order.total_unexplained" if shop_rows != order.total else "order.sums_differ"
    return RecordRejected(
        message(
            code,
            number=order.number,
            shop=order.total,
            erp=erp_total,
            missing=difference,
            allowed=allowed,
            row=worst.name if worst else "-",
            currency=order.currency,
        )
    )
