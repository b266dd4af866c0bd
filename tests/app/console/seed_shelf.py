"""What an ERP leads in a merchant's shop: articles with price and stock, products, order statuses."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from brygga.domain.message import Message, message
from tests.app.console.seed import Seeded

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Shelf:
    """Ids a test may want."""

    item: int  # an article whose price and stock the shop shows
    guarded: int  # an article whose price waits for an answer; 0 without `stopped`
    goods: int
    status: int  # of the order `Seeded.done`
    customer: int


def seed_shelf(seeded: Seeded, preset: int = 3, *, stopped: bool = True) -> Shelf:
    """Let the tenant's ERP lead price and stock; `stopped` adds what waits for a person."""
    from brygga.app.store.cursors import move_cursor
    from brygga.app.store.models import Connection, FeedBatchRow, Flow, Lane
    from brygga.app.tenancy.scope import scope

    now = datetime.now(UTC)
    with scope(seeded.tenant):
        Flow.objects.filter(pk=seeded.flow).update(preset=preset)
        Lane.objects.get_or_create(connection=Connection.objects.get(pk=seeded.shop))
        move_cursor(seeded.tenant, seeded.erp, "stock-drained", now - MINUTE)
        for feed in ("orders", "articles", "stock"):
            FeedBatchRow.objects.create(
                connection_id=seeded.erp,
                feed=feed,
                batch=f"0{feed}",
                opened_at=now - MINUTE,
                confirmed_at=now - MINUTE,
            )
        maker = _Maker(seeded, now)
        _supply(seeded, now)
        item, guarded = _items(maker, stopped=stopped)
        _members(seeded)
        goods = maker.work("goods", "MUGG", message("journal.told_by_feed"), target=("700", "700"))
        status = _statuses(maker, seeded)
        customer = maker.work(
            "customer", "31", message("card.written", number="31", card="5012"), target=("5012", "5012")
        )
    return Shelf(item, guarded, goods, status, customer)


class _Maker:
    def __init__(self, seeded: Seeded, now: datetime) -> None:
        from brygga.app.store.models import Flow

        self.seeded, self.now = seeded, now
        self.flow = Flow.objects.get(pk=seeded.flow)
        self.revision = self.flow.revisions.order_by("-number").first()
        self.count = 0

    def work(
        self,
        kind: str,
        ref: str,
        reason: Message,
        *,
        state: str = "done",
        target: tuple[str, str] = ("", ""),
        lines: tuple[tuple[str, Message], ...] = (),
    ) -> int:
        """Make a work of any kind, with its journal; return its id."""
        from brygga.app.store.lines import insert, prepare
        from brygga.app.store.models import Work
        from brygga.flows.journal import Entry, Step

        self.count += 1
        ids = [self.seeded.shop, self.seeded.erp]
        source, goes_to = ids if kind == "customer" else reversed(ids)
        at = self.now - MINUTE * (40 - self.count)
        work = Work.objects.create(
            flow=self.flow,
            revision=self.revision,
            kind=kind,
            source_id=source,
            target_id=goes_to,
            source_ref=ref,
            key=ref,
            sort=f"4 {self.count:04}",
            state=state,
            reason=reason.as_data(),
            reason_code=reason.code,
            first_seen_at=at,
            settled_at=None if state == "waiting" else at,
            due_at=self.now if state == "waiting" else None,
            target_ref=target[0],
            target_key=target[1],
        )
        told = [Entry(at, Step(step), line) for step, line in lines]
        insert(prepare(told), self.seeded.tenant, work.pk, 90, self.now)
        return int(work.pk)


def _supply(seeded: Seeded, now: datetime) -> None:
    from brygga.app.store.models import LinkRow, ShelfRow, TakenRow
    from brygga.app.store.supply import DbSupplyStore
    from brygga.domain.order import OptionValue
    from brygga.domain.supply import ArticleInfo, ListPrice, StockLevel

    store = DbSupplyStore(seeded.tenant)
    read_at = now - MINUTE * 2
    rows = [
        ArticleInfo(
            f"MUGG-{colour}",
            f"Mugg Nordlys {colour.lower()}",
            Decimal("199.20"),
            Decimal(25),
            group="Muggar",
            options=(OptionValue("Färg", colour.capitalize()),),
            lists=(ListPrice("Kampanj", Decimal("159.20")),),
        )
        for colour in ("BLA", "GRA", "ROD", "VIT")
    ]
    rows.append(ArticleInfo("SKAL-S", "Skål liten", Decimal("79.20"), Decimal(25)))
    store.keep_articles(seeded.erp, rows, read_at)
    levels = [StockLevel("MUGG-BLA", Decimal(12), "Huvudlager"), StockLevel("MUGG-BLA", Decimal(3), "Butik")]
    levels += [StockLevel(row.article_no, Decimal(7), "Huvudlager") for row in rows[1:]]
    store.keep_stock(seeded.erp, levels, read_at)
    LinkRow.objects.create(
        source_id=seeded.shop,
        kind="article",
        source_ref="700/701",
        source_key="MUGG-BLA",
        target_id=seeded.erp,
        target_ref="MUGG-BLA",
        target_key="MUGG-BLA",
        at=now,
    )
    ShelfRow.objects.create(
        connection_id=seeded.shop,
        item_ref="700/701",
        regular="249",
        prices_at=now - MINUTE * 90,
        stock="14",
        stock_at=now - MINUTE,
        stock_read_at=read_at,
    )
    TakenRow.objects.create(
        connection_id=seeded.shop,
        erp_id=seeded.erp,
        order_ref="99001",
        sku="MUGG-BLA",
        quantity=1,
        modified_at=now - MINUTE,
    )


def _members(seeded: Seeded) -> None:
    from brygga.app.store.models import GroupMember

    for number in ("MUGG-BLA", "MUGG-GRA", "MUGG-ROD", "MUGG-VIT"):
        GroupMember.objects.create(flow_id=seeded.flow, article_no=number, group_key="MUGG")


def _items(maker: _Maker, *, stopped: bool) -> tuple[int, int]:
    from brygga.app.store.tasks import DbTasks
    from brygga.flows.tasks import Question

    facts = {"article": "MUGG-BLA", "item": "Mugg Nordlys, Färg: Blå"}
    item = maker.work(
        "item",
        "MUGG-BLA",
        message("item.written"),
        target=("700/701", "MUGG-BLA"),
        lines=(
            ("sent", message("item.prices_told", **facts, old="229", new="249")),
            ("sent", message("item.stock_told", **facts, old="16", new="14", held="1")),
        ),
    )
    for number in ("MUGG-GRA", "MUGG-ROD"):
        told = message("item.as_it_should_be")
        maker.work("item", number, told, target=(f"700/{number}", number))
    for number in ("RESERVDEL-1", "RESERVDEL-2", "EMBALLAGE"):
        maker.work("item", number, message("item.not_in_shop", article=number), state="ignored")
    guarded = 0
    if stopped:
        told = message(
            "item.price_guarded",
            article="MUGG-VIT",
            item="Mugg Nordlys, Färg: Vit",
            old="249",
            new="24.90",
            percent="50",
        )
        guarded = maker.work("item", "MUGG-VIT", told, state="held", target=("700/704", "MUGG-VIT"))
        facts = {"from": "249", "to": "24.90", "item": "700/704"}
        question = Question(
            f"price-{maker.seeded.flow}-MUGG-VIT", told, "MUGG-VIT", ("price_write", "price_leave"), facts
        )
        DbTasks(maker.seeded.tenant, maker.seeded.flow).ask(question, work=guarded)
        twice = message("item.sku_twice", article="SKAL-S", items="Skål liten, Skål liten grå")
        maker.work("item", "SKAL-S", twice, state="held")
        for number in ("TE-BLAND", "FAT-24"):
            maker.work("item", number, message("journal.told_by_feed"), state="waiting")
    return item, guarded


def _statuses(maker: _Maker, seeded: Seeded) -> int:
    from brygga.app.store.facts import keep_facts
    from brygga.app.store.models import Work
    from brygga.domain.events import OrderEvent
    from brygga.domain.order import Shipment

    order: Any = Work.objects.get(pk=seeded.done)
    event = OrderEvent(
        order.target_key, delivered=True, invoice_no="70012", shipments=(Shipment("00370712345678901234"),)
    )
    keep_facts(seeded.tenant, seeded.erp, [event])
    facts = "received, delivered, invoiced"
    return maker.work(
        "status",
        order.target_key,
        message("status.told", number=order.key, status="completed"),
        target=(order.source_ref, order.key),
        lines=(
            ("read", message("status.known", number=order.key, status="processing", facts=facts)),
            ("sent", message("status.written", number=order.key, status="completed")),
        ),
    )
