"""Turns a hint into one piece of work: says what it is about, and how it is sorted in its lane."""

from datetime import datetime

from brygga.domain.message import message
from brygga.domain.order import OrderHead
from brygga.domain.party import CustomerHead
from brygga.domain.product import ProductHead
from brygga.domain.refs import Kind, RecordRef
from brygga.flows.ports import Intake

# Orders go before products: a customer waits for an order. What is sold goes before what is new.
_PRIORITY = {
    Kind.ORDER: "1",
    Kind.STATUS: "2",
    Kind.ITEM: "3",
    Kind.CUSTOMER: "4",
    Kind.PRODUCT: "5",
    Kind.GOODS: "6",
}


def sort_key(kind: Kind, since: datetime, record_id: str) -> str:
    """Return the text that puts works in a lane in order: orders first, oldest first."""
    return f"{_PRIORITY[kind]}-{since:%Y%m%d%H%M%S}-{record_id.zfill(12)}"[:100]


def take_order(intake: Intake, flow: int, connection: int, head: OrderHead) -> bool:
    """Take in an order that a list told of."""
    ref = RecordRef(connection, Kind.ORDER, head.id)
    note = message("journal.seen_in_list", number=head.number, status=head.status)
    return intake.seen(
        flow, ref, head.number, head.version, sort_key(Kind.ORDER, head.created_at, head.id), note
    )


def take_product(intake: Intake, flow: int, connection: int, head: ProductHead) -> bool:
    """Take in a product that a list told of."""
    ref = RecordRef(connection, Kind.PRODUCT, head.id)
    note = message("journal.seen_in_list", number=head.sku or head.name, status=head.status)
    return intake.seen(
        flow,
        ref,
        head.sku or head.name,
        head.version,
        sort_key(Kind.PRODUCT, head.modified_at, head.id),
        note,
    )


def take_customer(intake: Intake, flow: int, connection: int, head: CustomerHead) -> bool:
    """Take in a customer that a list told of."""
    ref = RecordRef(connection, Kind.CUSTOMER, head.id)
    note = message("journal.seen_in_list", number=head.id, status="")
    sort = sort_key(Kind.CUSTOMER, head.version.changed_at, head.id)
    return intake.seen(flow, ref, head.id, head.version, sort, note)


def take_hint(intake: Intake, flow: int, connection: int, kind: Kind, record_id: str, at: datetime) -> bool:
    """Take in a knock at the door. It carries an id and nothing that is believed."""
    ref = RecordRef(connection, kind, record_id)
    return intake.seen(flow, ref, record_id, None, sort_key(kind, at, record_id), message("journal.hint"))
