"""A short text that tells whether an order still is what was sent, and what it was then."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote, unquote

from brygga.domain.money import ONE, plain
from brygga.domain.order import Fee, Order, ShippingLine

# What the hash tells apart, in this order.
PARTS = ("rows", "charges", "address", "note")


@dataclass(frozen=True, slots=True)
class RowThen:
    """One row as it was: how many, and what they cost including VAT."""

    article_no: str
    quantity: Decimal
    gross: Decimal


def fingerprint(order: Order) -> str:
    """Return `<total> <hashes> <refund ids> <rows>` of what a transfer carries.

    There is a hash for each of `PARTS`. Status and custom data are left out: they change without
    the order being edited. Refund ids say which refunds were already taken off. Rows are
    `<id>:<article>:<quantity>:<gross>`, without names: it is kept for as long as the link.
    """
    rows = [order.currency]
    for line in order.lines:
        rows += [line.id, line.sku, str(line.quantity), str(line.total), str(line.total_tax)]
    charges = [f"{one.id} {one.total} {one.total_tax}" for one in _others(order)]
    address = [repr(order.billing), repr(order.delivery)]
    hashes = "-".join(_hash(part) for part in (rows, charges, address, [order.note]))
    refunds = ",".join(refund.id for refund in order.refunds)
    return f"{order.total} {hashes} {refunds} {','.join(_rows(order))}"


def _others(order: Order) -> list[ShippingLine | Fee]:
    return [*order.shipping_lines, *order.fees]


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def _rows(order: Order) -> Iterator[str]:
    for line in order.lines:
        gross = line.total + line.total_tax
        yield f"{line.id}:{quote(line.sku, safe='')}:{plain(line.quantity)}:{gross}"
    for charge in _others(order):
        yield f"{charge.id}::{ONE}:{charge.total + charge.total_tax}"


def is_same_content(mark: str, other: str) -> bool:
    """Say whether two fingerprints are of the same rows, sums and addresses."""
    return mark.split(" ")[:2] == other.split(" ")[:2]


def parts_changed(mark: str, other: str) -> tuple[str, ...]:
    """Say which of `PARTS` differ."""
    then, now = (one.split(" ")[1].split("-") for one in (mark, other))
    return tuple(part for part, before, after in zip(PARTS, then, now, strict=False) if before != after)


def total_then(mark: str) -> Decimal:
    """Return the total an order had when its fingerprint was taken."""
    return Decimal(mark.partition(" ")[0])


def refunds_then(mark: str) -> frozenset[str]:
    """Return the ids of the refunds that were taken off before the order was sent."""
    return frozenset(filter(None, mark.split(" ")[2].split(",")))


def rows_then(mark: str) -> dict[str, RowThen]:
    """Return the rows an order had when its fingerprint was taken, by their ids in the shop."""
    found = {}
    for row in filter(None, " ".join(mark.split(" ")[3:]).split(",")):
        row_id, article, quantity, gross = row.split(":")
        found[row_id] = RowThen(unquote(article), Decimal(quantity), Decimal(gross))
    return found


def with_refunds_of(mark: str, other: str) -> str:
    """Return a fingerprint with the refunds of another one: what was taken off stays taken off."""
    parts = mark.split(" ")
    return " ".join([*parts[:2], other.split(" ")[2], *parts[3:]])
