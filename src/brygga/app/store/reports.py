"""Keeps what reconciliations found: the newest of each flow."""

from brygga.app.store.models import ReconcileReport
from brygga.app.store.transaction import write
from brygga.flows.reconcile.report import Report

KEPT = 30


def keep_report(flow: int, report: Report) -> ReconcileReport:
    """Keep a report, and forget the oldest ones of its flow."""
    with write():
        kept = ReconcileReport.objects.create(
            flow_id=flow,
            began_at=report.began_at,
            dry_run=report.dry_run,
            differences=report.total(),
            body=report.as_data(),
        )
        old = ReconcileReport.objects.filter(flow_id=flow).order_by("-began_at", "-pk")
        ReconcileReport.objects.filter(pk__in=list(old.values_list("pk", flat=True)[KEPT:])).delete()
    return kept


def last_report(flow: int, *, dry_run: bool | None = None) -> ReconcileReport | None:
    """Return the newest report of a flow, of any run or of those that did or did not put right."""
    found = ReconcileReport.objects.filter(flow_id=flow)
    if dry_run is not None:
        found = found.filter(dry_run=dry_run)
    return found.order_by("-began_at", "-pk").first()
