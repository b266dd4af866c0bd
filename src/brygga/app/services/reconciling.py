"""Reconciliations: one flow looked at from both sides, by request or at night, and kept."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from brygga.app.services.journal import by_hand
from brygga.app.services.reservations import ask_about_reservations
from brygga.app.store import notices
from brygga.app.store.intake import StoreIntake
from brygga.app.store.models import Flow, Notice, ReconcileReport
from brygga.app.store.models.flows import FlowState
from brygga.app.store.reconcile import DbReconcile
from brygga.app.store.reports import keep_report, last_report
from brygga.app.store.tasks import DbTasks
from brygga.app.tenancy.scope import current
from brygga.app.worker.context import begins_at, settings_of
from brygga.app.worker.fan_out import FanOut
from brygga.app.worker.sessions import identity_of, open_session
from brygga.connectors.contract.connector import GivesOrders, TellsWho
from brygga.connectors.contract.http import Exchange
from brygga.connectors.contract.shelf import GivesItems
from brygga.domain.errors import BryggaError, ConnectionBroken, SetupWrong, TryLater
from brygga.domain.message import Message, message
from brygga.flows.ownership import masters
from brygga.flows.presets import PRESETS
from brygga.flows.reconcile.context import ReadShop, ReconcileContext
from brygga.flows.reconcile.export import Export, open_export
from brygga.flows.reconcile.report import Report
from brygga.flows.reconcile.run import reconcile

ASKED, NOT_MADE = "reconcile.asked", "reconcile.not_made"
PATIENCE = timedelta(hours=6)  # a request that no worker has answered for so long may be made anew


def reconcile_flow(
    flow_id: int, *, dry_run: bool = False, export: Path | None = None, export_at: datetime | None = None
) -> Report:
    """Reconcile a flow and keep the report; `export_at` is when the ERP made the file.

    Runs in the calling process and may take minutes. Raises SetupWrong (also for a flow that is
    stopped, which could put nothing right), ConnectionBroken, TryLater.
    """
    flow = Flow.objects.select_related("shop", "erp").get(pk=flow_id)
    if flow.state == FlowState.STOPPED and not dry_run:
        raise SetupWrong(message("flow.takes_nothing_in", name=flow.name), setting="state")
    told = None if export is None else _opened(export, export_at)
    calls: Counter[str] = Counter()
    with looking_at(flow, calls) as ctx:
        ctx.repair = not dry_run
        report = reconcile(ctx, told)
        if ctx.repair:
            ask_about_reservations(flow, ctx.now())
    report.calls = dict(calls)
    keep_report(flow.pk, report)
    return report


def last(flow_id: int) -> ReconcileReport | None:
    """Return the newest report of a flow."""
    return last_report(flow_id)


@dataclass(frozen=True, slots=True)
class Run:
    """One reconciliation in a list: when it was, and how many differences of each kind it found."""

    id: int
    began_at: datetime
    dry_run: bool
    total: int
    by_kind: Mapping[str, int]
    fresh: Mapping[str, datetime | None]


def runs(flow_id: int) -> list[Run]:
    """List the reconciliations of a flow that are kept, newest first."""
    kept = ReconcileReport.objects.filter(flow_id=flow_id).order_by("-began_at", "-pk")
    parts = ("body__found", "body__fresh")
    return [
        _run(pk, began_at, dry_run, total, found or [], fresh or {})
        for pk, began_at, dry_run, total, found, fresh in kept.values_list(
            "pk", "began_at", "dry_run", "differences", *parts
        )
    ]


def find_report(flow_id: int, report: int) -> ReconcileReport | None:
    """Return one reconciliation of a flow."""
    return ReconcileReport.objects.filter(flow_id=flow_id, pk=report).first()


def ask_now(flow_id: int, *, who: str, repair: bool) -> bool:
    """Have a worker reconcile a flow; False when that is under way already. Raises SetupWrong, TryLater."""
    from brygga.app.worker.engine import enqueue  # noqa: PLC0415 - whoever only looks starts faster

    flow = Flow.objects.get(pk=flow_id)
    if flow.state == FlowState.STOPPED and repair:
        raise SetupWrong(message("flow.takes_nothing_in", name=flow.name), setting="state")
    if is_asked(flow_id):
        return False
    now = datetime.now(UTC)
    notices.over(now, flow=flow_id, codes=[ASKED])  # one that no worker has heard of
    notices.say(current(), message(ASKED, name=flow.name, who=who), now, flow=flow_id)
    try:
        job = f"compare-{flow_id}-{int(now.timestamp() * 1000)}"
        enqueue("bulk", "compare", flow_id, int(repair), workflow_id=job, lane=f"r{flow_id}")
    except Exception as error:
        is_answered(flow_id)
        raise TryLater(message("reconcile.not_asked", name=flow.name), str(error)) from error
    by_hand(message("services.asked_to_compare", who=who, name=flow.name))
    return True


def asked_at(flow_id: int) -> datetime | None:
    """Return since when a person's request is under way, if one is."""
    since = datetime.now(UTC) - PATIENCE
    found = Notice.objects.filter(flow_id=flow_id, code=ASKED, over_at=None, last_at__gte=since)
    return found.values_list("at", flat=True).first()


def is_asked(flow_id: int) -> bool:
    """Say that a person has asked for a reconciliation that is not made yet."""
    return asked_at(flow_id) is not None


def not_made(flow_id: int, error: BryggaError) -> None:
    """Note that what was asked for could not be made, and why."""
    name = Flow.objects.values_list("name", flat=True).get(pk=flow_id)
    now = datetime.now(UTC)
    for told in (message(NOT_MADE, name=name), error.for_merchant):
        notices.say(current(), told, now, flow=flow_id, passing=True)


def why_not_made(flow_id: int) -> list[Message]:
    """Return what stood in the way of the newest comparison that a person asked for; none if one was made since."""
    found = Notice.objects.filter(flow_id=flow_id)
    failed = found.filter(code=NOT_MADE).order_by("-at", "-pk").first()
    latest = last_report(flow_id)
    if failed is None or (latest is not None and latest.began_at > failed.at):
        return []
    return [Message.from_data(one.message) for one in found.filter(at=failed.at).order_by("pk")]


def is_answered(flow_id: int) -> None:
    """Say that what was asked for is made, or can't be."""
    notices.over(datetime.now(UTC), flow=flow_id, codes=[ASKED])


def _run(
    pk: int,
    began_at: datetime,
    dry_run: bool,
    total: int,
    found: Sequence[Mapping[str, Any]],
    fresh: Mapping[str, str | None],
) -> Run:
    by_kind: Counter[str] = Counter()
    for one in found:
        by_kind[one["what"]] += one["count"]
    times = {name: datetime.fromisoformat(at) if at else None for name, at in fresh.items()}
    return Run(pk, began_at, dry_run, total, by_kind, times)


def is_due(flow: Flow, now: datetime) -> str:
    """Return the hour in which a flow's reconciliation of this night is to be made, or an empty text.

    By the shop's clock; one that failed is due again in the next hour.
    """
    shop = identity_of(flow.shop)
    latest = flow.revisions.order_by("-number").first()
    if shop is None or latest is None:
        return ""
    settings = settings_of(flow.preset, latest.settings)
    if not 0 <= settings.reconcile_hour <= 23:
        return ""
    local = now.astimezone(ZoneInfo(shop.time_zone))
    since = datetime.combine(local.date(), time(settings.reconcile_hour), local.tzinfo)
    if local < since:
        return ""
    if flow.started_at is None or flow.started_at > since:
        return ""  # its first night is still to come
    done = last_report(flow.pk, dry_run=False)
    if done is not None and done.began_at >= since:
        return ""
    return f"{local:%Y%m%d%H}"


def _opened(path: Path, at: datetime | None) -> Export:
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        told = message("reconcile.export_unreadable", file=path.name)
        raise SetupWrong(told, str(error), setting="export") from error
    return open_export(path, min(at or written, datetime.now(UTC)))


@contextmanager
def looking_at(flow: Flow, calls: Counter[str] | None = None) -> Iterator[ReconcileContext]:
    """Open a flow's shop and gather what a reconciliation needs; every call is counted."""
    identity, erp = identity_of(flow.shop), identity_of(flow.erp)
    latest = flow.revisions.order_by("-number").first()
    if identity is None or latest is None:
        raise SetupWrong(message("connection.not_checked", name=flow.shop.name), setting="connection")
    settings = settings_of(flow.preset, latest.settings)
    begins = begins_at(flow, settings, identity)
    counted: Counter[str] = Counter() if calls is None else calls

    def count(exchange: Exchange) -> None:
        counted["reads" if exchange.method == "GET" else "writes"] += 1

    with closing(open_session(flow.shop, count)) as session:
        if not (isinstance(session, GivesOrders) and isinstance(session, GivesItems)):
            raise SetupWrong(message("reconcile.unable", name=flow.shop.name), setting="shop")
        if isinstance(session, TellsWho) and session.who().key != identity.key:
            raise ConnectionBroken(message("reconcile.other_shop", name=flow.shop.name))
        tenant = current()
        news = FanOut(tenant, flow.erp_id)
        yield ReconcileContext(
            flow=flow.pk,
            shop_id=flow.shop_id,
            erp_id=flow.erp_id,
            preset=PRESETS[flow.preset],
            shop=cast(ReadShop, session),
            identity=identity,
            settings=settings,
            masters=masters(flow.preset, settings.masters),
            store=DbReconcile(tenant, flow.shop_id, flow.erp_id, flow.pk, begins, news),
            intake=StoreIntake(),
            tasks=DbTasks(tenant, flow.pk, flow.shop_id),
            begins=begins,
            repair=False,
            now=lambda: datetime.now(UTC),
            erp_currency=erp.currency if erp is not None else "",
        )
