"""Buyers: what the shop shows them, carts that are taken or refused, and stock never sold twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.simulators.woocommerce.shop_client import Shop

BUYER = {"first_name": "Åsa", "country": "SE", "email": "asa@example.se"}


@pytest.fixture
def shop(shop: Shop) -> Shop:
    goods(shop, "K")
    return shop


def goods(shop: Shop, sku: str, **more: Any) -> int:
    body = {"sku": sku, "name": sku, "regular_price": "100", "manage_stock": True, "stock_quantity": 3}
    return int(shop.post("/products", {**body, **more}).body["id"])


def shirt(shop: Shop, *, shared: int | None = None) -> int:
    size = {"name": "Storlek", "variation": True, "options": ["S", "M"]}
    stock = {} if shared is None else {"manage_stock": True, "stock_quantity": shared}
    parent = shop.post("/products", {"type": "variable", "name": "Tröja", "attributes": [size], **stock}).body
    for option in ("S", "M"):
        own = {"manage_stock": True, "stock_quantity": 2} if shared is None else {}
        choice = [{"name": "Storlek", "option": option}]
        body = {"sku": f"T-{option}", "regular_price": "200", "attributes": choice, **own}
        assert shop.post(f"/products/{parent['id']}/variations", body).status == 201
    return int(parent["id"])


def buy(shop: Shop, *lines: tuple[str, int], **more: Any) -> dict[str, Any]:
    wish = {"lines": [{"sku": s, "quantity": n} for s, n in lines], "billing": BUYER, **more}
    return dict(shop.control("/shop/checkout", wish))


def seen(shop: Shop, sku: str) -> dict[str, Any]:
    return dict(shop.control(f"/shop/shopfront?sku={sku}", method="GET")[sku])


def test_a_cart_of_several_lines_takes_its_stock(shop: Shop) -> None:
    shirt(shop)
    done = buy(shop, ("K", 2), ("T-S", 1), ("T-M", 2))
    assert (done["bought"], done["order"]["status"], done["order"]["total"]) == (True, "processing", "800.00")
    assert [seen(shop, s)["stock_quantity"] for s in ("K", "T-S", "T-M")] == [1, 1, 0]
    assert [seen(shop, s)["stock_status"] for s in ("T-S", "T-M")] == ["instock", "outofstock"]


def test_a_cart_that_asks_for_too_much_is_refused_whole(shop: Shop) -> None:
    shirt(shop)
    done = buy(shop, ("T-S", 1), ("K", 4))
    assert done == {
        "bought": False,
        "refused": [{"sku": "K", "reason": "not_enough", "asked": 4, "left": 3}],
    }
    assert (seen(shop, "T-S")["stock_quantity"], shop.get("/orders").body) == (2, [])


@pytest.mark.parametrize(
    ("product", "reason"),
    [
        ({"stock_quantity": 0}, "out_of_stock"),
        ({"manage_stock": False, "stock_status": "outofstock"}, "out_of_stock"),
        ({"status": "draft"}, "not_purchasable"),
        ({"status": "private"}, "not_purchasable"),
        ({"regular_price": ""}, "not_purchasable"),
    ],
)
def test_what_can_not_be_bought(shop: Shop, product: dict[str, Any], reason: str) -> None:
    goods(shop, "X", **product)
    assert [r["reason"] for r in buy(shop, ("X", 1))["refused"]] == [reason]
    assert [r["reason"] for r in buy(shop, ("NOPE", 1))["refused"]] == ["unknown"]


def test_back_orders_and_uncounted_stock_are_sold(shop: Shop) -> None:
    goods(shop, "B", stock_quantity=1, backorders="notify")
    goods(shop, "U", manage_stock=False)
    assert buy(shop, ("B", 5), ("U", 99))["bought"] is True
    assert (seen(shop, "B")["stock_quantity"], seen(shop, "B")["stock_status"]) == (-4, "onbackorder")


def test_variations_that_share_their_parents_stock_share_it_in_the_cart(shop: Shop) -> None:
    shirt(shop, shared=3)
    refused = buy(shop, ("T-S", 2), ("T-M", 2))["refused"]
    assert [(r["sku"], r["reason"], r["left"]) for r in refused] == [
        ("T-S", "not_enough", 3),
        ("T-M", "not_enough", 3),
    ]
    assert buy(shop, ("T-S", 2), ("T-M", 1))["bought"] is True
    assert seen(shop, "T-M")["stock_quantity"] == 0


def test_many_buyers_at_once_never_get_the_same_piece(shop: Shop) -> None:
    with ThreadPoolExecutor(8) as pool:
        bought = list(pool.map(lambda _: buy(shop, ("K", 1))["bought"], range(12)))
    assert bought.count(True) == 3
    assert seen(shop, "K")["stock_quantity"] == 0


def test_the_api_itself_oversells(shop: Shop) -> None:
    body = {"line_items": [{"sku": "K", "quantity": 9}], "status": "processing"}
    assert shop.post("/orders", body).status == 201
    assert seen(shop, "K")["stock_quantity"] == -6


def test_parallel_orders_each_take_their_stock(shop: Shop) -> None:
    product = goods(shop, "M", stock_quantity=100)
    body = {"line_items": [{"product_id": product, "quantity": 1}], "status": "processing"}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: shop.post("/orders", body), range(20)))
    assert seen(shop, "M")["stock_quantity"] == 80


def test_the_shop_front_by_sku(shop: Shop) -> None:
    goods(shop, "S", sale_price="80", stock_quantity=0)
    goods(shop, "T", regular_price="50")
    shop.delete(f"/products/{shop.get('/products', sku='T').ids[0]}")
    every = shop.control("/shop/shopfront", method="GET")
    assert set(every) == {"K", "S"}
    assert (
        every["S"]["price"],
        every["S"]["on_sale"],
        every["S"]["in_stock"],
        every["S"]["purchasable"],
    ) == (
        "80",
        True,
        False,
        True,
    )
    assert set(shop.control("/shop/shopfront", {"skus": ["K", "NOPE"]})) == {"K"}
    shop.control("/shop/settings", {"hide_out_of_stock": True})
    assert [seen(shop, s)["visible"] for s in ("K", "S")] == [True, False]


def test_unpaid_checkout_orders_are_cancelled_by_the_job(shop: Shop) -> None:
    shop.control("/clock", {"now": "2026-03-01T12:00:00Z"})
    order = buy(shop, ("K", 1), paid=False)["order"]
    by_rest = shop.post("/orders", {}).body["id"]
    assert shop.control("/shop/cancel-unpaid", {}) == {"cancelled": []}
    shop.control("/shop/advance", {"hours": 2})
    assert shop.control("/shop/cancel-unpaid", {}) == {"cancelled": [order["id"]]}
    statuses = [shop.get(f"/orders/{i}").body["status"] for i in (order["id"], by_rest)]
    assert statuses == ["cancelled", "pending"]
