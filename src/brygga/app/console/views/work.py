"""One record: where it stands, what is known of it, its journal, and what can be done."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from brygga.app.console.access import Visit, owner_page, page
from brygga.app.console.bodies import readable
from brygga.app.console.headlines import BY_ANSWER, BY_ITSELF, BY_SETTING, headline_of, setting_of
from brygga.app.console.kinds import PAGES
from brygga.app.console.queries import detail
from brygga.app.console.queries.tasks import tell
from brygga.app.console.words import zone_of
from brygga.app.services.items import item_story
from brygga.app.services.members import goods_story
from brygga.app.services.tasks import tasks_of
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


@page
def customer(visit: Visit, pk: int) -> HttpResponse:
    """Show one customer."""
    return show(visit, found(Kind.CUSTOMER, pk))


@page
def item(visit: Visit, pk: int) -> HttpResponse:
    """Show one article's price and stock in the shop."""
    return show(visit, found(Kind.ITEM, pk))


@page
def goods(visit: Visit, pk: int) -> HttpResponse:
    """Show one product that is made from the ERP's articles."""
    return show(visit, found(Kind.GOODS, pk))


@page
def status(visit: Visit, pk: int) -> HttpResponse:
    """Show what the ERP has told of one order."""
    return show(visit, found(Kind.STATUS, pk))


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
    status = detail.status_of(work)
    journals = detail.journals(*(one for one in (work, status) if one is not None))
    lines = journals[work.pk]
    facts = (work.reason or {}).get("facts", {})
    remarks = remarks_of(work)
    questions = tasks_of(work)
    asked = any(one.is_open for one in questions)
    settles = work.state == State.HELD.value or work.reason_code in BY_SETTING
    context: dict[str, Any] = {
        "work": work,
        "kind": PAGES[Kind(work.kind)],
        "remarks": remarks,
        "tasks": tell(questions),
        "errands": {one.message.code: headline_of(one.message.code) for one in remarks if one.is_open},
        "zone": zone_of(work.flow.shop.identity),
        "offers": offers(work, asked=asked),
        "by_itself": work.state == State.HELD.value and work.reason_code in BY_ITSELF,
        "setting_first": work.reason_code in BY_SETTING,
        "taken": work.reason_code.partition(".")[2] in _TAKEN_REASONS,
        "setting": setting_of(work.reason_code, facts) if settles else "",
        "attempts": detail.attempts(lines),
        "status": status,
        "status_attempts": detail.attempts(journals[status.pk]) if status is not None else [],
        "calculation": detail.calculation(lines),
        "typed": typed or {"number": _existing(work)},
        "errors": errors or {},
    }
    context |= _known_of(work)
    return visit.render("console/work.html", context, status=422 if errors else 200)


def _known_of(work: Work) -> dict[str, Any]:
    """Return what is known of a record besides its own journal: what its ERP has told, by its kind."""
    if work.kind == Kind.ITEM.value:
        return {"item": item_story(work)}
    if work.kind == Kind.GOODS.value:
        return {"goods": goods_story(work)}
    if work.kind == Kind.STATUS.value:
        return {"told": detail.told(work.flow.erp_id, work.source_ref), "own_order": detail.order_of(work)}
    if work.kind == Kind.ORDER.value and work.target_ref:
        return {"told": detail.told(work.flow.erp_id, work.target_ref)}
    return {}


def _existing(work: Work) -> str:
    """Return the number that the ERP says the order has there already."""
    told = str((work.reason or {}).get("facts", {}).get("existing", ""))
    return "" if told == "-" else told


def offers(work: Work, *, asked: bool | None = None) -> frozenset[str]:
    """Return what a person may do with a work where it stands; `asked` says that a question of it is open.

    To try again is offered only where it can help: not while the same question waits for its answer,
    nor where only the ERP can tell something new.
    """
    if work.state == State.DONE.value:
        return frozenset()
    held = work.state == State.HELD.value
    found = {"release"} if held and work.reason_code == _TWIN else {"retry"}
    if held and work.reason_code in BY_ITSELF:
        found = set()
    if held and work.reason_code in BY_ANSWER:
        asked = any(one.is_open for one in tasks_of(work)) if asked is None else asked
        found = set() if asked else found
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
