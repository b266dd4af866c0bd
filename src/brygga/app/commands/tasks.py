"""`brygga tasks`: what waits for a person to decide, and `brygga tasks decide`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from brygga.app.commands.objects import FlowOption, PageOption, SizeOption
from brygga.app.commands.output import (
    JsonOption,
    TenantOption,
    answer,
    ask,
    emit,
    in_words,
    language,
    said,
    show,
    table,
    text,
)

if TYPE_CHECKING:
    from brygga.app.services.tasks import TaskRow

app = typer.Typer(help=text("help_tasks"), invoke_without_command=True)


@app.callback()
def tasks(
    context: typer.Context,
    closed: Annotated[bool, typer.Option("--closed", help=text("help_tasks_closed"))] = False,
    search: Annotated[str, typer.Option("--search", help=text("help_search"))] = "",
    flow: FlowOption = "",
    page: PageOption = 1,
    size: SizeOption = 50,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """List what waits for a person, oldest first; or what was decided."""
    if context.invoked_subcommand is None:
        _list(closed, search, flow, (page, size), tenant, json_wanted)


@app.command("list", help=text("help_tasks_list"))
def list_(
    closed: Annotated[bool, typer.Option("--closed", help=text("help_tasks_closed"))] = False,
    search: Annotated[str, typer.Option("--search", help=text("help_search"))] = "",
    flow: FlowOption = "",
    page: PageOption = 1,
    size: SizeOption = 50,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """List what waits for a person, oldest first; or what was decided."""
    _list(closed, search, flow, (page, size), tenant, json_wanted)


@app.command("decide", help=text("help_tasks_decide"))
def decide(
    task: Annotated[int, typer.Argument(metavar="ID", help=text("help_task"), show_default=False)],
    choice: Annotated[str, typer.Option("--choice", help=text("help_choice"), show_default=False)],
    why: Annotated[str, typer.Option("--why", help=text("help_because"))] = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Decide one of them; the flow acts on it."""
    from brygga.app.commands.session import at_work, who

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services.task_words import choice_in_words
        from brygga.app.services.tasks import decide as act

        row = act(task, choice, who=who(), why=why or ask("--why", text("because")))
        label = choice_in_words(row.choice, language()).label
        show(task_data(row), json_wanted, lambda: answer(f"{row.object_key}: {label}"))


def _list(
    closed: bool, search: str, flow: str, part: tuple[int, int], tenant: str, json_wanted: bool
) -> None:
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work

    with at_work(tenant):
        from brygga.app.services import tasks as services

        only = the_flow(flow, json_wanted).pk if flow else None
        wanted = services.Filters(flow=only, text=search)
        found = (services.closed_tasks if closed else services.open_tasks)(wanted, *part)
    if json_wanted:
        emit([task_data(row) for row in found.rows])
        return
    if not found.rows:
        answer(text("no_tasks"))
    for row in found.rows:
        _print(row)
    if found.more:
        answer(text("more_pages", page=found.page + 1))


def _print(row: "TaskRow") -> None:
    from brygga.app.services.task_words import choice_in_words, figures

    answer(f"\n{row.id}  {row.asked_at:%Y-%m-%d %H:%M}  {said(row.message)}")
    shown = figures(row.facts, language())
    for name, value in shown.facts:
        answer(f"    {name}: {value}")
    for one in shown.tables:
        table(one.caption, [c.label for c in one.columns], [[cell for _, cell in line] for line in one.rows])
    if row.closed_at is not None:
        chosen = choice_in_words(row.choice, language()).label if row.choice else text("went_away")
        answer(f"  {row.closed_at:%Y-%m-%d %H:%M}  {chosen}  {row.who}  {row.why}".rstrip())
        return
    for code in row.choices:
        choice = choice_in_words(code, language())
        words = f"{choice.label}: {choice.effect}" if choice.effect else choice.label
        answer(f"  --choice {code}: {words}")


def task_data(row: "TaskRow") -> dict[str, Any]:
    """Return one question as plain data."""
    from brygga.app.services.task_words import choice_in_words

    return {
        "id": row.id,
        "key": row.key,
        "reason": row.message.code,
        "sentence": said(row.message),
        "object": row.object_key,
        "flow": row.flow_name,
        "kind": row.kind,
        "choices": [
            {"code": choice.code, "label": choice.label, "effect": choice.effect}
            for choice in (choice_in_words(code, language()) for code in row.choices)
        ],
        "facts": dict(row.facts),
        "asked_at": row.asked_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "choice": row.choice,
        "who": row.who,
        "why": row.why,
    }
