"""RunStore for one flow in one lane: every write proves first that the lane is still ours.

What a claim already read (link, open intents, feedback) is not asked for again: nobody else
writes these while the lane is held. Statements are written out by hand; see `sql.py`. What was
there before an attempt is in `run_known.py`, creates are in `run_intents.py`, ends here.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, InterfaceError, InternalError, OperationalError, connection

from brygga.app.store.due import Claim
from brygga.app.store.lanes import HeldLane
from brygga.app.store.lines import Lines, insert, prepare
from brygga.app.store.links import put_link
from brygga.app.store.remarks import keep_remarks
from brygga.app.store.run_intents import SAME_RECORD, LaneIntents
from brygga.app.store.sql import json_in, message_in, run, time_in
from brygga.app.store.wake_items import wake_held
from brygga.app.store.wake_statuses import order_is_told
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Kind, Link, Version
from brygga.flows.journal import Entry, Journal, Step
from brygga.flows.orders.after import NEEDS_PERSON
from brygga.flows.ports import LaneLost, Work
from brygga.flows.shelf.in_flight import MAY_COME

ECHO_FOR = timedelta(seconds=90)  # a hint of our own write comes within this; polls tell the rest


class LaneStore(LaneIntents):
    """Links, intents, known articles and outcomes, as `flows/ports.py` promises them."""

    def __init__(
        self, lane: HeldLane, keep_days: int = 90, linked: Callable[[Link], None] | None = None
    ) -> None:
        super().__init__(lane, keep_days)
        self._linked = linked  # told of a link in the very transaction that keeps it
        self._looked: dict[int, Version] = {}
        self.settled: dict[int, Outcome] = {}  # for the drain: what was stored during this attempt

    def begin(self, claims: Sequence[Claim]) -> None:
        """Forget the last attempt and know these works."""
        self._claims = {claim.work.id: claim for claim in claims}
        self._marks.clear()
        self._looked.clear()
        self._intents.clear()
        self._raw.clear()
        self.settled = {}

    def failed(self, error: Exception) -> bool:
        """Say that an error is the database's: away, locked, or a connection that was cut."""
        # InternalError: PostgreSQL ended a transaction that stood still.
        return isinstance(error, OperationalError | InterfaceError | InternalError)

    def looked(self, work: Work, version: Version) -> None:
        """Remember the source's own change time of what was just read."""
        self._looked[work.id] = version

    def settle(self, work: Work, outcome: Outcome, journal: Journal, link: Link | None = None) -> None:
        """Store what became of a record, with link and journal, and close its intents if it is done."""
        entries = journal.take()
        entries += self._last_words(work, outcome, entries)
        lines = prepare(entries, self._raw.pop(work.id, None))
        try:
            self._settle(work, outcome, lines, link)
        except IntegrityError:
            if link is None:
                raise
            # The number already belongs to another order of ours: a person must say which it is.
            reason = message("store.number_taken", number=link.target_key, order=work.key)
            outcome, link = replace(outcome, state=State.HELD, reason=reason, retry_at=None), None
            self._settle(work, outcome, lines, None)
        self.settled[work.id] = outcome
        claim = self._claims.get(work.id)
        if claim is not None and link is not None:
            self._claims[work.id] = replace(claim, link=link, has_intents=False)

    def _last_words(self, work: Work, outcome: Outcome, entries: Sequence[Entry]) -> list[Entry]:
        """Return lines for what was decided and is not told yet: the story outlives the next try."""
        told = [entry.message for entry in entries]
        known = self.warnings(work)
        decided = [outcome.reason] if outcome.state is not State.DONE else []
        decided += [one for one in outcome.warnings if one.code in NEEDS_PERSON and one not in known]
        now = datetime.now(UTC)
        return [Entry(now, Step.DECIDED, one) for one in decided if one not in told]

    def _settle(self, work: Work, outcome: Outcome, lines: Lines, link: Link | None) -> None:
        # What the target has done is worth a second and third try at writing it down.
        for pause in (0.2, 1.0, None):
            now = datetime.now(UTC)
            try:
                with self._write():
                    self._store_outcome(work, outcome, link, now)
                    if link is not None:
                        put_link(self._lane.tenant, link, now)
                        if self._linked is not None:
                            self._linked(link)
                    if self._counts_otherwise(work, outcome):
                        wake_held(self._lane.tenant, self._lane.connection, work.ref.connection, work.ref.id)
                    self._told(work, link, outcome.retry_at)
                    insert(lines, self._lane.tenant, work.id, self._keep_days, now)
                return
            except OperationalError:
                if pause is None:
                    raise
                connection.close_if_unusable_or_obsolete()
                time.sleep(pause)

    def _counts_otherwise(self, work: Work, outcome: Outcome) -> bool:
        """Say that what an order holds of the stock may count no more, or again: it is kept out, or was."""
        if work.ref.kind is not Kind.ORDER:
            return False
        claim = self._claims.get(work.id)
        was_out = claim is not None and claim.state is State.IGNORED
        return was_out or (outcome.state is State.IGNORED and outcome.reason.code not in MAY_COME)

    def _store_outcome(self, work: Work, outcome: Outcome, link: Link | None, now: datetime) -> None:
        claim = self._claims.get(work.id)
        looked = self._looked.get(work.id) or (claim.told if claim else None)
        looked_at, looked_mark = (looked.changed_at, looked.mark) if looked else (None, "")
        seen = claim.seen_count if claim else -1
        done = outcome.state is State.DONE
        mark = self._marks.get(work.id)
        attempt = work.attempt - (not outcome.counts) if outcome.retry_at is not None else 0
        # News that came during the attempt is not lost: any hint makes an order that is not done
        # due again; a done one only a change that is later than what was read. What was told before
        # the attempt is not judged again here, or a list and a reading that differ would go round.
        touched = run(
            "UPDATE store_work SET state = %s, reason = %s, reason_code = %s, warnings = %s, attempt = %s,"
            " due_at = CASE WHEN seen_count <> %s AND (NOT %s OR told_at > %s"
            " OR (told_at = %s AND told_mark <> '' AND %s <> '' AND told_mark <> %s)) THEN %s ELSE %s END,"
            " settled_at = %s, looked_at = COALESCE(%s, looked_at), looked_mark = %s, key = COALESCE(%s, key),"
            " target_ref = CASE WHEN %s = '' THEN target_ref ELSE %s END,"
            " target_key = CASE WHEN %s = '' THEN target_key ELSE %s END,"
            " fingerprint = CASE WHEN %s = '' THEN fingerprint ELSE %s END,"
            " twin_mark = COALESCE(%s, twin_mark), twin_reference = COALESCE(%s, twin_reference),"
            " created_at_source = COALESCE(%s, created_at_source), paid = COALESCE(%s, paid)"
            " WHERE id = %s",
            (
                outcome.state.value,
                message_in(outcome.reason),
                outcome.reason.code,
                json_in([warning.as_data() for warning in outcome.warnings]),
                attempt,
                seen,
                done and not work.ref.kind.to_shop,  # what a feed tells of has no version to go by
                time_in(looked_at),
                time_in(looked_at),
                looked_mark,
                looked_mark,
                time_in(now),
                time_in(outcome.retry_at),
                time_in(now),
                time_in(looked_at),
                looked_mark,
                link.source_key[:200] if link is not None and link.source_key else None,
                outcome.target_id,
                outcome.target_id,
                outcome.target_key,
                outcome.target_key,
                outcome.fingerprint,
                outcome.fingerprint,
                mark.mark if mark else None,
                mark.reference[:200] if mark else None,
                time_in(mark.created_at) if mark else None,
                mark.paid if mark else None,
                work.id,
            ),
        )
        if not touched:
            raise LaneLost(f"work {work.id} is gone")
        keep_remarks(work.id, claim.warnings if claim else (), outcome.warnings)
        if done and (claim is None or claim.has_intents or work.id in self._intents):
            run(
                f"UPDATE store_intentrow SET state = 'done' WHERE work_id IN ({SAME_RECORD}) AND state = 'open'",
                (self._lane.connection, work.id),
            )

    def _told(self, work: Work, link: Link | None, retry_at: datetime | None = None) -> None:
        """Let an order's status go on that had to wait until nothing was left to do for the order."""
        claim = self._claims.get(work.id)
        link = link or (claim.link if claim else None)
        if work.ref.kind is Kind.ORDER and retry_at is None and link is not None and link.target_id:
            order_is_told(work.flow, work.ref.connection, link.target_id)

    def keep_lines(self, work: Work, journal: Journal) -> None:
        """Store the lines of an attempt that ended without an outcome: the work waits as it was."""
        lines = prepare(journal.take(), self._raw.pop(work.id, None))
        with self._write():
            insert(lines, self._lane.tenant, work.id, self._keep_days, datetime.now(UTC))

    def forget(self, work: Work) -> None:
        """Throw away a record's raw messages and what was typed in for it; lines and links stay."""
        with self._write():
            run(
                "DELETE FROM store_rawmessage WHERE id IN"
                " (SELECT raw_id FROM store_journalentry WHERE work_id = %s AND raw_id IS NOT NULL)",
                (work.id,),
            )
            run("UPDATE store_journalentry SET raw_id = NULL WHERE work_id = %s", (work.id,))
            run("UPDATE store_work SET edits = '' WHERE id = %s", (work.id,))

    # feedback

    def feedback_state(self, work: Work) -> Mapping[str, str]:
        """Return which feedback steps are done, by step."""
        claim = self._claims.get(work.id)
        return dict(claim.feedback) if claim is not None else {}

    def keep_feedback(
        self,
        work: Work,
        step: str,
        state: str,
        journal: Journal,
        echo: Version | None = None,
        *,
        news: bool = False,
    ) -> None:
        """Store that a feedback step is done; `echo` is the source's version after it."""
        claim = self._claims[work.id]
        feedback = {**claim.feedback, step: state}
        lines = prepare(journal.take())
        now = datetime.now(UTC)
        echo_at = time_in(echo.changed_at) if echo else None
        params: list[Any] = [json_in(feedback), time_in(now + ECHO_FOR), echo_at, echo.mark if echo else None]
        due = ""
        if step == "all":
            due = (
                ", attempt = 0, due_at = CASE WHEN seen_count <> %s AND told_at > COALESCE(looked_at, told_at)"
                " AND told_at > COALESCE(%s, looked_at, told_at) THEN %s ELSE %s END"
            )
            params += (claim.seen_count, echo_at, time_in(now), time_in(now) if news else None)
        with self._write():
            run(
                "UPDATE store_work SET feedback = %s, echo_until = %s,"
                " echo_changed_at = COALESCE(%s, echo_changed_at),"
                f" echo_mark = COALESCE(%s, echo_mark){due} WHERE id = %s",
                (*params, work.id),
            )
            if step == "all":
                self._told(work, claim.link)
            insert(lines, self._lane.tenant, work.id, self._keep_days, now)
        self._claims[work.id] = replace(claim, feedback=feedback)
