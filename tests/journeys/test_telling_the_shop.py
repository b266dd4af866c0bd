"""Telling the shop may fail in every way: the order stays transferred, and the shop is told once."""

from typing import Any

import pytest

from brygga.app.services import works
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.aftermath import codes
from tests.journeys.shop_json import line, order
from tests.journeys.world import World


@pytest.mark.parametrize(
    "fault", ["server_error", "cut_after", "cut_body", "garbage", "error_after", "rate_limited"]
)
@pytest.mark.parametrize("call", ["/notes", "PUT"])
def test_a_failure_while_telling_leaves_the_order_transferred(world: World, fault: str, call: str) -> None:
    world.shop.put_order(order(1, [line("100.00")]))
    world.shop.fault(fault, match=call, times=1)
    world.settle()
    assert world.state(1)[0] is State.DONE
    world.later()
    world.later()
    assert len(world.shop.notes(1)) == 1
    assert world.state(1)[0] is State.DONE
    assert "feedback.not_told" not in [world.state(1)[1], *world.warnings(1)]
    metas = [meta["value"] for meta in world.shop.order(1)["meta_data"] if meta["key"] == "_erp_order_number"]
    assert metas == [str(world.erp.one("SE-1")["orderNo"])]


def test_what_was_said_at_the_transfer_is_still_said_after_a_second_look(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")], payment_method="nyapay", payment_method_title="NyaPay"))
    world.settle()
    assert "order.payment_without_code" in world.warnings(1)
    world.shop.rest("PUT", "orders/1", {"status": "completed"})
    with scope(world.tenant.pk):
        works.ask(world.flow, Kind.ORDER, "1", who="Alice")
    world.drain()
    assert world.state(1) == (State.DONE, "order.already_there")
    assert "order.payment_without_code" in world.warnings(1)


def test_an_order_deleted_after_its_transfer_stays_transferred_and_asks_a_person(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")]))
    world.settle()
    world.shop.rest("DELETE", "orders/1?force=true")
    with scope(world.tenant.pk):
        works.ask(world.flow, Kind.ORDER, "1", who="Alice")
    world.drain()
    assert world.state(1)[0] is State.DONE
    assert codes(world) == ["order.deleted_after"]
    world.erp.one("SE-1")


def test_a_status_of_choice_is_set_once_and_its_echo_sends_nothing_again(a_world: Any) -> None:
    world = a_world(feedback_status="completed", feedback_meta="")
    world.shop.put_order(order(1, [line("100.00")]))
    world.settle()
    assert world.shop.order(1)["status"] == "completed"
    world.settle()
    world.erp.one("SE-1")
    assert sum("Överförd" in note for note in world.shop.notes(1)) == 1
