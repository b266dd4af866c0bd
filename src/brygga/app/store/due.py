"""Which works are due in a lane, oldest first, and what is known of one when it is claimed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import Any

from brygga.app.store.sql import fetch, fetch_one, json_out, marks, time_in, time_out, version_out
from brygga.app.vault.keys import decrypt
from brygga.domain.message import Message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind, Link, RecordRef, Version
from brygga.flows.ports import Work

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A work that is due, in the order of its lane."""

    sort: str
    id: int
    flow: int
    revision: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Claim:
    """A work as it was when its attempt began: what is written later is compared with it."""

    work: Work
    revision: int
    state: State
    seen_count: int
    told: Version | None
    feedback: dict[str, str]
    link: Link | None
    has_intents: bool
    warnings: tuple[Message, ...]
    settled: bool  # it reached an end before; no longer new


def next_due(lane: int, flows: Sequence[int], now: datetime, limit: int) -> list[Due]:
    """Return the next works due of these flows in a lane, oldest first."""
    pages = [
        [
            Due(sort, work, flow, revision, Kind(kind))
            for sort, work, revision, kind in _page(lane, flow, now, limit)
        ]
        for flow in flows
    ]
    return list(islice(merge(*pages), limit))


def _page(lane: int, flow: int, now: datetime, limit: int) -> list[tuple[Any, ...]]:
    # COALESCE keeps a database from going by the times: it would sort all that is due for each page.
    return fetch(
        "SELECT sort, id, revision_id, kind FROM store_work"
        " WHERE target_id = %s AND flow_id = %s AND due_at IS NOT NULL AND COALESCE(due_at, due_at) <= %s"
        " ORDER BY sort, id LIMIT %s",
        (lane, flow, time_in(now), limit),
    )


def due_next_at(lane: int, flows: Sequence[int]) -> datetime | None:
    """Return when the earliest work of these flows in a lane is due, past or future."""
    times: list[datetime] = []
    for flow in flows:
        row = fetch_one(
            "SELECT MIN(due_at) FROM store_work WHERE target_id = %s AND flow_id = %s AND due_at IS NOT NULL",
            (lane, flow),
        )
        when = time_out(row[0]) if row else None
        if when is not None:
            times.append(when)
    return min(times, default=None)


def claim(works: Sequence[int], target: int, now: datetime) -> list[Claim]:
    """Read works anew that are about to be tried; those no longer due are left out."""
    rows = fetch(
        "SELECT w.id, w.flow_id, w.revision_id, w.kind, w.source_id, w.source_ref, w.key, w.attempt,"
        " w.first_seen_at, w.forced, w.edits, w.released_twin, w.state, w.seen_count, w.told_at, w.feedback,"
        " w.settled_at, l.id, l.source_key, l.target_ref, l.target_key, l.fingerprint,"
        # Also a create of another flow between the same two systems.
        " EXISTS (SELECT 1 FROM store_flow f JOIN store_work o ON o.flow_id = f.id AND o.kind = w.kind"
        " AND o.source_ref = w.source_ref JOIN store_intentrow i ON i.work_id = o.id AND i.state = 'open'"
        " WHERE f.shop_id = w.source_id AND f.erp_id = %s), w.told_mark, w.warnings"
        " FROM store_work w LEFT JOIN store_linkrow l ON l.source_id = w.source_id AND l.kind = w.kind"
        " AND l.source_ref = w.source_ref AND l.target_id = %s"
        f" WHERE w.id IN ({marks(len(works))}) AND w.due_at IS NOT NULL AND w.due_at <= %s ORDER BY w.sort, w.id",
        (target, target, *works, time_in(now)),
    )
    return [_claim(row, target) for row in rows]


def _claim(row: tuple[Any, ...], target: int) -> Claim:
    ref = RecordRef(row[4], Kind(row[3]), row[5])
    edits = json_out(decrypt(row[10])) if row[10] else {}
    work = Work(
        id=row[0],
        flow=row[1],
        ref=ref,
        key=row[6],
        attempt=row[7] + 1,
        first_seen=time_out(row[8]) or EPOCH,
        forced=bool(row[9]),
        edits=edits or None,
        released_twin=bool(row[11]),
    )
    link = None
    if row[17] is not None:
        link = Link(ref, row[18], target, row[19], row[20], row[21])
    return Claim(
        work=work,
        revision=row[2],
        state=State(row[12]),
        seen_count=row[13],
        told=version_out(row[14], row[23]),
        feedback=json_out(row[15]) or {},
        link=link,
        has_intents=bool(row[22]),
        warnings=tuple(Message.from_data(warning) for warning in json_out(row[24]) or ()),
        settled=row[16] is not None,
    )
