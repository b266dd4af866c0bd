"""What the machine (tests/machine) has found, each shrunk to the story that shows it."""

from typing import Any

from brygga.app.services import reconciling
from brygga.app.tenancy.scope import scope
from tests.journeys.shelf_world import article, by_hand, product, sell, stock
from tests.journeys.world import World, add_shop


def two_shops(a_world: Any, new_shop: Any) -> tuple[World, World, int, int]:
    """Two shops of one ERP that has eight mugs, all known everywhere."""
    one: World = a_world(preset=3, prefix="A-", twin_minutes=0)
    other = add_shop(one, new_shop(), 3, prefix="B-", twin_minutes=0, products="off")
    article(one, "MUGG", priceExclVat="100", available=8)
    mugs = [product(world.shop, "MUGG", "125.00", 0) for world in (one, other)]
    for _ in range(2):
        look_everywhere(one, other)
    assert [stock(one.shop, mugs[0]), stock(other.shop, mugs[1])] == [8, 8]
    return one, other, mugs[0], mugs[1]


def look_everywhere(*worlds: World) -> None:
    for world in worlds:
        world.poll()
    for world in worlds:
        world.hear()
    for world in worlds:
        world.drain()


def reconcile(world: World) -> None:
    with scope(world.tenant.pk):
        reconciling.reconcile_flow(world.flow)


def test_what_a_deleted_order_held_in_one_shop_is_free_again_in_the_other(
    a_world: Any, new_shop: Any
) -> None:
    one, other, mug, others_mug = two_shops(a_world, new_shop)
    waits = sell(other.shop, others_mug, 2, "on-hold")
    look_everywhere(one, other)
    assert stock(one.shop, mug) == 6
    by_hand(other.shop, "delete-order", id=waits)
    for world in (one, other):  # only a reconciliation finds out that it is gone
        reconcile(world)
    look_everywhere(one, other)
    assert stock(other.shop, others_mug) == 8
    assert stock(one.shop, mug) == 8


def test_an_unpaid_order_that_was_in_the_trash_holds_its_goods_again_when_it_is_restored(
    a_world: Any, new_shop: Any
) -> None:
    one, other, mug, others_mug = two_shops(a_world, new_shop)
    waits = sell(other.shop, others_mug, 2, "on-hold")
    look_everywhere(one, other)
    by_hand(other.shop, "trash-order", id=waits)
    reconcile(other)
    look_everywhere(one, other)
    assert stock(one.shop, mug) == 8
    by_hand(other.shop, "restore-order", id=waits)
    look_everywhere(one, other)
    assert [stock(one.shop, mug), stock(other.shop, others_mug)] == [6, 6]


def test_what_a_shop_sells_under_another_spelling_is_sold_in_the_other_shop_too(
    a_world: Any, new_shop: Any
) -> None:
    one, other, mug, others_mug = two_shops(a_world, new_shop)
    other.shop.rest("PUT", f"products/{others_mug}", {"sku": "mugg"})
    waits = sell(other.shop, others_mug, 2, "on-hold")
    look_everywhere(one, other)
    assert stock(one.shop, mug) == 6
    by_hand(other.shop, "order-status", id=waits, status="processing")
    look_everywhere(one, other)
    [row] = one.erp.one(f"B-{waits}")["rows"]
    assert (row["articleNo"], row["quantity"]) == ("MUGG", "2")
    look_everywhere(one, other)
    assert [stock(one.shop, mug), stock(other.shop, others_mug)] == [6, 6]
