"""One reconciliation, read like a table of contents: orders, then the range, then an export if there is one."""

from datetime import timedelta

from brygga.domain.message import message
from brygga.domain.refs import Kind
from brygga.flows.reconcile.context import ReconcileContext
from brygga.flows.reconcile.export import Export
from brygga.flows.reconcile.items import reconcile_items
from brygga.flows.reconcile.mirror import compare_export
from brygga.flows.reconcile.orders import reconcile_orders
from brygga.flows.reconcile.report import Report

OLD = timedelta(hours=24)  # a feed that nobody has read to its end for so long is worth a word


def reconcile(ctx: ReconcileContext, export: Export | None = None) -> Report:
    """Lay both sides beside each other and put right what the leading side allows.

    Raises what the shop's session raises; what was put right until then stays put right.
    """
    report = Report(ctx.now(), dry_run=not ctx.repair)
    if export is not None:
        # First, so that what the feeds missed is compared with the shop in the same run.
        compare_export(export, ctx, report)
    if ctx.preset.moves(Kind.ORDER):
        reconcile_orders(ctx, report)
    reconcile_items(ctx, report, export.read_at if export is not None else None)
    report.fresh = dict(ctx.store.freshness())
    if export is not None:
        report.fresh["export"] = export.read_at
    read_at = report.fresh.get("stock_feed")
    if ctx.leads_items() and (read_at is None or ctx.now() - read_at > OLD):
        told = f"{read_at:%Y-%m-%d %H:%M}" if read_at is not None else "-"
        report.remarks.append(message("reconcile.old_reading", at=told))
    report.ended_at = ctx.now()
    return report
