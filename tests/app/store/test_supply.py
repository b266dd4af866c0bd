"""What an ERP's feeds tell is kept newest first, once, and wakes the works of every flow concerned."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from brygga.app.services.flows import create_flow, start_flow, stop_flow
from brygga.app.store.due import next_due
from brygga.app.store.facts import facts_of, keep_facts
from brygga.app.store.feeds import DbFeedStore
from brygga.app.store.intake import StoreIntake
from brygga.app.store.lanes import take
from brygga.app.store.models import Flow, Lane, SupplyRow, Work
from brygga.app.store.supply import DbSupplyStore, all_supply, supply_of
from brygga.app.tenancy.scope import scope
from brygga.app.worker.fan_out import FanOut
from brygga.domain.events import OrderEvent
from brygga.domain.message import message
from brygga.domain.order import OptionValue, Shipment
from brygga.domain.refs import Kind
from brygga.domain.supply import ArticleInfo, ListPrice, StockLevel
from tests.app.world import WHO, World

T0 = datetime(2026, 6, 1, 12, tzinfo=UTC)
T1 = T0 + timedelta(minutes=1)
MUG = ArticleInfo(
    "00123", "Mugg", Decimal("199.20"), Decimal(25), barcode="7350000000000", weight_kg=Decimal("0.35"),
    parent_no="MUGG", options=(OptionValue("Färg", "Röd"),), parts={"A": Decimal(2)},
    lists=(ListPrice("ÅF", Decimal("150.5"), "SEK", starts=T0.date()),), for_web=True,
)  # fmt: skip


def test_an_article_comes_back_as_it_was_told(alice: World) -> None:
    store = DbSupplyStore(alice.tenant)
    assert store.keep_articles(alice.erp, [MUG], T0) == ["00123"]
    kept = supply_of(alice.erp, ["00123", "123"])
    assert kept["00123"].article == MUG
    assert kept["00123"].article_read_at == T0
    assert "123" not in kept


def test_a_row_that_says_nothing_new_is_no_news(alice: World) -> None:
    store = DbSupplyStore(alice.tenant)
    store.keep_articles(alice.erp, [MUG], T0)
    assert store.keep_articles(alice.erp, [MUG], T1) == []


def test_an_older_reading_never_replaces_a_newer_one(alice: World) -> None:
    store = DbSupplyStore(alice.tenant)
    store.keep_stock(alice.erp, [StockLevel("00123", Decimal(5)), StockLevel("00123", Decimal(2), "2")], T1)
    assert store.keep_stock(alice.erp, [StockLevel("00123", Decimal(7))], T0) == []
    assert supply_of(alice.erp, ["00123"])["00123"].stock == {"": Decimal(5), "2": Decimal(2)}
    store.keep_articles(alice.erp, [MUG], T1)
    older = ArticleInfo("00123", "Gammalt namn")
    assert store.keep_articles(alice.erp, [older], T0) == []
    assert supply_of(alice.erp, ["00123"])["00123"].article.name == "Mugg"


def test_stock_read_again_is_told_of_though_the_number_is_the_same(alice: World) -> None:
    store = DbSupplyStore(alice.tenant)
    store.keep_stock(alice.erp, [StockLevel("A", Decimal(5))], T0)
    assert store.keep_stock(alice.erp, [StockLevel("A", Decimal(5))], T1) == ["A"]
    assert supply_of(alice.erp, ["A"])["A"].stock_read_at == T1


def test_many_articles_are_read_in_order(alice: World) -> None:
    store = DbSupplyStore(alice.tenant)
    numbers = [f"T-{n:04}" for n in range(450)]
    store.keep_articles(alice.erp, [ArticleInfo(no) for no in reversed(numbers)], T0)
    assert [each.article.article_no for each in all_supply(alice.erp, at_once=100)] == numbers


def test_what_one_tenant_was_told_is_no_other_tenants(alice: World, charlie: World) -> None:
    DbSupplyStore(alice.tenant).keep_articles(alice.erp, [MUG], T0)
    assert SupplyRow.objects.count() == 1
    with scope(charlie.tenant):
        assert not SupplyRow.objects.exists()
        assert supply_of(charlie.erp, ["00123"]) == {}


def test_a_feed_wakes_every_flow_once_and_in_the_shops_own_lane(alice: World) -> None:
    stop_flow(alice.flow, who=WHO)
    one = create_flow("Pris och lager", shop=alice.shop, erp=alice.erp, who=WHO, preset=2)
    start_flow(one.id, who=WHO)
    fan = FanOut(alice.tenant, alice.erp)
    assert fan.articles([MUG], T0) == 1
    assert fan.stock([StockLevel("00123", Decimal(5))], T0) == 1
    works = Work.objects.filter(kind=Kind.ITEM.value)
    assert [(work.flow_id, work.source_ref, work.target_id) for work in works] == [
        (one.id, "00123", alice.shop)
    ]
    now = datetime.now(UTC)
    assert [due.kind for due in next_due(alice.shop, [one.id, alice.flow], now, 10)] == [
        Kind.ITEM,
        Kind.GOODS,
    ]
    assert next_due(alice.erp, [one.id, alice.flow], now, 10) == []
    assert Lane.objects.get(pk=alice.shop).woken
    assert take(alice.shop, "test", now) is not None


def test_a_stopped_flow_takes_nothing_in(alice: World) -> None:
    Flow.objects.update(preset=2, state="stopped")
    assert FanOut(alice.tenant, alice.erp).articles([MUG], T0) == 1
    assert not Work.objects.exists()


def test_a_settled_work_is_due_again_by_the_settings_of_today(alice: World) -> None:
    Flow.objects.update(preset=2)
    intake = StoreIntake()
    note = message("journal.told_by_feed")
    assert intake.seen_many(alice.flow, Kind.ITEM, alice.erp, ["A", "B"], note) == 2
    Work.objects.update(due_at=None, state="done", attempt=4)
    assert intake.seen_many(alice.flow, Kind.ITEM, alice.erp, ["A"], note) == 1
    again = Work.objects.get(source_ref="A")
    assert (again.state, again.attempt, again.seen_count) == ("done", 0, 2)
    assert again.due_at is not None
    assert Work.objects.get(source_ref="B").due_at is None


def test_a_fact_is_kept_once_and_parcels_beside_it(alice: World) -> None:
    event = OrderEvent("1001", delivered=True, shipments=(Shipment("AB1"), Shipment("AB2")))
    assert keep_facts(alice.tenant, alice.erp, [event, event]) == ["1001"]
    assert keep_facts(alice.tenant, alice.erp, [event]) == []
    late = OrderEvent("1001", delivered=True, invoice_no="77", shipments=(Shipment("AB3"),))
    assert keep_facts(alice.tenant, alice.erp, [late]) == ["1001"]
    told = [(fact, detail) for fact, detail, _ in facts_of(alice.erp, "1001")]
    assert told == [
        ("delivered", ""), ("parcel", "AB1"), ("parcel", "AB2"), ("invoiced", "77"), ("parcel", "AB3"),
    ]  # fmt: skip


def test_a_foreign_batch_is_as_old_as_the_last_one_that_was_confirmed(alice: World) -> None:
    store = DbFeedStore(alice.tenant)
    first = store.batch_to_read(alice.erp, "stock").number
    opened = store.begun_at(alice.erp, "stock", first)
    store.confirmed(alice.erp, "stock", first)
    store.batch_to_read(alice.erp, "stock")
    store.met(alice.erp, "stock", "someone-elses")
    foreign = store.begun_at(alice.erp, "stock", "someone-elses")
    assert opened <= foreign <= datetime.now(UTC)
    assert store.begun_at(alice.erp, "articles", "never-seen") < opened
