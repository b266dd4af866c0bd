"""Rows of the order feed: what each says of an order becomes an `OrderEvent`.

A state or mark that the dialect does not know changes nothing; it is kept in `raw`.
"""

import re

from lxml import etree

from brygga.connectors.specter.answers import Reply, local_name, named_value
from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.dialect_parts import Words
from brygga.connectors.specter.feed_rows import FeedRows, list_in, unreadable
from brygga.connectors.specter.feed_values import raw_of, read_mark
from brygga.domain.events import OrderEvent
from brygga.domain.order import Shipment

_RAW_VALUES = 100
_NUMBER = re.compile(r"[\w./-]{1,50}")


def order_events(reply: Reply, dialect: Dialect) -> FeedRows[OrderEvent]:
    """Return what the reply tells of each order.

    Raises SetupWrong when rows have no order number: confirming them would lose them.
    """
    names = dialect.xml
    orders = list_in(reply, names.orders, "xml.orders", dialect)
    if orders is None:
        return FeedRows()
    events = tuple(_event(item, dialect) for item in orders if local_name(item) in names.order)
    if sum(1 for item in orders if local_name(item)) > len(events):
        raise unreadable("xml.order")
    if any(not event.order_no for event in events):
        raise unreadable("xml.order_no")
    return FeedRows(events, len(events))


def _event(order: etree._Element, dialect: Dialect) -> OrderEvent:
    names, codes = dialect.xml, dialect.codes
    # The states stand on an element of their own; if they were on the order, they are found too.
    states = [*(item for item in order if local_name(item) in names.status), order]
    delivery_state = _first(states, names.delivery_status)
    status_id = _first(states, names.status_id)
    changed = False
    numbers: dict[str, None] = {}
    for deliveries in (item for item in order if local_name(item) in names.deliveries):
        changed = changed or named_value(deliveries, names.updated) in codes.updated
        for delivery in (item for item in deliveries if local_name(item) in names.delivery):
            numbers[named_value(delivery, names.tracking_no)] = None
    cancelled = status_id in codes.cancelled
    removed = status_id in codes.removed or _marked(states, names.removed, dialect)
    stopped = cancelled or removed
    delivered = delivery_state in codes.delivered and not stopped
    return OrderEvent(
        order_no=named_value(order, names.order_no),
        external_no=named_value(order, names.external_no),
        delivered=delivered,
        partly_delivered=not delivered
        and not stopped
        and (changed or delivery_state in codes.partly_delivered),
        cancelled=cancelled,
        removed=removed,
        paid=_marked(states, names.paid, dialect),
        invoice_no=",".join(_numbers(states, names.invoice_no)),
        shipments=tuple(Shipment(number) for number in numbers if number),
        raw=raw_of(order, _RAW_VALUES),
    )


def _first(states: list[etree._Element], names: Words) -> str:
    return next((value for value in (named_value(state, names) for state in states) if value), "")


def _marked(states: list[etree._Element], names: Words, dialect: Dialect) -> bool:
    return any(read_mark(named_value(state, names), dialect.codes) for state in states)


def _numbers(states: list[etree._Element], names: Words) -> list[str]:
    """Return every number told under a name, each once; 0 and what is no number are left out."""
    told: dict[str, None] = {}
    for state in states:
        for part in re.split(r"[,;\s]+", named_value(state, names)):
            if _NUMBER.fullmatch(part) and part.strip("0"):
                told[part] = None
    return list(told)
