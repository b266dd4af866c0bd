"""Makes statuses due that no feed wakes: what was told while a flow did not run, and what had to wait."""

from datetime import UTC, datetime

from brygga.app.store.intake import StoreIntake
from brygga.app.store.sql import fetch, run, time_in, time_out
from brygga.app.store.wake import wake
from brygga.domain.message import message
from brygga.domain.refs import Kind
from brygga.flows.presets import PRESETS

_AT_ONCE = 200
_ORDER, _STATUS = Kind.ORDER.value, Kind.STATUS.value


def wake_statuses(flow: int) -> int:
    """Make due what the ERP has told of a flow's orders and the shop was not told; return how many.

    Of orders that never had a status it counts from when the flow began to bring statuses over, so
    that no old delivery mails a buyer.
    """
    since = _statuses_since(flow)
    if since is None:
        return 0
    intake, woken, after = StoreIntake(), 0, 0
    while rows := fetch(
        "SELECT l.id, l.target_ref, l.target_id FROM store_flow f"
        " JOIN store_linkrow l ON l.source_id = f.shop_id AND l.target_id = f.erp_id AND l.kind = %s"
        " LEFT JOIN store_work w ON w.flow_id = f.id AND w.kind = %s AND w.source_ref = l.target_ref"
        " WHERE f.id = %s AND l.id > %s AND l.target_ref <> '' AND EXISTS (SELECT 1 FROM store_factrow t"
        " WHERE t.connection_id = l.target_id AND t.order_no = l.target_ref"
        " AND t.told_at > COALESCE(w.settled_at, %s)) ORDER BY l.id LIMIT %s",
        (_ORDER, _STATUS, flow, after, time_in(since), _AT_ONCE),
    ):
        after = rows[-1][0]
        numbers = [number for _, number, _ in rows]
        woken += intake.seen_many(flow, Kind.STATUS, rows[0][2], numbers, message("journal.told_by_feed"))
    return woken


def order_is_told(flow: int, shop: int, erp_no: str) -> None:
    """Make the status of an order due that had to wait for the order itself. Call it inside `write`."""
    now = datetime.now(UTC)
    woken = run(
        "UPDATE store_work SET due_at = %s, seen_count = seen_count + 1 WHERE flow_id = %s AND kind = %s"
        " AND source_ref = %s AND (due_at <= %s OR (due_at IS NOT NULL AND reason_code = 'status.waits'))",
        (time_in(now), flow, _STATUS, erp_no, time_in(now)),
    )
    if woken:
        wake(shop, now)


def _statuses_since(flow: int) -> datetime | None:
    """Return since when a flow brings statuses over; None when it does not."""
    since = None
    for preset, at in fetch(
        "SELECT COALESCE(r.preset, f.preset), r.at FROM store_flow f JOIN store_flowrevision r ON r.flow_id = f.id"
        " WHERE f.id = %s ORDER BY r.number DESC",
        (flow,),
    ):
        if not PRESETS[preset].moves(Kind.STATUS):
            break
        since = time_out(at)
    return since
