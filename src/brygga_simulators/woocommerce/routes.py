"""The table of REST routes: path, allowed methods, handlers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from brygga_simulators.woocommerce import (
    attributes_api,
    coupons_api,
    customers_api,
    gateways_api,
    order_parts_api,
    orders_api,
    products_api,
    settings_api,
    shop_api,
    terms_api,
    webhooks_api,
)
from brygga_simulators.woocommerce.api import BATCH, COLLECTION, ITEM, NO_UPDATE, READ, Answer, Call

_SETTING = "GET, POST, PUT, PATCH"
Method = Callable[[Call], Any]


@dataclass(frozen=True)
class Route:
    """One path: what it allows, and who answers each method."""

    allow: str
    methods: dict[str, Method]
    open: bool = False
    """Needs no keys."""
    has_images: bool = False
    """Bodies may name pictures that the shop goes and fetches."""


def _collection(get: Method, post: Method, *, has_images: bool = False) -> Route:
    return Route(COLLECTION, {"GET": get, "POST": post}, has_images=has_images)


def _item(get: Method, put: Method, delete: Method | None = None, *, has_images: bool = False) -> Route:
    methods = {"GET": get, "PUT": put, "PATCH": put, "POST": put}
    if delete is None:
        return Route(_SETTING, methods)
    return Route(ITEM, {**methods, "DELETE": delete}, has_images=has_images)


def _read(get: Method, *, is_open: bool = False) -> Route:
    return Route(READ, {"GET": get}, open=is_open)


def _batch(run: Method, *, has_images: bool = False) -> Route:
    return Route(BATCH, {"POST": run, "PUT": run, "PATCH": run}, has_images=has_images)


def _namespace_index(call: Call) -> Answer:
    base = f"{call.site.url}/wp-json/wc/v3"
    routes = {
        f"/wc/v3/{path}".rstrip("/").replace("#", r"(?P<id>[\d]+)").replace("*", r"(?P<id>[\w-]+)"): {
            "methods": route.allow.split(", "),
        }
        for path, route in ROUTES.items()
        if path != "wp-json-root"
    }
    return Answer({"namespace": "wc/v3", "routes": routes, "_links": {"up": [{"href": base}]}})


ROUTES: dict[str, Route] = {
    "": _read(_namespace_index, is_open=True),
    "orders": _collection(orders_api.list_orders, orders_api.create_order),
    "orders/#": _item(orders_api.get_order, orders_api.update_order, orders_api.delete_order),
    "orders/batch": _batch(orders_api.batch_orders),
    "orders/statuses": _read(orders_api.order_statuses),
    "orders/#/notes": _collection(order_parts_api.list_notes, order_parts_api.create_note),
    "orders/#/notes/#": Route(
        NO_UPDATE, {"GET": order_parts_api.get_note, "DELETE": order_parts_api.delete_note}
    ),
    "orders/#/refunds": _collection(order_parts_api.list_refunds, order_parts_api.create_refund),
    "orders/#/refunds/#": Route(
        NO_UPDATE, {"GET": order_parts_api.get_refund, "DELETE": order_parts_api.delete_refund}
    ),
    "refunds": _read(order_parts_api.list_all_refunds),
    "products": _collection(products_api.list_products, products_api.create_product, has_images=True),
    "products/#": _item(
        products_api.get_product,
        products_api.update_product,
        products_api.delete_product,
        has_images=True,
    ),
    "products/batch": _batch(products_api.batch_products, has_images=True),
    "products/#/variations": _collection(products_api.list_variations, products_api.create_variation),
    "products/#/variations/#": _item(
        products_api.get_variation,
        products_api.update_variation,
        products_api.delete_variation,
        has_images=True,
    ),
    "products/#/variations/batch": _batch(products_api.batch_variations, has_images=True),
    "products/attributes": _collection(attributes_api.list_attributes, attributes_api.create_attribute),
    "products/attributes/#": _item(
        attributes_api.get_attribute, attributes_api.update_attribute, attributes_api.delete_attribute
    ),
    "products/attributes/batch": _batch(attributes_api.batch_attributes),
    "products/attributes/#/terms": _collection(attributes_api.list_terms, attributes_api.create_term),
    "products/attributes/#/terms/#": _item(
        attributes_api.get_term, attributes_api.update_term, attributes_api.delete_term
    ),
    "products/attributes/#/terms/batch": _batch(attributes_api.batch_terms),
    "products/categories": _collection(terms_api.list_categories, terms_api.create_category),
    "products/categories/#": _item(
        terms_api.get_category, terms_api.update_category, terms_api.delete_category
    ),
    "products/categories/batch": _batch(terms_api.batch_categories),
    "products/tags": _collection(terms_api.list_tags, terms_api.create_tag),
    "products/tags/batch": _batch(terms_api.batch_tags),
    "products/tags/#": _item(terms_api.get_tag, terms_api.update_tag, terms_api.delete_tag),
    "products/shipping_classes": Route(COLLECTION, {"GET": terms_api.list_nothing}),
    "products/brands": Route(COLLECTION, {"GET": terms_api.list_nothing}),
    "customers": _collection(customers_api.list_customers, customers_api.create_customer),
    "customers/#": _item(
        customers_api.get_customer, customers_api.update_customer, customers_api.delete_customer
    ),
    "customers/batch": _batch(customers_api.batch_customers),
    "coupons": _collection(coupons_api.list_coupons, coupons_api.create_coupon),
    "coupons/#": Route(ITEM, {"GET": coupons_api.get_coupon, "DELETE": coupons_api.delete_coupon}),
    "webhooks": _collection(webhooks_api.list_webhooks, webhooks_api.create_webhook),
    "webhooks/#": _item(webhooks_api.get_webhook, webhooks_api.update_webhook, webhooks_api.delete_webhook),
    "settings": _read(settings_api.list_setting_groups),
    "settings/*": _read(settings_api.list_settings),
    "settings/*/*": _item(settings_api.get_setting, settings_api.update_setting),
    "taxes": Route(COLLECTION, {"GET": shop_api.list_taxes}),
    "taxes/#": Route(ITEM, {"GET": shop_api.get_tax}),
    "taxes/classes": Route(COLLECTION, {"GET": shop_api.list_tax_classes}),
    "payment_gateways": _read(gateways_api.list_gateways),
    "payment_gateways/*": _item(gateways_api.get_gateway, gateways_api.update_gateway),
    "shipping/zones": Route(COLLECTION, {"GET": shop_api.list_zones}),
    "shipping/zones/#/locations": Route(_SETTING, {"GET": shop_api.list_zone_locations}),
    "shipping/zones/#/methods": Route(COLLECTION, {"GET": shop_api.list_zone_methods}),
    "shipping_methods": _read(shop_api.list_shipping_methods),
    "system_status": _read(shop_api.system_status),
    "data/currencies": _read(shop_api.list_currencies),
    "data/currencies/current": _read(shop_api.current_currency),
    "data/countries/*": _read(shop_api.get_country),
    "reports": _read(shop_api.list_reports),
    "reports/orders/totals": _read(shop_api.order_totals),
    "reports/products/totals": _read(shop_api.product_totals),
}
_ROOT = _read(shop_api.root_index, is_open=True)
_NAMESPACE = "wc/v3"


def find_route(path: str) -> tuple[Route, list[Any]] | None:
    """Return the route of a path below /wp-json with the ids in it, or None."""
    if path == "":
        return _ROOT, []
    if not path.startswith(_NAMESPACE):
        return None
    parts = [p for p in path[len(_NAMESPACE) :].split("/") if p]
    ids: list[Any] = [int(p) for p in parts if p.isdigit()]
    route = ROUTES.get("/".join("#" if p.isdigit() else p for p in parts))
    if route is not None:
        return route, ids
    for stars in (1, 2):
        named = parts[: len(parts) - stars]
        route = ROUTES.get("/".join([*named, *["*"] * stars]))
        if route is not None and len(parts) > stars:
            return route, list(parts[-stars:])
    return None
