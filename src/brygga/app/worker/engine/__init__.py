"""The job engine in our own words: start, stop, enqueue, recover, purge.

The only package that knows DBOS. Jobs are plain functions of ids, registered by name; the rest of
the worker never sees the engine's types. To change engine is to change this package.
"""

from brygga.app.worker.engine.client import (
    enqueue,
    forget_client,
    oldest_pending,
    purge_history,
    recover_dead,
)
from brygga.app.worker.engine.process import Job, is_running, register, start, stop, stopping

__all__ = [
    "Job",
    "enqueue",
    "forget_client",
    "is_running",
    "oldest_pending",
    "purge_history",
    "recover_dead",
    "register",
    "start",
    "stop",
    "stopping",
]
