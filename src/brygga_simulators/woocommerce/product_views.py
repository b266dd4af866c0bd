"""How products and variations look in JSON, read (view) or as the answer to a write (edit)."""

from itertools import islice
from typing import Any
from urllib.parse import unquote

from brygga_simulators.woocommerce.money import dec, shown
from brygga_simulators.woocommerce.product_rules import is_on_sale, variations_of
from brygga_simulators.woocommerce.rendering import item_links, to_json
from brygga_simulators.woocommerce.settings import SYMBOL_ENTITIES
from brygga_simulators.woocommerce.site import Doc, Site

_DIMENSIONS = {"length": "", "width": "", "height": ""}

PRODUCT_DEFAULTS: Doc = {
    "id": 0,
    "name": "",
    "slug": "",
    "permalink": "",
    "date_created": "",
    "date_created_gmt": "",
    "date_modified": "",
    "date_modified_gmt": "",
    "type": "simple",
    "status": "publish",
    "featured": False,
    "catalog_visibility": "visible",
    "description": "",
    "short_description": "",
    "sku": "",
    "price": "",
    "regular_price": "",
    "sale_price": "",
    "date_on_sale_from": None,
    "date_on_sale_from_gmt": None,
    "date_on_sale_to": None,
    "date_on_sale_to_gmt": None,
    "on_sale": False,
    "purchasable": False,
    "total_sales": 0,
    "virtual": False,
    "downloadable": False,
    "downloads": [],
    "download_limit": -1,
    "download_expiry": -1,
    "external_url": "",
    "button_text": "",
    "tax_status": "taxable",
    "tax_class": "",
    "manage_stock": False,
    "stock_quantity": None,
    "backorders": "no",
    "backorders_allowed": False,
    "backordered": False,
    "low_stock_amount": None,
    "sold_individually": False,
    "weight": "",
    "dimensions": _DIMENSIONS,
    "shipping_required": True,
    "shipping_taxable": True,
    "shipping_class": "",
    "shipping_class_id": 0,
    "reviews_allowed": True,
    "average_rating": "0.00",
    "rating_count": 0,
    "upsell_ids": [],
    "cross_sell_ids": [],
    "parent_id": 0,
    "purchase_note": "",
    "categories": [],
    "brands": [],
    "tags": [],
    "images": [],
    "attributes": [],
    "default_attributes": [],
    "variations": [],
    "grouped_products": [],
    "menu_order": 0,
    "price_html": "",
    "related_ids": [],
    "meta_data": [],
    "stock_status": "instock",
    "has_options": False,
    "post_password": "",
    "global_unique_id": "",
}


def blank_product() -> Doc:
    """Make a product with nothing in it, its lists its own."""
    return {
        field: value.copy() if isinstance(value, list | dict) else value
        for field, value in PRODUCT_DEFAULTS.items()
    }


VARIATION_FIELDS = (
    "id type date_created date_created_gmt date_modified date_modified_gmt description permalink sku "
    "global_unique_id price regular_price sale_price date_on_sale_from date_on_sale_from_gmt "
    "date_on_sale_to date_on_sale_to_gmt on_sale status purchasable virtual downloadable downloads "
    "download_limit download_expiry tax_status tax_class manage_stock stock_quantity stock_status "
    "backorders backorders_allowed backordered low_stock_amount weight dimensions shipping_class "
    "shipping_class_id image attributes menu_order meta_data name parent_id"
).split()


def product_json(site: Site, product: Doc) -> bytes:
    """Return a product as JSON, from the cache if it is unchanged.

    What is on sale by date is worked out at each reading, so it is never cached.
    """
    if product.get("date_on_sale_from") or product.get("date_on_sale_to") or product["type"] == "variable":
        return to_json(product_view(site, product))
    key = ("products", product["id"], 2)
    body = site.cache.get(key)
    if body is None:
        body = to_json(product_view(site, product))
        site.remember_rendered(key, body)
    return body


def product_view(site: Site, product: Doc, *, edit: bool = False) -> Doc:
    """Show a product, or a variation as /products/<id> shows it."""
    is_variation = product["type"] == "variation"
    view = {field: product.get(field, default) for field, default in PRODUCT_DEFAULTS.items()}
    view |= {k: v for k, v in product.items() if k not in view and k != "image" and not k.startswith("_")}
    _show_common(site, product, view, edit=edit)
    view["short_description"] = view["short_description"] if edit else _paragraphs(view["short_description"])
    view["related_ids"] = [] if is_variation else _related(site, product)
    view["price_html"] = _price_html(site, product, view)
    if is_variation:
        parent = site.products.get(product["parent_id"], {})
        view["name"] = f"{parent.get('name', '')} - {product['name']}"
        view["total_sales"] = str(product.get("total_sales", 0))
        view["reviews_allowed"] = False
    if edit:
        view["average_rating"] = "0"
        view["permalink_template"] = f"{site.url}/produkt/%pagename%/"
        view["generated_slug"] = unquote(product.get("slug", ""))
    more = {"up": f"products/{product['parent_id']}"} if is_variation else {}
    view["_links"] = item_links(site, "products", product["id"], **more)
    return view


def variation_view(site: Site, variation: Doc, *, edit: bool = False) -> Doc:
    """Show a variation as /products/<id>/variations shows it."""
    view = {field: variation.get(field, PRODUCT_DEFAULTS.get(field)) for field in VARIATION_FIELDS}
    _show_common(site, variation, view, edit=edit)
    parent_id = variation["parent_id"]
    path = f"products/{parent_id}/variations"
    view["_links"] = item_links(site, path, variation["id"], up=f"products/{parent_id}")
    return view


def _show_common(site: Site, product: Doc, view: Doc, *, edit: bool) -> None:
    """Set what depends on the hour, on the parent and on reading or writing."""
    view["on_sale"] = is_on_sale(site, product)
    if not site.settings.manage_stock:
        view["manage_stock"], view["stock_quantity"] = False, None
    if not edit:
        view["description"] = _paragraphs(view["description"])
    if product["type"] != "variation":
        view["permalink"] = product.get("permalink") or f"{site.url}/produkt/{view['slug']}/"
        return
    parent = site.products.get(product["parent_id"])
    if parent is None:
        return
    if not view["weight"]:
        view["weight"] = parent.get("weight", "")
    if not any(view["dimensions"].values()):
        view["dimensions"] = parent.get("dimensions", view["dimensions"])
    if not edit and product.get("tax_class") == "parent":
        view["tax_class"] = parent.get("tax_class", "")
    counts = site.settings.manage_stock and parent.get("manage_stock") is True
    if counts and product.get("manage_stock") is not True:
        view["manage_stock"] = "parent"
        for field in ("stock_quantity", "stock_status", "backorders", "backorders_allowed", "backordered"):
            view[field] = parent.get(field)
    choice = "&".join(
        f"attribute_{a.get('slug') or a['name']}={a['option'].lower()}" for a in view["attributes"]
    )
    view["permalink"] = product.get("permalink") or f"{site.url}/produkt/{parent.get('slug', '')}/?{choice}"


def _paragraphs(text: Any) -> Any:
    if not isinstance(text, str) or not text or text.startswith("<"):
        return text
    return f"<p>{text}</p>\n"


def _related(site: Site, product: Doc) -> list[int]:
    if "_related" in product:
        return list(product["_related"])
    return list(islice((i for i in reversed(site.index.listed) if i != product["id"]), 5))


def _price_html(site: Site, product: Doc, view: Doc) -> str:
    if view["price"] == "":
        return ""
    if product["type"] == "variable":
        prices = sorted((v["price"] for v in variations_of(site, product) if v["price"] != ""), key=dec)
        if prices and dec(prices[0]) != dec(prices[-1]):
            return f'{_amount_html(site, prices[0])} <span aria-hidden="true">&ndash;</span> {_amount_html(site, prices[-1])}'
    if view["on_sale"] and view["regular_price"]:
        old, new = _amount_html(site, view["regular_price"]), _amount_html(site, view["price"])
        return f'<del aria-hidden="true">{old}</del> <ins aria-hidden="true">{new}</ins>'
    return _amount_html(site, view["price"])


def _amount_html(site: Site, amount: Any) -> str:
    text = str(shown(amount, site.settings.decimals)).replace(".", ",")
    symbol = SYMBOL_ENTITIES.get(site.settings.currency, site.settings.currency)
    return (
        f'<span class="woocommerce-Price-amount amount"><bdi>{text}&nbsp;'
        f'<span class="woocommerce-Price-currencySymbol">{symbol}</span></bdi></span>'
    )
