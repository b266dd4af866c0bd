"""How commands speak: tables and sentences for people, JSON for scripts, and the exit codes.

Progress and errors go to standard error, so that standard output holds nothing but the answer.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from brygga.domain.message import Message, Texts

if TYPE_CHECKING:
    from rich.console import Console

OK, FAILED, USAGE, HELD = 0, 1, 2, 3

PlainRow = Mapping[str, Any]


def language() -> str:
    """Return sv or en: BRYGGA_LANG, else what the shell's locale says."""
    for name in ("BRYGGA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        given = os.environ.get(name, "")
        if given:
            return "sv" if given.lower().startswith("sv") else "en"
    return "en"


@cache
def _own() -> Texts:
    return Texts([files("brygga.app.commands").joinpath("texts.toml")])


def text(name: str, /, **facts: object) -> str:
    """Return one of the command line's own sentences in the user's language."""
    told = Message(f"cli.{name}", {fact: str(value) for fact, value in facts.items()})
    return _own().say(told, language())


def said(told: Message | Mapping[str, Any] | None) -> str:
    """Return a message of any area, also one that was stored, in the user's language."""
    if not told:
        return ""
    from brygga.app.texts import say

    return say(told if isinstance(told, Message) else Message.from_data(told), language())


JsonOption = Annotated[bool, typer.Option("--json", help=text("help_json"))]
TenantOption = Annotated[str, typer.Option("--tenant", envvar="BRYGGA_TENANT", help=text("help_tenant"))]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help=text("help_yes"))]


@cache
def console() -> "Console":
    """Return the console for progress and errors."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


@cache
def _answers() -> "Console":
    from rich.console import Console

    return Console(highlight=False)


def tell(sentence: str) -> None:
    """Tell people something on the way; scripts never see it on standard output."""
    console().print(sentence, markup=False, soft_wrap=True)


def answer(sentence: str) -> None:
    """Print a sentence as the command's answer."""
    _answers().print(sentence, markup=False, soft_wrap=True)


def as_json(data: Any) -> str:
    """Return plain data as JSON; times, amounts and enums become text."""
    return json.dumps(data, ensure_ascii=False, default=str)


def emit(data: Any) -> None:
    """Print data as one JSON value on one line."""
    sys.stdout.write(as_json(data) + "\n")
    sys.stdout.flush()


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as a table; text that looks like markup is shown as it is."""
    from rich.markup import escape
    from rich.table import Table

    made = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    _answers().print(made)


def show(data: Any, json_wanted: bool, for_people: Callable[[], None], *, code: int = OK) -> None:
    """Print data as JSON or for people, then end with a code that is not 0 if one is given."""
    if json_wanted:
        emit(data)
    else:
        for_people()
    if code:
        raise typer.Exit(code)


def fail(sentence: str, *, code: int = FAILED, json_wanted: bool = False, kind: str = "") -> NoReturn:
    """Say what went wrong on standard error, as JSON on standard output too, and end."""
    if json_wanted:
        emit({"error": {"code": kind or "failed", "message": sentence}})
    console().print(f"[bold red]{text('error')}[/] ", end="")
    console().print(sentence, markup=False, soft_wrap=True)
    raise typer.Exit(code)


@contextmanager
def in_words(json_wanted: bool = False) -> Iterator[None]:
    """Turn errors raised on purpose into a sentence and an exit code."""
    from brygga.domain.errors import BryggaError, SetupWrong

    try:
        yield
    except SetupWrong as error:
        fail(said(error.for_merchant), code=USAGE, json_wanted=json_wanted, kind=error.for_merchant.code)
    except BryggaError as error:
        fail(said(error.for_merchant), json_wanted=json_wanted, kind=error.for_merchant.code)


def may_ask() -> bool:
    """Say whether a person sits there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(option: str, label: str, *, secret: bool = False) -> str:
    """Ask a person for a value; a script gets an error that names the option instead."""
    if not may_ask():
        fail(text("option_needed", option=option, label=label), code=USAGE, kind="cli.option_needed")
    return str(typer.prompt(label, hide_input=secret, err=True)).strip()


def confirm(question: str, option: str, *, yes: bool) -> None:
    """Ask a yes or no; a script must have given the option. Ends the command at a no."""
    if yes:
        return
    if not may_ask():
        fail(text("option_needed", option=option, label=question), code=USAGE, kind="cli.option_needed")
    if not typer.confirm(question, err=True):
        fail(text("said_no"))


@contextmanager
def progress(json_wanted: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Show one line of progress to people; the function given takes a text, done and total."""
    if json_wanted or not console().is_terminal:
        yield lambda _text, _done, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(), transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda told, done, total: bars.update(
            task, description=told, completed=done, total=total or None
        )
