"""Control routes of the payment plugins: install and switch them, plan failures, read the draws."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from aiohttp import web

from brygga_simulators.common.control import json_answer, json_body, refuse
from brygga_simulators.woocommerce import gateways, provider
from brygga_simulators.woocommerce.money import ZERO, dec, shown
from brygga_simulators.woocommerce.site import Doc, Site

if TYPE_CHECKING:
    from brygga_simulators.woocommerce.app import Shops


class DrawingControl:
    """The handlers of the payment plugins' control routes."""

    def __init__(self, shops: "Shops") -> None:
        self._shops = shops

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        route = app.router.add_route
        route("GET", "/_control/{site}/gateways", self.read_gateways)
        route("POST", "/_control/{site}/gateways", self.change_gateways)
        route("GET", "/_control/{site}/captures", self.read_plans)
        route("POST", "/_control/{site}/captures", self.plan_capture)
        route("DELETE", "/_control/{site}/captures", self.forget_plans)
        route("GET", "/_control/{site}/draws", self.read_draws)
        route("POST", "/_control/{site}/draws", self.draw_elsewhere)

    async def read_gateways(self, request: web.Request) -> web.StreamResponse:
        """Return the installed payment plugins with their settings."""
        return json_answer(dump(self._shops.named(request)))

    async def change_gateways(self, request: web.Request) -> web.StreamResponse:
        """Install, switch or remove payment plugins: `{"klarna": true, "svea": {"draws": false}}`."""
        site, body = self._shops.named(request), await json_body(request)
        try:
            for name, asked in body.items():
                gateways.install(site, name, asked)
        except ValueError as error:
            raise refuse(str(error)) from error
        site.commit()
        return json_answer(dump(site))

    async def read_plans(self, request: web.Request) -> web.StreamResponse:
        """List what is planned for coming draws, and what can be planned."""
        plans = self._shops.named(request).records["capture_plans"]
        return json_answer({"planned": list(plans.values()), "outcomes": provider.OUTCOMES})

    async def plan_capture(self, request: web.Request) -> web.StreamResponse:
        """Plan how the next draws end: `outcome`, `reason`, `order_id`, `plugin`, `times`, `action`."""
        site, body = self._shops.named(request), await json_body(request)
        plan: Doc = {
            "id": site.next_id("capture_plan"),
            "action": body.get("action", "capture"),
            "outcome": body.get("outcome", "refused"),
            "reason": str(body.get("reason") or ""),
            "order_id": body.get("order_id"),
            "plugin": body.get("plugin"),
            "times": body.get("times", 1),
        }
        unknown = set(body) - set(plan)
        if (
            unknown
            or plan["outcome"] not in provider.OUTCOMES
            or plan["action"] not in {"capture", "release"}
        ):
            raise refuse(f"action is capture or release, outcome one of: {', '.join(provider.OUTCOMES)}")
        if plan["plugin"] not in {None, *gateways.PLUGINS}:
            raise refuse(f"plugin is one of: {', '.join(gateways.PLUGINS)}")
        site.save("capture_plans", plan)
        site.commit()
        return json_answer(plan, 201)

    async def forget_plans(self, request: web.Request) -> web.StreamResponse:
        """Take away everything planned."""
        site = self._shops.named(request)
        for plan_id in list(site.records["capture_plans"]):
            site.remove("capture_plans", plan_id)
        site.commit()
        return json_answer({"planned": []})

    async def read_draws(self, request: web.Request) -> web.StreamResponse:
        """Return the provider's log, and by order what was drawn and how often (`?order_id=`)."""
        site = self._shops.named(request)
        wanted = request.query.get("order_id")
        rows = [r for r in site.records["draws"].values() if wanted in {None, str(r["order_id"])}]
        return json_answer({"draws": rows, "orders": by_order(rows)})

    async def draw_elsewhere(self, request: web.Request) -> web.StreamResponse:
        """Let someone else, such as the ERP, draw an order's money: `order_id`, `amount`, `by`."""
        site, body = self._shops.named(request), await json_body(request)
        order = site.orders.get(int(body.get("order_id") or 0))
        if order is None:
            raise refuse(f"there is no order {body.get('order_id')}")
        plugin = gateways.plugin_of(site, order["payment_method"])
        ref = provider.reference_of(order, plugin) if plugin else str(order["transaction_id"])
        amount = dec(body.get("amount", order["total"]))
        row = provider.record(
            site, order, "capture", "drawn", amount, by=str(body.get("by") or "other"), ref=ref
        )
        site.commit()
        return json_answer(row, 201)


def dump(site: Site) -> Doc:
    """Return each installed plugin: its methods, whether it draws, all its settings."""
    made: Doc = {}
    for name, kept in site.settings.gateways.items():
        plugin = gateways.PLUGINS[name]
        made[name] = {
            "enabled": bool(kept.get("enabled", True)),
            "draws": gateways.draws_itself(site, plugin),
            "draws_at": sorted(plugin.draws_at),
            "methods": list(plugin.methods),
            "sign": plugin.sign,
            "settings": {key: gateways.setting(site, plugin, key) for key, _, _ in plugin.settings},
        }
    return made


def by_order(rows: list[Doc]) -> dict[str, Any]:
    """Sum the log by order: amount drawn, how many times, by whom, and whether it was released."""
    made: dict[str, Any] = {}
    attempts: Counter[str] = Counter()
    for row in rows:
        key = str(row["order_id"])
        entry = made.setdefault(
            key, {"captured": "0.00", "times": 0, "attempts": 0, "by": [], "released": False}
        )
        attempts[key] += row["action"] == "capture"
        entry["attempts"] = attempts[key]
        if row["outcome"] == "drawn":
            entry["times"] += 1
            entry["captured"] = shown(dec(entry["captured"]) + dec(row["amount"] or ZERO), 2)
            entry["by"].append(row["by"])
        entry["released"] = entry["released"] or row["outcome"] == "released"
    return made
