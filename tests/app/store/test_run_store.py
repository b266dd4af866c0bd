"""What the ports promise, kept by the database: links, intents, cards, twins, fences."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from brygga.app.store.due import claim, due_next_at, next_due
from brygga.app.store.models import Card as CardRow
from brygga.app.store.models import IntentRow, JournalEntry, LinkRow, RawMessage, Work
from brygga.app.store.runs import LaneStore
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.domain.party import Buyer
from brygga.domain.refs import Kind, Link, RecordRef
from brygga.flows.journal import Journal, Step
from brygga.flows.ports import Card, LaneLost, TwinMark
from brygga.flows.ports import Work as PortWork
from tests.app.world import World


def taken(world: World, number: int = 1) -> tuple[LaneStore, PortWork]:
    """Take an order in and begin an attempt."""
    if not Work.objects.filter(source_ref=str(number)).exists():
        world.see(number)
    _held, store = world.hold_lane()
    claims = claim([world.work(number).pk], world.erp, datetime.now(UTC) + timedelta(days=1))
    store.begin(claims)
    return store, claims[0].work


def done(world: World, work: PortWork, number: str) -> tuple[Outcome, Link]:
    link = Link(work.ref, work.key, world.erp, number, number, "print")
    return Outcome(State.DONE, message("test.done"), number, number, "print"), link


def test_intent_is_open_until_the_order_is_done(alice: World) -> None:
    store, work = taken(alice)
    assert store.open_intents(work) == []
    store.intend(work, alice.erp, "SE-1", "print", Journal())
    store.settle(work, Outcome(State.UNKNOWN, message("x.y"), retry_at=datetime.now(UTC)), Journal())
    store, work = taken(alice)
    assert [intent.key for intent in store.open_intents(work)] == ["SE-1"]
    assert work.attempt == 2
    outcome, link = done(alice, work, "88")
    store.settle(work, outcome, Journal(), link)
    assert IntentRow.objects.get().state == "done"
    assert store.link(work.ref, alice.erp) == link


def test_withdrawn_intent_is_settled(alice: World) -> None:
    store, work = taken(alice)
    store.withdraw(store.intend(work, alice.erp, "SE-1", "print", Journal()))
    assert store.open_intents(work) == []


def test_journal_of_an_attempt_that_died_after_the_intent_is_kept(alice: World) -> None:
    store, work = taken(alice)
    journal = Journal()
    journal.add(Step.SENDING, message("order.sending", number="1"))
    store.intend(work, alice.erp, "SE-1", "print", journal)
    assert JournalEntry.objects.filter(work_id=work.id, step="sending").exists()


def test_every_write_is_refused_once_the_lane_is_anothers(alice: World) -> None:
    store, work = taken(alice)
    intent = store.intend(work, alice.erp, "SE-1", "print", Journal())
    alice.hold_lane("another")
    outcome, link = done(alice, work, "88")
    for write in (
        lambda: store.settle(work, outcome, Journal(), link),
        lambda: store.intend(work, alice.erp, "SE-2", "print", Journal()),
        lambda: store.withdraw(intent),
        lambda: store.keep_articles(alice.erp, {"A": None}),
        lambda: store.keep_card(alice.erp, Card("1", Buyer.PRIVATE, ""), None),
        lambda: store.keep_feedback(work, "note", "done", Journal()),
        lambda: store.keep_lines(work, Journal()),
    ):
        with pytest.raises(LaneLost):
            write()
    assert not LinkRow.objects.exists()
    assert alice.work(1).state == "waiting"


def test_number_that_is_another_orders_is_held_never_shared(alice: World) -> None:
    store, work = taken(alice, 1)
    outcome, link = done(alice, work, "88")
    store.settle(work, outcome, Journal(), link)
    store, second = taken(alice, 2)
    outcome, link = done(alice, second, "88")
    store.settle(second, outcome, Journal(), link)
    assert alice.work(2).state == "held"
    assert alice.work(2).reason["code"] == "store.number_taken"
    assert LinkRow.objects.count() == 1


def test_two_links_may_wait_for_their_numbers(alice: World) -> None:
    for number in (1, 2):
        store, work = taken(alice, number)
        _, link = done(alice, work, "")
        store.settle(work, Outcome(State.DONE, message("x.y")), Journal(), link)
    assert LinkRow.objects.filter(target_ref="").count() == 2


def test_articles_are_known_with_their_vat_and_owner(alice: World) -> None:
    store, _work = taken(alice)
    variant = RecordRef(alice.shop, Kind.ARTICLE, "10/11")
    link = Link(variant, "MUGG", alice.erp, "MUGG", "MUGG", "")
    store.keep_articles(alice.erp, {"MUGG": Decimal("25"), "SKED": None}, [link])
    store.keep_articles(alice.erp, {"MUGG": None})
    for asked in (store, alice.hold_lane()[1]):
        known = asked.known_articles(alice.erp, ["MUGG", "SKED", "GAFFEL"])
        assert known == {"MUGG": Decimal("25"), "SKED": None}
    assert store.article_owners(alice.erp, alice.shop, ["MUGG", "SKED"]) == {"MUGG": "10/11"}
    assert store.product_links(alice.erp, alice.shop, "10") == {"10/11": "MUGG"}
    assert store.product_links(alice.erp, alice.shop, "1") == {}


def test_card_keeps_a_known_number_encrypted(alice: World) -> None:
    store, _work = taken(alice)
    registered = RecordRef(alice.shop, Kind.CUSTOMER, "7")
    store.keep_card(alice.erp, Card("K1", Buyer.COMPANY, "5560160680"), registered)
    store.keep_card(alice.erp, Card("K1", Buyer.COMPANY, ""), None)
    assert store.card(alice.erp, "K1") == Card("K1", Buyer.COMPANY, "5560160680")
    assert store.card(alice.erp, "K2") is None
    assert store.customer_card(registered, alice.erp) == "K1"
    assert store.customer_card(RecordRef(alice.shop, Kind.CUSTOMER, "8"), alice.erp) == ""
    assert CardRow.objects.filter(number="5560160680").count() == 0


def test_twins_share_mark_and_time_and_no_other_reference(alice: World) -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def mark(number: int, reference: str, minutes: int, paid: bool = True) -> list[str]:
        store, work = taken(alice, number)
        found = store.twins(work, TwinMark("same", reference, at + timedelta(minutes=minutes), paid), 10)
        store.settle(work, Outcome(State.HELD, message("x.y")), Journal())
        return [twin.key for twin in found]

    assert mark(1, "ref", 0) == []
    assert mark(2, "", 1, paid=False) == ["1"]
    assert mark(3, "other", 2) == ["2"]
    assert mark(4, "ref", 30) == []
    store, work = taken(alice, 5)
    twins = store.twins(work, TwinMark("same", "ref", at, True), 10)
    assert [(twin.key, twin.paid, twin.transferred) for twin in twins] == [
        ("1", True, False),
        ("2", False, False),
    ]


def test_oldest_is_first_and_what_is_not_due_is_not_there(alice: World) -> None:
    for number in (3, 1, 2):
        alice.see(number)
    now = datetime.now(UTC)
    Work.objects.filter(source_ref="1").update(due_at=now + timedelta(hours=1))
    assert [due.sort[-1] for due in next_due(alice.erp, [alice.flow], now, 10)] == ["2", "3"]
    Work.objects.exclude(source_ref="1").update(due_at=None)
    assert due_next_at(alice.erp, [alice.flow]) == now + timedelta(hours=1)
    assert next_due(alice.erp, [alice.flow], now, 10) == []


def test_raw_exchanges_of_an_attempt_are_one_message_that_expires(alice: World) -> None:
    from brygga.app.services.lists import order_detail
    from brygga.app.worker.housekeeping import _delete_old_raw
    from brygga.connectors.contract.http import Exchange

    store, work = taken(alice)
    journal = Journal()
    now = datetime.now(UTC)
    journal.observe(Exchange("read", "GET", "https://x", b"", 200, b"one", now, 0.1))
    store.intend(work, alice.erp, "SE-1", "print", journal)
    journal.observe(Exchange("create", "POST", "https://x", b"", 200, b"two", now, 0.1))
    outcome, link = done(alice, work, "88")
    store.settle(work, outcome, journal, link)
    raw = RawMessage.objects.get()
    assert timedelta(days=89) < raw.expires_at - now < timedelta(days=91)
    lines = [line for line in order_detail(work.id, raw=True).journal if line.has_raw]
    assert [line.exchange.answer for line in lines if line.exchange] == [b"one", b"two"]
    assert _delete_old_raw(now + timedelta(days=92)) == 1
    assert all(line.exchange is None for line in order_detail(work.id, raw=True).journal)


def test_edits_of_a_person_travel_with_the_work(alice: World) -> None:
    alice.see(1)
    one = alice.work(1)
    one.edits = {"organisation_no": "5560160680"}
    one.save()
    _store, work = taken(alice)
    assert work.edits == {"organisation_no": "5560160680"}
