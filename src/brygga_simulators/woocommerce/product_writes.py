"""Creating, changing and deleting products and variations, with what the shop makes of odd values.

Bodies of single writes were checked before they come here; batch items were not, so every value
is cleaned once more, as PHP's setters do.
"""

import re
from copy import deepcopy

from brygga_simulators.woocommerce import metas, product_images, terms
from brygga_simulators.woocommerce.dates import gmt_text, local_text, read_written
from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.money import dec
from brygga_simulators.woocommerce.params import (
    ARRAY,
    BOOLEAN,
    INTEGER,
    OBJECT,
    STRING,
    Kind,
    as_ids,
    is_number,
    one_of,
    truth,
)
from brygga_simulators.woocommerce.product_rules import clean_price, keep, settle, slug_of, touch_parent
from brygga_simulators.woocommerce.product_views import PRODUCT_DEFAULTS
from brygga_simulators.woocommerce.site import Doc, Site

KINDS: dict[str, Kind] = {
    "name": STRING,
    "slug": STRING,
    "type": one_of("simple", "grouped", "external", "variable"),
    "status": one_of("draft", "pending", "private", "publish", "future", "auto-draft", "trash"),
    "featured": BOOLEAN,
    "catalog_visibility": one_of("visible", "catalog", "search", "hidden"),
    "description": STRING,
    "short_description": STRING,
    "sku": STRING,
    "regular_price": STRING,
    "sale_price": STRING,
    "virtual": BOOLEAN,
    "downloadable": BOOLEAN,
    "tax_status": one_of("taxable", "shipping", "none"),
    "tax_class": STRING,
    "manage_stock": BOOLEAN,
    "stock_quantity": INTEGER,
    "stock_status": one_of("instock", "outofstock", "onbackorder"),
    "backorders": one_of("no", "notify", "yes"),
    "sold_individually": BOOLEAN,
    "weight": STRING,
    "dimensions": OBJECT,
    "purchase_note": STRING,
    "categories": ARRAY,
    "tags": ARRAY,
    "images": ARRAY,
    "attributes": ARRAY,
    "default_attributes": ARRAY,
    "menu_order": INTEGER,
    "meta_data": ARRAY,
    "global_unique_id": STRING,
    "reviews_allowed": BOOLEAN,
}

_TEXTS = (
    "name",
    "description",
    "short_description",
    "weight",
    "purchase_note",
    "external_url",
    "button_text",
    "shipping_class",
    "tax_class",
)
_BARE_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_FLAGS = ("featured", "virtual", "downloadable", "sold_individually", "reviews_allowed")
_CHOICES = ("catalog_visibility", "tax_status", "backorders")


def create(site: Site, body: Doc, broken_images: dict[str, str]) -> Doc:
    """Create a product and tell the webhooks."""
    product = deepcopy(PRODUCT_DEFAULTS)
    if body.get("type") in {"simple", "grouped", "external", "variable"}:
        product["type"] = body["type"]
    product["name"] = str(body.get("name") or "Produkt")
    _check_numbers(site, product, body, creating=True)
    product["id"] = site.next_id("post")
    product["slug"] = slug_of(site, str(body.get("slug") or product["name"]))
    site.set_date(product, "date_created")
    _set_created_date(site, product, body)
    _fill(site, product, body, broken_images)
    if not product["categories"]:
        product["categories"] = [terms.default_category(site)]
    settle(site, product)
    keep(site, product)
    site.happened("product", "created", product["id"])
    return product


def create_variation(site: Site, parent: Doc, body: Doc) -> Doc:
    """Create a variation; that touches the parent too."""
    variation = deepcopy(PRODUCT_DEFAULTS)
    variation |= {"type": "variation", "parent_id": parent["id"], "tax_class": "parent", "image": None}
    _check_numbers(site, variation, body, creating=True)
    variation["id"] = site.next_id("post")
    site.set_date(variation, "date_created")
    _fill(site, variation, body, {})
    settle(site, variation)
    parent["variations"] = [*parent["variations"], variation["id"]]
    parent["has_options"] = True
    keep(site, variation)
    site.happened("product", "created", variation["id"])
    return variation


def update(site: Site, product: Doc, body: Doc, broken_images: dict[str, str]) -> Doc:
    """Change a product or variation and tell the webhooks, also when nothing differs."""
    _check_numbers(site, product, body, creating=False)
    if product["type"] != "variation":
        if body.get("type") in {"simple", "grouped", "external", "variable"}:
            product["type"] = body["type"]
        if body.get("slug"):
            product["slug"] = slug_of(site, str(body["slug"]), product["id"])
    _fill(site, product, body, broken_images)
    settle(site, product)
    keep(site, product)
    site.happened("product", "updated", product["id"])
    return product


def delete(site: Site, product: Doc, *, force: bool) -> None:
    """Put in the trash, which webhooks are told, or delete for good, which they are not."""
    if force:
        gone = {product["id"], *product["variations"]}
        for record_id in gone:
            site.remove("products", record_id)
        _orphan_lines(site, gone)
        if product["type"] == "variation":
            parent = site.products.get(product["parent_id"])
            if parent is not None:
                parent["variations"] = [v for v in parent["variations"] if v != product["id"]]
                touch_parent(site, product)
        return
    for child in product["variations"]:
        if child in site.products and site.products[child]["status"] != "trash":
            delete(site, site.products[child], force=False)
    now = str(int(site.now().timestamp()))
    for key, value in (
        ("_wp_trash_meta_status", product["status"]),
        ("_wp_trash_meta_time", now),
        ("_wp_desired_post_slug", product["slug"]),
    ):
        metas.set_meta(site, "post_meta", product["meta_data"], key, value)
    product["slug"] = f"{product['slug']}__trashed"
    product["status"] = "trash"
    keep(site, product)
    site.happened("product", "deleted", product["id"])


def _orphan_lines(site: Site, gone: set[int]) -> None:
    """Make order lines forget a product that is no more; their name and sums stay."""
    for order in site.orders.values():
        for line in order["line_items"]:
            if gone & {line.get("product_id"), line.get("variation_id")}:
                line |= {"product_id": 0, "variation_id": 0, "sku": None, "image": {"id": 0, "src": ""}}
                site.save("orders", order)


def _check_numbers(site: Site, product: Doc, body: Doc, *, creating: bool) -> None:
    """Refuse an SKU or GTIN that another product holds."""
    sku = str(body.get("sku") or "")
    holder = site.products.get(site.sku_owner.get(sku, 0)) if sku else None
    if holder is not None and holder["id"] != product["id"]:
        if holder["status"] == "trash" and creating:
            text = f"The product with SKU ({sku}) you are trying to insert is already present in the lookup table"
            raise RestError(400, "woocommerce_rest_product_not_created", text)
        raise RestError(
            400,
            "product_invalid_sku",
            "Ogiltigt eller dubblett av artikelnummer.",
            resource_id=holder["id"],
            unique_sku=_unique_sku(site, sku),
        )
    gtin = str(body.get("global_unique_id") or "")
    owner = site.gtin_owner.get(gtin) if gtin else None
    if owner is not None and owner != product["id"]:
        raise RestError(
            400,
            "product_invalid_global_unique_id",
            "Invalid or duplicated GTIN, UPC, EAN or ISBN.",
            resource_id=owner,
        )


def _unique_sku(site: Site, sku: str) -> str:
    number = 1
    while f"{sku}-{number}" in site.sku_owner:
        number += 1
    return f"{sku}-{number}"


def _fill(site: Site, product: Doc, body: Doc, broken_images: dict[str, str]) -> None:
    """Set every field a body holds, each cleaned."""
    _set_plain(product, body)
    for field in ("regular_price", "sale_price"):
        if body.get(field) is not None:
            product[field] = clean_price(body[field])
    _set_sale_dates(site, product, body)
    _set_stock(product, body)
    _set_numbers(product, body)
    dimensions = body.get("dimensions")
    if isinstance(dimensions, dict):
        sizes = {
            k: str(dimensions[k]) for k in ("length", "width", "height") if dimensions.get(k) is not None
        }
        product["dimensions"] = {**product["dimensions"], **sizes}
    product["shipping_required"] = not product["virtual"]
    product["shipping_taxable"] = not product["virtual"] and product["tax_status"] in {"taxable", "shipping"}
    metas_given = body.get("meta_data")
    if isinstance(metas_given, list):
        plain = [
            m for m in metas_given if isinstance(m, dict) and m.get("key") not in metas.HIDDEN_PRODUCT_KEYS
        ]
        metas.merge(site, "post_meta", product["meta_data"], plain)
    terms.set_on_product(site, product, body)
    product_images.set_on_product(site, product, body, broken_images)


def _set_plain(product: Doc, body: Doc) -> None:
    """Set texts, flags and choices; a status that does not exist becomes draft."""
    given = {k: v for k, v in body.items() if v is not None}
    if product["type"] == "variation":
        given.pop("name", None)
    product |= {f: str(given[f]) for f in _TEXTS if f in given}
    for field in ("description", "short_description"):
        product[field] = _BARE_AMPERSAND.sub("&amp;", product[field])
    product |= {f: truth(given[f]) for f in _FLAGS if f in given}
    product |= {f: given[f] for f in _CHOICES if given.get(f) in KINDS[f].choices}
    product |= {f: str(given[f]).strip() for f in ("sku", "global_unique_id") if f in given}
    if "status" in given:
        product["status"] = given["status"] if given["status"] in KINDS["status"].choices else "draft"


def _set_stock(product: Doc, body: Doc) -> None:
    """Set stock. The number is ignored where stock is not counted, the status where it is."""
    if body.get("manage_stock") is not None:
        product["manage_stock"] = truth(body["manage_stock"])
    if product["manage_stock"] is True:
        if body.get("stock_quantity") is not None:
            product["stock_quantity"] = int(dec(body["stock_quantity"]))
        elif body.get("inventory_delta") is not None:
            product["stock_quantity"] = int(product["stock_quantity"] or 0) + int(
                dec(body["inventory_delta"])
            )
    elif body.get("stock_status") in KINDS["stock_status"].choices:
        product["stock_status"] = body["stock_status"]
    if "low_stock_amount" in body:
        amount = body["low_stock_amount"]
        product["low_stock_amount"] = int(dec(amount)) if is_number(amount) else None


def _set_numbers(product: Doc, body: Doc) -> None:
    for field in ("menu_order", "download_limit", "download_expiry", "parent_id"):
        if is_number(body.get(field)) and not (field == "parent_id" and product["type"] == "variation"):
            product[field] = int(float(body[field]))
    for field in ("upsell_ids", "cross_sell_ids", "grouped_products"):
        if body.get(field) is not None:
            product[field] = as_ids(body[field])


def _set_sale_dates(site: Site, product: Doc, body: Doc) -> None:
    """Set the sale's first and last moment; a date without a time is the start of that day."""
    zone = site.settings.zone
    for field in ("date_on_sale_from", "date_on_sale_to"):
        for name, given_zone in ((field, zone), (f"{field}_gmt", None)):
            value = body.get(name)
            if value is None:
                continue
            text = str(value) if given_zone or not value or "Z" in str(value) else f"{value}+00:00"
            moment = read_written(text, zone) if value else None
            product[field] = local_text(moment, zone) if moment else None
            product[f"{field}_gmt"] = gmt_text(moment) if moment else None


def _set_created_date(site: Site, product: Doc, body: Doc) -> None:
    """Set a creation date from outside; without a zone the real shop takes it as UTC."""
    given = body.get("date_created_gmt") or body.get("date_created")
    if given:
        text = str(given)
        has_zone = text.endswith("Z") or "+" in text
        moment = read_written(text if has_zone or "T" not in text else f"{text}+00:00", site.settings.zone)
        if moment:
            site.set_date(product, "date_created", moment)
