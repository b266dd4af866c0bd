"""Reconciliations: one flow looked at from both sides, by request or at night, and kept."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from brygga.app.store.intake import StoreIntake
from brygga.app.store.models import Flow, ReconcileReport
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
from brygga.domain.errors import ConnectionBroken, SetupWrong
from brygga.domain.message import message
from brygga.flows.ownership import masters
from brygga.flows.presets import PRESETS
from brygga.flows.reconcile.context import ReadShop, ReconcileContext
from brygga.flows.reconcile.export import Export, open_export
from brygga.flows.reconcile.report import Report
from brygga.flows.reconcile.run import reconcile


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
    report.calls = dict(calls)
    keep_report(flow.pk, report)
    return report


def last(flow_id: int) -> ReconcileReport | None:
    """Return the newest report of a flow."""
    return last_report(flow_id)


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
