"""What the buttons of orders and products do: each asks a service and says how it went."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brygga.app.console.access import Visit, action
from brygga.app.console.headlines import ERRANDS, may_help
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
_LONGEST_NUMBER = 50


@action
def retry(visit: Visit, kind: str, pk: int) -> HttpResponse:
    """Try one work again; a test order, or one that a rule left out, is sent all the same."""
    work = found(kind, pk)
    if "retry" not in offers(work):
        done = work.state == State.DONE.value
        messages.info(
            visit.request, _("It is sent already.") if done else _("To try again would not help here.")
        )
    else:
        left_out = work.state == State.IGNORED.value or work.reason_code == "order.test"
        force = (
            left_out and not Kind(work.kind).to_shop
        )  # to the shop it would overwrite what is there by hand
        services.retry([work.pk], who=visit.who, why=_why(visit), force=force)
        messages.success(visit.request, _("It is tried again within moments."))
    return back(visit, work)


@action
def ignore(visit: Visit, kind: str, pk: int) -> HttpResponse:
    """Leave one work out, with the reason a person gives."""
    work = found(kind, pk)
    if not _why(visit):
        return show(visit, work, errors={"ignore_why": _why_needed()})
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
def renumber(visit: Visit, kind: str, pk: int) -> HttpResponse:
    """Send an order under another number, when the ERP has its own number already."""
    work = found(kind, pk)
    if "number" not in offers(work):
        messages.info(visit.request, _("The order's number is not taken any more."))
        return back(visit, work)
    typed = visit.request.POST.get("number", "").strip()
    errors = {}
    if not typed:
        errors["new_number"] = _("Write a number that is free in the ERP.")
    elif len(typed) > _LONGEST_NUMBER:
        errors["new_number"] = _("The number may have at most 50 characters.")
    if not _why(visit):
        errors["new_number_why"] = _why_needed()
    if errors:
        return show(visit, work, typed={"new_number": typed, "new_number_why": _why(visit)}, errors=errors)
    services.edit(work.pk, {"number": typed}, who=visit.who, why=_why(visit))
    messages.success(visit.request, _("Saved. The order is tried again within moments."))
    return back(visit, work)


@action
def release(visit: Visit, kind: str, pk: int) -> HttpResponse:
    """Send an order that was held as another's twin, with the reason a person gives."""
    work = found(kind, pk)
    if "release" not in offers(work):
        messages.info(visit.request, _("The order is not held as a twin any more."))
    elif not _why(visit):
        return show(visit, work, errors={"release_why": _why_needed()})
    else:
        services.release(work.pk, who=visit.who, why=_why(visit))
        messages.success(visit.request, _("It is sent within moments."))
    return back(visit, work)


@action
def done(visit: Visit) -> HttpResponse:
    """Say of some sent orders that what they asked for is done."""
    asked = visit.request.POST
    ids = [int(pk) for pk in asked.getlist("work") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    code = asked.get("code", "")
    orders = list(
        Work.objects.filter(pk__in=ids[:_AT_ONCE]).order_by("sort", "pk").values_list("pk", flat=True)
    )
    if not orders or code not in ERRANDS:
        messages.error(visit.request, _("Tick the orders that are done."))
    else:
        cleared = [pk for pk in orders if services.acknowledge(pk, code, who=visit.who, why=_why(visit))]
        told = ngettext("Done: %(n)s order.", "Done: %(n)s orders.", len(cleared)) % {"n": len(cleared)}
        messages.success(visit.request, told)
    return redirect(_next(visit))


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
    cause = next((one for one in causes([state], kind) if one.token == asked.get("cause")), None)
    if cause is not None and not may_help(cause):
        cause = None
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


def _why_needed() -> str:
    return _("Write why, so that others understand.")


def _why(visit: Visit) -> str:
    return visit.request.POST.get("why", "").strip()[:300]
