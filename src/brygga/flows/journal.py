"""What happened to one record during one attempt, collected until the store keeps it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from brygga.connectors.contract.http import Exchange
from brygga.domain.message import Message


class Step(StrEnum):
    """The kinds of line in the journal."""

    SEEN = "seen"  # a hint or a poll told of it
    READ = "read"  # read anew at the source
    DECIDED = "decided"  # go on, hold or ignore, with the reason
    PLANNED = "planned"  # what will be sent, with the calculation
    SENDING = "sending"  # the intent is stored; what follows may have happened
    SENT = "sent"  # an exchange with a system
    SETTLED = "settled"  # what became of it
    FEEDBACK = "feedback"  # told back to the source
    BY_HAND = "by_hand"  # a person did something, with the reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when, what, the sentence, facts as plain data, and the raw exchange if any."""

    at: datetime
    step: Step
    message: Message
    data: dict[str, Any] = field(default_factory=dict)
    exchange: Exchange | None = None


class Journal:
    """Lines of one attempt in the order they happened. `take` hands them to the store, once."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def add(self, step: Step, message: Message, **data: Any) -> None:
        """Write a line now."""
        self._entries.append(Entry(datetime.now(UTC), step, message, data))

    def observe(self, exchange: Exchange) -> None:
        """Write down an exchange with a system, as a session reports it."""
        facts = {"label": exchange.label, "status": str(exchange.status or exchange.fault)}
        self._entries.append(
            Entry(exchange.started_at, Step.SENT, Message("journal.exchange", facts), {}, exchange)
        )

    def extend(self, entries: list[Entry]) -> None:
        """Take over lines that were collected elsewhere."""
        self._entries += entries

    def take(self) -> list[Entry]:
        """Return the lines not yet taken."""
        taken, self._entries = self._entries, []
        return taken
