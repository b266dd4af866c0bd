"""Looks over the whole installation and says what is well and what is not."""

import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from django.db import connection as database

from brygga.app.services.connecting import public_address_is_local
from brygga.app.settings import settings
from brygga.app.store.models import Connection, Lane, WorkerNode
from brygga.app.store.models.connections import ConnectionState
from brygga.app.store.sql import fetch_one, time_out
from brygga.app.tenancy.scope import current_or_none
from brygga.app.vault.keys import KeyMissing, is_newest
from brygga.app.worker.engine import oldest_pending
from brygga.app.worker.sessions import connector_of
from brygga.connectors.contract.connector import Assumption
from brygga.domain.errors import BryggaError

_STUCK_AFTER = timedelta(minutes=15)
_LOW_DISK = 1 << 30


class Level(StrEnum):
    """How a finding is meant."""

    WELL = "well"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `code` names it, `detail` is technical and in English."""

    code: str
    level: Level
    detail: str
    assumptions: Sequence[Assumption] = field(default=())


def doctor() -> list[Finding]:
    """Look everything over; what concerns connections only inside a tenant's scope."""
    found = [*_keys(), *_database(), *_engine(), *_addresses()]
    if current_or_none() is not None:
        found += _connections()
    return found


def _keys() -> Iterator[Finding]:
    ours = settings()
    yield Finding(
        "keys", Level.WELL, f"{len(ours.keys)} keys, newest {ours.keys[0].id}, from {ours.key_source}"
    )
    path = Path(ours.key_source)
    if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding("keys_open", Level.FAULT, f"{path} can be read by others: chmod 600 {path}")
    old = 0
    for kept in Connection.unscoped.all().iterator():
        try:
            _ = kept.secrets
        except KeyMissing as error:
            yield Finding("key_missing", Level.FAULT, f"connection {kept.pk}: {error}")
    with database.cursor() as cursor:
        cursor.execute("SELECT secrets FROM store_connection")
        old = sum(not is_newest(row[0]) for row in cursor.fetchall())
    if old:
        yield Finding(
            "keys_old",
            Level.NOTE,
            f"{old} connections are still encrypted with an older key: brygga keys renew",
        )


def _database() -> Iterator[Finding]:
    ours = settings()
    row = fetch_one("SELECT CURRENT_TIMESTAMP")
    there = time_out(row[0]) if row else None
    here = datetime.now(UTC)
    yield Finding("database", Level.WELL, f"{database.vendor} answers")
    if there is not None and abs(there - here) > timedelta(seconds=5):
        yield Finding(
            "clock", Level.FAULT, f"the database's clock is {(there - here).total_seconds():.0f} s off ours"
        )
    free = shutil.disk_usage(ours.data).free
    if free < _LOW_DISK:
        yield Finding("disk", Level.FAULT, f"{free >> 20} MB left at {ours.data}")


def _engine() -> Iterator[Finding]:
    now = datetime.now(UTC)
    silent = now - timedelta(seconds=settings().node_stale)
    alive = set(WorkerNode.objects.filter(seen_at__gte=silent, stopped_at=None).values_list("pk", flat=True))
    if not alive:
        yield Finding("no_worker", Level.FAULT, "no worker is running: nothing is brought over")
    try:
        pending = oldest_pending()
    except Exception as error:
        yield Finding("engine", Level.FAULT, f"the engine's database does not answer: {type(error).__name__}")
        return
    level = Level.WELL if alive else Level.NOTE
    yield Finding(
        "engine",
        level,
        f"{len(alive)} workers, {pending['running']} jobs running, {pending['waiting']} waiting",
    )
    orphans = set(pending["owners"]) - alive
    if orphans:
        yield Finding(
            "orphans", Level.FAULT, f"jobs of workers that do not live: {', '.join(sorted(orphans))}"
        )
    for lane, since in pending["lanes"].items():
        if now - since > _STUCK_AFTER:
            yield Finding(
                "lane_stuck", Level.FAULT, f"lane {lane} has a job running since {since:%Y-%m-%d %H:%M}"
            )
    late = Lane.unscoped.filter(woken=True, woken_at__lt=now - timedelta(minutes=5)).count()
    if late:
        yield Finding("lanes_late", Level.FAULT, f"{late} lanes were woken more than five minutes ago")


def _addresses() -> Iterator[Finding]:
    ours = settings()
    if public_address_is_local():
        yield Finding(
            "door",
            Level.NOTE,
            f"{ours.public_url} can't be reached from outside: shops can't knock, polls do",
        )
    else:
        yield Finding("door", Level.WELL, f"shops knock at {ours.public_url}/door/…")
    if ours.allow_hosts:
        yield Finding(
            "allow_hosts", Level.NOTE, f"private hosts allowed: {', '.join(sorted(ours.allow_hosts))}"
        )


def _connections() -> Iterator[Finding]:
    now = datetime.now(UTC)
    for one in Connection.objects.order_by("pk"):
        level = Level.WELL if one.state == ConnectionState.ACTIVE and not one.failures else Level.FAULT
        last = f"{one.last_success_at:%Y-%m-%d %H:%M}" if one.last_success_at else "never"
        try:
            assumptions = tuple(connector_of(one.connector).assumptions(one.settings, one.dialect))
        except BryggaError as error:
            yield Finding("connector", Level.FAULT, f"{one.name}: {error}")
            continue
        yield Finding(
            "connection",
            level,
            f"{one.name} ({one.connector}): {one.state}, last success {last}",
            assumptions,
        )
        if one.hints_checked_at and now - one.hints_checked_at > timedelta(hours=3):
            yield Finding(
                "hints",
                Level.NOTE,
                f"{one.name}: the door was not looked after since {one.hints_checked_at:%H:%M}",
            )
