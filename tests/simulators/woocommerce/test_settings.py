"""Settings of a shop: read and written through the API, by control route, and given at the start."""

from typing import Any

import pytest

from tests.simulators.woocommerce.shop_client import Shop, start_shop


def value(shop: Shop, group: str, name: str) -> Any:
    return shop.get(f"/settings/{group}/{name}").body["value"]


@pytest.mark.parametrize(
    ("group", "name", "own", "given", "shown"),
    [
        ("general", "woocommerce_currency", "currency", "EUR", "EUR"),
        ("general", "woocommerce_default_country", "base_country", "NO", "NO"),
        ("general", "woocommerce_price_num_decimals", "decimals", 0, "0"),
        ("tax", "woocommerce_prices_include_tax", "prices_include_tax", False, "no"),
        ("products", "woocommerce_weight_unit", "weight_unit", "g", "g"),
        ("products", "woocommerce_dimension_unit", "dimension_unit", "mm", "mm"),
        ("products", "woocommerce_manage_stock", "manage_stock", False, "no"),
        ("products", "woocommerce_hold_stock_minutes", "hold_stock_minutes", 15, "15"),
        ("products", "woocommerce_hide_out_of_stock_items", "hide_out_of_stock", True, "yes"),
    ],
)
def test_a_setting_is_one_and_the_same_from_both_sides(
    shop: Shop, group: str, name: str, own: str, given: Any, shown: str
) -> None:
    before = value(shop, group, name)
    shop.control("/shop/settings", {own: given})
    assert value(shop, group, name) == shown
    assert shown in [s["value"] for s in shop.get(f"/settings/{group}").body if s["id"] == name]
    shop.put(f"/settings/{group}/{name}", {"value": before})
    assert value(shop, group, name) == before


def test_a_yes_or_no_takes_nothing_else(shop: Shop) -> None:
    reply = shop.put("/settings/products/woocommerce_manage_stock", {"value": "kanske"})
    assert (reply.status, reply.body["code"]) == (400, "rest_setting_value_invalid")
    wrong = shop.call("POST", "/_control/shop/settings", {"decimals": True}, auth=False)
    assert wrong.status == 400


def test_a_shop_without_decimals_rounds_its_sums_and_shows_whole_numbers(shop: Shop) -> None:
    shop.control("/shop/settings", {"decimals": 0})
    shop.post("/products", {"sku": "K", "regular_price": "99"})
    shop.post("/coupons", {"code": "TIO", "discount_type": "percent", "amount": "10"})
    order = shop.post("/orders", {"line_items": [{"sku": "K", "quantity": 3}]}).body
    assert (order["total"], order["total_tax"], order["line_items"][0]["total"]) == ("297", "59", "238")
    exact = shop.get(f"/orders/{order['id']}", dp=2).body
    assert (exact["total"], exact["line_items"][0]["total"]) == ("297.00", "237.60")
    body = {"line_items": [{"sku": "K", "quantity": 1}], "coupon_lines": [{"code": "tio"}]}
    cheaper = shop.post("/orders", body).body
    assert cheaper["total"] == "89"
    assert shop.get("/orders").body[0]["total"] == "89"


def test_a_shop_that_counts_no_stock(shop: Shop) -> None:
    product = shop.post("/products", {"sku": "K", "manage_stock": True, "stock_quantity": 5}).body["id"]
    shop.control("/shop/settings", {"manage_stock": False})
    ignored = shop.put(f"/products/{product}", {"manage_stock": True, "stock_quantity": 9}).body
    assert (ignored["manage_stock"], ignored["stock_quantity"]) == (False, None)
    shop.post("/orders", {"line_items": [{"sku": "K", "quantity": 1}], "status": "processing"})
    shop.control("/shop/settings", {"manage_stock": True})
    assert shop.get(f"/products/{product}").body["stock_quantity"] == 5


def test_settings_and_plugins_at_the_start() -> None:
    options = ("--setting", "currency=EUR", "--setting", "butik:decimals=0", "--setting", "butik:title=Butik")
    process, client = start_shop("--empty", "--sites", "butik", *options, "--gateways", "klarna,svea")
    with process:
        first, second = (client.control(f"/{s}/settings", method="GET") for s in ("shop", "butik"))
        assert (first["currency"], first["decimals"]) == ("EUR", 2)
        assert (second["currency"], second["decimals"], second["title"]) == ("SEK", 0, "Butik")
        assert set(client.control("/butik/gateways", method="GET")) == {"klarna", "svea"}
    client.close()
