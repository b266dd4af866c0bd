"""Creating and changing orders: what a REST body, or the checkout, does to them."""

import hashlib
from typing import Any

from brygga_simulators.woocommerce import coupon_math, metas, order_lines, order_totals
from brygga_simulators.woocommerce import order_status as status_rules
from brygga_simulators.woocommerce.errors import RestError, invalid_id
from brygga_simulators.woocommerce.params import truth
from brygga_simulators.woocommerce.refunding import refund_rest
from brygga_simulators.woocommerce.settings import SYMBOLS, VERSION
from brygga_simulators.woocommerce.site import Doc, Site

_ADDRESS = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "state",
    "postcode",
    "country",
)
BILLING_FIELDS = (*_ADDRESS, "email", "phone")
SHIPPING_FIELDS = (*_ADDRESS, "phone")
_TEXT_FIELDS = ("currency", "payment_method", "payment_method_title", "transaction_id", "customer_note")
_RECALCULATING = ("billing", "shipping", "line_items", "shipping_lines", "fee_lines", "coupon_lines")


def blank_order(site: Site, created_via: str) -> Doc:
    """Make an empty pending order with an id, as the shop does first."""
    order_id = site.next_id("post")
    key = "wc_order_" + "".join(
        site.random.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=13)
    )
    order: Doc = {
        "id": order_id,
        "parent_id": 0,
        "status": "pending",
        "currency": site.settings.currency,
        "version": VERSION,
        "prices_include_tax": site.settings.prices_include_tax,
        "date_created": "",
        "date_modified": "",
        "discount_total": "0",
        "discount_tax": "0",
        "shipping_total": "0",
        "shipping_tax": "0",
        "cart_tax": "0",
        "total": "0",
        "total_tax": "0",
        "customer_id": 0,
        "order_key": key,
        "billing": dict.fromkeys(BILLING_FIELDS, ""),
        "shipping": dict.fromkeys(SHIPPING_FIELDS, ""),
        "payment_method": "",
        "payment_method_title": "",
        "transaction_id": "",
        "customer_ip_address": "",
        "customer_user_agent": "",
        "created_via": created_via,
        "customer_note": "",
        "date_completed": None,
        "date_paid": None,
        "cart_hash": "",
        "number": f"{site.settings.number_prefix}{order_id}",
        "meta_data": [],
        "line_items": [],
        "tax_lines": [],
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
        "payment_url": f"{site.url}/kassan/order-pay/{order_id}/?pay_for_order=true&key={key}",
        "is_editable": True,
        "needs_payment": False,
        "needs_processing": False,
        "date_created_gmt": "",
        "date_modified_gmt": "",
        "date_completed_gmt": None,
        "date_paid_gmt": None,
        "currency_symbol": SYMBOLS.get(site.settings.currency, site.settings.currency),
    }
    site.set_date(order, "date_created")
    site.set_date(order, "date_modified")
    return order


def create(site: Site, body: Doc, created_via: str = "rest-api") -> Doc:
    """Create an order and tell the webhooks. A refused coupon leaves a draft behind."""
    _check_customer(site, body)
    order = blank_order(site, created_via)
    _set_fields(site, order, body)
    _set_lines(site, order, body, created=True)
    order_totals.calculate(site, order)
    if body.get("coupon_lines"):
        _apply_coupons(site, order, body["coupon_lines"], created=True)
    _set_parent(order, body)
    status_rules.change_status(site, order, _wanted_status(site, body, "pending"), created=True)
    if truth(body.get("set_paid")):
        pay(site, order)
    refund_rest_if_refunded(site, order)
    keep(site, order, touch=False)
    site.happened("order", "created", order["id"])
    site.happened("order", "updated", order["id"])
    return order


def update(site: Site, order: Doc, body: Doc) -> Doc:
    """Change an order and tell the webhooks, also when nothing differs."""
    _check_customer(site, body)
    _set_fields(site, order, body)
    touched = _set_lines(site, order, body, created=False)
    if any(body.get(field) is not None for field in _RECALCULATING):
        order_totals.calculate(site, order)
    if body.get("coupon_lines") is not None:
        _apply_coupons(site, order, body["coupon_lines"], created=False)
    _set_parent(order, body)
    for line, removed in touched:
        status_rules.adjust_stock(site, order, line, removed=removed)
    if body.get("status") is not None:
        status_rules.change_status(site, order, _wanted_status(site, body, order["status"]))
        refund_rest_if_refunded(site, order)
    if truth(body.get("set_paid")):
        pay(site, order)
    keep(site, order)
    site.happened("order", "updated", order["id"])
    return order


def keep(site: Site, order: Doc, *, touch: bool = True) -> None:
    """Save an order with its flags set and, unless it is new, a new date."""
    if touch:
        site.set_date(order, "date_modified")
    status_rules.settle(site, order)
    site.save("orders", order)


def pay(site: Site, order: Doc) -> None:
    """Mark an order paid: a date, and on to processing if it was waiting."""
    if order["status"] in {"pending", "on-hold", "failed", "cancelled"}:
        if order["date_paid"] is None:
            site.set_date(order, "date_paid")
        status_rules.change_status(site, order, status_rules.payment_complete_status(site, order))
    elif order["date_paid"] is None:
        site.set_date(order, "date_paid")


def refund_rest_if_refunded(site: Site, order: Doc) -> None:
    """An order set to refunded gets a refund of all that is left, without lines."""
    if order["status"] == "refunded":
        refund_rest(site, order)


def trash(site: Site, order: Doc) -> None:
    """Put an order in the trash. Stock is not given back."""
    order["_status_before_trash"] = order["status"]
    now = int(site.now().timestamp())
    metas.set_meta(site, "order_meta", order["meta_data"], "_wp_trash_meta_status", f"wc-{order['status']}")
    metas.set_meta(site, "order_meta", order["meta_data"], "_wp_trash_meta_time", str(now))
    order["meta_data"].sort(key=lambda m: (m["key"], m["id"]))
    order["status"] = "trash"
    keep(site, order)
    site.happened("order", "deleted", order["id"])


def erase(site: Site, order_id: int) -> None:
    """Delete an order for good, with its notes and refunds. No webhook is told."""
    for note_id in site.notes_of.pop(order_id, []):
        site.remove("notes", note_id)
    for refund_id in site.refunds_of.pop(order_id, []):
        site.remove("refunds", refund_id)
    site.remove("orders", order_id)


def _check_customer(site: Site, body: Doc) -> None:
    customer_id = body.get("customer_id")
    if customer_id and int(customer_id) not in site.customers:
        raise RestError(400, "woocommerce_rest_invalid_customer_id", "Kund-ID är ogiltigt.")


def _wanted_status(site: Site, body: Doc, current: str) -> str:
    """Return the status asked for. One that does not exist becomes pending: batches get this far."""
    wanted = body.get("status")
    if wanted is None:
        return current
    known = {*site.settings.statuses, "auto-draft", "trash"}
    return str(wanted) if wanted in known else "pending"


def _set_fields(site: Site, order: Doc, body: Doc) -> None:
    for field in _TEXT_FIELDS:
        if body.get(field) is not None:
            order[field] = str(body[field])
    order["currency_symbol"] = SYMBOLS.get(order["currency"], order["currency"])
    if body.get("customer_id") is not None:
        order["customer_id"] = int(body["customer_id"])
    for block, fields in (("billing", BILLING_FIELDS), ("shipping", SHIPPING_FIELDS)):
        given = body.get(block)
        if isinstance(given, dict):
            order[block] |= {f: str(given[f]) for f in fields if given.get(f) is not None}
    metas.merge_order_metas(site, order, body.get("meta_data"))


def _set_parent(order: Doc, body: Doc) -> None:
    if body.get("parent_id") is not None:
        order["parent_id"] = int(body["parent_id"])


def _set_lines(site: Site, order: Doc, body: Doc, *, created: bool) -> list[tuple[Doc, bool]]:
    lines = body.get("line_items")
    if created and isinstance(lines, list):
        lines = [{k: v for k, v in x.items() if k != "id"} if isinstance(x, dict) else x for x in lines]
    touched = order_lines.change_lines(site, order, lines)
    order_lines.change_shipping(site, order, body.get("shipping_lines"))
    order_lines.change_fees(site, order, body.get("fee_lines"))
    return touched


def _apply_coupons(site: Site, order: Doc, asked: Any, *, created: bool) -> None:
    coupons = []
    for wanted in asked if isinstance(asked, list) else []:
        code = str((wanted or {}).get("code") or "").lower()
        coupon = next((c for c in site.coupons.values() if c["code"] == code), None)
        if coupon is None:
            raise _refused_coupon(site, order, code, created=created)
        coupons.append(coupon)
    coupon_math.apply(site, order, coupons)
    order_totals.calculate(site, order)
    for coupon in coupons:
        coupon["usage_count"] += 1
        site.save("coupons", coupon)


def _refused_coupon(site: Site, order: Doc, code: str, *, created: bool) -> RestError:
    text = f"Coupon &quot;{code}&quot; cannot be applied because it does not exist."
    if not created:
        return RestError(400, "woocommerce_rest_invalid_coupon", text)
    order["status"] = "checkout-draft"
    keep(site, order, touch=False)
    return RestError(400, "woocommerce_rest_invalid_coupon", text, new_draft_order_id=order["id"])


def cart_hash(order: Doc) -> str:
    """Make the hash that the checkout leaves on an order."""
    seed = "".join(f"{x['product_id']}:{x['variation_id']}:{x['quantity']}" for x in order["line_items"])
    return hashlib.md5(f"{order['id']}{seed}".encode(), usedforsecurity=False).hexdigest()


def find(site: Site, order_id: int, status: int = 404) -> Doc:
    """Return an order; other posts under that id are no orders."""
    order = site.orders.get(order_id)
    if order is None:
        raise invalid_id("shop_order", status)
    return order
