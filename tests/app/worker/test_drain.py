"""A drain in this process: what becomes of orders, and of errors that concern more than one."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from brygga.app.services.connecting import recheck
from brygga.app.services.lists import order_detail
from brygga.app.store.models import Connection, Flow, JournalEntry, LinkRow, Notice
from brygga.app.worker import bell, drain, health, lane_work
from brygga.app.worker.drain import Limits
from tests.app.world import World


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Count bells instead of ringing them."""
    heard: list[tuple[str, int]] = []
    monkeypatch.setattr(drain, "ring", lambda lane: heard.append(("now", lane)))
    monkeypatch.setattr(drain, "ring_at", lambda lane, when, now: heard.append(("later", lane)))
    return heard


def test_orders_reach_the_erp_once_and_the_shop_is_told(alice: World) -> None:
    alice.place.sell(*range(1, 6))
    for number in (3, 1, 2, 5, 4):
        alice.see(number)
    drain.drain(alice.erp)
    assert alice.place.numbers == ["1", "2", "3", "4", "5"]
    assert alice.states() == {"done": 5}
    assert LinkRow.objects.count() == 5
    assert alice.place.run("SELECT COUNT(*) FROM shop WHERE meta <> '' AND notes = 1") == [(5,)]
    story = order_detail(alice.work(1).pk, raw=True)
    assert [line.step for line in story.journal][:2] == ["seen", "sent"]
    assert any(line.exchange and line.exchange.label == "create" for line in story.journal)
    drain.drain(alice.erp)
    assert len(alice.place.numbers) == 5


def test_one_bad_order_does_not_stop_the_others(alice: World) -> None:
    alice.place.sell(*range(1, 11))
    alice.place.fail("create", "rejected")
    for number in range(1, 11):
        alice.see(number)
    drain.drain(alice.erp)
    assert alice.states() == {"done": 9, "held": 1}
    assert alice.place.numbers == [str(number) for number in range(2, 11)]


def test_a_fault_of_ours_holds_the_order_with_a_traceback_without_secrets(alice: World) -> None:
    alice.place.sell(1, 2)
    alice.place.fail("order", "bug")
    alice.see(1)
    alice.see(2)
    drain.drain(alice.erp)
    assert alice.states() == {"held": 1, "done": 1}
    lines = JournalEntry.objects.filter(work=alice.work(1), data__has_key="traceback")
    assert "KeyError" in lines[0].data["traceback"]


def test_lost_answer_is_settled_without_a_second_order(alice: World, rung: list[tuple[str, int]]) -> None:
    alice.place.sell(1)
    alice.place.fail("create", "lost")
    alice.see(1)
    drain.drain(alice.erp)
    assert alice.states() == {"unknown": 1}
    assert rung == [("later", alice.erp)]
    _make_due(alice)
    drain.drain(alice.erp)
    assert alice.states() == {"done": 1}
    assert alice.place.numbers == ["1"]
    assert alice.work(1).target_key == "1"


def test_erp_away_spends_no_attempt_and_everything_drains_in_order_when_it_is_back(
    alice: World, rung: list[tuple[str, int]]
) -> None:
    alice.place.sell(*range(1, 21))
    for number in range(20, 0, -1):
        alice.see(number)
    alice.place.fail("create", "away", 3)
    for _ in range(3):
        drain.drain(alice.erp)
        drain.drain(alice.erp)  # before its time: nothing is tried
        assert rung[-1] == ("later", alice.erp)
        Connection.objects.filter(pk=alice.erp).update(not_before=None)
    assert alice.place.count("create") == 3
    assert alice.work(1).attempt == 0
    assert Notice.objects.filter(code="connection.away", over_at=None).count() == 1
    drain.drain(alice.erp)
    assert alice.place.numbers == [str(number) for number in range(1, 21)]
    assert Connection.objects.get(pk=alice.erp).failures == 0
    assert Notice.objects.filter(code="connection.back").count() == 1
    assert not Notice.objects.filter(code="connection.away", over_at=None).exists()


def test_retry_after_is_honoured(alice: World) -> None:
    alice.place.sell(1)
    alice.see(1)
    alice.place.fail("customer", "busy")
    drain.drain(alice.erp)
    erp = Connection.objects.get(pk=alice.erp)
    assert erp.not_before is not None
    assert timedelta(0) < erp.not_before - datetime.now(UTC) < timedelta(seconds=1.1)


def test_shop_away_lets_the_other_shops_orders_pass(alice: World, rung: list[tuple[str, int]]) -> None:
    second = another_shop(alice)
    alice.place.sell(1, 2)
    second.place.sell(3, 4)
    alice.see(1)
    alice.see(2)
    second.see(3)
    second.see(4)
    alice.place.fail("order", "away", 99)
    drain.drain(alice.erp)
    assert second.states() == {"done": 2}
    assert alice.states() == {"waiting": 2}
    assert rung == [("later", alice.erp)]
    assert Connection.objects.get(pk=alice.shop).failures == 1
    assert Connection.objects.get(pk=alice.erp).failures == 0


def test_refused_keys_pause_the_connection_with_one_alarm_and_new_keys_drain_the_backlog(
    alice: World,
) -> None:
    alice.place.sell(1, 2, 3)
    for number in (1, 2, 3):
        alice.see(number)
    alice.place.fail("order", "broken", 99)
    for _ in range(3):
        drain.drain(alice.erp)
    assert alice.place.count("order") == 1
    assert alice.states() == {"waiting": 3}
    assert alice.work(1).attempt == 0
    assert Notice.objects.filter(code="connection.broken", over_at=None).count() == 1
    alice.place.heal()
    recheck(alice.shop, who="alice", given={"key": "k2"})
    assert Connection.objects.get(pk=alice.shop).secrets["key"] == "k2"
    drain.drain(alice.erp)
    assert alice.place.numbers == ["1", "2", "3"]
    assert not Notice.objects.filter(code="connection.broken", over_at=None).exists()


def test_wrong_setting_pauses_the_flow_and_names_it(alice: World) -> None:
    alice.place.sell(1)
    alice.see(1)
    Flow.objects.get(pk=alice.flow).revisions.update(settings={"document": "invoice", "products": "off"})
    drain.drain(alice.erp)
    flow = Flow.objects.get(pk=alice.flow)
    assert flow.state == "paused"
    assert flow.reason["code"] == "flow.no_invoices"
    assert alice.states() == {"waiting": 1}
    assert Notice.objects.get(flow=flow).message["facts"]["setting"] == "document"


def test_stopped_flow_keeps_its_orders_and_lets_others_pass(alice: World) -> None:
    second = another_shop(alice)
    for number in (1, 2):
        alice.place.sell(number)
        alice.see(number)
        second.place.sell(number + 10)
        second.see(number + 10)
    Flow.objects.filter(pk=alice.flow).update(state="stopped")
    drain.drain(alice.erp)
    assert alice.states() == {"waiting": 2}
    assert second.states() == {"done": 2}


def test_shop_away_after_transfer_is_told_later_and_no_order_is_sent_twice(alice: World) -> None:
    alice.place.sell(1)
    alice.see(1)
    alice.place.fail("note", "away")
    drain.drain(alice.erp)
    work = alice.work(1)
    assert work.state == "done"
    assert work.due_at is not None
    Connection.objects.filter(pk=alice.shop).update(not_before=None)
    drain.drain(alice.erp)
    assert alice.work(1).due_at is None
    assert alice.place.numbers == ["1"]
    assert alice.place.run("SELECT notes FROM shop WHERE id = '1'") == [(1,)]


def test_poison_order_is_set_aside_at_the_time_limit(alice: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "limits", lambda: drain_limits(record=0.5))
    alice.place.sell(1, 2)
    alice.see(1)
    alice.see(2)
    alice.place.fail("order", "hang")
    drain.drain(alice.erp)
    assert alice.states() == {"held": 1, "done": 1}
    assert alice.work(1).reason["code"] == "flow.too_slow"
    assert alice.place.numbers == ["2"]


def test_drain_ends_at_its_time_and_asks_for_another(
    alice: World, rung: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "limits", lambda: drain_limits(drain=0.3))
    alice.place.set("delay", "0.05")
    numbers = range(1, 11)
    alice.place.sell(*numbers)
    for number in numbers:
        alice.see(number)
    drain.drain(alice.erp)
    assert 0 < len(alice.place.numbers) < 10
    assert rung == [("now", alice.erp)]


def test_hint_during_the_run_is_not_lost(alice: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that comes while an order is being held makes it due again at once."""
    alice.place.sell(1)
    alice.see(1)
    alice.place.fail("create", "rejected")
    seen = []

    def attempt(works, ctx):  # the real one, with news in the middle
        if not seen:
            seen.append(1)
            alice.see(1)
        real(works, ctx)

    real = lane_work.attempt
    monkeypatch.setattr(lane_work, "attempt", attempt)
    drain.drain(alice.erp)
    assert alice.states() == {"done": 1}


def test_hints_storming_in_while_the_lane_drains_harm_nothing(alice: World) -> None:
    numbers = range(1, 31)
    alice.place.sell(*numbers)
    for number in numbers:
        alice.see(number)
    errors: list[BaseException] = []
    over = threading.Event()

    def storm() -> None:
        try:
            while not over.is_set():
                for number in numbers:
                    alice.see(number)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=storm) for _ in range(3)]
    for thread in threads:
        thread.start()
    drain.drain(alice.erp)
    over.set()
    for thread in threads:
        thread.join()
    drain.drain(alice.erp)
    assert errors == []
    assert alice.states() == {"done": 30}
    assert sorted(alice.place.numbers, key=int) == [str(number) for number in numbers]


def test_zombie_can_write_nothing_once_its_lane_is_taken(
    alice: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice.place.sell(1)
    alice.see(1)

    def attempt(works, ctx):
        alice.hold_lane("somebody else")
        real(works, ctx)

    real = lane_work.attempt
    monkeypatch.setattr(lane_work, "attempt", attempt)
    drain.drain(alice.erp)
    assert alice.place.numbers == []
    assert alice.states() == {"waiting": 1}


def test_work_that_kills_the_server_again_and_again_is_set_aside(alice: World) -> None:
    alice.place.sell(1, 2)
    alice.see(1)
    alice.see(2)
    from brygga.app.store import lanes

    for _ in range(4):
        held, _store = alice.hold_lane("crashed")
        if held.careful:
            lanes.try_work(held, alice.work(1).pk)
    drain.drain(alice.erp)
    assert alice.work(1).reason["code"] == "work.crashed"
    assert alice.work(2).state == "done"


def test_a_lane_that_is_taken_again_without_an_attempt_blames_no_order(alice: World) -> None:
    from brygga.app.store import lanes

    alice.place.sell(1)
    alice.see(1)
    for _ in range(6):
        held, _store = alice.hold_lane("killed before its first attempt")
    assert held.careful
    lanes.try_work(held, alice.work(1).pk)  # the first time that it is surely under way when all ends
    for _ in range(3):
        held, _store = alice.hold_lane("killed before its first attempt")
        assert held.suspect is None
    lanes.try_work(held, alice.work(1).pk)
    lanes.tried(held)  # ended well, and killed after it
    held, _store = alice.hold_lane("killed between two attempts")
    assert held.suspect is None
    lanes.try_work(held, alice.work(1).pk)
    drain.drain(alice.erp)
    assert alice.work(1).reason["code"] == "work.crashed"


def test_crashes_with_progress_between_blame_no_order(alice: World) -> None:
    from brygga.app.store import lanes

    for number in range(1, 9):
        alice.place.sell(number)
        alice.see(number)
        held, _store = alice.hold_lane("crashed")
        assert held.suspect is None
        if held.careful:
            lanes.try_work(held, alice.work(number).pk)
    drain.drain(alice.erp)
    assert alice.states() == {"done": 8}


def test_connection_paused_in_the_middle_stops_the_lane_soon(
    alice: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_work, "LOOK_ROUND", 0.0)
    numbers = range(1, 6)
    alice.place.sell(*numbers)
    for number in numbers:
        alice.see(number)

    def attempt(works, ctx):
        real(works, ctx)
        Connection.objects.filter(pk=alice.erp).update(state="paused")

    real = lane_work.attempt
    monkeypatch.setattr(lane_work, "attempt", attempt)
    drain.drain(alice.erp)
    assert alice.place.numbers == ["1"]


def test_bells_for_times_to_come_are_one_for_each_second(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(
        bell, "enqueue", lambda *args, **options: asked.append((options["workflow_id"], options["delay"]))
    )
    now = datetime(2026, 6, 1, tzinfo=UTC)
    bell.ring_at(7, now + timedelta(seconds=30), now)
    bell.ring_at(7, now + timedelta(seconds=30), now + timedelta(seconds=10))
    assert asked[0][0] == asked[1][0]
    assert 30 <= asked[0][1] < 31


def test_well_connection_is_stamped(alice: World) -> None:
    before = datetime.now(UTC)
    health.well(alice.shop, before)
    assert Connection.objects.get(pk=alice.shop).last_success_at == before


def another_shop(alice: World) -> World:
    from brygga.app.services.connecting import connect
    from brygga.app.services.flows import create_flow, start_flow
    from tests.app.fakes import Place

    place = Place(alice.place.file.replace("alice", "second"))
    place.set("site", "https://second.example")
    shop = connect("fakeshop", "Andra butiken", {"file": place.file, "key": "k"}, who="alice")
    flow = create_flow("Andra", shop=shop.id, erp=alice.erp, who="alice", changed={"products": "off"})
    start_flow(flow.id, who="alice")
    return World(alice.tenant, shop.id, alice.erp, flow.id, place)


def drain_limits(drain: float = 60, record: float = 60) -> Limits:
    return Limits(drain=drain, record=record)


def _make_due(world: World) -> None:
    from brygga.app.store.models import Work

    Work.objects.filter(due_at__isnull=False).update(due_at=datetime.now(UTC))
