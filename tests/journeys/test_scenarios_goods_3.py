"""Grouping by an uploaded file, products that are the merchant's own, and what concerns no product."""

from typing import Any

import pytest

from brygga.app.services import goods as service
from brygga.app.store.models import Work
from brygga.app.tenancy.scope import scope
from brygga.domain.errors import RecordRejected, SetupWrong
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.goods import Goods, by_name, sweater

FILE = "\ufeffArtikelnummer;Grupp;Storlek;Färg\r\n007;KEPS;S;Röd\r\n008;KEPS;M;Röd\r\n;KEPS;L;Röd\r\n007;ANNAN;S;Röd\r\n9;KEPS;L;Röd\r\nX;KEPS;XL;Röd\r\n"


def upload(world: Goods, text: str) -> service.Uploaded:
    with scope(world.world.tenant.pk):
        told = service.upload_groups(world.world.flow, service.rows_of_csv(text), who="Alice")
    world.world.drain()
    return told


def test_an_uploaded_file_groups_what_the_erp_does_not(goods: Any) -> None:
    world: Goods = goods({"article_structure": "0"}, goods="update")
    for number in ("007", "008", "009"):
        world.article(articleNo=number, name=f"Keps {number}", priceExclVat="80")
    world.world.hear()
    world.world.change(goods="both")
    told = upload(world, FILE)
    assert told.kept == 4
    assert [(one.code, one.facts["row"]) for one in told.remarks] == [
        ("goods.file_row_empty", "4"),
        ("goods.file_twice", "5"),
        ("goods.file_suspect", "6"),  # a spreadsheet has made 009 a number
        ("goods.file_unknown", "7"),
    ]
    (product,) = world.products()
    assert (product["name"], product["type"]) == ("Keps", "variable")
    assert {v["sku"] for v in world.variations(product["id"])} == {"007", "008"}
    upload(world, "Artikelnummer;Grupp;Storlek\n007;KEPS;S\n008;KEPS;M\n009;KEPS;L\n")
    assert {v["sku"] for v in world.variations(product["id"])} == {"007", "008", "009"}


def test_a_file_without_choices_and_a_flow_without_products_are_refused(goods: Any, world: Any) -> None:
    made: Goods = goods()
    with scope(made.world.tenant.pk), pytest.raises(RecordRejected):
        service.upload_groups(made.world.flow, [["Artikelnummer", "Grupp"]], who="Alice")
    with scope(world.tenant.pk), pytest.raises(SetupWrong):
        service.upload_groups(world.flow, service.rows_of_csv(FILE), who="Alice")


def test_products_of_the_merchant_s_own_are_listed_and_never_touched(goods: Any) -> None:
    world: Goods = goods()
    mine = [world.product(name=f"Egen {n}", sku=f"E-{n}") for n in range(3)]
    before = [world.world.shop.rest("GET", f"products/{one}") for one in mine]
    world.article(articleNo="A", name="Keps")
    world.world.hear()
    assert [world.world.shop.rest("GET", f"products/{one}") for one in mine] == before
    with scope(world.world.tenant.pk):
        listed = [item.sku for item in service.unknown_products(world.world.flow)]
    assert listed == ["E-0", "E-1", "E-2"]


def test_articles_in_several_products_of_the_merchant_s_own_are_told_of_not_moved(goods: Any) -> None:
    world: Goods = goods()
    for size in ("S", "M"):
        world.product(name=f"Egen {size}", sku=f"TROJA-{size}-RÖD")
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    assert world.world.state("TROJA", Kind.GOODS) == (State.HELD, "goods.scattered")
    assert {p["type"] for p in world.products()} == {"simple"}


def test_an_article_in_a_stranger_s_product_is_told_of_and_the_others_go_on(goods: Any) -> None:
    world: Goods = goods()
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    (product,) = world.products()
    stranger = world.product(name="Egen", sku="TROJA-L-RÖD", status="publish")
    for size in ("L", "XL"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    assert world.world.state("TROJA", Kind.GOODS) == (State.HELD, "goods.elsewhere")
    assert {v["sku"] for v in world.variations(product["id"])} == {
        "TROJA-S-RÖD",
        "TROJA-M-RÖD",
        "TROJA-XL-RÖD",
    }
    assert world.world.shop.rest("GET", f"products/{stranger}")["status"] == "publish"


def test_a_variation_of_the_merchant_s_own_stays_reachable(goods: Any) -> None:
    world: Goods = goods()
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    (product,) = world.products()
    ids = {one["name"]: one["id"] for one in product["attributes"]}
    world.world.shop.rest(
        "POST",
        f"products/{product['id']}/variations",
        {
            "sku": "EGEN",
            "attributes": [{"id": ids["Storlek"], "option": "XXL"}, {"id": ids["Färg"], "option": "Röd"}],
        },
    )
    world.article(**sweater("L", "Röd"))
    world.article(**sweater("XXL", "Röd"))
    world.world.hear()
    (after,) = world.products()
    offered = {one["name"]: set(one["options"]) for one in after["attributes"]}
    assert offered["Storlek"] == {"S", "M", "L", "XXL"}
    assert "EGEN" in {v["sku"] for v in world.variations(product["id"])}
    assert world.world.state("TROJA", Kind.GOODS) == (State.HELD, "goods.option_taken")


def test_a_price_or_a_number_in_stock_concerns_no_product(goods: Any) -> None:
    world: Goods = goods()
    world.article(articleNo="A", name="Keps", priceExclVat="80", stock="1")
    world.world.hear()

    def seen() -> int:
        with scope(world.world.tenant.pk):
            return Work.objects.get(kind=Kind.GOODS.value).seen_count

    before = seen()
    world.article(articleNo="A", priceExclVat="84", stock="5")
    world.world.hear()
    (product,) = world.products()
    assert (float(product["regular_price"]), product["stock_quantity"]) == (105.0, 5)
    assert seen() == before


def test_what_the_merchant_adds_to_our_product_is_left_alone(goods: Any) -> None:
    world: Goods = goods()
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    (product,) = world.products()
    extra = {"name": "Skötsel", "options": ["40 grader"], "visible": True, "variation": False}
    world.by_hand(
        "change-product", id=product["id"], name="Finare namn", description="Egen text",
        attributes=[*product["attributes"], extra], tags=[],
    )  # fmt: skip
    world.article(**sweater("L", "Röd"))
    world.world.hear()
    (after,) = world.products()
    assert after["name"] == "Finare namn"
    assert "Egen text" in after["description"]
    attributes = by_name(after["attributes"])
    assert attributes["Skötsel"]["options"] == ["40 grader"]
    assert set(attributes["Storlek"]["options"]) == {"S", "M", "L"}


def test_a_barcode_field_of_an_older_shop(goods: Any) -> None:
    world: Goods = goods(goods_barcode_meta="_ean")
    world.article(articleNo="A", name="Keps", barCode="7350053850019")
    world.world.hear()
    (product,) = world.products()
    metas = {one["key"]: one["value"] for one in product["meta_data"]}
    assert (metas["_ean"], product["global_unique_id"]) == ("7350053850019", "")
    before = world.writes()
    world.again()
    assert world.writes() == before


def test_variations_of_the_merchant_s_own_that_the_erp_does_not_group_stay_where_they_are(goods: Any) -> None:
    world: Goods = goods({"article_structure": "0"}, goods_draft=False)
    parent = world.product(name="Egen", type="variable", sku="EGEN")
    for size in ("S", "M", "L"):
        world.product(type="variation", parent_id=parent, sku=f"T-{size}", name=size)
        world.article(articleNo=f"T-{size}", name=f"Tröja {size}", priceExclVat="80", stock="3")
    world.world.hear()
    world.again()

    def kept() -> dict[str, tuple[str, int]]:
        return {v["sku"]: (v["status"], v["stock_quantity"]) for v in world.variations(parent)}

    assert kept() == {f"T-{size}": ("publish", 3) for size in ("S", "M", "L")}
    assert [p["name"] for p in world.products()] == ["Egen"]
    states = [world.world.state(f"T-{size}", Kind.GOODS) for size in ("S", "M", "L")]
    assert sorted(code for _, code in states) == [
        "goods.as_it_should_be",
        "goods.elsewhere",
        "goods.elsewhere",
    ]
    adopted = next(size for size, (state, _) in zip("SML", states, strict=True) if state is State.DONE)
    world.deed("articles/end", articleNo=f"T-{adopted}")
    world.world.hear()
    assert world.products()[0]["status"] == "publish"  # the two others are sold in it
    assert kept()[f"T-{adopted}"][0] == "private"
