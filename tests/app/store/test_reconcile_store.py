"""What a reconciliation and a first synchronisation ask of the store, on each database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from brygga.app.services.flows import create_flow, start_flow, stop_flow
from brygga.app.store.first_sync import DbPlan
from brygga.app.store.links import put_link
from brygga.app.store.models import FirstSync, Flow, LinkRow, ReconcileReport, Work
from brygga.app.store.reports import KEPT, keep_report, last_report
from brygga.app.store.transaction import write
from brygga.app.tenancy.scope import scope
from brygga.app.worker.fan_out import FanOut
from brygga.domain.events import Fact, OrderEvent
from brygga.domain.message import message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind, Link, RecordRef, Version
from brygga.domain.supply import ArticleInfo, StockLevel
from brygga.flows.first_sync.rows import Action, Result, Row, Verdict
from brygga.flows.reconcile.ports import KnownWork
from brygga.flows.reconcile.report import Difference, Done, Report, What
from tests.app.world import WHO, World

T0 = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def flow(alice: World) -> int:
    """A flow in which the ERP leads, between Alice's two systems."""
    stop_flow(alice.flow, who=WHO)
    made = create_flow("ERP leads", shop=alice.shop, erp=alice.erp, who=WHO, preset=2)
    start_flow(made.id, who=WHO)
    return made.id


def store_of(alice: World, flow: int) -> DbPlan:
    return DbPlan(alice.tenant, alice.shop, alice.erp, flow, T0, FanOut(alice.tenant, alice.erp))


def link(alice: World, kind: Kind, ref: str, number: str, mark: str = "") -> None:
    with write():
        put_link(
            alice.tenant, Link(RecordRef(alice.shop, kind, ref), ref, alice.erp, number, number, mark), T0
        )


def test_an_order_is_known_by_its_work_its_link_and_what_the_erp_told(alice: World) -> None:
    alice.see(1042, T0)
    link(alice, Kind.ORDER, "1043", "7", "125.00 x 9")
    store = store_of(alice, alice.flow)
    store.take_events([OrderEvent("7", cancelled=True)])
    known = store.orders(["1042", "1043", "1044"])
    assert set(known) == {"1042", "1043"}
    assert (known["1042"].state, known["1042"].version) == (State.WAITING, Version(T0))
    assert (known["1043"].linked, known["1043"].erp_no, known["1043"].ended) == (True, "7", {Fact.CANCELLED})
    assert [list(part) for part in store.linked_orders(T0)] == [[("1043", "1043")]]
    assert list(store.linked_orders(T0 + timedelta(seconds=1))) == []
    assert store.orders_of_erp(["7", "8"]) == {"7": ("1043", "125.00 x 9")}
    assert [list(part) for part in store.numbers_linked(T0 + timedelta(1))] == [[("7", "1043")]]
    store.take_events([OrderEvent("7", removed=True)])
    assert list(store.numbers_linked(T0 + timedelta(1))) == []


def test_items_articles_and_works_are_found_in_parts(alice: World, flow: int) -> None:
    store = store_of(alice, flow)
    numbers = [f"A-{number:04}" for number in range(450)]
    store.take_articles([ArticleInfo(number, "Vara") for number in numbers], T0)
    store.take_stock([StockLevel("A-0001", Decimal(3))], T0)
    link(alice, Kind.ARTICLE, "1/1", "A-0001")
    assert store.items_linked(["1/1", "2/2"])["1/1"].article_no == "A-0001"
    assert [one.ref for part in store.all_linked_items() for one in part] == ["1/1"]
    left = [one.article_no for part in store.articles_without_item() for one in part]
    assert (len(left), "A-0001" in left) == (449, False)
    assert set(store.known_articles(["A-0001", "B"])) == {"A-0001"}
    assert store.spelt_otherwise(["a-0002"]) == {"a-0002": "A-0002"}
    assert store.works(Kind.ITEM, ["A-0002"])["A-0002"].is_due
    assert store.freshness()["stock_row"] == T0


def test_waking_makes_and_forces_what_is_wanted(alice: World, flow: int) -> None:
    store = store_of(alice, flow)
    assert store.wake(Kind.ITEM, ["A-1", "A-2"]) == 2
    assert Work.objects.filter(kind="item", forced=True, due_at__isnull=False).count() == 2
    assert store.wake(Kind.STATUS, ["7"]) == 1
    Work.objects.update(state=State.DONE.value, due_at=None, echo_until=T0 + timedelta(days=9999))
    assert store.wake(Kind.ORDER, ["1042"]) == 1
    assert isinstance(store.works(Kind.ORDER, ["1042"])["1042"], KnownWork)


def test_the_newest_reports_of_a_flow_are_kept(alice: World, charlie: World) -> None:
    report = Report(T0, dry_run=False)
    told = message("reconcile.order_gone", number=1, erp_no=2)
    report.add(Difference(What.ORDER, "1", told, message("reconcile.cause_deleted"), Done.ASKED))
    report.day(T0.date(), "SEK").expected += 1
    for _ in range(KEPT + 3):
        keep_report(alice.flow, report)
    assert ReconcileReport.objects.count() == KEPT
    kept = last_report(alice.flow, dry_run=False)
    assert kept is not None
    assert kept.body == report.as_data()
    assert last_report(alice.flow, dry_run=True) is None
    with scope(charlie.tenant):
        assert last_report(alice.flow) is None


def test_a_plan_keeps_its_rows_and_is_carried_out_once(alice: World, flow: int) -> None:
    made = FirstSync.objects.create(flow=Flow.objects.get(pk=flow), made_at=T0, who=WHO)
    store = store_of(alice, flow).for_plan(made.pk)
    store.take_articles(
        [ArticleInfo(number, number, barcode="7350000000015") for number in ("A", "B", "C")], T0
    )
    store.add(
        [
            Row(Verdict.MATCHED, Action.LINK, "A", "1/1", facts={"sku": "A", "why": "number"}),
            Row(Verdict.MATCHED, Action.LINK, "B", "2/2", facts={"sku": "B"}),
            Row(Verdict.MATCHED, Action.LINK, "B", "3/3", facts={"sku": "B"}),
            Row(Verdict.ONLY_HERE, barcode="7350000000015", item_ref="4/4", result=Result.LISTED),
        ]
    )
    assert store.twice() == 2
    assert [one.article.article_no for part in store.articles_left() for one in part] == ["C"]
    assert [row.item_ref for row in store.rows_with_barcode({"7350000000015"})["7350000000015"]] == ["4/4"]
    store.add([Row(Verdict.ONLY_THERE, Action.MAKE, "C")])
    left = store.left(10)
    assert [(row.place, row.article_no) for row in left] == [(1, "A"), (5, "C")]
    for row in left:
        row.result = Result.DONE
    store.carry_out(left, ["9"], leads_items=True)
    assert store.left(10) == []
    assert LinkRow.objects.get(kind="article").target_ref == "A"
    assert Work.objects.filter(kind="goods", source_ref="C", due_at__isnull=False).exists()
    assert ("only_there", "make", "done", 1) in [tuple(row) for row in store.counts()]
    assert [row.article_no for row in store.listed(Verdict.AMBIGUOUS, Result.LISTED)] == ["B", "B"]
