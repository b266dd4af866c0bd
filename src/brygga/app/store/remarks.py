"""What sent orders still ask of a person, and what a person has said is done.

A remark is a warning that somebody must act on in the ERP or the shop. Once it is done it stays
so until its facts change; a remark that went away and comes back is a new one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from brygga.app.store.models.works import Remarks, Work
from brygga.app.store.sql import fetch_one, for_update, json_in, json_out, run
from brygga.domain.message import Message
from brygga.flows.orders.after import NEEDS_PERSON

_NAMES = frozenset({"number", "erp_no"})  # say which order it is, not what happened to it


@dataclass(frozen=True, slots=True)
class Remark:
    """One warning of a work; `at` is when somebody said that it is done, if they did."""

    message: Message
    needs_person: bool
    who: str = ""
    why: str = ""
    at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Say that it waits for a person."""
        return self.needs_person and self.at is None


def remarks_of(work: Work) -> list[Remark]:
    """Return everything that is said of a work, with what was done about it."""
    done = {_identity(kept["message"]): kept for kept in work.acknowledged}
    found = []
    for warning in work.warnings:
        told = Message.from_data(warning)
        kept = done.get(_identity(warning))
        if kept is None:
            found.append(Remark(told, told.code in NEEDS_PERSON))
        else:
            at = datetime.fromisoformat(kept["at"])
            found.append(Remark(told, needs_person=True, who=kept["who"], why=kept["why"], at=at))
    return found


def mark_done(work: Work, code: str, who: str, why: str) -> int:
    """Mark a work's open remarks of a code as done, on the object only; return how many."""
    now = datetime.now(UTC).isoformat()
    opened = [one.message for one in remarks_of(work) if one.is_open and one.message.code == code]
    work.acknowledged = [
        *work.acknowledged,
        *({"message": told.as_data(), "who": who, "why": why, "at": now} for told in opened),
    ]
    work.remarks = _judge(work.warnings, work.acknowledged)
    return len(opened)


def keep_remarks(work: int, before: Sequence[Message], warnings: Sequence[Message]) -> None:
    """Count what a work asks of a person after its warnings were stored. Call it inside `write`."""
    if not warnings and not before:
        return
    plain = [warning.as_data() for warning in warnings]
    kept = []
    if any(one.code in NEEDS_PERSON for one in (*before, *warnings)):
        there = {_identity(warning) for warning in plain}
        found = fetch_one(f"SELECT acknowledged FROM store_work WHERE id = %s{for_update()}", (work,))
        done = (json_out(found[0]) if found else None) or []
        kept = [one for one in done if _identity(one["message"]) in there]
    run(
        "UPDATE store_work SET remarks = %s, acknowledged = %s WHERE id = %s",
        (_judge(plain, kept).value, json_in(kept), work),
    )


def _judge(warnings: Sequence[Mapping[str, Any]], acknowledged: Sequence[Mapping[str, Any]]) -> Remarks:
    done = {_identity(kept["message"]) for kept in acknowledged}
    if any(warning["code"] in NEEDS_PERSON and _identity(warning) not in done for warning in warnings):
        return Remarks.OPEN
    return Remarks.NOTED if warnings else Remarks.NONE


def _identity(told: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, str], ...]]:
    facts = ((name, value) for name, value in told["facts"].items() if name not in _NAMES)
    return told["code"], tuple(sorted(facts))
