"""Talks to the engine's database from any process: enqueue, recover, purge, measure.

A client is used in the worker too, never the engine's own calls inside a job: those would be
recorded as steps of the job, and a drain that is run again after a crash takes other steps.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from dbos import DBOSClient, EnqueueOptions

from brygga.app.worker.engine.config import APP, JOB, VERSION, JsonSerializer, database

_FAILED = ["ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_AT_ONCE = 1000


@cache
def _client() -> DBOSClient:
    return DBOSClient(
        system_database_engine=database(),
        serializer=JsonSerializer(),
        application_name=APP,
        lazy=True,
        retry_connection_errors=False,
    )


def forget_client() -> None:
    """Let go of the client and its pool; the next call makes new ones (after a fork, in tests)."""
    _client.cache_clear()
    database().dispose()
    database.cache_clear()


def enqueue(
    queue: str, job: str, *args: int | str, workflow_id: str, lane: str | None = None, delay: float = 0
) -> None:
    """Put a job into a queue; the same id twice is one job. Arguments are ids, never payloads."""
    options: EnqueueOptions = {
        "workflow_name": JOB,
        "queue_name": queue,
        "workflow_id": workflow_id,
        "app_version": VERSION,
    }
    if lane is not None:
        options["queue_partition_key"] = lane
    if delay > 0:
        options["delay_seconds"] = delay
    _client().enqueue(options, job, list(args))


def recover_dead(executor_ids: Sequence[str]) -> int:
    """Give the unfinished jobs of dead workers back to their queues; return how many there were.

    There is no owner check in it: call it only while holding the dead worker's lease.
    """
    pending = _client().list_workflows(
        status="PENDING", executor_id=list(executor_ids), load_input=False, load_output=False, limit=_AT_ONCE
    )
    by_queue: dict[str | None, list[str]] = defaultdict(list)
    for job in pending:
        by_queue[job.queue_name].append(job.workflow_id)
    for queue, ids in by_queue.items():
        _client().resume_workflows(ids, queue_name=queue)
    return len(pending)


def purge_history(
    now: datetime, *, done: timedelta = timedelta(days=1), failed: timedelta = timedelta(days=7)
) -> int:
    """Delete finished jobs from the engine's tables; our own tables are the product's history."""
    purged = 0
    for status, age in (("SUCCESS", done), (_FAILED, failed)):
        before = (now - age).isoformat()
        while True:
            old = _client().list_workflows(
                status=status, end_time=before, limit=_AT_ONCE, load_input=False, load_output=False
            )
            if old:
                _client().delete_workflows([job.workflow_id for job in old])
            purged += len(old)
            if len(old) < _AT_ONCE:
                break
    return purged


def oldest_pending() -> dict[str, Any]:
    """For `doctor` and alerts: how many jobs run or wait, and since when the oldest runs."""
    pending = _client().list_workflows(status="PENDING", load_input=False, load_output=False, limit=_AT_ONCE)
    waiting = _client().list_workflows(status="ENQUEUED", load_input=False, load_output=False, limit=_AT_ONCE)
    oldest = min((job.created_at for job in pending if job.created_at), default=None)
    return {
        "running": len(pending),
        "waiting": len(waiting),
        "oldest_running": datetime.fromtimestamp(oldest / 1000, UTC) if oldest else None,
        "owners": sorted({job.executor_id for job in pending if job.executor_id}),
        "lanes": {
            job.queue_partition_key: datetime.fromtimestamp(job.created_at / 1000, UTC)
            for job in sorted(pending, key=lambda job: job.created_at or 0, reverse=True)
            if job.queue_partition_key and job.created_at
        },
    }
