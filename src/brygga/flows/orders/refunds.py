"""Takes refunds off an order that was not yet transferred: quantities and amounts, row by row."""

from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from brygga.domain.errors import RecordRejected
from brygga.domain.message import message
from brygga.domain.money import ZERO, smallest_unit
from brygga.domain.order import Fee, Order, OrderLine, RefundLine, ShippingLine, TaxShare

Charged = TypeVar("Charged", OrderLine, ShippingLine, Fee)


def net_of_refunds(order: Order) -> Order:
    """Return the order as it is after its refunds; without refunds it is returned as it is.

    The shop leaves an order's rows and total as they were sold, so the refunds are taken off
    here. A row whose whole quantity came back is left out. Raises RecordRejected when money was
    kept for it: the row would be picked, and only a person knows what the money is for.
    """
    if not order.refunds:
        return order
    taken: dict[str, list[RefundLine]] = {}
    for refund in order.refunds:
        for line in refund.lines:
            taken.setdefault(line.line_id, []).append(line)
    lines = tuple(kept for line in order.lines if (kept := _goods(line, taken.get(line.id, []), order)))
    return replace(
        order,
        lines=lines,
        shipping_lines=tuple(_charge(line, taken.get(line.id, [])) for line in order.shipping_lines),
        fees=tuple(_charge(fee, taken.get(fee.id, [])) for fee in order.fees),
        total=order.total - order.refunded,
        total_tax=order.total_tax - sum((line.total_tax for parts in taken.values() for line in parts), ZERO),
    )


def _goods(line: OrderLine, refunds: list[RefundLine], order: Order) -> OrderLine | None:
    if not refunds:
        return line
    kept = _charge(line, refunds)
    # Discounts were settled between shop and buyer: what is left has no discount of its own.
    shares = tuple(TaxShare(share.percent, share.amount, share.amount) for share in kept.taxes)
    kept = replace(kept, subtotal=kept.total, subtotal_tax=kept.total_tax, taxes=shares)
    quantity = line.quantity - sum((refund.quantity for refund in refunds), ZERO)
    if quantity > ZERO:
        return replace(kept, quantity=quantity)
    left = kept.total + kept.total_tax
    if abs(left) > smallest_unit(order.currency) * len(refunds):  # less is what rounding left behind
        raise RecordRejected(
            message("order.returned_but_paid", number=order.number, row=line.name, amount=left)
        )
    return None


def _charge(line: Charged, refunds: list[RefundLine]) -> Charged:
    if not refunds:
        return line
    vat_back: dict[Decimal, Decimal] = {}
    for refund in refunds:
        for share in refund.taxes:
            vat_back[share.percent] = vat_back.get(share.percent, ZERO) + share.amount
    return replace(
        line,
        total=line.total - sum((refund.total for refund in refunds), ZERO),
        total_tax=line.total_tax - sum((refund.total_tax for refund in refunds), ZERO),
        taxes=tuple(
            TaxShare(share.percent, share.amount - vat_back.get(share.percent, ZERO), share.before_discount)
            for share in line.taxes
        ),
    )
