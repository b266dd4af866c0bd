"""What a person has to decide: asked by flows, kept by the store, shown as one list.

A question has a key that makes it one question however often it is met, and choices by code; the
sentence of each choice, with its effect, is `task.choice.<code>` in the texts.
"""

from collections.abc import Mapping
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


class Asks(Protocol):
    """Where questions are kept."""

    def ask(self, question: Question, *, work: int | None = None) -> bool:
        """Keep a question, once while it is open; say whether it is new.

        An answered one is asked again only when its message or facts differ from what was answered.
        """

    def withdraw(self, key: str) -> bool:
        """Close a question that is none any more; say whether it was open."""

    def answer(self, key: str) -> str:
        """Return what was chosen last time it was asked, or an empty text."""
