"""Which workers live: a heartbeat, and the work of a dead one given back to the queues.

A worker that dies leaves its jobs PENDING, and a lane with a pending job waits for ever. Whoever
takes the dead worker's lease gives them back, again and again until none is left. A worker that
was only slow finds its lanes taken over and can write nothing (see `store/lanes.py`).
"""

import threading
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import structlog
from django.db import connections

from brygga.app.settings import settings
from brygga.app.store.models import WorkerNode
from brygga.app.store.transaction import write
from brygga.app.worker.engine import recover_dead

log = structlog.get_logger(__name__)

FORGET_AFTER = timedelta(days=1)


class Heart:
    """Beats in a thread of its own for as long as the worker lives."""

    def __init__(self, executor_id: str) -> None:
        self._id = executor_id
        self._stop = threading.Event()
        self._every = min(10.0, settings().node_stale / 6)
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def start(self) -> None:
        """Say that this worker is here, and keep saying so."""
        now = datetime.now(UTC)
        with write():
            WorkerNode.objects.update_or_create(
                executor_id=self._id,
                defaults={
                    "started_at": now,
                    "seen_at": now,
                    "stopped_at": None,
                    "version": version("brygga"),
                    "recovering_by": "",
                    "recovering_at": None,
                },
            )
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye."""
        self._stop.set()
        self._thread.join(timeout=5)
        with write():
            WorkerNode.objects.filter(pk=self._id).update(stopped_at=datetime.now(UTC))

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self._beat()
            except Exception:
                log.exception("heartbeat missed")
            finally:
                connections.close_all()

    def _beat(self) -> None:
        now = datetime.now(UTC)
        with write():
            WorkerNode.objects.filter(pk=self._id).update(seen_at=now)
        recover(self._id, now)


def recover(me: str, now: datetime) -> int:
    """Give back what dead workers left; return how many jobs that were."""
    silent = now - timedelta(seconds=settings().node_stale)
    recovered = 0
    for node in WorkerNode.objects.filter(seen_at__lt=silent).exclude(pk=me).values_list("pk", "seen_at"):
        dead, seen_at = node
        if not _take_lease(dead, me, silent, now):
            continue
        jobs = recover_dead([dead])
        recovered += jobs
        if jobs:
            log.warning("work of a dead worker given back", node=dead, jobs=jobs)
        elif seen_at < now - FORGET_AFTER:
            with write():
                WorkerNode.objects.filter(pk=dead, seen_at=seen_at).delete()
    return recovered


def _take_lease(dead: str, me: str, silent: datetime, now: datetime) -> bool:
    with write():
        return bool(
            WorkerNode.objects.filter(pk=dead, seen_at__lt=silent)
            .exclude(recovering_at__gt=silent)  # a lease lasts as long as silence may
            .update(recovering_by=me, recovering_at=now)
        )
