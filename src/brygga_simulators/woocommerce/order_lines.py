"""Order lines from what a client or the checkout asks for: goods, shipping, fees."""

from decimal import Decimal
from typing import Any

from brygga_simulators.woocommerce import metas
from brygga_simulators.woocommerce.errors import CRITICAL, RestError
from brygga_simulators.woocommerce.money import ZERO, dec, inner
from brygga_simulators.woocommerce.site import Doc, Site
from brygga_simulators.woocommerce.taxes import rates_for, without


def change_lines(site: Site, order: Doc, asked: Any) -> list[tuple[Doc, bool]]:
    """Carry out `line_items`: with id change, without append, product_id null or quantity 0 remove.

    Returns the lines touched, each with whether it is gone, so that stock can follow.
    """
    touched: list[tuple[Doc, bool]] = []
    for wanted in asked if isinstance(asked, list) else []:
        if not isinstance(wanted, dict):
            continue
        line_id = wanted.get("id")
        if not line_id:
            line = new_line(site, wanted)
            order["line_items"].append(line)
            touched.append((line, False))
            continue
        line = _find(order["line_items"], line_id)
        if _is_removal(wanted, "product_id"):
            order["line_items"].remove(line)
            touched.append((line, True))
        else:
            _change_line(site, line, wanted)
            touched.append((line, False))
    return touched


def new_line(site: Site, wanted: Doc) -> Doc:
    """Make a goods line. Totals not given are priced from the product; unknown goods cost nothing."""
    if "quantity" in wanted and dec(wanted["quantity"]) == 0:
        raise critical_error()
    product = find_product(site, wanted)
    line: Doc = {
        "id": site.next_id("order_item"),
        "name": "",
        "product_id": 0,
        "variation_id": 0,
        "quantity": _quantity(wanted.get("quantity", 1)),
        "tax_class": "",
        "subtotal": "0",
        "subtotal_tax": "0",
        "total": "0",
        "total_tax": "0",
        "taxes": [],
        "meta_data": [],
        "sku": None,
        "price": 0,
        "image": {"id": 0, "src": ""},
        "parent_name": None,
    }
    if product is not None:
        _describe(site, line, product)
        price = net_price(site, product, line["quantity"])
        line["subtotal"] = line["total"] = inner(price)
    _set_amounts(line, wanted, fresh=True)
    _set_texts(site, line, wanted)
    return line


def find_product(site: Site, wanted: Doc) -> Doc | None:
    """Return the variation or product that a line means, by ids or else by SKU."""
    for field in ("variation_id", "product_id"):
        wanted_id = str(wanted.get(field) or "")
        found = site.products.get(int(wanted_id)) if wanted_id.isdigit() else None
        if found is not None:
            return found
    if wanted.get("product_id") or wanted.get("variation_id"):
        return None
    return site.products.get(site.index.holder(str(wanted.get("sku") or "")))


def net_price(site: Site, product: Doc, quantity: Decimal | int) -> Decimal:
    """Return what a quantity costs without tax, by the shop's own country's rates."""
    price = dec(product.get("price")) * quantity
    if not site.settings.prices_include_tax or product.get("tax_status") != "taxable":
        return price
    rates = rates_for(site.settings, own_tax_class(site, product), site.settings.base_country)
    return without(price, rates)


def own_tax_class(site: Site, product: Doc) -> str:
    """Return a product's tax class; a variation may take its parent's."""
    tax_class = str(product.get("tax_class") or "")
    if tax_class == "parent":
        parent = site.products.get(product.get("parent_id", 0), {})
        tax_class = str(parent.get("tax_class") or "")
    return tax_class


def critical_error() -> RestError:
    """Return WordPress's answer when PHP dies."""
    return RestError(
        500,
        CRITICAL,
        "<p>There has been a critical error on this website.</p><p><a "
        'href="https://wordpress.org/documentation/article/faq-troubleshooting/">'
        "Learn more about troubleshooting WordPress.</a></p>",
        error={
            "type": 1,
            "message": "Uncaught TypeError: WC_REST_Orders_Controller::remove_item(): Argument #3 "
            "($item_id) must be of type int, null given",
            "file": "/var/www/shop/wp-content/plugins/woocommerce/includes/rest-api/Controllers/Version3/"
            "class-wc-rest-orders-controller.php",
            "line": 219,
        },
    )


def change_shipping(site: Site, order: Doc, asked: Any) -> None:
    """Carry out `shipping_lines`; method_id null removes."""
    for wanted in asked if isinstance(asked, list) else []:
        if not isinstance(wanted, dict):
            continue
        if wanted.get("id"):
            line = _find(order["shipping_lines"], wanted["id"])
            if _is_removal(wanted, "method_id"):
                order["shipping_lines"].remove(line)
                continue
        else:
            line = {
                "id": site.next_id("order_item"),
                "method_title": "",
                "method_id": "",
                "instance_id": "",
                "total": "0",
                "total_tax": "0",
                "taxes": [],
                "tax_status": "taxable",
                "meta_data": [],
            }
            order["shipping_lines"].append(line)
        for field in ("method_title", "method_id", "instance_id", "tax_status"):
            if wanted.get(field) is not None:
                line[field] = str(wanted[field])
        if wanted.get("total") is not None:
            line["total"] = inner(dec(wanted["total"]))
        metas.merge(site, "item_meta", line["meta_data"], wanted.get("meta_data"), on_item=True)


def change_fees(site: Site, order: Doc, asked: Any) -> None:
    """Carry out `fee_lines`; name null removes."""
    for wanted in asked if isinstance(asked, list) else []:
        if not isinstance(wanted, dict):
            continue
        if wanted.get("id"):
            fee = _find(order["fee_lines"], wanted["id"])
            if _is_removal(wanted, "name"):
                order["fee_lines"].remove(fee)
                continue
        else:
            fee = {
                "id": site.next_id("order_item"),
                "name": "",
                "tax_class": "",
                "tax_status": "taxable",
                "amount": "",
                "total": "0",
                "total_tax": "0",
                "taxes": [],
                "meta_data": [],
            }
            order["fee_lines"].append(fee)
        for field in ("name", "tax_class", "tax_status"):
            if wanted.get(field) is not None:
                fee[field] = str(wanted[field])
        if wanted.get("total") is not None:
            fee["total"] = inner(dec(wanted["total"]))
        metas.merge(site, "item_meta", fee["meta_data"], wanted.get("meta_data"), on_item=True)


def _find(lines: list[Doc], line_id: Any) -> Doc:
    for line in lines:
        if line["id"] == int(line_id):
            return line
    raise RestError(
        400, "woocommerce_rest_invalid_item_id", "Order item ID provided is not associated with order."
    )


def _is_removal(wanted: Doc, field: str) -> bool:
    nothing = field in wanted and wanted[field] is None
    return nothing or ("quantity" in wanted and dec(wanted["quantity"]) == 0)


def _quantity(value: Any) -> int:
    return int(dec(value))


def _describe(site: Site, line: Doc, product: Doc) -> None:
    parent = site.products.get(product["parent_id"]) if product["type"] == "variation" else None
    line["tax_class"] = own_tax_class(site, product)
    line["sku"] = product.get("sku") or ""
    if product.get("tax_status") != "taxable":
        line["_untaxed"] = True
    if parent is None:
        line["product_id"], line["name"] = product["id"], product["name"]
        line["image"] = {"id": "", "src": ""}
        return
    line["product_id"], line["variation_id"] = parent["id"], product["id"]
    line["name"] = f"{parent['name']} - {product['name']}"
    line["parent_name"] = parent["name"]
    for attribute in product["attributes"]:
        key = attribute.get("slug") or attribute["name"]
        value = _term_slug(site, attribute) if attribute.get("id") else attribute["option"]
        line["meta_data"].append(
            {
                "id": site.next_id("item_meta"),
                "key": key,
                "value": value,
                "display_key": attribute["name"],
                "display_value": attribute["option"],
            }
        )


def _term_slug(site: Site, attribute: Doc) -> str:
    for term in site.records["terms"].values():
        if term["_attribute"] == attribute["id"] and term["name"] == attribute["option"]:
            return str(term["slug"])
    return str(attribute["option"]).lower()


def _change_line(site: Site, line: Doc, wanted: Doc) -> None:
    if wanted.get("product_id") and wanted["product_id"] != line["product_id"]:
        product = find_product(site, wanted)
        if product is not None:
            line["meta_data"] = [m for m in line["meta_data"] if m["key"].startswith("_")]
            _describe(site, line, product)
    if wanted.get("quantity") is not None:
        line["quantity"] = _quantity(wanted["quantity"])
    _set_amounts(line, wanted, fresh=False)
    _set_texts(site, line, wanted)


def _set_amounts(line: Doc, wanted: Doc, *, fresh: bool) -> None:
    """Set totals that are given. A subtotal is never below its total."""
    if wanted.get("subtotal") is not None:
        line["subtotal"] = inner(dec(wanted["subtotal"]))
    if wanted.get("total") is not None:
        line["total"] = inner(dec(wanted["total"]))
        given = wanted.get("subtotal") is not None
        if not given and (dec(line["subtotal"]) < dec(line["total"]) or (fresh and not line["product_id"])):
            line["subtotal"] = line["total"]
    elif fresh and wanted.get("subtotal") is not None and dec(line["total"]) == ZERO:
        line["total"] = line["subtotal"]


def _set_texts(site: Site, line: Doc, wanted: Doc) -> None:
    if wanted.get("name") is not None:
        line["name"] = str(wanted["name"])
    if wanted.get("tax_class") is not None:
        line["tax_class"] = str(wanted["tax_class"])
    metas.merge(site, "item_meta", line["meta_data"], wanted.get("meta_data"), on_item=True)
