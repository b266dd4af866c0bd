"""Which status an order of the shop is to have, worked out of all that has happened to it in the ERP."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from brygga.domain.events import Fact

# From least to most: of an order's facts the last one in this order that names a status counts, so
# that the same facts end alike in whatever order they were told.
ADVANCE = (
    Fact.RECEIVED,
    Fact.PAID,
    Fact.PARTLY_DELIVERED,
    Fact.INVOICED,
    Fact.DELIVERED,
    Fact.REMOVED,
    Fact.CANCELLED,
)

_WAITING = frozenset({"pending", "on-hold"})
_STOPPED = frozenset({"cancelled", "refunded", "failed", "trash"})
_DONE = "completed"
_CANCELLED = "cancelled"


class Verdict(StrEnum):
    """What is to be done about a status."""

    LEAVE = "leave"  # nothing to write: none is named, it is there already, or a person went further
    WRITE = "write"
    CONTRADICTS = "contradicts"  # the two sides say things that can't both be: a person decides


@dataclass(frozen=True, slots=True)
class NextStep:
    """The verdict, with the status to write and the fact it comes from."""

    verdict: Verdict
    status: str = ""
    fact: Fact | None = None


def next_step(current: str, facts: Collection[Fact], table: Mapping[str, str], ours: str = "") -> NextStep:
    """Say what becomes of an order's status; `ours` is the last one that we wrote on it, if any.

    Never backwards: what is completed, cancelled, refunded, failed or in the trash is never moved.
    """
    fact = next((fact for fact in reversed(ADVANCE) if fact in facts and table.get(fact)), None)
    ended = Fact.CANCELLED in facts or Fact.REMOVED in facts
    if current in _STOPPED:
        # Stopped in the shop, and sent from the ERP all the same.
        sent = Fact.DELIVERED in facts or Fact.PARTLY_DELIVERED in facts
        return NextStep(Verdict.CONTRADICTS if sent and not ended else Verdict.LEAVE, fact=fact)
    if current == _DONE:
        # Completed by a person, or by us when it was delivered: the ERP's cancelling comes too late.
        return NextStep(Verdict.CONTRADICTS if ended else Verdict.LEAVE, fact=fact)
    if ended and (Fact.DELIVERED in facts or Fact.PARTLY_DELIVERED in facts):
        # Sent and stopped: a cancelled order draws no money for what was sent.
        return NextStep(Verdict.CONTRADICTS, fact=fact if fact in (Fact.CANCELLED, Fact.REMOVED) else None)
    if fact is None:
        return NextStep(Verdict.LEAVE)
    if ended and fact not in (Fact.CANCELLED, Fact.REMOVED):
        return NextStep(Verdict.LEAVE)  # stopped in the ERP without a status for it: what came before is over
    wanted = table[fact]
    if _place(wanted) < _place(current) or wanted == current:
        return NextStep(Verdict.LEAVE, fact=fact)
    if _place(wanted) == _place(current) and current != ours:
        return NextStep(Verdict.LEAVE, fact=fact)  # another status of the shop's own, chosen by a person
    return NextStep(Verdict.WRITE, wanted, fact)


def _place(status: str) -> int:
    """Return how far a status is; the shop's own statuses lie between processing and completed."""
    if status in _WAITING:
        return 0
    if status == "processing":
        return 1
    return 3 if status in (_DONE, _CANCELLED) else 2
