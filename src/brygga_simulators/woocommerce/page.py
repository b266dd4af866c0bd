"""The pages a person sees: orders, products and mails, with buttons for what customer or owner does."""

import html
from typing import TYPE_CHECKING

from aiohttp import web

from brygga_simulators.woocommerce import page_rows
from brygga_simulators.woocommerce.by_hand import act
from brygga_simulators.woocommerce.seed import random_order
from brygga_simulators.woocommerce.site import Doc, Site

if TYPE_CHECKING:
    from brygga_simulators.woocommerce.app import Shops

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:0;background:#f4f4f1;color:#222}
header{background:#3d3a5c;color:#fff;padding:14px 24px}header a{color:#d9d6ff;margin-right:14px}
main{padding:16px 24px;max-width:1400px}table{border-collapse:collapse;width:100%;background:#fff}
th,td{padding:6px 9px;border-bottom:1px solid #e4e4de;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}button{font:inherit;padding:2px 9px;cursor:pointer}
form{display:inline}.s{border-radius:9px;padding:1px 8px;background:#e8e6f5}small{color:#666}
input{font:inherit;width:6em}input.t{width:11em}summary{cursor:pointer}.e{background:#f3d8d6;padding:8px}
.processing,.completed{background:#d8eed9}.cancelled,.failed,.refunded,.trash{background:#f3d8d6}
"""
_SHORT: dict[str, tuple[str, Doc]] = {
    "paid": ("mark-paid", {}),
    "completed": ("order-status", {"status": "completed"}),
    "cancelled": ("order-status", {"status": "cancelled"}),
}
"""Buttons whose names say more than their action does."""


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
            # An empty box means nothing asked for, but an empty sale price ends the sale.
            wish: Doc = {str(k): str(v) for k, v in form.items() if v != "" or k == "sale_price"}
            try:
                _do(site, path.removeprefix("/_do/"), wish)
            except ValueError as error:
                return web.Response(text=self._page(site, request, str(error)), content_type="text/html")
            raise web.HTTPSeeOther(f"{site.prefix}/")
        return web.Response(status=404, text="<h1>Sidan finns inte</h1>", content_type="text/html")

    def _page(self, site: Site, request: web.Request, problem: str = "") -> str:
        others = "".join(
            f'<a href="{s.prefix}/">{html.escape(s.settings.title)}</a>' for s in self._shops.sites.values()
        )
        kept = next(iter(site.keys.values()), None)
        keys = f"<small>{kept.key} / {kept.secret}</small>" if kept else ""
        limit = 1000 if request.query.get("alla") else 60
        waiting = len(self._shops.queue.waiting(site))
        title = html.escape(site.settings.title)
        return (
            f"<!DOCTYPE html><html lang=sv><meta charset=utf-8><title>{title}</title><style>{_STYLE}</style>"
            f"<header><h1>{title}</h1>{others} {keys}</header><main>"
            f"{f'<p class=e>{html.escape(problem)}</p>' if problem else ''}"
            f'<p><form method=post action="{site.prefix}/_do/random"><button>Gör en slumpad beställning</button>'
            f"</form> {len(site.orders)} beställningar, {len(site.products)} produkter och varianter, "
            f"{len(site.records['outbox'])} brev, {waiting} webhookar väntar. "
            f'<a href="{site.prefix}/?alla=1">Visa fler</a></p>'
            f"{page_rows.orders(site, limit)}{page_rows.products(site, limit)}"
            f"{page_rows.mails(site, limit)}</main></html>"
        )


def _do(site: Site, action: str, wish: Doc) -> None:
    """Do what a button says: something by hand, or one of the short names."""
    if action == "random":
        random_order(site)
        site.commit()
        return
    name, more = _SHORT.get(action, (action, {}))
    act(site, name, {**wish, **more})
