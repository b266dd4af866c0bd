"""What the store keeps of the shop's shelf: orders that hold stock, outcomes of batches, what was written."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from brygga.app.services.connecting import connect
from brygga.app.services.flows import create_flow, start_flow
from brygga.app.store import taken
from brygga.app.store.due import claim
from brygga.app.store.intake import StoreIntake
from brygga.app.store.lanes import take
from brygga.app.store.links import put_link
from brygga.app.store.models import Flow, JournalEntry, LinkRow, RawMessage, ShelfRow, TakenRow, Work
from brygga.app.store.runs import LaneStore
from brygga.app.store.shelf import DbShelf, stock_was_drained
from brygga.app.store.supply import DbSupplyStore
from brygga.app.store.transaction import write
from brygga.connectors.contract.http import Exchange
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Kind, Link, RecordRef
from brygga.domain.shelf import StockTaken
from brygga.domain.supply import ArticleInfo, StockLevel
from brygga.flows.journal import Entry, Step
from brygga.flows.ports import LaneLost
from brygga.flows.ports import Work as PortWork
from brygga.flows.shelf.in_flight import in_flight
from brygga.flows.shelf.ports import Echo, Settled, Settlement, Written
from tests.app.world import WHO, World

T0 = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
NEWS = message("journal.told_by_feed")


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def shelf_of(world: World) -> tuple[DbShelf, LaneStore]:
    """Take the shop's lane as a drain would, in a flow that the ERP leads."""
    Flow.objects.filter(pk=world.flow).update(preset=2)
    held = take(world.shop, "test", datetime.now(UTC))
    assert held is not None
    store = LaneStore(held)
    return DbShelf(store, world.tenant, world.shop, world.erp, world.flow, T0), store


def wake(world: World, store: LaneStore, *articles: str) -> list[PortWork]:
    """Have articles told of, and claim their works."""
    StoreIntake().seen_many(world.flow, Kind.ITEM, world.erp, articles, NEWS)
    ids = list(Work.objects.filter(kind="item").order_by("id").values_list("pk", flat=True))
    claims = claim(ids, world.shop, datetime.now(UTC))
    store.begin(claims)
    return [each.work for each in claims]


def holds(order: str, minutes: float, status: str = "processing", **quantities: int) -> StockTaken:
    return StockTaken(order, order, status, at(minutes), {sku: Decimal(n) for sku, n in quantities.items()})


def in_the_erp(world: World, order: str, minutes: float) -> None:
    """Have an order linked, as if it was accepted then."""
    ref = RecordRef(world.shop, Kind.ORDER, order)

    with write():
        put_link(world.tenant, Link(ref, order, world.erp, f"S{order}", f"S{order}", ""), at(minutes))


def flying(shelf: DbShelf, read: float | None, article: str = "A") -> Decimal:
    flights = shelf.in_flight([article]).get(article, ())
    return in_flight(flights, None if read is None else at(read), shelf.drained_at())


def stock(world: World, minutes: float, **numbers: int) -> None:
    rows = [StockLevel(number, Decimal(available)) for number, available in numbers.items()]
    DbSupplyStore(world.tenant).keep_stock(world.erp, rows, at(minutes))


def test_what_an_order_holds_is_kept_and_told_once(alice: World) -> None:
    shelf, _ = shelf_of(alice)
    stock(alice, 0, A=5, B=5)
    assert sorted(shelf.keep_taken([holds("1", 1, A=2, B=1, ONLY=1)])) == ["A", "B", "ONLY"]
    assert shelf.keep_taken([holds("1", 1, A=2, B=1, ONLY=1)]) == []
    assert sorted(shelf.keep_taken([holds("1", 2, A=2)])) == ["B", "ONLY"]
    assert shelf.keep_taken([holds("1", 1, A=2, B=1)]) == []  # an older look changes nothing
    assert shelf.keep_taken([holds("1", 3, "cancelled")]) == ["A"]
    assert flying(shelf, 0) == 0
    due = Work.objects.filter(kind="item", due_at__isnull=False).order_by("source_ref")
    assert list(due.values_list("source_ref", flat=True)) == ["A", "B"]


def test_an_older_look_that_ends_last_leaves_what_a_newer_one_has_kept(
    alice: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, _ = shelf_of(alice)
    stock(alice, 0, A=5)
    shelf.keep_taken([holds("1", 1, A=1)])
    real = taken._links_of

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(taken, "_links_of", real)
        assert shelf.keep_taken([holds("1", 3, A=3)]) == ["A"]
        return real(*given)

    monkeypatch.setattr(taken, "_links_of", meanwhile)
    assert shelf.keep_taken([holds("1", 2, A=2)]) == []
    assert flying(shelf, 0) == 3


def test_a_shop_of_two_erps_holds_for_each_its_own_article(alice: World) -> None:
    shelf, store = shelf_of(alice)
    alice.place.set("account", "erp-2")
    erp = connect("fakeerp", "Annan", {"file": alice.place.file}, who=WHO).id
    flow = create_flow("Annan", shop=alice.shop, erp=erp, who=WHO, preset=2).id
    start_flow(flow, who=WHO)
    other = DbShelf(store, alice.tenant, alice.shop, erp, flow, T0)
    for account, number in ((alice.erp, "A"), (erp, "B")):
        mug = RecordRef(alice.shop, Kind.ARTICLE, "7/7")
        with write():
            put_link(alice.tenant, Link(mug, "MUG", account, number, number, ""), T0)
    assert shelf.keep_taken([holds("1", 1, MUG=2)]) == ["A"]
    assert other.keep_taken([holds("1", 1, MUG=2)]) == ["B"]
    assert (flying(shelf, None), flying(other, None, "B")) == (2, 2)
    assert (flying(shelf, None, "B"), flying(other, None)) == (0, 0)
    in_the_erp(alice, "1", 5)
    stock(alice, 6, A=3)
    stock_was_drained(alice.tenant, alice.erp, at(7))
    assert (flying(shelf, 6), flying(other, None, "B")) == (0, 2)


def test_articles_that_are_being_computed_are_not_woken_by_what_is_seen(alice: World) -> None:
    shelf, store = shelf_of(alice)
    stock(alice, 0, A=5, B=5)
    wake(alice, store, "A", "B")
    before = dict(Work.objects.filter(kind="item").values_list("source_ref", "seen_count"))
    shelf.keep_taken([holds("1", 1, A=1, B=1)], computing=["A"])
    after = dict(Work.objects.filter(kind="item").values_list("source_ref", "seen_count"))
    assert {sku: after[sku] - before[sku] for sku in after} == {"A": 0, "B": 1}


def test_an_order_is_in_flight_until_its_link_is_older_than_the_reading(alice: World) -> None:
    shelf, _ = shelf_of(alice)
    stock(alice, 4, A=5)
    shelf.keep_taken([holds("1", 1, A=2)])
    assert flying(shelf, 4) == 2
    in_the_erp(alice, "1", 5)
    assert flying(shelf, 4) == 2
    assert flying(shelf, 6) == 0
    stock_was_drained(alice.tenant, alice.erp, at(3))
    assert TakenRow.objects.get().included == 0
    stock(alice, 7, A=3)
    stock_was_drained(alice.tenant, alice.erp, at(7))
    assert TakenRow.objects.get().included == 2
    assert shelf.in_flight(["A"]) == {}


def test_a_whole_look_after_the_link_frees_an_order_and_its_item_is_due(alice: World) -> None:
    shelf, store = shelf_of(alice)
    stock(alice, 4, A=5)
    shelf.keep_taken([holds("1", 1, A=2)])
    in_the_erp(alice, "1", 5)
    [work] = wake(alice, store, "A")
    shelf.settle(Settlement([Settled(work, Outcome(State.DONE, message("item.written")))]))
    stock_was_drained(alice.tenant, alice.erp, at(6))
    assert TakenRow.objects.get().included == 2
    assert Work.objects.get(kind="item").due_at is not None


@pytest.mark.parametrize(
    ("state", "code", "held"),
    [
        ("ignored", "order.status_waits", 2),
        ("held", "order.twin", 2),
        ("ignored", "order.before_start", 0),
        ("ignored", "order.excluded_method", 0),
    ],
)
def test_what_the_merchant_keeps_out_for_good_holds_nothing(
    alice: World, state: str, code: str, held: int
) -> None:
    shelf, _ = shelf_of(alice)
    alice.see(1)
    Work.objects.filter(kind="order").update(state=state, reason_code=code)
    shelf.keep_taken([holds("1", 1, A=2)])
    assert flying(shelf, 5) == held


def test_an_order_in_the_trash_holds_nothing(alice: World) -> None:
    shelf, _ = shelf_of(alice)
    shelf.keep_taken([holds("1", 1, A=2)])
    assert shelf.keep_taken([holds("1", 2, "trash", A=2)]) == ["A"]
    assert flying(shelf, 5) == 0


def test_a_set_takes_its_parts_and_a_sku_of_another_name_its_article(alice: World) -> None:
    shelf, _ = shelf_of(alice)
    a_set = ArticleInfo("SET", parts={"A": Decimal(1), "B": Decimal(2)})
    DbSupplyStore(alice.tenant).keep_articles(alice.erp, [a_set, ArticleInfo("A"), ArticleInfo("B")], T0)
    LinkRow.objects.create(
        tenant_id=alice.tenant, source_id=alice.shop, kind="article", source_ref="9/9", source_key="OLD-A",
        target_id=alice.erp, target_ref="A", target_key="A", at=T0,
    )  # fmt: skip
    assert sorted(shelf.keep_taken([holds("1", 1, **{"SET": 2, "OLD-A": 1})])) == ["A", "B", "SET"]
    assert [flying(shelf, 5, article) for article in ("A", "B", "SET")] == [3, 4, 2]


def test_a_batch_is_settled_together_with_its_exchanges_kept_once(alice: World) -> None:
    shelf, store = shelf_of(alice)
    works = wake(alice, store, "A", "B", "C")
    line = Entry(datetime.now(UTC), Step.SENT, message("item.prices_told", article="A"))
    exchange = Exchange("POST products/batch", "POST", "https://x", b"{}", 200, b"{}", T0, 0.1, "")
    observed = Entry(T0, Step.SENT, message("journal.exchange"), {}, exchange)
    held = Outcome(State.HELD, message("item.not_in_shop", article="C"))
    done = Outcome(State.DONE, message("item.written"), target_id="9/9", target_key="A")
    shelf.settle(
        Settlement(
            [
                Settled(works[0], done, [line], links=[("9/9", "A")]),
                Settled(works[1], done, [line]),
                Settled(works[2], held),
            ],
            [observed],
            {"9/9": Written(regular=Decimal("249.00"), prices_at=T0, stock=Decimal(5), stock_at=T0)},
        )
    )
    states = Work.objects.filter(kind="item").order_by("id")
    assert list(states.values_list("state", "due_at")) == [("done", None), ("done", None), ("held", None)]
    assert RawMessage.objects.count() == 1
    raw = RawMessage.objects.get().pk
    assert set(JournalEntry.objects.filter(step="sent").values_list("raw_id", flat=True)) == {raw}
    assert shelf.items_of(["A", "B"]) == {"A": ["9/9"]}
    assert shelf.articles_of(["9/9", "8/8"]) == {"9/9": "A"}
    assert shelf.written(["9/9"])["9/9"].regular == Decimal(249)
    assert set(store.settled) == {work.id for work in works}
    # The same end again is no new line.
    lines = JournalEntry.objects.count()
    again = wake(alice, store, "C")
    shelf.settle(Settlement([Settled(work, held) for work in again if work.ref.id == "C"]))
    assert JournalEntry.objects.count() == lines


def test_a_work_told_of_during_the_attempt_is_due_again(alice: World) -> None:
    shelf, store = shelf_of(alice)
    works = wake(alice, store, "A", "B")
    StoreIntake().seen_many(alice.flow, Kind.ITEM, alice.erp, ["B"], NEWS)
    done = Outcome(State.DONE, message("item.written"))
    shelf.settle(Settlement([Settled(work, done) for work in works]))
    due: Mapping[str, bool] = {
        work.source_ref: work.due_at is not None for work in Work.objects.filter(kind="item")
    }
    assert due == {"A": False, "B": True}


def test_a_lane_that_is_anothers_settles_nothing(alice: World) -> None:
    shelf, store = shelf_of(alice)
    works = wake(alice, store, "A")
    take(alice.shop, "another", datetime.now(UTC))
    with pytest.raises(LaneLost):
        shelf.settle(Settlement([Settled(works[0], Outcome(State.DONE, message("item.written")))]))
    assert not ShelfRow.objects.exists()
    assert Work.objects.get(kind="item").state == "waiting"


@pytest.mark.parametrize(("before", "is_echo"), [(0, True), (1, False)])
def test_only_a_product_that_was_as_we_knew_it_gets_an_echo(
    alice: World, before: float, is_echo: bool
) -> None:
    shelf, store = shelf_of(alice)
    StoreIntake().seen(alice.flow, RecordRef(alice.shop, Kind.PRODUCT, "9"), "A", None, "5", NEWS)
    Work.objects.filter(kind="product").update(due_at=None, looked_at=T0)
    works = wake(alice, store, "A")
    done = Settled(works[0], Outcome(State.DONE, message("item.written")))
    shelf.settle(Settlement([done], echoes=[Echo("9", at(before), at(2))]))
    assert (Work.objects.get(kind="product").echo_changed_at == at(2)) is is_echo


def test_what_one_tenant_holds_is_no_other_tenants(alice: World, charlie: World) -> None:
    shelf, _ = shelf_of(alice)
    shelf.keep_taken([holds("1", 1, A=2)])
    stranger = DbShelf(
        LaneStore(charlie.hold_lane()[0]), charlie.tenant, charlie.shop, charlie.erp, charlie.flow, T0
    )
    assert stranger.in_flight(["A"]) == {}
