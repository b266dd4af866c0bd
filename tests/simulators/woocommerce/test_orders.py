"""Orders: money to the öre, stock by status, dates, mails, refunds."""

from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.woocommerce.shop_client import Shop

SWEDEN = {"first_name": "Åsa", "last_name": "Öberg", "country": "SE", "email": "asa@example.se"}


@pytest.fixture
def coffee(shop: Shop) -> int:
    return product(shop, "KAFFE", "95.50", "moms-12")


def product(shop: Shop, sku: str, price: str, tax_class: str = "", **more: Any) -> int:
    body = {"name": sku, "sku": sku, "regular_price": price, "tax_class": tax_class}
    return int(
        shop.post("/products", {**body, "manage_stock": True, "stock_quantity": 100, **more}).body["id"]
    )


def order(shop: Shop, *lines: Any, **more: Any) -> dict[str, Any]:
    items = [{"product_id": x, "quantity": 1} if isinstance(x, int) else x for x in lines]
    reply = shop.post("/orders", {"billing": SWEDEN, "line_items": items, **more})
    assert reply.status == 201, reply.body
    return reply.body


def stock(shop: Shop, product_id: int) -> int:
    return int(shop.get(f"/products/{product_id}").body["stock_quantity"])


def set_status(shop: Shop, made: dict[str, Any], status: str) -> dict[str, Any]:
    reply = shop.put(f"/orders/{made['id']}", {"status": status})
    assert reply.status == 200, reply.body
    return reply.body


def lines_of(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for name in ("line_items", "shipping_lines", "fee_lines") for line in made[name]]


def adds_up(made: dict[str, Any]) -> None:
    """Assert that lines, tax lines and sums agree to the öre."""
    tax = sum(Decimal(x["total_tax"]) for x in lines_of(made))
    net = sum(Decimal(x["total"]) for x in lines_of(made))
    rates = sum(Decimal(t["tax_total"]) + Decimal(t["shipping_tax_total"]) for t in made["tax_lines"])
    assert (net + tax, tax) == (Decimal(made["total"]), Decimal(made["total_tax"]))
    assert rates == tax


@pytest.mark.parametrize(
    ("statuses", "left"),
    [
        (["pending"], [100]),
        (["checkout-draft"], [100]),
        (["on-hold"], [99]),
        (["processing"], [99]),
        (["completed"], [99]),
        (["cancelled"], [100]),
        (["failed"], [100]),
        (["refunded"], [100]),
        (["processing", "failed"], [99, 99]),
        (["processing", "pending"], [99, 100]),
        (["processing", "cancelled"], [99, 100]),
        (["processing", "refunded"], [99, 99]),
        (["completed", "cancelled"], [99, 100]),
        (["on-hold", "failed", "processing"], [99, 99, 99]),
        (["processing", "processing", "completed"], [99, 99, 99]),
    ],
)
def test_stock_follows_the_path_of_statuses(
    shop: Shop, coffee: int, statuses: list[str], left: list[int]
) -> None:
    made = order(shop, coffee, status=statuses[0])
    seen = [stock(shop, coffee)]
    for status in statuses[1:]:
        set_status(shop, made, status)
        seen.append(stock(shop, coffee))
    assert seen == left


@pytest.mark.parametrize("force", ["false", "true"])
def test_trash_and_deletion_give_no_stock_back(shop: Shop, coffee: int, force: str) -> None:
    made = order(shop, coffee, status="processing")
    shop.delete(f"/orders/{made['id']}", force=force)
    assert stock(shop, coffee) == 99


def test_dates_of_payment_and_completion(shop: Shop, coffee: int) -> None:
    made = order(shop, coffee, date_paid="2020-01-01T00:00:00")
    assert made["date_paid"] is None
    assert set_status(shop, made, "processing")["date_paid"] is not None
    completed = set_status(shop, made, "completed")["date_completed"]
    assert completed is not None
    assert set_status(shop, made, "processing")["date_completed"] == completed


def test_cash_on_delivery_is_paid_when_completed(shop: Shop, coffee: int) -> None:
    made = order(shop, coffee, payment_method="cod", status="processing")
    assert made["date_paid"] is None
    assert set_status(shop, made, "completed")["date_paid"] is not None


def test_set_paid_goes_to_processing_and_may_be_repeated(shop: Shop, coffee: int) -> None:
    made = order(shop, coffee, set_paid=True)
    assert (made["status"], made["date_paid"] is None) == ("processing", False)
    again = shop.put(f"/orders/{made['id']}", {"set_paid": True}).body
    assert (again["status"], again["date_paid"]) == ("processing", made["date_paid"])


def test_shipping_vat_follows_the_goods(shop: Shop, coffee: int) -> None:
    shipping = [{"method_id": "flat_rate", "method_title": "PostNord", "total": "39.20"}]
    assert order(shop, coffee, shipping_lines=shipping)["shipping_tax"] == "4.70"
    mug = product(shop, "MUGG", "100")
    assert order(shop, coffee, mug, shipping_lines=shipping)["shipping_tax"] == "9.80"


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize(
    ("kind", "amount"),
    [("percent", "17"), ("fixed_cart", "50"), ("fixed_product", "3.33"), ("percent", "100")],
)
def test_sums_are_exact_with_coupons_fees_and_mixed_vat(
    shop: Shop, coffee: int, kind: str, amount: str, *, inclusive: bool
) -> None:
    shop.control("/shop/settings", {"prices_include_tax": inclusive})
    goods = [
        coffee,
        product(shop, "A", "33.33"),
        product(shop, "B", "0.42", "moms-12"),
        product(shop, "C", "17.01", "moms-6"),
    ]
    shop.post("/coupons", {"code": "RABATT", "discount_type": kind, "amount": amount})
    lines = [{"product_id": p, "quantity": n} for n, p in enumerate(goods, start=1)]
    made = order(
        shop,
        *lines,
        coupon_lines=[{"code": "rabatt"}],
        shipping_lines=[{"method_id": "flat_rate", "method_title": "P", "total": "39.20"}],
        fee_lines=[{"name": "Avgift", "total": "23.20"}, {"name": "Avdrag", "total": "-20"}],
    )
    adds_up(made)
    gross = [(Decimal(x["subtotal"]) + Decimal(x["subtotal_tax"])) for x in made["line_items"]]
    if inclusive:
        assert gross == [Decimal("95.50"), Decimal("66.66"), Decimal("1.26"), Decimal("68.04")]
    if inclusive and kind == "fixed_cart":
        assert Decimal(made["discount_total"]) + Decimal(made["discount_tax"]) == Decimal(50)


def test_a_negative_fee_is_spread_over_the_rates(shop: Shop, coffee: int) -> None:
    made = order(
        shop,
        {"product_id": coffee, "quantity": 2},
        shipping_lines=[{"method_id": "flat_rate", "method_title": "P", "total": "39.20"}],
        fee_lines=[{"name": "Fakturaavgift", "total": "23.20"}, {"name": "Rabatt", "total": "-40.00"}],
    )
    assert [t["total"] for t in made["fee_lines"][1]["taxes"]] == ["-4.32", "-1.00"]
    assert made["total"] == "218.58"


def test_rounding_at_the_subtotal(shop: Shop) -> None:
    shop.control("/shop/settings", {"round_at_subtotal": True, "prices_include_tax": False})
    cheap = product(shop, "X", "0.10", "moms-12")
    lines = [{"product_id": cheap, "quantity": 1}] * 5
    made = order(shop, *lines)
    # Five times 0.012 is 0.06; rounded line by line it would be 0.05.
    assert (made["total_tax"], made["total"]) == ("0.06", "0.56")


def test_a_country_without_rates_pays_no_vat(shop: Shop, coffee: int) -> None:
    made = order(shop, coffee, billing={**SWEDEN, "country": "DE"}, shipping={"country": "DE"})
    assert (made["total"], made["total_tax"], made["tax_lines"]) == ("85.27", "0.00", [])


def test_a_changed_country_changes_the_vat(shop: Shop, coffee: int) -> None:
    made = order(shop, coffee)
    moved = shop.put(f"/orders/{made['id']}", {"shipping": {"country": "NO"}}).body
    assert (made["total_tax"], moved["total_tax"]) == ("10.23", "0.00")


def test_unknown_goods_make_an_empty_line(shop: Shop) -> None:
    made = order(shop, {"product_id": 9999, "quantity": 1}, {"sku": "NOPE", "quantity": 1})
    assert [(x["product_id"], x["total"], x["sku"]) for x in made["line_items"]] == [(0, "0.00", None)] * 2


def test_quantity_nought_breaks_php(shop: Shop, coffee: int) -> None:
    reply = shop.post("/orders", {"line_items": [{"product_id": coffee, "quantity": 0}]})
    assert (reply.status, reply.body["code"]) == (500, "internal_server_error")


def test_lines_are_changed_by_id_and_appended_without(shop: Shop, coffee: int) -> None:
    made = order(shop, coffee, status="processing")
    path, line = f"/orders/{made['id']}", made["line_items"][0]
    more = shop.put(path, {"line_items": [{"id": line["id"], "quantity": 4}]}).body
    assert (more["line_items"][0]["total"], more["total"], stock(shop, coffee)) == ("85.27", "95.50", 96)
    assert len(shop.put(path, {"line_items": [{"product_id": coffee}]}).body["line_items"]) == 2
    left = shop.put(path, {"line_items": [{"id": line["id"], "product_id": None}]}).body
    assert [x["id"] for x in left["line_items"]] != [line["id"]]
    assert (len(left["line_items"]), stock(shop, coffee)) == (1, 99)


def test_the_same_order_twice_is_two_orders(shop: Shop, coffee: int) -> None:
    assert order(shop, coffee, transaction_id="T")["id"] != order(shop, coffee, transaction_id="T")["id"]


def test_ids_are_shared_with_other_posts(shop: Shop, coffee: int) -> None:
    first = order(shop, coffee, status="processing")["id"]
    shop.post(f"/orders/{first}/refunds", {"amount": "1", "api_refund": False})
    assert order(shop, coffee)["id"] == first + 2
    assert shop.get(f"/orders/{coffee}").status == 404


def test_an_order_number_plugin(shop: Shop, coffee: int) -> None:
    shop.control("/shop/settings", {"number_prefix": "SE-"})
    made = order(shop, coffee)
    assert made["number"] == f"SE-{made['id']}"


def test_a_status_that_is_none(shop: Shop, coffee: int) -> None:
    made = order(shop, coffee, status="processing")
    assert shop.put(f"/orders/{made['id']}", {"status": "wc-completed"}).status == 400
    done = shop.post("/orders/batch", {"update": [{"id": made["id"], "status": "skickad"}]})
    assert (done.status, done.body["update"][0]["status"]) == (200, "pending")


def test_notes_do_not_touch_the_date_but_an_empty_put_does(shop: Shop, coffee: int) -> None:
    shop.control("/clock", {"now": "2026-03-01T12:00:00Z"})
    made = order(shop, coffee)
    path = f"/orders/{made['id']}"
    shop.control("/shop/advance", {"seconds": 5})
    shop.post(f"{path}/notes", {"note": "Hej", "customer_note": True})
    assert shop.get(path).body["date_modified"] == made["date_modified"]
    assert shop.put(path, {}).body["date_modified"] > made["date_modified"]


def test_mails_land_in_the_outbox_once(shop: Shop, coffee: int) -> None:
    made = order(shop, coffee)
    for status in ("on-hold", "processing", "processing", "completed", "cancelled"):
        set_status(shop, made, status)
    shop.post(f"/orders/{made['id']}/notes", {"note": "På väg", "customer_note": True})
    kinds = [m["kind"] for m in shop.control("/outbox", method="GET")]
    assert kinds == [
        "new_order",
        "customer_on_hold_order",
        "customer_processing_order",
        "customer_completed_order",
        "customer_note",
    ]


def test_a_refund_needs_a_gateway_or_api_refund_off(shop: Shop, coffee: int) -> None:
    made = order(shop, coffee, status="processing", payment_method="stripe")
    path = f"/orders/{made['id']}/refunds"
    refused = shop.post(path, {"amount": "10"})
    assert (refused.status, refused.body["data"]) == (500, 500)
    assert shop.post(path, {"amount": "10", "api_refund": False}).status == 201
    shop.control("/shop/settings", {"refunding_gateways": ["stripe"]})
    assert shop.post(path, {"amount": "10"}).body["refunded_payment"] is True
    seen = shop.get(f"/orders/{made['id']}").body
    assert (seen["total"], sorted(r["total"] for r in seen["refunds"])) == ("95.50", ["-10.00", "-10.00"])


def test_refunds_that_reach_the_total_refund_the_order(shop: Shop, coffee: int) -> None:
    made = order(shop, coffee, status="completed")
    path = f"/orders/{made['id']}"
    shop.post(f"{path}/refunds", {"amount": "95.50", "api_refund": False})
    assert shop.get(path).body["status"] == "refunded"
    refund = shop.get(f"{path}/refunds").ids[0]
    shop.delete(f"{path}/refunds/{refund}", force="true")
    seen = shop.get(path).body
    assert (seen["status"], seen["refunds"]) == ("refunded", [])


def test_status_refunded_makes_the_refund(shop: Shop, coffee: int) -> None:
    made = order(shop, coffee, status="processing")
    seen = set_status(shop, made, "refunded")
    assert [r["total"] for r in seen["refunds"]] == ["-95.50"]
    assert shop.get(f"/orders/{made['id']}/refunds").body[0]["line_items"] == []


def test_a_refund_of_more_than_was_sold_restocks_it_all(shop: Shop, coffee: int) -> None:
    made = order(shop, {"product_id": coffee, "quantity": 2}, status="processing")
    line = {"id": made["line_items"][0]["id"], "quantity": 9, "refund_total": 1}
    shop.post(f"/orders/{made['id']}/refunds", {"api_refund": False, "line_items": [line]})
    assert stock(shop, coffee) == 107


def test_a_refused_coupon_leaves_a_draft(shop: Shop, coffee: int) -> None:
    reply = shop.post("/orders", {"line_items": [{"product_id": coffee}], "coupon_lines": [{"code": "X"}]})
    assert (reply.status, reply.body["code"]) == (400, "woocommerce_rest_invalid_coupon")
    assert "&quot;" in reply.body["message"]
    draft = shop.get(f"/orders/{reply.body['data']['new_draft_order_id']}").body
    assert draft["status"] == "checkout-draft"


def test_trash_twice_and_force(shop: Shop, coffee: int) -> None:
    path = f"/orders/{order(shop, coffee)['id']}"
    assert shop.delete(path).body["status"] == "pending"
    assert shop.get(path).body["status"] == "trash"
    assert shop.delete(path).status == 410
    assert shop.delete(path, force="true").status == 200
    assert shop.get(path).status == 404


def test_a_body_that_php_would_die_of_answers_500(shop: Shop) -> None:
    reply = shop.post("/orders/batch", {"create": [{"parent_id": "inte ett tal"}]})
    assert (reply.status, reply.body["code"]) == (500, "internal_server_error")
    assert shop.get("/orders").status == 200
