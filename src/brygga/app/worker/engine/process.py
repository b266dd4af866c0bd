"""The engine inside a worker process: launching it, the jobs it may run, ending it in good order."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from dbos import DBOS

from brygga.app.worker.engine.config import JOB, QUEUES, TICK, TICK_EVERY, launch_config
from brygga.app.worker.engine.quiet import make_quiet

log = structlog.get_logger(__name__)

Job = Callable[..., None]
_jobs: dict[str, Job] = {}
_stopping = threading.Event()
_state = {"running": False}


def register(name: str, job: Job) -> None:
    """Offer a job under a name. Names are for ever: queued work carries them."""
    _jobs[name] = job


def start(executor_id: str, *, tick: bool = True) -> None:
    """Launch the engine in this process. The id must be this process's alone, and stay the same."""
    _stopping.clear()
    launched = DBOS(config=launch_config(executor_id))
    DBOS.workflow(name=JOB, max_recovery_attempts=None)(_run)
    tick_workflow = DBOS.workflow(name=TICK, max_recovery_attempts=None)(_tick)
    DBOS.launch()
    queues = [
        DBOS.register_queue(
            queue.name,
            worker_concurrency=queue.at_once,
            partition_concurrency=1 if queue.lanes else None,
            polling_interval_sec=queue.poll_seconds,
            on_conflict="always_update",
        )
        for queue in QUEUES
    ]
    make_quiet(launched, queues)
    if tick:
        DBOS.apply_schedules(
            [
                {
                    "schedule_name": "tick",
                    "workflow_fn": tick_workflow,
                    "schedule": TICK_EVERY,
                    "queue_name": "housekeeping",
                }
            ]
        )
    _state["running"] = True


def stop(patience: float = 20) -> None:
    """End in good order: take no new jobs, let running ones finish for a while, then leave."""
    _stopping.set()
    if _state["running"]:
        _state["running"] = False
        DBOS.destroy(workflow_completion_timeout_sec=max(1, int(patience)))


def stopping() -> bool:
    """Say that this process is about to end, so that long jobs come to a close."""
    return _stopping.is_set()


def is_running() -> bool:
    """Say that the engine is launched in this process."""
    return _state["running"]


def _run(job: str, args: list[Any]) -> None:
    with structlog.contextvars.bound_contextvars(job=job):
        try:
            _jobs[job](*args)
        except Exception:
            log.exception("job failed")
            raise


def _tick(_scheduled: datetime, _context: Any) -> None:
    _run("tick", [])
