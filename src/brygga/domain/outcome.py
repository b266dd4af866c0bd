"""What became of one record: every record that was seen has exactly one outcome."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from brygga.domain.message import Message


class State(StrEnum):
    """Where a piece of work stands."""

    WAITING = "waiting"  # due now or at a time: new, or tried and to be tried again
    UNKNOWN = "unknown"  # sent, answer lost; settled at the next attempt
    HELD = "held"  # waits for a person or for a fact
    IGNORED = "ignored"  # by rule, status or setting; looked at again when it changes
    DONE = "done"  # transferred, exactly once


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state a record reached, why, and what it became at the target.

    `retry_at` is set when a WAITING or UNKNOWN record is to be tried again by the clock.
    """

    state: State
    reason: Message
    target_id: str = ""
    target_key: str = ""
    fingerprint: str = ""
    retry_at: datetime | None = None
    warnings: tuple[Message, ...] = field(default=())
    system_failed: bool = False  # a system failed, and perhaps not because of this record
    counts: bool = True  # as an attempt: waiting for a time that was known beforehand is none
