"""`brygga goods`: the grouping of articles taken in, looked at and written out; what only the shop has."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brygga.app.commands.objects import FlowOption, PageOption, SearchOption, SizeOption
from brygga.app.commands.output import (
    JsonOption,
    TenantOption,
    YesOption,
    answer,
    confirm,
    emit,
    in_words,
    language,
    said,
    table,
    text,
)

if TYPE_CHECKING:
    from brygga.app.services.grouping import GroupingPlan

app = typer.Typer(no_args_is_help=True, help=text("help_goods"))

_SHOWN = 20


@app.command("upload", help=text("help_goods_upload"))
def upload(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help=text("help_goods_file"), show_default=False)
    ],
    flow: FlowOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=text("help_goods_dry"))] = False,
    yes: YesOption = False,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Show what a grouping would change, and take it in."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work, who

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import goods, grouping
        from brygga.app.services.tables import rows_of_file

        found = the_flow(flow, json_wanted)
        rows = rows_of_file(file.name, file.read_bytes())
        plan = grouping.plan_grouping(found.pk, rows)
        if not json_wanted:
            _show(plan)
        taken = not dry_run and not plan.does_nothing
        if taken:
            confirm(text("goods_sure", name=found.name), "--yes", yes=yes)
            goods.upload_groups(found.pk, rows, who=who())
        if json_wanted:
            emit({"flow": found.name, **_data(plan), "taken": taken})
        else:
            answer(text("goods_taken" if taken else "goods_not_taken", count=len(plan.reading.rows)))


@app.command("download", help=text("help_goods_download"))
def download(
    file: Annotated[Path, typer.Argument(dir_okay=False, help=text("help_goods_out"), show_default=False)],
    flow: FlowOption = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Write what is uploaded now into a file, .csv or .xlsx."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import grouping
        from brygga.app.services.tables import as_csv, as_excel

        found = the_flow(flow, json_wanted)
        rows = list(grouping.download(found.pk, text("goods_number"), text("goods_group")))
        body = as_excel(rows, found.name) if file.suffix.lower() == ".xlsx" else as_csv(rows)
        file.write_bytes(body)
        if json_wanted:
            emit({"flow": found.name, "file": str(file), "rows": len(rows) - 1})
        else:
            answer(text("goods_written", count=len(rows) - 1, file=file.name))


@app.command("unknown", help=text("help_goods_unknown"))
def unknown(
    flow: FlowOption = "",
    search: SearchOption = "",
    page: PageOption = 1,
    size: SizeOption = 50,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """List what the shop sells that is no article of the ERP, as last compared."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services.strangers import strangers

        found = the_flow(flow, json_wanted)
        listed = strangers(found.pk, search, page, size)
    if json_wanted:
        rows = [
            {
                "ref": one.ref,
                "sku": one.sku,
                "name": one.name,
                "cause": one.cause.code,
                "sentence": said(one.cause),
            }
            for one in listed.rows
        ]
        emit({"flow": found.name, "as_of": listed.as_of, "count": listed.count, "items": rows})
        return
    if listed.as_of is None:
        answer(text("reconcile_never", name=found.name))
        return
    columns = [text("goods_number"), text("col_name"), text("goods_ref"), text("reconcile_cause")]
    table("", columns, [[one.sku or "-", one.name, one.ref, said(one.cause)] for one in listed.rows])
    answer(text("goods_unknown_sum", count=listed.count, at=f"{listed.as_of:%Y-%m-%d %H:%M} UTC"))
    if listed.more:
        answer(text("more_pages", page=page + 1))


def _show(plan: "GroupingPlan") -> None:
    for fault in plan.reading.faults[:_SHOWN]:
        answer(said(fault.message))
    if len(plan.reading.faults) > _SHOWN:
        answer(text("goods_more", count=len(plan.reading.faults) - _SHOWN))
    if plan.changes:
        columns = [
            text("goods_number"),
            text("col_name"),
            text("col_now"),
            text("col_then"),
            text("goods_choices"),
        ]
        rows = [
            [one.article_no, one.name, one.before, one.after, one.options_after]
            for one in plan.changes[:_SHOWN]
        ]
        table(text("goods_changes"), columns, rows)
    if plan.overruled_count:
        answer(text("goods_overruled", count=plan.overruled_count, some=", ".join(plan.overruled[:10])))
    answer(
        text(
            "goods_sum",
            rows=len(plan.reading.rows),
            added=plan.added,
            changed=plan.changed,
            removed=plan.removed,
            articles=plan.articles,
            products=plan.products,
            in_shop=plan.in_shop,
        )
    )


def _data(plan: "GroupingPlan") -> dict[str, Any]:
    return {
        "language": language(),
        "rows": len(plan.reading.rows),
        "added": plan.added,
        "changed": plan.changed,
        "removed": plan.removed,
        "same": plan.same,
        "articles": plan.articles,
        "products": plan.products,
        "in_shop": plan.in_shop,
        "waiting": plan.waiting,
        "overruled": plan.overruled_count,
        "faults": [
            {
                "row": one.row,
                "column": one.column,
                "value": one.value,
                "code": one.message.code,
                "sentence": said(one.message),
                "kept": one.kept,
            }
            for one in plan.reading.faults
        ],
        "changes": [
            {
                "article": one.article_no,
                "before": one.before,
                "after": one.after,
                "options": one.options_after,
            }
            for one in plan.changes
        ],
    }
