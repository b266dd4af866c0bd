"""Stock that goes along with a new article: what is on the shelf, also what orders on their way hold of it."""

from decimal import Decimal
from typing import Any

from brygga.domain.refs import Kind
from tests.journeys.shelf_world import product, sell, stock
from tests.journeys.world import World


def _stock(world: World, number: str) -> tuple[Decimal, Decimal]:
    """Return what an article has on hand, and what of it is free, in the ERP."""
    article = world.erp.articles()[number]
    return Decimal(article["onHand"]["1"]), Decimal(article["available"]["1"])


def test_the_shelf_is_told_as_the_shop_has_it(a_world: Any) -> None:
    world = a_world(opening_stock=True)
    product(world.shop, "A-1", "100", 10)
    world.settle(Kind.PRODUCT)
    assert _stock(world, "A-1") == (10, 10)


def test_what_orders_on_their_way_hold_is_on_the_shelf_too(a_world: Any) -> None:
    """The shop has taken it off already; the ERP takes it off when the order gets there."""
    world = a_world(opening_stock=True)
    item = product(world.shop, "A-1", "100", 10)
    sell(world.shop, item, 3)
    assert stock(world.shop, item) == 7
    world.take_in(Kind.PRODUCT)
    world.settle()
    assert _stock(world, "A-1") == (10, 7)


def test_an_order_that_brings_its_article_leaves_what_the_shop_shows(a_world: Any) -> None:
    world = a_world(opening_stock=True, products="off")
    item = product(world.shop, "A-1", "100", 10)
    for quantity in (3, 2):
        sell(world.shop, item, quantity)
    world.settle()
    assert _stock(world, "A-1") == (10, 5)


def test_orders_that_never_go_hold_nothing_of_it(a_world: Any) -> None:
    """What the shop sold before the start date has left the shelf."""
    world = a_world(opening_stock=True, start_date="2099-01-01")
    item = product(world.shop, "A-1", "100", 10)
    sell(world.shop, item, 4)
    world.take_in(Kind.PRODUCT)
    world.settle()
    assert _stock(world, "A-1") == (6, 6)


def test_a_stopped_order_still_holds_its_piece(a_world: Any) -> None:
    world = a_world(opening_stock=True)
    item = product(world.shop, "A-1", "100", 10)
    fee = [{"name": "Inpackning", "total": "20.00", "total_tax": "5.00"}]
    stopped = sell(world.shop, item, 2, fee_lines=fee)
    world.change(article_fee="")
    world.take_in(Kind.PRODUCT)
    world.settle()
    assert _stock(world, "A-1") == (10, 10)
    world.change(article_fee="AVGIFT")
    world.retry(stopped)
    assert _stock(world, "A-1") == (10, 8)
