"""/products and /products/<id>/variations: list, get, create, change, delete and batch."""

from collections.abc import Callable, Iterable
from copy import deepcopy

from brygga_simulators.woocommerce import listing, product_writes
from brygga_simulators.woocommerce.api import API, Answer, Call, created, cut_fields, listed, run_batch
from brygga_simulators.woocommerce.errors import RestError, invalid_id
from brygga_simulators.woocommerce.params import (
    ARRAY,
    STRING,
    as_ids,
    as_list,
    check,
    check_list,
    one_of,
    truth,
)
from brygga_simulators.woocommerce.product_fields import KINDS
from brygga_simulators.woocommerce.product_views import product_json, product_view, variation_view
from brygga_simulators.woocommerce.site import Doc, Site

_ORDERBY = one_of(
    "date",
    "id",
    "include",
    "title",
    "slug",
    "modified",
    "popularity",
    "rating",
    "post__in",
    "price",
    "sales",
    "menu_order",
    "random",
    "popularity",
    "rating",
    "menu_order",
    "price",
    "popularity",
    "rating",
)
_LIST_KINDS = {
    "orderby": _ORDERBY,
    "type": one_of("simple", "grouped", "external", "variable"),
    "status": one_of("any", "draft", "pending", "private", "publish", "future", "trash"),
    "stock_status": one_of("instock", "outofstock", "onbackorder"),
    "include": ARRAY,
    "exclude": ARRAY,
    "sku": STRING,
    "search": STRING,
}


def list_products(call: Call) -> Answer:
    """List products; variations only when asked for by their SKU."""
    site = call.site
    query = check_list(call.query, _LIST_KINDS, site.settings)
    tests = [*listing.date_tests(site, query), *listing.id_tests(query), *_field_tests(query)]

    def make() -> list[Doc]:
        return listing.order_rows(listing.select(_candidates(site, query), tests), query, dates_tie=True)

    page = listing.page_of(listing.remembered(site, "products", query, make), query)
    if call.query.get("_fields"):
        return listed(call, page, cut_fields(call, [product_view(site, p) for p in page.rows]))
    return listed(call, page, b"[" + b",".join(product_json(site, p) for p in page.rows) + b"]")


def _candidates(site: Site, query: Doc) -> Iterable[Doc]:
    """Return the products to look through: few where SKUs or ids are given, else all."""
    if query.get("sku"):
        skus = {sku.strip() for sku in str(query["sku"]).split(",")}
        return [site.products[i] for i in sorted({i for sku in skus for i in site.index.holders(sku)})]
    if query.get("include"):
        wanted = as_ids(query["include"])
        return [site.products[i] for i in dict.fromkeys(wanted) if i in site.products]
    return site.products.values()


def get_product(call: Call) -> Answer:
    """Return one product, in the trash or a variation too."""
    product = call.site.products.get(call.id)
    if product is None:
        raise invalid_id("product")
    if call.query.get("_fields"):
        return Answer(cut_fields(call, product_view(call.site, product)))
    return Answer(product_json(call.site, product))


def create_product(call: Call) -> Answer:
    """Create a product; an empty body makes a published product named "Produkt"."""
    body = check(call.params, KINDS)
    product = product_writes.create(call.site, body, call.broken_images)
    return created(call, cut_fields(call, product_view(call.site, product, edit=True)), product["id"])


def update_product(call: Call) -> Answer:
    """Change a product."""
    body = check(call.params, KINDS)
    product = _changeable(call.site, call.id)
    product_writes.update(call.site, product, body, call.broken_images)
    return Answer(cut_fields(call, product_view(call.site, product, edit=True)))


def delete_product(call: Call) -> Answer:
    """Put a product in the trash, or with force delete it."""
    return Answer(_delete(call.site, call.id, force=truth(call.params.get("force"))))


def batch_products(call: Call) -> Answer:
    """Run a batch of products. Items are not checked, only cleaned."""
    site = call.site

    def create(item: Doc) -> Doc:
        return product_view(site, product_writes.create(site, item, call.broken_images), edit=True)

    def update(item: Doc) -> Doc:
        product = _changeable(site, (as_ids([item.get("id")]) or [0])[0])
        return product_view(site, product_writes.update(site, product, item, call.broken_images), edit=True)

    return run_batch(call, create, update, lambda product_id: _delete(site, product_id, force=True))


def list_variations(call: Call) -> Answer:
    """List a product's variations, newest first."""
    site = call.site
    parent = _parent(call)
    query = check_list(call.query, _LIST_KINDS, site.settings)
    tests = [*listing.date_tests(site, query), *listing.id_tests(query), *_variation_tests(query)]
    children = [site.products[v] for v in parent["variations"] if v in site.products]
    page = listing.page_of(listing.order_rows(listing.select(children, tests), query), query)
    return listed(call, page, cut_fields(call, [variation_view(site, v) for v in page.rows]))


def get_variation(call: Call) -> Answer:
    """Return one variation, if it is this parent's."""
    return Answer(cut_fields(call, variation_view(call.site, _variation(call.site, _parent(call), call.id))))


def create_variation(call: Call) -> Answer:
    """Create a variation; nothing forbids two with the same attributes."""
    body = check(call.params, KINDS)
    variation = product_writes.create_variation(call.site, _parent(call), body)
    view = variation_view(call.site, variation, edit=True)
    # Just made, it does not know yet that its stock is its parent's.
    view |= {"manage_stock": variation["manage_stock"], "stock_quantity": variation["stock_quantity"]}
    # The real shop forgets to fill in its own route here.
    return created(
        call,
        view,
        variation["id"],
        f"{API}/products/(?P<product_id>[\\d]+)/variations",
    )


def update_variation(call: Call) -> Answer:
    """Change a variation."""
    body = check(call.params, KINDS)
    variation = _variation(call.site, _parent(call), call.id)
    product_writes.update(call.site, variation, body, call.broken_images)
    return Answer(cut_fields(call, variation_view(call.site, variation, edit=True)))


def delete_variation(call: Call) -> Answer:
    """Delete a variation."""
    variation = _variation(call.site, _parent(call), call.id)
    view = deepcopy(variation_view(call.site, variation, edit=True))
    product_writes.delete(call.site, variation, force=truth(call.params.get("force")))
    del view["_links"]["self"][0]["targetHints"]
    return Answer(view)


def batch_variations(call: Call) -> Answer:
    """Run a batch of one parent's variations."""
    site, parent = call.site, _parent(call)

    def create(item: Doc) -> Doc:
        return variation_view(site, product_writes.create_variation(site, parent, item), edit=True)

    def update(item: Doc) -> Doc:
        variation = _variation(site, parent, (as_ids([item.get("id")]) or [0])[0])
        product_writes.update(site, variation, item, call.broken_images)
        return variation_view(site, variation, edit=True)

    def delete(variation_id: int) -> Doc:
        variation = _variation(site, parent, variation_id)
        view = variation_view(site, variation, edit=True)
        product_writes.delete(site, variation, force=True)
        return view

    return run_batch(call, create, update, delete)


def _changeable(site: Site, product_id: int) -> Doc:
    product = site.products.get(product_id)
    if product is None:
        raise invalid_id("product", 400)
    if product["type"] == "variation":
        raise RestError(
            404,
            "woocommerce_rest_invalid_product_id",
            "För manipulation av produktvarianter för du använda ändpunkten "
            "/products/&lt;product_id&gt;/variations/&lt;id&gt;.",
        )
    return product


def _delete(site: Site, product_id: int, *, force: bool) -> Doc:
    product = site.products.get(product_id)
    if product is None:
        raise invalid_id("product")
    product = _changeable(site, product_id)
    if not force and product["status"] == "trash":
        raise RestError(410, "woocommerce_rest_already_trashed", "product har redan tagits bort.")
    view = deepcopy(product_view(site, product, edit=True))
    product_writes.delete(site, product, force=force)
    return view


def _parent(call: Call) -> Doc:
    parent = call.site.products.get(int(call.ids[0]))
    if parent is None or parent["type"] == "variation":
        raise RestError(404, "woocommerce_rest_product_invalid_id", "Ogiltigt ID.")
    return parent


def _variation(site: Site, parent: Doc, variation_id: int) -> Doc:
    variation = site.products.get(variation_id)
    if variation is None or variation["type"] != "variation" or variation["parent_id"] != parent["id"]:
        raise invalid_id("product_variation")
    return variation


def _field_tests(query: Doc) -> list[Callable[[Doc], bool]]:
    tests: list[Callable[[Doc], bool]] = []
    status = query.get("status") or "any"
    if status == "any":
        tests.append(lambda p: p["status"] not in {"trash", "auto-draft"})
    else:
        tests.append(lambda p: p["status"] == status)
    if query.get("sku"):
        skus = {s.strip() for s in str(query["sku"]).split(",")}
        tests.append(lambda p: p["sku"] in skus)
    else:
        tests.append(lambda p: p["type"] != "variation")
    for field in ("type", "stock_status", "featured", "tax_class"):
        if query.get(field) is not None:
            wanted = query[field]
            tests.append(lambda p, f=field, w=wanted: p[f] == w)  # type: ignore[misc]
    for param, field in (("category", "categories"), ("tag", "tags")):
        if query.get(param):
            ids = set(as_ids(query[param]))
            tests.append(lambda p, f=field, i=ids: any(t["id"] in i for t in p[f]))  # type: ignore[misc]
    if query.get("search"):
        words = str(query["search"]).lower().split()
        tests.append(lambda p: all(w in _search_text(p) for w in words))
    if query.get("parent"):
        parents = set(as_ids(query["parent"]))
        tests.append(lambda p: p["parent_id"] in parents)
    return tests


def _variation_tests(query: Doc) -> list[Callable[[Doc], bool]]:
    status = query.get("status") or "any"
    tests: list[Callable[[Doc], bool]] = [
        lambda v: v["status"] != "trash" if status == "any" else v["status"] == status
    ]
    if query.get("sku"):
        skus = set(as_list(query["sku"]))
        tests.append(lambda v: v["sku"] in skus)
    if query.get("stock_status"):
        tests.append(lambda v: v["stock_status"] == query["stock_status"])
    return tests


def _search_text(product: Doc) -> str:
    return (
        f"{product['name']} {product['sku']} {product['description']} {product['short_description']}".lower()
    )
