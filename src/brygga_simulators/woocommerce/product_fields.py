"""A product's own fields: what each must be in a single write, and how every value is cleaned.

Bodies of single writes were checked before they come here; batch items were not, so every value
is cleaned once more, as PHP's setters do.
"""

import re

from brygga_simulators.woocommerce import metas, product_images, terms
from brygga_simulators.woocommerce.dates import gmt_text, local_text, read_written
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
from brygga_simulators.woocommerce.product_rules import clean_price
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


def clean_gtin(value: object) -> str:
    """Clean a GTIN as the shop does: only digits, hyphens and the X of an ISBN stay."""
    return re.sub(r"[^0-9Xx-]", "", str(value or ""))


def fill(site: Site, product: Doc, body: Doc, broken_images: dict[str, str]) -> None:
    """Set every field a body holds, each cleaned."""
    _set_plain(site, product, body)
    for field in ("regular_price", "sale_price"):
        if body.get(field) is not None:
            product[field] = clean_price(body[field])
    _set_sale_dates(site, product, body)
    if site.settings.manage_stock:
        _set_stock(product, body)
    elif body.get("stock_status") in KINDS["stock_status"].choices:
        product["stock_status"] = body["stock_status"]
    _set_numbers(product, body)
    dimensions = body.get("dimensions")
    if isinstance(dimensions, dict):
        sizes = {
            k: clean_price(dimensions[k])
            for k in ("length", "width", "height")
            if dimensions.get(k) is not None
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


def _set_plain(site: Site, product: Doc, body: Doc) -> None:
    """Set texts, flags and choices; a status that is none becomes draft, a tax class the standard."""
    given = {k: v for k, v in body.items() if v is not None}
    if product["type"] == "variation":
        given.pop("name", None)
    product |= {f: str(given[f]) for f in _TEXTS if f in given}
    for field in ("description", "short_description"):
        product[field] = _BARE_AMPERSAND.sub("&amp;", product[field])
    product |= {f: truth(given[f]) for f in _FLAGS if f in given}
    product |= {f: given[f] for f in _CHOICES if given.get(f) in KINDS[f].choices}
    if "tax_class" in given:
        known = {*site.settings.tax_classes, *(["parent"] if product["type"] == "variation" else [])}
        product["tax_class"] = product["tax_class"] if product["tax_class"] in known else ""
    if "weight" in given:
        product["weight"] = clean_price(given["weight"])
    if "sku" in given:
        product["sku"] = str(given["sku"]).strip()
    if "global_unique_id" in given:
        product["global_unique_id"] = clean_gtin(given["global_unique_id"])
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
