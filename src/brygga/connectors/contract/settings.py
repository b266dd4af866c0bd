"""Typed settings and secrets of a connection; command line and console build their forms from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from brygga.domain.errors import SetupWrong
from brygga.domain.message import message


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a connection asks for. `help` is a sentence by language (sv, en)."""

    name: str
    label: Mapping[str, str]
    help: Mapping[str, str]
    required: bool = True
    secret: bool = False
    default: str = ""
    choices: tuple[str, ...] = field(default=())


def read_settings(fields: Sequence[Field], given: Mapping[str, Any]) -> dict[str, str]:
    """Fill in defaults and check what was given: trimmed text by field name.

    Raises SetupWrong naming the field when one is missing, unknown or not among the choices.
    """
    known = {f.name: f for f in fields}
    for name in given:
        if name not in known:
            raise SetupWrong(message("setup.unknown_field", field=name), setting=name)
    values: dict[str, str] = {}
    for f in fields:
        value = str(given.get(f.name) or f.default).strip()
        if f.required and not value:
            raise SetupWrong(message("setup.missing_field", field=f.name), setting=f.name)
        if f.choices and value and value not in f.choices:
            raise SetupWrong(
                message("setup.not_a_choice", field=f.name, value=value, choices=", ".join(f.choices)),
                setting=f.name,
            )
        values[f.name] = value
    return values
