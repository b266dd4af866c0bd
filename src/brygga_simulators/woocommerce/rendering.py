"""How orders and refunds look in JSON: amounts with the asked decimals, links, the line's noisy price."""

import json
from typing import Any

from brygga_simulators.woocommerce.money import dec, php_number, shown
from brygga_simulators.woocommerce.site import Doc, Site

ITEM_ACTIONS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

_ORDER_AMOUNTS = (
    "discount_total",
    "discount_tax",
    "shipping_total",
    "shipping_tax",
    "cart_tax",
    "total",
    "total_tax",
)
_LINE_AMOUNTS = ("subtotal", "subtotal_tax", "total", "total_tax", "tax_total", "shipping_tax_total")
_LINE_LISTS = ("line_items", "tax_lines", "shipping_lines", "fee_lines")
_encode = json.JSONEncoder(separators=(",", ":")).encode


def to_json(value: Any) -> bytes:
    r"""Encode as the shop's PHP does: ASCII only, with `\uXXXX` and `\/`."""
    return _encode(value).replace("/", "\\/").encode("ascii")


def links(self_url: str, collection: str, actions: list[str] | None = None, **more: str) -> Doc:
    """Make a `_links` object."""
    made: Doc = {
        "self": [{"href": self_url, "targetHints": {"allow": actions or ITEM_ACTIONS}}],
        "collection": [{"href": collection}],
    }
    for name, href in more.items():
        made[name] = [{"href": href}]
    return made


def item_links(site: Site, path: str, record_id: int, **more: str) -> Doc:
    """Make the `_links` of a record below /wp-json/wc/v3."""
    base = f"{site.url}/wp-json/wc/v3"
    made = links(f"{base}/{path}/{record_id}", f"{base}/{path}")
    for name, target in more.items():
        made[name] = [{"href": f"{base}/{target}"}]
    return made


def order_json(site: Site, order: Doc, places: int | None = None) -> bytes:
    """Return an order as JSON, from the cache if it is unchanged."""
    places = site.settings.decimals if places is None else places
    key = ("orders", order["id"], places)
    body = site.cache.get(key)
    if body is None:
        body = to_json(order_view(site, order, places))
        site.remember_rendered(key, body)
    return body


def order_view(site: Site, order: Doc, places: int | None = None) -> Doc:
    """Return an order as the API shows it, by default with the shop's decimals."""
    places = site.settings.decimals if places is None else places
    view = {k: v for k, v in order.items() if not k.startswith("_")}
    for name in _ORDER_AMOUNTS:
        if name in view:
            view[name] = shown(view[name], places)
    _show_lines(view, places)
    # A coupon line's discount is shown as stored, without padding: 83 and not 83.00.
    base = f"{site.url}/wp-json/wc/v3"
    order_id = order["id"]
    made = links(f"{base}/orders/{order_id}", f"{base}/orders")
    made["email_templates"] = [
        {"embeddable": True, "href": f"{base}/orders/{order_id}/actions/email_templates"}
    ]
    if order.get("customer_id"):
        made["customer"] = [{"href": f"{base}/customers/{order['customer_id']}"}]
    view["_links"] = made
    return view


def refund_view(site: Site, refund: Doc, places: int | None = None, *, with_parent: bool = False) -> Doc:
    """Return a refund; only the list of all refunds tells which order it belongs to."""
    places = site.settings.decimals if places is None else places
    view = {k: v for k, v in refund.items() if not k.startswith("_") and (with_parent or k != "parent_id")}
    view["amount"] = shown(view["amount"], places)
    _show_lines(view, places)
    base = f"{site.url}/wp-json/wc/v3/orders/{refund['parent_id']}"
    view["_links"] = links(f"{base}/refunds/{refund['id']}", f"{base}/refunds", ["GET", "DELETE"], up=base)
    return view


def _show_lines(view: Doc, places: int) -> None:
    for name in _LINE_LISTS:
        if isinstance(view.get(name), list):
            view[name] = [_line_view(line, places, is_item=name == "line_items") for line in view[name]]


def _line_view(line: Doc, places: int, *, is_item: bool) -> Doc:
    view = {k: v for k, v in line.items() if not k.startswith("_")}
    if is_item and "price" in view and "_given_price" not in line:
        # A float, with the noise that dividing floats makes.
        quantity = line.get("quantity") or 0
        total = float(dec(line.get("total")))
        view["price"] = php_number(abs(total / quantity)) if quantity else 0
    for name in _LINE_AMOUNTS:
        if name in view:
            view[name] = shown(view[name], places)
    if isinstance(view.get("taxes"), list):
        view["taxes"] = [
            {**tax, "total": shown(tax.get("total"), places), "subtotal": shown(tax.get("subtotal"), places)}
            for tax in view["taxes"]
        ]
    return view
