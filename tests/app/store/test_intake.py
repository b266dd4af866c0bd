"""One work for a record, whatever is told of it; and what wakes one that has reached its end."""

from datetime import UTC, datetime, timedelta

import pytest

from brygga.app.store.due import claim
from brygga.app.store.models import Flow, FlowRevision, JournalEntry, Lane, Work
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Version
from brygga.flows.journal import Journal
from tests.app.world import World

T = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def settle(world: World, number: int, state: State, looked: datetime | None = None, **outcome) -> None:
    """Have a lane look at an order and store an outcome."""
    _held, store = world.hold_lane()
    claims = claim([world.work(number).pk], world.erp, datetime.now(UTC))
    store.begin(claims)
    if looked:
        store.looked(claims[0].work, Version(looked))
    store.settle(claims[0].work, Outcome(state, message("test.reason"), **outcome), Journal())


def test_five_hints_are_one_work(alice: World) -> None:
    assert [alice.see(1) for _ in range(5)] == [True] * 5
    work = Work.objects.get()
    assert work.seen_count == 5
    assert JournalEntry.objects.filter(work=work, step="seen").count() == 1


def test_the_list_gives_the_hint_its_number_and_place(alice: World) -> None:
    from brygga.app.store.intake import StoreIntake
    from brygga.domain.order import OrderHead
    from brygga.domain.refs import Kind
    from brygga.flows.intake import take_hint, take_order

    intake = StoreIntake()
    take_hint(intake, alice.flow, alice.shop, Kind.ORDER, "77", T)
    take_order(
        intake, alice.flow, alice.shop, OrderHead("77", "WEB-2026-77", "processing", T - timedelta(days=2), T)
    )
    work = Work.objects.get()
    assert work.key == "WEB-2026-77"
    assert work.sort.startswith("1-20260530")


@pytest.mark.parametrize("state", [State.DONE, State.IGNORED, State.HELD])
def test_the_same_change_told_again_wakes_nothing(alice: World, state: State) -> None:
    alice.see(1, T)
    settle(alice, 1, state, looked=T)
    assert alice.see(1, T) is False
    assert alice.work(1).due_at is None
    assert alice.see(1, T - timedelta(minutes=1)) is False


@pytest.mark.parametrize("state", [State.DONE, State.IGNORED, State.HELD])
def test_a_later_change_wakes_it_by_the_settings_of_today(alice: World, state: State) -> None:
    alice.see(1, T)
    settle(alice, 1, state, looked=T)
    newer = FlowRevision.objects.create(flow=Flow.objects.get(pk=alice.flow), number=2, who="alice")
    assert alice.see(1, T + timedelta(seconds=1)) is True
    work = alice.work(1)
    assert work.due_at is not None
    assert work.revision_id == newer.pk
    assert work.state == state.value  # until it is looked at


def test_a_hint_then_a_list_is_one_look(alice: World) -> None:
    alice.see(1)
    settle(alice, 1, State.DONE, looked=T)
    assert alice.see(1, T) is False


def test_a_waiting_order_keeps_the_settings_it_was_taken_in_with(alice: World) -> None:
    alice.see(1, T)
    before = alice.work(1).revision_id
    FlowRevision.objects.create(flow=Flow.objects.get(pk=alice.flow), number=2, who="alice")
    alice.see(1, T + timedelta(seconds=5))
    assert alice.work(1).revision_id == before


def test_our_own_write_coming_back_wakes_nothing(alice: World) -> None:
    alice.see(1, T)
    _held, store = alice.hold_lane()
    claims = claim([alice.work(1).pk], alice.erp, datetime.now(UTC))
    store.begin(claims)
    work = claims[0].work
    store.looked(work, Version(T))
    store.settle(work, Outcome(State.DONE, message("test.done"), retry_at=datetime.now(UTC)), Journal())
    echo = T + timedelta(seconds=3)
    store.keep_feedback(work, "all", "done", Journal(), Version(echo))
    assert alice.work(1).due_at is None
    assert alice.see(1) is False  # the webhook of our own write
    assert alice.see(1, echo) is False  # and the list's line of it
    assert alice.see(1, echo + timedelta(seconds=1)) is True  # a true change after it


def test_a_change_told_of_during_the_run_is_looked_at_after_it(alice: World) -> None:
    alice.see(1, T)
    _held, store = alice.hold_lane()
    claims = claim([alice.work(1).pk], alice.erp, datetime.now(UTC))
    store.begin(claims)
    store.looked(claims[0].work, Version(T))
    alice.see(1, T + timedelta(seconds=9))
    store.settle(claims[0].work, Outcome(State.DONE, message("test.done")), Journal())
    assert alice.work(1).due_at is not None


def test_a_hint_during_the_run_counts_unless_the_order_is_done(alice: World) -> None:
    for state, due in ((State.HELD, True), (State.DONE, False)):
        number = 1 if due else 2
        alice.see(number)
        _held, store = alice.hold_lane()
        claims = claim([alice.work(number).pk], alice.erp, datetime.now(UTC))
        store.begin(claims)
        alice.see(number)
        store.settle(claims[0].work, Outcome(state, message("test.reason")), Journal())
        assert (alice.work(number).due_at is not None) is due


def test_a_stopped_flow_takes_nothing_in_and_a_paused_one_does(alice: World) -> None:
    Flow.objects.update(state="stopped")
    assert alice.see(1) is False
    Flow.objects.update(state="paused")
    assert alice.see(1) is True


def test_taking_in_wakes_the_lane_once(alice: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from brygga.app.store import wake

    rung: list[int] = []
    monkeypatch.setattr(wake, "_bell", [rung.append])
    alice.hold_lane()
    alice.see(1)
    alice.see(2)
    assert rung == [alice.erp]
    alice.hold_lane()
    assert Lane.objects.get(pk=alice.erp).woken is False
    alice.see(3)
    assert rung == [alice.erp] * 2


def test_a_bell_that_fails_can_be_rung_again(alice: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from brygga.app.store import wake

    def broken(lane: int) -> None:
        raise OSError("engine away")

    monkeypatch.setattr(wake, "_bell", [broken])
    alice.hold_lane()
    assert alice.see(1) is True
    assert Lane.objects.get(pk=alice.erp).woken is False
    wake._quiet["until"] = 0.0
