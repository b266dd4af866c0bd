"""Sent orders that still ask something of a person, grouped by what it is, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from brygga.app.store.models.works import Remarks, Work
from brygga.app.store.remarks import remarks_of
from brygga.domain.message import Message

SHOWN = 500  # orders looked through; a person does not get through more in one go
_COLUMNS = (
    "kind", "key", "source_ref", "target_key", "sort", "remarks", "warnings", "acknowledged",
    "created_at_source", "first_seen_at", "source__identity",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asking:
    """One order and what is to be done about it, of one cause."""

    work: Work
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True)
class Errand:
    """One cause with the orders that ask for it."""

    code: str
    asking: Sequence[Asking]


def open_remarks() -> list[Errand]:
    """Return what sent orders ask of a person. One query."""
    found = (
        Work.objects.filter(remarks=Remarks.OPEN)
        .select_related("source")
        .only(*_COLUMNS)
        .order_by("sort", "pk")
    )
    by_code: dict[str, list[Asking]] = {}
    for work in found[:SHOWN]:
        opened = [one.message for one in remarks_of(work) if one.is_open]
        for code in dict.fromkeys(told.code for told in opened):
            asked = Asking(work, [told for told in opened if told.code == code])
            by_code.setdefault(code, []).append(asked)
    return [Errand(code, asking) for code, asking in by_code.items()]
