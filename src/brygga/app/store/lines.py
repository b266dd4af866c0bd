"""Writes journal lines: prepared (compressed, encrypted) before the transaction, inserted in it.

Raw exchanges of one attempt are gathered until its outcome is stored, so that they are packed
once; the lines point to them from the beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from brygga.app.store.raw import pack
from brygga.app.store.sql import json_in, message_in, run, time_in, uuid_in
from brygga.app.vault.masks import mask_text
from brygga.connectors.contract.http import Exchange
from brygga.flows.journal import Entry

_COLUMNS = "(tenant_id, work_id, at, step, message, data, raw_id, raw_index)"
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s)"
_AT_ONCE = 100
_FOR_US = frozenset({"for_us", "traceback"})  # may quote what another system said, or any value


@dataclass(slots=True)
class RawGathering:
    """Exchanges on their way into one raw message."""

    id: UUID = field(default_factory=uuid7)
    exchanges: list[Exchange] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lines:
    """Journal lines ready to be inserted; `raw` is the packed message that goes with them, if any."""

    rows: Sequence[tuple[Any, ...]]  # at, step, message, data, raw_id, raw_index
    raw_id: UUID | None = None
    raw: bytes | None = None


def prepare(
    entries: Sequence[Entry], gathering: RawGathering | None = None, *, pack_now: bool = True
) -> Lines:
    """Do the work that needs no transaction; with `pack_now` off, exchanges stay in the gathering."""
    raw = gathering or RawGathering()
    rows: list[tuple[Any, ...]] = []
    for entry in entries:
        points_at: tuple[Any, int] = (None, 0)
        data = entry.data
        if entry.exchange is not None:
            points_at = (uuid_in(raw.id), len(raw.exchanges))
            raw.exchanges.append(entry.exchange)
            data = {"seconds": round(entry.exchange.seconds, 3), **data}
        if not _FOR_US.isdisjoint(data):
            data = {name: mask_text(text) if name in _FOR_US else text for name, text in data.items()}
        rows.append(
            (time_in(entry.at), entry.step.value, message_in(entry.message), json_in(data), *points_at)
        )
    if not (pack_now and raw.exchanges):
        return Lines(rows)
    return Lines(rows, raw.id, pack(raw.exchanges))


def insert(lines: Lines, tenant: int, work: int | None, keep_days: int, now: datetime) -> None:
    """Insert prepared lines; call it inside `write`."""
    if lines.raw is not None:
        run(
            "INSERT INTO store_rawmessage (id, tenant_id, body, expires_at) VALUES (%s, %s, %s, %s)",
            (uuid_in(lines.raw_id), tenant, lines.raw, time_in(now + timedelta(days=keep_days))),
        )
    for start in range(0, len(lines.rows), _AT_ONCE):
        part = lines.rows[start : start + _AT_ONCE]
        params: list[Any] = []
        for row in part:
            params += (tenant, work, *row)
        run(f"INSERT INTO store_journalentry {_COLUMNS} VALUES {', '.join([_ROW] * len(part))}", params)
