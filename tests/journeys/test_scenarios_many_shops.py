"""Acceptance scenarios 28, 35 and 40: an open batch after a crash, three shops, the nights of changed clocks."""

from typing import Any

import pytest

from brygga.app.worker.poll import poll
from tests.journeys.shelf_world import article, by_hand, deed, product, sell, stock
from tests.journeys.shop_json import line, order
from tests.journeys.world import World, add_shop


def test_scenario_28_an_open_batch_after_a_crash_is_read_again_and_applied_once(a_world: Any) -> None:
    world: World = a_world(preset=3)
    mug = product(world.shop, "A", "125.00", stock=0)
    article(world, "A", priceExclVat="100", available=7)
    world.erp.fault("lost confirm", kind="cut_before", match="updateArticlesFromBatch", times=1)
    poll(world.erp_connection)  # the rows are kept; that they were confirmed nobody heard
    world.drain()
    assert stock(world.shop, mug) == 7
    deed(world, "till/sell", site="1", rows={"A": 2})
    world.later()
    world.hear()  # the open batch again: what it says is known, and the feed goes on
    assert stock(world.shop, mug) == 5
    deed(world, "till/sell", site="1", rows={"A": 1})
    world.hear()
    assert stock(world.shop, mug) == 4


def test_scenario_35_three_shops_one_erp(a_world: Any, new_shop: Any) -> None:
    first: World = a_world(preset=2, unknown_article="create", web_shop="11", prefix="A-")
    others = [
        add_shop(first, new_shop(), 2, unknown_article="create", web_shop=unit, prefix=f"{name}-")
        for unit, name in (("12", "B"), ("13", "C"))
    ]
    worlds = dict(zip("ABC", [first, *others], strict=True))
    for world in worlds.values():
        world.shop.put_order(order(1, [line("100.00")], payment_method="bacs"))
        world.take_in()
    first.drain()
    numbers = {name: first.erp.one(f"{name}-1") for name in worlds}
    assert {name: made["webshopId"] for name, made in numbers.items()} == {"A": "11", "B": "12", "C": "13"}
    assert len({made["customerId"] for made in numbers.values()}) == 1  # one customer, one card
    for world in worlds.values():
        world.drain()
    deed(first, f"orders/{numbers['B']['orderNo']}/deliver", trackingNo=["P-B"])
    first.hear()
    for world in worlds.values():
        world.drain()
    assert {name: world.shop.order(1)["status"] for name, world in worlds.items()} == {
        "A": "processing",
        "B": "completed",
        "C": "processing",
    }
    assert not any("P-B" in note for name in "AC" for note in worlds[name].shop.notes(1))


def test_what_a_shop_that_leads_itself_sells_is_not_shown_by_another(a_world: Any, new_shop: Any) -> None:
    showing: World = a_world(preset=3)
    leading = add_shop(showing, new_shop(), 1, prefix="B-")
    mug = product(showing.shop, "A", "125.00", stock=0)
    own = product(leading.shop, "A", "125.00", stock=5)
    article(showing, "A", priceExclVat="100", available=5)
    showing.hear()
    assert stock(showing.shop, mug) == 5
    sold = sell(leading.shop, own, 2, status="on-hold")  # waits for its money, and is not in the ERP
    leading.poll()
    showing.drain()
    assert stock(showing.shop, mug) == 3
    by_hand(leading.shop, "order-status", id=sold, status="cancelled")
    leading.poll()
    showing.drain()
    assert stock(showing.shop, mug) == 5


@pytest.mark.parametrize(
    ("created", "day"),
    [
        ("2026-10-25T00:30:00", "2026-10-25"),  # 02:30, summer time
        ("2026-10-25T01:30:00", "2026-10-25"),  # 02:30 again, winter time
        ("2026-10-24T21:59:00", "2026-10-24"),
        ("2026-10-24T22:01:00", "2026-10-25"),
        ("2026-10-25T22:59:00", "2026-10-25"),
        ("2026-10-25T23:01:00", "2026-10-26"),
        ("2026-03-29T00:59:00", "2026-03-29"),  # 01:59, winter time
        ("2026-03-29T01:00:00", "2026-03-29"),  # 03:00: there is no 02:30
        ("2026-03-29T21:59:00", "2026-03-29"),
        ("2026-03-29T22:01:00", "2026-03-30"),
    ],
)
def test_scenario_40_the_local_day_in_the_nights_of_changed_clocks(
    world: World, created: str, day: str
) -> None:
    world.shop.put_order(order(1, [line("100.00")], created=created))
    world.settle()
    assert world.erp.one("SE-1")["orderDate"] == day


def test_scenario_40_no_order_of_the_doubled_hour_is_missed_or_sent_twice(world: World) -> None:
    for number, minute in enumerate(range(0, 120, 10), start=1):
        created = f"2026-10-25T{minute // 60:02}:{minute % 60:02}:00"
        world.shop.put_order(order(number, [line("100.00")], created=created))
    world.settle()
    world.settle()
    world.poll()
    world.drain()
    assert len(world.erp.orders()) == 12
    for number in range(1, 13):
        world.erp.one(f"SE-{number}")
    by_hand(world.shop, "order-status", id=1, status="completed")
    world.settle()
    assert len(world.erp.orders()) == 12
