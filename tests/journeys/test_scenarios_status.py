"""Acceptance scenarios 29-32, 52, 55-57, 59: what the ERP tells of an order reaches the shop, once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from brygga.app.services import flows, presets
from brygga.app.services import tasks as services
from brygga.app.store.models import Flow, Task, Work
from brygga.app.tenancy.scope import scope
from brygga.app.worker.poll import poll
from brygga.domain.errors import SetupWrong
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.shop_json import line, order
from tests.journeys.world import World, add_shop

TRACKING = "_wc_shipment_tracking_items"


@pytest.fixture
def sold(a_world: Any) -> Any:
    """A world of preset 2 in which order 1, of two rows, is in the ERP."""

    def make(
        erp_options: dict[str, str] | None = None,
        method: str = "bacs",
        dialect: dict[str, str] | None = None,
        **settings: Any,
    ) -> World:
        world = a_world(erp_options, dialect, preset=2, unknown_article="create", **settings)
        world.shop.put_order(
            order(1, [line("100.00", quantity=2, sku="A"), line("50.00", sku="B")], payment_method=method)
        )
        world.settle()
        world.erp.one("SE-1")
        return world

    return make


def erp_does(world: World, deed: str, **body: Any) -> None:
    number = world.erp.one("SE-1")["orderNo"]
    world.erp.ask(f"orders/{number}/{deed}", {"sbmId": world.erp.sbm_id, **body})


def by_hand(world: World, action: str, **body: Any) -> None:
    world.shop.ask(f"{world.shop.site}/by-hand/{action}", {"id": 1, **body})


def mails(world: World) -> list[str]:
    sent = world.shop.ask(f"outbox?site={world.shop.site}&order_id=1")
    return [mail["kind"] for mail in sent]


def parcels(world: World) -> list[str]:
    metas = {meta["key"]: meta["value"] for meta in world.shop.order(1)["meta_data"]}
    return [item["tracking_number"] for item in metas.get(TRACKING, [])]


def tasks(world: World) -> list[str]:
    with scope(world.tenant.pk):
        return list(Task.objects.filter(closed_at=None).order_by("id").values_list("code", flat=True))


def status_work(world: World) -> Work:
    with scope(world.tenant.pk):
        return Work.objects.get(kind=Kind.STATUS.value)


def test_scenario_29_delivered_with_two_parcels(sold: Any) -> None:
    world, other = sold(), sold()
    erp_does(world, "deliver", trackingNo=["AB123456785SE", "P-2"])
    world.hear()
    found = world.shop.order(1)
    assert found["status"] == "completed"
    assert parcels(world) == ["AB123456785SE", "P-2"]
    notes = [note for note in world.shop.notes(1) if "AB123456785SE" in note]
    assert len(notes) == 1
    assert "PostNord" in notes[0]
    assert "P-2" in notes[0]
    assert mails(world).count("customer_completed_order") == 1
    sent = world.shop.ask(f"outbox?site={world.shop.site}&kind=customer_completed_order&order_id=1")
    assert "P-2" in str(sent)  # the tracking number was there before the mail went
    assert other.shop.order(1)["status"] == "processing"
    for _ in range(3):
        world.erp.ask("flag-all", {"sbmId": world.erp.sbm_id, "feed": "orders"})
        world.hear()
    assert len([note for note in world.shop.notes(1) if "P-2" in note]) == 1
    assert mails(world).count("customer_completed_order") == 1


def test_scenario_30_partly_delivered_then_the_rest(sold: Any) -> None:
    world = sold()
    erp_does(world, "deliver", rows={"1": 1}, trackingNo=["P-1"])
    world.hear()
    assert world.shop.order(1)["status"] == "processing"
    assert parcels(world) == ["P-1"]
    erp_does(world, "deliver", trackingNo=["P-2"])
    world.hear()
    assert world.shop.order(1)["status"] == "completed"
    assert parcels(world) == ["P-1", "P-2"]
    assert [sum(number in note for note in world.shop.notes(1)) for number in ("P-1", "P-2")] == [1, 1]


def test_scenario_31_cancelled_in_the_erp_is_cancelled_in_the_shop(sold: Any) -> None:
    world = sold()
    erp_does(world, "cancel")
    world.hear()
    assert world.shop.order(1)["status"] == "cancelled"
    world.take_in()
    world.drain()
    assert tasks(world) == []  # it was our own hand that cancelled it in the shop


def test_scenario_32_completed_by_hand_first_gets_the_note_only(sold: Any) -> None:
    world = sold()
    by_hand(world, "order-status", status="completed")
    before = mails(world)
    erp_does(world, "deliver", trackingNo=["P-1"])
    world.hear()
    world.take_in()
    world.drain()
    assert mails(world) == before
    assert parcels(world) == ["P-1"]
    assert len([note for note in world.shop.notes(1) if "P-1" in note]) == 1
    assert world.shop.order(1)["status"] == "completed"


def test_scenario_52_a_capture_that_fails_is_a_task_and_nothing_is_written_again(sold: Any) -> None:
    world = sold(method="klarna_payments", reference_required=[])
    world.shop.ask(f"{world.shop.site}/gateways", {"klarna": True})
    world.shop.ask(f"{world.shop.site}/captures", {"outcome": "refused", "reason": "No more credit"})
    erp_does(world, "deliver")
    world.hear()
    assert world.shop.order(1)["status"] == "on-hold"
    assert tasks(world) == ["status.not_drawn"]
    with scope(world.tenant.pk):
        assert "No more credit" in Task.objects.get().message["facts"]["note"]
    before = len(world.shop.ask("calls?limit=0"))
    world.erp.ask("flag-all", {"sbmId": world.erp.sbm_id, "feed": "orders"})
    world.hear()
    world.later()
    assert world.shop.order(1)["status"] == "on-hold"
    assert tasks(world) == ["status.not_drawn"]
    assert before


def test_money_that_was_drawn_is_seen_and_drawn_once(sold: Any) -> None:
    world = sold(method="klarna_payments", reference_required=[])
    world.shop.ask(f"{world.shop.site}/gateways", {"klarna": True})
    by_hand(world, "mark-paid")
    by_hand(world, "change-order", meta_data=[{"key": "_wc_klarna_order_id", "value": "K-1"}])
    erp_does(world, "deliver")
    world.hear()
    world.later()
    draws = world.shop.ask(f"{world.shop.site}/draws?order_id=1")["orders"]
    assert draws["1"]["times"] == 1
    assert tasks(world) == []


def test_a_missing_sign_of_the_capture_is_a_task_after_the_waiting_time(sold: Any) -> None:
    world = sold(method="klarna_payments", reference_required=[], draw_wait_minutes=0)
    world.shop.ask(f"{world.shop.site}/gateways", {"klarna": True})
    world.shop.ask(f"{world.shop.site}/captures", {"outcome": "nothing"})
    erp_does(world, "deliver")
    world.hear()
    world.later()
    assert world.shop.order(1)["status"] == "completed"
    assert tasks(world) == ["status.not_drawn"]


def test_scenario_53_two_drawers_keep_the_flow_from_going_live(sold: Any) -> None:
    world = sold(method="klarna_payments", reference_required=[])
    world.shop.ask(f"{world.shop.site}/gateways", {"klarna": True})
    with scope(world.tenant.pk):
        flows.stop_flow(world.flow, who="Alice")
        flows.change_settings(world.flow, {"drawn_by": {"klarna_payments": "erp"}}, who="Alice")
        with pytest.raises(SetupWrong) as refused:
            flows.start_flow(world.flow, who="Alice")
        assert refused.value.for_merchant.code == "flow.two_drawers"
        world.shop.ask(f"{world.shop.site}/gateways", {"klarna": {"kom_auto_capture": "no"}})
        flows.start_flow(world.flow, who="Alice")


def test_scenario_55_a_parcel_number_that_comes_late(sold: Any) -> None:
    world = sold()
    erp_does(world, "deliver")
    world.hear()
    assert world.shop.order(1)["status"] == "completed"
    erp_does(world, "parcels", trackingNo="P-9")
    world.hear()
    assert parcels(world) == ["P-9"]
    assert len([note for note in world.shop.notes(1) if "P-9" in note]) == 1
    assert mails(world).count("customer_completed_order") == 1


def test_scenario_56_invoiced_before_delivered(sold: Any) -> None:
    dialect = {"invoice_in_feed": "1", "paid_in_feed": "1"}
    world = sold(
        dialect, status_by_fact={"invoiced": "completed", "delivered": "completed", "paid": "processing"}
    )
    erp_does(world, "invoice")
    world.hear()
    assert world.shop.order(1)["status"] == "completed"
    erp_does(world, "deliver")
    erp_does(world, "pay")
    world.hear()
    assert world.shop.order(1)["status"] == "completed"
    assert any("faktura" in note.lower() for note in world.shop.notes(1))


def test_scenario_57_removed_in_the_erp_is_a_question_with_both_choices(sold: Any) -> None:
    world = sold(dialect={"codes.cancelled": "", "codes.removed": "5"})
    erp_does(world, "remove")
    world.hear()
    assert world.shop.order(1)["status"] == "processing"
    with scope(world.tenant.pk):
        asked = Task.objects.get()
        assert (asked.code, asked.choices) == ("status.removed", ["cancel_in_shop", "leave"])
        services.decide(asked.pk, "cancel_in_shop", who="Alice", why="lagret var slut")
    world.drain()
    assert world.shop.order(1)["status"] == "cancelled"
    assert tasks(world) == []


def test_scenario_58_cancelled_in_the_shop_while_delivered_in_the_erp(sold: Any) -> None:
    world = sold()
    by_hand(world, "order-status", status="cancelled")
    erp_does(world, "deliver", trackingNo=["P-1"])
    world.hear()
    assert world.shop.order(1)["status"] == "cancelled"
    assert "status.contradicts" in tasks(world)


def test_scenario_59_a_status_that_is_gone_holds_and_never_becomes_pending(sold: Any) -> None:
    world = sold(status_by_fact={"delivered": "packed"})
    by_hand(world, "register-status", slug="packed", name="Packad")
    by_hand(world, "unregister-status", slug="packed")
    erp_does(world, "deliver")
    world.hear()
    assert world.shop.order(1)["status"] == "processing"
    with scope(world.tenant.pk):
        assert Flow.objects.get(pk=world.flow).state == "paused"


def test_what_the_erp_told_while_the_flow_was_stopped_is_told_when_it_starts(
    sold: Any, new_shop: Any
) -> None:
    world = sold()
    other = add_shop(world, new_shop())  # whose flow has the feed read all the time
    with scope(world.tenant.pk):
        flows.stop_flow(world.flow, who="Alice")
    erp_does(world, "deliver", trackingNo=["P-1"])
    poll(other.erp_connection)
    world.drain()
    assert world.shop.order(1)["status"] == "processing"
    with scope(world.tenant.pk):
        flows.start_flow(world.flow, who="Alice")
    world.drain()
    assert world.shop.order(1)["status"] == "completed"
    assert parcels(world) == ["P-1"]
    told = status_work(world).seen_count
    with scope(world.tenant.pk):
        flows.stop_flow(world.flow, who="Alice")
        flows.start_flow(world.flow, who="Alice")
    assert status_work(world).seen_count == told  # nothing new: nothing is looked at


def test_a_start_tells_nothing_of_what_was_before_the_flow_brought_statuses(a_world: Any) -> None:
    world = a_world(preset=1)
    world.shop.put_order(order(1, [line("100.00")], payment_method="bacs"))
    world.settle()
    erp_does(world, "deliver")
    world.hear()
    with scope(world.tenant.pk):
        presets.change_preset(world.flow, 2, who="Alice")
        flows.stop_flow(world.flow, who="Alice")
        flows.start_flow(world.flow, who="Alice")
    world.drain()
    assert world.shop.order(1)["status"] == "processing"


def test_a_status_waits_for_its_order_ever_more_seldom_and_goes_on_with_it(sold: Any) -> None:
    world = sold()
    with scope(world.tenant.pk):  # something is left to do for the order, and not yet
        later = datetime.now(UTC) + timedelta(hours=6)
        Work.objects.filter(kind=Kind.ORDER.value).update(due_at=later)
    erp_does(world, "cancel")
    world.hear()
    waiting = status_work(world)
    assert waiting.reason_code == "status.waits"
    with scope(world.tenant.pk):
        long_ago = datetime.now(UTC) - timedelta(days=1)
        Work.objects.filter(pk=waiting.pk).update(first_seen_at=long_ago, due_at=long_ago)
    world.drain()
    again_at = status_work(world).due_at
    assert again_at is not None
    assert again_at - datetime.now(UTC) > timedelta(minutes=14)
    assert world.retry(1) == 1
    assert world.shop.order(1)["status"] == "cancelled"


def test_two_flows_between_the_same_systems_do_not_run_both(sold: Any) -> None:
    world = sold()
    with scope(world.tenant.pk):
        one = flows.flow(world.flow)
        again = flows.create_flow(
            "Igen", shop=one.shop, erp=one.erp, who="Alice", changed=one.changed, preset=3
        )
        with pytest.raises(SetupWrong) as refused:
            flows.start_flow(again.id, who="Alice")
        assert refused.value.for_merchant.code == "flow.moved_twice"
        assert refused.value.for_merchant.facts["other"] == one.name
        flows.stop_flow(world.flow, who="Alice")
        flows.start_flow(again.id, who="Alice")
    erp_does(world, "deliver", trackingNo=["P-1"])
    world.hear()
    assert world.shop.order(1)["status"] == "completed"
    assert len([note for note in world.shop.notes(1) if "P-1" in note]) == 1


def test_a_received_order_may_get_a_status_of_its_own(sold: Any) -> None:
    world = sold(status_by_fact={"received": "packed", "delivered": "completed"})
    by_hand(world, "register-status", slug="packed", name="Packad")
    world.later()
    assert world.shop.order(1)["status"] in {"processing", "packed"}


def test_facts_told_before_the_order_is_known_are_not_lost(a_world: Any) -> None:
    world = a_world(preset=2, unknown_article="create")
    world.shop.put_order(order(1, [line("100.00")], payment_method="bacs"))
    world.settle()
    with scope(world.tenant.pk):
        Work.objects.filter(kind=Kind.STATUS.value).delete()
    erp_does(world, "deliver")
    world.hear()
    assert world.shop.order(1)["status"] == "completed"
    assert status_work(world).state == State.DONE.value
