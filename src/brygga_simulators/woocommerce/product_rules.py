"""What follows from a product's own fields: its price, stock status, and its parent's."""

import re
import unicodedata
from datetime import datetime
from typing import Any
from urllib.parse import quote

from brygga_simulators.woocommerce.money import dec
from brygga_simulators.woocommerce.site import Doc, Site

_NOT_A_PRICE = re.compile(r"\.(?![^.]+$)|[^0-9.-]")
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l", "þ": "th", "œ": "oe"})


def clean_price(value: Any) -> str:
    """Clean a price as the shop does: commas are points, and what is no digit is dropped.

    So `1 234,50` is 1234.50, but `1e3` is 13 and `abc` is no price at all.
    """
    if value is None or isinstance(value, bool):
        return ""
    return _NOT_A_PRICE.sub("", str(value).replace(",", "."))


def slug_of(site: Site, name: str, own: str = "") -> str:
    """Make a product's address from its name, unique by a number at the end."""
    return site.index.free_slug(simple_slug(name), own)


def simple_slug(name: str) -> str:
    """Make the part of an address that a name becomes: å is a, an emoji is percent-coded."""
    text = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    text = "".join(c for c in text if not unicodedata.combining(c))
    words = "".join(
        c
        if c.isalnum() or c in " -_" or ord(c) > 0x2FFF
        else (c if unicodedata.category(c) == "So" else " " if c in "/–—" else "")
        for c in text
    )
    return quote(re.sub(r"[\s-]+", "-", words).strip("-"), safe="-_").lower()


def is_on_sale(site: Site, product: Doc) -> bool:
    """Say whether the sale price counts at this moment."""
    if product["type"] == "variable":
        return any(is_on_sale(site, v) for v in variations_of(site, product))
    sale, regular = product.get("sale_price"), product.get("regular_price")
    if not sale or not regular or dec(sale) >= dec(regular):
        return False
    now = site.stamp()[1]
    starts, ends = product.get("date_on_sale_from_gmt"), product.get("date_on_sale_to_gmt")
    return not (starts and starts > now) and not (ends and ends < now)


def variations_of(site: Site, parent: Doc) -> list[Doc]:
    """Return the variations that are still there and not in the trash."""
    found = (site.products.get(v) for v in parent.get("variations", []))
    return [v for v in found if v is not None and v["status"] != "trash"]


def stock_holder(site: Site, product: Doc | None) -> Doc | None:
    """Return the record whose stock a sale of this product takes: itself, its parent or none."""
    if product is None or not site.settings.manage_stock:
        return None
    if product.get("manage_stock") is True:
        return product
    if product["type"] == "variation":
        parent = site.products.get(product["parent_id"])
        if parent is not None and parent.get("manage_stock") is True:
            return parent
    return None


PRICE_FIELDS = (
    "type",
    "regular_price",
    "sale_price",
    "date_on_sale_from_gmt",
    "date_on_sale_to_gmt",
)
"""The price is worked out anew only when one of these was changed, or by the nightly job."""


def settle(site: Site, product: Doc, *, priced: bool = True) -> None:
    """Set everything that follows from the fields just written.

    A write that left the price's own fields alone (`priced` false) leaves a price that lags behind
    a sale just begun as it is.
    """
    if product["type"] == "variable":
        settle_parent(site, product)
        return
    if product["sale_price"] and dec(product["sale_price"]) >= dec(product["regular_price"]):
        product["sale_price"] = ""
    product["on_sale"] = is_on_sale(site, product)
    if priced:
        product["price"] = product["sale_price"] if product["on_sale"] else product["regular_price"]
    settle_stock(product)
    product["purchasable"] = product["price"] != ""


def settle_stock(product: Doc) -> None:
    """Derive the stock status where stock is counted; forget the number where it is not."""
    product["backorders_allowed"] = product["backorders"] != "no"
    if product["manage_stock"] is True:
        quantity = int(product["stock_quantity"] or 0)
        product["stock_quantity"] = quantity
        if quantity > 0:
            product["stock_status"] = "instock"
        else:
            product["stock_status"] = "onbackorder" if product["backorders_allowed"] else "outofstock"
    else:
        product["stock_quantity"] = None
    product["backordered"] = product["stock_status"] == "onbackorder"


def settle_parent(site: Site, parent: Doc) -> None:
    """Set a variable product's price and stock status from its variations."""
    children = [v for v in variations_of(site, parent) if v["status"] == "publish"]
    prices = sorted((v["price"] for v in children if v["price"] != ""), key=dec)
    parent["regular_price"] = parent["sale_price"] = ""
    parent["price"] = prices[0] if prices else ""
    parent["on_sale"] = is_on_sale(site, parent)
    parent["purchasable"] = parent["price"] != ""
    if parent["manage_stock"] is True:
        settle_stock(parent)
        return
    states = {v["stock_status"] for v in children}
    best = [s for s in ("instock", "onbackorder") if s in states]
    parent["stock_status"] = best[0] if best else "outofstock"
    parent["stock_quantity"] = None
    parent["backordered"] = parent["stock_status"] == "onbackorder"


def keep(site: Site, product: Doc, moment: datetime | None = None) -> None:
    """Save a changed product with a new date. A variation touches its parent too."""
    site.set_date(product, "date_modified", moment)
    site.save("products", product)
    if product["type"] == "variation":
        touch_parent(site, product, moment)
    elif product["type"] == "variable" and product["manage_stock"] is True:
        # What these variations show as their stock is the parent's.
        for variation_id in product["variations"]:
            site.forget_rendered("products", variation_id)
            site.forget_rendered("variations", variation_id)
    site.forget_rendered("variations", product["id"])


def touch_parent(site: Site, variation: Doc, moment: datetime | None = None) -> None:
    """Settle and date a variation's parent; no event is sent for it."""
    parent = site.products.get(variation["parent_id"])
    if parent is not None:
        settle_parent(site, parent)
        site.set_date(parent, "date_modified", moment)
        site.save("products", parent)


def change_stock(site: Site, holder: Doc, by: int) -> tuple[int, int]:
    """Add to a stock and tell the webhooks. Returns the numbers before and after."""
    before = int(holder["stock_quantity"] or 0)
    holder["stock_quantity"] = before + by
    settle_stock(holder)
    keep(site, holder)
    site.happened("product", "updated", holder["id"])
    return before, before + by


def run_scheduled_sales(site: Site) -> int:
    """Do the shop's nightly job: put prices right where a sale has begun or ended; returns how many."""
    changed = 0
    for product in list(site.products.values()):
        if product["type"] == "variable" or product["status"] == "trash":
            continue
        on_sale = is_on_sale(site, product)
        price = product["sale_price"] if on_sale else product["regular_price"]
        if price != product["price"]:
            ended = not on_sale and product.get("date_on_sale_to_gmt")
            if ended:
                product["sale_price"] = ""
                for field in ("date_on_sale_from", "date_on_sale_to"):
                    product[field] = product[f"{field}_gmt"] = None
            settle(site, product)
            keep(site, product)
            site.happened("product", "updated", product["id"])
            changed += 1
    return changed
