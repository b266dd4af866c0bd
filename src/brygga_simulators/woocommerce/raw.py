"""Takes records exactly as given: real orders and products someone recorded, sums and all."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from brygga_simulators.woocommerce import dates
from brygga_simulators.woocommerce.money import dec, inner, round_up
from brygga_simulators.woocommerce.order_writes import blank_order
from brygga_simulators.woocommerce.product_views import blank_product
from brygga_simulators.woocommerce.site import Doc, Site


def load_order(site: Site, given: Doc) -> Doc:
    """Keep an order as it is given. Its id stays; without one it gets a new."""
    order = {k: v for k, v in given.items() if k != "_links"}
    if "id" not in order:
        order = {**blank_order(site, str(order.get("created_via", "checkout"))), **order}
    site.saw_id("post", order["id"])
    _complete_dates(site, order, ("date_created", "date_modified", "date_paid", "date_completed"))
    for name in (
        "line_items",
        "shipping_lines",
        "fee_lines",
        "coupon_lines",
        "tax_lines",
        "refunds",
        "meta_data",
    ):
        order.setdefault(name, [])
    for line in order["line_items"]:
        _regain_decimals(line)
    for name in ("line_items", "shipping_lines", "fee_lines", "coupon_lines", "tax_lines"):
        for line in order[name]:
            site.saw_id("order_item", line.get("id"))
            for meta in line.get("meta_data", []):
                site.saw_id("item_meta", meta.get("id"))
    for meta in order["meta_data"]:
        site.saw_id("order_meta", meta.get("id"))
    for refund in order["refunds"]:
        site.saw_id("post", refund.get("id"))
        _stand_in_refund(site, order, refund)
    site.save("orders", order)
    return order


def load_refund(site: Site, order_id: int, given: Doc) -> Doc:
    """Keep a refund as it is given, in place of what its order told of it."""
    refund = {k: v for k, v in given.items() if k != "_links"} | {"parent_id": order_id}
    site.saw_id("post", refund["id"])
    listed = site.refunds_of.setdefault(order_id, [])
    if refund["id"] not in listed:
        listed.append(refund["id"])
    site.save("refunds", refund)
    return refund


def load_product(site: Site, given: Doc) -> Doc:
    """Keep a product, or a variation as either endpoint shows it, as it is given."""
    product = {k: v for k, v in given.items() if k not in {"_links", "permalink_template", "generated_slug"}}
    product.setdefault("id", 0)
    product["id"] = product["id"] or site.next_id("post")
    product = {**blank_product(), **product}
    site.saw_id("post", product["id"])
    if "related_ids" in given:
        product["_related"] = given["related_ids"]
    if product["type"] == "variation":
        _shape_variation(site, product)
    _complete_dates(site, product, ("date_created", "date_modified"))
    for meta in product["meta_data"]:
        site.saw_id("post_meta", meta.get("id"))
    _know_terms(site, product)
    site.save("products", product)
    return product


def _shape_variation(site: Site, variation: Doc) -> None:
    parent = site.products.get(variation["parent_id"])
    if parent is None:
        return
    variation["name"] = variation["name"].removeprefix(f"{parent['name']} - ")
    if variation["tax_class"] == parent["tax_class"]:
        variation["tax_class"] = "parent"
    if variation["manage_stock"] == "parent":
        variation["manage_stock"], variation["stock_quantity"] = False, None
    if variation["id"] not in parent["variations"]:
        parent["variations"] = [*parent["variations"], variation["id"]]
        site.save("products", parent)


def _know_terms(site: Site, product: Doc) -> None:
    """Make the categories and tags a product names known to the shop."""
    for kind, field in (("categories", "categories"), ("tags", "tags")):
        for term in product[field]:
            if term["id"] not in site.records[kind]:
                site.saw_id("term", term["id"])
                site.save(
                    kind, {"id": term["id"], "name": term["name"], "slug": term["slug"], "description": ""}
                )


def _complete_dates(site: Site, doc: Doc, fields: tuple[str, ...]) -> None:
    """Set the missing one of each pair of dates; a missing pair of birth and change is now."""
    zone = site.settings.zone
    for field in fields:
        local, gmt = doc.get(field), doc.get(f"{field}_gmt")
        if local and not gmt:
            doc[f"{field}_gmt"] = dates.gmt_of_local(local, zone)
        elif gmt and not local:
            doc[field] = dates.local_of_gmt(gmt, zone)
        elif not gmt and field in {"date_created", "date_modified"}:
            site.set_date(doc, field)
        else:
            doc.setdefault(field, None)
            doc.setdefault(f"{field}_gmt", None)


def _regain_decimals(line: Doc) -> None:
    """Find the six decimals behind a shown total in the line's price, where they fit."""
    price, quantity = line.get("price"), line.get("quantity")
    total = line.get("total")
    if not isinstance(price, int | float) or not quantity or not isinstance(total, str):
        return
    exact = round_up(Decimal(repr(price)) * Decimal(str(quantity)), 6)
    if round_up(exact) != round_up(dec(total)):
        line["_given_price"] = True
        return
    rates = _rates_of(line)
    if line.get("subtotal") == total:
        line["subtotal"] = inner(exact)
    line["total"] = inner(exact)
    for tax, share in rates:
        if tax.get("subtotal") == tax.get("total"):
            tax["subtotal"] = inner(exact * share)
        tax["total"] = inner(exact * share)


def _rates_of(line: Doc) -> list[tuple[Doc, Decimal]]:
    """Return a line's single tax with its rate, worked out to a quarter of a percent."""
    taxes: list[Any] = line.get("taxes") or []
    net = dec(line.get("total"))
    if len(taxes) != 1 or net <= 0 or not isinstance(taxes[0].get("total"), str):
        return []
    share = round_up(dec(taxes[0]["total"]) / net * 400, 0) / 400
    if round_up(net * share) != round_up(dec(taxes[0]["total"])):
        return []
    return [(taxes[0], share)]


def _stand_in_refund(site: Site, order: Doc, told: Doc) -> None:
    """Make a refund without lines from the little that its order tells."""
    if told["id"] in site.refunds:
        return
    refund: Doc = {
        "id": told["id"],
        "parent_id": order["id"],
        "date_created": order["date_modified"],
        "date_created_gmt": order["date_modified_gmt"],
        "amount": inner(abs(dec(told.get("total")))),
        "reason": told.get("reason") or "",
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [],
        "line_items": [],
        "shipping_lines": [],
        "tax_lines": [],
        "fee_lines": [],
    }
    site.refunds_of.setdefault(order["id"], []).append(refund["id"])
    site.save("refunds", refund)


PLAIN_KINDS = {
    "webhooks": "webhook",
    "categories": "term",
    "tags": "term",
    "attributes": "attribute",
    "terms": "term",
    "notes": "comment",
}
"""Kinds kept without further ado, with the sequence their ids come from."""


def load_plain(site: Site, kind: str, sequence: str, given: Doc, blank: Callable[[], Doc]) -> Doc:
    """Keep a record of a simple kind as it is given; what it lacks is empty."""
    record = {**blank(), **{k: v for k, v in given.items() if k != "_links"}}
    if not record.get("id"):
        record["id"] = site.next_id(sequence)
    site.saw_id(sequence, record["id"])
    if kind in {"customers", "coupons"}:
        _complete_dates(site, record, ("date_created", "date_modified"))
    if kind == "notes":
        record["_order"] = int(record.pop("order_id", record.get("_order", 0)))
        site.notes_of.setdefault(record["_order"], []).append(record["id"])
    if kind == "terms":
        record["_attribute"] = int(record.pop("attribute_id", record.get("_attribute", 0)))
    site.save(kind, record)
    return record
