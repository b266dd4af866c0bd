"""The records of the till: parked purchases, receipts and closed days."""

from datetime import datetime
from decimal import Decimal

import msgspec

from brygga_simulators.specter.model import ZERO, Record


class TillRow(Record):
    """One article of a purchase, with what one of it moves in stock."""

    article_no: str
    name: str
    quantity: Decimal
    """Negative when goods are brought back."""
    price_excl_vat: Decimal
    vat_percent: int
    gross: Decimal
    moves: dict[str, Decimal] = msgspec.field(default_factory=dict)


class ParkedPurchase(Record):
    """A purchase put aside; what it holds is not available until it is taken up or put back."""

    parked_no: int
    site: str
    rows: list[TillRow]
    at: datetime
    note: str = ""


class Receipt(Record):
    """A sale over the counter. It is in no feed: the shop only sees the stock move."""

    receipt_no: int
    site: str
    rows: list[TillRow]
    total: Decimal
    at: datetime
    paid_by: str = ""
    parked_no: int = 0
    """The parked purchase it was before; 0 for none."""


class DayClose(Record):
    """The end of a till's day."""

    close_no: int
    at: datetime
    receipts: int
    total: Decimal = ZERO
    last_receipt_no: int = 0
    released: list[int] = msgspec.field(default_factory=list)
    """Parked purchases that gave their stock back."""
