"""The table of what a merchant can do by hand in wp-admin, for control requests and the page's buttons."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from brygga_simulators.common.control import json_answer, json_body, refuse
from brygga_simulators.woocommerce import hand_orders, hand_products
from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.site import Doc, Site

if TYPE_CHECKING:
    from brygga_simulators.woocommerce.app import Shops

ACTIONS: dict[str, Callable[[Site, Doc], Doc]] = {
    "create-product": hand_products.create_product,
    "change-product": hand_products.change_product,
    "add-variation": hand_products.add_variation,
    "use-parent-stock": hand_products.use_parent_stock,
    "trash-product": hand_products.trash_product,
    "restore-product": hand_products.restore_product,
    "delete-product": hand_products.delete_product,
    "order-status": hand_orders.change_status,
    "mark-paid": hand_orders.mark_paid,
    "change-order": hand_orders.change_order,
    "trash-order": hand_orders.trash_order,
    "restore-order": hand_orders.restore_order,
    "delete-order": hand_orders.delete_order,
    "add-note": hand_orders.add_note,
    "change-note": hand_orders.change_note,
    "delete-note": hand_orders.delete_note,
    "refund": hand_orders.refund,
    "delete-refund": hand_orders.delete_refund,
    "register-status": hand_orders.register_status,
    "unregister-status": hand_orders.unregister_status,
}


def act(site: Site, action: str, body: Doc) -> Doc:
    """Do one thing by hand. Raises ValueError with the shop's reason if it can't be done."""
    do = ACTIONS.get(action)
    if do is None:
        raise ValueError(f"no action {action!r}, there are: {', '.join(ACTIONS)}")
    try:
        done = do(site, body)
    except RestError as error:
        raise ValueError(f"{error.code}: {error.message}") from error
    finally:
        site.commit()
    return done


class HandControl:
    """The control routes for what a merchant does by hand."""

    def __init__(self, shops: "Shops") -> None:
        self._shops = shops

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        app.router.add_route("GET", "/_control/{site}/by-hand", self.list_actions)
        app.router.add_route("POST", "/_control/{site}/by-hand/{action}", self.act)

    async def list_actions(self, request: web.Request) -> web.StreamResponse:
        """Say what can be done by hand."""
        return json_answer({name: do.__doc__ for name, do in ACTIONS.items()})

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Do it, and answer with what the shop holds afterwards."""
        site, body = self._shops.named(request), await json_body(request)
        try:
            return json_answer(act(site, request.match_info["action"], body))
        except (ValueError, TypeError) as error:
            raise refuse(str(error)) from error
