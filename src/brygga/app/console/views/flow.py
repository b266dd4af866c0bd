"""The page of one flow: its drawing, start and stop, settings in groups, and their history."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from brygga.app.console.access import Visit, action, form_page, page
from brygga.app.console.forms.flow import FlowForm
from brygga.app.console.forms.groups import Group, concerns, group_of, groups
from brygga.app.console.forms.masters import KEY as MASTERS
from brygga.app.console.forms.masters import MastersForm
from brygga.app.console.forms.settings import SettingsForm
from brygga.app.console.kinds import PAGES
from brygga.app.console.ownership_words import field_name
from brygga.app.console.ownership_words import said as cell_words
from brygga.app.console.presets import preset_words
from brygga.app.console.queries import systems
from brygga.app.console.queries.revisions import history
from brygga.app.console.views.overview import drawings, live, only_news
from brygga.app.console.words import say
from brygga.app.services import flows as services
from brygga.app.services import presets as changing
from brygga.app.services.looking_over import kinds_left
from brygga.app.services.statuses import statuses_of
from brygga.app.store.models.flows import Flow, FlowState
from brygga.connectors.contract.connector import Role
from brygga.domain.errors import SetupWrong
from brygga.domain.refs import Kind
from brygga.flows.presets import PRESETS

_PLACES = {"masters": 0, "how": 2}  # who leads what comes first, what is hardly ever changed last


@page
def flow(visit: Visit, pk: int) -> HttpResponse:
    """Show one flow."""
    return _show(visit, found(pk))


@page
def flow_live(visit: Visit, pk: int) -> HttpResponse:
    """Show the flow's drawing, or nothing if it is as the page has it already."""
    return only_news(visit, "flow", _live_context(found(pk)))


@form_page
def setting(visit: Visit, pk: int, key: str) -> HttpResponse:
    """Show the group a setting is in, and store what is changed in it."""
    one = found(pk)
    group = group_of(key)
    if group is None:
        raise Http404
    if visit.request.method != "POST":
        return _show(visit, one, opened=group.key, at=key)
    if "reset" in visit.request.POST:
        return _reset(visit, one, group, visit.request.POST["reset"])
    now, _revised = history(one.pk)
    form = _form_of(group, now, one, visit.request.POST)
    if not form.is_valid():
        return _show(visit, one, opened=group.key, wrong=form)
    changes = form.changes()
    if changes:
        why = visit.request.POST.get("why", "").strip()[:300]
        also_waiting = "also_waiting" in visit.request.POST
        try:
            services.change_settings(
                one.pk, changes, who=visit.who, why=why, also_waiting=also_waiting, here=False
            )
        except SetupWrong as wrong:
            form.add_error(wrong.setting if wrong.setting in form.fields else None, say(wrong.for_merchant))
            return _show(visit, one, opened=group.key, wrong=form)
        messages.success(visit.request, _("Saved. It holds for what comes in from now on."))
    else:
        messages.info(visit.request, _("Nothing was changed."))
    return redirect(_at(visit, one, key))


@form_page
def preset(visit: Visit, pk: int, preset: int) -> HttpResponse:
    """Show what another preset would change, and change to it when somebody says yes."""
    one = found(pk)
    if preset not in PRESETS or preset == one.preset:
        raise Http404
    if visit.request.method == "POST":
        why = visit.request.POST.get("why", "").strip()[:300]
        try:
            changing.change_preset(one.pk, preset, who=visit.who, why=why, here=False)
        except SetupWrong as wrong:
            messages.error(visit.request, say(wrong.for_merchant))
        else:
            messages.success(visit.request, _("Changed. It holds for what comes in from now on."))
        return redirect("console:flow", slug=visit.tenant.slug, pk=one.pk)
    plan = changing.plan_preset(one.pk, preset)
    context = {
        "flow": one,
        "plan": plan,
        "before": preset_words(PRESETS[plan.before]),
        "after": preset_words(PRESETS[plan.after]),
        "begins": [(PAGES[moved.kind], moved) for moved in plan.begins],
        "ends": [(PAGES[moved.kind], moved) for moved in plan.ends],
        "linked": ", ".join(
            [PAGES[Kind.ORDER].counted(plan.orders), PAGES[Kind.ITEM].counted(plan.articles)]
        ),
        "stays": [PAGES[kind] for kind in plan.stays],
        "led": [(field_name(led.field), cell_words(led.before), cell_words(led.after)) for led in plan.led],
    }
    return visit.render("console/flow_preset.html", context)


@action
def start(visit: Visit, pk: int) -> HttpResponse:
    """Start a flow, or let a paused one go on."""
    one = found(pk)
    try:
        why = visit.request.POST.get("why", "").strip()[:300]
        services.start_flow(one.pk, who=visit.who, why=why, here=False)
    except SetupWrong as wrong:
        messages.error(visit.request, say(wrong.for_merchant))
    else:
        messages.success(visit.request, _("%(name)s is running.") % {"name": one.name})
    return redirect("console:flow", slug=visit.tenant.slug, pk=one.pk)


@action
def stop(visit: Visit, pk: int) -> HttpResponse:
    """Stop a flow."""
    one = found(pk)
    services.stop_flow(one.pk, who=visit.who, why=visit.request.POST.get("why", "").strip()[:300])
    messages.success(visit.request, _("%(name)s is stopped. What comes in waits.") % {"name": one.name})
    return redirect("console:flow", slug=visit.tenant.slug, pk=one.pk)


@page
def choose(visit: Visit) -> HttpResponse:
    """Ask who is to lead in a new flow: each preset with what it brings over, in words."""
    roles = {one.role for one in systems.connections()}
    context = {
        "presets": [preset_words(preset) for preset in PRESETS.values()],
        "ready": roles >= {Role.SHOP.value, Role.ERP.value},
    }
    return visit.render("console/flow_choose.html", context)


@form_page
def new(visit: Visit, preset: int) -> HttpResponse:
    """Make a flow between a shop and an ERP."""
    if preset not in PRESETS:
        raise Http404
    systems_here = systems.connections()
    shops = [one for one in systems_here if one.role == Role.SHOP.value]
    erps = [one for one in systems_here if one.role == Role.ERP.value]
    form = FlowForm(shops, erps, preset, visit.request.POST if visit.request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = services.create_flow(
                form.cleaned_data["name"],
                shop=int(form.cleaned_data["shop"]),
                erp=int(form.cleaned_data["erp"]),
                who=visit.who,
                preset=preset,
                changed=form.settings,
            )
        except SetupWrong as wrong:
            form.add_error(wrong.setting if wrong.setting in form.fields else None, say(wrong.for_merchant))
        else:
            messages.success(visit.request, _("The flow is made. Look through its settings, then start it."))
            return redirect("console:flow", slug=visit.tenant.slug, pk=made.id)
    context = {"form": form, "ready": bool(shops and erps), "preset": preset_words(PRESETS[preset])}
    return visit.render("console/flow_new.html", context, status=422 if form.errors else 200)


def found(pk: int) -> Flow:
    """Return a flow of the tenant in scope. Raises Http404."""
    one = next(iter(systems.flows(pk)), None)
    if one is None:
        raise Http404
    return one


def _live_context(one: Flow) -> dict[str, Any]:
    return {"drawing": drawings([one])[0], "live_url": "console:flow_live", "live_args": one.pk}


def _show(
    visit: Visit,
    one: Flow,
    *,
    opened: str = "",
    at: str = "",
    wrong: SettingsForm | MastersForm | None = None,
) -> HttpResponse:
    now, revised = history(one.pk, one.preset)
    shown = [
        {
            "group": group,
            "form": wrong if wrong is not None and group.key == opened else _form_of(group, now, one),
            "open": group.key == opened,
            "changed": sum(key in now for key in group.settings),
        }
        for group in sorted(groups(), key=lambda group: _PLACES.get(group.key, 1))
        if any(key in now for key in group.settings) or concerns(group, one.preset)
    ]
    moving = _live_context(one)
    context = {
        "flow": one,
        "running": one.state == FlowState.RUNNING.value,
        "paused": one.state == FlowState.PAUSED.value,
        "groups": shown,
        "preset": preset_words(PRESETS[one.preset]),
        "other_presets": [preset_words(other) for other in PRESETS.values() if other.number != one.preset],
        "history": revised,
        "notices": systems.notices(flow=one.pk),
        "at": at,
        "makes_goods": PRESETS[one.preset].moves(Kind.GOODS),
        "to_shop": any(movement.kind.to_shop for movement in PRESETS[one.preset].movements),
        "range_waits": bool(kinds_left(one.pk)),
        **moving,
        **live(visit, "flow", moving),
    }
    return visit.render("console/flow.html", context, status=422 if wrong is not None else 200)


def _form_of(
    group: Group, now: Mapping[str, Any], one: Flow, data: QueryDict | None = None
) -> SettingsForm | MastersForm:
    if group.settings == [MASTERS]:
        return MastersForm(now.get(MASTERS, {}), one.preset, data)
    return SettingsForm(group.settings, now, data, preset=one.preset, statuses=statuses_of(one.shop))


def _reset(visit: Visit, one: Flow, group: Group, key: str) -> HttpResponse:
    if key not in group.settings:
        raise Http404
    services.change_settings(one.pk, {key: None}, who=visit.who, here=False)
    messages.success(visit.request, _("Back to the default."))
    return redirect(_at(visit, one, key))


def _at(visit: Visit, one: Flow, key: str) -> str:
    return f"{reverse('console:setting', args=(visit.tenant.slug, one.pk, key))}#field-{key}"
