"""The order feed: reads changed orders under a batch number, and confirms them once they are safe.

The ERP holds one batch open per feed and hands the same rows out until it is confirmed. When
another batch than ours is open it says so (code 99) and quotes its number: that one is read
instead and named, never confirmed unread. An answer that is not understood is never passed on,
since the caller would confirm it and lose its rows.
"""

import logging
import uuid

from lxml import etree

from brygga.connectors.contract.connector import FeedBatch
from brygga.connectors.specter.answers import Reply, child, local_name, named_value
from brygga.connectors.specter.client import SpecterClient
from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.dialect_parts import Words
from brygga.connectors.specter.refusals import meaning, open_batch
from brygga.connectors.specter.text import keeps
from brygga.domain.errors import BryggaError, ConnectionBroken, SetupWrong, TryLater
from brygga.domain.events import OrderEvent
from brygga.domain.message import message
from brygga.domain.order import Shipment

_log = logging.getLogger(__name__)

# Batches that `check` opens begin with this, so that they are known for ours when met again.
CHECK_PREFIX = "b41266ac"
_RAW_VALUES = 100
_RAW_LENGTH = 200


def check_batch() -> str:
    """Return a fresh batch number for the account test: 32 hex digits with our mark."""
    return CHECK_PREFIX + uuid.uuid4().hex[len(CHECK_PREFIX) :]


def read_orders(client: SpecterClient, dialect: Dialect, batch: str) -> FeedBatch[OrderEvent]:
    """Read the changed orders, or those of the batch that turns out to be open.

    Raises TryLater, ConnectionBroken, and SetupWrong when the feed can't be understood: that
    pauses this flow and nothing else, and points at the dialect's entry.
    """
    reply = _read(client, dialect, batch)
    if not reply.ok and meaning(reply, dialect) == "open_batch":
        other = open_batch(reply, dialect)
        if not other or other == batch or not keeps(other):
            raise SetupWrong(
                message("specter.batch_unnamed", text=reply.text),
                f"read under {batch}, refused with {reply.code}: {reply.text}",
                setting="patterns.open_batch",
            )
        batch, reply = other, _read(client, dialect, other)
    if not reply.ok:
        if meaning(reply, dialect) == "open_batch":
            # Somebody else confirmed and opened in between: look again from the start.
            raise TryLater(
                message("specter.batch_moved", text=reply.text), f"batch {batch}", system_away=False
            )
        raise feed_refused(reply, dialect)
    rows, most = order_events(reply, dialect)
    more = most > 0 and len(rows) >= most
    return FeedBatch(batch, rows, more, from_check=batch.startswith(CHECK_PREFIX))


def confirm_orders(client: SpecterClient, dialect: Dialect, batch: str) -> None:
    """Confirm a batch. One that the ERP does not know (any more) counts as confirmed.

    Raises TryLater or ConnectionBroken; confirming twice does no harm.
    """
    pairs = [("batchNo", batch)]
    reply = client.read(dialect.actions.confirm_orders, batch, pairs, f"confirm orders {batch}")
    if reply.ok:
        return
    if meaning(reply, dialect) in ("bad_key", "unknown_account"):
        raise feed_refused(reply, dialect)
    # Unknown or closed already, most likely by our own earlier try. Were it still open after
    # all, its rows come again by code 99, and applying them twice changes nothing.
    _log.warning("batch %s was not confirmed (%s: %s); taken as closed", batch, reply.code, reply.text)


def feed_refused(reply: Reply, dialect: Dialect) -> BryggaError:
    """Return the error of a refused read."""
    name = meaning(reply, dialect)
    ours = f"code {reply.code}: {reply.text}"
    if name in ("bad_key", "unknown_account"):
        return ConnectionBroken(message(f"specter.{name}", text=reply.text or reply.code), ours)
    return TryLater(
        message("specter.feed_refused", error=reply.code or "-", text=reply.text or "-"),
        ours,
        system_away=False,
    )


def order_events(reply: Reply, dialect: Dialect) -> tuple[tuple[OrderEvent, ...], int]:
    """Return what the reply tells of each order, and the most rows an answer holds (0: not told).

    Raises SetupWrong when rows have no order number: confirming them would lose them.
    """
    root, names = reply.root, dialect.xml
    if root is None:
        return (), 0
    most = named_value(root, names.max_limit)
    limit = int(most) if most.isascii() and most.isdigit() else 0
    orders = child(root, names.orders)
    if orders is None:
        return (), limit
    events = tuple(_event(item, dialect) for item in orders if local_name(item) in names.order)
    strangers = sum(1 for item in orders if local_name(item)) - len(events)
    if strangers or any(not event.order_no for event in events):
        setting = "xml.order" if strangers else "xml.order_no"
        raise SetupWrong(message("specter.feed_unreadable", setting=setting), setting=setting)
    return events, limit


def _read(client: SpecterClient, dialect: Dialect, batch: str) -> Reply:
    return client.read(dialect.actions.read_orders, batch, [("batchNo", batch)], f"read orders {batch}")


def _event(order: etree._Element, dialect: Dialect) -> OrderEvent:
    names, codes = dialect.xml, dialect.codes
    states = _states(order, names.status)
    delivery_state = next((v for v in (named_value(s, names.delivery_status) for s in states) if v), "")
    status_id = next((v for v in (named_value(s, names.status_id) for s in states) if v), "")
    changed = False
    numbers: dict[str, None] = {}
    for deliveries in (item for item in order if local_name(item) in names.deliveries):
        changed = changed or named_value(deliveries, names.updated) in codes.updated
        for delivery in (item for item in deliveries if local_name(item) in names.delivery):
            numbers[named_value(delivery, names.tracking_no)] = None
    cancelled = status_id in codes.cancelled
    delivered = delivery_state in codes.delivered and not cancelled
    return OrderEvent(
        order_no=named_value(order, names.order_no),
        external_no=named_value(order, names.external_no),
        delivered=delivered,
        partly_delivered=not delivered
        and not cancelled
        and (changed or delivery_state in codes.partly_delivered),
        cancelled=cancelled,
        shipments=tuple(Shipment(number) for number in numbers if number),
        raw=_raw(order),
    )


def _states(order: etree._Element, names: Words) -> list[etree._Element]:
    # The states stand on an element of their own; if they were on the order, they are found too.
    return [*(item for item in order if local_name(item) in names), order]


def _raw(order: etree._Element) -> dict[str, str]:
    """Everything the row holds, by path, so that values nobody knows yet are kept."""
    raw: dict[str, str] = {}

    def walk(element: etree._Element, path: str) -> None:
        values = [(f"{path}@{str(key).rpartition('}')[2]}", str(value)) for key, value in element.items()]
        if element.text and element.text.strip():
            values.append((path or ".", element.text.strip()))
        for key, value in values:
            if len(raw) < _RAW_VALUES:
                raw[key if key not in raw else f"{key}#{len(raw)}"] = value[:_RAW_LENGTH]
        for item in element:
            if local_name(item):
                name = str(item.tag).rpartition("}")[2]
                walk(item, f"{path}/{name}" if path else name)

    walk(order, "")
    return raw
