"""The one way to write: a transaction, and on SQLite one writer of this process at a time.

SQLite has one writer for the whole file. Its own waiting (busy handler) is slow and unfair, so
threads of one process line up at a lock instead; other processes still wait by busy handler.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from brygga.app.settings import settings

_one_writer = threading.RLock()
_afterwards: ContextVar[list[Callable[[], None]] | None] = ContextVar("afterwards", default=None)


@contextmanager
def write() -> Iterator[None]:
    """Run the body in one transaction; inside another `write` it is part of that one."""
    if _afterwards.get() is not None:
        with transaction.atomic():
            yield
        return
    callbacks: list[Callable[[], None]] = []
    token = _afterwards.set(callbacks)
    try:
        if settings().on_sqlite:
            with _one_writer, transaction.atomic():
                yield
        else:
            with transaction.atomic():
                yield
    finally:
        _afterwards.reset(token)
    for callback in callbacks:
        callback()


def after_write(callback: Callable[[], None]) -> None:
    """Call this once the transaction is committed and its lock let go; at once outside of one."""
    callbacks = _afterwards.get()
    if callbacks is None:
        callback()
    else:
        callbacks.append(callback)
