"""Creating, changing and deleting products and variations, and who may hold which number."""

from brygga_simulators.woocommerce import metas, terms
from brygga_simulators.woocommerce.dates import read_written
from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.product_fields import clean_gtin, fill
from brygga_simulators.woocommerce.product_rules import (
    PRICE_FIELDS,
    keep,
    settle,
    slug_of,
    touch_parent,
)
from brygga_simulators.woocommerce.product_views import blank_product
from brygga_simulators.woocommerce.site import Doc, Site


def create(site: Site, body: Doc, broken_images: dict[str, str]) -> Doc:
    """Create a product and tell the webhooks."""
    product = blank_product()
    if body.get("type") in {"simple", "grouped", "external", "variable"}:
        product["type"] = body["type"]
    product["name"] = str(body.get("name") or "Produkt")
    _check_numbers(site, product, body, creating=True)
    product["id"] = site.next_id("post")
    product["slug"] = slug_of(site, str(body.get("slug") or product["name"]))
    site.set_date(product, "date_created")
    _set_created_date(site, product, body)
    fill(site, product, body, broken_images)
    if not product["categories"]:
        product["categories"] = [terms.default_category(site)]
    settle(site, product)
    keep(site, product)
    site.happened("product", "created", product["id"])
    return product


def create_variation(site: Site, parent: Doc, body: Doc) -> Doc:
    """Create a variation; that touches the parent too."""
    variation = blank_product()
    variation |= {"type": "variation", "parent_id": parent["id"], "tax_class": "parent", "image": None}
    _check_numbers(site, variation, body, creating=True)
    variation["id"] = site.next_id("post")
    site.set_date(variation, "date_created")
    fill(site, variation, body, {})
    settle(site, variation)
    parent["variations"] = [*parent["variations"], variation["id"]]
    parent["has_options"] = True
    keep(site, variation)
    site.happened("product", "created", variation["id"])
    return variation


def update(site: Site, product: Doc, body: Doc, broken_images: dict[str, str]) -> Doc:
    """Change a product or variation and tell the webhooks, also when nothing differs."""
    _check_numbers(site, product, body, creating=False)
    before = [product[field] for field in PRICE_FIELDS]
    if product["type"] != "variation":
        if body.get("type") in {"simple", "grouped", "external", "variable"}:
            _change_type(site, product, str(body["type"]))
        if body.get("slug"):
            product["slug"] = slug_of(site, str(body["slug"]), product["slug"])
    fill(site, product, body, broken_images)
    settle(site, product, priced=before != [product[field] for field in PRICE_FIELDS])
    keep(site, product)
    site.happened("product", "updated", product["id"])
    return product


def _change_type(site: Site, product: Doc, kind: str) -> None:
    """Make it another kind of product under the same id; what is not variable has no variations."""
    if product["type"] == "variable" and kind != "variable":
        for child in product["variations"]:
            site.remove("products", child)
        product["variations"] = []
    product["type"] = kind


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
    sku = str(body.get("sku") or "").strip()
    holder = next((i for i in site.index.holders(sku) if i != product["id"]), 0) if sku else 0
    if holder:
        if site.products[holder]["status"] == "trash" and creating:
            text = f"The product with SKU ({sku}) you are trying to insert is already present in the lookup table"
            raise RestError(400, "woocommerce_rest_product_not_created", text)
        raise RestError(
            400,
            "product_invalid_sku",
            "Ogiltigt eller dubblett av artikelnummer.",
            resource_id=holder,
            unique_sku=_unique_sku(site, sku),
        )
    owner = site.index.gtin_holder(clean_gtin(body.get("global_unique_id")))
    if owner not in {0, product["id"]}:
        raise RestError(
            400,
            "product_invalid_global_unique_id",
            "Invalid or duplicated GTIN, UPC, EAN or ISBN.",
            resource_id=owner,
        )


def _unique_sku(site: Site, sku: str) -> str:
    number = 1
    while site.index.holder(f"{sku}-{number}"):
        number += 1
    return f"{sku}-{number}"


def _set_created_date(site: Site, product: Doc, body: Doc) -> None:
    """Set a creation date from outside; without a zone the real shop takes it as UTC."""
    given = body.get("date_created_gmt") or body.get("date_created")
    if given:
        text = str(given)
        has_zone = text.endswith("Z") or "+" in text
        moment = read_written(text if has_zone or "T" not in text else f"{text}+00:00", site.settings.zone)
        if moment:
            site.set_date(product, "date_created", moment)
