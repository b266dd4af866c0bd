"""What is known of a whole range: reconciliations made, items only the shop has, an uploaded grouping."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from brygga.domain.message import Message, message
from brygga.flows.reconcile.report import Difference, Done, Report, What
from tests.app.console.seed import Seeded

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Range:
    """Ids a test may want."""

    report: int  # with differences of several kinds
    calm: int  # one in which both sides agree


def seed_range(seeded: Seeded, *, strangers: int = 3, stocks: int = 60) -> Range:
    """Let a tenant's flow have been reconciled twice, and have a grouping."""
    from brygga.app.store.models import GroupRow
    from brygga.app.store.reports import keep_report
    from brygga.app.store.strangers import keep_strangers
    from brygga.app.tenancy.scope import scope

    now = datetime.now(UTC)
    with scope(seeded.tenant):
        calm = keep_report(seeded.flow, _calm(now - HOUR * 26))
        full = keep_report(seeded.flow, _full(seeded, now - HOUR * 2, stocks))
        keep_strangers(seeded.tenant, seeded.flow, _strangers(strangers), full.began_at)
        GroupRow.objects.bulk_create(
            GroupRow(
                tenant_id=seeded.tenant,
                flow_id=seeded.flow,
                article_no=number,
                group_key="SKALAR",
                options=[["Storlek", size]],
            )
            for number, size in (("SKAL-S", "Liten"), ("SKAL-M", "Mellan"))
        )
    return Range(full.pk, calm.pk)


def _fresh(at: datetime) -> dict[str, datetime | None]:
    return {
        "shop": at,
        "shop_orders": at - timedelta(minutes=2),
        "erp": at - timedelta(minutes=9),
        "order_feed": at - timedelta(minutes=9),
        "article_feed": at - HOUR,
        "stock_feed": at - timedelta(minutes=11),
        "stock_oldest": at - HOUR * 400,
    }


def _calm(at: datetime) -> Report:
    report = Report(at, dry_run=False, ended_at=at + timedelta(minutes=3))
    report.counts.update(orders=214, items=1833)
    report.day(at.date(), "SEK").expected = 0
    report.fresh, report.calls = _fresh(at), {"reads": 31}
    return report


def _full(seeded: Seeded, at: datetime, stocks: int) -> Report:
    from brygga.app.store.models import Work

    order: Any = Work.objects.get(pk=seeded.done)
    report = Report(at, dry_run=True, ended_at=at + timedelta(minutes=4))
    report.counts.update(orders=231, items=1840)
    report.fresh, report.calls = _fresh(at), {"reads": 34, "writes": 0}
    day = report.day(date(2026, 11, 23), "SEK")
    day.expected, day.expected_sum, day.sent, day.sent_sum = 3, Decimal("1747.00"), 2, Decimal("1249.00")
    cause = message("reconcile.cause_never_told")
    told = message("reconcile.order_missing", number="10377", status="processing", total="498.00 SEK")
    report.add(Difference(What.ORDER, "10377", told, cause, Done.WOULD))
    told = message("reconcile.order_only_there", erp_no="88999", external="N10999")
    report.add(Difference(What.ORDER, "88999", told, message("reconcile.cause_not_linked"), Done.ASKED))
    told = message(
        "reconcile.order_sum", number=order.key, shop="647.00", erp_no=order.target_key, sent="747.00"
    )
    report.add(Difference(What.ORDER, order.key, told, message("reconcile.cause_decided"), Done.WAITS))
    told = message("reconcile.price", article="MUGG-BLA", item="Mugg Nordlys, Blå", shop="229", erp="249")
    hand = message("reconcile.cause_by_hand", at="2026-11-23 14:10")
    report.add(Difference(What.PRICE, "MUGG-BLA", told, hand, Done.WOULD))
    for number in range(stocks):
        told = message(
            "reconcile.stock", article=f"GLAS-{number:02}", item=f"Glas {number}", shop="3", erp="5"
        )
        cause = message("reconcile.cause_erp_since" if number % 3 else "reconcile.cause_due")
        report.add(Difference(What.STOCK, f"GLAS-{number:02}", told, cause, Done.WOULD))
    told = message("reconcile.only_in_shop", sku="EGEN-1", item="Presentkort", ref="900/900")
    unknown = message("reconcile.cause_unknown_there")
    report.add(Difference(What.PRODUCT, "EGEN-1", told, unknown, Done.LISTED))
    report.remarks.append(message("reconcile.old_reading", at="2026-11-22 03:10"))
    return report


def _strangers(count: int) -> list[tuple[Any, Message]]:
    from brygga.domain.shelf import Prices, ShopItem

    now = datetime.now(UTC)
    causes = (
        message("reconcile.cause_unknown_there"),
        message("reconcile.cause_no_sku"),
        message("reconcile.cause_suspect", other="TE-BLAND"),
    )
    names = ("Presentkort", "Kurs i drejning", "Teblandning 100 g")
    made = []
    for n in range(count):
        sku = ("EGEN-1", "", "TEBLAND")[n % 3] if n < 3 else f"EGEN-{n}"
        name = names[n % 3] if n < 3 else f"Egen vara {n:03}"
        item = ShopItem(str(900 + n), str(900 + n), sku, name, "publish", Prices(Decimal(100)), now)
        made.append((item, causes[n % 3]))
    return made
