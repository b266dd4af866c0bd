"""One order or product: where it stands, the calculation, its journal, and what can be done."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from brygga.app.console.access import Visit, owner_page, page
from brygga.app.console.bodies import readable
from brygga.app.console.headlines import headline_of, setting_of
from brygga.app.console.queries import detail
from brygga.app.console.words import zone_of
from brygga.app.store.models.works import Work
from brygga.app.store.remarks import remarks_of
from brygga.domain.outcome import State
from brygga.domain.refs import Kind

_NUMBER_REASONS = frozenset({"customer.company_without_number", "customer.bad_number"})
_TAKEN_REASONS = frozenset({"duplicate_order", "number_taken"})
_TWIN = "order.twin"


@page
def order(visit: Visit, pk: int) -> HttpResponse:
    """Show one order."""
    return show(visit, found(Kind.ORDER, pk))


@page
def product(visit: Visit, pk: int) -> HttpResponse:
    """Show one product."""
    return show(visit, found(Kind.PRODUCT, pk))


def found(kind: str, pk: int) -> Work:
    """Return a work of the tenant in scope. Raises Http404."""
    try:
        work = detail.work(Kind(kind), pk)
    except ValueError:
        work = None
    if work is None:
        raise Http404
    return work


def show(
    visit: Visit,
    work: Work,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Render a work's page; `errors` by field when something typed was not accepted."""
    lines = detail.journal(work)
    facts = (work.reason or {}).get("facts", {})
    remarks = remarks_of(work)
    context: dict[str, Any] = {
        "work": work,
        "remarks": remarks,
        "errands": {one.message.code: headline_of(one.message.code) for one in remarks if one.is_open},
        "zone": zone_of(work.flow.shop.identity),
        "offers": offers(work),
        "taken": work.reason_code.partition(".")[2] in _TAKEN_REASONS,
        "setting": setting_of(work.reason_code, facts) if work.state == State.HELD.value else "",
        "attempts": detail.attempts(lines),
        "calculation": detail.calculation(lines),
        "typed": typed or {"number": _existing(work)},
        "errors": errors or {},
    }
    return visit.render("console/work.html", context, status=422 if errors else 200)


def _existing(work: Work) -> str:
    """Return the number that the ERP says the order has there already."""
    told = str((work.reason or {}).get("facts", {}).get("existing", ""))
    return "" if told == "-" else told


def offers(work: Work) -> frozenset[str]:
    """Return what a person may do with a work where it stands."""
    if work.state == State.DONE.value:
        return frozenset()
    held = work.state == State.HELD.value
    found = {"release"} if held and work.reason_code == _TWIN else {"retry"}
    if work.reason_code in _NUMBER_REASONS:
        found.add("organisation_no")
    if held and work.reason_code.endswith(".duplicate_order"):
        found.add("number")
    if work.kind == Kind.ORDER.value and work.state in {State.HELD.value, State.UNKNOWN.value}:
        found.add("link")
    if work.state in {State.HELD.value, State.WAITING.value}:
        found.add("ignore")
    return frozenset(found)


@owner_page
def raw(visit: Visit, kind: str, pk: int, line: int) -> HttpResponse:
    """Show the raw exchange behind a line: a page, or for htmx a part of the order's page."""
    work = found(kind, pk)
    kept = detail.exchange(work.pk, line)
    if kept is None:
        raise Http404
    entry, exchange = kept
    context = {
        "line": entry,
        "exchange": exchange,
        "request_body": readable(exchange.request) if exchange else "",
        "answer_body": readable(exchange.answer) if exchange else "",
        "back": address(visit, work),
    }
    if visit.request.headers.get("HX-Request"):
        return visit.render_part("console/parts/exchange.html", context)
    return visit.render("console/raw.html", context)


def address(visit: Visit, work: Work) -> str:
    """Return the address of a work's page."""
    return reverse(f"console:{work.kind}", args=(visit.tenant.slug, work.pk))


def back(visit: Visit, work: Work) -> HttpResponse:
    """Go back to a work's page."""
    return redirect(address(visit, work))
