"""The grouping of articles that a merchant uploads: what is there, what a file would change, and the taking of it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brygga.app.console.access import Visit, form_page, page
from brygga.app.console.files import spreadsheet
from brygga.app.console.views.flow import found
from brygga.app.console.words import number, number_of_page, say
from brygga.app.services import goods
from brygga.app.services.grouping import GroupingPlan, download, mark_of, plan_grouping, uploaded
from brygga.app.services.tables import LARGEST, rows_of_file
from brygga.app.store.models.flows import Flow, FlowState
from brygga.domain.errors import BryggaError
from brygga.domain.message import message
from brygga.domain.refs import Kind
from brygga.flows.presets import PRESETS

FAULTS = 100  # shown of what is wrong in a file
SAMPLE = 5  # rows shown as they are understood
_CARRIED = 4_000_000  # characters of a file that a form can carry from the plan to the taking
_GOOD_FOR = 24 * 3600  # seconds


@form_page
def grouping(visit: Visit, pk: int) -> HttpResponse:
    """Show what is uploaded; posted with a file, what it would change; posted with a plan, take it."""
    one = found(pk)
    if not PRESETS[one.preset].moves(Kind.GOODS):
        return visit.render(
            "console/grouping.html", {"flow": one, "needless": say(message("goods.not_known"))}
        )
    if visit.request.method != "POST":
        return _show(visit, one)
    if "plan" in visit.request.POST:
        return _take(visit, one, visit.request.POST["plan"])
    file = visit.request.FILES.get("file")
    if file is None or file.size is None:
        return _show(visit, one, error=_("Choose a file."))
    name = str(file.name or "")[:100]
    try:
        # One byte more than is allowed shows that it is too much; no more is read.
        rows = rows_of_file(name, file.read(LARGEST + 1))
        plan = plan_grouping(one.pk, rows)
    except BryggaError as refused:
        return _show(visit, one, error=say(refused.for_merchant))
    return _show(visit, one, plan=plan, file=name)


@page
def grouping_file(visit: Visit, pk: int, form: str) -> HttpResponse:  # noqa: ARG001 - a page's form
    """Hand out what is uploaded now, as a file that can be uploaded again."""
    one = found(pk)
    rows = download(one.pk, _("Article number"), _("Group"))
    return spreadsheet(rows, f"{one.name}-{_('grouping')}", form)


def _take(visit: Visit, one: Flow, given: str) -> HttpResponse:
    try:
        kept = signing.loads(given, salt=_salt(one), max_age=_GOOD_FOR)
    except signing.BadSignature:
        return _show(visit, one, error=_("The plan is too old. Choose the file once more."))
    if kept["mark"] != mark_of(one.pk):
        messages.info(
            visit.request,
            _("Somebody has uploaded another grouping meanwhile. This is what would change now."),
        )
        return _show(visit, one, plan=plan_grouping(one.pk, kept["rows"]), file=kept["file"])
    taken = goods.upload_groups(one.pk, kept["rows"], who=visit.who, here=False)
    told = ngettext("Taken: %(n)s article.", "Taken: %(n)s articles.", taken.kept) % {"n": number(taken.kept)}
    after = (
        _("The products follow when the flow is started.")
        if one.state == FlowState.STOPPED.value
        else _("The products are looked through in the background.")
    )
    messages.success(visit.request, f"{told} {after}")
    return redirect("console:grouping", slug=visit.tenant.slug, pk=one.pk)


def _show(
    visit: Visit, one: Flow, *, plan: GroupingPlan | None = None, file: str = "", error: str = ""
) -> HttpResponse:
    asked = visit.request.GET
    text = asked.get("q", "").strip()[:100]
    context: dict[str, Any] = {
        "flow": one,
        "error": error,
        "text": text,
        "largest": LARGEST // (1024 * 1024),
        "stopped": one.state == FlowState.STOPPED.value,
    }
    if plan is None:
        context["uploaded"] = uploaded(one.pk, text, number_of_page(asked.get("page", "")))
    else:
        context |= _planned(one, plan, file)
    return visit.render("console/grouping.html", context, status=422 if error else 200)


def _planned(one: Flow, plan: GroupingPlan, file: str) -> Mapping[str, Any]:
    """Return a plan for the page, and the file as it is understood, signed, for the form that takes it."""
    table = list(plan.reading.table())
    carried = signing.dumps({"rows": table, "mark": plan.mark, "file": file}, salt=_salt(one), compress=True)
    faults = plan.reading.faults
    return {
        "plan": plan,
        "file": file,
        "table": table[: SAMPLE + 1],
        "groups": len({row.group for row in plan.reading.rows.values()}),
        "faults": faults[:FAULTS],
        "fault_count": len(faults),
        "left_out": sum(not fault.kept for fault in faults),
        "carried": carried if len(carried) <= _CARRIED else "",
    }


def _salt(one: Flow) -> str:
    return f"brygga.grouping.{one.tenant_id}.{one.pk}"
