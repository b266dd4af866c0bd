"""The first look back of a flow: everything that counts but changed before anybody polled."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from brygga.app.store.models import Flow


def looked_back(flow: "Flow") -> bool:
    """Say whether a flow has had its first look back."""
    from brygga.app.store.cursors import cursor

    return cursor(flow.shop_id, _mark(flow)) is not None


def look_back(flow: "Flow", told: Callable[[str, int], None], since: datetime | None = None) -> int:
    """Take in all orders from the start date on (all of them without one), and the whole range.

    Returns how many records there are to bring over. Doing it again takes nothing in twice.
    """
    from brygga.app.services.flows import flow as view_of
    from brygga.app.services.syncing import sync_range
    from brygga.app.store.cursors import move_cursor
    from brygga.domain.refs import Kind
    from brygga.flows.presets import PRESETS
    from brygga.flows.settings import ProductMode

    began = datetime.now(UTC)
    view = view_of(flow.pk)
    due = 0
    if PRESETS[flow.preset].moves(Kind.ORDER):
        start = view.settings.start_date
        if since is None and start is not None:
            zone = ZoneInfo(flow.shop.identity.get("time_zone") or "UTC")
            # An order made on or after that day can't have changed before it.
            since = datetime.combine(start, time.min, zone).astimezone(UTC)
        caught = sync_range(flow.pk, Kind.ORDER, since)
        told("order", caught.seen)
        due += caught.due
    if PRESETS[flow.preset].moves(Kind.PRODUCT) and view.settings.products is not ProductMode.OFF:
        caught = sync_range(flow.pk, Kind.PRODUCT)
        told("product", caught.seen)
        due += caught.due
    move_cursor(flow.tenant_id, flow.shop_id, _mark(flow), began)
    return due


def skip_history(flow: "Flow") -> None:
    """Note that a flow is to have no look back: only what changes from now on."""
    from brygga.app.store.cursors import move_cursor

    move_cursor(flow.tenant_id, flow.shop_id, _mark(flow), datetime.now(UTC))


def _mark(flow: "Flow") -> str:
    return f"history-{flow.pk}"
