"""Acceptance scenarios 23-25 and 70: prices of the ERP in the shop."""

from datetime import UTC, datetime
from typing import Any

import pytest

from brygga.app.store.intake import StoreIntake
from brygga.app.store.models import Task, Work
from brygga.app.store.wake_items import put_right
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.flows.intake import take_hint
from tests.journeys.shelf_world import all_due, article, by_hand, calls, deed, product, shown, stock
from tests.journeys.world import World, add_shop, drain


@pytest.fixture
def erp_leads(a_world: Any) -> World:
    return a_world(preset=2)


def put_back_by_hand(world: World, number: str) -> None:
    with scope(world.tenant.pk):
        put_right(world.flow, [number])
    world.drain()


def test_scenario_23_price_reaches_the_shop_with_vat_and_is_written_once(erp_leads: World) -> None:
    world = erp_leads
    mug = product(world.shop, "MUGG-1", "199.00")
    article(world, "MUGG-1", priceExclVat="199.20", vatPercent=25)
    world.hear()
    assert shown(world.shop, mug)["regular_price"] == "249"
    before = calls(world.shop, writing=True)
    all_due(world)
    world.drain()
    world.hear()
    assert calls(world.shop, writing=True) == before
    assert world.state("MUGG-1", Kind.ITEM) == (State.DONE, "item.as_it_should_be")


def test_an_equal_price_written_in_another_way_is_left(erp_leads: World) -> None:
    world = erp_leads
    product(world.shop, "MUGG-1", "249.00")
    article(world, "MUGG-1", priceExclVat="199.20")
    world.hear()
    assert calls(world.shop, writing=True) == 1  # the one that made the product


def test_scenario_24_sale_price_with_dates_and_one_above_the_regular(a_world: Any) -> None:
    world = a_world(preset=2, price_list_sale="REA")
    mug, bowl = product(world.shop, "MUGG-1", "249.00"), product(world.shop, "SKAL-1", "125.00")
    article(world, "MUGG-1", priceExclVat="199.20")
    article(world, "SKAL-1", priceExclVat="100")
    deed(world, "price-lists/define", name="REA", currency="SEK")
    price = {"name": "REA", "from": "2026-11-01", "to": "2026-12-24"}
    deed(world, "price-lists/price", **price, articleNo="MUGG-1", priceExclVat="159.20")
    deed(world, "price-lists/price", **price, articleNo="SKAL-1", priceExclVat="120")
    world.hear()
    now = shown(world.shop, mug)
    assert (now["regular_price"], now["sale_price"]) == ("249.00", "199")
    assert (now["date_on_sale_from"], now["date_on_sale_to"]) == (
        "2026-11-01T00:00:00",
        "2026-12-24T23:59:59",
    )
    assert shown(world.shop, bowl)["sale_price"] == ""
    assert world.warnings("SKAL-1", Kind.ITEM) == ["item.sale_not_below"]
    deed(world, "price-lists/take-away", name="REA", articleNo="MUGG-1")
    world.hear()
    now = shown(world.shop, mug)
    assert (now["sale_price"], now["date_on_sale_from"], now["date_on_sale_to"]) == ("", None, None)


def test_scenario_25_a_list_is_the_sale_price_here_and_the_regular_price_of_the_second_shop(
    a_world: Any, new_shop: Any
) -> None:
    world = a_world(preset=2, price_list_sale="REA")
    other = add_shop(world, new_shop(), preset=2, price_list_regular="BUTIK2")
    first, second = product(world.shop, "MUGG-1", "249.00"), product(other.shop, "MUGG-1", "249.00")
    article(world, "MUGG-1", priceExclVat="199.20")
    for name, price in (("REA", "159.20"), ("BUTIK2", "215.20")):
        deed(world, "price-lists/define", name=name, currency="SEK")
        deed(world, "price-lists/price", name=name, articleNo="MUGG-1", priceExclVat=price)
    world.hear()
    drain(other.shop_connection)
    here, there = shown(world.shop, first), shown(other.shop, second)
    assert (here["regular_price"], here["sale_price"]) == ("249.00", "199")
    assert (there["regular_price"], there["sale_price"]) == ("269", "")


def test_a_list_in_another_currency_is_refused_and_the_stock_goes_on(a_world: Any) -> None:
    world = a_world(preset=2, price_list_regular="EURO")
    mug = product(world.shop, "MUGG-1", "249.00", 1)
    article(world, "MUGG-1", priceExclVat="199.20", available="7")
    deed(world, "price-lists/define", name="EURO", currency="EUR")
    deed(world, "price-lists/price", name="EURO", articleNo="MUGG-1", priceExclVat="20")
    world.hear()
    assert world.state("MUGG-1", Kind.ITEM) == (State.HELD, "item.other_currency")
    assert shown(world.shop, mug)["regular_price"] == "249.00"
    assert stock(world.shop, mug) == 7


def test_tier_prices_are_told_of_in_plain_words(a_world: Any) -> None:
    world = a_world(preset=2, price_list_sale="REA")
    mug = product(world.shop, "MUGG-1", "249.00")
    article(world, "MUGG-1", priceExclVat="199.20")
    deed(world, "price-lists/define", name="REA", currency="SEK")
    deed(world, "price-lists/price", name="REA", articleNo="MUGG-1", priceExclVat="159.20")
    deed(world, "price-lists/price", name="REA", articleNo="MUGG-1", priceExclVat="139.20", fromQuantity="10")
    world.hear()
    assert shown(world.shop, mug)["sale_price"] == "199"
    assert world.state("MUGG-1", Kind.ITEM)[0] is State.DONE
    assert world.warnings("MUGG-1", Kind.ITEM) == ["item.tiers"]


def test_scenario_70_a_price_slip_is_held_by_the_guard_with_one_task(erp_leads: World) -> None:
    world = erp_leads
    mug = product(world.shop, "MUGG-1", "1990.00", 3)
    article(world, "MUGG-1", priceExclVat="1592", available="3")
    world.hear()
    article(world, "MUGG-1", priceExclVat="15.92", available="8")
    world.hear()
    all_due(world)
    world.drain()
    assert shown(world.shop, mug)["regular_price"] == "1990.00"
    assert stock(world.shop, mug) == 8
    assert world.state("MUGG-1", Kind.ITEM) == (State.HELD, "item.price_guarded")
    with scope(world.tenant.pk):
        task = Task.objects.get()
        assert (task.object_key, task.choices) == ("MUGG-1", ["price_write", "price_leave"])
        assert (task.facts["from"], task.facts["to"]) == ("1990", "19.9")


@pytest.mark.parametrize(("choice", "price"), [("price_write", "19.9"), ("price_leave", "1990.00")])
def test_the_answer_to_a_slip_is_what_happens(erp_leads: World, choice: str, price: str) -> None:
    world = erp_leads
    mug = product(world.shop, "MUGG-1", "1990.00")
    article(world, "MUGG-1", priceExclVat="15.92")
    world.hear()
    with scope(world.tenant.pk):
        task = Task.objects.get()
        Task.objects.update(choice=choice, closed_at=task.asked_at, who="Alice")
    all_due(world)
    world.drain()
    assert shown(world.shop, mug)["regular_price"] == price
    assert world.state("MUGG-1", Kind.ITEM)[0] is State.DONE
    with scope(world.tenant.pk):
        assert not Task.objects.filter(closed_at=None).exists()


def test_a_slip_that_is_corrected_in_the_erp_is_no_question_any_more(erp_leads: World) -> None:
    world = erp_leads
    mug = product(world.shop, "MUGG-1", "1990.00")
    article(world, "MUGG-1", priceExclVat="15.92")
    world.hear()
    article(world, "MUGG-1", priceExclVat="1600")
    world.hear()
    assert shown(world.shop, mug)["regular_price"] == "2000"
    with scope(world.tenant.pk):
        assert Task.objects.get().closed_at is not None


def test_a_price_changed_by_hand_is_left_until_the_erp_changes_it(erp_leads: World) -> None:
    world = erp_leads
    mug = product(world.shop, "MUGG-1", "199.00", 5)
    article(world, "MUGG-1", priceExclVat="199.20", available="5")
    world.hear()
    by_hand(world.shop, "change-product", id=mug, regular_price="229")
    article(world, "MUGG-1", available="4")
    world.hear()
    assert shown(world.shop, mug)["regular_price"] == "229"
    assert stock(world.shop, mug) == 4
    assert world.warnings("MUGG-1", Kind.ITEM) == ["item.price_by_hand"]
    article(world, "MUGG-1", priceExclVat="200")
    world.hear()
    assert shown(world.shop, mug)["regular_price"] == "250"


@pytest.mark.parametrize(("setting", "price"), [("put_back", "249"), ("leave", "229")])
def test_a_reconciliation_puts_a_price_back_by_setting(a_world: Any, setting: str, price: str) -> None:
    world = a_world(preset=2, price_by_hand=setting)
    mug = product(world.shop, "MUGG-1", "199.00")
    article(world, "MUGG-1", priceExclVat="199.20")
    world.hear()
    by_hand(world.shop, "change-product", id=mug, regular_price="229")
    put_back_by_hand(world, "MUGG-1")
    assert shown(world.shop, mug)["regular_price"] == price
    told = {"put_back": "item.price_put_back", "leave": "item.price_by_hand"}[setting]
    assert world.warnings("MUGG-1", Kind.ITEM) == [told]


def test_preset_3_prices_go_out_and_their_echo_brings_no_product_back(a_world: Any) -> None:
    world = a_world(preset=3)
    article(world, "MUGG-1", priceExclVat="100", available="5")
    mug = product(world.shop, "MUGG-1", "125.00", 5)
    world.hear()
    world.settle(Kind.PRODUCT)
    assert world.state(mug, Kind.PRODUCT)[0] is State.DONE
    for price in ("120", "140", "160"):
        article(world, "MUGG-1", priceExclVat=price)
        world.hear()
        world.take_in(Kind.PRODUCT)
        with scope(world.tenant.pk):  # and the shop knocks
            knock = (world.flow, world.shop_connection, Kind.PRODUCT, str(mug), datetime.now(UTC))
            assert not take_hint(StoreIntake(), *knock)
        with scope(world.tenant.pk):
            assert not Work.objects.filter(kind=Kind.PRODUCT.value, due_at__isnull=False).exists()
    assert shown(world.shop, mug)["regular_price"] == "200"


def test_a_field_the_shop_leads_is_never_written(a_world: Any) -> None:
    world = a_world(preset=2, masters={"price.regular": "shop:overwrite"}, price_list_sale="REA")
    mug = product(world.shop, "MUGG-1", "249.00", 2)
    article(world, "MUGG-1", priceExclVat="400", available="9")
    deed(world, "price-lists/define", name="REA", currency="SEK")
    deed(world, "price-lists/price", name="REA", articleNo="MUGG-1", priceExclVat="159.20")
    world.hear()
    now = shown(world.shop, mug)
    assert (now["regular_price"], now["sale_price"], now["stock_quantity"]) == ("249.00", "199", 9)
