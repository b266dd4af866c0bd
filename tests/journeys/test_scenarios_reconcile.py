"""Acceptance scenarios 39 and 57: both sides laid beside each other, and what is put right."""

import tracemalloc
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from brygga.app.services import reconciling, tasks
from brygga.app.store.models import Flow, ReconcileReport, SupplyRow, Task, Work
from brygga.app.store.supply import DbSupplyStore
from brygga.app.tenancy.scope import scope
from brygga.app.worker import housekeeping
from brygga.app.worker.poll import poll
from brygga.domain.refs import Kind
from brygga.domain.supply import ArticleInfo
from brygga.flows.reconcile.report import Done, Report, What
from tests.journeys.aftermath import codes, decide
from tests.journeys.shelf_world import article, by_hand, calls, deed, product, sell, shown, stock
from tests.journeys.shop_json import line, order
from tests.journeys.world import World


def run(world: World, **options: Any) -> Report:
    with scope(world.tenant.pk):
        report = reconciling.reconcile_flow(world.flow, **options)
    if not options.get("dry_run"):
        world.drain()
    return report


def causes(report: Report) -> Mapping[tuple[str, str, str], int]:
    return Counter(
        (one.what.value, one.cause.code.removeprefix("reconcile.cause_"), one.done.value)
        for one in report.differences
    )


def just_now(number: int, **more: Any) -> Any:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return order(number, [line("125.00", sku="MUGG-1")], created=at, **more)


@pytest.fixture
def erp_leads(a_world: Any) -> World:
    return a_world(preset=2, goods="off")


def test_scenario_39_each_difference_is_named_with_its_cause_and_put_right(erp_leads: World) -> None:
    world = erp_leads
    mug, bowl, dish = (product(world.shop, sku, "100.00", 1) for sku in ("MUGG-1", "SKAL-1", "FAT-1"))
    for number in ("MUGG-1", "SKAL-1", "FAT-1"):
        article(world, number, priceExclVat="100", available="7")
    world.hear()
    by_hand(world.shop, "change-product", id=mug, regular_price="99")
    by_hand(world.shop, "change-product", id=bowl, stock_quantity=70)
    bought = sell(world.shop, dish)

    looked = run(world, dry_run=True)
    assert shown(world.shop, mug)["regular_price"] == "99"
    assert (looked.total(), looked.total(done=Done.WOULD)) == (3, 3)

    report = run(world)
    assert causes(report) == {
        ("order", "never_told", "put_right"): 1,
        ("price", "by_hand", "put_right"): 1,
        ("stock", "by_hand", "put_right"): 1,
    }
    assert {(one.what.value, one.key) for one in report.differences} == {
        ("order", str(bought)), ("price", "MUGG-1"), ("stock", "SKAL-1"),
    }  # fmt: skip
    assert world.erp.one(f"SE-{bought}")["total"] == "125.00"
    assert shown(world.shop, mug)["regular_price"] == "125"
    assert stock(world.shop, bowl) == 7
    assert stock(world.shop, dish) == 6
    assert run(world).total() == 0


def test_reconciling_again_writes_nothing_and_is_kept(erp_leads: World) -> None:
    world = erp_leads
    for number in range(30):
        product(world.shop, f"A-{number}", "100.00", 1)
        article(world, f"A-{number}", priceExclVat="100", available="7")
    world.hear()
    writes, reads = calls(world.shop, writing=True), calls(world.shop)
    report = run(world)
    assert (report.total(), report.counts["items"]) == (0, 30)
    assert calls(world.shop, writing=True) == writes
    assert calls(world.shop) - reads == sum(report.calls.values()) <= 4
    with scope(world.tenant.pk):
        kept = reconciling.last(world.flow)
        assert kept is not None
        assert kept.body == report.as_data()
        assert not Work.objects.filter(due_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("setting", "price", "done"), [("put_back", "125", "put_right"), ("leave", "99", "left")]
)
def test_what_was_changed_by_hand_stays_if_the_setting_says_so(
    a_world: Any, setting: str, price: str, done: str
) -> None:
    world = a_world(preset=2, price_by_hand=setting)
    mug = product(world.shop, "MUGG-1", "100.00")
    article(world, "MUGG-1", priceExclVat="100")
    world.hear()
    by_hand(world.shop, "change-product", id=mug, regular_price="99")
    assert causes(run(world)) == {("price", "by_hand", done): 1}
    assert shown(world.shop, mug)["regular_price"] == price


def test_what_the_shop_leads_is_never_written(a_world: Any) -> None:
    world = a_world(preset=3, masters={"price.regular": "shop:overwrite"})
    mug = product(world.shop, "MUGG-1", "100.00", 7)
    article(world, "MUGG-1", priceExclVat="500", available="7")
    world.hear()
    by_hand(world.shop, "change-product", id=mug, regular_price="99")
    assert run(world).total(What.PRICE) == 0
    assert shown(world.shop, mug)["regular_price"] == "99"


def test_a_piece_that_is_sold_and_under_way_is_no_difference(erp_leads: World) -> None:
    world = erp_leads
    mug = product(world.shop, "MUGG-1", "125.00", 5)
    article(world, "MUGG-1", priceExclVat="100", available="5")
    world.hear()
    sell(world.shop, mug, 2)
    report = run(world)
    assert report.total(What.STOCK) == 0
    assert stock(world.shop, mug) == 3


def test_what_only_one_side_has_is_listed_and_never_touched(erp_leads: World) -> None:
    world = erp_leads
    product(world.shop, "MUGG-1", "100.00", 1)
    lonely = product(world.shop, "EGEN-1", "10.00", 4)
    nameless = product(world.shop, "", "10.00", 4)
    suspect = product(world.shop, "ab-1", "10.00", 4)
    for number in ("MUGG-1", "AB-1", "BARA-ERP"):
        article(world, number, priceExclVat="80", available="7")
    world.hear()
    report = run(world)
    assert causes(report) == {
        ("product", "unknown_there", "listed"): 1,
        ("product", "no_sku", "listed"): 1,
        ("product", "suspect", "listed"): 1,
        ("article", "not_there", "listed"): 2,
    }
    assert [stock(world.shop, one) for one in (lonely, nameless, suspect)] == [4, 4, 4]


def test_a_linked_item_that_was_deleted_or_trashed_is_named(erp_leads: World) -> None:
    world = erp_leads
    ids = {sku: product(world.shop, sku, "100.00", 1) for sku in ("A-1", "A-2", "A-3")}
    for number in ids:
        article(world, number, priceExclVat="80", available="7")
    world.hear()
    by_hand(world.shop, "delete-product", id=ids["A-1"])
    by_hand(world.shop, "trash-product", id=ids["A-2"])
    report = run(world)
    assert {(one.key, one.cause.code) for one in report.differences if one.what is What.ARTICLE} == {
        ("A-1", "reconcile.cause_deleted"),
        ("A-2", "reconcile.cause_trash"),
    }


def test_scenario_57_an_order_that_was_removed_without_a_word_becomes_a_task_with_both_choices(
    a_world: Any, tmp_path: Path
) -> None:
    world = a_world(preset=2, erp_options={"removed_in_feed": "false"})
    for number in (1042, 1043, 1044):
        world.shop.put_order(just_now(number))
    world.settle()
    gone = world.erp.one("SE-1043")["orderNo"]
    deed(world, f"orders/{gone}/remove")
    world.hear()
    assert run(world).total(What.ORDER) == 0  # nobody has told, and the ERP can't be asked
    export = tmp_path / "ordrar.csv"
    rows = [f"{one['orderNo']};{one['externalOrderNo']};{one['total']}" for one in world.erp.orders()]
    export.write_text("\n".join(["Ordernummer;Externt ordernummer;Summa", *rows]), "utf-8")
    report = run(world, export=export)
    assert causes(report)["order", "removed", "asked"] == 1
    with scope(world.tenant.pk):
        task = Task.objects.get(closed_at=None)
        assert (task.object_key, sorted(task.choices)) == ("1043", ["cancel_in_shop", "leave"])
    assert world.shop.order(1043)["status"] == "processing"
    again = run(world, export=export)
    assert causes(again) == {("order", "decided", "waits"): 1}
    with scope(world.tenant.pk):
        assert Task.objects.count() == 1


def test_a_file_that_is_only_a_part_takes_no_order_for_removed(erp_leads: World, tmp_path: Path) -> None:
    world = erp_leads
    for number in range(1042, 1052):
        world.shop.put_order(just_now(number))
    world.settle()
    held = sorted(world.erp.orders(), key=lambda one: int(one["orderNo"]))
    export = tmp_path / "ordrar.csv"
    export.write_text("\n".join(["Ordernummer", str(held[0]["orderNo"]), str(held[-1]["orderNo"])]), "utf-8")
    report = run(world, export=export)
    assert report.total() == 0
    assert "reconcile.export_partial" in [remark.code for remark in report.remarks]


def test_an_export_of_articles_tells_what_the_feeds_missed(erp_leads: World, tmp_path: Path) -> None:
    world = erp_leads
    mug, bowl = product(world.shop, "MUGG-1", "100.00", 1), product(world.shop, "0042", "100.00", 1)
    article(world, "MUGG-1", priceExclVat="100", available="7")
    article(world, "0042", priceExclVat="100", available="7")
    world.hear()
    with scope(world.tenant.pk):  # as if the feed's row had gone to somebody else
        SupplyRow.objects.update(article_read_at=datetime.now(UTC) - timedelta(hours=2))
        SupplyRow.objects.update(stock_read_at=datetime.now(UTC) - timedelta(hours=2))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Artikelnummer", "Benämning", "Pris exkl moms", "Moms %", "Disponibelt"],
                ["MUGG-1", "Vara MUGG-1", "1 200,50", 25, 4], [42, "Skål", 1, 25, 1]):  # fmt: skip
        sheet.append(row)
    book.save(tmp_path / "artiklar.xlsx")
    world.change(price_guard_percent=0)
    report = run(world, export=tmp_path / "artiklar.xlsx")
    told = causes(report)
    assert told["mirror", "feed_missed", "put_right"] == 2  # price and stock of the mug
    assert told["mirror", "suspect", "listed"] == 1  # a spreadsheet ate the zeros
    assert shown(world.shop, mug)["regular_price"] == "1500.63"
    assert stock(world.shop, mug) == 4
    assert stock(world.shop, bowl) == 7


def test_an_older_file_never_replaces_what_the_feed_told(erp_leads: World, tmp_path: Path) -> None:
    world = erp_leads
    mug = product(world.shop, "MUGG-1", "125.00", 7)
    article(world, "MUGG-1", priceExclVat="100", available="7")
    world.hear()
    export = tmp_path / "artiklar.csv"
    export.write_text("Artikelnummer,Pris,Disponibelt\nMUGG-1,90,99\n", "utf-8")
    report = run(world, export=export, export_at=datetime.now(UTC) - timedelta(days=1))
    assert causes(report) == {("mirror", "file_older", "left"): 2}
    assert (shown(world.shop, mug)["regular_price"], stock(world.shop, mug)) == ("125.00", 7)


def test_an_order_deleted_in_the_shop_is_told_to_a_person(world: World) -> None:
    for number in (1042, 1043):
        world.shop.put_order(just_now(number))
    world.settle()
    by_hand(world.shop, "delete-order", id=1042)
    by_hand(world.shop, "trash-order", id=1043)
    assert causes(run(world)) == {("order", "deleted", "asked"): 2}
    assert sorted(codes(world)) == ["order.deleted_after", "order.stopped_after"]
    assert causes(run(world)) == {("order", "deleted", "waits"): 2}


def test_a_refund_deleted_in_the_shop_is_asked_about_once(world: World) -> None:
    world.shop.put_order(just_now(1042))
    world.settle()
    made = by_hand(world.shop, "refund", id=1042, amount="25.00")
    world.settle()
    decide(world, "done")
    by_hand(world.shop, "delete-refund", id=1042, refund_id=made["id"])
    assert causes(run(world))["refund", "deleted", "asked"] == 1
    assert causes(run(world))["refund", "deleted", "waits"] == 1
    assert codes(world) == ["order.refund_gone"]
    decide(world, "leave")
    assert causes(run(world))["refund", "deleted", "left"] == 1


def test_days_count_orders_and_sums_by_the_shops_own_calendar(world: World) -> None:
    for number in (1042, 1043):
        world.shop.put_order(just_now(number))
    world.settle()
    world.shop.put_order(just_now(1044, status="cancelled"))
    report = run(world)
    ((_, day),) = report.days.items()
    assert (day.expected, day.expected_sum, day.sent, day.agrees) == (2, 250, 2, True)


def test_days_have_a_row_for_each_currency(world: World) -> None:
    world.shop.put_order(just_now(1042))
    world.shop.put_order(just_now(1043, currency="EUR"))
    world.settle()
    report = run(world)
    sums = {currency: (day.expected, day.expected_sum) for (_, currency), day in report.days.items()}
    assert sums == {"SEK": (1, 125), "EUR": (1, 125)}
    assert [row["currency"] for row in report.as_data()["days"]] == ["EUR", "SEK"]


def test_memory_stays_flat_however_large_the_range_is(erp_leads: World) -> None:
    world = erp_leads
    peaks = [_peak(world, count) for count in (2_000, 10_000)]
    assert peaks[1] < peaks[0] * 2  # five times the range


def _peak(world: World, count: int) -> int:
    """Let the shop have so many products, all right but the last; return the most memory a run took."""
    with scope(world.tenant.pk):
        there = SupplyRow.objects.count()
        new = [f"A-{number}" for number in range(there, count)]
        read_at = datetime.now(UTC)
        store = DbSupplyStore(world.tenant.pk)
        rows = [ArticleInfo(number, price_ex=Decimal(100), vat_percent=Decimal(25)) for number in new]
        store.keep_articles(world.erp_connection, rows, read_at)
    for start in range(0, len(new), 100):
        made = [
            {"name": sku, "sku": sku, "regular_price": "125.00", "status": "publish"}
            for sku in new[start : start + 100]
        ]
        world.shop.rest("POST", "products/batch", {"create": made})
    tracemalloc.start()
    report = run(world, dry_run=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (report.counts["items"], report.total()) == (count, 0)
    assert report.calls["reads"] < count / 100 * 1.1 + 10
    return peak


def test_the_night_reconciles_once_and_leaves_other_tenants_alone(world: World, a_world: Any) -> None:
    other = a_world()
    world.change(reconcile_hour=0)
    other.change(reconcile_hour=-1)
    for one in (world, other):
        with scope(one.tenant.pk):
            Flow.objects.update(started_at=datetime.now(UTC) - timedelta(days=2))  # not its first day
        one.shop.put_order(just_now(1042))
        housekeeping.reconcile(one.flow)
        one.drain()
    assert world.erp.one("SE-1042")
    assert other.erp.orders() == []
    housekeeping.reconcile(world.flow)
    with scope(world.tenant.pk):
        assert ReconcileReport.objects.count() == 1
    with scope(other.tenant.pk):
        assert reconciling.last(other.flow) is None


def test_a_product_that_the_shop_leads_and_nobody_told_of_is_brought_over(world: World) -> None:
    world.take_in(Kind.PRODUCT)
    product(world.shop, "MUGG-1", "125.00")
    product(world.shop, "UTKAST", "125.00", status="draft")
    report = run(world)
    assert causes(report) == {
        ("product", "never_sent", "put_right"): 1,
        ("product", "not_published", "listed"): 1,
    }
    assert list(world.erp.articles()) == ["MUGG-1"]
    assert causes(run(world)) == {("product", "not_published", "listed"): 1}


def test_an_order_that_the_erp_cancelled_and_the_shop_never_heard_of_is_put_right(a_world: Any) -> None:
    world = a_world(preset=2, goods="off")
    world.shop.put_order(just_now(1042))
    world.settle()
    deed(world, f"orders/{world.erp.one('SE-1042')['orderNo']}/cancel")
    poll(world.erp_connection)
    with scope(world.tenant.pk):  # as if it had been lost before it was done
        assert Work.objects.filter(kind=Kind.STATUS.value).delete()[0]
    report = run(world)
    assert causes(report) == {("order", "due", "put_right"): 1}
    assert world.shop.order(1042)["status"] == "cancelled"
    assert run(world).total() == 0


def test_in_a_flow_without_statuses_a_person_is_asked_about_an_ended_order(world: World) -> None:
    world.shop.put_order(just_now(1042))
    world.settle()
    deed(world, f"orders/{world.erp.one('SE-1042')['orderNo']}/cancel")
    world.hear()
    assert causes(run(world)) == {("order", "status_off", "asked"): 1}
    with scope(world.tenant.pk):
        task = Task.objects.get()
        tasks.decide(task.pk, "let_be", who="Alice")
    assert causes(run(world)) == {("order", "status_off", "left"): 1}
    assert world.shop.order(1042)["status"] == "processing"


def test_a_price_that_the_shop_leads_is_sent_again_when_a_file_says_another(
    world: World, tmp_path: Path
) -> None:
    product(world.shop, "MUGG-1", "125.00")
    product(world.shop, "SKAL-1", "125.00")
    world.settle(Kind.PRODUCT)
    article(world, "MUGG-1", priceExclVat="1")
    export = tmp_path / "artiklar.csv"
    export.write_text("Artikelnummer;Pris;Moms\nMUGG-1;1,00;25\nSKAL-1;100,00;25 %\n", "utf-8")
    assert causes(run(world, export=export)) == {("price", "other_there", "put_right"): 1}
    assert world.erp.articles()["MUGG-1"]["priceExclVat"].startswith("100")
