"""Puts the simulator together: API, control routes and pages in one application."""

from collections.abc import AsyncIterator

from aiohttp import web

from brygga_simulators.common.calls import CallLog, call_log_middleware
from brygga_simulators.common.control import Control
from brygga_simulators.common.faults import FaultPlan
from brygga_simulators.common.misbehave import fault_middleware
from brygga_simulators.common.server import MAX_BODY_BYTES
from brygga_simulators.specter.api import Api, call_key
from brygga_simulators.specter.control_routes import ControlRoutes
from brygga_simulators.specter.deed_routes import DeedRoutes
from brygga_simulators.specter.pages import Pages
from brygga_simulators.specter.world import World

WORLD = web.AppKey("world", World)


def build_app(world: World, plan: FaultPlan) -> web.Application:
    """Return the application around a world."""
    calls = CallLog()
    app = web.Application(
        client_max_size=MAX_BODY_BYTES,
        middlewares=[call_log_middleware(calls, call_key), fault_middleware(plan)],
    )
    app[WORLD] = world
    routes = ControlRoutes(world)
    Api(world).add_to(app)
    Control(plan, calls, world.clock, world.reset, routes.dump).add_to(app)
    routes.add_to(app)
    DeedRoutes(world, plan).add_to(app)
    Pages(world, plan).add_to(app)
    app.cleanup_ctx.append(_close)
    return app


async def _close(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[WORLD].triggers.close()
    app[WORLD].store.close()
