"""First synchronisations: a plan made and kept, carried out by parts, and how far it has come."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl

from brygga.app.services.journal import by_hand
from brygga.app.services.reconciling import looking_at
from brygga.app.services.tables import safe
from brygga.app.store import notices
from brygga.app.store.feeds import DbFeedStore
from brygga.app.store.first_sync import DbPlan
from brygga.app.store.models import FirstSync, Flow, Work
from brygga.app.store.models.flows import FlowState
from brygga.app.store.shelf import stock_was_drained
from brygga.app.store.transaction import write
from brygga.app.tenancy.scope import current
from brygga.app.worker.context import begins_at, settings_of
from brygga.app.worker.fan_out import FanOut
from brygga.app.worker.sessions import identity_of, open_session, unseen
from brygga.connectors.contract.connector import Feed
from brygga.connectors.contract.supply import FeedsArticles, FeedsStock
from brygga.domain.errors import SetupWrong
from brygga.domain.message import Message, message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.flows.first_sync.carry_out import carry_out
from brygga.flows.first_sync.plan import make_plan
from brygga.flows.first_sync.rows import Result, Row, Verdict
from brygga.flows.reconcile.export import open_export
from brygga.flows.reconcile.mirror import compare_export
from brygga.flows.reconcile.report import Report
from brygga.flows.supply import drain_feed

EXAMPLES = 10
_KINDS = (Kind.PRODUCT.value, Kind.ITEM.value, Kind.GOODS.value)
_FACTS = (
    "sku",
    "name",
    "status",
    "price",
    "stock",
    "article",
    "erp_name",
    "erp_price_ex",
    "erp_stock",
    "why",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a plan has come. Counts are by verdict, action and result."""

    plan: int
    made_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    summary: Mapping[str, int]
    counts: Sequence[tuple[str, str, str, int]]
    works_left: int  # joined and woken, and not yet brought over
    examples: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    changed: Sequence[Row] = ()

    def count(self, verdict: str = "", action: str = "", result: str | None = None) -> int:
        """Count rows of a verdict, an action and a result."""
        return sum(
            number
            for of_verdict, of_action, of_result, number in self.counts
            if (not verdict or verdict == of_verdict)
            and (not action or action == of_action)
            and (result is None or result == of_result)
        )

    @property
    def left(self) -> int:
        """How many rows are not yet carried out."""
        return self.count(result=Result.LEFT.value)

    @property
    def done(self) -> int:
        """How many rows have been carried out, or found changed."""
        return sum(self.count(result=end.value) for end in (Result.DONE, Result.ALREADY, Result.CHANGED))

    @property
    def rows_a_minute(self) -> float:
        """How fast it goes since it was begun, pauses included."""
        if self.began_at is None:
            return 0.0
        minutes = ((self.ended_at or datetime.now(UTC)) - self.began_at).total_seconds() / 60
        return round(self.done / max(minutes, 1 / 60), 1)

    @property
    def minutes_left(self) -> float | None:
        """How long the rest takes at that pace; None before it was begun."""
        return round(self.left / self.rows_a_minute, 1) if self.rows_a_minute else None

    @property
    def is_complete(self) -> bool:
        """Say that all rows are carried out and nothing of them waits."""
        return self.ended_at is not None and not self.left and not self.works_left

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "plan": self.plan,
            "made_at": self.made_at,
            "began_at": self.began_at,
            "ended_at": self.ended_at,
            "summary": dict(self.summary),
            "counts": [
                {"verdict": verdict, "action": action, "result": result, "count": number}
                for verdict, action, result, number in self.counts
            ],
            "left": self.left,
            "done": self.done,
            "works_left": self.works_left,
            "rows_a_minute": self.rows_a_minute,
            "minutes_left": self.minutes_left,
            "complete": self.is_complete,
            "examples": {verdict: [_flat(row) for row in rows] for verdict, rows in self.examples.items()},
            "changed": [_flat(row) for row in self.changed],
        }


def plan(
    flow_id: int,
    *,
    who: str,
    export: Path | None = None,
    export_at: datetime | None = None,
    pairs: Path | None = None,
    again: bool = False,
) -> Standing:
    """Make a plan of a flow's first synchronisation and keep it; nothing is joined or sent.

    What a flow that is stopped has not yet heard from the ERP's feeds is read first. Raises
    SetupWrong (also when a plan is under way), ConnectionBroken, TryLater.
    """
    flow = Flow.objects.select_related("shop", "erp").get(pk=flow_id)
    latest = FirstSync.objects.filter(flow=flow).order_by("-pk").first()
    if latest is not None and latest.began_at and not latest.ended_at and not again:
        raise SetupWrong(message("first_sync.under_way", name=flow.name), setting="again")
    by_file = _pairs(pairs) if pairs is not None else {}
    if flow.state == FlowState.STOPPED:
        _read_feeds(flow)
    with looking_at(flow) as ctx:
        if export is not None:
            report = Report(ctx.now(), dry_run=False)
            ctx.repair = True
            at = export_at or datetime.fromtimestamp(export.stat().st_mtime, UTC)
            compare_export(open_export(export, min(at, ctx.now())), ctx, report)
        made = FirstSync.objects.create(flow=flow, made_at=ctx.now(), who=who)
        seen = make_plan(ctx.shop, _store(flow).for_plan(made.pk), ctx.preset, ctx.settings, by_file)
    FirstSync.objects.filter(pk=made.pk).update(summary=dict(seen))
    with write():
        FirstSync.objects.filter(flow=flow).exclude(pk=made.pk).delete()
    return standing(flow_id)


def run(
    flow_id: int, *, who: str, after_part: Callable[[int, int], bool] = lambda _done, _left: True
) -> Standing:
    """Carry out what is left of a flow's plan, the first rows first.

    `after_part` is told how many rows this run has done and how many are left; it brings over what
    was woken, sets the pace, and says whether to go on.

    Raises SetupWrong without a plan and for a flow that is stopped, ConnectionBroken, TryLater.
    """
    flow = Flow.objects.select_related("shop", "erp").get(pk=flow_id)
    made = _latest(flow)
    if flow.state == FlowState.STOPPED:
        raise SetupWrong(message("flow.takes_nothing_in", name=flow.name), setting="state")
    if made.began_at is None:
        FirstSync.objects.filter(pk=made.pk).update(began_at=datetime.now(UTC))
        by_hand(message("services.first_sync_begun", who=who, name=flow.name))
    with looking_at(flow) as ctx:
        store = _store(flow).for_plan(made.pk)
        left = standing(flow_id, examples=0).left
        done = 0

        def told(rows: Sequence[Row]) -> bool:
            nonlocal done
            done += len(rows)
            return after_part(done, left - done)

        if carry_out(ctx.shop, store, ctx.leads_items(), told):
            FirstSync.objects.filter(pk=made.pk, ended_at=None).update(ended_at=datetime.now(UTC))
    return standing(flow_id)


def standing(flow_id: int, *, examples: int = EXAMPLES) -> Standing:
    """Say how far the newest plan of a flow has come. Raises SetupWrong when there is none."""
    flow = Flow.objects.select_related("shop", "erp").get(pk=flow_id)
    made = _latest(flow)
    store = _store(flow).for_plan(made.pk)
    shown = (
        {verdict.value: _first(store.listed(verdict), examples) for verdict in Verdict} if examples else {}
    )
    works = works_left(flow_id)
    return Standing(
        plan=made.pk,
        made_at=made.made_at,
        began_at=made.began_at,
        ended_at=made.ended_at,
        summary=made.summary,
        counts=store.counts(),
        works_left=works,
        examples=shown,
        changed=_first(store.listed(result=Result.CHANGED), 10 * examples) if examples else (),
    )


def works_left(flow_id: int) -> int:
    """Count the works of a flow's range that are under way."""
    states = (State.WAITING.value, State.UNKNOWN.value)
    return Work.objects.filter(flow_id=flow_id, kind__in=_KINDS, state__in=states).count()


def save(flow_id: int, path: Path) -> int:
    """Write the plan as a spreadsheet, .csv or .xlsx, numbers as text; return how many rows."""
    flow = Flow.objects.select_related("shop", "erp").get(pk=flow_id)
    rows = _store(flow).for_plan(_latest(flow).pk).listed()
    head = ["verdict", "action", "result", "article_no", "item", *_FACTS]
    lines = ([str(_flat(row).get(name, "")) for name in head] for row in rows)
    count = 0
    if path.suffix.lower() == ".xlsx":
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("plan")
        sheet.append(head)
        for line in lines:
            sheet.append([safe(cell) for cell in line])
            count += 1
        book.save(path)
        return count
    with path.open("w", encoding="utf-8-sig", newline="") as text:
        out = csv.writer(text, delimiter=";")
        out.writerow(head)
        for line in lines:
            out.writerow([safe(cell) for cell in line])
            count += 1
    return count


def _flat(row: Row) -> dict[str, str]:
    ends = {"verdict": row.verdict.value, "action": row.action.value, "result": row.result.value}
    return {**row.facts, **ends, "article_no": row.article_no, "item": row.item_ref}


def _first(rows: Iterator[Row], most: int) -> list[Row]:
    return [row for _, row in zip(range(most), rows, strict=False)]


def _latest(flow: Flow) -> FirstSync:
    made = FirstSync.objects.filter(flow=flow).order_by("-pk").first()
    if made is None:
        raise SetupWrong(message("first_sync.no_plan", name=flow.name), setting="plan")
    return made


def _store(flow: Flow) -> DbPlan:
    shop, latest = identity_of(flow.shop), flow.revisions.order_by("-number").first()
    if shop is None or latest is None:
        raise SetupWrong(message("connection.not_checked", name=flow.shop.name), setting="connection")
    begins = begins_at(flow, settings_of(flow.preset, latest.settings), shop)
    tenant = current()
    return DbPlan(tenant, flow.shop_id, flow.erp_id, flow.pk, begins, FanOut(tenant, flow.erp_id))


def _read_feeds(flow: Flow) -> None:
    """Read what the ERP has to tell of its range; of a flow that is stopped nothing is woken."""
    tenant, erp = current(), flow.erp_id
    fan, store = FanOut(tenant, erp), DbFeedStore(tenant)

    def remark(told: Message) -> None:
        notices.say(tenant, told, datetime.now(UTC), connection=erp, passing=True)

    with closing(open_session(flow.erp, unseen)) as session:
        if isinstance(session, FeedsArticles):
            read, confirm = session.read_articles, session.confirm_articles
            drain_feed(Feed.ARTICLES, read, confirm, fan.articles, store, erp, remark)
        if isinstance(session, FeedsStock):
            read_stock, confirm_stock = session.read_stock, session.confirm_stock
            drained = partial(stock_was_drained, tenant, erp)
            drain_feed(Feed.STOCK, read_stock, confirm_stock, fan.stock, store, erp, remark, drained)


def _pairs(path: Path) -> dict[str, str]:
    """Read which article each SKU is; the first line is headings. Raises SetupWrong."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise SetupWrong(message("reconcile.export_unreadable", file=path.name), setting="pairs") from error
    lines = text.splitlines()
    delimiter = max((";", "\t", ","), key=lines[0].count) if lines else ";"
    rows = list(csv.reader(lines[1:], delimiter=delimiter))
    if any(len(row) < 2 for row in rows if row):
        raise SetupWrong(message("first_sync.file_columns", file=path.name), setting="pairs")
    return {row[0].strip(): row[1].strip() for row in rows if row and row[0].strip() and row[1].strip()}
