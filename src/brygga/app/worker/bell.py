"""Rings for a lane: puts its drain into the engine's queue. Used by worker and web alike."""

from datetime import datetime
from math import ceil

from uuid_utils import uuid7

from brygga.app.store.wake import install_bell
from brygga.app.worker.engine import enqueue


def ring(lane: int) -> None:
    """Enqueue a drain of a lane now; a second one finds nothing to do and costs little."""
    enqueue("transfer", "drain", lane, workflow_id=f"drain-{lane}-{uuid7().hex}", lane=f"c{lane}")


def ring_at(lane: int, when: datetime, now: datetime) -> None:
    """Enqueue a drain of a lane for a time to come; one for each second however often it is asked."""
    # The whole second after it: a job of that name can't have run yet, and so can't be taken for this one.
    second = ceil(max(when, now).timestamp())
    delay = second - now.timestamp() + 0.05
    enqueue("transfer", "drain", lane, workflow_id=f"drain-{lane}-at-{second}", lane=f"c{lane}", delay=delay)


def install() -> None:
    """Let the store ring this bell now, with the engine loaded (see also `apps.py`)."""
    install_bell(ring)
