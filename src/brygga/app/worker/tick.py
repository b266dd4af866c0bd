"""The beat of the house, every few seconds on one of the workers: due polls, lost bells, health."""

import time
import zlib
from datetime import UTC, datetime, timedelta

import structlog

from brygga.app.store.models import Connection
from brygga.app.store.models.connections import ConnectionState
from brygga.app.store.models.flows import FlowState
from brygga.app.store.sql import fetch, run, time_in
from brygga.app.store.transaction import write
from brygga.app.worker.bell import ring
from brygga.app.worker.engine import enqueue
from brygga.app.worker.range import ask_again
from brygga.connectors.contract.connector import Role

log = structlog.get_logger(__name__)

BATCH = 500
POLL_SECONDS = {Role.SHOP.value: 60, Role.ERP.value: 900}
SWEEP_EVERY = 15.0
LOST_AFTER = timedelta(seconds=30)
SILENT_AFTER = timedelta(minutes=10)
HINTS_EVERY = timedelta(hours=1)
_last = {"sweep": 0.0}


def tick() -> None:
    """Do what is due. Every part may run twice or on two workers at once without harm."""
    now = datetime.now(UTC)
    poll_due(now)
    if time.monotonic() - _last["sweep"] >= SWEEP_EVERY:
        _last["sweep"] = time.monotonic()
        sweep(now)
        check_health(now)
        ask_again(now)
        slot = int(now.timestamp()) // 3600
        enqueue("housekeeping", "house", workflow_id=f"house-{slot}")


def poll_due(now: datetime) -> int:
    """Enqueue a poll for each connection whose time has come, and set its next time."""
    due = list(
        Connection.unscoped.filter(next_poll_at__lte=now, state=ConnectionState.ACTIVE.value)
        .order_by("next_poll_at")
        .values_list("pk", "next_poll_at", "not_before", "poll_seconds", "role")[:BATCH]
    )
    for connection, slot, not_before, seconds, role in due:
        assert slot is not None
        if not_before is None or not_before <= now:
            poll_now(connection, f"{int(slot.timestamp())}")
        every = seconds or POLL_SECONDS.get(role, 900)
        after = max(now + timedelta(seconds=_jittered(connection, every)), not_before or now)
        with write():
            run("UPDATE store_connection SET next_poll_at = %s WHERE id = %s", (time_in(after), connection))
    return len(due)


def poll_now(connection: int, slot: str, delay: float = 0) -> None:
    """Enqueue a poll of a connection; one for each slot."""
    enqueue(
        "poll",
        "poll",
        connection,
        workflow_id=f"poll-{connection}-{slot}",
        lane=f"c{connection}",
        delay=delay,
    )


def poll_soon(connection: int, now: datetime) -> None:
    """Poll because something knocked: at once, and once more after the last knock of this second.

    Who knocks first need not wait; who knocks while that poll is under way is seen by the second.
    """
    second = int(now.timestamp())
    poll_now(connection, f"knock-{second}")
    poll_now(connection, f"knock-{second}-last", delay=second + 1 - now.timestamp())


def start_of_day(now: datetime) -> None:
    """Do at the start of a worker what can't wait for the first tick: what is due is rung for now."""
    sweep(now, lost_after=timedelta(0))
    tick()


def sweep(now: datetime, lost_after: timedelta = LOST_AFTER) -> int:
    """Ring again for lanes whose bell was lost, and for those with due work that nobody drains."""
    lost = fetch(
        "SELECT connection_id FROM store_lane WHERE woken = TRUE AND woken_at < %s",
        (time_in(now - lost_after),),
    )
    idle = fetch(
        "SELECT DISTINCT l.connection_id FROM store_lane l"
        " JOIN store_flow f ON f.erp_id = l.connection_id OR f.shop_id = l.connection_id"
        " JOIN store_connection e ON e.id = l.connection_id"
        " JOIN store_connection s ON s.id = CASE WHEN f.erp_id = l.connection_id THEN f.shop_id ELSE l.connection_id END"
        " WHERE l.woken = FALSE AND (l.owner = '' OR l.beat_at < %s) AND f.state = %s"
        " AND e.state = %s AND (e.not_before IS NULL OR e.not_before <= %s)"
        " AND s.state = %s AND (s.not_before IS NULL OR s.not_before <= %s)"
        " AND EXISTS (SELECT 1 FROM store_work w WHERE w.target_id = l.connection_id AND w.flow_id = f.id"
        " AND w.due_at IS NOT NULL AND w.due_at <= %s)",
        (
            time_in(now - SILENT_AFTER),
            FlowState.RUNNING.value,
            ConnectionState.ACTIVE.value,
            time_in(now),
            ConnectionState.ACTIVE.value,
            time_in(now),
            time_in(now - lost_after),
        ),
    )
    lanes = {lane for (lane,) in [*lost, *idle]}
    for lane in lanes:
        with write():
            run(
                "UPDATE store_lane SET woken = TRUE, woken_at = %s WHERE connection_id = %s",
                (time_in(now), lane),
            )
        ring(lane)
    if lanes:
        log.info("lanes rung again", lanes=sorted(lanes))
    return len(lanes)


def check_health(now: datetime) -> None:
    """Enqueue checks of doors that were not looked after for an hour, and probes of the broken."""
    hour = int(now.timestamp()) // 3600
    shops = (
        Connection.unscoped.filter(
            role=Role.SHOP.value,
            state=ConnectionState.ACTIVE.value,
            flows_from__state=FlowState.RUNNING.value,
        )
        .exclude(hints_checked_at__gt=now - HINTS_EVERY)
        .distinct()
        .values_list("pk", flat=True)[:BATCH]
    )
    for connection in shops:
        enqueue("housekeeping", "hints", connection, workflow_id=f"hints-{connection}-{hour}")
    sick = Connection.unscoped.filter(state=ConnectionState.BROKEN.value, not_before__lte=now).values_list(
        "pk", "not_before"
    )[:BATCH]
    for connection, slot in sick:
        assert slot is not None
        enqueue(
            "housekeeping", "probe", connection, workflow_id=f"probe-{connection}-{int(slot.timestamp())}"
        )


def _jittered(connection: int, seconds: int) -> float:
    """Return an interval a little off, the same way for the same connection, so that polls spread."""
    share = zlib.crc32(str(connection).encode()) % 1000 / 1000
    return seconds * (0.95 + 0.1 * share)
