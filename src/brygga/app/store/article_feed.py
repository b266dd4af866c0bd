"""How far an ERP's article feed was read: whether there may be more to come about an article."""

from collections.abc import Collection
from datetime import UTC, datetime

from brygga.app.store.cursors import cursor, move_cursor
from brygga.app.store.sql import fetch, time_in
from brygga.app.store.supply import supply_of
from brygga.app.store.transaction import write
from brygga.app.store.wake import wake
from brygga.connectors.contract.connector import Feed
from brygga.domain.outcome import State
from brygga.domain.refs import Kind

_DRAINED = f"{Feed.ARTICLES}-drained"  # the cursor: since when the feed had no more to tell


def is_being_told(erp: int, article_nos: Collection[str]) -> bool:
    """Say that the feed was not yet read to its end since it told of one of these articles."""
    read = [supply.article_read_at for supply in supply_of(erp, list(article_nos)).values()]
    drained_at = cursor(erp, _DRAINED)
    return any(at is not None and (drained_at is None or at > drained_at) for at in read)


def articles_were_drained(tenant: int, erp: int, begun_at: datetime) -> None:
    """Remember a look at the article feed that came to its end; groups that waited for it are due."""
    now = datetime.now(UTC)
    move_cursor(tenant, erp, _DRAINED, begun_at)
    with write():
        rows = fetch(
            "UPDATE store_work SET due_at = %s WHERE flow_id IN (SELECT id FROM store_flow WHERE erp_id = %s)"
            " AND kind = %s AND state = %s AND reason_code = %s AND due_at > %s RETURNING target_id",
            (time_in(now), erp, Kind.GOODS.value, State.WAITING.value, "goods.being_told", time_in(now)),
        )
        for (shop,) in {*rows}:
            wake(shop, now)
