"""Keeps a worker's memory flat: what one job has freed serves the next, whichever thread runs it."""

import ctypes

_ARENA_MAX = -8  # glibc's M_ARENA_MAX
_ARENAS = 2


def share_memory() -> None:
    """Let all threads take their memory from few places. Call it before there are threads.

    By default glibc gives each thread a place of its own, and what a poll has freed in one is
    neither given back nor found by the next poll, in another: a feed with a whole range in it
    then costs its memory once for each thread that ever read one.
    """
    try:
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS)
    except (OSError, AttributeError):  # another C library, which has no such setting
        return
