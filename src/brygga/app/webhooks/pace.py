"""How often one door may be knocked at, counted in this process."""

import threading
import time

_MOST_DOORS = 50_000


class Pace:
    """A bucket for each door that fills by `per_second` up to `burst`."""

    def __init__(self, *, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._buckets: dict[int, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def may_pass(self, door: int, now: float | None = None) -> bool:
        """Take one from a door's bucket; False when it is empty."""
        now = time.monotonic() if now is None else now
        with self._lock:
            if len(self._buckets) > _MOST_DOORS:
                self._buckets.clear()
            level, at = self._buckets.get(door, (self._burst, now))
            level = min(self._burst, level + (now - at) * self._per_second)
            passes = level >= 1
            self._buckets[door] = (level - 1 if passes else level, now)
            return passes
