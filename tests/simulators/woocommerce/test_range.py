"""An ERP-led range: attributes, variable products, categories, clashes, types, sales and the night."""

from typing import Any

import pytest

from tests.simulators.woocommerce.shop_client import Shop


def made(shop: Shop, path: str, **body: Any) -> dict[str, Any]:
    reply = shop.post(path, body)
    assert reply.status == 201, reply.body
    return dict(reply.body)


def attribute(shop: Shop, name: str, *options: str) -> int:
    number = made(shop, "/products/attributes", name=name)["id"]
    for option in options:
        made(shop, f"/products/attributes/{number}/terms", name=option)
    return int(number)


def sweater(shop: Shop, **more: Any) -> tuple[int, int, int]:
    colour, size = attribute(shop, "Färg", "Röd", "Blå"), attribute(shop, "Storlek", "S", "M")
    attributes = [
        {"id": colour, "visible": True, "variation": True, "options": ["Röd", "Blå"]},
        {"id": size, "visible": True, "variation": True, "options": ["S", "M"]},
    ]
    wish = {"name": "Tröja", "type": "variable", "sku": "T", "attributes": attributes, **more}
    return int(made(shop, "/products", **wish)["id"]), colour, size


def test_a_variable_product_with_global_attributes(shop: Shop) -> None:
    parent, colour, size = sweater(shop, default_attributes=[{"id": 1, "option": "Röd"}])
    seen = shop.get(f"/products/{parent}").body
    assert [(a["id"], a["slug"], a["options"]) for a in seen["attributes"]] == [
        (colour, "pa_farg", ["Blå", "Röd"]),
        (size, "pa_storlek", ["M", "S"]),
    ]
    assert seen["default_attributes"] == [{"id": colour, "name": "Färg", "option": "rod"}]
    create = [
        {
            "sku": f"T-{c[0]}-{s}",
            "regular_price": price,
            "global_unique_id": f"73500000000{n:02d}",
            "attributes": [{"id": colour, "option": c}, {"id": size, "option": s}],
        }
        for n, (c, s, price) in enumerate([("Röd", "S", "299"), ("Röd", "M", "249"), ("Blå", "S", "399")])
    ]
    done = shop.post(f"/products/{parent}/variations/batch", {"create": create}).body["create"]
    assert [[a["option"] for a in v["attributes"]] for v in done] == [
        ["Röd", "S"],
        ["Röd", "M"],
        ["Blå", "S"],
    ]
    after = shop.get(f"/products/{parent}").body
    assert (after["price"], after["regular_price"], sorted(after["variations"])) == (
        "249",
        "",
        [v["id"] for v in done],
    )
    terms = {t["name"]: t["count"] for t in shop.get(f"/products/attributes/{colour}/terms").body}
    assert terms == {"Blå": 1, "Röd": 1}


def test_an_attribute_by_name_is_the_products_own(shop: Shop) -> None:
    attribute(shop, "Färg", "Röd")
    own = {"name": "Färg", "variation": True, "options": ["Röd"]}
    seen = made(shop, "/products", type="variable", attributes=[own])
    assert (seen["attributes"][0]["id"], seen["attributes"][0]["slug"]) == (0, "Färg")
    child = made(shop, f"/products/{seen['id']}/variations", attributes=[{"name": "Färg", "option": "Röd"}])
    assert child["attributes"] == [{"id": 0, "name": "Färg", "slug": "Färg", "option": "Röd"}]


def test_a_choice_its_parent_does_not_vary_by_is_dropped_in_silence(shop: Shop) -> None:
    parent, colour, _ = sweater(shop)
    weave = attribute(shop, "Vävning", "Tät")
    wish = [
        {"id": weave, "option": "Tät"},
        {"id": colour, "option": "Röd"},
        {"name": "Färg", "option": "Blå"},
    ]
    child = made(shop, f"/products/{parent}/variations", attributes=wish)
    assert [a["id"] for a in child["attributes"]] == [colour]


def test_an_unknown_attribute_or_one_without_options_is_dropped(shop: Shop) -> None:
    colour = attribute(shop, "Färg", "Röd")
    wish = [{"id": 999, "options": ["x"]}, {"id": colour, "options": []}]
    assert made(shop, "/products", attributes=wish)["attributes"] == []


def test_attributes_and_terms_are_changed_deleted_and_clash(shop: Shop) -> None:
    colour = attribute(shop, "Färg", "Röd")
    path = f"/products/attributes/{colour}"
    assert shop.put(path, {"name": "Kulör"}).body["name"] == "Kulör"
    assert (
        shop.post("/products/attributes", {"name": "Färg"}).body["code"] == "woocommerce_rest_cannot_create"
    )
    clash = shop.post(f"{path}/terms", {"name": "röd"})
    known = shop.get(f"{path}/terms").ids[0]
    assert (clash.body["code"], clash.body["data"]["resource_id"]) == ("term_exists", known)
    batch = {"create": [{"name": "Grön"}, {"name": "Röd"}], "update": [{"id": known, "name": "Rött"}]}
    done = shop.post(f"{path}/terms/batch", batch).body
    assert [i.get("error", {}).get("code") for i in done["create"]] == [None, "term_exists"]
    assert done["update"][0]["name"] == "Rött"
    assert shop.delete(f"{path}/terms/{known}").status == 501
    assert shop.delete(f"{path}/terms/{known}", force="true").status == 200
    assert shop.delete(path, force="true").status == 200
    assert shop.get(path).status == 404


def test_categories_below_each_other(shop: Shop) -> None:
    men = made(shop, "/products/categories", name="Herr")["id"]
    women = made(shop, "/products/categories", name="Dam")["id"]
    first = made(shop, "/products/categories", name="Tröjor", parent=men)
    second = made(shop, "/products/categories", name="Tröjor", parent=women)
    assert (first["parent"], first["slug"], second["slug"]) == (men, "trojor", "trojor-dam")
    clash = shop.post("/products/categories", {"name": "Tröjor", "parent": men})
    assert (clash.status, clash.body["data"]["resource_id"]) == (400, first["id"])
    assert shop.post("/products/categories", {"name": "X", "parent": 999}).status == 404
    product = made(shop, "/products", categories=[{"id": second["id"]}])["id"]
    assert shop.get(f"/products/categories/{second['id']}").body["count"] == 1
    shop.put(f"/products/{product}", {"categories": [{"id": 4711}]})
    assert [c["name"] for c in shop.get(f"/products/{product}").body["categories"]] == ["Okategoriserad"]
    assert shop.get(f"/products/categories/{second['id']}").body["count"] == 0


@pytest.mark.parametrize(
    ("field", "sent", "kept"),
    [
        ("tax_class", "moms-12", "moms-12"),
        ("tax_class", "moms-13", ""),
        ("tax_class", "standard", ""),
        ("weight", "0,35", "0.35"),
        ("weight", "1.50", "1.50"),
        ("global_unique_id", "735-0001 000017", "735-0001000017"),
        ("status", "draft", "draft"),
        ("status", "private", "private"),
    ],
)
def test_values_are_cleaned_in_silence(shop: Shop, field: str, sent: str, kept: str) -> None:
    assert made(shop, "/products", **{field: sent})[field] == kept


def test_a_gtin_is_held_once_also_by_variations_but_not_from_the_trash(shop: Shop) -> None:
    parent, colour, _ = sweater(shop)
    choice = [{"id": colour, "option": "Röd"}]
    child = made(shop, f"/products/{parent}/variations", global_unique_id="7350001000017", attributes=choice)
    clash = shop.post("/products", {"global_unique_id": "7350001000017"})
    assert (clash.status, clash.body["code"], clash.body["data"]["resource_id"]) == (
        400,
        "product_invalid_global_unique_id",
        child["id"],
    )
    shop.delete(f"/products/{parent}")
    assert shop.post("/products", {"global_unique_id": "7350001000017"}).status == 201


def test_sku_clashes_say_who_holds_it(shop: Shop) -> None:
    holder = made(shop, "/products", sku="A")["id"]
    made(shop, "/products", sku="A-1")
    clash = shop.post("/products/batch", {"create": [{"sku": "A"}]}).body["create"][0]["error"]
    assert (clash["code"], clash["data"]["resource_id"], clash["data"]["unique_sku"]) == (
        "product_invalid_sku",
        holder,
        "A-2",
    )
    other = made(shop, "/products", sku="B")["id"]
    assert shop.put(f"/products/{other}", {"sku": "A"}).body["code"] == "product_invalid_sku"
    shop.delete(f"/products/{holder}")
    assert shop.post("/products", {"sku": "A"}).body["code"] == "woocommerce_rest_product_not_created"


def test_an_imported_double_is_found_by_sku_with_the_first_as_its_meaning(shop: Shop) -> None:
    for number in (501, 502):
        shop.control("/shop/raw/products", {"id": number, "sku": "SAMMA", "name": "x", "price": "1"})
    assert sorted(shop.get("/products", sku="SAMMA").ids) == [501, 502]
    order = shop.post("/orders", {"line_items": [{"sku": "SAMMA", "quantity": 1}]}).body
    assert order["line_items"][0]["product_id"] == 501


def test_a_simple_product_becomes_variable_and_back_under_its_id(shop: Shop) -> None:
    colour = attribute(shop, "Färg", "Röd")
    product = made(shop, "/products", sku="A", regular_price="100")["id"]
    varies = [{"id": colour, "variation": True, "options": ["Röd"]}]
    changed = shop.put(f"/products/{product}", {"type": "variable", "attributes": varies}).body
    assert (changed["id"], changed["type"], changed["regular_price"]) == (product, "variable", "")
    child = made(
        shop,
        f"/products/{product}/variations",
        sku="A-R",
        regular_price="90",
        attributes=[{"id": colour, "option": "Röd"}],
    )["id"]
    assert shop.get(f"/products/{product}").body["price"] == "90"
    back = shop.put(f"/products/{product}", {"type": "simple", "regular_price": "80"}).body
    assert (back["type"], back["price"], back["variations"]) == ("simple", "80", [])
    assert shop.get(f"/products/{child}").status == 404


def test_a_stock_write_does_not_bring_a_lagging_price_up(shop: Shop) -> None:
    shop.control("/clock", {"now": "2026-03-01T12:00:00+01:00"})
    product = made(
        shop,
        "/products",
        sku="A",
        regular_price="100",
        sale_price="80",
        date_on_sale_from="2026-03-02T09:00:00",
        manage_stock=True,
        stock_quantity=5,
    )["id"]
    shop.control("/shop/advance", {"hours": 22})
    lagging = shop.put(f"/products/{product}", {"stock_quantity": 4}).body
    assert (lagging["on_sale"], lagging["price"]) == (True, "100")
    before = lagging["date_modified_gmt"]
    shop.control("/shop/advance", {"seconds": 5})
    assert shop.control("/shop/daily-job", {}) == {"changed": 1}
    night = shop.get(f"/products/{product}").body
    assert (night["price"], night["date_modified_gmt"] > before) == ("80", True)
    assert shop.put(f"/products/{product}", {"regular_price": "120"}).body["price"] == "80"


def test_a_sale_of_a_variation_moves_its_parents_price_at_night(shop: Shop) -> None:
    shop.control("/clock", {"now": "2026-03-01T12:00:00+01:00"})
    parent, colour, _ = sweater(shop)
    made(
        shop,
        f"/products/{parent}/variations",
        regular_price="200",
        sale_price="150",
        date_on_sale_from="2026-03-02",
        attributes=[{"id": colour, "option": "Röd"}],
    )
    assert shop.get(f"/products/{parent}").body["price"] == "200"
    shop.control("/shop/advance", {"hours": 13})
    seen = shop.get(f"/products/{parent}").body
    assert (seen["price"], seen["on_sale"]) == ("150", True)


def test_a_batch_cleans_what_a_single_write_refuses(shop: Shop) -> None:
    product = made(shop, "/products", sku="A", regular_price="100", manage_stock=True, stock_quantity=7)["id"]
    parent, colour, _ = sweater(shop)
    child = made(shop, f"/products/{parent}/variations", attributes=[{"id": colour, "option": "Röd"}])["id"]
    items = [
        {"id": product, "stock_quantity": "abc"},
        {"id": product, "regular_price": "12,50", "sale_price": "99"},
        {"id": child, "regular_price": "5"},
        {"regular_price": "5"},
    ]
    done = shop.post("/products/batch", {"update": items}).body["update"]
    assert done[0]["stock_quantity"] == 0
    assert (done[1]["regular_price"], done[1]["sale_price"]) == ("12.50", "")
    assert done[2]["error"]["code"] == "woocommerce_rest_invalid_product_id"
    assert "error" in done[3]
    theirs = shop.post(f"/products/{parent}/variations/batch", {"update": [{"id": product, "sku": "x"}]})
    assert "error" in theirs.body["update"][0]
