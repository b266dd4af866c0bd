"""The server: several shops in one process, each below its own path, and what they share."""

import asyncio
import contextlib
from argparse import Namespace
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from brygga_simulators.common.calls import CallLog, call_log_middleware
from brygga_simulators.common.clock import Clock
from brygga_simulators.common.control import Control
from brygga_simulators.common.faults import FaultPlan
from brygga_simulators.common.misbehave import fault_middleware
from brygga_simulators.common.server import MAX_BODY_BYTES, plan_from, store_path
from brygga_simulators.common.storage import DocumentStore
from brygga_simulators.woocommerce import dates, product_rules, provider, seed, start_settings, terms
from brygga_simulators.woocommerce.buyer_control import BuyerControl
from brygga_simulators.woocommerce.by_hand import HandControl
from brygga_simulators.woocommerce.checkout import clock_at
from brygga_simulators.woocommerce.control import ShopControl
from brygga_simulators.woocommerce.delivery import Queue
from brygga_simulators.woocommerce.drawing_control import DrawingControl
from brygga_simulators.woocommerce.page import Pages
from brygga_simulators.woocommerce.router import answer_rest
from brygga_simulators.woocommerce.site import Site

DEFAULT_SITE = "shop"
_ADMIN: dict[str, Any] = {
    "email": "admin@example.se",
    "username": "admin",
    "role": "administrator",
    "first_name": "",
    "last_name": "",
    "billing": {},
    "shipping": {},
    "is_paying_customer": False,
    "avatar_url": "",
    "meta_data": [],
}


class Shops:
    """All shops of this process, with the queue, clock and store they share."""

    def __init__(self, arguments: Namespace) -> None:
        self.arguments = arguments
        self.trust_basic: bool = arguments.trust_basic_over_http
        self.clock = Clock()
        low, high = 2_000.0, 27_000.0
        if arguments.webhook_delay_ms is not None:
            low = high = arguments.webhook_delay_ms
        self.queue = Queue((low, high))
        self.store = DocumentStore(store_path(arguments, "woocommerce"))
        self.sites: dict[str, Site] = {}
        self._url = str(arguments.public_url or "").rstrip("/")
        names = [n.strip() for n in arguments.sites.split(",") if n.strip()]
        for name in [DEFAULT_SITE, *names]:
            self._open(name, "" if name == DEFAULT_SITE else f"/{name}")

    def site_at(self, path: str) -> tuple[Site, str]:
        """Return the shop that a path belongs to, and the path inside it."""
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        site = self.sites.get(first)
        if site is not None and site.prefix:
            return site, path[len(site.prefix) :] or "/"
        return self.sites[DEFAULT_SITE], path

    def named(self, request: web.Request) -> Site:
        """Return the shop that a control request names in its path or query, else the first one."""
        self.settle_url(request)
        name = request.match_info.get("site") or request.query.get("site") or DEFAULT_SITE
        site = self.sites.get(name)
        if site is None:
            raise web.HTTPNotFound(text=f"no shop {name!r}, there are: {', '.join(self.sites)}")
        return site

    def settle_url(self, request: web.Request) -> None:
        """Learn the server's own address from the first request, unless it was given."""
        if self._url:
            return
        name = request.transport.get_extra_info("sockname") if request.transport else None
        host, port = name[:2] if name else ("127.0.0.1", 80)
        scheme = "https" if request.secure else "http"
        shown = f"[{host}]" if ":" in host else host
        self.set_url(f"{scheme}://{shown}:{port}")

    def set_url(self, url: str) -> None:
        """Set the address from which every shop makes its links."""
        self._url = url
        for site in self.sites.values():
            site.url = url + site.prefix
            site.cache.clear()

    def reset(self) -> None:
        """Make every shop as it was at the first start."""
        self.store.clear()
        self.queue.forget()
        for name, site in list(self.sites.items()):
            self._open(name, site.prefix)

    def run_daily_jobs(self) -> None:
        """Do each shop's nightly job once its local midnight has passed."""
        for site in self.sites.values():
            today = dates.local_text(site.now(), site.settings.zone)[:10]
            if today != site.last_sale_day:
                site.last_sale_day = today
                # When the clock was moved, the job still ran at midnight and not later.
                midnight = datetime.fromisoformat(today).replace(tzinfo=site.settings.zone)
                with clock_at(site, midnight):
                    product_rules.run_scheduled_sales(site)
                site.commit()

    def dump(self, query: Mapping[str, str]) -> Any:
        """Return the whole state, or one shop's (`?site=`), or one kind of records (`?kind=`)."""
        wanted = query.get("site")
        return {
            name: {
                kind: list(rows.values())
                for kind, rows in site.records.items()
                if query.get("kind") in {None, kind}
            }
            for name, site in self.sites.items()
            if wanted in {None, name}
        }

    def _open(self, name: str, prefix: str) -> None:
        site = Site(name, prefix, self.store, self.clock, self.queue)
        site.url = self._url + prefix
        self.sites[name] = site
        if site.load():
            provider.remember_drawn(site)
            self.queue.take_up(site)
            return
        site.last_sale_day = dates.local_text(site.now(), site.settings.zone)[:10]
        self._give_keys(site)
        admin = {"id": site.next_id("user"), **_ADMIN}
        site.set_date(admin, "date_created")
        site.set_date(admin, "date_modified")
        site.save("customers", admin)
        site.counters["post"] = 9
        site.counters["term"] = 14
        terms.default_category(site)
        if prefix:
            site.settings.title = f"{name.capitalize()} i testbyn"
        start_settings.apply(site, self.arguments)
        if not self.arguments.empty:
            seed.fill(site, self.arguments)
        site.commit()

    def _give_keys(self, site: Site) -> None:
        given = self.arguments.key, self.arguments.secret
        key, secret = given if all(given) and not site.prefix else seed.made_keys(site.name)
        site.add_key(key, secret, "read_write")


def make_app(arguments: Namespace) -> web.Application:
    """Make the application from the command line's options."""
    shops = Shops(arguments)
    plan: FaultPlan = plan_from(arguments)
    calls = CallLog()
    app = web.Application(
        middlewares=[call_log_middleware(calls), fault_middleware(plan)],
        client_max_size=MAX_BODY_BYTES,
    )
    Control(plan, calls, shops.clock, shops.reset, shops.dump).add_to(app)
    ShopControl(shops).add_to(app)
    DrawingControl(shops).add_to(app)
    HandControl(shops).add_to(app)
    BuyerControl(shops).add_to(app)
    pages = Pages(shops)

    async def answer(request: web.Request) -> web.StreamResponse:
        shops.settle_url(request)
        site, path = shops.site_at(request.path)
        if path.startswith("/wp-json"):
            return await answer_rest(site, request, path, trust_basic=shops.trust_basic)
        if "rest_route" in request.query:
            inner = "/wp-json" + request.query["rest_route"]
            return await answer_rest(site, request, inner, trust_basic=shops.trust_basic)
        return await pages.answer(site, path, request)

    app.router.add_route("*", "/{path:.*}", answer)

    async def background(_: web.Application) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(shops.queue.run_forever()), asyncio.create_task(_nights(shops))]
        yield
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        shops.store.close()

    app.cleanup_ctx.append(background)
    return app


async def _nights(shops: Shops) -> None:
    while True:
        shops.run_daily_jobs()
        await asyncio.sleep(1)
