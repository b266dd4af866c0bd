"""`brygga first-sync`: the plan of a first synchronisation, shown and kept; then exactly that is done."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brygga.app.commands.output import (
    JsonOption,
    TenantOption,
    answer,
    emit,
    in_words,
    progress,
    table,
    tell,
    text,
)

if TYPE_CHECKING:
    from brygga.app.services.first_sync import Standing
    from brygga.app.store.models import Flow
    from brygga.flows.first_sync.rows import Row

app = typer.Typer(no_args_is_help=True, help=text("help_first_sync"))

FlowOption = Annotated[str, typer.Option("--flow", help=text("help_flow_name"))]
SaveOption = Annotated[Path | None, typer.Option("--save", dir_okay=False, help=text("help_first_sync_save"))]
_MOST_UNDER_WAY = 500  # works woken and not yet brought over, before the next part waits
_STRETCH = 60.0
_PAUSE = 0.5
_PATIENCE = 60.0  # seconds in which a worker has brought over nothing


@app.command("plan", help=text("help_first_sync_plan"))
def plan(
    flow: FlowOption = "",
    export: Annotated[
        Path | None, typer.Option("--export", exists=True, dir_okay=False, help=text("help_reconcile_export"))
    ] = None,
    export_time: Annotated[
        datetime | None, typer.Option("--export-time", help=text("help_reconcile_export_time"))
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option("--pairs", exists=True, dir_okay=False, help=text("help_first_sync_pairs"))
    ] = None,
    save: SaveOption = None,
    again: Annotated[bool, typer.Option("--again", help=text("help_first_sync_again"))] = False,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Make the plan and show it."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work, who

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import first_sync

        found = the_flow(flow, json_wanted)
        at = export_time.astimezone(UTC) if export_time is not None else None
        made = first_sync.plan(found.pk, who=who(), export=export, export_at=at, pairs=pairs, again=again)
        _save(found, save)
        _show(found, made, json_wanted)


@app.command("run", help=text("help_first_sync_run"))
def run(
    flow: FlowOption = "",
    pace: Annotated[int, typer.Option("--pace", min=0, help=text("help_first_sync_pace"))] = 0,
    save: SaveOption = None,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Carry the plan out, bring over what it wakes, and compare afterwards."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work, who

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import first_sync, reconciling

        found = the_flow(flow, json_wanted)
        began = time.monotonic()
        with progress(json_wanted) as shown:

            def after_part(done: int, left: int) -> bool:
                minutes = max(time.monotonic() - began, 0.001) / 60
                if pace:
                    time.sleep(max(0.0, (done / pace - minutes) * 60))
                _bring_over(found, _MOST_UNDER_WAY)
                minutes = max(time.monotonic() - began, 0.001) / 60
                rate = done / minutes
                told = {"done": done, "rate": round(rate), "left": left, "minutes": round(left / rate)}
                shown(text("first_sync_progress", **told), done, done + left)
                return True

            stands = first_sync.run(found.pk, who=who(), after_part=after_part)
            _bring_over(found, 0)
        stands = first_sync.standing(found.pk)
        compared = reconciling.reconcile_flow(found.pk, dry_run=True)
        _save(found, save)
        _show(found, stands, json_wanted, compared=compared.total())


@app.command("status", help=text("help_first_sync_status"))
def status(
    flow: FlowOption = "",
    save: SaveOption = None,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Say how far the plan has come."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import first_sync

        found = the_flow(flow, json_wanted)
        stands = first_sync.standing(found.pk)
        _save(found, save)
        _show(found, stands, json_wanted)


def _bring_over(flow: "Flow", most: int) -> None:
    """Let at most so many works wait: a worker brings them over, or this process does.

    What waits for its time, or for a system that is away, is left to the clock.
    """
    from brygga.app.commands.sync import drain_here, worker_lives
    from brygga.app.services import first_sync

    left = first_sync.works_left(flow.pk)
    moved_at = time.monotonic()
    while left > most:
        beside = worker_lives()
        if beside:
            time.sleep(_PAUSE)
        else:
            for lane in (flow.erp_id, flow.shop_id):
                drain_here(lane, _STRETCH)
        before, left = left, first_sync.works_left(flow.pk)
        if left != before:
            moved_at = time.monotonic()
        elif not beside or time.monotonic() - moved_at > _PATIENCE:
            return


def _save(flow: "Flow", path: Path | None) -> None:
    from brygga.app.services import first_sync

    if path is not None:
        tell(text("first_sync_saved", count=first_sync.save(flow.pk, path), file=path.name))


def _show(flow: "Flow", stands: "Standing", json_wanted: bool, *, compared: int | None = None) -> None:
    if json_wanted:
        emit({"flow": flow.name, **stands.as_data(), "differences": compared})
        return
    columns = [text(f"first_sync_{name}") for name in ("list", "action", "result", "count")]
    rows = [
        [
            text(f"first_sync_verdict_{verdict}"),
            text(f"first_sync_action_{action}"),
            text(f"first_sync_result_{result or 'left'}"),
            count,
        ]
        for verdict, action, result, count in stands.counts
    ]
    table(flow.name, columns, rows)
    for verdict, examples in stands.examples.items():
        if examples:
            _examples(text(f"first_sync_verdict_{verdict}"), examples)
    if stands.changed:
        _examples(text("first_sync_result_changed"), stands.changed)
    everything = stands.done + stands.left
    answer(text("first_sync_stands", done=stands.done, all=everything, works=stands.works_left))
    if stands.left and stands.minutes_left is not None:
        rate, minutes = round(stands.rows_a_minute), round(stands.minutes_left)
        answer(text("first_sync_progress", done=stands.done, rate=rate, left=stands.left, minutes=minutes))
    if stands.is_complete:
        answer(text("first_sync_complete"))
    if compared is not None:
        answer(text("first_sync_compared", total=compared))


def _examples(title: str, rows: "Sequence[Row]") -> None:
    columns = [text(f"first_sync_{name}") for name in ("item", "article")]
    lines = []
    for row in rows:
        facts = row.facts
        here = " ".join(
            filter(None, (facts.get("sku"), facts.get("name"), facts.get("price"), facts.get("stock")))
        )
        there = " ".join(
            filter(
                None,
                (row.article_no, facts.get("erp_name"), facts.get("erp_price_ex"), facts.get("erp_stock")),
            )
        )
        why = facts.get("why", "")
        lines.append([here, there, text(f"first_sync_why_{why}") if why else ""])
    table(title, [*columns, text("reconcile_cause")], lines)
