"""What a drain does with the works of its lane, and what it makes of errors that concern more."""

import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

import structlog

from brygga.app.store import lanes
from brygga.app.store.due import Claim, Due, claim, due_next_at, next_due
from brygga.app.store.lanes import HeldLane
from brygga.app.store.models.connections import ConnectionState
from brygga.app.store.models.flows import FlowState
from brygga.app.store.runs import LaneStore
from brygga.app.store.sql import fetch, run, time_in, time_out
from brygga.app.store.transaction import write
from brygga.app.vault.masks import mask_text
from brygga.app.worker import health
from brygga.app.worker.context import LaneContext
from brygga.app.worker.engine import stopping
from brygga.app.worker.set_aside import for_a_person, hold
from brygga.domain.errors import BryggaError, ConnectionBroken, SetupWrong, TryLater
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.flows.context import RunContext
from brygga.flows.journal import Step
from brygga.flows.ports import LaneLost
from brygga.flows.run import TOGETHER, attempt

log = structlog.get_logger(__name__)

PAGE = 100
LOOK_ROUND = 2.0  # seconds between looks at what was paused or came back
BEAT = 10.0
MOST_FAILURES = 3  # of records in a row, before the system itself is taken to be in trouble
MOST_TRIES = 3  # of one work in one drain: more, and it goes round in circles


class LaneWork:
    """One drain of one lane that is held. `under_way` and its time are read from another thread."""

    def __init__(self, held: HeldLane, seconds: float) -> None:
        self._held = held
        self._ends = time.monotonic() + seconds
        self._context = LaneContext(held)
        self._looked = 0.0
        self._beat = time.monotonic()
        self._well: set[int] = set()
        self._tried: Counter[int] = Counter()
        self._flows: list[int] = []
        self._waits_until: list[datetime] = []
        self._ready = True
        self._failed_in_row = 0
        self.under_way: Sequence[int] = ()
        self.under_way_since: float | None = None

    def close(self) -> None:
        """End sessions, and note which systems answered well."""
        self._context.close()
        now = datetime.now(UTC)
        for connection in self._well:
            health.well(connection, now)
        self._well.clear()

    def drain(self) -> datetime | None:
        """Bring over what is due; return when there is more to do, if it is known. Raises LaneLost."""
        if self._held.suspect is not None:
            hold(self._held, [self._held.suspect], "work.crashed")
            lanes.acquit(self._held)
        while not self._time_is_over():
            self._look_round()
            page = (
                next_due(self._held.connection, self._flows, datetime.now(UTC), PAGE) if self._ready else []
            )
            if not page:
                return self._next_time()
            for group in _groups(page):
                if self._time_is_over():
                    break
                if time.monotonic() - self._looked > LOOK_ROUND and self._look_round():
                    break  # something was paused or came back: the page is no longer the row
                if not self._bring_over(group):
                    break
        return datetime.now(UTC)

    def _time_is_over(self) -> bool:
        return stopping() or time.monotonic() > self._ends

    def _look_round(self) -> bool:
        """Read which flows may go on now; say whether that has changed."""
        self._looked = time.monotonic()
        now = datetime.now(UTC)
        if self._looked - self._beat > BEAT:
            self._beat = self._looked
            lanes.beat(self._held, now)
            self._tell_well(now)
        # What goes into an ERP is read anew from its shop; what goes into a shop is what we know.
        rows = fetch(
            "SELECT f.id, s.state, s.not_before, t.state, t.not_before FROM store_flow f"
            " JOIN store_connection t ON t.id = %s"
            " JOIN store_connection s ON s.id = CASE WHEN f.erp_id = t.id THEN f.shop_id ELSE t.id END"
            " WHERE (f.erp_id = t.id OR f.shop_id = t.id) AND f.state = %s ORDER BY f.id",
            (self._held.connection, FlowState.RUNNING.value),
        )
        flows: list[int] = []
        self._waits_until = []
        self._ready = True
        for flow, source_state, source_wait, target_state, target_wait in rows:
            if target_state != ConnectionState.ACTIVE.value:
                self._ready = False
            elif (wait := time_out(target_wait)) is not None and wait > now:
                self._ready = False
                self._waits_until.append(wait)
            elif source_state != ConnectionState.ACTIVE.value:
                continue
            elif (wait := time_out(source_wait)) is not None and wait > now:
                self._waits_until.append(wait)
            else:
                flows.append(flow)
        changed = flows != self._flows
        self._flows = flows
        return changed

    def _next_time(self) -> datetime | None:
        times = list(self._waits_until)
        if self._ready:
            due = due_next_at(self._held.connection, self._flows)
            if due is not None:
                times.append(due)
        return min(times, default=None)

    def _bring_over(self, group: Sequence[Due]) -> bool:
        """Try works of one flow, revision and kind; False when the page must be read anew."""
        claims = claim([due.id for due in group], self._held.connection, datetime.now(UTC))
        claims = [each for each in claims if not self._goes_in_circles(each)]
        if not claims:
            return True
        first = group[0]
        with structlog.contextvars.bound_contextvars(flow=first.flow, work=[each.work.id for each in claims]):
            try:
                context, store = self._context.run_for(first.flow, first.revision)
            except SetupWrong as error:
                health.pause_flow(first.flow, error, datetime.now(UTC))
                self._looked = 0.0
                return False
            self._context.claims_begin(store, claims)
            if self._held.careful:
                lanes.try_work(self._held, claims[0].work.id)
            self.under_way = [each.work.id for each in claims]
            self.under_way_since = time.monotonic()
            try:
                goes_on = self._attempt(claims, context, store)
            finally:
                self.under_way_since = None
            if self._held.careful:
                lanes.tried(self._held)
            return goes_on

    def _attempt(self, claims: Sequence[Claim], context: RunContext, store: LaneStore) -> bool:
        try:
            attempt([each.work for each in claims], context)
        except LaneLost:
            raise
        except (ConnectionBroken, TryLater, SetupWrong) as error:
            self._put_off(claims, error, context, store)
            return False
        except Exception as error:
            log.exception("fault in an attempt")
            if store.failed(error):
                later = TryLater(message("flow.store_failed"), str(error), system_away=False)
                self._put_off(claims, later, context, store)
                return False
            trace = mask_text("".join(traceback.format_exception(error)))
            context.journal.add(
                Step.DECIDED, message("flow.bug", error=type(error).__name__), traceback=trace
            )
            self._hold_rest(claims, store, context, type(error).__name__)
            return True
        self._hold_rest(claims, store, context, "NoOutcome")
        if any(outcome.system_failed for outcome in store.settled.values()):
            return self._goes_on_after_failure()
        self._failed_in_row = 0
        if self._context.watch.last is not None:
            self._well |= self._context.watch.talked
        return True

    def _goes_on_after_failure(self) -> bool:
        """Count records in a row at which a system failed; several are no longer about the records."""
        self._failed_in_row += 1
        if self._failed_in_row < MOST_FAILURES:
            return True
        now = datetime.now(UTC)
        about = self._context.watch.last or self._held.connection
        health.away(about, TryLater(message("connection.fails_in_row", count=self._failed_in_row)), now)
        self._well.discard(about)
        self._failed_in_row = 0
        self._looked = 0.0
        return False

    def _put_off(
        self, claims: Sequence[Claim], error: BryggaError, context: RunContext, store: LaneStore
    ) -> None:
        """Note what an error means for a connection or flow; the works wait as they were."""
        now = datetime.now(UTC)
        about = self._context.watch.last or self._held.connection
        context.journal.add(Step.DECIDED, error.for_merchant, for_us=mask_text(error.for_us)[:1000])
        store.keep_lines(claims[0].work, context.journal)
        self._well.discard(about)
        match error:
            case ConnectionBroken():
                health.broken(about, error, now)
            case SetupWrong():
                health.pause_flow(context.flow, error, now)
            case TryLater() if error.system_away:
                health.away(about, error, now)
            case _:
                rest = [each for each in claims if each.work.id not in store.settled]
                for each in rest:
                    retry_at = now + timedelta(minutes=2)
                    state = State.DONE if each.link is not None else State.WAITING
                    outcome = Outcome(state, error.for_merchant, retry_at=retry_at)
                    store.settle(each.work, outcome, context.journal)
        self._looked = 0.0

    def _hold_rest(self, claims: Sequence[Claim], store: LaneStore, context: RunContext, fault: str) -> None:
        """Hold what an attempt left without an outcome, so that nothing goes round for ever."""
        for each in claims:
            if each.work.id not in store.settled:
                log.error("no outcome", work=each.work.id, fault=fault)
                outcome = for_a_person(each, message("flow.bug", error=fault))
                store.settle(each.work, outcome, context.journal)

    def _goes_in_circles(self, each: Claim) -> bool:
        self._tried[each.work.id] += 1
        if self._tried[each.work.id] <= MOST_TRIES:
            return False
        log.warning("work goes in circles", work=each.work.id)
        with write():
            lanes.fence(self._held)
            later = datetime.now(UTC) + timedelta(minutes=1)
            run("UPDATE store_work SET due_at = %s WHERE id = %s", (time_in(later), each.work.id))
        return True

    def _tell_well(self, now: datetime) -> None:
        for connection in self._well:
            health.well(connection, now)
        self._well.clear()


def _groups(page: Sequence[Due]) -> Iterator[list[Due]]:
    """Split a page into what is tried together: neighbours of one flow, revision and kind.

    Those that the end of a full page cuts off from the rest of theirs wait for the next page.
    """
    seen = 0
    for (_flow, _revision, kind), neighbours in groupby(
        page, key=lambda due: (due.flow, due.revision, due.kind)
    ):
        together = list(neighbours)
        size = TOGETHER.get(kind, 1)
        seen += len(together)
        if seen == PAGE and len(together) < min(size, PAGE):
            return
        for start in range(0, len(together), size):
            yield together[start : start + size]
