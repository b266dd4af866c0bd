"""The jobs this product has, by the names that queued work carries."""

from collections.abc import Callable
from functools import wraps

from django.db import connections

from brygga.app.worker import housekeeping, poll, tick
from brygga.app.worker import range as whole_range
from brygga.app.worker.drain import drain
from brygga.app.worker.engine import register


def register_all() -> None:
    """Offer every job to the engine."""
    register("drain", drain)  # opens and closes database connections of its own thread
    register("poll", _closing(poll.poll))
    register("tick", _closing(tick.tick))
    register("hints", _closing(housekeeping.check_hints))
    register("probe", _closing(housekeeping.probe))
    register("reconcile", _closing(housekeeping.reconcile))
    register("compare", _closing(whole_range.compare))
    register("range", _closing(whole_range.look_over))
    register("house", _closing(housekeeping.keep_house))


def _closing(job: Callable[..., None]) -> Callable[..., None]:
    # The engine's threads live on; a database connection should not.
    @wraps(job)
    def run(*args: int | str) -> None:
        try:
            job(*args)
        finally:
            connections.close_all()

    return run
