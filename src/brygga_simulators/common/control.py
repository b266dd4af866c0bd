"""The control routes every simulator has: faults, calls, clock, reset, state, health.

They live under `/_control/`, speak JSON, and are never struck by faults. They have no login:
a simulator is for a test machine and listens on the local address only.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from brygga_simulators.common.calls import CallLog
from brygga_simulators.common.clock import Clock
from brygga_simulators.common.faults import KINDS, PRESETS, FaultPlan, fault_from

Reset = Callable[[], None]
DumpState = Callable[[Mapping[str, str]], Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def json_answer(value: Any, status: int = 200) -> web.Response:
    """Answer anything msgspec can encode as JSON; decimals become strings."""
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


async def json_body(request: web.Request) -> dict[str, Any]:
    """Return the request's JSON object; an empty body is an empty object. 400 for other bodies."""
    raw = await request.read()
    if not raw.strip():
        return {}
    try:
        body = msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise refuse(f"the body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise refuse("the body must be a JSON object")
    return body


def refuse(reason: str) -> web.HTTPBadRequest:
    """Return the 400 to raise for a control request that can't be carried out."""
    return web.HTTPBadRequest(body=msgspec.json.encode({"error": reason}), content_type="application/json")


class Control:
    """The handlers of the common control routes."""

    def __init__(
        self, plan: FaultPlan, calls: CallLog, clock: Clock, reset: Reset, dump_state: DumpState
    ) -> None:
        self.plan = plan
        self.calls = calls
        self.clock = clock
        self._reset = reset
        self._dump_state = dump_state

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        route = app.router.add_route
        route("GET", "/_control/health", self.health)
        route("GET", "/_control/faults", self.list_faults)
        route("POST", "/_control/faults", self.add_fault)
        route("DELETE", "/_control/faults", self.clear_faults)
        route("GET", "/_control/calls", self.list_calls)
        route("DELETE", "/_control/calls", self.clear_calls)
        route("GET", "/_control/clock", self.read_clock)
        route("POST", "/_control/clock", self.set_clock)
        route("POST", "/_control/reset", self.reset)
        route("GET", "/_control/state", self.state)

    async def health(self, request: web.Request) -> web.StreamResponse:
        """Say that the simulator is up."""
        return json_answer({"ok": True, "now": self.clock.now()})

    async def list_faults(self, request: web.Request) -> web.StreamResponse:
        """List faults in force, the presets and the kinds."""
        return json_answer(
            {
                "faults": self.plan.list(),
                "latency_ms": self.plan.latency_ms,
                "presets": PRESETS,
                "kinds": KINDS,
            }
        )

    async def add_fault(self, request: web.Request) -> web.StreamResponse:
        """Add one fault (`{"name": preset, ...changes}` or a full one), or set `latency_ms`."""
        body = await json_body(request)
        if set(body) == {"latency_ms"}:
            self.plan.latency_ms = float(body["latency_ms"])
            return json_answer({"latency_ms": self.plan.latency_ms})
        try:
            fault = fault_from(body)
        except (ValueError, TypeError) as error:
            raise refuse(str(error)) from error
        self.plan.add(fault)
        return json_answer({"added": fault}, 201)

    async def clear_faults(self, request: web.Request) -> web.StreamResponse:
        """Take away all faults, or those of `?name=`."""
        self.plan.clear(request.query.get("name"))
        return json_answer({"faults": self.plan.list()})

    async def list_calls(self, request: web.Request) -> web.StreamResponse:
        """Return counters and the last calls (`?limit=`, 200)."""
        return json_answer(self.calls.dump(int(request.query.get("limit", "200"))))

    async def clear_calls(self, request: web.Request) -> web.StreamResponse:
        """Start counting anew."""
        self.calls.clear()
        return json_answer({"total": 0})

    async def read_clock(self, request: web.Request) -> web.StreamResponse:
        """Tell the simulated time."""
        return json_answer({"now": self.clock.now()})

    async def set_clock(self, request: web.Request) -> web.StreamResponse:
        """Set (`now`), move (`advance_seconds`) or, with an empty body, reset the clock."""
        body = await json_body(request)
        try:
            if "now" in body:
                self.clock.set(datetime.fromisoformat(str(body["now"])))
            elif "advance_seconds" in body:
                self.clock.advance(float(body["advance_seconds"]))
            else:
                self.clock.reset()
        except ValueError as error:
            raise refuse(str(error)) from error
        return json_answer({"now": self.clock.now()})

    async def reset(self, request: web.Request) -> web.StreamResponse:
        """Forget everything: data, faults, calls and the clock's offset."""
        self.plan.clear()
        self.calls.clear()
        self.clock.reset()
        self._reset()
        return json_answer({"reset": True})

    async def state(self, request: web.Request) -> web.StreamResponse:
        """Dump the simulator's whole state; the query narrows it as the simulator allows."""
        return json_answer(self._dump_state(request.query))
