"""What an ERP tells of an order: facts that accumulate, not a line of states."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from brygga.domain.order import Shipment


class Fact(StrEnum):
    """One thing that has happened to an order in the ERP. An order may be invoiced before it is delivered."""

    RECEIVED = "received"  # the ERP has it
    PARTLY_DELIVERED = "partly_delivered"  # some rows or quantities are shipped
    DELIVERED = "delivered"  # all of it is shipped
    INVOICED = "invoiced"
    PAID = "paid"
    CANCELLED = "cancelled"  # stopped, kept as a record
    REMOVED = "removed"  # gone, as if it had never been


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """What a row of the order feed, or a knock, said of one order of the ERP's."""

    order_no: str
    external_no: str = ""
    delivered: bool = False
    partly_delivered: bool = False
    cancelled: bool = False
    removed: bool = False
    paid: bool = False
    invoice_no: str = ""  # several with commas between
    shipments: tuple[Shipment, ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)

    def facts(self) -> Iterator[tuple[Fact, str]]:
        """Yield each fact it tells, with what makes it one of its kind (an invoice's number)."""
        if self.partly_delivered:
            yield Fact.PARTLY_DELIVERED, ""
        if self.delivered:
            yield Fact.DELIVERED, ""
        for number in filter(None, self.invoice_no.split(",")):
            yield Fact.INVOICED, number.strip()
        if self.paid:
            yield Fact.PAID, ""
        if self.cancelled:
            yield Fact.CANCELLED, ""
        if self.removed:
            yield Fact.REMOVED, ""
