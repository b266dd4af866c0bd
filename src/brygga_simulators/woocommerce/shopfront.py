"""What a buyer sees and can put in the cart: price, stock and whether it can be bought at all."""

from collections.abc import Iterable
from typing import Any

from brygga_simulators.woocommerce.order_lines import find_product
from brygga_simulators.woocommerce.product_rules import is_on_sale, stock_holder
from brygga_simulators.woocommerce.site import Doc, Site


def seen_by_buyer(site: Site, product: Doc) -> Doc:
    """Return what the shop shows of one product or variation."""
    parent = site.products.get(product["parent_id"]) if product["type"] == "variation" else None
    holder = stock_holder(site, product)
    counted = holder or product
    status = product["status"]
    public = status == "publish" and (parent is None or parent["status"] == "publish")
    in_stock = counted["stock_status"] != "outofstock"
    return {
        "id": product["id"],
        "parent_id": product["parent_id"],
        "type": product["type"],
        "status": status,
        "name": f"{parent['name']} - {product['name']}" if parent else product["name"],
        "price": product["price"],
        "regular_price": product["regular_price"],
        "sale_price": product["sale_price"],
        "on_sale": is_on_sale(site, product),
        "stock_quantity": holder["stock_quantity"] if holder else None,
        "stock_status": counted["stock_status"],
        "backorders": counted["backorders"],
        "in_stock": in_stock,
        "purchasable": public and product["price"] != "" and product["type"] != "variable",
        "visible": public and (in_stock or not site.settings.hide_out_of_stock),
    }


def shown(site: Site, skus: Iterable[str] | None) -> dict[str, Doc]:
    """Return what the shop shows, by SKU: of those asked for, or of everything with an SKU.

    SKUs that no product outside the trash has are left out.
    """
    if skus is None:
        products: Iterable[Doc] = site.products.values()
    else:
        found = (site.products.get(site.index.holder(sku)) for sku in skus)
        products = (p for p in found if p is not None)
    return {p["sku"]: seen_by_buyer(site, p) for p in products if p["sku"] and p["status"] != "trash"}


def refusals(site: Site, lines: list[Any]) -> list[Doc]:
    """Return why the checkout would not take a cart: one entry for each line it stops at.

    The stock that lines share, as variations of one parent do, has to suffice for all of them.
    """
    found: list[tuple[Doc, Doc | None, int]] = []
    wanted: dict[int, int] = {}
    for line in lines:
        product, asked = find_product(site, line), int(line.get("quantity", 1))
        found.append((line, product, asked))
        holder = stock_holder(site, product)
        if holder is not None:
            wanted[holder["id"]] = wanted.get(holder["id"], 0) + asked
    stops = []
    for line, product, asked in found:
        reason = _reason(site, product, wanted)
        if reason is not None:
            holder = stock_holder(site, product)
            sku = product["sku"] if product else line.get("sku", "")
            left = holder["stock_quantity"] if holder else None
            stops.append({"sku": sku, "reason": reason, "asked": asked, "left": left})
    return stops


def _reason(site: Site, product: Doc | None, wanted: dict[int, int]) -> str | None:
    if product is None:
        return "unknown"
    seen = seen_by_buyer(site, product)
    if not seen["purchasable"]:
        return "not_purchasable"
    if not seen["in_stock"]:
        return "out_of_stock"
    holder = stock_holder(site, product)
    if holder is None or holder["backorders"] != "no":
        return None
    return "not_enough" if wanted[holder["id"]] > int(holder["stock_quantity"] or 0) else None
