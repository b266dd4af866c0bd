"""A confirmed feed: rows are safe before the ERP hears so, and come twice without harm."""

from datetime import UTC, datetime

from brygga.app.store.due import claim
from brygga.app.store.feeds import DbFeedStore
from brygga.app.store.models import FeedBatchRow, FeedRow, LinkRow, Notice
from brygga.app.worker import poll
from brygga.connectors.contract.connector import FeedBatch
from brygga.domain.events import OrderEvent
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Link
from brygga.flows.journal import Journal
from tests.app.world import World


def test_open_batch_is_read_again_after_a_crash_and_stored_once(alice: World) -> None:
    store = DbFeedStore(alice.tenant)
    batch = store.batch_to_read(alice.erp, "orders")
    rows = (OrderEvent("88", "1", delivered=True), OrderEvent("89", "2"))
    assert store.keep_rows(alice.erp, "orders", FeedBatch(batch, rows)) == 2
    assert store.batch_to_read(alice.erp, "orders") == batch
    assert store.keep_rows(alice.erp, "orders", FeedBatch(batch, rows)) == 0
    store.confirmed(alice.erp, "orders", batch)
    assert store.batch_to_read(alice.erp, "orders") != batch
    assert FeedRow.objects.count() == 2


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
    feed = DbFeedStore(alice.tenant)
    assert feed.learn_number(alice.erp, OrderEvent("88", "SE-2")) is False
    assert feed.learn_number(alice.erp, OrderEvent("88", "SE-1")) is True
    assert feed.learn_number(alice.erp, OrderEvent("88", "SE-1")) is False
    assert LinkRow.objects.get().target_ref == "88"
    assert alice.work(1).due_at is not None
