"""Money held for orders, and statuses that no feed wakes, as the database keeps them."""

from datetime import UTC, datetime, timedelta

from brygga.app.services import reservations
from brygga.app.store.facts import keep_facts
from brygga.app.store.links import put_link
from brygga.app.store.models import Flow, FlowRevision, Reservation, Task, Work
from brygga.app.store.reservations import DbReservations, drop_ended, undelivered
from brygga.app.store.transaction import write
from brygga.app.store.wake_statuses import order_is_told, wake_statuses
from brygga.app.worker import housekeeping
from brygga.app.worker.fan_out import FanOut
from brygga.domain.events import OrderEvent
from brygga.domain.refs import Kind, Link, RecordRef
from brygga.flows.statuses.ports import Held
from tests.app.world import World

NOW = datetime.now(UTC)


def held(days: float, total: str = "249.00") -> Held:
    return Held("Klarna", NOW - timedelta(days=days), total, "SEK")


def linked(world: World, order: str) -> None:
    """Have an order in the ERP, under its number with an S before it."""
    ref = RecordRef(world.shop, Kind.ORDER, order)
    with write():
        put_link(world.tenant, Link(ref, order, world.erp, f"S{order}", f"S{order}", ""), NOW)


def kept_in(world: World) -> DbReservations:
    lane, _store = world.hold_lane()
    return DbReservations(lane, world.flow)


def test_what_is_held_is_kept_once_and_as_it_last_was(alice: World) -> None:
    kept = kept_in(alice)
    kept.keep("1", held(22))
    kept.keep("1", held(22))
    kept.keep("1", held(22, "199.00"))
    assert Reservation.objects.get().total == "199.00"
    assert kept.drop("1") is True
    assert kept.drop("1") is False
    assert not Reservation.objects.exists()


def test_only_sent_orders_that_are_not_through_are_undelivered(alice: World, charlie: World) -> None:
    kept = kept_in(alice)
    for order, days in (("1", 25), ("2", 30), ("3", 22), ("4", 3), ("5", 40)):
        kept.keep(order, held(days))
        if order != "5":  # was never sent
            linked(alice, order)
    before = NOW - timedelta(days=21)
    assert [one.order_id for one in undelivered(alice.flow, before)] == ["2", "1", "3"]
    assert undelivered(charlie.flow, before) == []
    one = undelivered(alice.flow, before)[0]
    assert (one.number, one.erp_no, one.work, one.held) == ("2", "S2", None, held(30))
    keep_facts(alice.tenant, alice.erp, [OrderEvent("S2", partly_delivered=True)])
    keep_facts(alice.tenant, alice.erp, [OrderEvent("S1", delivered=True), OrderEvent("S4", invoice_no="9")])
    assert [one.order_id for one in undelivered(alice.flow, before)] == ["2", "3"]
    assert sorted(drop_ended(alice.flow)) == ["1", "4"]
    assert drop_ended(alice.flow) == []
    assert set(Reservation.objects.values_list("order_ref", flat=True)) == {"2", "3", "5"}


def test_the_hour_asks_for_every_tenant_and_a_fact_takes_the_question_away(
    alice: World, charlie: World
) -> None:
    kept_in(alice).keep("1", held(22))
    linked(alice, "1")
    assert housekeeping.ask_about_reservations(NOW) == 1
    assert housekeeping.ask_about_reservations(NOW) == 0
    assert Task.objects.get(closed_at=None).facts["days"] == "22"
    assert housekeeping.ask_about_reservations(NOW + timedelta(days=1)) == 0
    assert Task.objects.get(closed_at=None).facts["days"] == "23"
    FanOut(alice.tenant, alice.erp).events([OrderEvent("S1", cancelled=True)])
    assert not Task.objects.filter(closed_at=None).exists()
    assert reservations.ask_about_reservations(Flow.objects.get(pk=alice.flow), NOW) == 0


def test_facts_kept_while_a_flow_was_stopped_are_due_and_older_ones_are_not(alice: World) -> None:
    linked(alice, "1")
    linked(alice, "2")
    keep_facts(alice.tenant, alice.erp, [OrderEvent("S1", delivered=True)])
    assert wake_statuses(alice.flow) == 0  # the shop leads
    Flow.objects.filter(pk=alice.flow).update(preset=2)
    FlowRevision.objects.create(flow_id=alice.flow, number=2, preset=2, who="alice")
    FlowRevision.objects.filter(flow_id=alice.flow, number=1).update(preset=1)
    assert wake_statuses(alice.flow) == 0  # told before statuses were brought over
    keep_facts(alice.tenant, alice.erp, [OrderEvent("S2", delivered=True)])
    assert wake_statuses(alice.flow) == 1
    work = Work.objects.get(kind="status")
    assert (work.source_ref, work.target_id) == ("S2", alice.shop)
    Work.objects.update(due_at=None, settled_at=datetime.now(UTC))
    assert wake_statuses(alice.flow) == 0
    keep_facts(alice.tenant, alice.erp, [OrderEvent("S2", delivered=True, invoice_no="77")])
    assert wake_statuses(alice.flow) == 1


def test_a_status_that_waits_for_its_order_is_due_when_that_is_through(alice: World) -> None:
    Flow.objects.filter(pk=alice.flow).update(preset=2)
    linked(alice, "1")
    FanOut(alice.tenant, alice.erp).events([OrderEvent("S1", delivered=True)])
    later = NOW + timedelta(hours=6)
    for code, waits in (("status.told", False), ("status.waits", True)):
        Work.objects.filter(kind="status").update(due_at=later, reason_code=code)
        with write():
            order_is_told(alice.flow, alice.shop, "S1")
        due_at = Work.objects.get(kind="status").due_at
        assert due_at is not None
        assert (due_at < later) is waits
