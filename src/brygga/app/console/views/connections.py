"""Connections: the list, one of them, made with a real call first, checked again, paused."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from brygga.app.console.access import Visit, action, form_page, page
from brygga.app.console.drawing import health_of
from brygga.app.console.forms.connection import ConnectionForm
from brygga.app.console.queries import systems
from brygga.app.console.words import say
from brygga.app.services import connecting
from brygga.app.store.models.connections import Connection
from brygga.connectors.contract.connector import Assumption, Connector
from brygga.connectors.registry import connectors
from brygga.domain.errors import BryggaError, ConnectionBroken, SetupWrong, TryLater


@page
def connections(visit: Visit) -> HttpResponse:
    """List the connections with state and identity, and the systems that can be connected."""
    listed = [
        {"connection": one, "health": health_of(one), "assumptions": _assumptions(one)}
        for one in systems.connections()
    ]
    return visit.render("console/connections.html", {"listed": listed, "available": connecting.available()})


@form_page
def new(visit: Visit, key: str = "") -> HttpResponse:
    """Ask for a connector's fields, call the system, show who answered, and keep it when that is right."""
    if not key:
        return visit.render("console/connection_choose.html", {"available": connecting.available()})
    card = _card(key)
    asked = visit.request.POST if visit.request.method == "POST" else None
    form = ConnectionForm(card, asked, use_required_attribute=True)
    if asked is not None and form.is_valid():
        given = {**form.settings, **form.secrets}
        try:
            if "confirmed" in asked:
                made = connecting.connect(key, form.cleaned_data["name"], given, who=visit.who)
                messages.success(visit.request, _("%(name)s is connected.") % {"name": made.name})
                return redirect("console:connection", slug=visit.tenant.slug, pk=made.id)
            examined = connecting.examine(key, given)
        except (SetupWrong, ConnectionBroken, TryLater) as error:
            refuse(form, error)
        else:
            context = {"card": card, "form": form, "identity": examined.identity}
            return visit.render("console/connection_confirm.html", context)
    status = 422 if form.errors else 200
    return visit.render("console/connection_new.html", {"card": card, "form": form}, status=status)


@form_page
def connection(visit: Visit, pk: int) -> HttpResponse:
    """Show one connection; posted, check it again with what was typed."""
    one = found(pk)
    card = connectors().get(one.connector)
    if card is None:
        form = None
    else:
        posted = visit.request.POST if visit.request.method == "POST" else None
        form = ConnectionForm(card, posted, given=one.settings)
        if posted is not None and form.is_valid():
            answer = _recheck_with(visit, one, form)
            if answer is not None:
                return answer
    context: dict[str, Any] = {
        "connection": one,
        "card": card,
        "health": health_of(one),
        "form": form,
        "assumptions": _assumptions(one),
        "notices": systems.notices(connection=one.pk),
        "is_local": connecting.public_address_is_local(),
    }
    return visit.render(
        "console/connection.html", context, status=422 if form is not None and form.errors else 200
    )


@action
def recheck(visit: Visit, pk: int) -> HttpResponse:
    """Check a connection with what it has; it goes on when it works."""
    one = found(pk)
    confirmed = "confirm_other" in visit.request.POST
    try:
        checked = connecting.recheck(one.pk, who=visit.who, confirm_other=confirmed)
    except BryggaError as error:
        messages.error(visit.request, say(error.for_merchant))
    else:
        _say_checked(visit, checked)
    return redirect("console:connection", slug=visit.tenant.slug, pk=one.pk)


@action
def pause(visit: Visit, pk: int) -> HttpResponse:
    """Pause a connection by hand."""
    one = found(pk)
    connecting.pause(one.pk, who=visit.who, why=visit.request.POST.get("why", "").strip()[:300])
    messages.success(visit.request, _("%(name)s is paused. What comes in waits.") % {"name": one.name})
    return redirect("console:connection", slug=visit.tenant.slug, pk=one.pk)


def found(pk: int) -> Connection:
    """Return a connection of the tenant in scope. Raises Http404."""
    one = Connection.objects.defer("secrets", "door_token", "door_secret").filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


def refuse(form: ConnectionForm, error: BryggaError) -> None:
    """Put an error beside the field it is about, or above the form."""
    field = error.setting if isinstance(error, SetupWrong) else ""
    form.add_error(field if field in form.fields else None, say(error.for_merchant))


def _recheck_with(visit: Visit, one: Connection, form: ConnectionForm) -> HttpResponse | None:
    try:
        checked = connecting.recheck(one.pk, who=visit.who, given={**form.settings, **form.secrets})
    except BryggaError as error:
        refuse(form, error)
        return None
    _say_checked(visit, checked)
    return redirect("console:connection", slug=visit.tenant.slug, pk=one.pk)


def _say_checked(visit: Visit, checked: connecting.Connected) -> None:
    if checked.same_system:
        messages.success(visit.request, _("%(name)s answers as it should.") % {"name": checked.name})
    else:
        messages.error(visit.request, _("Another system than before answers. See below."))


def _card(key: str) -> Connector:
    card = connectors().get(key)
    if card is None:
        raise Http404
    return card


def _assumptions(one: Connection) -> list[Assumption]:
    card = connectors().get(one.connector)
    if card is None:
        return []
    try:
        return list(card.assumptions(one.settings, one.dialect))
    except BryggaError:
        return []
