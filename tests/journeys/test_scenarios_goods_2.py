"""Products that are kept: moves, new numbers, ends, fields by their mode, languages, and cuts anywhere."""

from typing import Any

import pytest

from brygga.app.services import flows
from brygga.app.store.models import LinkRow
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.goods import Goods, by_name, sweater
from tests.journeys.once import go_on
from tests.journeys.power import Power

OUT = {"status": "private", "sku": "", "stock_status": "outofstock"}


def links(world: Goods) -> dict[str, str]:
    """The shop's items by article number."""
    with scope(world.world.tenant.pk):
        return dict(LinkRow.objects.filter(kind="article").values_list("target_ref", "source_ref"))


def skus(world: Goods, product: int) -> set[str]:
    return {v["sku"] for v in world.variations(product)}


def told(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in OUT}


def test_a_variation_added_later_joins_its_product(goods: Any) -> None:
    world: Goods = goods()
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    (product,) = world.products()
    before = {v["id"] for v in world.variations(product["id"])}
    world.article(**sweater("L", "Blå"))
    world.world.hear()
    (after,) = world.products()
    assert after["id"] == product["id"]
    assert before < {v["id"] for v in world.variations(product["id"])}
    assert skus(world, product["id"]) == {"TROJA-S-RÖD", "TROJA-M-RÖD", "TROJA-L-BLÅ"}
    offered = {one["name"]: set(one["options"]) for one in after["attributes"]}
    assert offered == {"Storlek": {"S", "M", "L"}, "Färg": {"Röd", "Blå"}}
    new = next(v for v in world.variations(product["id"]) if v["sku"] == "TROJA-L-BLÅ")
    assert (float(new["regular_price"]), new["stock_quantity"]) == (249.0, 7)


def test_simple_becomes_variable_under_the_same_id(goods: Any) -> None:
    world: Goods = goods()
    world.article(**sweater("S", "Röd"), barCode="7350053850019")
    world.world.hear()
    (simple,) = world.products()
    assert (simple["type"], simple["sku"], simple["stock_quantity"]) == ("simple", "TROJA-S-RÖD", 7)
    world.article(**sweater("M", "Röd"))
    world.world.hear()
    (product,) = world.products()
    assert (product["id"], product["type"], product["sku"]) == (simple["id"], "variable", "TROJA")
    assert product["manage_stock"] is False
    variations = {v["sku"]: v for v in world.variations(product["id"])}
    assert variations.keys() == {"TROJA-S-RÖD", "TROJA-M-RÖD"}
    moved = variations["TROJA-S-RÖD"]
    assert (moved["stock_quantity"], moved["global_unique_id"]) == (7, "7350053850019")
    assert float(moved["regular_price"]) == 249.0
    assert links(world)["TROJA-S-RÖD"] == f"{product['id']}/{moved['id']}"


def test_a_product_whose_variant_has_the_group_s_own_number(goods: Any) -> None:
    world: Goods = goods()
    world.article(**{**sweater("S", "Röd"), "articleNo": "TROJA"})
    world.article(articleNo="TROJA", parentNo="T")
    world.article(**sweater("M", "Röd", "T"))
    world.article(articleNo="T", name="Tröja S", options={"Storlek": "XS", "Färg": "Röd"}, priceExclVat="80")
    world.world.hear()
    (product,) = world.products()
    assert (product["type"], product["sku"]) == ("variable", "")
    assert skus(world, product["id"]) == {"TROJA", "T-M-RÖD", "T"}


def test_an_article_that_stands_for_the_whole_gives_name_and_texts_and_is_not_sold(goods: Any) -> None:
    world: Goods = goods()
    world.article(articleNo="TROJA", name="Stickad tröja", webDescription="Varm", articleGroup="Kläder")
    world.world.hear()
    (simple,) = world.products()
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    (product,) = world.products()
    assert (product["id"], product["type"], product["name"]) == (simple["id"], "variable", "Stickad tröja")
    assert skus(world, product["id"]) == {"TROJA-S-RÖD", "TROJA-M-RÖD"}
    assert product["sku"] == "TROJA"


def test_a_variant_that_moves_leaves_its_old_place_private_and_out_of_stock(goods: Any) -> None:
    world: Goods = goods(goods_draft=False)
    for size in ("S", "M", "L"):
        world.article(**sweater(size, "Röd"))
    world.article(**sweater("XL", "Röd", "JACKA"), barCode="")
    world.article(**sweater("S", "Grå", "JACKA"))
    world.world.hear()
    products = {p["sku"]: p["id"] for p in world.products()}
    old = next(v for v in world.variations(products["TROJA"]) if v["sku"] == "TROJA-L-RÖD")
    world.article(articleNo="TROJA-L-RÖD", parentNo="JACKA")
    world.world.hear()
    left = next(v for v in world.variations(products["TROJA"]) if v["id"] == old["id"])
    assert told(left) == OUT
    assert skus(world, products["TROJA"]) == {"TROJA-S-RÖD", "TROJA-M-RÖD", ""}
    new = next(v for v in world.variations(products["JACKA"]) if v["sku"] == "TROJA-L-RÖD")
    assert (new["status"], new["stock_quantity"]) == ("publish", 7)
    assert links(world)["TROJA-L-RÖD"] == f"{products['JACKA']}/{new['id']}"
    (troja,) = [p for p in world.products() if p["sku"] == "TROJA"]
    assert {one["name"]: set(one["options"]) for one in troja["attributes"]}["Storlek"] == {"S", "M"}
    before = world.writes()
    world.again()
    assert world.writes() == before


def test_two_simple_products_of_ours_are_joined_and_none_is_deleted(goods: Any) -> None:
    world: Goods = goods()
    world.article(articleNo="A", name="Tröja S", priceExclVat="80", stock="2")
    world.article(articleNo="B", name="Tröja M", priceExclVat="80", stock="3")
    world.world.hear()
    first, second = (p["id"] for p in world.products())
    world.article(articleNo="A", parentNo="G", options={"Storlek": "S"})
    world.article(articleNo="B", parentNo="G", options={"Storlek": "M"})
    world.world.hear()
    products = {p["id"]: p for p in world.products()}
    assert products[first]["type"] == "variable"
    assert skus(world, first) == {"A", "B"}
    assert told(products[second]) == OUT


@pytest.mark.parametrize("told_as_deleted", ["0", "1"])
def test_a_new_number_is_followed_by_the_link_and_changed_in_the_shop(
    goods: Any, told_as_deleted: str
) -> None:
    world: Goods = goods({"article_ids": "1", "renamed_as_deleted": told_as_deleted})
    world.article(articleNo="GAMMAL", name="Keps", priceExclVat="80", stock="2")
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    before = {p["sku"]: p["id"] for p in world.products()}
    world.deed("articles/rename", articleNo="GAMMAL", newArticleNo="NY")
    world.deed("articles/rename", articleNo="TROJA-S-RÖD", newArticleNo="TROJA-LITEN")
    world.world.hear()
    after = {p["sku"]: p for p in world.products()}
    assert after.keys() == {"NY", "TROJA"}
    assert after["NY"]["id"] == before["GAMMAL"]
    assert after["NY"]["status"] == "draft"
    assert skus(world, before["TROJA"]) == {"TROJA-LITEN", "TROJA-M-RÖD"}
    assert {v["status"] for v in world.variations(before["TROJA"])} == {"publish"}
    assert set(links(world)) == {"NY", "TROJA-LITEN", "TROJA-M-RÖD"}
    world.article(articleNo="NY", priceExclVat="100")
    world.world.hear()
    assert {float(p["regular_price"]) for p in world.products() if p["sku"] == "NY"} == {125.0}


def test_a_parent_with_a_new_number_keeps_its_product(goods: Any) -> None:
    world: Goods = goods()
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    (before,) = world.products()
    ids = {v["id"] for v in world.variations(before["id"])}
    for size in ("S", "M"):
        world.article(articleNo=f"TROJA-{size}-RÖD", parentNo="NYTT")
    world.world.hear()
    (after,) = world.products()
    assert after["id"] == before["id"]
    assert {v["id"] for v in world.variations(after["id"])} == ids
    assert {v["status"] for v in world.variations(after["id"])} == {"publish"}


@pytest.mark.parametrize("end", ["end", "delete"])
def test_what_ends_is_hidden_and_shown_again_when_it_is_back(goods: Any, end: str) -> None:
    world: Goods = goods(goods_draft=False)
    world.article(articleNo="A", name="Keps", priceExclVat="80", stock="2")
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    product = next(p["id"] for p in world.products() if p["sku"] == "TROJA")

    def statuses() -> tuple[dict[str, str], dict[str, str]]:
        return {p["sku"]: p["status"] for p in world.products()}, {
            v["sku"]: v["status"] for v in world.variations(product)
        }

    for number in ("A", "TROJA-S-RÖD"):
        world.deed(f"articles/{end}", articleNo=number)
    world.world.hear()
    hidden = ({"A": "draft", "TROJA": "publish"}, {"TROJA-S-RÖD": "private", "TROJA-M-RÖD": "publish"})
    assert statuses() == hidden
    back = "take-in-again" if end == "end" else "undelete"
    for number in ("A", "TROJA-S-RÖD"):
        world.deed(f"articles/{back}", articleNo=number)
    world.world.hear()
    assert statuses() == (
        {"A": "publish", "TROJA": "publish"},
        {"TROJA-S-RÖD": "publish", "TROJA-M-RÖD": "publish"},
    )


def test_what_the_merchant_hid_is_not_shown_by_us(goods: Any) -> None:
    world: Goods = goods(goods_draft=False)
    world.article(articleNo="A", name="Keps", stock="2")
    world.world.hear()
    (product,) = world.products()
    world.by_hand("change-product", id=product["id"], status="draft")
    world.deed("articles/end", articleNo="A")
    world.world.hear()
    world.deed("articles/take-in-again", articleNo="A")
    world.world.hear()
    assert [p["status"] for p in world.products()] == ["draft"]


def test_ended_articles_may_be_out_of_stock_or_left_alone(goods: Any) -> None:
    out, nothing = (
        goods(goods_draft=False, goods_ended="out_of_stock"),
        goods(goods_draft=False, goods_ended="nothing"),
    )
    for world in (out, nothing):
        world.article(articleNo="A", name="Keps", priceExclVat="80", stock="2")
        world.world.hear()
        world.deed("articles/end", articleNo="A")
        world.world.hear()
    assert [(p["status"], p["stock_quantity"]) for p in out.products()] == [("publish", 0)]
    assert [(p["status"], p["stock_quantity"]) for p in nothing.products()] == [("publish", 2)]


def test_fields_are_written_by_their_modes(goods: Any) -> None:
    modes = {
        "product.name": "erp:overwrite", "product.texts": "erp:empty", "product.barcode": "erp:never",
        "product.weight": "erp:create", "product.categories": "shop:overwrite",
    }  # fmt: skip
    world: Goods = goods(masters=modes, goods_make_categories=True)
    given = {
        "barCode": "7350053850019",
        "productWeight": "0,5",
        "articleGroup": "Mössor",
        "webDescription": "Ett",
    }
    world.article(articleNo="A", name="Keps", **given)
    world.world.hear()
    (made,) = world.products()
    assert (made["name"], made["global_unique_id"], float(made["weight"])) == ("Keps", "", 0.5)
    assert "Ett" in made["description"]
    assert [c["name"] for c in made["categories"]] != ["Mössor"]
    world.by_hand(
        "change-product",
        id=made["id"],
        name="Finare",
        description="",
        weight="2",
        global_unique_id="40123455",
    )
    world.article(articleNo="A", webDescription="Två", productWeight="0,7", barCode="7350053850026")
    world.world.hear()
    (kept,) = world.products()
    assert (kept["name"], kept["global_unique_id"], kept["weight"]) == ("Keps", "40123455", "2")
    assert "Två" in kept["description"]


def test_a_field_of_never_stays_byte_for_byte(goods: Any) -> None:
    never = dict.fromkeys(
        ("product.name", "product.texts", "product.barcode", "product.weight", "product.categories",
         "product.vat_class", "product.ended", "price.regular", "price.sale", "stock.quantity"), "erp:never",
    )  # fmt: skip
    world: Goods = goods(masters=never)
    mine = world.product(
        name="Min &amp; din  keps", sku="A", regular_price="12.5", weight="1,50", description=" x <br> y ",
        tax_class="reducerad", global_unique_id="x", manage_stock=True, stock_quantity=4,
    )  # fmt: skip
    before = world.world.shop.rest("GET", f"products/{mine}")
    for run in range(4):
        world.article(
            articleNo="A",
            name=f"Keps {run}",
            priceExclVat=str(80 + run),
            barCode="7350053850019",
            stock=str(run),
        )
        world.world.hear()
        world.deed("articles/end" if run % 2 else "articles/take-in-again", articleNo="A")
        world.world.hear()
    assert world.world.shop.rest("GET", f"products/{mine}") == before
    assert links(world) == {"A": f"{mine}/{mine}"}


def test_scenario_73_of_a_product_in_three_languages_the_original_is_kept(goods: Any) -> None:
    world: Goods = goods()
    original = world.product(name="Keps", sku="A", lang="sv", regular_price="10")
    for name, lang in (("Cap", "en"), ("Mütze", "de")):
        world.product(name=name, sku="A", lang=lang, translation_of=original, regular_price="10")
    world.article(articleNo="A", name="Keps", priceExclVat="8", stock="9")
    world.world.hear()
    assert len(world.products()) == 3
    assert links(world) == {"A": f"{original}/{original}"}
    assert world.world.state("A", Kind.GOODS)[0] is State.DONE
    assert world.world.shop.rest("GET", f"products/{original}")["stock_quantity"] == 9
    assert world.world.state("A", Kind.ITEM)[0] is State.DONE


def test_scenario_73_one_article_in_the_erp_when_the_shop_leads(world: Any) -> None:
    original = world.shop.put_product({"name": "Keps", "sku": "A", "lang": "sv", "regular_price": "125"})[
        "id"
    ]
    for lang in ("en", "de"):
        world.shop.put_product(
            {"name": lang, "sku": "A", "lang": lang, "translation_of": original, "regular_price": "125"}
        )
    world.settle(Kind.PRODUCT)
    assert set(world.erp.articles()) == {"A"}
    assert world.erp.articles()["A"]["name"] == "Keps"
    assert world.state(original, Kind.PRODUCT)[0] is State.DONE


def test_a_deleted_product_is_not_made_anew_by_itself(goods: Any) -> None:
    world: Goods = goods()
    world.article(articleNo="A", name="Keps", priceExclVat="80")
    world.world.hear()
    (product,) = world.products()
    world.by_hand("delete-product", id=product["id"])
    world.article(articleNo="A", name="Keps 2")
    world.world.hear()
    assert world.products() == []
    assert world.world.state("A", Kind.GOODS) == (State.IGNORED, "goods.product_gone")
    world.decide("make_again")
    assert [(p["sku"], p["name"]) for p in world.products()] == [("A", "Keps 2")]
    assert world.world.state("A", Kind.GOODS)[0] is State.DONE


def test_modes_of_making(goods: Any) -> None:
    off, update, create = goods(goods="off"), goods(goods="update"), goods(goods="create")
    for world in (off, update, create):
        world.product(name="Gammal", sku="A")
        world.article(articleNo="A", name="Keps", barCode="7350053850019")
        world.article(articleNo="B", name="Vante")
        world.world.hear()
    found = [{p["sku"]: p["global_unique_id"] for p in one.products()} for one in (off, update, create)]
    assert found == [{"A": ""}, {"A": "7350053850019"}, {"A": "", "B": ""}]


def test_a_lost_answer_to_a_create_makes_no_second_product(goods: Any) -> None:
    world: Goods = goods()
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.article(articleNo="A", name="Keps")
    for name, match in (("one", r"POST .*/products/batch$"), ("two", r"POST .*/variations/batch$")):
        world.world.shop.fault(name, kind="cut_after", match=match, times=1)
    world.world.hear()
    assert go_on(world.world)
    products = world.products()
    assert {p["sku"] for p in products} == {"TROJA", "A"}
    assert len(products) == 2
    assert len(world.variations(next(p["id"] for p in products if p["sku"] == "TROJA"))) == 2


def test_cut_at_every_step_each_product_is_there_once(goods: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    power = Power(monkeypatch)
    world: Goods = goods()
    world.article(articleNo="X", name="Först")
    world.world.hear()
    struck: list[str] = []
    for step in range(1, 400):
        parent, other = f"P{step}", f"Q{step}"
        world.article(**sweater("S", "Röd", parent))
        world.world.hear()
        # simple becomes variable, one of another product moves in, a new one is made
        world.article(**sweater("M", "Röd", parent))
        world.article(**sweater("L", "Röd", other))
        with power.cut_at(step):
            world.world.hear()
        hit = power.steps[-1:] if power.was_cut else []
        world.world.hear()
        assert go_on(world.world)
        products = world.products(f"{parent},{other}-L-RÖD")
        assert {p["sku"]: p["type"] for p in products} == {parent: "variable", f"{other}-L-RÖD": "simple"}, (
            hit
        )
        assert len(products) == 2, hit
        ours = next(p["id"] for p in products if p["sku"] == parent)
        assert sorted(v["sku"] for v in world.variations(ours)) == [f"{parent}-M-RÖD", f"{parent}-S-RÖD"], hit
        if not hit:
            break
        struck += hit
    print(f"{len(struck)} steps cut: {struck}")
    assert len(struck) > 20, struck


def test_changed_grouping_moves_articles_at_the_next_regrouping(goods: Any) -> None:
    world: Goods = goods({"article_structure": "0"})
    for size in ("S", "M"):
        world.article(articleNo=f"T-{size}", name=f"Tröja {size}", priceExclVat="80", stock="1")
    world.world.hear()
    assert {p["sku"] for p in world.products()} == {"T-S", "T-M"}
    with scope(world.world.tenant.pk):
        flows.change_settings(
            world.world.flow,
            {"goods_separator": "-", "goods_number_parts": ["parent", "Storlek"]},
            who="Alice",
        )
    world.world.drain()
    products = by_name(world.products())
    variable = next(p for p in products.values() if p["type"] == "variable")
    assert skus(world, variable["id"]) == {"T-S", "T-M"}
    assert sum(p["status"] == "private" for p in products.values()) == 1
