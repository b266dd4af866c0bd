"""`brygga reconcile`: both sides laid beside each other, what differs with its likely cause, and what is done."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brygga.app.commands.output import JsonOption, TenantOption, answer, emit, in_words, said, table, text

if TYPE_CHECKING:
    from brygga.app.store.models import Flow

SHOWN = 30
_SECONDS = 300.0  # of bringing over what was put right, in this process


def reconcile(
    flow: Annotated[str, typer.Option("--flow", help=text("help_flow_name"))] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=text("help_reconcile_dry"))] = False,
    export: Annotated[
        Path | None, typer.Option("--export", exists=True, dir_okay=False, help=text("help_reconcile_export"))
    ] = None,
    export_time: Annotated[
        datetime | None, typer.Option("--export-time", help=text("help_reconcile_export_time"))
    ] = None,
    last: Annotated[bool, typer.Option("--last", help=text("help_reconcile_last"))] = False,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Compare, put right, and say what was found."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import reconciling

        found = the_flow(flow, json_wanted)
        if last:
            kept = reconciling.last(found.pk)
            _show(found, kept.body if kept is not None else None, json_wanted)
            return
        at = export_time.astimezone(UTC) if export_time is not None else None
        report = reconciling.reconcile_flow(found.pk, dry_run=dry_run, export=export, export_at=at)
        if not dry_run and report.total():
            _bring_over(found)
        _show(found, report.as_data(), json_wanted)


def _bring_over(flow: "Flow") -> None:
    """Do what was made due, unless a worker does."""
    from brygga.app.commands.sync import drain_here, worker_lives

    if not worker_lives() and flow.state == "running":
        for lane in (flow.erp_id, flow.shop_id):
            drain_here(lane, _SECONDS)


def _show(flow: "Flow", data: Mapping[str, Any] | None, json_wanted: bool) -> None:
    if json_wanted:
        emit({"flow": flow.name, "report": data})
        return
    if data is None:
        answer(text("reconcile_never", name=flow.name))
        return
    odd = [row for row in data["days"] if not row["agrees"]]
    if odd:
        columns = [text(f"reconcile_{name}") for name in ("day", "expected", "amount", "sent", "amount")]
        rows = [
            [row["day"], row["expected"], _sum(row, "expected_sum"), row["sent"], _sum(row, "sent_sum")]
            for row in odd
        ]
        table(text("reconcile_days"), columns, rows)
    if data["differences"]:
        columns = [text(f"reconcile_{name}") for name in ("difference", "cause", "done")]
        rows = [
            [said(one["message"]), said(one["cause"]), text(f"reconcile_is_{one['done']}")]
            for one in data["differences"][:SHOWN]
        ]
        table(flow.name, columns, rows)
    if data["total"] > SHOWN:
        answer(text("reconcile_more", count=data["total"] - SHOWN))
    for remark in data["remarks"]:
        answer(said(remark))
    for name, at in data["fresh"].items():
        answer(f"{text(f'reconcile_fresh_{name}')}: {at[:16].replace('T', ' ') if at else '-'}")
    answer(
        text(
            "reconcile_sum",
            orders=data["counts"].get("orders", 0),
            items=data["counts"].get("items", 0),
            days=len({row["day"] for row in data["days"]}),
            odd=len(odd),
            total=data["total"],
            calls=sum(data["calls"].values()),
        )
    )


def _sum(row: Mapping[str, Any], name: str) -> str:
    return f"{row[name]} {row['currency']}".strip()
