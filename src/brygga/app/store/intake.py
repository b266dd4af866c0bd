"""Intake: one work for each record of a flow, however many hints and polls tell of it.

What wakes a work that has reached its end: a version the source tells of that is later than what
was read and not our own write coming back; or a hint without a time, outside our own echo.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from brygga.app.store.lines import insert, prepare
from brygga.app.store.models.flows import FlowState
from brygga.app.store.sql import fetch_one, for_update, marks, message_in, run, time_in, time_out, version_out
from brygga.app.store.transaction import write
from brygga.app.store.wake import wake
from brygga.domain.message import Message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind, RecordRef, Version
from brygga.flows.intake import sort_key
from brygga.flows.journal import Journal, Step

_AT_ONCE = 200
_FRESH = "'waiting', '[]', 0, '', 1, '', '', '', '', '', FALSE, FALSE, '', '{}', '', '', 0, '[]'"
_END_STATES = frozenset({State.DONE.value, State.IGNORED.value, State.HELD.value})


@dataclass(frozen=True, slots=True)
class _Flow:
    tenant: int
    shop: int
    erp: int
    revision: int
    takes_in: bool

    def lane(self, kind: Kind) -> int:
        """Return where a kind of record goes: the connection whose lane it waits in."""
        return self.shop if kind.to_shop else self.erp


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a work says about itself before it is told of again."""

    id: int
    state: str
    due_at: datetime | None
    told: Version | None
    looked: Version | None
    echo: Version | None
    echo_until: datetime | None
    key: str
    sort: str


class StoreIntake:
    """Takes records in for any flow that runs, or that waits for its settings to be put right."""

    def __init__(self) -> None:
        self._flows: dict[int, _Flow | None] = {}

    def seen(
        self, flow: int, ref: RecordRef, key: str, version: Version | None, sort: str, note: Message
    ) -> bool:
        """Make, or wake, the one piece of work for a record; say whether anything is to be done."""
        into = self._flow(flow)
        if into is None or not into.takes_in:
            return False
        now = datetime.now(UTC)
        with write():
            kept = self._kept(flow, ref)
            if kept is None:
                made = self._make(flow, into, ref, key, version, sort, note, now)
                if made:
                    return True
                kept = self._kept(flow, ref)  # another process was first
                assert kept is not None
            return self._again(kept, into, ref.kind, key, version, sort, note, now)

    def seen_many(self, flow: int, kind: Kind, source: int, ids: Sequence[str], note: Message) -> int:
        """Make or wake the works of many records that a feed told of; return how many are now due.

        Each is looked at by the settings of today. No line is written for being told of: what is
        done then says so, and most are told of often.
        """
        into = self._flow(flow)
        if into is None or not into.takes_in or not ids:
            return 0
        now = datetime.now(UTC)
        woken = 0
        for start in range(0, len(ids), _AT_ONCE):
            params: list[Any] = []
            part = list(dict.fromkeys(ids[start : start + _AT_ONCE]))
            for record in part:
                params += (into.tenant, flow, into.revision, kind.value, source, record, into.lane(kind))
                params += (record[:200], sort_key(kind, now, record), message_in(note), note.code)
                params += (time_in(now), time_in(now))
            with write():
                woken += run(
                    "INSERT INTO store_work (tenant_id, flow_id, revision_id, kind, source_id, source_ref, target_id,"
                    " key, sort, reason, reason_code, due_at, first_seen_at, state, warnings, attempt, told_mark,"
                    " seen_count, target_ref, target_key, fingerprint, twin_mark, twin_reference, forced,"
                    " released_twin, edits, feedback, looked_mark, echo_mark, remarks, acknowledged)"
                    f" VALUES {', '.join([f'({marks(13)}, {_FRESH})'] * len(part))}"
                    " ON CONFLICT (flow_id, kind, source_ref) DO UPDATE SET seen_count = store_work.seen_count + 1,"
                    " attempt = 0, revision_id = excluded.revision_id,"
                    # What waits already keeps its place: a best seller is not put behind all others.
                    " sort = CASE WHEN store_work.due_at <= excluded.due_at THEN store_work.sort"
                    " ELSE excluded.sort END,"
                    " due_at = CASE WHEN store_work.due_at < excluded.due_at THEN store_work.due_at"
                    " ELSE excluded.due_at END",
                    params,
                )
                wake(into.lane(kind), now)
        return woken

    def _flow(self, flow: int) -> _Flow | None:
        if flow not in self._flows:
            row = fetch_one(
                "SELECT f.tenant_id, f.shop_id, f.erp_id, f.state, (SELECT MAX(r.id) FROM store_flowrevision r"
                " WHERE r.flow_id = f.id) FROM store_flow f WHERE f.id = %s",
                (flow,),
            )
            takes_in = row is not None and row[3] in {FlowState.RUNNING.value, FlowState.PAUSED.value}
            self._flows[flow] = None if row is None else _Flow(row[0], row[1], row[2], row[4], takes_in)
        return self._flows[flow]

    def _kept(self, flow: int, ref: RecordRef) -> _Kept | None:
        row = fetch_one(
            "SELECT id, state, due_at, told_at, told_mark, looked_at, looked_mark, echo_changed_at, echo_mark,"
            " echo_until, key, sort"
            f" FROM store_work WHERE flow_id = %s AND kind = %s AND source_ref = %s{for_update()}",
            (flow, ref.kind.value, ref.id),
        )
        if row is None:
            return None
        return _Kept(
            id=row[0],
            state=row[1],
            due_at=time_out(row[2]),
            told=version_out(row[3], row[4]),
            looked=version_out(row[5], row[6]),
            echo=version_out(row[7], row[8]),
            echo_until=time_out(row[9]),
            key=row[10],
            sort=row[11],
        )

    def _make(
        self,
        flow: int,
        into: _Flow,
        ref: RecordRef,
        key: str,
        version: Version | None,
        sort: str,
        note: Message,
        now: datetime,
    ) -> bool:
        row = fetch_one(
            "INSERT INTO store_work (tenant_id, flow_id, revision_id, kind, source_id, source_ref, target_id, key, sort, state,"
            " reason, reason_code, warnings, attempt, due_at, first_seen_at, told_at, told_mark, seen_count, target_ref,"
            " target_key, fingerprint, twin_mark, twin_reference, forced, released_twin, edits, feedback,"
            " looked_mark, echo_mark, remarks, acknowledged)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', %s, %s, '[]', 0, %s, %s, %s, %s, 1, '', '', '', '', '',"
            " FALSE, FALSE, '', '{}', '', '', 0, '[]') ON CONFLICT (flow_id, kind, source_ref) DO NOTHING RETURNING id",
            (
                into.tenant,
                flow,
                into.revision,
                ref.kind.value,
                ref.connection,
                ref.id,
                into.lane(ref.kind),
                key[:200],
                sort,
                message_in(note),
                note.code,
                time_in(now),
                time_in(now),
                time_in(version.changed_at) if version else None,
                version.mark if version else "",
            ),
        )
        if row is None:
            return False
        _note(into.tenant, row[0], note, now)
        wake(into.lane(ref.kind), now)
        return True

    def _again(
        self,
        kept: _Kept,
        into: _Flow,
        kind: Kind,
        key: str,
        version: Version | None,
        sort: str,
        note: Message,
        now: datetime,
    ) -> bool:
        news = is_news(kept, version, now)
        changes: list[str] = []
        params: list[Any] = []
        if version is None or news:
            changes.append("seen_count = seen_count + 1")
        if version is not None and (kept.told is None or version.is_later_than(kept.told)):
            changes.append("told_at = %s, told_mark = %s")
            params += (time_in(version.changed_at), version.mark)
        if version is not None and (kept.key, kept.sort) != (key[:200], sort):
            # A hint knows only the id; a list knows the number and when it was made.
            changes.append("key = %s, sort = %s")
            params += (key[:200], sort)
        if news:
            changes.append("due_at = CASE WHEN due_at < %s THEN due_at ELSE %s END")
            params += (time_in(now), time_in(now))
            if kept.state in _END_STATES and kept.due_at is None:
                # Taken in anew: by the settings of today, with all its attempts before it, and no
                # longer as a person asked: that was about what the record was then. What may have
                # been sent already ends by the settings it was sent with.
                changes.append(
                    "attempt = 0, forced = FALSE, revision_id = CASE WHEN EXISTS (SELECT 1 FROM store_intentrow i"
                    " WHERE i.work_id = store_work.id AND i.state = 'open') THEN revision_id ELSE %s END"
                )
                params.append(into.revision)
        if changes:
            run(f"UPDATE store_work SET {', '.join(changes)} WHERE id = %s", (*params, kept.id))
        if news:
            if kept.due_at is None:
                _note(into.tenant, kept.id, note, now)
            wake(into.lane(kind), now)
        return news


def is_news(kept: _Kept, version: Version | None, now: datetime) -> bool:
    """Say whether what was told of a known work is a reason to look at it."""
    if version is None:
        return kept.echo_until is None or now >= kept.echo_until
    if kept.due_at is not None and kept.told is not None and not version.is_later_than(kept.told):
        return False  # it waits for its turn already
    known = [seen for seen in (kept.looked or kept.told, kept.echo) if seen is not None]
    return all(version.differs_from(seen) for seen in known)


def _note(tenant: int, work: int, note: Message, now: datetime) -> None:
    journal = Journal()
    journal.add(Step.SEEN, note)
    insert(prepare(journal.take()), tenant, work, 0, now)
