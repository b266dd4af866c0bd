"""A confirmed feed: rows are safe before the ERP hears so, and come twice without harm."""

from datetime import UTC, datetime

from brygga.app.store.due import claim
from brygga.app.store.feeds import DbFeedStore, keep_rows, learn_number
from brygga.app.store.models import Connection, FactRow, FeedBatchRow, FeedRow, LinkRow, Notice
from brygga.app.worker import poll
from brygga.domain.events import OrderEvent
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Link
from brygga.flows.journal import Journal
from brygga.flows.supply import OpenBatch
from tests.app.world import World


def test_a_batch_stays_open_until_it_is_confirmed_and_its_rows_are_stored_once(alice: World) -> None:
    store = DbFeedStore(alice.tenant)
    batch = store.batch_to_read(alice.erp, "orders")
    assert not batch.is_left
    rows = (OrderEvent("88", "1", delivered=True), OrderEvent("89", "2"))
    assert keep_rows(alice.tenant, alice.erp, rows) == 2
    assert store.batch_to_read(alice.erp, "orders") == OpenBatch(batch.number, is_left=True)
    assert keep_rows(alice.tenant, alice.erp, rows) == 0
    store.confirmed(alice.erp, "orders", batch.number)
    fresh = store.batch_to_read(alice.erp, "orders")
    assert (fresh.number != batch.number, fresh.is_left) == (True, False)
    assert keep_rows(alice.tenant, alice.erp, rows) == 0  # told again, in another batch
    assert FeedRow.objects.count() == 2


def test_what_came_after_a_batch_that_a_crash_left_open_is_read_in_the_same_poll(alice: World) -> None:
    alice.place.run("INSERT INTO feed VALUES ('', '7', '')")
    alice.place.fail("confirm_orders", "away")
    poll.poll(alice.erp)  # read and kept, never confirmed
    assert FeedRow.objects.count() == 1
    alice.place.run("INSERT INTO feed VALUES ('', '8', '')")
    Connection.objects.filter(pk=alice.erp).update(not_before=None)
    poll.poll(alice.erp)
    assert set(FeedRow.objects.values_list("order_no", flat=True)) == {"7", "8"}
    assert set(FactRow.objects.values_list("order_no", "fact")) == {("7", "delivered"), ("8", "delivered")}
    assert alice.place.run("SELECT COUNT(*) FROM feed") == [(0,)]


def test_a_row_of_the_order_feed_that_cannot_be_read_is_said(alice: World) -> None:
    alice.place.run("INSERT INTO feed VALUES ('', '?', '')")
    alice.place.run("INSERT INTO feed VALUES ('', '8', '')")
    poll.poll(alice.erp)
    assert set(FeedRow.objects.values_list("order_no", flat=True)) == {"8"}
    assert Notice.objects.get(connection_id=alice.erp).code == "fake.row_unreadable"


def test_poll_reads_the_feed_confirms_it_and_notices_a_stranger(alice: World) -> None:
    alice.place.run("INSERT INTO feed VALUES ('theirs', '7', '')")
    alice.place.run("INSERT INTO feed VALUES ('', '8', '')")
    alice.place.set("open_batch", "theirs")
    poll.poll(alice.erp)
    assert set(FeedRow.objects.values_list("order_no", flat=True)) == {"7", "8"}
    assert not FeedBatchRow.objects.filter(confirmed_at=None).exists()
    assert alice.place.run("SELECT COUNT(*) FROM feed") == [(0,)]
    assert Notice.objects.get(connection_id=alice.erp).code == "connection.feed_shared"


def test_number_learnt_from_the_feed_fills_the_link_and_wakes_the_order(alice: World) -> None:
    alice.see(1)
    _held, store = alice.hold_lane()
    claims = claim([alice.work(1).pk], alice.erp, datetime.now(UTC))
    store.begin(claims)
    work = claims[0].work
    store.intend(work, alice.erp, "SE-1", "print", Journal())
    link = Link(work.ref, "1", alice.erp, "", "", "print")
    store.settle(work, Outcome(State.DONE, message("x.y")), Journal(), link)
    assert learn_number(alice.erp, OrderEvent("88", "SE-2")) is False
    assert learn_number(alice.erp, OrderEvent("88", "SE-1")) is True
    assert learn_number(alice.erp, OrderEvent("88", "SE-1")) is False
    assert LinkRow.objects.get().target_ref == "88"
    assert alice.work(1).due_at is not None
