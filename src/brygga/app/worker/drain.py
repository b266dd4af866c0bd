"""The job of a lane: brings over what is due, oldest first, until nothing is or its time is over.

Works of one ERP wait in one row, whatever shop they come from. A flow or shop that is paused is
stepped over; the others go on. A drain that dies is run again by the engine: what it had taken
is found as it was, with its intents.
"""

import os
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from django.db import connections

from brygga.app.settings import settings
from brygga.app.store import lanes
from brygga.app.tenancy.scope import scope
from brygga.app.worker.bell import ring, ring_at
from brygga.app.worker.lane_work import LaneWork
from brygga.app.worker.set_aside import hold
from brygga.flows.ports import LaneLost

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a drain goes on, and how long one record may take, in seconds."""

    drain: float
    record: float


def limits() -> Limits:
    """Return this installation's limits."""
    return Limits(settings().drain_seconds, settings().record_seconds)


@dataclass(slots=True)
class Stretch:
    """One thread's go at a lane, watched from outside."""

    lane: int
    limits: Limits
    finished: threading.Event = field(default_factory=threading.Event)
    work: LaneWork | None = None
    error: BaseException | None = None

    def run(self) -> None:
        """Drain until done; always says that it is finished."""
        try:
            self._run()
        except LaneLost:
            log.warning("lane lost", lane=self.lane)
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()
            self.finished.set()

    def _run(self) -> None:
        held = lanes.take(self.lane, owner_name(), datetime.now(UTC))
        if held is None:
            return
        with (
            scope(held.tenant),
            structlog.contextvars.bound_contextvars(tenant=held.tenant, lane=self.lane),
        ):
            self.work = LaneWork(held, self.limits.drain)
            try:
                again_at = self.work.drain()
            finally:
                self.work.close()
                lanes.release(held)
            now = datetime.now(UTC)
        if again_at is not None:
            _ring_again(self.lane, again_at, now)


def drain(lane: int) -> None:
    """Drain a lane. A record that takes longer than its limit is set aside and the lane goes on."""
    while True:
        stretch = Stretch(lane, limits())
        thread = threading.Thread(target=stretch.run, name=f"lane-{lane}", daemon=True)
        thread.start()
        if not _wait(stretch):
            _set_aside(lane, stretch)
            continue  # the stuck thread may live on, but can write nothing: the lane is not its own
        if stretch.error is not None:
            # Not about any order: a database that is away, a fault of ours. The lane tries again.
            now = datetime.now(UTC)
            _ring_again(lane, now + timedelta(seconds=30), now)
            raise stretch.error
        return


def _ring_again(lane: int, again_at: datetime, now: datetime) -> None:
    try:
        if again_at <= now:
            ring(lane)
        else:
            ring_at(lane, again_at, now)
    except Exception:
        # What was done is done; a bell that does not work is left to the sweep.
        log.exception("bell not heard", lane=lane)


def owner_name() -> str:
    """Name this process as a lane's owner."""
    return os.environ.get("BRYGGA_NODE", f"pid-{os.getpid()}")


def _wait(stretch: Stretch) -> bool:
    """Wait for a stretch to finish; False when the record under way takes too long."""
    while not stretch.finished.wait(1.0):
        work = stretch.work
        since = work.under_way_since if work is not None else None
        if since is not None and time.monotonic() - since > stretch.limits.record:
            return False
    return True


def _set_aside(lane: int, stretch: Stretch) -> None:
    assert stretch.work is not None
    works = list(stretch.work.under_way)
    now = datetime.now(UTC)
    held = lanes.take(lane, owner_name(), now)
    if held is None:
        return
    with scope(held.tenant):
        hold(held, works, "flow.too_slow", seconds=f"{stretch.limits.record:g}")
        lanes.release(held)
    connections.close_all()
