"""How a connection or flow is doing: away and back, broken and healed, each said once.

Away: the system does not answer; it is tried again by itself with growing pauses, and no attempt
of any record is spent. Broken: keys are refused or another system answers; it rests until a check
works. Both keep all work in order.
"""

import random
from datetime import datetime, timedelta

import structlog

from brygga.app.store import notices
from brygga.app.store.models.connections import ConnectionState
from brygga.app.store.models.flows import FlowState
from brygga.app.store.sql import fetch, fetch_one, message_in, run, time_in
from brygga.app.store.transaction import write
from brygga.app.store.wake import wake
from brygga.app.texts import say
from brygga.domain.errors import BryggaError, ConnectionBroken, SetupWrong, TryLater
from brygga.domain.message import Message, message

log = structlog.get_logger(__name__)

PAUSES = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
PROBE_EVERY = timedelta(minutes=15)


def away(connection: int, error: TryLater, now: datetime) -> datetime:
    """Note that a system does not answer; return when it is tried again."""
    with write():
        tenant, name, failures, language = _about(connection)
        pause = PAUSES[min(failures, len(PAUSES) - 1)]
        when = now + pause * random.uniform(0.85, 1.15)  # noqa: S311
        if error.after is not None:
            when = max(error.after, now + timedelta(seconds=1))
        run(
            "UPDATE store_connection SET failures = failures + 1, not_before = %s, last_failure_at = %s, reason = %s"
            " WHERE id = %s",
            (time_in(when), time_in(now), message_in(error.for_merchant), connection),
        )
        if failures >= 1:  # one blip is no news
            notices.say(tenant, _told("connection.away", name, error, language), now, connection=connection)
    log.warning(
        "connection away", connection=connection, failures=failures + 1, until=when, error=error.for_us
    )
    return when


def broken(connection: int, error: ConnectionBroken, now: datetime) -> None:
    """Pause a connection whose keys are refused; it is probed now and then, and when a person asks."""
    with write():
        tenant, name, _failures, language = _about(connection)
        told = _told("connection.broken", name, error, language)
        run(
            "UPDATE store_connection SET state = %s, reason = %s, failures = failures + 1, last_failure_at = %s,"
            " not_before = %s WHERE id = %s AND state <> %s",
            (
                ConnectionState.BROKEN.value,
                message_in(error.for_merchant),
                time_in(now),
                time_in(now + PROBE_EVERY),
                connection,
                ConnectionState.PAUSED.value,
            ),
        )
        notices.say(tenant, told, now, connection=connection)
    log.warning("connection broken", connection=connection, error=error.for_us)


def not_polled(connection: int, error: BryggaError, now: datetime) -> None:
    """Note that a connection's list or feed can't be read; all else it does goes on."""
    with write():
        tenant, name, _failures, language = _about(connection)
        notices.say(tenant, _told("connection.not_polled", name, error, language), now, connection=connection)
    log.warning("not polled", connection=connection, error=error.for_us)


def other_system(connection: int, before: str, answered: str, now: datetime) -> None:
    """Pause a connection behind which another system answers; a person must say that it is right."""
    with write():
        tenant, name, _failures, _language = _about(connection)
        told = message("connection.other_system", name=name, now=answered, before=before)
        run(
            "UPDATE store_connection SET state = %s, reason = %s, last_failure_at = %s WHERE id = %s",
            (ConnectionState.PAUSED.value, message_in(told), time_in(now), connection),
        )
        notices.say(tenant, told, now, connection=connection)
    log.warning("another system answers", connection=connection)


def well(connection: int, now: datetime) -> None:
    """Note that a system answered as it should; say so if it was away."""
    with write():
        row = fetch_one("SELECT tenant_id, name, failures FROM store_connection WHERE id = %s", (connection,))
        if row is None:
            return
        tenant, name, failures = row
        run(
            "UPDATE store_connection SET last_success_at = %s, failures = 0, not_before = NULL, reason = '{}'"
            " WHERE id = %s AND state = %s",
            (time_in(now), connection, ConnectionState.ACTIVE.value),
        )
        if failures and notices.over(now, connection=connection, codes=["connection.away"]):
            notices.say(
                tenant, message("connection.back", name=name), now, connection=connection, passing=True
            )
            log.info("connection back", connection=connection)


def heal(connection: int, now: datetime) -> None:
    """Let a connection go on after a check that worked, and wake what waited for it."""
    with write():
        tenant, name, _failures, _language = _about(connection)
        run(
            "UPDATE store_connection SET state = %s, last_success_at = %s, failures = 0, not_before = NULL,"
            " reason = '{}' WHERE id = %s",
            (ConnectionState.ACTIVE.value, time_in(now), connection),
        )
        if notices.over(now, connection=connection):
            notices.say(
                tenant, message("connection.healed", name=name), now, connection=connection, passing=True
            )
        run(
            "UPDATE store_connection SET next_poll_at = %s WHERE id = %s AND next_poll_at IS NOT NULL",
            (time_in(now), connection),
        )
        wake_lanes_of(connection, now)


def wake_lanes_of(connection: int, now: datetime) -> None:
    """Wake every lane whose works come from or go to a connection."""
    rows = fetch(
        "SELECT erp_id FROM store_flow WHERE (shop_id = %s OR erp_id = %s) AND state = %s"
        " UNION SELECT w.target_id FROM store_work w JOIN store_flow f ON f.id = w.flow_id"
        " WHERE w.target_id = %s AND w.due_at IS NOT NULL AND f.state = %s",
        (connection, connection, FlowState.RUNNING.value, connection, FlowState.RUNNING.value),
    )
    for (lane,) in rows:
        wake(lane, now)


def pause_flow(flow: int, error: SetupWrong, now: datetime) -> None:
    """Pause a flow whose setting is wrong; its works wait, the other flows go on."""
    with write():
        row = fetch_one(
            "SELECT f.tenant_id, f.name, t.language FROM store_flow f JOIN tenancy_tenant t ON t.id = f.tenant_id"
            " WHERE f.id = %s",
            (flow,),
        )
        if row is None:
            return
        tenant, name, language = row
        told = message(
            "flow.paused", name=name, reason=say(error.for_merchant, language), setting=error.setting or "?"
        )
        run(
            "UPDATE store_flow SET state = %s, reason = %s WHERE id = %s AND state = %s",
            (FlowState.PAUSED.value, message_in(error.for_merchant), flow, FlowState.RUNNING.value),
        )
        notices.say(tenant, told, now, flow=flow)
    log.warning("flow paused", flow=flow, setting=error.setting, error=error.for_us)


def _told(code: str, name: str, error: BryggaError, language: str) -> Message:
    return message(code, name=name, reason=say(error.for_merchant, language))


def _about(connection: int) -> tuple[int, str, int, str]:
    row = fetch_one(
        "SELECT c.tenant_id, c.name, c.failures, t.language FROM store_connection c"
        " JOIN tenancy_tenant t ON t.id = c.tenant_id WHERE c.id = %s",
        (connection,),
    )
    assert row is not None
    return row[0], row[1], row[2], row[3]
