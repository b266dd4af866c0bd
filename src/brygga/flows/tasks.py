"""What a person has to decide: asked by flows, kept by the store, shown as one list.

A question has a key that makes it one question however often it is met, and choices by code; the
sentence of each choice is `task.choice.<code>` in the texts: what it does, or `label: effect`.

Facts are for people and for whoever carries a choice out. One that has a name in the texts
(`task.fact.<name>`) is shown; values that are codes have theirs as `task.value.<code>`. A fact may
be a table, whose columns are `task.column.<name>`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from brygga.domain.message import Message


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to decide. `facts` are plain text: figures to show, and what a choice needs."""

    key: str  # unique among the tenant's open questions
    message: Message  # what it is about and why it is asked
    object_key: str  # the number people know the object by
    choices: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """A question that was asked before: what was chosen, or an empty text while it is open."""

    choice: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Figures in rows, as a fact holds them."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


class Asks(Protocol):
    """Where questions are kept."""

    def ask(self, question: Question, *, work: int | None = None) -> bool:
        """Keep a question, once while it is open; say whether it is new.

        An answered one is asked again only when its message or facts differ from what was answered.
        """

    def withdraw(self, key: str) -> bool:
        """Close a question that is none any more; say whether it was open.

        What was answered is over as well: met again, it is a new question.
        """

    def answer(self, key: str) -> str:
        """Return what was chosen last time it was asked, or an empty text."""

    def asked(self, work: int) -> Mapping[str, Known]:
        """Return the questions of a work by key: open ones, and answered ones that are not over."""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table as the text of a fact."""
    cells = [[str(cell) for cell in row] for row in rows]
    return json.dumps({"columns": list(columns), "rows": cells}, ensure_ascii=False)


def read_table(text: str) -> Table | None:
    """Read what `table` wrote; None for any other text."""
    if not text.startswith('{"columns"'):
        return None
    kept = json.loads(text)
    return Table(kept["columns"], kept["rows"])
