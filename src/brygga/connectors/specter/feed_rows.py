"""What the readers of all three feeds have in common: the list in an answer, and what they make of it."""

from dataclasses import dataclass, field
from typing import Generic

from lxml import etree

from brygga.connectors.contract.connector import Row
from brygga.connectors.specter.answers import Reply, child, local_name, named_value
from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.dialect_parts import Words
from brygga.domain.errors import SetupWrong
from brygga.domain.message import Message, message

_MOST_REMARKS = 100
LONGEST_NUMBER = 200  # of an article's number; anything longer is something else
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class FeedRows(Generic[Row]):
    """Rows as they were understood. `told` is how many the answer held, also those that were left out."""

    rows: tuple[Row, ...] = ()
    told: int = 0
    remarks: tuple[Message, ...] = ()


@dataclass(slots=True)
class Remarks:
    """What could not be read, each thing said once; after a hundred only how many more."""

    _said: dict[tuple[str, ...], Message] = field(default_factory=dict)
    _more: int = 0

    def add(self, remark: Message) -> None:
        """Say something, unless it was said already."""
        key = (remark.code, *remark.facts.values())
        if key in self._said:
            return
        if len(self._said) < _MOST_REMARKS:
            self._said[key] = remark
        else:
            self._more += 1

    def all(self) -> tuple[Message, ...]:
        """Return everything that was said."""
        said = tuple(self._said.values())
        return (*said, message("specter.remarks_more", count=self._more)) if self._more else said


def list_in(reply: Reply, names: Words, entry: str, dialect: Dialect) -> etree._Element | None:
    """Return the list of an answer, or None when it says that there is nothing.

    Raises SetupWrong pointing at the entry when something else is there that may hold rows.
    """
    root = reply.root
    if root is None:
        return None
    found = child(root, names)
    if found is not None:
        return found
    for item in root:
        name = local_name(item)
        if name not in ("", *dialect.xml.response, *dialect.xml.max_limit) and (len(item) or item.attrib):
            raise unreadable(entry)
    return None


def limit_in(reply: Reply, dialect: Dialect) -> int:
    """Return the most rows an answer holds, or 0 when it does not tell."""
    most = "" if reply.root is None else named_value(reply.root, dialect.xml.max_limit)
    return int(most) if most.isascii() and most.isdigit() and len(most) < 10 else 0


def unreadable(entry: str, ours: str = "") -> SetupWrong:
    """Return the error of rows that are not understood: passed on, they would be confirmed and lost."""
    return SetupWrong(message("specter.feed_unreadable", setting=entry), ours or entry, setting=entry)


def shown(value: str) -> str:
    """Shorten a value for a sentence."""
    return value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
