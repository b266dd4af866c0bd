"""New numbers and parents in the ERP, meeting what the merchant did by hand and what is sold meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest

from brygga.app.store.models import TakenRow, Work
from brygga.app.tenancy.scope import scope
from brygga.app.worker.poll import poll
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.goods import Goods, sweater
from tests.journeys.shelf_world import in_flight, sell

IDS = {"article_ids": "1"}


def item_first(world: Goods, *numbers: str) -> None:
    """Let prices learn of what is in the shop before the product is looked at."""
    for number in numbers:
        world.article(articleNo=number, priceExclVat="110")
    world.world.hear()
    for number in numbers:
        world.article(articleNo=number, productWeight="0,3")
    world.world.hear()


def goods_first(world: Goods, *numbers: str) -> None:
    """Let the product be looked at before its prices."""
    for number in numbers:
        world.article(articleNo=number, productWeight="0,3")
    poll(world.world.erp_connection)
    with scope(world.world.tenant.pk):
        Work.objects.filter(kind=Kind.ITEM.value).update(due_at=None)
    world.world.drain()
    for number in numbers:
        world.article(articleNo=number, priceExclVat="110")
    world.world.hear()
    world.again()


Order = Callable[..., None]
both_orders = pytest.mark.parametrize("order", [item_first, goods_first], ids=["item first", "goods first"])


@both_orders
def test_an_sku_changed_by_hand_in_the_shop_is_left(goods: Any, order: Order) -> None:
    world: Goods = goods(IDS)
    world.article(articleNo="A", name="Keps", priceExclVat="80", stock="2")
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    world.by_hand("change-product", find="A", sku="MIN-KEPS")
    world.by_hand("change-product", find="TROJA-S-RÖD", sku="MIN-TROJA")
    order(world, "A", "TROJA-S-RÖD")
    products = {p["sku"]: p for p in world.products()}
    assert products.keys() == {"MIN-KEPS", "TROJA"}
    assert float(products["MIN-KEPS"]["regular_price"]) == 137.5
    variations = {v["sku"]: v for v in world.variations(products["TROJA"]["id"])}
    assert variations.keys() == {"MIN-TROJA", "TROJA-M-RÖD"}
    assert float(variations["MIN-TROJA"]["regular_price"]) == 137.5
    assert world.world.warnings("A", Kind.GOODS) == ["goods.sku_differs"]
    assert world.world.warnings("TROJA", Kind.GOODS) == ["goods.sku_differs"]


@both_orders
def test_a_new_number_in_the_erp_does_not_undo_a_hand_made_sku(goods: Any, order: Order) -> None:
    world: Goods = goods(IDS)
    world.article(articleNo="A", name="Keps", priceExclVat="80", stock="2")
    world.world.hear()
    world.by_hand("change-product", find="A", sku="MIN-KEPS")
    order(world, "A")
    world.deed("articles/rename", articleNo="A", newArticleNo="B")
    world.world.hear()
    assert [p["sku"] for p in world.products()] == ["MIN-KEPS"]
    assert world.world.warnings("B", Kind.GOODS) == ["goods.sku_differs"]


@both_orders
def test_numbers_changed_twice_before_the_shop_heard_are_followed(goods: Any, order: Order) -> None:
    world: Goods = goods(IDS)
    world.article(articleNo="A", name="Keps", priceExclVat="80", stock="2")
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    world.world.change(goods="off")
    for old, new in (("A", "B"), ("B", "C"), ("TROJA-S-RÖD", "X"), ("X", "Y")):
        world.deed("articles/rename", articleNo=old, newArticleNo=new)
        order(world, new)
    assert {p["sku"] for p in world.products()} == {"A", "TROJA"}
    world.world.change(goods="both")
    for number in ("C", "Y"):
        world.article(articleNo=number, name=f"Ny {number}")
    order(world, "C", "Y")
    products = {p["sku"]: p["id"] for p in world.products()}
    assert products.keys() == {"C", "TROJA"}
    assert {v["sku"] for v in world.variations(products["TROJA"])} == {"Y", "TROJA-M-RÖD"}


def told(world: Goods, number: str, stock: str) -> None:
    """Let the ERP count, and everything be heard."""
    world.article(articleNo=number, stock=stock)
    world.world.hear()


def stock_of(world: Goods, product: int) -> int:
    return int(world.world.shop.rest("GET", f"products/{product}")["stock_quantity"])


with_and_without_tombstone = pytest.mark.parametrize("tombstone", ["0", "1"])


@with_and_without_tombstone
@pytest.mark.parametrize("looked", [True, False], ids=["looked at before", "not yet looked at"])
def test_what_was_sold_under_the_old_number_stays_in_flight(goods: Any, tombstone: str, looked: bool) -> None:
    world: Goods = goods({**IDS, "renamed_as_deleted": tombstone})
    world.article(articleNo="A", name="Keps", priceExclVat="80", stock="10")
    world.world.hear()
    product = int(world.products()[0]["id"])
    order = sell(world.world.shop, product, 3, status="on-hold")
    if looked:
        world.world.poll()
    world.deed("articles/rename", articleNo="A", newArticleNo="B")
    world.world.hear()
    assert [p["sku"] for p in world.products()] == ["B"]
    assert stock_of(world, product) == 7
    told(world, "B", "9")
    assert stock_of(world, product) == 6
    # the order changes, and is looked at anew: it holds what it held
    world.world.shop.rest("PUT", f"orders/{order}", {"customer_note": "Ring först"})
    world.world.poll()
    told(world, "B", "8")
    assert stock_of(world, product) == 5
    assert in_flight(world.world) == {"B": 3}
    # paid, it goes to the ERP, whose numbers count from then on
    world.world.shop.rest("PUT", f"orders/{order}", {"status": "processing"})
    world.world.poll()
    world.world.drain()
    assert world.world.state(order)[0] is State.DONE
    world.world.poll()
    told(world, "B", "7")  # of these the ERP itself keeps three for the order
    assert in_flight(world.world) == {}
    assert stock_of(world, product) == 4


@with_and_without_tombstone
def test_what_is_sold_while_the_shop_still_has_the_old_number_counts_for_the_new_one(
    goods: Any, tombstone: str
) -> None:
    world: Goods = goods({**IDS, "renamed_as_deleted": tombstone})
    world.article(articleNo="A", name="Keps", priceExclVat="80", stock="10")
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    products = {p["sku"]: int(p["id"]) for p in world.products()}
    world.world.change(goods="create")  # what is there keeps its number
    world.deed("articles/rename", articleNo="A", newArticleNo="B")
    world.deed("articles/rename", articleNo="TROJA-S-RÖD", newArticleNo="TROJA-LITEN")
    world.world.hear()
    assert {p["sku"] for p in world.products()} == {"A", "TROJA"}
    variation = next(v["id"] for v in world.variations(products["TROJA"]) if v["sku"] == "TROJA-S-RÖD")
    sell(world.world.shop, products["A"], 2, status="on-hold")
    lines = [{"product_id": products["TROJA"], "variation_id": variation, "quantity": 4}]
    sell(world.world.shop, products["A"], 0, status="on-hold", line_items=lines)
    world.world.poll()
    assert in_flight(world.world) == {"B": 2, "TROJA-LITEN": 4}
    told(world, "B", "11")
    told(world, "TROJA-LITEN", "9")
    assert stock_of(world, products["A"]) == 9
    (small,) = [v for v in world.variations(products["TROJA"]) if v["id"] == variation]
    assert small["stock_quantity"] == 5


def test_a_number_that_is_used_again_is_the_new_article_s(goods: Any) -> None:
    world: Goods = goods(IDS)
    world.article(articleNo="A", name="Keps", priceExclVat="80", stock="10")
    world.world.hear()
    product = int(world.products()[0]["id"])
    world.deed("articles/rename", articleNo="A", newArticleNo="B")
    world.world.hear()
    world.article(articleNo="A", name="Hatt", priceExclVat="80", stock="10")
    world.world.hear()
    hat = next(int(p["id"]) for p in world.products() if p["sku"] == "A")
    sell(world.world.shop, hat, 4, status="on-hold")
    sell(world.world.shop, product, 1, status="on-hold")
    world.world.poll()
    assert in_flight(world.world) == {"A": 4, "B": 1}


def test_two_numbers_that_became_one_article_are_counted_together(goods: Any) -> None:
    world: Goods = goods(IDS)
    world.article(articleNo="A", name="Keps", priceExclVat="80", stock="10")
    world.world.hear()
    product = int(world.products()[0]["id"])
    order = sell(world.world.shop, product, 2, status="on-hold")
    world.world.poll()
    world.deed("articles/rename", articleNo="A", newArticleNo="B")
    poll(world.world.erp_connection)
    with scope(world.world.tenant.pk):
        assert set(TakenRow.objects.values_list("order_ref", "sku")) == {(str(order), "B")}
    world.deed("articles/rename", articleNo="B", newArticleNo="C")
    world.world.hear()
    assert in_flight(world.world) == {"C": 2}
    assert stock_of(world, product) == 8
