"""Wakes a lane: sets its flag once, and rings the bell after the commit.

The flag is what counts: a lane whose bell was lost (a crash in between, an engine that was away)
is found by the sweep. The worker and the web install the bell at their start.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from brygga.app.store.sql import run, time_in
from brygga.app.store.transaction import after_write, write

log = structlog.get_logger(__name__)

Bell = Callable[[int], None]
_bell: list[Bell] = []
QUIET = 5.0  # seconds
_quiet = {"until": 0.0}


def install_bell(bell: Bell) -> None:
    """Say who is told that a lane has something to do."""
    _bell[:] = [bell]
    _quiet["until"] = 0.0


def wake(lane: int, now: datetime | None = None) -> None:
    """Wake a lane after the current transaction; nothing happens when it is awake already.

    It is a transaction of its own: whoever changes a work locks its lane first or not at all, or
    PostgreSQL would have two of them wait for each other.
    """
    after_write(lambda: _wake(lane, now or datetime.now(UTC)))


def _wake(lane: int, now: datetime) -> None:
    with write():
        woken = run(
            "UPDATE store_lane SET woken = TRUE, woken_at = %s WHERE connection_id = %s AND woken = FALSE",
            (time_in(now), lane),
        )
    if woken:
        ring(lane)


def ring(lane: int) -> None:
    """Ring the bell for a lane; when it does not work the next one who wakes it may try, or the sweep.

    A bell that failed is left alone for a moment: a hint should not wait for an engine that is away.
    """
    for bell in _bell:
        if time.monotonic() < _quiet["until"]:
            _sleep_again(lane)
            continue
        try:
            bell(lane)
        except Exception as error:
            _quiet["until"] = time.monotonic() + QUIET
            log.warning("bell not heard", lane=lane, error=type(error).__name__)
            _sleep_again(lane)


def _sleep_again(lane: int) -> None:
    with write():
        run("UPDATE store_lane SET woken = FALSE WHERE connection_id = %s", (lane,))
