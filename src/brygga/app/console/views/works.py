"""Lists of what travels, a page for each kind: filters, counts, causes and pages of fifty."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from brygga.app.console.access import Visit, page
from brygga.app.console.kinds import PAGES, TO_SHOP, KindPage
from brygga.app.console.queries.causes import causes
from brygga.app.console.queries.works import (
    WARNED,
    Wanted,
    counts_by_state,
    noted_count,
    works_page,
)
from brygga.app.console.views.attention import told
from brygga.app.console.words import STATES, state_name
from brygga.domain.outcome import State
from brygga.domain.refs import Kind

_SHOWN = (State.WAITING, State.UNKNOWN, State.HELD, State.IGNORED, State.DONE)
_GROUPED = {State.HELD.value, State.UNKNOWN.value, State.IGNORED.value}


@page
def orders(visit: Visit) -> HttpResponse:
    """List orders."""
    return _list(visit, Kind.ORDER)


@page
def products(visit: Visit) -> HttpResponse:
    """List products."""
    return _list(visit, Kind.PRODUCT)


@page
def customers(visit: Visit) -> HttpResponse:
    """List customers that were sent without an order."""
    return _list(visit, Kind.CUSTOMER)


@page
def items(visit: Visit) -> HttpResponse:
    """List articles whose price and stock the shop shows."""
    return _list(visit, Kind.ITEM)


@page
def goods(visit: Visit) -> HttpResponse:
    """List products that are made from the ERP's articles."""
    return _list(visit, Kind.GOODS)


@page
def statuses(visit: Visit) -> HttpResponse:
    """List orders of which the ERP has told something."""
    return _list(visit, Kind.STATUS)


def _list(visit: Visit, kind: Kind) -> HttpResponse:
    asked = visit.request.GET
    state = asked.get("state", "")
    if state not in {*STATES, WARNED}:
        state = ""
    flow = asked.get("flow", "")
    grouped = causes([State(state)] if state in _GROUPED else [State.HELD], kind)
    chosen = next((cause for cause in grouped if cause.token == asked.get("cause")), None)
    wanted = Wanted(
        kind,
        state=state,
        text=asked.get("q", "")[:100],
        flow=int(flow) if flow.isascii() and flow.isdigit() and len(flow) < 10 else None,
        cause=chosen.as_filter() if chosen else None,
    )
    found = works_page(wanted, before=asked.get("before", ""), after=asked.get("after", ""))
    counts = counts_by_state(kind)
    context: dict[str, Any] = {
        "kind": PAGES[kind],
        "beside": _beside(visit, kind),
        "works": found.works,
        "wanted": wanted,
        "state": state,
        "chosen": told(chosen) if chosen else None,
        "causes": [told(cause) for cause in grouped],
        "show_causes": state in _GROUPED or (not state and not wanted.text),
        "compact": not state,
        "tabs": _tabs(asked, state, kind, counts),
        "older": _with(asked, before=found.older) if found.older else "",
        "newer": _with(asked, after=found.newer) if found.newer else "",
        "several_flows": len({work.flow_id for work in found.works}) > 1,
    }
    return visit.render("console/works.html", context)


def _beside(visit: Visit, kind: Kind) -> list[KindPage]:
    """Return the lists that a reader may change between, when there are several of one sort."""
    alike = TO_SHOP if kind.to_shop else (Kind.ORDER, Kind.CUSTOMER)
    return [PAGES[one] for one in alike if one in visit.moved or one is kind] if kind in alike else []


def _tabs(asked: QueryDict, state: str, kind: Kind, counts: dict[str, int]) -> list[dict[str, Any]]:
    tabs = [{"name": "", "count": sum(counts.values()), "state": "", "here": not state}]
    tabs += [
        {
            "name": state_name(s.value, kind),
            "count": counts.get(s.value, 0),
            "state": s.value,
            "here": state == s.value,
        }
        for s in _SHOWN
        # A write to the shop is absolute: what became of it is never unknown for long.
        if s is not State.UNKNOWN or not kind.to_shop or counts.get(s.value)
    ]
    noted = noted_count(kind)
    tabs.append({"name": _("With remarks"), "count": noted, "state": WARNED, "here": state == WARNED})
    for tab in tabs:
        tab["query"] = _with(asked, state=str(tab["state"]), cause="")
    return tabs


def _with(asked: QueryDict, **changes: str) -> str:
    """Return the address's query with something changed, and the place in the list forgotten."""
    kept = {name: asked[name] for name in ("q", "state", "flow", "cause") if asked.get(name)}
    return urlencode({name: value for name, value in {**kept, **changes}.items() if value})
