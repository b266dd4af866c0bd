"""Products are made and kept over HTTP in a simulated shop: what it then holds, and what is told of it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from brygga.connectors.contract.goods import TakesProducts
from brygga.connectors.woocommerce.connector import WooSession
from brygga.domain.errors import DuplicateNumber, OutcomeUnknown, RecordGone, RecordRejected
from brygga.domain.goods import Attribute, Fields, ProductAnswer, ProductWrite, ShopProduct, VariationWrite
from brygga.domain.order import OptionValue
from tests.connectors.woocommerce.shelf_shop import IDENTITY, ShelfShop, new_sku, running_shop

GTINS = iter(["7350053850019", "7350053850026", "7350053850033", "7350053850040"])


@pytest.fixture(scope="module")
def shop() -> Iterator[ShelfShop]:
    with running_shop() as running:
        yield running


def options(**values: str) -> tuple[OptionValue, ...]:
    return tuple(OptionValue(name, value) for name, value in values.items())


def make(session: WooSession, fields: Fields) -> ProductAnswer:
    """Make one product, and raise what stands in its place."""
    (answer,) = session.put_products([ProductWrite("", fields)])
    if answer.error is not None:
        raise answer.error
    return answer


def made(answer: ProductAnswer) -> ShopProduct:
    assert answer.product is not None
    return answer.product


def a_variable(session: WooSession, sku: str, sizes: tuple[str, ...] = ("S", "M")) -> Any:
    attribute = session.attribute("Storlek", sizes, ("S", "M", "L"))
    fields = Fields(type="variable", sku=sku, name="Tröja", status="draft", attributes=(attribute,))
    return made(make(session, fields))


def test_a_session_takes_products(shop: ShelfShop) -> None:
    assert isinstance(shop.shelf(), TakesProducts)


def test_a_simple_product_is_made_with_all_its_fields_and_read_back(shop: ShelfShop) -> None:
    session, sku, barcode = shop.shelf(), new_sku(), next(GTINS)
    category = session.category("Kläder > Tröjor", make=True)
    answer = make(
        session,
        Fields(
            type="simple",
            sku=sku,
            name='Tröja & "väst"',
            status="draft",
            description="<p>Varm</p>",
            short_description="Kort",
            barcode=barcode,
            weight_kg=Decimal("0.25"),
            categories=(category,),
        ),
    )
    assert answer.remarks == ()
    kept = shop.kept(made(answer).id)
    assert (kept["sku"], kept["status"], kept["global_unique_id"]) == (sku, "draft", barcode)
    assert kept["weight"] == "250"  # this shop weighs in grams
    assert [one["name"] for one in kept["categories"]] == ["Tröjor"]
    assert (kept["regular_price"], kept["manage_stock"]) == ("", False)
    read = session.shop_product(made(answer).id)
    assert (read.name, read.weight_kg, read.barcode) == ('Tröja & "väst"', Decimal("0.25"), barcode)
    assert read.categories == (category,)


def test_a_taken_sku_is_told_and_nothing_is_made(shop: ShelfShop) -> None:
    session, sku = shop.shelf(), new_sku()
    shop.simple(sku=sku)
    with pytest.raises(DuplicateNumber) as caught:
        make(session, Fields(sku=sku, name="Andra"))
    assert caught.value.for_merchant.code == "woocommerce.sku_taken"
    assert len(session.items_by_sku([sku])) == 1


def test_a_taken_barcode_is_left_out_and_told(shop: ShelfShop) -> None:
    session, barcode = shop.shelf(), next(GTINS)
    make(session, Fields(sku=new_sku(), name="Ett", barcode=barcode))
    answer = make(session, Fields(sku=new_sku(), name="Två", barcode=barcode))
    assert [one.code for one in answer.remarks] == ["woocommerce.barcode_taken"]
    assert made(answer).barcode == ""
    product = a_variable(session, new_sku())
    write = VariationWrite("", Fields(sku=new_sku(), options=options(Storlek="S"), barcode=barcode))
    (variation,) = session.put_variations(product.id, [write])
    assert variation.fault is None
    assert variation.variation is not None
    assert [one.code for one in variation.remarks] == ["woocommerce.barcode_taken"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (Fields(name=" "), "name"),
        (Fields(sku="A"), "name"),
        (Fields(name="A", sku=" A"), "sku"),
        (Fields(name="A", status="gömd"), "status"),
        (Fields(name="A", type="grouped"), "type"),
        (Fields(name="A", weight_kg=Decimal(-1)), "weight"),
        (Fields(name="A", weight_kg=Decimal("1e9")), "weight"),
    ],
)
def test_what_the_shop_would_clean_in_silence_is_never_sent(
    shop: ShelfShop, fields: Fields, field: str
) -> None:
    with pytest.raises(RecordRejected) as caught:
        make(shop.shelf(), fields)
    assert caught.value.for_merchant.facts["field"] == field


def test_variations_are_made_and_changed_together_each_for_itself(shop: ShelfShop) -> None:
    session = shop.shelf()
    product = a_variable(session, new_sku(), ("S", "M", "L"))
    skus, taken = [new_sku() for _ in range(3)], new_sku()
    shop.simple(sku=taken)
    writes = [
        VariationWrite("", Fields(sku=sku, options=options(Storlek=size), status="publish"))
        for sku, size in zip([skus[0], taken, skus[1]], ("S", "M", "L"), strict=True)
    ]
    first, refused, third = session.put_variations(product.id, writes)
    assert refused.sku_taken
    assert first.variation is not None
    assert third.variation is not None
    assert first.remarks == third.remarks == ()
    changed = session.put_variations(
        product.id,
        [
            VariationWrite(first.variation.id, Fields(sku="", status="private", out_of_sale=True)),
            VariationWrite("999999", Fields(sku="X")),
            VariationWrite("", Fields(sku=skus[2], options=options(Storlek="M"))),
        ],
    )
    assert [one.gone for one in changed] == [False, True, False]
    kept = {one.id: one for one in session.shop_product(product.id).variations}
    assert {one.sku for one in kept.values()} == {"", skus[1], skus[2]}
    retired = kept[first.variation.id]
    assert (retired.status, retired.stock_shown) == ("private", False)
    assert kept[third.variation.id].options == options(Storlek="L")


def test_seventy_variations_take_two_calls(shop: ShelfShop) -> None:
    session = shop.shelf()
    product = a_variable(session, new_sku(), tuple(str(n) for n in range(70)))
    writes = [VariationWrite("", Fields(sku=new_sku(), options=options(Storlek=str(n)))) for n in range(70)]
    with shop.counted() as calls:
        answers = session.put_variations(product.id, writes)
    assert all(one.variation is not None for one in answers)
    assert calls == {"GET products/#": 1, "POST products/#/variations/batch": 2}
    assert len(session.shop_product(product.id).variations) == 70


def test_attributes_and_terms_are_found_whatever_their_case_and_made_once(shop: ShelfShop) -> None:
    session = shop.shelf()
    first = session.attribute("Färg", ("Röd", "Blå"), ("Blå", "Röd"))
    assert (first.name, first.values) == ("Färg", ("Röd", "Blå"))
    other = shop.shelf().attribute("FÄRG", ("BLÅ", "Grön"), ("Blå", "Röd"))
    assert (other.id, other.values) == (first.id, ("Blå", "Grön"))
    terms = shop.call("GET", f"products/attributes/{first.id}/terms")
    assert {one["name"]: one["menu_order"] for one in terms} == {"Blå": 0, "Röd": 1, "Grön": 2}


def test_a_term_that_somebody_else_made_first_is_used(shop: ShelfShop) -> None:
    session = shop.shelf()
    first = session.attribute("Material", ("Ull",), ())
    shop.call("POST", f"products/attributes/{first.id}/terms", {"name": "Lin"})
    assert session.attribute("Material", ("Lin",), ()).values == ("Lin",)


def test_categories_by_name_id_and_path(shop: ShelfShop) -> None:
    session = shop.shelf()
    assert session.category("Finns ej", make=False) == ""
    top = session.category("Barn", make=True)
    below = session.category("Barn > Skor", make=True)
    assert top != below
    assert session.category("barn", make=False) == top
    assert session.category(below, make=False) == below
    assert session.category("999999", make=True) == ""
    assert shop.shelf().category("BARN > SKOR", make=True) == below


def test_tax_classes_by_percent_of_the_shop_s_own_country(shop: ShelfShop) -> None:
    classes = shop.session(replace(IDENTITY, country="SE")).tax_classes()
    assert classes[Decimal(25)][0] == ""
    assert set(classes) >= {Decimal(25), Decimal(12), Decimal(6)}
    assert all(list(named) for named in classes.values())


def test_a_change_keeps_the_id_and_the_merchant_s_own_attributes(shop: ShelfShop) -> None:
    session, sku = shop.shelf(), new_sku()
    product_id = shop.simple(sku=sku)
    own = Attribute("", "Skötsel", ("Tvätt 40",), varies=False)
    size = session.attribute("Storlek", ("S", "M"), ())
    answer = session.change_product(
        product_id, Fields(type="variable", sku="", attributes=(own, size), uncounted=True)
    )
    assert answer.remarks == ()
    product = made(answer)
    assert (product.id, product.is_variable, product.sku) == (product_id, True, "")
    assert [(one.name, one.varies) for one in product.attributes] == [
        ("Skötsel", False),
        ("Storlek", True),
    ]


def test_a_product_in_the_trash_is_read_and_gives_its_sku_up_without_coming_back(shop: ShelfShop) -> None:
    session, sku = shop.shelf(), new_sku()
    product_id = shop.simple(sku=sku)
    shop.call("DELETE", f"products/{product_id}")
    assert [one.product_id for one in session.trashed_by_sku([sku])] == [product_id]
    assert session.shop_product(product_id).status == "trash"
    session.change_product(product_id, Fields(sku=""))
    read = session.shop_product(product_id)
    assert (read.status, read.sku) == ("trash", "")
    assert made(make(session, Fields(sku=sku, name="Ny"))).sku == sku


def test_a_lost_answer_is_looked_for_by_its_sku(shop: ShelfShop) -> None:
    session, sku = shop.shelf(), new_sku()
    shop.fault("cut_after", r"POST .*/products/batch$")
    assert make(session, Fields(sku=sku, name="Ny")).product == session.shop_product(
        session.items_by_sku([sku])[0].product_id
    )
    shop.fault("cut_before", r"POST .*/products/batch$")
    with pytest.raises(OutcomeUnknown):
        make(session, Fields(sku=new_sku(), name="Ny"))


def test_what_is_not_there_is_gone(shop: ShelfShop) -> None:
    session = shop.shelf()
    with pytest.raises(RecordGone):
        session.shop_product("987654")
    with pytest.raises(RecordGone):
        session.change_product("987654", Fields(name="A"))
    with pytest.raises(RecordGone):
        session.shop_product("../orders")
    assert session.page_of("7").endswith("/wp-admin/post.php?post=7&action=edit")
