"""A short text that tells whether an order still is what was sent, and what it was worth then."""

import hashlib
from decimal import Decimal

from brygga.domain.order import Order


def fingerprint(order: Order) -> str:
    """Return `<total> <hash> <refund ids>` of what a transfer carries.

    The hash covers rows, sums, addresses and note. Status and custom data are left out: they
    change without the order being edited. Refund ids say which refunds were already taken off.
    """
    parts: list[str] = [order.currency, order.note, repr(order.billing), repr(order.delivery)]
    for line in order.lines:
        parts += [line.id, line.sku, str(line.quantity), str(line.total), str(line.total_tax)]
    for shipping in order.shipping_lines:
        parts += [shipping.id, str(shipping.total), str(shipping.total_tax)]
    for fee in order.fees:
        parts += [fee.id, str(fee.total), str(fee.total_tax)]
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
    return f"{order.total} {digest} {','.join(refund.id for refund in order.refunds)}"


def is_same_content(mark: str, other: str) -> bool:
    """Say whether two fingerprints are of the same rows, sums and addresses."""
    return mark.split(" ")[:2] == other.split(" ")[:2]


def total_then(mark: str) -> Decimal:
    """Return the total an order had when its fingerprint was taken."""
    return Decimal(mark.partition(" ")[0])


def refunds_then(mark: str) -> frozenset[str]:
    """Return the ids of the refunds that were taken off before the order was sent."""
    return frozenset(filter(None, mark.split(" ")[2].split(",")))
