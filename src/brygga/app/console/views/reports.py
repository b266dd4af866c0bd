"""Reconciliations of a flow: the runs that are kept, one report, its files, and the button that asks for one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from brygga.app.console.access import Visit, action, page
from brygga.app.console.files import as_json, spreadsheet
from brygga.app.console.queries.reports import (
    KEPT_OF_A_KIND,
    fresh_shortly,
    kinds_in_words,
    report_page,
)
from brygga.app.console.views.flow import found
from brygga.app.console.words import language, number_of_page, say, zone_of
from brygga.app.services import reconciling as services
from brygga.app.services.report_words import table_of
from brygga.app.services.strangers import strangers as list_strangers
from brygga.app.store.models.flows import FlowState
from brygga.app.store.models.reports import ReconcileReport
from brygga.domain.errors import BryggaError
from brygga.flows.reconcile.report import What


@page
def reports(visit: Visit, pk: int) -> HttpResponse:
    """List the reconciliations of a flow, and offer to make one."""
    one = found(pk)
    context = {
        "flow": one,
        "zone": zone_of(one.shop.identity),
        "runs": [
            (run, kinds_in_words(run.by_kind), fresh_shortly(run.fresh)) for run in services.runs(one.pk)
        ],
        "not_made": services.why_not_made(one.pk),
        "asked_at": services.asked_at(one.pk),
        "may_repair": one.state != FlowState.STOPPED.value,
    }
    return visit.render("console/reports.html", context)


@page
def report(visit: Visit, pk: int, report: int) -> HttpResponse:
    """Show one reconciliation: what differs, why, and what was done."""
    one, kept = found(pk), _kept(pk, report)
    asked = visit.request.GET
    what = asked.get("what", "")
    what = what if what in set(What) else ""
    context = {
        "flow": one,
        "zone": zone_of(one.shop.identity),
        "report": kept,
        "shown": report_page(kept, what, number_of_page(asked.get("page", ""))),
        "what": what,
        "kept_of_a_kind": KEPT_OF_A_KIND,
        "calls": sum(kept.body.get("calls", {}).values()),
        "counts": kept.body.get("counts", {}),
    }
    return visit.render("console/report.html", context)


@page
def report_file(visit: Visit, pk: int, report: int, form: str) -> HttpResponse:  # noqa: ARG001 - a page's form
    """Hand one reconciliation out as `csv`, `xlsx` or `json`, the last as the command prints it."""
    one, kept = found(pk), _kept(pk, report)
    name = f"{one.name}-{kept.began_at:%Y-%m-%d-%H%M}"
    if form == "json":
        return as_json({"flow": one.name, "report": kept.body}, name)
    return spreadsheet(table_of(kept.body, language(), say), name, form)


@action
def compare(visit: Visit, pk: int) -> HttpResponse:
    """Have a worker compare both sides, and put right what the leading side allows if that was asked."""
    one = found(pk)
    try:
        asked = services.ask_now(one.pk, who=visit.who, repair="repair" in visit.request.POST)
    except BryggaError as refused:
        messages.error(visit.request, say(refused.for_merchant))
    else:
        if asked:
            messages.success(
                visit.request, _("Both sides are being compared. The report comes here when it is done.")
            )
        else:
            messages.info(visit.request, _("Both sides are being compared already."))
    return redirect("console:reports", slug=visit.tenant.slug, pk=one.pk)


@page
def strangers(visit: Visit, pk: int) -> HttpResponse:
    """List what the shop sells that is no article of the ERP."""
    one = found(pk)
    asked = visit.request.GET
    text = asked.get("q", "").strip()[:100]
    context = {
        "flow": one,
        "zone": zone_of(one.shop.identity),
        "listed": list_strangers(one.pk, text, number_of_page(asked.get("page", ""))),
        "text": text,
    }
    return visit.render("console/strangers.html", context)


def _kept(flow: int, report: int) -> ReconcileReport:
    kept = services.find_report(flow, report)
    if kept is None:
        raise Http404
    return kept
