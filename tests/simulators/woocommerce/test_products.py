"""Products: cleaned prices, stock rules, parents, sales by date, batches without checks."""

from typing import Any

import pytest

from tests.simulators.woocommerce.shop_client import Shop


def make(shop: Shop, **fields: Any) -> dict[str, Any]:
    body = {"name": "Kaffe", "sku": "K", "regular_price": "100", "manage_stock": True, "stock_quantity": 60}
    reply = shop.post("/products", {**body, **fields})
    assert reply.status == 201, reply.body
    return reply.body


def make_variable(shop: Shop, count: int = 2, **fields: Any) -> tuple[int, list[int]]:
    parent = make(shop, type="variable", sku="V", name="Tröja", manage_stock=False, **fields)["id"]
    made = [
        shop.post(
            f"/products/{parent}/variations",
            {
                "sku": f"V-{n}",
                "regular_price": f"{100 + n}",
                "manage_stock": True,
                "stock_quantity": 5,
                "attributes": [{"name": "Storlek", "option": "SML"[n]}],
            },
        ).body["id"]
        for n in range(count)
    ]
    return parent, made


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("12,50", "12.50"),
        ("1 234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("abc", ""),
        ("1e3", "13"),
        ("-5", "-5"),
        ("12.345", "12.345"),
        ("249", "249"),
        (None, ""),
    ],
)
def test_prices_are_cleaned_not_checked(shop: Shop, sent: Any, kept: str) -> None:
    product = make(shop)
    assert shop.put(f"/products/{product['id']}", {"regular_price": sent}).body["regular_price"] == kept


@pytest.mark.parametrize(("sent", "stock"), [("abc", 0), ("", 0), (2.7, 2), ("17", 17), (None, 60), (-3, -3)])
def test_a_batch_checks_nothing(shop: Shop, sent: Any, stock: int) -> None:
    product = make(shop)
    reply = shop.post("/products/batch", {"update": [{"id": product["id"], "stock_quantity": sent}]})
    assert (reply.status, reply.body["update"][0]["stock_quantity"]) == (200, stock)


def test_a_single_write_checks_what_a_batch_does_not(shop: Shop) -> None:
    path = f"/products/{make(shop)['id']}"
    assert shop.put(path, {"stock_quantity": 2.7}).status == 400
    assert shop.put(path, {"regular_price": 5}).status == 400
    assert shop.put(path, {"manage_stock": "nej"}).status == 400
    batch = {"id": int(path.rpartition("/")[2]), "regular_price": 5, "status": "banan", "manage_stock": "nej"}
    done = shop.post("/products/batch", {"update": [batch]}).body["update"][0]
    assert (done["regular_price"], done["status"], done["manage_stock"]) == ("5", "draft", False)


def test_null_stock_is_nought_in_a_single_write(shop: Shop) -> None:
    done = shop.put(f"/products/{make(shop)['id']}", {"stock_quantity": None}).body
    assert (done["stock_quantity"], done["stock_status"]) == (0, "outofstock")


@pytest.mark.parametrize(
    ("backorders", "status"), [("no", "outofstock"), ("notify", "onbackorder"), ("yes", "onbackorder")]
)
def test_stock_status_follows_the_number(shop: Shop, backorders: str, status: str) -> None:
    product = make(shop, backorders=backorders, stock_quantity=0, stock_status="instock")
    assert product["stock_status"] == status


def test_stock_of_an_unmanaged_product_is_ignored(shop: Shop) -> None:
    product = make(shop, manage_stock=False)
    done = shop.put(f"/products/{product['id']}", {"stock_quantity": 5}).body
    assert (done["stock_quantity"], done["stock_status"]) == (None, "instock")


def test_a_sale_price_above_the_regular_one_is_dropped(shop: Shop) -> None:
    done = shop.put(f"/products/{make(shop)['id']}", {"sale_price": "999"}).body
    assert (done["sale_price"], done["on_sale"], done["price"]) == ("", False, "100")


def test_a_sale_begins_at_once_but_its_price_waits_for_the_night(shop: Shop) -> None:
    shop.control("/clock", {"now": "2026-03-01T12:00:00+01:00"})
    product = make(
        shop, sale_price="80", date_on_sale_from="2026-03-02T09:00:00", date_on_sale_to="2026-03-04"
    )
    path = f"/products/{product['id']}"
    shop.control("/shop/advance", {"hours": 22})
    begun = shop.get(path).body
    assert (begun["on_sale"], begun["price"]) == (True, "100")
    shop.control("/shop/advance", {"hours": 14})
    night = shop.get(path).body
    assert (night["on_sale"], night["price"]) == (True, "80")
    assert night["date_modified_gmt"] > begun["date_modified_gmt"]
    shop.control("/shop/advance", {"days": 2})
    assert shop.get(path).body["price"] == "100"


def test_every_write_touches_the_date(shop: Shop) -> None:
    shop.control("/clock", {"now": "2026-03-01T12:00:00Z"})
    path = f"/products/{make(shop)['id']}"
    for body in ({}, {"regular_price": "100"}, {"meta_data": [{"key": "a", "value": "b"}]}):
        before = shop.get(path).body["date_modified"]
        shop.control("/shop/advance", {"seconds": 2})
        assert shop.put(path, body).body["date_modified"] > before


def test_a_variation_touches_its_parent_and_not_the_other_way(shop: Shop) -> None:
    shop.control("/clock", {"now": "2026-03-01T12:00:00Z"})
    parent, (first, second) = make_variable(shop)

    def dates() -> list[str]:
        return [shop.get(f"/products/{i}").body["date_modified"] for i in (parent, first, second)]

    before = dates()
    shop.control("/shop/advance", {"seconds": 5})
    shop.put(f"/products/{parent}/variations/{first}", {"stock_quantity": 3})
    after = dates()
    assert [a > b for a, b in zip(after, before, strict=True)] == [True, True, False]
    shop.control("/shop/advance", {"seconds": 5})
    shop.put(f"/products/{parent}", {"name": "Annan"})
    assert [a > b for a, b in zip(dates(), after, strict=True)] == [True, False, False]


def test_a_parent_takes_the_lowest_price_and_is_out_when_all_are(shop: Shop) -> None:
    parent, variations = make_variable(shop)
    seen = shop.get(f"/products/{parent}").body
    assert (seen["price"], seen["regular_price"], seen["stock_status"]) == ("100", "", "instock")
    updates = [{"id": v, "stock_quantity": 0} for v in variations]
    shop.post(f"/products/{parent}/variations/batch", {"update": updates})
    assert shop.get(f"/products/{parent}").body["stock_status"] == "outofstock"


def test_parent_stock_is_shown_and_can_not_be_written_back(shop: Shop) -> None:
    parent, (variation, _) = make_variable(shop)
    shop.put(f"/products/{parent}", {"manage_stock": True, "stock_quantity": 70})
    path = f"/products/{parent}/variations/{variation}"
    shop.put(path, {"manage_stock": False})
    seen = shop.get(path).body
    assert (seen["manage_stock"], seen["stock_quantity"]) == ("parent", 70)
    assert shop.put(path, {"stock_quantity": 5}).body["stock_quantity"] == 70
    assert shop.put(path, {"manage_stock": "parent"}).status == 400


def test_variations_come_by_sku_only(shop: Shop) -> None:
    parent, (variation, _) = make_variable(shop)
    assert shop.get("/products", sku="V-0,V").ids in ([variation, parent], [parent, variation])
    assert shop.get("/products", include=variation).body == []
    assert shop.get("/products").ids == [parent]
    assert shop.get(f"/products/{variation}").body["type"] == "variation"
    assert shop.put(f"/products/{variation}", {}).status == 404


def test_numbers_are_held_once(shop: Shop) -> None:
    first = make(shop, global_unique_id="7350012345678")["id"]
    taken = shop.post("/products", {"sku": "K"})
    assert (taken.body["code"], taken.body["data"]["resource_id"]) == ("product_invalid_sku", first)
    taken = shop.post("/products", {"global_unique_id": "7350012345678"})
    assert taken.body["code"] == "product_invalid_global_unique_id"
    shop.delete(f"/products/{first}")
    in_trash = shop.post("/products", {"sku": "K"})
    assert (in_trash.status, in_trash.body["code"]) == (400, "woocommerce_rest_product_not_created")
    shop.delete(f"/products/{first}", force="true")
    assert shop.post("/products", {"sku": "K"}).status == 201


def test_batch_items_fail_by_themselves_and_in_their_place(shop: Shop) -> None:
    product = make(shop)["id"]
    reply = shop.post(
        "/products/batch",
        {
            "create": [{"sku": "K"}],
            "update": [{"id": 999}, {"sku": "K"}, {"id": product, "name": "Te"}],
            "delete": [998],
        },
    )
    codes = {
        verb: [i.get("error", {}).get("data", {}).get("status") for i in reply.body[verb]]
        for verb in reply.body
    }
    assert codes == {"create": [400], "update": [400, 400, None], "delete": [404]}
    assert [i["id"] for i in reply.body["update"]] == [999, None, product]


def test_more_than_a_hundred_in_a_batch_do_nothing(shop: Shop) -> None:
    product = make(shop)["id"]
    update = [{"id": product, "stock_quantity": 1}] * 60
    reply = shop.post("/products/batch", {"update": update, "delete": list(range(41))})
    assert (reply.status, reply.body["code"]) == (413, "woocommerce_rest_request_entity_too_large")
    assert shop.get(f"/products/{product}").body["stock_quantity"] == 60


def test_a_body_under_a_wrong_content_type_makes_an_empty_product(shop: Shop) -> None:
    reply = shop.call(
        "POST", "/wp-json/wc/v3/products", raw=b'{"name": "x"}', headers={"Content-Type": "text/plain"}
    )
    assert (reply.status, reply.body["name"], reply.body["status"]) == (201, "Produkt", "publish")


def test_metas_by_key_and_by_id(shop: Shop) -> None:
    path = f"/products/{make(shop)['id']}"
    first = shop.put(path, {"meta_data": [{"key": "_x", "value": "1"}]}).body["meta_data"]
    again = shop.put(
        path, {"meta_data": [{"key": "_x", "value": {"a": 1}}, {"key": "_sku", "value": "no"}]}
    ).body
    assert again["meta_data"] == [{"id": first[0]["id"], "key": "_x", "value": {"a": 1}}]
    assert shop.put(path, {"meta_data": [{"id": first[0]["id"], "value": None}]}).body["meta_data"] == []
