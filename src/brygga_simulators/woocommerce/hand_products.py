"""What a merchant does with products in wp-admin: edit, trash, restore, delete, add, switch stock."""

from brygga_simulators.woocommerce import metas, product_writes
from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.money import dec
from brygga_simulators.woocommerce.product_rules import keep
from brygga_simulators.woocommerce.product_views import product_view
from brygga_simulators.woocommerce.site import Doc, Site

_POINTERS = frozenset({"id", "find", "add_stock"})


def found(site: Site, body: Doc) -> Doc:
    """Return the product or variation meant: by `id`, or by the SKU in `find` (or in `sku`)."""
    number = str(body.get("id") or "")
    sku = str(body.get("find") or (body.get("sku") if not number else "") or "")
    product = site.products.get(int(number) if number.isdigit() else site.index.holder(sku))
    if product is None:
        raise RestError(404, "no_such_product", f"there is no product {number or sku!r}")
    return product


def create_product(site: Site, body: Doc) -> Doc:
    """Create a product; the body is as for POST /products."""
    return product_view(site, product_writes.create(site, body, {}), edit=True)


def change_product(site: Site, body: Doc) -> Doc:
    """Change a product or variation: any field of the API. `add_stock` adds, `find` is the SKU."""
    product = found(site, body)
    wanted = {k: v for k, v in body.items() if k not in _POINTERS}
    if "stock_quantity" in wanted:
        wanted.setdefault("manage_stock", True)
    if body.get("add_stock"):
        wanted |= {"inventory_delta": int(dec(body["add_stock"])), "manage_stock": True}
    product_writes.update(site, product, wanted, {})
    return product_view(site, product, edit=True)


def add_variation(site: Site, body: Doc) -> Doc:
    """Add a variation to the product meant by `id` or `find`; the rest is as for the API."""
    parent = found(site, {k: v for k, v in body.items() if k in _POINTERS})
    if parent["type"] != "variable":
        raise RestError(400, "not_variable", f"product {parent['id']} is {parent['type']}, not variable")
    fields = {k: v for k, v in body.items() if k not in _POINTERS}
    return product_view(site, product_writes.create_variation(site, parent, fields), edit=True)


def use_parent_stock(site: Site, body: Doc) -> Doc:
    """Let a variation take its parent's stock; the parent counts `stock_quantity` or what it had."""
    variation = found(site, body)
    parent = site.products.get(variation["parent_id"])
    if variation["type"] != "variation" or parent is None:
        raise RestError(400, "not_variation", f"product {variation['id']} is no variation")
    own = int(variation["stock_quantity"] or 0)
    product_writes.update(site, variation, {"manage_stock": False}, {})
    if parent["manage_stock"] is not True or "stock_quantity" in body:
        quantity = int(dec(body.get("stock_quantity", own)))
        product_writes.update(site, parent, {"manage_stock": True, "stock_quantity": quantity}, {})
    return product_view(site, variation)


def trash_product(site: Site, body: Doc) -> Doc:
    """Put a product in the trash, with its variations."""
    product = found(site, body)
    if product["status"] == "trash":
        raise RestError(410, "already_trashed", f"product {product['id']} is in the trash already")
    product_writes.delete(site, product, force=False)
    return product_view(site, product)


def restore_product(site: Site, body: Doc) -> Doc:
    """Take a product out of the trash, with its variations; it is what it was before."""
    product = found(site, body)
    if product["status"] != "trash":
        raise RestError(400, "not_trashed", f"product {product['id']} is not in the trash")
    children = [site.products[v] for v in product["variations"] if v in site.products]
    for doc in [*(c for c in children if c["status"] == "trash"), product]:
        doc["status"] = str(metas.meta_value(doc["meta_data"], "_wp_trash_meta_status") or "draft")
        doc["slug"] = str(metas.meta_value(doc["meta_data"], "_wp_desired_post_slug") or doc["slug"])
        for key in ("_wp_trash_meta_status", "_wp_trash_meta_time", "_wp_desired_post_slug"):
            metas.drop_meta(doc["meta_data"], key)
        keep(site, doc)
        site.happened("product", "restored", doc["id"])
    return product_view(site, product)


def delete_product(site: Site, body: Doc) -> Doc:
    """Delete a product or variation for good. No webhook is told."""
    product = found(site, body)
    view = product_view(site, product)
    product_writes.delete(site, product, force=True)
    return view
