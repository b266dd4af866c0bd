"""Acceptance scenarios 36-38 and hints: a shop that goes silent, a key that is revoked, a long outage."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from brygga.app.services import connecting
from brygga.app.store.models import Connection, Notice, Work
from brygga.app.tenancy.scope import scope
from brygga.app.worker.housekeeping import check_hints, door_of
from brygga.app.worker.poll import poll
from brygga.connectors.registry import connector
from brygga.domain.outcome import State
from tests.journeys.shop_json import ASA, line, order, product
from tests.journeys.world import USER_KEY, World


@pytest.fixture
def door(door_process: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let the shop be told the door's address."""
    from brygga.app import settings as app_settings

    monkeypatch.setenv("BRYGGA_PUBLIC_URL", door_process)
    app_settings.settings.cache_clear()
    yield door_process
    app_settings.settings.cache_clear()


def notices(world: World) -> list[str]:
    with scope(world.tenant.pk):
        return [notice.message["code"] for notice in Notice.objects.order_by("id")]


def buy(world: World, **more: Any) -> int:
    """Let somebody buy a mug at the checkout; return the order's id."""
    body = {"lines": [{"sku": "MUGG-1", "quantity": 1}], "billing": ASA, "payment_method": "swish", **more}
    return world.shop.ask(f"{world.shop.site}/orders", body)["id"]


def deliver(world: World) -> None:
    world.shop.ask("deliver", {"site": world.shop.site})


def test_hints_bring_an_order_in_without_any_poll(door: str, world: World) -> None:
    world.shop.put_product(product(500, "MUGG-1"))
    check_hints(world.shop_connection)
    number = buy(world)
    deliver(world)
    world.drain()
    world.erp.one(f"SE-{number}")
    assert world.work(number).row.key == str(number)


def test_a_knock_with_a_false_signature_brings_nothing(door: str, world: World) -> None:
    check_hints(world.shop_connection)
    world.shop.put_order(order(1, [line("100.00")]))
    with scope(world.tenant.pk):
        connection = Connection.objects.get(pk=world.shop_connection)
        Connection.objects.filter(pk=connection.pk).update(door_secret="en annan")
    world.shop.rest("PUT", "orders/1", {"customer_note": "hej"})
    deliver(world)
    with scope(world.tenant.pk):
        assert not Work.objects.exists()


def test_scenario_36_a_disabled_webhook_is_healed_and_told_once(door: str, world: World) -> None:
    world.shop.put_product(product(500, "MUGG-1"))
    check_hints(world.shop_connection)
    hooks = world.shop.rest("GET", "webhooks?per_page=100")
    for hook in hooks:
        world.shop.rest("PUT", f"webhooks/{hook['id']}", {"status": "disabled"})
    for _ in range(3):
        check_hints(world.shop_connection)
    now = world.shop.rest("GET", "webhooks?per_page=100")
    assert {hook["status"] for hook in now} == {"active"}
    assert len(now) == len(hooks)
    assert notices(world).count("woocommerce.hooks_healed") == 1
    number = buy(world)
    deliver(world)
    world.drain()
    world.erp.one(f"SE-{number}")


def test_scenario_37_a_revoked_key_pauses_with_one_alarm_and_drains_in_order(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")]))
    world.settle()
    with scope(world.tenant.pk):
        wrong = Connection.objects.get(pk=world.erp_connection)
        wrong.secrets = {**wrong.secrets, "api_user_key": "0" * 32}
        wrong.save()
    for number in range(2, 12):
        world.shop.put_order(order(number, [line("100.00")], created=f"2026-06-15T09:{60 - number}:00"))
    world.settle()
    world.drain()
    with scope(world.tenant.pk):
        broken = Connection.objects.get(pk=world.erp_connection)
        assert broken.state == "broken"
        assert set(Work.objects.exclude(source_ref="1").values_list("state", "attempt")) == {("waiting", 0)}
    alarms = [code for code in notices(world) if code.startswith("connection.")]
    assert len(alarms) == 1
    with scope(world.tenant.pk):
        connecting.recheck(world.erp_connection, who="Alice", given={"api_user_key": USER_KEY})
    world.drain()
    numbers = [world.erp.one(f"SE-{number}")["orderNo"] for number in range(11, 1, -1)]
    assert numbers == sorted(numbers)


def test_scenario_37_the_shops_key_revoked_pauses_the_shop_alone(a_world: Any) -> None:
    world, other = a_world(), a_world()
    for each in (world, other):
        each.shop.put_order(order(1, [line("100.00")]))
    with scope(world.tenant.pk):
        shop = Connection.objects.get(pk=world.shop_connection)
        shop.secrets = {**shop.secrets, "consumer_secret": "cs_fel"}
        shop.save()
    world.poll()
    with scope(world.tenant.pk):
        assert Connection.objects.get(pk=world.shop_connection).state == "broken"
    other.settle()
    other.erp.one("SE-1")


@pytest.mark.parametrize("side", ["shop", "erp"])
def test_scenario_38_six_hours_away_then_oldest_first_with_nothing_lost(world: World, side: str) -> None:
    world.shop.put_order(order(1, [line("100.00")], created="2026-06-15T08:00:00"))
    world.settle()
    last = _last_success(world, side)
    for number in range(2, 42):
        world.shop.put_order(order(number, [line("100.00")], created=f"2026-06-15T09:{60 - number}:00"))
    world.take_in()
    getattr(world, side).fault(
        "unavailable_always", match=world.shop.site if side == "shop" else "newCustomerSubmit"
    )
    for _ in range(6):
        world.later()
    with scope(world.tenant.pk):
        assert set(Work.objects.exclude(source_ref="1").values_list("state", "attempt")) == {("waiting", 0)}
        away = Connection.objects.get(pk=getattr(world, f"{side}_connection"))
    assert away.state == "active"
    assert away.not_before is not None
    assert _last_success(world, side) == last
    getattr(world, side).heal()
    world.later()
    numbers = [world.erp.one(f"SE-{number}")["orderNo"] for number in range(41, 1, -1)]
    assert numbers == sorted(numbers)
    assert world.state(41)[0] is State.DONE
    assert _last_success(world, side) > last


def test_a_system_that_fails_at_every_record_holds_none_of_them(world: World) -> None:
    for number in range(1, 41):
        world.shop.put_order(order(number, [line("100.00")]))
    world.erp.fault("garbage", match="newCustomerSubmit", times=None)
    world.settle()
    for _ in range(4):
        world.later()
    with scope(world.tenant.pk):
        assert Connection.objects.get(pk=world.erp_connection).not_before is not None
        assert not Work.objects.filter(state="held").exists()
        untouched = Work.objects.filter(state="waiting", attempt=0).count()
    assert untouched >= 25
    world.erp.heal()
    world.later()
    world.later()
    assert len(world.erp.orders()) == 40


def _last_success(world: World, side: str) -> datetime:
    with scope(world.tenant.pk):
        found = Connection.objects.get(pk=getattr(world, f"{side}_connection")).last_success_at
    assert found is not None
    return found


def test_a_trigger_of_the_erp_lets_a_lost_number_be_learnt(door: str, a_world: Any) -> None:
    world = a_world(
        erp_options={"duplicate_number": "false", "external_no_in_feed": "true"},
    )
    with scope(world.tenant.pk):
        connection = Connection.objects.get(pk=world.erp_connection)
        urls = connector("specter").door_urls(door_of(connection).url)
    world.erp.ask("triggers", {"sbmId": world.erp.sbm_id, "kind": "order", "url": urls["order"]})
    world.shop.put_order(order(1, [line("100.00")]))
    world.erp.fault("cut_after", match="newOrderSubmit", times=1)
    world.settle()
    world.later()
    assert world.state(1) == (State.DONE, "order.settled_without_number")
    made = world.erp.one("SE-1")
    world.erp.ask(f"orders/{made['orderNo']}/status", {"sbmId": world.erp.sbm_id, "status": "delivered"})
    poll(world.erp_connection)
    world.drain()
    assert world.work(1).row.target_key == str(made["orderNo"])
    assert len(world.shop.notes(1)) == 1
