"""Options of `brygga connect NAME`, made from a connector's card: no field is written down twice."""

import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from brygga.app.commands.output import USAGE, ask, fail, language, may_ask, text
from brygga.connectors.contract.connector import Connector
from brygga.connectors.contract.settings import Field


def option_names(card: Connector, field: Field) -> list[str]:
    """Return a field's options: its own name, and for a secret the last word if only it ends so."""
    names = [f"--{field.name.replace('_', '-')}"]
    last = field.name.rpartition("_")[2]
    same = [f for f in card.fields if f.secret and f.name.rpartition("_")[2] == last]
    if field.secret and last.isalpha() and last != field.name and same == [field]:
        names.append(f"--{last}")
    return names


def command_for(card: Connector, run: Callable[..., None]) -> Callable[..., None]:
    """Return a function with one parameter for each field of the card, which calls `run(card, given, ...)`."""

    def command(**given: Any) -> None:
        values = {field.name: given.pop(field.name) for field in card.fields}
        run(card, values, **given)

    parameters = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default="",
            annotation=Annotated[
                str,
                typer.Option(
                    *option_names(card, field),
                    envvar=f"BRYGGA_{field.name.upper()}" if field.secret else None,
                    help=_help(field),
                    show_default=field.default or False,
                    show_envvar=field.secret,
                ),
            ],
        )
        for field in card.fields
    ]
    own = [p for p in inspect.signature(run).parameters.values() if p.name not in {"card", "values"}]
    keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
    every = sorted([*parameters, *keyword], key=lambda p: p.name != "name")
    command.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in every}
    command.__doc__ = card.title
    return command


def _help(field: Field) -> str:
    sentence = field.help[language()]
    choices = f" ({', '.join(field.choices)})" if field.choices else ""
    secret = f" {text('help_secret')}" if field.secret else ""
    return f"{field.label[language()]}{choices}. {sentence}{secret}"


def complete(
    card: Connector, given: Mapping[str, str], json_wanted: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Return settings and secrets; `-` is read from standard input, what is missing is asked for.

    Without a person to ask, everything that is missing is named at once.
    """
    values = {name: _from_stdin(value) for name, value in given.items()}
    missing = [f for f in card.fields if f.required and not values[f.name] and not f.default]
    if missing and not may_ask():
        options = ", ".join(option_names(card, field)[-1] for field in missing)
        fail(
            text("options_needed", options=options),
            code=USAGE,
            json_wanted=json_wanted,
            kind="cli.option_needed",
        )
    for field in missing:
        values[field.name] = ask(option_names(card, field)[-1], field.label[language()], secret=field.secret)
    filled = {name: value for name, value in values.items() if value}
    secret = {field.name for field in card.fields if field.secret}
    return (
        {name: value for name, value in filled.items() if name not in secret},
        {name: value for name, value in filled.items() if name in secret},
    )


def _from_stdin(value: str) -> str:
    return sys.stdin.readline().strip() if value == "-" else value.strip()


def pairs(given: list[str] | None, option: str, json_wanted: bool) -> dict[str, str]:
    """Read repeated `key=value` options."""
    found: dict[str, str] = {}
    for pair in given or []:
        key, sign, value = pair.partition("=")
        if not sign or not key.strip():
            fail(text("not_a_pair", option=option, given=pair), code=USAGE, json_wanted=json_wanted)
        found[key.strip()] = value.strip()
    return found
