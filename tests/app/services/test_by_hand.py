"""What people do, and what is written down of it."""

import pytest

from brygga.app.services import connecting, flows, lists, status, works
from brygga.app.services.doctor import doctor
from brygga.app.services.syncing import sync_range
from brygga.app.store.models import Connection, Flow, IntentRow, JournalEntry, LinkRow, Notice, Work
from brygga.app.worker import drain, housekeeping, poll, tick
from brygga.domain.errors import ConnectionBroken, RecordRejected, SetupWrong
from brygga.domain.refs import Kind
from tests.app.world import World


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "ring", lambda lane: None)
    monkeypatch.setattr(drain, "ring_at", lambda lane, when, now: None)


def held(alice: World, *numbers: int) -> list[int]:
    """Have orders held for one cause."""
    alice.place.sell(*numbers)
    alice.place.fail("create", "rejected", len(numbers))
    for number in numbers:
        alice.see(number)
    drain.drain(alice.erp)
    return [alice.work(number).pk for number in numbers]


def test_retry_all_of_one_cause_sends_each_once(alice: World) -> None:
    held(alice, *range(1, 13))
    assert alice.states() == {"held": 12}
    [cause] = status.causes()
    assert (cause.reason_code, cause.count) == ("fake.rejected", 12)
    assert works.retry(reason_code="fake.rejected", who="alice", why="articles are there") == 12
    drain.drain(alice.erp)
    assert alice.place.numbers == [str(number) for number in range(1, 13)]
    assert works.retry(reason_code="fake.rejected", who="alice") == 0
    lines = JournalEntry.objects.filter(step="by_hand", message__code="work.tried_by_hand")
    assert {line.message["facts"]["why"] for line in lines} == {"articles are there"}
    assert {line.message["facts"]["who"] for line in lines} == {"alice"}


def test_retry_goes_by_the_settings_of_today_unless_something_may_have_been_sent(alice: World) -> None:
    first, second = held(alice, 1, 2)
    IntentRow.objects.create(
        work=Work.objects.get(pk=second),
        target_id=alice.erp,
        key="2",
        fingerprint="",
        begun_at="2026-06-01T00:00Z",
    )
    old = alice.work(1).revision_id
    flows.change_settings(alice.flow, {"prefix": "B-"}, who="alice")
    works.retry([first, second], who="alice")
    assert alice.work(1).revision_id != old
    assert alice.work(2).revision_id == old
    drain.drain(alice.erp)
    assert alice.place.numbers == ["B-1", "2"]


def test_ignored_by_hand_stays_until_it_changes(alice: World) -> None:
    [work] = held(alice, 1)
    works.ignore(work, who="alice", why="test order")
    drain.drain(alice.erp)
    assert alice.work(1).state == "ignored"
    assert alice.work(1).reason["facts"]["why"] == "test order"


def test_link_by_hand_tells_the_shop_and_never_sends(alice: World) -> None:
    [work] = held(alice, 1)
    works.link_by_hand(work, "4711", who="alice", why="typed by hand in the ERP")
    drain.drain(alice.erp)
    assert alice.place.numbers == []
    assert LinkRow.objects.get().target_ref == "4711"
    assert alice.work(1).state == "done"
    assert alice.work(1).due_at is None
    assert "4711" in alice.place.run("SELECT meta FROM shop")[0][0]
    with pytest.raises(RecordRejected):
        works.link_by_hand(work, "4712", who="alice")
    [second] = held(alice, 2)
    with pytest.raises(RecordRejected):
        works.link_by_hand(second, "4711", who="alice")


def test_edit_is_kept_encrypted_and_in_the_history(alice: World) -> None:
    [work] = held(alice, 1)
    works.edit(work, {"organisation_no": "556016-0680"}, who="alice", why="buyer called")
    assert lists.order_detail(work).edits == {"organisation_no": "556016-0680"}
    assert not Work.objects.filter(edits__contains="556016").exists()
    with pytest.raises(RecordRejected):
        works.edit(work, {"total": "1"}, who="alice")


def test_one_order_can_be_asked_for_by_its_id(alice: World) -> None:
    alice.place.sell(99)
    work = works.ask(alice.flow, Kind.ORDER, "99", who="alice", force=True)
    drain.drain(alice.erp)
    assert alice.place.numbers == ["99"]
    assert lists.order_detail(work).forced


def test_find_by_the_shops_or_the_erps_number(alice: World) -> None:
    alice.place.sell(1042)
    alice.see(1042)
    drain.drain(alice.erp)
    assert [row.key for row in lists.find("#1042")] == ["1042"]
    assert [row.key for row in lists.find("1")] == ["1042"]
    assert lists.find("77") == []


def test_connection_that_does_not_work_is_not_kept(alice: World) -> None:
    alice.place.fail("check", "broken")
    with pytest.raises(ConnectionBroken):
        connecting.connect("fakeshop", "Ny", {"file": alice.place.file}, who="alice")
    with pytest.raises(SetupWrong):
        connecting.connect("fakeshop", "Ny", {"file": ""}, who="alice")
    with pytest.raises(SetupWrong) as taken:
        connecting.connect("fakeshop", "Butiken", {"file": alice.place.file}, who="alice")
    assert taken.value.for_merchant.code == "connection.name_taken"
    assert Connection.objects.count() == 2


def test_another_shop_behind_the_same_keys_is_paused_and_asked_about(alice: World) -> None:
    alice.place.set("site", "https://staging.example")
    answered = connecting.recheck(alice.shop, who="alice")
    assert not answered.same_system
    assert Connection.objects.get(pk=alice.shop).state == "paused"
    assert Notice.objects.get(code="connection.other_system").message["facts"]["now"].count("staging")
    confirmed = connecting.recheck(alice.shop, who="alice", confirm_other=True)
    assert confirmed.same_system
    assert confirmed.identity is not None
    assert confirmed.identity.key == "https://staging.example"
    assert Connection.objects.get(pk=alice.shop).state == "active"


def test_broken_connection_is_probed_and_heals_itself(alice: World) -> None:
    alice.place.set("key", "another")
    with pytest.raises(ConnectionBroken):
        connecting.recheck(alice.shop, who="alice")
    assert Connection.objects.get(pk=alice.shop).state == "broken"
    housekeeping.probe(alice.shop)
    assert Connection.objects.get(pk=alice.shop).state == "broken"
    alice.place.set("key", "k1")
    housekeeping.probe(alice.shop)
    assert Connection.objects.get(pk=alice.shop).state == "active"
    assert Notice.objects.filter(code="connection.healed").count() == 1


def test_disabled_webhook_is_healed_and_told_once(alice: World) -> None:
    alice.place.set("webhook", "off")
    housekeeping.check_hints(alice.shop)
    housekeeping.check_hints(alice.shop)
    assert Notice.objects.filter(code="fake.healed").count() == 1
    assert Connection.objects.get(pk=alice.shop).hints_checked_at is not None


def test_staging_copy_is_noticed_by_the_hourly_look(alice: World) -> None:
    alice.place.set("site", "https://staging.example")
    housekeeping.check_hints(alice.shop)
    assert Connection.objects.get(pk=alice.shop).state == "paused"
    alice.place.sell(1)
    alice.see(1)
    drain.drain(alice.erp)
    assert alice.place.numbers == []


def test_wrong_settings_are_refused_and_good_ones_make_a_revision(alice: World) -> None:
    with pytest.raises(SetupWrong):
        flows.change_settings(alice.flow, {"twin_minutes": "many"}, who="alice")
    with pytest.raises(SetupWrong):
        flows.change_settings(alice.flow, {"no_such": 1}, who="alice")
    view = flows.change_settings(alice.flow, {"prefix": "SE-"}, who="alice", why="as before")
    assert (view.revision, view.settings.prefix) == (2, "SE-")
    view = flows.change_settings(alice.flow, {"prefix": None}, who="alice")
    assert (view.revision, view.settings.prefix) == (3, "")
    assert flows.change_settings(alice.flow, {"prefix": None}, who="alice").revision == 3
    assert [one.why for one in flows.revisions(alice.flow)] == ["", "as before", ""]


def test_flow_needs_a_shop_and_an_erp_of_its_own_name(alice: World) -> None:
    with pytest.raises(SetupWrong) as wrong:
        flows.create_flow("Bakvänt", shop=alice.erp, erp=alice.shop, who="alice")
    assert wrong.value.for_merchant.code == "flow.wrong_role"
    with pytest.raises(SetupWrong) as taken:
        flows.create_flow("Order", shop=alice.shop, erp=alice.erp, who="alice")
    assert taken.value.for_merchant.code == "flow.name_taken"
    with pytest.raises(SetupWrong):
        flows.create_flow("Fjärde", shop=alice.shop, erp=alice.erp, who="alice", preset=4)


def test_paused_flow_goes_on_by_corrected_settings(alice: World) -> None:
    alice.place.sell(1)
    # Refused today; a dialect may have lost the action since it was saved.
    Flow.objects.get().revisions.update(settings={"document": "invoice", "products": "off"})
    alice.see(1)
    drain.drain(alice.erp)
    assert Flow.objects.get().state == "paused"
    flows.change_settings(alice.flow, {"document": None}, who="alice")
    assert flows.start_flow(alice.flow, who="alice").state == "running"
    drain.drain(alice.erp)
    assert alice.place.numbers == ["1"]
    assert not Notice.objects.filter(over_at=None).exists()


def test_stopped_flow_is_not_polled_and_catches_up_when_started(alice: World) -> None:
    poll.poll(alice.shop)
    flows.stop_flow(alice.flow, who="alice")
    assert Connection.objects.get(pk=alice.shop).next_poll_at is None
    alice.place.sell(5)
    poll.poll(alice.shop)
    assert not Work.objects.exists()
    flows.start_flow(alice.flow, who="alice")
    poll.poll(alice.shop)
    drain.drain(alice.erp)
    assert alice.place.numbers == ["5"]


def test_poll_that_fails_moves_no_cursor_and_waits(alice: World) -> None:
    from brygga.app.store.cursors import cursor

    alice.place.fail("orders_changed", "away")
    poll.poll(alice.shop)
    assert cursor(alice.shop, f"orders-{alice.flow}") is None
    shop = Connection.objects.get(pk=alice.shop)
    assert shop.failures == 1
    assert shop.not_before is not None


def test_due_polls_are_enqueued_once_for_each_slot(alice: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime, timedelta

    asked: list[str] = []
    monkeypatch.setattr(tick, "enqueue", lambda *args, **options: asked.append(options["workflow_id"]))
    now = datetime.now(UTC)
    assert tick.poll_due(now) == 2
    assert tick.poll_due(now) == 0
    assert tick.poll_due(now + timedelta(seconds=70)) == 1  # the shop each minute, the ERP each quarter
    assert len(set(asked)) == 3


def test_range_by_request_takes_everything_in_once(alice: World) -> None:
    alice.place.sell(*range(1, 8))
    assert sync_range(alice.flow, Kind.ORDER).due == 7
    assert sync_range(alice.flow, Kind.ORDER).due == 0
    assert Work.objects.count() == 7


def test_status_counts_everything_with_a_reason(alice: World) -> None:
    held(alice, 1, 2)
    alice.place.sell(3)
    alice.see(3)
    drain.drain(alice.erp)
    [flow] = status.status().flows
    assert flow.counts["order"] == {"held": 2, "done": 1}
    assert flow.lag.total_seconds() == 0
    assert all(row.reason is not None for row in lists.orders().rows)
    page = lists.orders(lists.Filters(state="held"), size=1)
    assert (len(page.rows), page.more) == (1, True)


def test_doctor_says_that_no_worker_runs(alice: World) -> None:
    found = {finding.code: finding for finding in doctor()}
    assert found["no_worker"].level == "fault"
    assert found["database"].level == "well"
    assert "connection" in found


def test_every_message_of_ours_has_a_sentence_in_both_languages() -> None:
    import re
    from pathlib import Path

    from brygga.app.texts import texts

    codes = set()
    for file in Path("src/brygga/app").rglob("*.py"):
        if "console" not in file.parts and "commands" not in file.parts:
            codes |= set(re.findall(r'message\(\s*"([a-z_]+\.[a-z_]+)"', file.read_text()))
    codes |= {"flow.too_slow", "work.crashed", "connection.away", "connection.broken"}
    known = texts().codes()
    assert [code for code in sorted(codes) if set(known.get(code, {})) != {"sv", "en"}] == []
