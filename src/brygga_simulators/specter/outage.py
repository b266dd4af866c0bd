"""Takes the API away until told otherwise; control routes and the hand page still answer."""

from typing import Any

from brygga_simulators.common.faults import Fault, FaultPlan
from brygga_simulators.specter.typed_in import CannotDo

_NAME = "down"
_HANG_MS = 300_000
_WAYS = {
    "unavailable": Fault(_NAME, "unavailable"),
    "maintenance": Fault(_NAME, "maintenance"),
    "error": Fault(_NAME, "server_error"),
    "hang": Fault(_NAME, "timeout_before", ms=_HANG_MS),
    "cut": Fault(_NAME, "cut_before"),
}
WAYS = tuple(_WAYS)


def take_down(plan: FaultPlan, how: str) -> dict[str, Any]:
    """Let every call of the API fail in one way; faults that were there before still strike first."""
    if how not in _WAYS:
        raise CannotDo(f"how must be one of {', '.join(WAYS)}")
    plan.clear(_NAME)
    plan.add(_WAYS[how])
    return outage(plan)


def bring_up(plan: FaultPlan) -> dict[str, Any]:
    """Let the API answer again."""
    plan.clear(_NAME)
    return outage(plan)


def outage(plan: FaultPlan) -> dict[str, Any]:
    """Say whether the API is down, how, and how many calls have met it."""
    for fault in plan.list():
        if fault["name"] == _NAME:
            how = next(way for way, known in _WAYS.items() if known.kind == fault["kind"])
            return {"down": True, "how": how, "struck": fault["fired"]}
    return {"down": False, "how": "", "struck": 0}
