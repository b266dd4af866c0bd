"""Acceptance scenario 54: money that is held for an order must be drawn before the reservation ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from brygga.app.services import reconciling, task_words
from brygga.app.services import tasks as services
from brygga.app.store.models import Reservation, Task
from brygga.app.tenancy.scope import scope
from brygga.app.texts import say
from brygga.app.worker import housekeeping
from tests.journeys.shelf_world import by_hand as do_by_hand
from tests.journeys.shelf_world import deed
from tests.journeys.shop_json import line, order
from tests.journeys.world import World

KLARNA = {"payment_method": "klarna_payments", "payment_method_title": "Klarna"}


@pytest.fixture
def sold(a_world: Any) -> Any:
    """A world in which order 1, paid some days ago, is in the ERP and not delivered."""

    def make(days: int = 22, preset: int = 2, payment: Any = None, **settings: Any) -> World:
        chosen = {"unknown_article": "create", "reference_required": [], **settings}
        world: World = a_world(preset=preset, **chosen)
        created = f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H:%M:%S}"
        world.shop.put_order(order(1, [line("100.00")], created=created, **(payment or KLARNA)))
        world.settle()
        world.erp.one("SE-1")
        return world

    return make


def at_night(world: World) -> list[str]:
    """Keep house, as every hour; return the codes of what waits for a person."""
    housekeeping.ask_about_reservations(datetime.now(UTC))
    return waiting(world)


def waiting(world: World) -> list[str]:
    with scope(world.tenant.pk):
        return list(Task.objects.filter(closed_at=None).values_list("code", flat=True))


def erp_does(world: World, what: str, **body: Any) -> None:
    deed(world, f"orders/{world.erp.one('SE-1')['orderNo']}/{what}", **body)


def by_hand(world: World, action: str, **body: Any) -> None:
    do_by_hand(world.shop, action, id=1, **body)
    world.settle()


@pytest.mark.parametrize("preset", [1, 2, 3])
def test_scenario_54_an_order_paid_22_days_ago_and_not_delivered_is_on_the_list(
    sold: Any, preset: int
) -> None:
    world = sold(22, preset)
    assert at_night(world) == ["status.reservation_ends"]
    assert at_night(world) == ["status.reservation_ends"]  # once
    with scope(world.tenant.pk):
        (task,) = services.open_tasks().rows
        assert task.object_key == "1"
        assert task.choices == ["seen_to", "leave"]
        assert task.facts["erp_no"] == str(world.erp.one("SE-1")["orderNo"])
        shown = dict(task_words.figures(task.facts, "en").facts)
        assert (shown["Payment method"], shown["Days"]) == ("Klarna", "22")
        assert (shown["Total"], shown["Currency"]) == ("100.00", "SEK")
        said = say(task.message, "sv")
        assert "100.00 SEK har varit reserverade hos Klarna" in said
    erp_does(world, "deliver")
    world.hear()
    assert waiting(world) == []  # at once, whichever system leads
    assert at_night(world) == []
    with scope(world.tenant.pk):
        assert not Reservation.objects.exists()


def test_an_order_of_20_days_is_not_on_the_list_yet(sold: Any) -> None:
    world = sold(20)
    assert at_night(world) == []
    world.change(reservation_days=19)
    assert at_night(world) == ["status.reservation_ends"]
    world.change(reservation_days=0)
    assert at_night(world) == []


@pytest.mark.parametrize(
    ("payment", "drawn_by", "listed"),
    [
        ({"payment_method": "swish"}, {}, False),
        ({"payment_method": "bacs"}, {}, False),
        ({"payment_method": "nets_easy_swish"}, {}, False),  # of a checkout that holds the rest
        ({"payment_method": "qliro_one"}, {}, True),
        ({"payment_method": "svea_checkout"}, {}, True),
        ({"payment_method": "own_invoice_service"}, {"own_invoice_service": "erp"}, True),
        (KLARNA, {"klarna_payments": "nobody"}, False),
        (KLARNA, {"klarna_payments": "erp"}, True),
    ],
)
def test_only_what_is_drawn_later_is_watched(sold: Any, payment: Any, drawn_by: Any, listed: bool) -> None:
    world = sold(payment=payment, drawn_by=drawn_by)
    assert (at_night(world) == ["status.reservation_ends"]) is listed


@pytest.mark.parametrize("status", ["completed", "cancelled", "refunded"])
def test_what_ends_in_the_shop_is_no_longer_on_the_list(sold: Any, status: str) -> None:
    world = sold(preset=1)
    assert at_night(world) == ["status.reservation_ends"]
    by_hand(world, "order-status", status=status)
    assert "status.reservation_ends" not in waiting(world)
    assert "status.reservation_ends" not in at_night(world)


def test_what_was_drawn_before_the_delivery_is_not_on_the_list(sold: Any) -> None:
    world = sold()
    assert at_night(world) == ["status.reservation_ends"]
    drawn = [{"key": "_wc_klarna_capture_id", "value": "C-1"}]  # as the plugin writes when it is told to draw
    do_by_hand(world.shop, "change-order", id=1, meta_data=drawn)
    world.retry(1)
    assert waiting(world) == []


def test_an_order_deleted_in_the_shop_is_not_asked_about(sold: Any) -> None:
    world = sold()
    assert at_night(world) == ["status.reservation_ends"]
    do_by_hand(world.shop, "delete-order", id=1)
    with scope(world.tenant.pk):
        reconciling.reconcile_flow(world.flow)
    world.drain()
    assert waiting(world) == ["order.deleted_after"]


def test_what_a_person_has_answered_is_not_asked_again(sold: Any) -> None:
    world = sold()
    at_night(world)
    with scope(world.tenant.pk):
        (task,) = services.open_tasks().rows
        services.decide(task.id, "seen_to", who="Alice", why="förlängd hos Klarna")
    world.drain()
    assert at_night(world) == []
    assert world.shop.order(1)["status"] == "processing"
    with scope(world.tenant.pk):
        housekeeping.ask_about_reservations(datetime.now(UTC) + timedelta(days=3))
    assert waiting(world) == []


def test_a_reconciliation_asks_too_and_one_that_only_looks_does_not(sold: Any) -> None:
    world = sold()
    with scope(world.tenant.pk):
        reconciling.reconcile_flow(world.flow, dry_run=True)
    assert waiting(world) == []
    with scope(world.tenant.pk):
        reconciling.reconcile_flow(world.flow)
    assert waiting(world) == ["status.reservation_ends"]


def test_an_order_that_was_never_sent_is_not_on_the_list(a_world: Any) -> None:
    world: World = a_world(preset=2, excluded_methods=["klarna_payments"])
    created = f"{datetime.now(UTC) - timedelta(days=22):%Y-%m-%dT%H:%M:%S}"
    world.shop.put_order(order(1, [line("100.00")], created=created, **KLARNA))
    world.settle()
    assert at_night(world) == []
