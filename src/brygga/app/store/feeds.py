"""Batches of confirmed feeds, and the rows of the order feed: safe here before the ERP is told so."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from uuid_utils import uuid7

from brygga.app.store.models.feeds import FeedRow
from brygga.app.store.sql import fetch, fetch_one, json_in, marks, run, time_in, time_out
from brygga.app.store.transaction import write
from brygga.connectors.contract.connector import Feed
from brygga.domain.events import OrderEvent
from brygga.domain.refs import Kind
from brygga.flows.supply import OpenBatch

_ORDERS = Feed.ORDERS.value
_AT_ONCE = 100
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class DbFeedStore:
    """The batches of one tenant's feeds, as `flows/supply.py` wants them kept."""

    def __init__(self, tenant: int) -> None:
        self._tenant = tenant

    def batch_to_read(self, connection: int, feed: str) -> OpenBatch:
        """Return the batch that is open with us, or store and return a fresh number."""
        with write():
            row = fetch_one(
                "SELECT batch FROM store_feedbatchrow WHERE connection_id = %s AND feed = %s AND confirmed_at IS NULL",
                (connection, feed),
            )
            if row is not None:
                return OpenBatch(str(row[0]), is_left=True)
            batch = uuid7().hex
            self._open(connection, feed, batch, ours=True)
            return OpenBatch(batch, is_left=False)

    def met(self, connection: int, feed: str, batch: str) -> None:
        """Store that a batch was handed out, if it is one that we did not ask for."""
        with write():
            known = fetch_one(
                "SELECT 1 FROM store_feedbatchrow WHERE connection_id = %s AND feed = %s AND batch = %s",
                (connection, feed, batch),
            )
            if known is None:
                # Opened by someone else, or by us before our database was restored.
                self._open(connection, feed, batch, ours=False)

    def begun_at(self, connection: int, feed: str, batch: str) -> datetime:
        """Return when a batch was first asked for.

        One that was not opened by us can't be older than the last one that was confirmed, since a
        feed has one open batch: so much is sure, and no more.
        """
        row = fetch_one(
            "SELECT opened_at, ours FROM store_feedbatchrow WHERE connection_id = %s AND feed = %s AND batch = %s",
            (connection, feed, batch),
        )
        if row is not None and row[1]:
            return time_out(row[0]) or datetime.now(UTC)
        last = fetch_one(
            "SELECT MAX(confirmed_at) FROM store_feedbatchrow WHERE connection_id = %s AND feed = %s",
            (connection, feed),
        )
        return (time_out(last[0]) if last else None) or _LONG_AGO

    def confirmed(self, connection: int, feed: str, batch: str) -> None:
        """Store that the batch was confirmed."""
        with write():
            run(
                "UPDATE store_feedbatchrow SET confirmed_at = %s"
                " WHERE connection_id = %s AND feed = %s AND batch = %s AND confirmed_at IS NULL",
                (time_in(datetime.now(UTC)), connection, feed, batch),
            )

    def _open(self, connection: int, feed: str, batch: str, *, ours: bool) -> None:
        now = time_in(datetime.now(UTC))
        if not ours:
            # Ours can't be open beside it: it was never opened at the ERP, so it is free to go.
            run(
                "DELETE FROM store_feedbatchrow WHERE connection_id = %s AND feed = %s AND confirmed_at IS NULL",
                (connection, feed),
            )
        run(
            "INSERT INTO store_feedbatchrow (tenant_id, connection_id, feed, batch, opened_at, ours)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (self._tenant, connection, feed, batch, now, ours),
        )


def keep_rows(tenant: int, connection: int, events: Sequence[OrderEvent]) -> int:
    """Store rows of an order feed durably, each once; return how many are new."""
    now = time_in(datetime.now(UTC))
    new = 0
    with write():
        for start in range(0, len(events), _AT_ONCE):
            params: list[Any] = []
            part = events[start : start + _AT_ONCE]
            for event in part:
                params += (
                    tenant,
                    connection,
                    _ORDERS,
                    event.order_no,
                    _mark(event),
                    json_in(_row(event)),
                    now,
                )
            new += run(
                "INSERT INTO store_feedrow (tenant_id, connection_id, feed, order_no, mark, row, read_at)"
                f" VALUES {', '.join([f'({marks(7)})'] * len(part))}"
                " ON CONFLICT (connection_id, feed, order_no, mark) DO NOTHING",
                params,
            )
    return new


def learn_number(connection: int, event: OrderEvent) -> bool:
    """Fill in the target's number of a link that waits for it; say whether one did.

    A link waits when the target said that it has the order but not under which number. It is
    found by the number it was sent under.
    """
    if not event.external_no or not event.order_no:
        return False
    with write():
        rows = fetch(
            "SELECT l.id, w.id FROM store_linkrow l JOIN store_intentrow i ON i.target_id = l.target_id"
            " JOIN store_work w ON w.id = i.work_id AND w.source_id = l.source_id"
            " AND w.source_ref = l.source_ref AND w.kind = l.kind"
            " WHERE l.target_id = %s AND l.kind = %s AND l.target_ref = '' AND i.key = %s AND i.state = 'done'",
            (connection, Kind.ORDER.value, event.external_no),
        )
        taken = fetch_one(
            "SELECT 1 FROM store_linkrow WHERE target_id = %s AND kind = %s AND target_ref = %s",
            (connection, Kind.ORDER.value, event.order_no),
        )
        if len({link for link, _ in rows}) != 1 or taken is not None:
            return False
        link, work = rows[0]
        run(
            "UPDATE store_linkrow SET target_ref = %s, target_key = %s WHERE id = %s",
            (event.order_no, event.order_no, link),
        )
        # Due: now there is something to tell the shop.
        run(
            "UPDATE store_work SET target_ref = %s, target_key = %s, due_at = %s, seen_count = seen_count + 1"
            " WHERE id = %s",
            (event.order_no, event.order_no, time_in(datetime.now(UTC)), work),
        )
    return True


def number_told(connection: int, external_no: str) -> str:
    """Return the one order number that a feed told of under our number, or an empty text."""
    rows = FeedRow.objects.filter(connection_id=connection, feed=_ORDERS, row__external_no=external_no)
    numbers = list(rows.values_list("order_no", flat=True).distinct()[:2])
    return numbers[0] if len(numbers) == 1 else ""


def _row(event: OrderEvent) -> dict[str, Any]:
    return {
        "order_no": event.order_no,
        "external_no": event.external_no,
        "delivered": event.delivered,
        "partly_delivered": event.partly_delivered,
        "cancelled": event.cancelled,
        "removed": event.removed,
        "paid": event.paid,
        "invoice_no": event.invoice_no,
        "shipments": [[s.tracking_no, s.carrier, s.link] for s in event.shipments],
        "raw": dict(event.raw),
    }


def _mark(event: OrderEvent) -> str:
    return hashlib.sha256(json_in(_row(event)).encode()).hexdigest()
