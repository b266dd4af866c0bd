"""The shelf is read over HTTP from a simulated shop: by product, by SKU, and all of it."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

import pytest

from brygga.connectors.contract.shelf import GivesItems, TakesItems
from brygga.connectors.woocommerce.items import questions
from brygga.domain.shelf import ItemWrite, StockBy, StockWrite
from tests.connectors.woocommerce.fake_shop import Call, FakeShop, Reply, session_for
from tests.connectors.woocommerce.shelf_shop import IDENTITY, ShelfShop, new_sku, running_shop


@pytest.fixture(scope="module")
def shop() -> Iterator[ShelfShop]:
    with running_shop() as running:
        yield running


def test_a_session_gives_and_takes_items(shop: ShelfShop) -> None:
    session = shop.shelf()
    assert isinstance(session, GivesItems)
    assert isinstance(session, TakesItems)


@pytest.mark.parametrize("amount", [1, 99, 100, 101, 250])
def test_products_are_read_a_hundred_a_call_in_the_order_asked(shop: ShelfShop, amount: int) -> None:
    ids = shop.fill(*[{"sku": new_sku()} for _ in range(amount)])
    asked = ids[::-1]
    with shop.counted() as calls:
        items = shop.shelf().items_of([*asked, asked[0]])
    assert [item.ref for item in items] == [f"{i}/{i}" for i in asked]
    assert calls == {"GET products": -(-amount // 100)}


def test_variations_are_read_parent_by_parent_with_what_they_inherit(shop: ShelfShop) -> None:
    parent, variations = shop.variable(3, weight="250", tax_class="moms-12")
    other, _ = shop.variable(1)
    simple = shop.simple(weight="1500")
    with shop.counted() as calls:
        items = shop.shelf().items_of([parent, simple, other])
    assert [item.product_id for item in items] == [parent] * 3 + [simple, other]
    assert [item.variant_id for item in items[:3]] == sorted(variations, key=int)
    assert {item.tax_class for item in items[:3]} == {"moms-12"}
    assert [item.weight_kg for item in items] == [Decimal("0.25")] * 3 + [Decimal("1.5"), None]
    assert items[0].name == "Tröja - Storlek 0"
    assert (items[0].is_variation, items[3].is_variation) == (True, False)
    assert calls == {"GET products": 1, "GET products/#/variations": 2}


@pytest.mark.parametrize("size", [100, 130, 250])
def test_a_product_with_more_variations_than_a_page_is_whole(shop: ShelfShop, size: int) -> None:
    parent, variations = shop.variable(size)
    with shop.counted() as calls:
        items = shop.shelf().items_of([parent])
    assert [item.variant_id for item in items] == sorted(variations, key=int)
    assert calls["GET products/#/variations"] == -(-(size - 1) // 99)


def test_the_trash_is_told_from_what_is_gone(shop: ShelfShop) -> None:
    here, trashed, gone = shop.simple(), shop.simple(), shop.simple()
    shop.call("DELETE", f"products/{trashed}")
    shop.call("DELETE", f"products/{gone}", force="true")
    with shop.counted() as calls:
        items = shop.shelf().items_of([gone, trashed, "x", "", here])
    assert [(item.product_id, item.status) for item in items] == [(trashed, "trash"), (here, "publish")]
    assert calls == {"GET products": 2}


def test_what_is_neither_simple_nor_variable_comes_with_its_type(shop: ShelfShop) -> None:
    ids = shop.fill(*[{"type": kind, "sku": new_sku()} for kind in ("grouped", "external", "bundle")])
    empty, _ = shop.variable(0)
    trashed, _ = shop.variable(2)
    shop.call("DELETE", f"products/{trashed}")
    items = shop.shelf().items_of([*ids, empty, trashed])
    assert [item.type for item in items] == ["grouped", "external", "bundle", "variable", "variable"]
    assert items[-1].status == "trash"


def test_stock_of_the_parent_is_shown_as_the_parents(shop: ShelfShop) -> None:
    parent, variations = shop.variable(2, manage_stock=True, stock_quantity=70)
    for variation in variations:
        shop.call("PUT", f"products/{parent}/variations/{variation}", {"manage_stock": False})
    items = shop.shelf().items_of([parent])
    assert [(item.stock_by, item.stock) for item in items] == [(StockBy.PARENT, Decimal(70))] * 2
    by_sku = shop.shelf().items_by_sku([items[0].sku])
    assert [(item.ref, item.stock_by) for item in by_sku] == [(items[0].ref, StockBy.PARENT)]


def test_stock_that_nobody_counts_has_no_number(shop: ShelfShop) -> None:
    uncounted = shop.simple(manage_stock=False, stock_quantity=None)
    (item,) = shop.shelf().items_of([uncounted])
    assert (item.stock_by, item.stock) == (StockBy.NOBODY, None)


def test_every_holder_of_a_sku_is_found_to_the_letter(shop: ShelfShop) -> None:
    twice, lower, zeros = new_sku("TVÅ"), new_sku("låg"), "00" + new_sku("7")
    spaced = f"RÖD TRÖJA {new_sku()}"
    ids = shop.fill(
        {"sku": twice}, {"sku": twice}, {"sku": lower}, {"sku": zeros}, {"sku": spaced}, {"sku": ""}
    )
    parent, variations = shop.variable(2, sku=new_sku("PARENT"))
    variation = shop.kept(variations[1])["sku"]
    asked = [
        twice,
        lower.upper(),
        zeros,
        zeros.lstrip("0"),
        spaced,
        variation,
        shop.kept(parent)["sku"],
        "",
        " ",
    ]
    with shop.counted() as calls:
        items = shop.shelf().items_by_sku(asked)
    assert {(item.product_id, item.variant_id, item.type) for item in items} == {
        (ids[0], ids[0], "simple"),
        (ids[1], ids[1], "simple"),
        (ids[3], ids[3], "simple"),
        (ids[4], ids[4], "simple"),
        (parent, variations[1], "variation"),
        (parent, parent, "variable"),
    }
    assert calls == {"GET products": 1}


def test_many_skus_are_asked_for_in_few_calls(shop: ShelfShop) -> None:
    skus = [new_sku("LÅNGT-ARTIKELNUMMER") for _ in range(250)]
    shop.fill(*[{"sku": sku} for sku in skus])
    with shop.counted() as calls:
        items = shop.shelf().items_by_sku(skus)
    assert sorted(item.sku for item in items) == sorted(skus)
    assert calls["GET products"] == len(list(questions(skus))) == 5
    assert all(len(exchange.url) < 2700 for exchange in shop.seen)


def test_a_holder_in_the_trash_is_found_on_its_own(shop: ShelfShop) -> None:
    sku = new_sku()
    trashed = shop.simple(sku=sku)
    shop.call("DELETE", f"products/{trashed}")
    session = shop.shelf()
    assert session.items_by_sku([sku]) == []
    assert [(item.ref, item.status) for item in session.trashed_by_sku([sku])] == [
        (f"{trashed}/{trashed}", "trash")
    ]


def test_a_sku_with_a_comma_is_found_and_likenesses_are_not_taken_for_it() -> None:
    shelf = {1: "A,B", 2: "A", 3: "a", 4: "Å", 5: "B ", 6: "00A"}

    def loosely(call: Call) -> Reply:
        # As the database compares: no case, no accents, no spaces at the end; the whole, and its parts.
        asked = {part.strip().lower() for part in [call.query["sku"], *call.query["sku"].split(",")]}
        rows = [
            {"id": n, "sku": sku, "type": "simple"}
            for n, sku in shelf.items()
            if sku.strip().lower().replace("å", "a") in asked
        ]
        return Reply(rows, headers={"X-WP-Total": str(len(rows))})

    fake = FakeShop(loosely)
    session = session_for(fake.url, identity=IDENTITY)
    assert sorted(item.sku for item in session.items_by_sku(["A,B", "A"])) == ["A", "A,B"]
    assert [call.query["sku"] for call in fake.calls] == ["A,B", "A"]
    assert session.items_by_sku(["", "  "]) == []
    assert len(fake.calls) == 2
    fake.close()


def test_questions_hold_what_can_be_asked_together_and_no_more() -> None:
    assert list(questions(["B", "A", "00123", "å ä ö", "50%"])) == ["00123,50%,A,B,å ä ö"]
    assert list(questions(["A,B", "C", "D"])) == ["A,B", "C,D"]
    assert list(questions(["x<b>", "100%25", "a  b", "C"])) == ["100%25", "a  b", "x<b>", "C"]
    assert list(questions(["0"])) == ["0,0"]
    assert list(questions([])) == []
    assert [len(part.split(",")) for part in questions([f"{n:04d}" for n in range(250)])] == [100, 100, 50]


def test_the_whole_range_is_read_and_can_be_taken_up_again(shop: ShelfShop) -> None:
    shop.fill(*[{"sku": new_sku()} for _ in range(150)])
    parent, variations = shop.variable(3)
    shop.fill(*[{"sku": new_sku()} for _ in range(150)])
    trashed = shop.simple()
    shop.call("DELETE", f"products/{trashed}")
    session = shop.shelf()
    everything = list(session.all_items())
    refs = [item.ref for item in everything]
    assert len(refs) == len(set(refs))
    assert [int(item.product_id) for item in everything] == sorted(
        int(item.product_id) for item in everything
    )
    assert f"{trashed}/{trashed}" not in refs
    middle = refs.index(f"{parent}/{sorted(variations, key=int)[1]}")
    with shop.counted() as calls:
        again = list(session.all_items(after=everything[middle].product_id))
    assert [item.ref for item in again] == refs[middle - 1 :]
    assert calls["GET products"] < 12


def test_the_range_is_read_page_by_page(shop: ShelfShop) -> None:
    shop.fill(*[{"sku": new_sku()} for _ in range(300)])
    with shop.counted() as calls:
        assert len(list(islice(shop.shelf().all_items(), 20))) == 20
    assert calls["GET products"] == 1


def test_an_echo_has_the_time_of_our_own_write(shop: ShelfShop) -> None:
    session, product_id = shop.shelf(), shop.simple()
    (answer,) = session.put_items([ItemWrite(product_id, product_id, stock=StockWrite(Decimal(3)))])
    (item,) = session.items_of([product_id])
    assert answer.item == item
