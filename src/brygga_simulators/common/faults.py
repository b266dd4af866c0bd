"""Faults on order: which requests go wrong, how, and how often.

A `FaultPlan` is a queue of faults that tests and people fill by name. `misbehave.py` carries
them out. A request is known by its key, "METHOD path?action", for example
"POST /putInfo.asp?newOrderSubmit" or "GET /wp-json/wc/v3/orders".
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

KINDS: dict[str, str] = {
    "latency": "waits `ms`, then answers as usual",
    "rate_limited": "429 with Retry-After; not processed",
    "server_error": "500; not processed",
    "unavailable": "503, with Retry-After if one is given; not processed",
    "maintenance": "200 with a maintenance page in HTML; not processed",
    "timeout_before": "never processed; the connection hangs for `ms`, then breaks",
    "timeout_after": "processed and kept; the connection hangs for `ms`, then breaks",
    "cut_before": "the connection breaks; not processed",
    "cut_after": "processed and kept; the connection breaks without a byte",
    "cut_body": "processed; full Content-Length, half of the body, then the connection breaks",
    "garbage": "processed; 200 with bytes that are no format at all",
    "error_after": "processed and kept; answered with `status` (500)",
    "bom": "processed; a byte order mark and a notice stand before the real body",
}


@dataclass(frozen=True)
class Fault:
    """One way to misbehave, and the requests it strikes."""

    name: str
    kind: str
    match: str = ""
    """Part of the request key, or a regular expression found in it; empty strikes every one."""
    times: int | None = None
    """How often it strikes; None for ever."""
    after: int = 0
    """How many matching requests pass first."""
    probability: float = 1.0
    """Chance to strike, drawn from the plan's seeded random numbers."""
    ms: int = 0
    """How long to wait or to hang."""
    status: int = 0
    """Status of the error answer; 0 takes the kind's own."""
    retry_after: int | None = None
    """Seconds in the Retry-After header; None leaves it out."""
    body: str | None = None
    """Text to answer instead of the kind's own; for `bom` the text put in front."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault kind {self.kind!r}, known: {', '.join(KINDS)}")


_HANG_MS = 300_000

PRESETS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("slow", "latency", ms=2_000),
        Fault("very_slow", "latency", ms=20_000),
        Fault("jitter", "latency", ms=400, probability=0.3),
        Fault("rate_limited", "rate_limited", times=3, retry_after=1),
        Fault("server_error", "server_error", times=1),
        Fault("server_error_always", "server_error"),
        Fault("unavailable", "unavailable", times=1, retry_after=1),
        Fault("unavailable_always", "unavailable"),
        Fault("maintenance", "maintenance"),
        Fault("maintenance_once", "maintenance", times=1),
        Fault("timeout_before", "timeout_before", times=1, ms=_HANG_MS),
        Fault("timeout_after", "timeout_after", times=1, ms=_HANG_MS),
        Fault("cut_before", "cut_before", times=1),
        Fault("cut_after", "cut_after", times=1),
        Fault("cut_body", "cut_body", times=1),
        Fault("garbage", "garbage", times=1),
        Fault("error_after", "error_after", times=1, status=500),
        Fault("bad_gateway_after", "error_after", times=1, status=502),
        Fault("bom", "bom"),
        Fault("flaky", "server_error", probability=0.1),
        Fault("lossy", "cut_after", probability=0.05),
    )
}


def fault_from(asked: Mapping[str, Any]) -> Fault:
    """Make a fault of what was asked for: a preset's name, a preset changed, or a full fault.

    Raises ValueError with a readable reason when a field is unknown or has the wrong type.
    """
    known = {field.name for field in fields(Fault)}
    unknown = set(asked) - known
    if unknown:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    name = str(asked.get("name") or asked.get("kind") or "")
    if not name:
        raise ValueError("a fault needs a name or a kind")
    values = {**asked, "name": name}
    if "kind" in asked:
        return Fault(**values)
    if name not in PRESETS:
        raise ValueError(f"no preset {name!r}, known: {', '.join(PRESETS)}")
    return replace(PRESETS[name], **values)


class _Armed:
    """A fault in the plan, with what it has seen."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self.fired = 0
        self._needle = fault.match.lower()
        try:
            self._pattern: re.Pattern[str] | None = re.compile(fault.match, re.IGNORECASE)
        except re.error:
            self._pattern = None

    def concerns(self, key: str) -> bool:
        if self._needle in key.lower():
            return True
        return self._pattern is not None and self._pattern.search(key) is not None

    @property
    def spent(self) -> bool:
        return self.fault.times is not None and self.fired >= self.fault.times


class FaultPlan:
    """The faults in force, in the order they were added."""

    def __init__(self, seed: int = 1) -> None:
        self.latency_ms = 0.0
        """Added to every request, whatever else happens."""
        self._armed: list[_Armed] = []
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def add(self, fault: Fault) -> None:
        """Put a fault at the end of the queue."""
        self._armed.append(_Armed(fault))

    def clear(self, name: str | None = None) -> None:
        """Take away every fault, or those of one name."""
        self._armed = [a for a in self._armed if name is not None and a.fault.name != name]

    def list(self) -> Sequence[dict[str, Any]]:
        """Say which faults there are and how often each was seen and struck."""
        return [{**asdict(a.fault), "seen": a.seen, "fired": a.fired} for a in self._armed]

    def next_for(self, request_key: str) -> Sequence[Fault]:
        """Return what strikes this request: all waits, and at most one other fault.

        Only the first of several strikes, so faults added one after another are met one after
        another.
        """
        if not self._armed:
            return []
        striking: list[Fault] = []
        struck = False
        for armed in self._armed:
            fault = armed.fault
            is_wait = fault.kind == "latency"
            if armed.spent or (struck and not is_wait) or not armed.concerns(request_key):
                continue
            armed.seen += 1
            if armed.seen <= fault.after:
                continue
            if fault.probability < 1 and self._random.random() >= fault.probability:
                continue
            armed.fired += 1
            struck = struck or not is_wait
            striking.append(fault)
        return striking
