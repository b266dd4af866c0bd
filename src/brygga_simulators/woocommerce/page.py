"""The page at `/`: the shop's orders and products, with buttons for what a customer or owner does."""

import html
from typing import TYPE_CHECKING

from aiohttp import web

from brygga_simulators.woocommerce import order_writes
from brygga_simulators.woocommerce.money import shown
from brygga_simulators.woocommerce.seed import random_order
from brygga_simulators.woocommerce.site import Doc, Site

if TYPE_CHECKING:
    from brygga_simulators.woocommerce.app import Shops

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:0;background:#f4f4f1;color:#222}
header{background:#3d3a5c;color:#fff;padding:14px 24px}header a{color:#d9d6ff;margin-right:14px}
main{padding:16px 24px;max-width:1200px}table{border-collapse:collapse;width:100%;background:#fff}
th,td{padding:6px 9px;border-bottom:1px solid #e4e4de;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}button{font:inherit;padding:2px 9px;cursor:pointer}
form{display:inline}.s{border-radius:9px;padding:1px 8px;background:#e8e6f5}small{color:#666}
.processing,.completed{background:#d8eed9}.cancelled,.failed,.refunded,.trash{background:#f3d8d6}
"""
_ACTIONS = {"paid": "Betald", "completed": "Färdig", "cancelled": "Avbryt"}


class Pages:
    """Answers what is no REST call: the page and its buttons."""

    def __init__(self, shops: "Shops") -> None:
        self._shops = shops

    async def answer(self, site: Site, path: str, request: web.Request) -> web.StreamResponse:
        """Show the page, or do what a button says."""
        if path == "/" and request.method in {"GET", "HEAD"}:
            return web.Response(text=self._page(site, request), content_type="text/html")
        if path.startswith("/_do/") and request.method == "POST":
            form = await request.post()
            _do(site, path.removeprefix("/_do/"), str(form.get("id") or ""))
            site.commit()
            raise web.HTTPSeeOther(f"{site.prefix}/")
        return web.Response(status=404, text="<h1>Sidan finns inte</h1>", content_type="text/html")

    def _page(self, site: Site, request: web.Request) -> str:
        others = "".join(
            f'<a href="{s.prefix}/">{html.escape(s.settings.title)}</a>' for s in self._shops.sites.values()
        )
        kept = next(iter(site.keys.values()), None)
        keys = f"<small>{kept.key} / {kept.secret}</small>" if kept else ""
        limit = 1000 if request.query.get("alla") else 60
        orders = sorted(site.orders.values(), key=lambda o: -o["id"])[:limit]
        products = [p for p in site.products.values() if p["type"] != "variation"][:limit]
        waiting = len(self._shops.queue.waiting(site))
        title = html.escape(site.settings.title)
        return (
            f"<!DOCTYPE html><html lang=sv><meta charset=utf-8><title>{title}</title><style>{_STYLE}</style>"
            f"<header><h1>{title}</h1>{others} {keys}</header><main>"
            f'<p><form method=post action="{site.prefix}/_do/random"><button>Gör en slumpad beställning</button>'
            f"</form> {len(site.orders)} beställningar, {len(site.products)} produkter och varianter, "
            f"{len(site.records['outbox'])} brev, {waiting} webhookar väntar. "
            f'<a href="{site.prefix}/?alla=1">Visa fler</a></p>'
            "<h2>Beställningar</h2><table><tr><th>Nr<th>Datum<th>Kund<th>Varor<th>Summa<th>Betalning<th>Status<th>"
            f"{''.join(_order_row(site, o) for o in orders)}</table>"
            "<h2>Produkter</h2><table><tr><th>Id<th>Artikelnr<th>Namn<th>Typ<th>Pris<th>Lager<th>Status"
            f"{''.join(_product_row(p) for p in products)}</table></main></html>"
        )


def _order_row(site: Site, order: Doc) -> str:
    billing = order.get("billing") or {}
    names = [billing.get(f, "") for f in ("company", "first_name", "last_name", "country")]
    customer = html.escape(" ".join(str(n) for n in names if n))
    goods = "<br>".join(f"{x['quantity']} × {html.escape(str(x['name']))}" for x in order["line_items"][:5])
    buttons = "".join(
        f'<form method=post action="{site.prefix}/_do/{action}"><input type=hidden name=id value={order["id"]}>'
        f"<button>{label}</button></form> "
        for action, label in _ACTIONS.items()
    )
    name = site.settings.statuses.get(order["status"], order["status"])
    return (
        f"<tr><td>{html.escape(str(order['number']))}<td>{order['date_created'].replace('T', ' ')[:16]}"
        f"<td>{customer}<td>{goods}<td class=n>{shown(order['total'], 2)} {order['currency']}"
        f"<td>{html.escape(str(order['payment_method']))}"
        f'<td><span class="s {order["status"]}">{html.escape(str(name))}</span><td>{buttons}'
    )


def _product_row(product: Doc) -> str:
    stock = product["stock_quantity"] if product["manage_stock"] is True else product["stock_status"]
    return (
        f"<tr><td>{product['id']}<td>{html.escape(product['sku'])}<td>{html.escape(product['name'])}"
        f"<td>{product['type']}<td class=n>{product['price']}<td class=n>{stock}<td>{product['status']}"
    )


def _do(site: Site, action: str, order_id: str) -> None:
    if action == "random":
        random_order(site)
        return
    order = site.orders.get(int(order_id)) if order_id.isdigit() else None
    if order is None or action not in _ACTIONS:
        return
    if action == "paid":
        order_writes.update(site, order, {"set_paid": True})
    else:
        order_writes.update(site, order, {"status": action})
