"""The figures of the ERP's way to the shop: of a phase, of a size, of a whole run, with the aims beside."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

PEAK_AIM_MB = 400.0
LINEAR_AIM = 1.25
MEANINGFUL = 1000
"""Below so many objects what every poll costs is more than the objects do."""

Aim = dict[str, Any]
Told = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Calls:
    """HTTP calls that the simulators saw. `shop_orders` are looks at what orders hold of the stock."""

    erp: int
    shop_reads: int
    shop_orders: int
    shop_writes: int

    @property
    def total(self) -> int:
        """All calls together."""
        return self.erp + self.shop_reads + self.shop_orders + self.shop_writes


@dataclass(frozen=True, slots=True)
class Phase:
    """One thing that happened in the ERP, and what it took to show it in the shop."""

    name: str
    objects: int
    seconds: float  # from the poll to the last object's end
    cpu_seconds: float  # of the worker
    peak_mb: float  # of the worker, since its start
    calls: Calls
    lower_bound: int

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU for an object."""
        return 1000 * self.cpu_seconds / self.objects

    @property
    def per_second(self) -> float:
        """Objects per second."""
        return self.objects / self.seconds if self.seconds else 0.0

    def as_data(self) -> dict[str, Any]:
        """Return the phase for programs."""
        return {
            "phase": self.name,
            "objects": self.objects,
            "seconds": round(self.seconds, 2),
            "objects_per_second": round(self.per_second, 1),
            "cpu_ms_per_object": round(self.cpu_ms, 3),
            "calls": self.calls.total,
            "lower_bound": self.lower_bound,
            "calls_to_lower_bound": round(self.calls.total / self.lower_bound, 3),
            "calls_by_kind": asdict(self.calls),
            "peak_mb": round(self.peak_mb, 1),
        }


@dataclass(frozen=True, slots=True)
class Size:
    """All phases with one number of objects, on one worker."""

    objects: int
    phases: Sequence[Phase]

    @property
    def peak_mb(self) -> float:
        """The most memory the worker had."""
        return max(phase.peak_mb for phase in self.phases)

    def as_data(self) -> dict[str, Any]:
        """Return the size for programs."""
        return {"objects": self.objects, "phases": [phase.as_data() for phase in self.phases]}


def aims(sizes: Sequence[Size]) -> list[Aim]:
    """Compare what was got with what was aimed at: CPU per object grows no faster than linear, flat memory."""
    peak = max(size.peak_mb for size in sizes)
    told = [{"what": "peak_mb", "aim": PEAK_AIM_MB, "got": round(peak, 1), "met": peak < PEAK_AIM_MB}]
    return told + [_linear(name, sizes) for name in (phase.name for phase in sizes[0].phases)]


def _linear(name: str, sizes: Sequence[Size]) -> Aim:
    """Compare a phase's CPU per object at the largest size with that at the smallest meaningful one."""
    by_size = {
        size.objects: next(phase.cpu_ms for phase in size.phases if phase.name == name) for size in sizes
    }
    largest = max(by_size)
    smaller = [size for size in sorted(by_size) if size < largest]
    told: Aim = {"what": "linear", "phase": name, "aim": LINEAR_AIM, "got": None, "met": None}
    if not smaller:
        return told
    base = next((size for size in smaller if size >= MEANINGFUL), smaller[0])
    ratio = by_size[largest] / by_size[base] if by_size[base] else 0.0
    return {**told, "of": largest, "to": base, "got": round(ratio, 3), "met": ratio <= LINEAR_AIM}
