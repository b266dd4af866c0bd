"""Acceptance scenarios 22, 71 and 72: the ERP's articles become products of the shop, once each."""

from typing import Any

import pytest

from brygga.app.store.models import LinkRow, Task, Work
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.goods import Goods, by_name, sweater

TWELVE = [(size, colour) for size in ("S", "M", "L", "XL") for colour in ("Röd", "Blå", "Svart")]


def test_scenario_22_twelve_articles_become_one_draft_with_twelve_variations(goods: Any) -> None:
    world: Goods = goods()
    for size, colour in reversed(TWELVE):
        world.article(**sweater(size, colour))
    world.world.hear()
    (product,) = world.products()
    assert (product["type"], product["status"], product["sku"]) == ("variable", "draft", "TROJA")
    assert product["name"] == "Tröja"
    attributes = {one["name"]: one for one in product["attributes"]}
    assert set(attributes) == {"Storlek", "Färg"}
    assert all(one["id"] and one["variation"] for one in attributes.values())
    assert set(attributes["Storlek"]["options"]) == {"S", "M", "L", "XL"}
    variations = world.variations(product["id"])
    assert len(variations) == 12
    assert {tuple(sorted(a["option"] for a in v["attributes"])) for v in variations} == {
        tuple(sorted(pair)) for pair in TWELVE
    }
    assert {v["sku"] for v in variations} == {f"TROJA-{s}-{c.upper()}" for s, c in TWELVE}
    # the prices and stock of the same articles follow at once
    assert {v["regular_price"] for v in variations} == {"249.00"} or {
        float(v["regular_price"]) for v in variations
    } == {249.0}
    assert {v["stock_quantity"] for v in variations} == {7}
    terms = world.terms("Storlek")
    assert [t["name"] for t in sorted(terms, key=lambda t: t["menu_order"])] == ["S", "M", "L", "XL"]


def test_a_second_run_writes_nothing(goods: Any) -> None:
    world: Goods = goods()
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    before = world.writes()
    world.again()
    assert world.writes() == before
    assert world.world.state("TROJA", Kind.GOODS) == (State.DONE, "goods.as_it_should_be")


def test_a_simple_article_becomes_a_simple_draft_with_all_that_the_feed_tells(goods: Any) -> None:
    world: Goods = goods(goods_make_categories=True)
    world.article(
        articleNo="00123", name="Bok & penna", priceExclVat="100", vatPercent="6", barCode="7350053850019",
        productWeight="0,25", articleGroup="Böcker", webDescription="<p>Lång text</p>",
        webShortDescription="<strong>Kort</strong>", stock="3",
    )  # fmt: skip
    world.world.hear()
    (product,) = world.products()
    assert (product["sku"], product["status"], product["type"]) == ("00123", "draft", "simple")
    assert product["name"] in ("Bok & penna", "Bok &amp; penna")
    assert product["tax_class"] == "reducerad-6" or product["tax_class"]
    assert float(product["regular_price"]) == 106.0
    assert product["stock_quantity"] == 3
    assert product["global_unique_id"] == "7350053850019"
    assert float(product["weight"]) == 0.25
    assert [c["name"] for c in product["categories"]] == ["Böcker"]
    assert "Lång text" in product["description"]
    assert "<strong>Kort</strong>" in product["short_description"]


def test_scenario_71_suspect_numbers_are_reported_and_nothing_is_written(goods: Any) -> None:
    world: Goods = goods()
    world.product(name="Gammal", sku="AB-1")
    world.article(articleNo="ab-1", name="Ny")
    before = world.writes()
    world.world.hear()
    assert world.world.state("ab-1", Kind.GOODS) == (State.HELD, "goods.suspect_sku")
    assert [p["sku"] for p in world.products()] == ["AB-1"]
    assert world.writes() == before
    world.article(articleNo="X-1", name="Ett")
    world.article(articleNo="x-1", name="Två")
    world.world.hear()
    assert world.world.state("X-1", Kind.GOODS) == (State.HELD, "goods.suspect_article")
    assert world.world.state("x-1", Kind.GOODS) == (State.HELD, "goods.suspect_article")
    assert [p["sku"] for p in world.products()] == ["AB-1"]


@pytest.mark.parametrize("choice", ["restore_product", "free_sku"])
def test_scenario_72_an_sku_in_the_trash_is_a_task_with_two_choices(goods: Any, choice: str) -> None:
    world: Goods = goods()
    old = world.product(name="Slängd", sku="A-1")
    world.by_hand("trash-product", id=old)
    world.article(articleNo="A-1", name="Ny")
    world.world.hear()
    assert world.world.state("A-1", Kind.GOODS) == (State.HELD, "goods.sku_in_trash")
    assert world.products() == []
    with scope(world.world.tenant.pk):
        task = Task.objects.get(closed_at=None)
        assert task.choices == ["restore_product", "free_sku"]
        assert f"post={old}&" in task.message["facts"]["link"]
    world.decide(choice)
    (product,) = world.products()
    assert product["sku"] == "A-1"
    assert (product["id"] == old) is (choice == "restore_product")
    assert product["status"] == "draft"
    assert world.world.state("A-1", Kind.GOODS)[0] is State.DONE
    with scope(world.world.tenant.pk):
        assert LinkRow.objects.filter(kind="article").count() == 1


def test_a_question_of_the_trash_goes_away_with_what_was_in_it(goods: Any) -> None:
    world: Goods = goods()
    old = world.product(name="Slängd", sku="A-1")
    world.by_hand("trash-product", id=old)
    world.article(articleNo="A-1", name="Ny", priceExclVat="80")
    world.world.hear()
    world.by_hand("delete-product", id=old)
    world.again()
    assert [p["sku"] for p in world.products()] == ["A-1"]
    with scope(world.world.tenant.pk):
        assert not Task.objects.filter(closed_at=None).exists()


def test_what_is_in_the_shop_already_is_linked_and_not_made(goods: Any) -> None:
    world: Goods = goods()
    mine = world.product(name="Finns redan", sku="A-1", regular_price="10")
    world.article(articleNo="A-1", name="Annat namn")
    world.world.hear()
    (product,) = world.products()
    assert product["id"] == mine
    assert product["name"] == "Finns redan"  # the name is written when a product is made, only
    assert world.world.state("A-1", Kind.GOODS)[0] is State.DONE


def test_a_variable_product_of_the_merchants_own_is_adopted(goods: Any) -> None:
    world: Goods = goods()
    parent = world.product(name="Egen", type="variable", attributes=[])
    for size in ("S", "M"):
        world.product(type="variation", parent_id=parent, sku=f"TROJA-{size}-RÖD", name=size)
    for size in ("S", "M", "L"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    (product,) = world.products()
    assert product["id"] == parent
    assert product["name"] == "Egen"
    assert {v["sku"] for v in world.variations(parent)} == {"TROJA-S-RÖD", "TROJA-M-RÖD", "TROJA-L-RÖD"}


def test_two_articles_with_the_same_choices_are_both_held_and_the_others_go_on(goods: Any) -> None:
    world: Goods = goods()
    world.article(**sweater("S", "Röd"))
    world.article(**sweater("M", "Röd"))
    world.article(**{**sweater("M", "röd"), "articleNo": "TROJA-M-2"})
    world.world.hear()
    (product,) = world.products()
    assert [v["sku"] for v in world.variations(product["id"])] == ["TROJA-S-RÖD"]
    assert world.world.state("TROJA", Kind.GOODS) == (State.HELD, "goods.same_options")
    world.article(articleNo="TROJA-M-2", options={"Storlek": "L", "Färg": "Röd"})
    world.world.hear()
    assert len(world.variations(product["id"])) == 3
    assert world.world.state("TROJA", Kind.GOODS)[0] is State.DONE


def test_an_unknown_percent_holds_a_bad_barcode_is_left_out(goods: Any) -> None:
    world: Goods = goods()
    world.article(articleNo="A-1", name="Ett", vatPercent="19")
    world.article(articleNo="A-2", name="Två", barCode="7350053850010")
    world.world.hear()
    assert world.world.state("A-1", Kind.GOODS) == (State.HELD, "goods.no_vat_class")
    (product,) = world.products()
    assert (product["sku"], product["global_unique_id"]) == ("A-2", "")
    assert world.world.warnings("A-2", Kind.GOODS) == ["goods.bad_barcode"]


def test_only_articles_for_the_web_and_none_that_is_ended(goods: Any) -> None:
    world: Goods = goods()
    world.article(articleNo="A-1", name="Ej webb", forWeb="0")
    world.article(articleNo="A-2", name="Utgången", ended="1")
    world.world.hear()
    assert world.products() == []
    assert world.world.state("A-1", Kind.GOODS) == (State.IGNORED, "goods.nothing_sold")


def test_grouping_by_the_number(goods: Any) -> None:
    world: Goods = goods(
        {"article_structure": "0"}, goods_separator="-", goods_option_words={"ROD": "Röd", "Färg:BLA": "Blå"}
    )
    for size, colour in (("S", "ROD"), ("M", "BLA")):
        world.article(articleNo=f"TROJA-{size}-{colour}", name=f"Tröja {colour} {size}", vatPercent="25")
    world.article(articleNo="KEPS", name="Keps")
    world.article(articleNo="VANTE-L", name="Vante")
    world.world.hear()
    products = by_name(world.products())
    assert products.keys() == {"Tröja", "Keps", "Vante"}
    assert products["Vante"]["type"] == "simple"
    options = [
        {a["name"]: a["option"] for a in v["attributes"]} for v in world.variations(products["Tröja"]["id"])
    ]
    assert sorted(options, key=str) == sorted(
        [{"Storlek": "S", "Färg": "Röd"}, {"Storlek": "M", "Färg": "Blå"}], key=str
    )


def test_one_flow_s_products_never_reach_another_tenant_s_shop(goods: Any) -> None:
    mine, yours = goods(), goods()
    for size in ("S", "M"):
        mine.article(**sweater(size, "Röd"))
    yours.article(articleNo="TROJA", name="Helt annat")
    mine.world.hear()
    yours.world.hear()
    assert [p["type"] for p in mine.products()] == ["variable"]
    assert [p["name"] for p in yours.products()] == ["Helt annat"]
    with scope(mine.world.tenant.pk):
        assert Work.objects.filter(kind=Kind.GOODS.value).count() == 1
