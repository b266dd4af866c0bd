"""Orders as a customer at the checkout makes them: with its metas, hashes, IP and payment."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from brygga_simulators.common.clock import Clock
from brygga_simulators.woocommerce import drawing, metas, order_writes
from brygga_simulators.woocommerce import order_status as status_rules
from brygga_simulators.woocommerce.site import Doc, Site

UNPAID_STATUS = {"bacs": "on-hold", "cheque": "on-hold", "cod": "processing", "invoice": "processing"}
"""Where an order lands with a payment method that takes no money at once; all others pay."""

_OWN = frozenset(
    {
        "created_via",
        "paid",
        "coupons",
        "fields",
        "date",
        "lines",
        "shipping_method",
        "fees",
        "number",
        "draft",
        "reference",
    }
)
_AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"


@contextmanager
def clock_at(site: Site, moment: datetime | None) -> Iterator[None]:
    """Let a shop live at another moment for a while; None changes nothing."""
    if moment is None:
        yield
        return
    real = site.clock
    site.clock = Clock()
    site.clock.set(moment)
    try:
        yield
    finally:
        site.clock = real


def place(site: Site, asked: Doc) -> Doc:
    """Place an order. `asked` is a REST order body with shorter names allowed beside it.

    `lines` ([{"sku", "quantity"}]), `coupons` (["KOD"]), `fees`, `shipping_method` (a shipping
    line), `paid` (false leaves it pending), `status`, `created_via`, `date` (an ISO moment), and
    `fields`: stored fields set last, exactly as given. An installed payment plugin leaves its
    reference unless one is given or `reference` is false.
    """
    moment = datetime.fromisoformat(str(asked["date"]).replace("Z", "+00:00")) if asked.get("date") else None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    with clock_at(site, moment):
        return _place(site, asked)


def _place(site: Site, asked: Doc) -> Doc:
    body = {k: v for k, v in asked.items() if k not in _OWN and k not in {"status", "meta_data"}}
    if "lines" in asked:
        body["line_items"] = asked["lines"]
    if asked.get("coupons"):
        body["coupon_lines"] = [{"code": code} for code in asked["coupons"]]
    if asked.get("fees"):
        body["fee_lines"] = asked["fees"]
    if isinstance(asked.get("shipping_method"), dict):
        body["shipping_lines"] = [asked["shipping_method"]]
    if "shipping" not in body and isinstance(body.get("billing"), dict):
        body["shipping"] = {k: v for k, v in body["billing"].items() if k != "email"}
    created_via = str(asked.get("created_via") or "store-api")
    order = order_writes.create(site, body, created_via)
    _leave_traces(site, order, created_via)
    metas.merge_order_metas(site, order, asked.get("meta_data"))
    _settle_payment(site, order, asked)
    order_writes.refund_rest_if_refunded(site, order)
    if asked.get("number"):
        order["number"] = str(asked["number"])
    order_writes.keep(site, order)
    if isinstance(asked.get("fields"), dict):
        order |= asked["fields"]
        site.save("orders", order)
    return order


def _settle_payment(site: Site, order: Doc, asked: Doc) -> None:
    status = asked.get("status")
    if status:
        drawing.at_checkout(site, order, with_reference=asked.get("reference") is not False)
        if status in {"processing", "completed", "refunded", "cancelled"} and asked.get("paid", True):
            order_writes.pay(site, order)
        if status != order["status"]:
            status_rules.change_status(site, order, str(status))
        return
    if not asked.get("paid", True):
        return
    held = drawing.at_checkout(site, order, with_reference=asked.get("reference") is not False)
    if held:
        status_rules.change_status(site, order, held)
        return
    waiting = UNPAID_STATUS.get(order["payment_method"])
    if waiting:
        status_rules.change_status(site, order, waiting)
    else:
        order_writes.pay(site, order)


def _leave_traces(site: Site, order: Doc, created_via: str) -> None:
    """Set what only a real checkout leaves behind."""
    order["customer_ip_address"] = order["customer_ip_address"] or f"192.0.2.{order['id'] % 250 + 1}"
    order["customer_user_agent"] = order["customer_user_agent"] or _AGENT
    order["cart_hash"] = order_writes.cart_hash(order)
    given: list[tuple[str, Any]] = []
    if created_via == "store-api":
        parts = ("coupon_lines", "fee_lines", "shipping_lines", "tax_lines")
        for name, part in zip(("_coupons", "_fees", "_shipping", "_taxes"), parts, strict=True):
            text = str(order[part]).encode()
            given.append((f"{name}_hash", hashlib.md5(text, usedforsecurity=False).hexdigest()))
    given += [
        ("is_vat_exempt", "no"),
        ("_wc_order_attribution_source_type", "organic"),
        ("_wc_order_attribution_utm_source", "google"),
        ("_wc_order_attribution_device_type", "Mobile"),
    ]
    metas.merge_order_metas(site, order, [{"key": k, "value": v} for k, v in given])
    goods = ", ".join(f"{x['name']} &times; {x['quantity']}" for x in order["line_items"])
    for line in order["shipping_lines"]:
        metas.set_meta(site, "item_meta", line["meta_data"], "Varor", goods, on_item=True)
