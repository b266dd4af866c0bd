"""/orders: list, get, create, change, delete and batch."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from brygga_simulators.woocommerce import listing, order_writes
from brygga_simulators.woocommerce.api import Answer, Call, created, cut_fields, listed, run_batch
from brygga_simulators.woocommerce.errors import RestError, invalid_id
from brygga_simulators.woocommerce.params import (
    ARRAY,
    BOOLEAN,
    INTEGER,
    OBJECT,
    STRING,
    Kind,
    as_list,
    check,
    check_billing,
    check_list,
    one_of,
    some_of,
    truth,
)
from brygga_simulators.woocommerce.rendering import order_json, order_view
from brygga_simulators.woocommerce.settings import ShopSettings
from brygga_simulators.woocommerce.site import Doc, Site

ORDERBY = one_of("date", "id", "include", "title", "slug", "modified")


def list_orders(call: Call) -> Answer:
    """List orders; drafts of carts are among them unless a status is asked for."""
    site = call.site
    kinds = {
        "status": some_of("any", "trash", "auto-draft", *site.settings.statuses),
        "orderby": ORDERBY,
        "customer": INTEGER,
        "product": INTEGER,
        "parent": ARRAY,
        "include": ARRAY,
        "exclude": ARRAY,
        "search": STRING,
    }
    query = check_list(call.query, kinds, site.settings)
    statuses = as_list(query.get("status", "any")) or ["any"]
    tests = [
        _status_test(site.settings, statuses),
        *listing.date_tests(site, query),
        *listing.id_tests(query),
    ]
    tests += _other_tests(query)

    def make() -> list[Doc]:
        return listing.order_rows(listing.select(site.orders.values(), tests), query)

    page = listing.page_of(listing.remembered(site, "orders", query, make), query, forgetful=True)
    places = int(query.get("dp", site.settings.decimals))
    added = [(f"status[{i}]", s) for i, s in enumerate(statuses)]
    if page.rows:
        # Showing an order leaves these two in the query that the links repeat.
        added += [("dp", str(places)), ("context", "view")]
    if call.query.get("_fields"):
        return listed(call, page, cut_fields(call, [order_view(site, o, places) for o in page.rows]), added)
    return listed(call, page, b"[" + b",".join(order_json(site, o, places) for o in page.rows) + b"]", added)


def get_order(call: Call) -> Answer:
    """Return one order, also one in the trash."""
    order = order_writes.find(call.site, call.id)
    places = int(call.query.get("dp", call.site.settings.decimals))
    if call.query.get("_fields"):
        return Answer(cut_fields(call, order_view(call.site, order, places)))
    return Answer(order_json(call.site, order, places))


def create_order(call: Call) -> Answer:
    """Create an order. Nothing guards against the same order twice."""
    check_billing(call.params)
    body = check(call.params, order_kinds(call.site.settings))
    order = order_writes.create(call.site, body)
    return created(call, cut_fields(call, order_view(call.site, order)), order["id"])


def update_order(call: Call) -> Answer:
    """Change an order."""
    site = call.site
    check_billing(call.params)
    body = check(call.params, order_kinds(site.settings))
    order = order_writes.find(site, call.id, 400)
    order_writes.update(site, order, body)
    return Answer(cut_fields(call, order_view(site, order)))


def delete_order(call: Call) -> Answer:
    """Put an order in the trash, or with force delete it. The answer shows it as it was before."""
    return Answer(_delete(call.site, call.id, force=truth(call.params.get("force"))))


def batch_orders(call: Call) -> Answer:
    """Run a batch. Items are not checked: a status that does not exist becomes pending."""
    site = call.site

    def create(item: Doc) -> Doc:
        return order_view(site, order_writes.create(site, item))

    def update(item: Doc) -> Doc:
        order = site.orders.get(_id_of(item))
        if order is None:
            raise invalid_id("shop_order", 400)
        return order_view(site, order_writes.update(site, order, item))

    return run_batch(call, create, update, lambda order_id: _delete(site, order_id, force=True))


def order_statuses(call: Call) -> Answer:
    """List the statuses an order may have, plugins' own too."""
    return Answer([{"slug": s, "name": n} for s, n in call.site.settings.statuses.items()])


def order_kinds(settings: ShopSettings) -> dict[str, Kind]:
    """Return what the fields of an order must be in a single write."""
    return {
        "status": one_of("auto-draft", *settings.statuses),
        "currency": STRING,
        "customer_id": INTEGER,
        "parent_id": INTEGER,
        "customer_note": STRING,
        "payment_method": STRING,
        "payment_method_title": STRING,
        "transaction_id": STRING,
        "set_paid": BOOLEAN,
        "billing": OBJECT,
        "shipping": OBJECT,
        "line_items": ARRAY,
        "shipping_lines": ARRAY,
        "fee_lines": ARRAY,
        "coupon_lines": ARRAY,
        "meta_data": ARRAY,
    }


def _id_of(item: Doc) -> int:
    try:
        return int(item.get("id") or 0)
    except (TypeError, ValueError):
        return 0


def _delete(site: Site, order_id: int, *, force: bool) -> Doc:
    order = order_writes.find(site, order_id)
    before = deepcopy(order_view(site, order))
    if force:
        order_writes.erase(site, order_id)
        return before
    if order["status"] == "trash":
        raise RestError(410, "woocommerce_rest_already_trashed", "shop_order har redan tagits bort.")
    order_writes.trash(site, order)
    return before


def _status_test(settings: ShopSettings, statuses: list[Any]) -> Callable[[Doc], bool]:
    if "any" in statuses:
        # The statuses there are: an order whose status has no plugin any more is in no list.
        known = set(settings.statuses)
        return lambda order: order["status"] in known
    wanted = set(statuses)
    return lambda order: order["status"] in wanted


def _other_tests(query: Doc) -> list[Callable[[Doc], bool]]:
    tests: list[Callable[[Doc], bool]] = []
    if query.get("customer") is not None:
        tests.append(lambda order: order["customer_id"] == query["customer"])
    if query.get("product"):
        wanted = query["product"]
        tests.append(
            lambda order: any(wanted in (x["product_id"], x["variation_id"]) for x in order["line_items"])
        )
    if query.get("parent"):
        parents = {int(p) for p in query["parent"]}
        tests.append(lambda order: order["parent_id"] in parents)
    if query.get("search"):
        needle = str(query["search"]).lower()
        tests.append(lambda order: needle in _search_text(order))
    return tests


def _search_text(order: Doc) -> str:
    parts = [str(order["id"]), order["number"], order["transaction_id"]]
    parts += [str(v) for v in order["billing"].values()]
    parts += [str(v) for v in order["shipping"].values()]
    parts += [line["name"] for line in order["line_items"]]
    return " ".join(parts).lower()
