"""What the buttons of orders and products do: each asks a service and says how it went."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brygga.app.console.access import Visit, action
from brygga.app.console.queries.causes import causes
from brygga.app.console.views.work import back, found, offers, show
from brygga.app.console.words import say
from brygga.app.services import works as services
from brygga.app.store.models.works import Work
from brygga.domain.errors import RecordRejected
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.flows.orders.numbers import NumberKind, read_swedish_number

_AT_ONCE = 500
_TWIN = "order.twin"


@action
def retry(visit: Visit, kind: str, pk: int) -> HttpResponse:
    """Try one work again; an order held as a twin or test, or left out by a rule, is sent all the same."""
    work = found(kind, pk)
    if "retry" not in offers(work):
        messages.info(visit.request, _("It is sent already."))
    elif work.reason_code == _TWIN:
        services.release(work.pk, who=visit.who, why=_why(visit))
        messages.success(visit.request, _("It is sent within moments."))
    else:
        force = work.state == State.IGNORED.value or work.reason_code == "order.test"
        services.retry([work.pk], who=visit.who, why=_why(visit), force=force)
        messages.success(visit.request, _("It is tried again within moments."))
    return back(visit, work)


@action
def ignore(visit: Visit, kind: str, pk: int) -> HttpResponse:
    """Leave one work out, with the reason a person gives."""
    work = found(kind, pk)
    if not _why(visit):
        return show(visit, work, errors={"why": _("Write why, so that others understand.")})
    try:
        services.ignore(work.pk, who=visit.who, why=_why(visit))
    except RecordRejected as refused:
        messages.error(visit.request, say(refused.for_merchant))
    else:
        messages.success(visit.request, _("It is not sent. You can change your mind here."))
    return back(visit, work)


@action
def edit(visit: Visit, kind: str, pk: int) -> HttpResponse:
    """Take an organisation number for one order and send it."""
    work = found(kind, pk)
    typed = visit.request.POST.get("organisation_no", "").strip()
    number = read_swedish_number(typed)
    if number.kind is NumberKind.INVALID:
        complaint = _("The number is not right: check the ten digits.")
        return show(visit, work, typed={"organisation_no": typed}, errors={"organisation_no": complaint})
    services.edit(work.pk, {"organisation_no": number.digits}, who=visit.who, why=_why(visit))
    messages.success(visit.request, _("Saved. The order is tried again within moments."))
    return back(visit, work)


@action
def link(visit: Visit, kind: str, pk: int) -> HttpResponse:
    """Say that an order is in the ERP already, under a number."""
    work = found(kind, pk)
    typed = visit.request.POST.get("number", "").strip()
    if not typed or len(typed) > 100:
        return show(visit, work, errors={"number": _("Write the order's number in the ERP.")})
    try:
        services.link_by_hand(work.pk, typed, who=visit.who, why=_why(visit))
    except RecordRejected as refused:
        return show(visit, work, typed={"number": typed}, errors={"number": say(refused.for_merchant)})
    messages.success(visit.request, _("Linked to %(number)s.") % {"number": typed})
    return back(visit, work)


@action
def retry_cause(visit: Visit) -> HttpResponse:
    """Try everything again that one cause has stopped."""
    asked = visit.request.POST
    try:
        kind, state = Kind(asked.get("kind", "")), State(asked.get("state", ""))
    except ValueError:
        kind, state = Kind.ORDER, State.HELD
    states = [state] if state in {State.HELD, State.UNKNOWN, State.WAITING} else [State.HELD]
    cause = next((one for one in causes(states, kind) if one.token == asked.get("cause")), None)
    if cause is None:
        messages.info(visit.request, _("Nothing is stopped by that cause any more."))
    else:
        ids = list(Work.objects.filter(cause.as_filter()).order_by("sort", "pk").values_list("pk", flat=True))
        for start in range(0, len(ids), _AT_ONCE):
            services.retry(ids[start : start + _AT_ONCE], who=visit.who)
        done = ngettext("%(n)s is tried again.", "%(n)s are tried again.", len(ids)) % {"n": len(ids)}
        messages.success(visit.request, done)
    return redirect(_next(visit))


def _next(visit: Visit) -> str:
    wanted = visit.request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {visit.request.get_host()}, visit.request.is_secure()):
        return wanted
    return reverse("console:attention", args=(visit.tenant.slug,))


def _why(visit: Visit) -> str:
    return visit.request.POST.get("why", "").strip()[:300]
