"""Stores what became of groups that were tried together, with what was said to the shop for all of them.

The calls are kept once, with the first group that has something to tell; the lines of the others
point at the one that they were written in.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from brygga.app.store.lines import Lines, insert, prepare
from brygga.app.store.remarks import keep_remarks
from brygga.app.store.runs import LaneStore
from brygga.app.store.sql import json_in, message_in, run, time_in
from brygga.domain.outcome import State
from brygga.flows.goods.ports import Settled
from brygga.flows.journal import Entry, Step
from brygga.flows.ports import LaneLost


def settle(store: LaneStore, settled: Sequence[Settled], exchanges: Sequence[Entry]) -> None:
    """Store outcomes and lines, in one transaction. Raises LaneLost."""
    if not settled:
        return
    now = datetime.now(UTC)
    # Where nothing was written and nothing stands in the way there is nothing to look up later.
    telling = [one for one in settled if one.lines or one.outcome.state is not State.DONE]
    shared = prepare(exchanges if telling else ())
    lines = {one.work.id: _lines(one, shared, now) for one in settled}
    with store.writing():
        if shared.rows:
            insert(shared, store.tenant, telling[0].work.id, store.keep_days, now)
        for one in settled:
            _outcome(store, one, now)
            keep_remarks(one.work.id, store.warnings(one.work), one.outcome.warnings)
            insert(lines[one.work.id], store.tenant, one.work.id, store.keep_days, now)
    store.settled.update({one.work.id: one.outcome for one in settled})


def _lines(one: Settled, shared: Lines, now: datetime) -> Lines:
    """Return a group's own lines; what was planned points at the call that it was written in."""
    entries = list(one.lines)
    if one.outcome.state is not State.DONE:
        entries.append(Entry(now, Step.DECIDED, one.outcome.reason))
    lines = prepare(entries)
    if one.written_in is None or shared.raw_id is None:
        return lines
    points_at = shared.rows[one.written_in][4:]
    return Lines(
        [
            (*row[:4], *points_at) if entry.step is Step.PLANNED else row
            for row, entry in zip(lines.rows, entries, strict=True)
        ],
        lines.raw_id,
        lines.raw,
    )


def _outcome(store: LaneStore, one: Settled, now: datetime) -> None:
    work, outcome = one.work, one.outcome
    claim = store.claim_of(work)
    waits = outcome.retry_at is not None and outcome.state is not State.DONE
    touched = run(
        "UPDATE store_work SET state = %s, reason = %s, reason_code = %s, warnings = %s, attempt = %s,"
        " forced = %s, settled_at = %s, due_at = CASE WHEN seen_count = %s THEN %s ELSE %s END,"
        " target_ref = CASE WHEN %s = '' THEN target_ref ELSE %s END,"
        " target_key = CASE WHEN %s = '' THEN target_key ELSE %s END WHERE id = %s",
        (
            outcome.state.value, message_in(outcome.reason), outcome.reason.code,
            json_in([warning.as_data() for warning in outcome.warnings]),
            work.attempt - (not outcome.counts) if waits else 0,
            work.forced and waits, time_in(now), claim.seen_count if claim is not None else -1,
            time_in(outcome.retry_at), time_in(now), outcome.target_id, outcome.target_id[:100],
            outcome.target_key, outcome.target_key[:200], work.id,
        ),
    )  # fmt: skip
    if not touched:
        raise LaneLost(f"work {work.id} is gone")
