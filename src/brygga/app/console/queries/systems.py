"""Connections, flows and notices as the overview and the pages about them show them."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from brygga.app.store.models.connections import Connection, Cursor, Notice
from brygga.app.store.models.feeds import FeedBatchRow
from brygga.app.store.models.flows import Flow
from brygga.app.store.models.works import LinkRow, Work
from brygga.connectors.contract.connector import Feed
from brygga.domain.outcome import State
from brygga.domain.refs import Kind

OPEN = (State.WAITING.value, State.UNKNOWN.value, State.HELD.value)
NOTICES = 12


def flows(flow: int | None = None) -> list[Flow]:
    """Return the flows with both their systems, and when each last sent an order (`last_sent`)."""
    newest = (
        LinkRow.objects.filter(source=OuterRef("shop"), target=OuterRef("erp"), kind=Kind.ORDER.value)
        .order_by("-pk")
        .values("at")[:1]
    )
    found = Flow.objects.select_related("shop", "erp").annotate(last_sent=Subquery(newest)).order_by("pk")
    return list(found if flow is None else found.filter(pk=flow))


def open_counts(flow_ids: Iterable[int]) -> dict[tuple[int, str, str], int]:
    """Count what is under way or stopped, by flow, kind and state."""
    rows = (
        Work.objects.filter(flow_id__in=list(flow_ids), state__in=OPEN)
        .values_list("flow_id", "kind", "state")
        .annotate(n=Count("id"))
        .order_by()
    )
    return {(flow, kind, state): n for flow, kind, state, n in rows}


def sent_since(since: datetime) -> dict[tuple[int, int], int]:
    """Count the orders sent since a time, by shop and ERP."""
    rows = (
        LinkRow.objects.filter(kind=Kind.ORDER.value, at__gte=since)
        .values_list("source_id", "target_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    return {(source, target): n for source, target, n in rows}


def midnight(zone: ZoneInfo) -> datetime:
    """Return when today began, by a clock on the wall there."""
    return timezone.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def connections() -> list[Connection]:
    """Return every connection, shops first, without its secrets; an ERP with when its feeds were read.

    `stock_read_at` is when the last look began that read all stock changes: how old the newest
    numbers can be. One query.
    """
    drained = Cursor.objects.filter(connection=OuterRef("pk"), name=f"{Feed.STOCK}-drained")
    return list(
        Connection.objects.defer("secrets", "door_token", "door_secret")
        .annotate(
            stock_read_at=Subquery(drained.values("value")[:1]),
            articles_read_at=_confirmed(Feed.ARTICLES),
            orders_read_at=_confirmed(Feed.ORDERS),
        )
        .order_by("-role", "name")
    )


def _confirmed(feed: Feed) -> Subquery:
    """Return when a feed was last read and confirmed; our own batches are numbered in the order of time."""
    batches = FeedBatchRow.objects.filter(
        connection=OuterRef("pk"), feed=feed.value, ours=True, confirmed_at__isnull=False
    )
    return Subquery(batches.order_by("-batch").values("confirmed_at")[:1])


def notices(connection: int | None = None, flow: int | None = None) -> list[Notice]:
    """Return the newest notices, those that still hold first."""
    found = Notice.objects.select_related("connection", "flow").only(
        "code", "message", "at", "last_at", "count", "over_at", "connection__name", "flow__name"
    )
    if connection is not None:
        found = found.filter(connection_id=connection)
    if flow is not None:
        found = found.filter(flow_id=flow)
    newest = list(found.order_by("-at", "-pk")[:NOTICES])
    return sorted(newest, key=lambda notice: notice.over_at is not None)
