"""Arranges the rows of bundle plugins: a priced parent, and children that the warehouse picks."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

from brygga.domain.money import ZERO
from brygga.domain.order import OrderLine, TaxShare
from brygga.flows.settings import BundleMode

_CENT = Decimal("0.01")


def arrange_bundles(lines: Sequence[OrderLine], mode: BundleMode) -> list[OrderLine]:
    """Return the rows to send. Whatever the mode, the sum and the VAT of a bundle stay the same."""
    outermost = _outermost(lines)
    children: dict[str, list[OrderLine]] = {}
    for line in lines:
        if line.id in outermost:
            children.setdefault(outermost[line.id], []).append(line)
    if not children or mode is BundleMode.PARENT_PRICED:
        return list(lines)
    arranged: list[OrderLine] = []
    for line in lines:
        if line.id in children:
            family = children[line.id]
            arranged += [_gather(line, family)] if mode is BundleMode.PARENT_ONLY else _spread(line, family)
        elif line.id not in outermost:
            arranged.append(line)
    return arranged


def _outermost(lines: Sequence[OrderLine]) -> dict[str, str]:
    """Return the outermost bundle of each part: a bundle may be a part of another one.

    Lines that are parts of each other are nobody's parts.
    """
    ids = {line.id for line in lines if line.id}
    parents = {line.id: line.bundle_parent for line in lines if line.id and line.bundle_parent in ids}
    found: dict[str, str] = {}
    for part in parents:
        way = [part]
        while way[-1] in parents and len(way) <= len(parents):
            way.append(parents[way[-1]])
        if way[-1] not in parents:
            found[part] = way[-1]
    return found


def _gather(parent: OrderLine, children: Sequence[OrderLine]) -> OrderLine:
    """Put the children's money, if they carry any, on the parent."""
    for child in children:
        if child.total or child.total_tax or child.subtotal:
            parent = replace(
                parent,
                total=parent.total + child.total,
                total_tax=parent.total_tax + child.total_tax,
                subtotal=parent.subtotal + child.subtotal,
                subtotal_tax=parent.subtotal_tax + child.subtotal_tax,
                taxes=_add_shares(parent.taxes, child.taxes),
            )
    return parent


def _add_shares(first: Sequence[TaxShare], second: Sequence[TaxShare]) -> tuple[TaxShare, ...]:
    sums: dict[Decimal, TaxShare] = {}
    for share in (*first, *second):
        known = sums.get(share.percent, TaxShare(share.percent, ZERO, ZERO))
        sums[share.percent] = TaxShare(
            share.percent, known.amount + share.amount, known.before_discount + share.before_discount
        )
    return tuple(sums.values())


def _spread(parent: OrderLine, children: Sequence[OrderLine]) -> list[OrderLine]:
    """Spread the parent's money over the children by their list prices, else by quantity."""
    taken = [child for child in children if child.quantity]
    if not taken:
        return [_gather(parent, children)]
    weights = [child.subtotal for child in taken]
    if sum(weights, ZERO) <= ZERO:
        weights = [abs(child.quantity) for child in taken]
    totals, taxes, before, taxes_before = (
        _apportion(amount, weights)
        for amount in (parent.total, parent.total_tax, parent.subtotal, parent.subtotal_tax)
    )
    shares = [
        (share.percent, _apportion(share.amount, weights), _apportion(share.before_discount, weights))
        for share in parent.taxes
    ]
    carrying = [
        replace(
            child,
            total=child.total + totals[place],
            total_tax=child.total_tax + taxes[place],
            subtotal=child.subtotal + before[place],
            subtotal_tax=child.subtotal_tax + taxes_before[place],
            taxes=_add_shares(
                child.taxes, [TaxShare(percent, now[place], then[place]) for percent, now, then in shares]
            ),
        )
        for place, child in enumerate(taken)
    ]
    # A choice that was not taken has no piece to carry money on; one with money stops the order.
    return carrying + [child for child in children if not child.quantity and (child.total or child.total_tax)]


def _apportion(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Divide an amount by weights, to the hundredth; the last one takes what is left."""
    whole = sum(weights, ZERO)
    parts = [(amount * weight / whole).quantize(_CENT, ROUND_DOWN) for weight in weights[:-1]]
    return [*parts, amount - sum(parts, ZERO)]
