"""Control routes for the buyer's side: what the shop shows, and buying through the checkout."""

from typing import TYPE_CHECKING

from aiohttp import web

from brygga_simulators.common.control import json_answer, json_body, refuse
from brygga_simulators.woocommerce import checkout, product_rules, shopfront
from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.rendering import order_view
from brygga_simulators.woocommerce.unpaid import cancel_unpaid

if TYPE_CHECKING:
    from brygga_simulators.woocommerce.app import Shops


class BuyerControl:
    """The handlers of the buyer's control routes, and of the shop's jobs that a buyer notices."""

    def __init__(self, shops: "Shops") -> None:
        self._shops = shops

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        route = app.router.add_route
        route("GET", "/_control/{site}/shopfront", self.show)
        route("POST", "/_control/{site}/shopfront", self.show)
        route("POST", "/_control/{site}/checkout", self.buy)
        route("POST", "/_control/{site}/daily-job", self.run_daily_job)
        route("POST", "/_control/{site}/cancel-unpaid", self.cancel_unpaid)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Return what a buyer sees, by SKU: all, `?sku=A,B`, or `{"skus": ["A", "B"]}`."""
        site, body = self._shops.named(request), await json_body(request)
        skus = body.get("skus")
        if skus is None and request.query.get("sku"):
            skus = [sku.strip() for sku in request.query["sku"].split(",")]
        return json_answer(shopfront.shown(site, skus))

    async def buy(self, request: web.Request) -> web.StreamResponse:
        """Buy a cart, or be refused as the real checkout refuses: nothing is kept then.

        The body is as for `orders`; every line needs a price, stock or back-orders. Stock is looked
        at and taken in one go, so two buyers never get the same last piece.
        """
        site, body = self._shops.named(request), await json_body(request)
        lines = body.get("lines", body.get("line_items"))
        if not isinstance(lines, list) or not lines:
            raise refuse("a cart needs lines")
        try:
            stops = shopfront.refusals(site, lines)
            if stops:
                return json_answer({"bought": False, "refused": stops})
            order = checkout.place(site, body)
        except RestError as error:
            raise refuse(f"{error.code}: {error.message}") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise refuse(str(error)) from error
        site.commit()
        return json_answer({"bought": True, "order": order_view(site, order)})

    async def run_daily_job(self, request: web.Request) -> web.StreamResponse:
        """Run `woocommerce_scheduled_sales` now: prices follow sales that began or ended."""
        site = self._shops.named(request)
        changed = product_rules.run_scheduled_sales(site)
        site.commit()
        return json_answer({"changed": changed})

    async def cancel_unpaid(self, request: web.Request) -> web.StreamResponse:
        """Run the job that cancels checkout orders unpaid for longer than stock is held for them."""
        site = self._shops.named(request)
        cancelled = cancel_unpaid(site)
        site.commit()
        return json_answer({"cancelled": cancelled})
