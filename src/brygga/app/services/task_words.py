"""A question in words: what each choice does, and the figures a person needs to decide."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from brygga.app.texts import texts
from brygga.domain.message import Message
from brygga.flows.tasks import read_table

Amount = Callable[[str], str]

# Written as the reader's language writes numbers, and set to the right in tables.
_NUMBERS = frozenset(
    "quantity net percent vat gross quantity_then quantity_now gross_then gross_now total then now"
    " difference credit_net credit_vat credit_total".split()
)
_PRICES = frozenset({"from", "to"})  # amounts too, perhaps with a sale price in brackets
_AMOUNT = re.compile(r"\d+(?:\.\d+)?")
# Facts and columns whose values are codes; several stand with commas between.
_CODES = frozenset("changed paid_back put_back proposal kind erp_facts status".split())


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to decide: what the button says, and what happens then."""

    code: str
    label: str
    effect: str


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; numbers stand to the right."""

    name: str
    label: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Figures in rows, in words."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[tuple[Column, str]]]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a question says besides its sentence."""

    facts: Sequence[tuple[str, str]]  # name and value, in words
    tables: Sequence[FigureTable]


def choice_in_words(code: str, language: str) -> Choice:
    """Say a choice. Its text is what it does, or `label: effect`."""
    said = _said(f"task.choice.{code}", language) or code
    label, _, effect = said.partition(": ")
    return Choice(code, label, effect[:1].upper() + effect[1:])


def figures(facts: Mapping[str, str], language: str, amount: Amount = str) -> Figures:
    """Say the facts that have a name, in the order they were given; what only a program needs is left out."""
    plain, tables = [], []
    for name, value in facts.items():
        label = _said(f"task.fact.{name}", language)
        if not label or not value:
            continue
        made = _table(label, value, language, amount)
        if made is not None:
            tables.append(made)
        else:
            plain.append((label, _value(name, value, language, amount)))
    return Figures(plain, tables)


def _table(caption: str, value: str, language: str, amount: Amount) -> FigureTable | None:
    kept = read_table(value)
    if kept is None:
        return None
    columns = [
        Column(name, _said(f"task.column.{name}", language) or name, name in _NUMBERS)
        for name in kept.columns
    ]
    rows = [
        [
            (column, _value(column.name, cell, language, amount))
            for column, cell in zip(columns, row, strict=True)
        ]
        for row in kept.rows
    ]
    return FigureTable(caption, columns, rows)


def _value(name: str, value: str, language: str, amount: Amount) -> str:
    if name in _NUMBERS:
        return amount(value)
    if name in _PRICES:
        return _AMOUNT.sub(lambda found: amount(found[0]), value)
    if name not in _CODES:
        return value
    return ", ".join(_said(f"task.value.{code}", language) or code for code in value.split(", "))


def _said(code: str, language: str) -> str:
    return texts().say(Message(code), language) if code in texts().codes() else ""
