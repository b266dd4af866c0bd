"""The shops' own control routes, beside the common ones: orders from a checkout, raw records, queue.

`/_control/<site>/...` means one shop; the first one is called `shop`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from brygga_simulators.common.control import json_answer, json_body, refuse
from brygga_simulators.woocommerce import checkout, coupons_api, customers_api, raw
from brygga_simulators.woocommerce.coupons_api import coupon_view
from brygga_simulators.woocommerce.customers_api import customer_view
from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.product_views import product_view
from brygga_simulators.woocommerce.rendering import order_view, refund_view
from brygga_simulators.woocommerce.seed import random_order
from brygga_simulators.woocommerce.site import Doc, Site

if TYPE_CHECKING:
    from brygga_simulators.woocommerce.app import Shops


class ShopControl:
    """The handlers of the shops' control routes."""

    def __init__(self, shops: "Shops") -> None:
        self._shops = shops

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        route = app.router.add_route
        route("GET", "/_control/sites", self.list_sites)
        route("POST", "/_control/deliver", self.deliver)
        route("GET", "/_control/outbox", self.outbox)
        route("DELETE", "/_control/outbox", self.empty_outbox)
        route("POST", "/_control/{site}/orders", self.place_order)
        route("POST", "/_control/{site}/random-order", self.place_random_order)
        route("POST", "/_control/{site}/raw/{kind}", self.load_raw)
        route("GET", "/_control/{site}/settings", self.read_settings)
        route("POST", "/_control/{site}/settings", self.change_settings)
        route("POST", "/_control/{site}/advance", self.advance)
        route("POST", "/_control/{site}/keys", self.add_key)
        route("GET", "/_control/{site}/queue", self.queue)
        route("GET", "/_control/{site}/deliveries", self.deliveries)
        route("GET", "/_control/{site}/webhooks", self.webhooks)

    def _site(self, request: web.Request) -> Site:
        return self._shops.named(request)

    def _sites(self, request: web.Request) -> list[Site]:
        self._shops.settle_url(request)
        return [self._site(request)] if "site" in request.query else list(self._shops.sites.values())

    async def list_sites(self, request: web.Request) -> web.StreamResponse:
        """List the shops with their addresses and keys."""
        self._shops.settle_url(request)
        return json_answer(
            [
                {
                    "name": s.name,
                    "title": s.settings.title,
                    "url": s.url,
                    "keys": list(s.records["keys"].values()),
                    "orders": len(s.orders),
                    "products": len(s.products),
                }
                for s in self._shops.sites.values()
            ]
        )

    async def deliver(self, request: web.Request) -> web.StreamResponse:
        """Run the webhook queues at once (`?site=` for one); answers when all are delivered."""
        return json_answer({s.name: await self._shops.queue.deliver(s) for s in self._sites(request)})

    async def outbox(self, request: web.Request) -> web.StreamResponse:
        """Return the mails sent, oldest first (`?site=&to=&kind=&order_id=&order=`)."""
        mails = [{"site": s.name, **m} for s in self._sites(request) for m in s.records["outbox"].values()]
        asked = {name: request.query.get(name) for name in ("to", "kind", "order_id", "order")}
        return json_answer(
            [m for m in mails if all(v is None or v == str(m.get(name)) for name, v in asked.items())]
        )

    async def empty_outbox(self, request: web.Request) -> web.StreamResponse:
        """Forget the mails sent."""
        for site in self._sites(request):
            for mail_id in list(site.records["outbox"]):
                site.remove("outbox", mail_id)
            site.commit()
        return json_answer([])

    async def place_order(self, request: web.Request) -> web.StreamResponse:
        """Place an order as the checkout would; see `checkout.place` for the body."""
        site, body = self._site(request), await json_body(request)
        try:
            order = checkout.place(site, body) if body else random_order(site)
        except RestError as error:
            raise refuse(f"{error.code}: {error.message}") from error
        except (ValueError, TypeError) as error:
            raise refuse(str(error)) from error
        site.commit()
        return json_answer(order_view(site, order), 201)

    async def place_random_order(self, request: web.Request) -> web.StreamResponse:
        """Place an order of someone, for something."""
        site = self._site(request)
        order = random_order(site)
        site.commit()
        return json_answer(order_view(site, order), 201)

    async def load_raw(self, request: web.Request) -> web.StreamResponse:
        """Keep a record, or a list of them under `items`, exactly as given; tells no webhook.

        `quiet` answers with their number only: for a hundred thousand that is much faster.
        """
        site, body = self._site(request), await json_body(request)
        kind = request.match_info["kind"]
        items = body["items"] if isinstance(body.get("items"), list) else [body]
        try:
            if body.get("quiet") is True and "items" in body:
                for item in items:
                    keep_one(site, kind, item)
                site.commit()
                return json_answer({"loaded": len(items)}, 201)
            loaded = [load_one(site, kind, item) for item in items]
        except KeyError as error:
            raise refuse(f"the record lacks {error}") from error
        except RestError as error:
            raise refuse(f"{error.code}: {error.message}") from error
        except (ValueError, TypeError) as error:
            raise refuse(str(error)) from error
        site.commit()
        return json_answer(loaded if "items" in body else loaded[0], 201)

    async def read_settings(self, request: web.Request) -> web.StreamResponse:
        """Return a shop's settings."""
        return json_answer(self._site(request).settings.dump())

    async def change_settings(self, request: web.Request) -> web.StreamResponse:
        """Change some of a shop's settings."""
        site, body = self._site(request), await json_body(request)
        try:
            site.settings.change(body)
        except (ValueError, TypeError, KeyError) as error:
            raise refuse(str(error)) from error
        site.cache.clear()
        site.commit()
        return json_answer(site.settings.dump())

    async def advance(self, request: web.Request) -> web.StreamResponse:
        """Let time pass (`seconds`, `hours`, `days`), with nightly jobs and due deliveries."""
        site, body = self._site(request), await json_body(request)
        numbers = {k: float(body.get(k, 0)) for k in ("seconds", "hours", "days")}
        self._shops.clock.advance(numbers["seconds"] + numbers["hours"] * 3600 + numbers["days"] * 86400)
        self._shops.run_daily_jobs()
        delivered = await self._shops.queue.deliver(site) if self._shops.queue.is_due(site) else 0
        return json_answer({"now": self._shops.clock.now(), "delivered": delivered})

    async def add_key(self, request: web.Request) -> web.StreamResponse:
        """Give out an API key: `permissions`, and if wanted `key` and `secret`."""
        site, body = self._site(request), await json_body(request)
        permissions = str(body.get("permissions") or "read_write")
        if permissions not in {"read", "write", "read_write"}:
            raise refuse("permissions is read, write or read_write")
        made = f"{site.random.getrandbits(160):040x}"
        key = str(body.get("key") or f"ck_{made}")
        secret = str(body.get("secret") or f"cs_{site.random.getrandbits(160):040x}")
        site.add_key(key, secret, permissions)
        site.commit()
        return json_answer({"key": key, "secret": secret, "permissions": permissions}, 201)

    async def queue(self, request: web.Request) -> web.StreamResponse:
        """Return the deliveries that wait."""
        return json_answer(self._shops.queue.waiting(self._site(request)))

    async def deliveries(self, request: web.Request) -> web.StreamResponse:
        """Return the deliveries tried, oldest first."""
        return json_answer(list(self._site(request).deliveries))

    async def webhooks(self, request: web.Request) -> web.StreamResponse:
        """Return the webhooks with what the API hides: secret and count of failures."""
        return json_answer(list(self._site(request).webhooks.values()))


def keep_one(site: Site, kind: str, item: Any) -> Doc:
    """Keep one record of a kind as given. Raises ValueError for kinds that can't be loaded."""
    if not isinstance(item, dict):
        raise TypeError("a record must be a JSON object")
    if kind == "orders":
        return raw.load_order(site, item)
    if kind in {"products", "variations"}:
        return raw.load_product(site, item)
    if kind == "refunds":
        return raw.load_refund(site, int(item["parent_id"]), item)
    if kind == "customers":
        return raw.load_plain(site, "customers", "user", item, customers_api.blank)
    if kind == "coupons":
        return raw.load_plain(site, "coupons", "post", item, coupons_api.blank)
    if kind in raw.PLAIN_KINDS:
        return raw.load_plain(site, kind, raw.PLAIN_KINDS[kind], item, dict)
    raise ValueError(
        f"can't load {kind}: orders, products, variations, refunds, customers, coupons, "
        + ", ".join(raw.PLAIN_KINDS)
    )


_VIEWS: dict[str, Callable[[Site, Doc], Doc]] = {
    "orders": order_view,
    "products": product_view,
    "variations": product_view,
    "refunds": lambda site, doc: refund_view(site, doc, with_parent=True),
    "customers": customer_view,
    "coupons": coupon_view,
}


def load_one(site: Site, kind: str, item: Any) -> Doc:
    """Keep one record of a kind, and show it as the API does."""
    kept = keep_one(site, kind, item)
    return _VIEWS[kind](site, kept) if kind in _VIEWS else kept
