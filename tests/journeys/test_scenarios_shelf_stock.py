"""Acceptance scenarios 26, 27, 66, 68, 69 and 85: stock of the ERP in the shops, and nothing sold twice."""

from typing import Any

import pytest

from brygga.app.services import flows
from brygga.app.store.models import Task
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.shelf_world import (
    all_due,
    article,
    by_hand,
    calls,
    deed,
    due_items,
    in_flight,
    product,
    remembered,
    sell,
    shown,
    stock,
)
from tests.journeys.world import World, add_shop, drain, poll


@pytest.fixture
def erp_leads(a_world: Any) -> World:
    return a_world(preset=2)


def with_mug(world: World, available: int) -> int:
    """Have a mug in the ERP and in the shop, with the ERP's number shown; return the product's id."""
    article(world, "MUGG-1", priceExclVat="100", available=str(available))
    mug = product(world.shop, "MUGG-1", "125.00", 0)
    world.hear()
    assert stock(world.shop, mug) == available
    return mug


def ring(world: World) -> None:
    """Let Brygga look at the shop and the ERP and do what is due, until all is quiet."""
    world.poll()
    world.drain()
    world.hear()


def test_scenario_26_a_till_sale_reaches_three_shops(a_world: Any, new_shop: Any) -> None:
    world = a_world(preset=2)
    shops = [world, *(add_shop(world, new_shop(), preset=2) for _ in range(2))]
    mugs = [product(each.shop, "MUGG-1", "125.00", 0) for each in shops]
    article(world, "MUGG-1", priceExclVat="100", available="7")
    for expected in (7, 5):
        world.hear()
        for each in shops[1:]:
            drain(each.shop_connection)
        assert [stock(each.shop, mug) for each, mug in zip(shops, mugs, strict=True)] == [expected] * 3
        deed(world, "till/sell", rows=[{"articleNo": "MUGG-1", "quantity": "2"}])


def test_a_parked_purchase_is_not_for_sale_until_the_till_gives_it_back(erp_leads: World) -> None:
    world = erp_leads
    mug = with_mug(world, 3)
    deed(world, "till/park", rows=[{"articleNo": "MUGG-1", "quantity": "2"}])
    world.hear()
    assert stock(world.shop, mug) == 1
    deed(world, "till/close")
    world.hear()
    assert stock(world.shop, mug) == 3


def test_scenario_27_the_last_item_is_never_shown_again(erp_leads: World) -> None:
    world = erp_leads
    mug = with_mug(world, 1)
    number = sell(world.shop, mug)
    assert stock(world.shop, mug) == 0
    # A reading of 1 is on its way: the ERP does not have the order, and tells 1 again.
    deed(world, "flag-all", feed="stock")
    world.hear()
    assert stock(world.shop, mug) == 0
    all_due(world)
    world.drain()
    assert stock(world.shop, mug) == 0
    # The order goes to the ERP, whose number becomes 0; nothing is in flight any more.
    world.poll()
    world.drain()
    assert world.erp.one(f"SE-{number}")
    assert stock(world.shop, mug) == 0
    world.hear()
    assert stock(world.shop, mug) == 0
    ring(world)
    assert in_flight(world) == {}
    deed(world, "stock/receive", rows=[{"articleNo": "MUGG-1", "quantity": "4"}])
    ring(world)
    assert stock(world.shop, mug) == 4


def test_a_reading_begun_before_the_erp_took_the_order_shows_nothing_that_is_sold(erp_leads: World) -> None:
    world = erp_leads
    mug = with_mug(world, 5)
    sell(world.shop, mug, 2)
    deed(world, "flag-all", feed="stock")
    poll(world.erp_connection)  # read before the order was there: 5
    poll(world.shop_connection)
    world.drain()  # the order goes, and the item is computed from the old reading
    assert stock(world.shop, mug) == 3
    all_due(world)
    world.drain()
    assert stock(world.shop, mug) == 3
    ring(world)
    assert stock(world.shop, mug) == 3
    assert in_flight(world) == {}


def test_an_order_that_waits_for_its_payment_holds_its_goods(erp_leads: World) -> None:
    world = erp_leads
    mug = with_mug(world, 5)
    number = sell(world.shop, mug, 2, status="on-hold")
    ring(world)
    assert world.state(number) == (State.IGNORED, "order.status_waits")
    deed(world, "till/sell", rows=[{"articleNo": "MUGG-1", "quantity": "1"}])
    ring(world)
    assert stock(world.shop, mug) == 2
    by_hand(world.shop, "order-status", id=number, status="processing")
    ring(world)
    assert world.erp.one(f"SE-{number}")
    assert stock(world.shop, mug) == 2
    assert in_flight(world) == {}


def test_a_cancelled_order_gives_its_goods_back_once(erp_leads: World) -> None:
    world = erp_leads
    mug = with_mug(world, 5)
    number = sell(world.shop, mug, 2, status="on-hold")
    ring(world)
    by_hand(world.shop, "order-status", id=number, status="cancelled")
    ring(world)
    assert stock(world.shop, mug) == 5
    all_due(world)
    world.drain()
    assert stock(world.shop, mug) == 5


def test_an_order_cancelled_after_its_transfer_shows_the_erps_number(erp_leads: World) -> None:
    world = erp_leads
    mug = with_mug(world, 5)
    number = sell(world.shop, mug, 2)
    ring(world)
    by_hand(world.shop, "order-status", id=number, status="cancelled")
    assert stock(world.shop, mug) == 5  # the shop gave back what the ERP still reserves
    ring(world)
    assert stock(world.shop, mug) == 3


def test_an_order_that_grew_after_its_transfer_holds_the_rest_until_the_erp_was_told(
    erp_leads: World,
) -> None:
    world = erp_leads
    mug = with_mug(world, 5)
    number = sell(world.shop, mug, 1)
    ring(world)
    assert stock(world.shop, mug) == 4
    line = world.shop.order(number)["line_items"][0]
    by_hand(
        world.shop,
        "change-order",
        id=number,
        line_items=[{"id": line["id"], "quantity": 3, "total": "300.00"}],
    )
    left = stock(world.shop, mug)
    ring(world)
    deed(world, "flag-all", feed="stock")
    ring(world)
    assert stock(world.shop, mug) == left == 2


def test_orders_before_the_start_date_hold_nothing(a_world: Any) -> None:
    world = a_world(preset=2, start_date="2099-01-01")
    mug = with_mug(world, 5)
    sell(world.shop, mug, 2)
    ring(world)
    all_due(world)
    world.drain()
    assert stock(world.shop, mug) == 5


def test_without_the_hold_each_update_sells_the_item_again(a_world: Any) -> None:
    world = a_world(preset=2, in_flight_hold=False)
    mug = with_mug(world, 1)
    sell(world.shop, mug)
    deed(world, "flag-all", feed="stock")
    world.hear()
    assert stock(world.shop, mug) == 1


def test_what_one_shop_has_sold_the_other_shop_does_not_show(a_world: Any, new_shop: Any) -> None:
    world = a_world(preset=2)
    other = add_shop(world, new_shop(), preset=2)
    mug = product(other.shop, "MUGG-1", "125.00", 0)
    with_mug(world, 1)
    drain(other.shop_connection)
    assert stock(other.shop, mug) == 1
    sell(world.shop, int(by_hand(world.shop, "change-product", find="MUGG-1")["id"]), status="on-hold")
    world.poll()
    drain(other.shop_connection)
    assert stock(other.shop, mug) == 0


def test_scenario_66_a_set_has_as_many_as_its_parts_allow_and_falls_once(erp_leads: World) -> None:
    world = erp_leads
    article(world, "A", priceExclVat="100", available="5")
    article(world, "B", priceExclVat="50", available="7")
    article(world, "SET", priceExclVat="180", parts={"A": "1", "B": "2"})
    ids = {number: product(world.shop, number, "225.00", 0) for number in ("A", "B", "SET")}
    world.hear()
    assert {number: stock(world.shop, pid) for number, pid in ids.items()} == {"A": 5, "B": 7, "SET": 3}
    number = sell(world.shop, ids["SET"])
    ring(world)
    after = {"A": 4, "B": 5, "SET": 2}
    assert {number: stock(world.shop, pid) for number, pid in ids.items()} == after
    assert [row["articleNo"] for row in world.erp.one(f"SE-{number}")["rows"]] == ["SET"]
    ring(world)
    assert {number: stock(world.shop, pid) for number, pid in ids.items()} == after
    assert in_flight(world).keys() <= {"SET"}  # the ERP never tells a number of the set itself
    sell(world.shop, ids["B"], 4)
    world.poll()
    drain(world.shop_connection)
    assert stock(world.shop, ids["SET"]) == 0


@pytest.mark.parametrize("parent_stock", ["own", "sum"])
def test_scenario_68_variations_with_the_parents_stock(a_world: Any, parent_stock: str) -> None:
    world = a_world(preset=2, stock_parent=parent_stock)
    options = [{"name": "Storlek", "variation": True, "options": ["S", "M", "L"]}]
    parent = product(
        world.shop, "TROJA", type="variable", attributes=options, manage_stock=True, stock_quantity=1
    )
    ids = {}
    for size, available in (("S", "1"), ("M", "2"), ("L", "4")):
        body = {
            "sku": f"TROJA-{size}",
            "regular_price": "100",
            "attributes": [{"name": "Storlek", "option": size}],
        }
        ids[size] = world.shop.rest("POST", f"products/{parent}/variations", body)["id"]
        article(world, f"TROJA-{size}", priceExclVat="80", available=available)
    world.hear()
    seen = {size: shown(world.shop, pid, parent) for size, pid in ids.items()}
    if parent_stock == "own":
        assert {size: v["stock_quantity"] for size, v in seen.items()} == {"S": 1, "M": 2, "L": 4}
        assert {v["manage_stock"] for v in seen.values()} == {True}
    else:
        assert {v["manage_stock"] for v in seen.values()} == {"parent"}
        assert stock(world.shop, parent) == 7
    before = calls(world.shop, writing=True)
    all_due(world)
    world.drain()
    assert calls(world.shop, writing=True) == before
    deed(world, "till/sell", rows=[{"articleNo": "TROJA-L", "quantity": "3"}])
    world.hear()
    assert stock(
        world.shop, parent if parent_stock == "sum" else ids["L"], 0 if parent_stock == "sum" else parent
    ) == (4 if parent_stock == "sum" else 1)


def test_scenario_69_margin_and_shares(a_world: Any, new_shop: Any) -> None:
    chosen = {"stock_margin": "2", "stock_share": "50"}
    world = a_world(preset=2, **chosen)
    other = add_shop(world, new_shop(), preset=2, **chosen)
    mugs = product(world.shop, "MUGG-1", "125.00", 0), product(other.shop, "MUGG-1", "125.00", 0)
    article(world, "MUGG-1", priceExclVat="100", available="10")
    world.hear()
    drain(other.shop_connection)
    assert (stock(world.shop, mugs[0]), stock(other.shop, mugs[1])) == (4, 4)


def test_the_last_items_are_in_one_shop_only_and_sites_are_chosen(a_world: Any, new_shop: Any) -> None:
    world = a_world(preset=2, stock_sites=["1"])
    other = add_shop(world, new_shop(), preset=2, stock_last_elsewhere="3", stock_maximum=6)
    mugs = product(world.shop, "MUGG-1", "125.00", 0), product(other.shop, "MUGG-1", "125.00", 0)
    article(world, "MUGG-1", priceExclVat="100", available="3", site="1")
    for available, expected in (("5", (3, 6)), ("0", (3, 0))):
        article(world, "MUGG-1", available=available, site="2")
        world.hear()
        drain(other.shop_connection)
        assert (stock(world.shop, mugs[0]), stock(other.shop, mugs[1])) == expected


def test_scenario_85_a_refund_that_restocks_is_corrected(erp_leads: World) -> None:
    world = erp_leads
    mug = with_mug(world, 5)
    number = sell(world.shop, mug, 2)
    ring(world)
    assert stock(world.shop, mug) == 3
    line = world.shop.order(number)["line_items"][0]
    refund = {"line_items": [{"id": line["id"], "quantity": 1, "refund_total": 100}], "api_refund": False}
    world.shop.rest("POST", f"orders/{number}/refunds", {"amount": "125.00", **refund})
    assert stock(world.shop, mug) == 4
    ring(world)
    assert stock(world.shop, mug) == 3
    with scope(world.tenant.pk):  # and somebody is asked to register the return
        assert Task.objects.filter(work__source_ref=str(number), closed_at=None).exists()


@pytest.mark.parametrize(("setting", "number"), [("take_over", 4), ("leave", None)])
def test_goods_that_nobody_counts(a_world: Any, setting: str, number: int | None) -> None:
    world = a_world(preset=2, stock_unmanaged=setting)
    mug = product(world.shop, "MUGG-1", "125.00")
    article(world, "MUGG-1", priceExclVat="100", available="4")
    world.hear()
    assert (stock(world.shop, mug), shown(world.shop, mug)["stock_status"]) == (number, "instock")
    article(world, "MUGG-1", available="0")
    world.hear()
    assert shown(world.shop, mug)["stock_status"] == "outofstock"


def test_back_orders_go_below_zero_where_shop_and_setting_allow_it(a_world: Any) -> None:
    world = a_world(preset=2, stock_below_zero=True)
    mug = product(world.shop, "MUGG-1", "125.00", 1, backorders="notify")
    bowl = product(world.shop, "SKAL-1", "125.00", 1)
    for number in ("MUGG-1", "SKAL-1"):
        article(world, number, priceExclVat="100", available="-2")
    world.hear()
    assert (stock(world.shop, mug), stock(world.shop, bowl)) == (-2, 0)


def test_an_ended_article_shows_nothing_by_setting(a_world: Any) -> None:
    world = a_world(preset=2, stock_ended_zero=True)
    mug = with_mug(world, 5)
    deed(world, "articles/end", articleNo="MUGG-1")
    world.hear()
    assert stock(world.shop, mug) == 0


def test_what_is_not_in_the_shop_waits_for_a_link(a_world: Any) -> None:
    world = a_world(preset=2, goods="off")
    article(world, "MUGG-1", priceExclVat="100", available="5")
    world.hear()
    assert world.state("MUGG-1", Kind.ITEM) == (State.IGNORED, "item.not_in_shop")
    mug = product(world.shop, "MUGG-1", "125.00", 0)
    article(world, "MUGG-1", available="6")
    world.hear()
    assert stock(world.shop, mug) == 6
    by_hand(world.shop, "delete-product", id=mug)
    article(world, "MUGG-1", available="7")
    world.hear()
    assert world.state("MUGG-1", Kind.ITEM) == (State.IGNORED, "item.gone")
    again = product(world.shop, "MUGG-1", "125.00", 0)
    article(world, "MUGG-1", available="8")
    world.hear()
    assert stock(world.shop, again) == 8


def test_a_product_that_is_linked_later_gets_its_number_at_once(a_world: Any) -> None:
    world = a_world(preset=3)
    article(world, "MUGG-1", priceExclVat="100", available="5")
    world.hear()
    assert world.state("MUGG-1", Kind.ITEM) == (State.IGNORED, "item.not_in_shop")
    mug = product(world.shop, "MUGG-1", "125.00", 0)
    world.settle(Kind.PRODUCT)
    assert stock(world.shop, mug) == 5


def test_scenario_71_suspects_and_doubles_are_held_with_both_named(erp_leads: World) -> None:
    world = erp_leads
    product(world.shop, "AB-1", "125.00", 1)
    raw = {"type": "simple", "status": "publish", "name": "Mugg", "regular_price": "125.00"}
    for number in (7001, 7002):
        world.shop.put_product({**raw, "id": number, "sku": "MUGG-1"})
    article(world, "ab-1", priceExclVat="100", available="5")
    article(world, "MUGG-1", priceExclVat="100", available="5")
    before = calls(world.shop, writing=True)
    world.hear()
    assert world.state("ab-1", Kind.ITEM) == (State.HELD, "item.suspect")
    assert world.state("MUGG-1", Kind.ITEM) == (State.HELD, "item.sku_twice")
    reason = world.work("MUGG-1", Kind.ITEM).row.reason
    assert reason is not None
    assert "7001" in reason.facts["items"]
    assert "7002" in reason.facts["items"]
    assert calls(world.shop, writing=True) == before


def test_an_item_that_got_another_sku_in_the_shop_keeps_its_link_and_its_hold(erp_leads: World) -> None:
    world = erp_leads
    mug = with_mug(world, 5)
    by_hand(world.shop, "change-product", id=mug, sku="MUGG-NY")
    sell(world.shop, mug, 2, status="on-hold")
    article(world, "MUGG-1", available="6")
    world.hear()
    assert stock(world.shop, mug) == 4
    sell(world.shop, mug, 1, status="on-hold")
    world.poll()
    article(world, "MUGG-1", available="7")
    world.hear()
    assert stock(world.shop, mug) == 4


def test_an_older_reading_never_replaces_a_newer_one(erp_leads: World) -> None:
    world = erp_leads
    mug = with_mug(world, 5)
    row = remembered(world, f"{mug}/{mug}")
    assert (row.stock, row.regular) == ("5", "125")
    assert row.stock_read_at is not None
    assert row.stock_at is not None
    assert row.stock_read_at < row.stock_at


def test_new_rules_are_seen_at_once_and_a_started_flow_shows_what_was_told_meanwhile(
    erp_leads: World,
) -> None:
    world = erp_leads
    mug = with_mug(world, 5)
    world.change(stock_margin="2")
    world.drain()
    assert stock(world.shop, mug) == 3
    with scope(world.tenant.pk):
        flows.stop_flow(world.flow, who="Alice")
    article(world, "MUGG-1", available="9")
    world.hear()
    with scope(world.tenant.pk):
        flows.start_flow(world.flow, who="Alice")
    world.hear()
    assert stock(world.shop, mug) == 7


def test_nothing_is_due_when_all_is_said(erp_leads: World) -> None:
    world = erp_leads
    mug = with_mug(world, 5)
    sell(world.shop, mug, 2)
    ring(world)
    ring(world)
    before = calls(world.shop, writing=True)
    ring(world)
    assert due_items(world) == []
    assert calls(world.shop, writing=True) == before
