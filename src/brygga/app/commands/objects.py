"""Records as people know them: `orders`, `products`, `journal`, and what is done by hand."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from brygga.app.commands.lookup import the_work
from brygga.app.commands.output import (
    USAGE,
    JsonOption,
    TenantOption,
    answer,
    emit,
    fail,
    said,
    show,
    table,
    text,
)

if TYPE_CHECKING:
    from brygga.app.services.lists import JournalLine, Page, WorkRow

StateOption = Annotated[str, typer.Option("--state", help=text("help_state"))]
ReasonOption = Annotated[str, typer.Option("--reason", help=text("help_reason"))]
SearchOption = Annotated[str, typer.Option("--search", help=text("help_search"))]
PageOption = Annotated[int, typer.Option("--page", min=1, help=text("help_page"))]
SizeOption = Annotated[int, typer.Option("--size", min=1, max=5000, help=text("help_size"))]
FlowOption = Annotated[str, typer.Option("--flow", help=text("help_flow_name"))]
OrderArgument = Annotated[str, typer.Argument(help=text("help_order"), show_default=False)]

_COLUMNS = ("number", "state", "erp", "reason", "settled")


def orders(
    state: StateOption = "",
    reason: ReasonOption = "",
    search: SearchOption = "",
    flow: FlowOption = "",
    page: PageOption = 1,
    size: SizeOption = 50,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """List orders, newest first."""
    _list("orders", state, reason, search, flow, (page, size), tenant, json_wanted)


def products(
    state: StateOption = "",
    reason: ReasonOption = "",
    search: SearchOption = "",
    flow: FlowOption = "",
    page: PageOption = 1,
    size: SizeOption = 50,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """List products, newest first."""
    _list("products", state, reason, search, flow, (page, size), tenant, json_wanted)


def _list(
    what: str,
    state: str,
    reason: str,
    search: str,
    flow: str,
    part: tuple[int, int],
    tenant: str,
    json_wanted: bool,
) -> None:
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work
    from brygga.domain.outcome import State

    if state and state not in list(State):
        fail(text("no_state", state=state, states=", ".join(State)), code=USAGE, json_wanted=json_wanted)
    with at_work(tenant):
        from brygga.app.services import lists

        only = the_flow(flow, json_wanted).pk if flow else None
        filters = lists.Filters(state=state, reason_code=reason, flow=only, text=search)
        found: Page = getattr(lists, what)(filters, *part)
    if json_wanted:
        emit([row_data(row) for row in found.rows])
        return
    columns = [text(f"col_{name}") for name in _COLUMNS]
    rows = [
        [
            row.key,
            text(f"state_{row.state}"),
            row.target_key,
            said(row.reason),
            f"{row.settled_at:%Y-%m-%d %H:%M}" if row.settled_at else "",
        ]
        for row in found.rows
    ]
    table("", columns, rows)
    if found.more:
        answer(text("more_pages", page=found.page + 1))


def row_data(row: "WorkRow") -> dict[str, Any]:
    """Return one line of a list as plain data."""
    return {
        "id": row.source_ref,
        "number": row.key,
        "kind": row.kind,
        "flow": row.flow_name,
        "state": row.state,
        "reason": row.reason.code if row.reason else "",
        "sentence": said(row.reason),
        "facts": dict(row.reason.facts) if row.reason else {},
        "warnings": [{"reason": w.code, "sentence": said(w)} for w in row.warnings],
        "erp_number": row.target_key,
        "attempt": row.attempt,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "first_seen_at": row.first_seen_at.isoformat(),
        "settled_at": row.settled_at.isoformat() if row.settled_at else None,
    }


def journal(
    order: OrderArgument,
    raw: Annotated[bool, typer.Option("--raw", help=text("help_raw"))] = False,
    flow: FlowOption = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Tell the story of one order or product."""
    from brygga.app.commands.session import at_work

    with at_work(tenant):
        from brygga.app.services import lists

        detail = lists.order_detail(the_work(order, flow, json_wanted).id, raw=raw)
    data = {
        **row_data(detail.row),
        "edits": detail.edits,
        "unsettled": list(detail.unsettled),
        "links": [list(link) for link in detail.links],
        "journal": [_line_data(line) for line in detail.journal],
    }

    def for_people() -> None:
        answer(f"{detail.row.key}: {text(f'state_{detail.row.state}')}. {said(detail.row.reason)}")
        for warning in detail.row.warnings:
            answer(f"  {said(warning)}")
        rows = [[f"{line.at:%Y-%m-%d %H:%M:%S}", line.step, said(line.message)] for line in detail.journal]
        table("", [text("col_time"), text("col_step"), text("col_what")], rows)
        for line in detail.journal:
            if line.exchange is not None:
                _print_exchange(line)

    show(data, json_wanted, for_people)


def _line_data(line: "JournalLine") -> dict[str, Any]:
    data: dict[str, Any] = {
        "at": line.at.isoformat(),
        "step": line.step,
        "code": line.message.code,
        "sentence": said(line.message),
        "data": line.data,
    }
    if line.exchange is not None:
        kept = line.exchange
        data["exchange"] = {
            "method": kept.method,
            "url": kept.url,
            "request": _readable(kept.request),
            "status": kept.status,
            "answer": _readable(kept.answer),
            "seconds": round(kept.seconds, 3),
            "fault": kept.fault,
        }
    return data


def _print_exchange(line: "JournalLine") -> None:
    kept = line.exchange
    assert kept is not None
    answer(f"\n{line.at:%H:%M:%S} {kept.method} {kept.url}")
    if kept.request:
        answer(_readable(kept.request))
    answer(f"→ {kept.status or kept.fault} ({kept.seconds:.3f} s)")
    answer(_readable(kept.answer))


def _readable(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("iso-8859-1")
