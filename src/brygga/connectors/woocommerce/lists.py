"""Reads a list whole while it changes: pages by id that must hold on to each other.

WooCommerce pages by counting rows, so a row that leaves the list while it is read (an order that
is changed again leaves its window of time) moves all later rows up, and the next page would begin
behind one that nobody has read. Paging by the time of change is worse: rows of the same second
have no order, and pages repeat some and miss others (measured).

So the list is sorted by id, and every page begins on the last row already read. While the first
row of a page has an id no larger than the last one read, nothing can lie between; the page is one
answer, so nothing is missing inside it either. When it has not, rows have left: the reader steps
back until the pages hold on again. Rows with an id already passed are dropped, so each comes once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

from brygga.domain.errors import ConnectionBroken, TryLater
from brygga.domain.message import message

PER_PAGE = 100  # the most the shop gives
_SAME_PAGES = 3  # the first page so often again means that the shop does not count off rows
_IDLE_PAGES = 200  # pages without a new row before we give up


class HasId(Protocol):
    """A row that can be paged by."""

    id: Any


R = TypeVar("R", bound=HasId)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows of one answer, and how many the list has by the shop's count, if it told."""

    rows: Sequence[R]
    total: int | None = None


def rows_by_id(
    read: Callable[[dict[str, str]], Page[R]],
    what: str,
    per_page: int = PER_PAGE,
    *,
    after: int = 0,
    start: int = 0,
) -> Iterator[R]:
    """Yield every row that stays in the list while it is read, each once, by rising id.

    `after` begins behind an id; `start` is a guess at its place in the list, which may be wrong.
    Raises ConnectionBroken when the shop does not sort or count off rows, TryLater when the list
    never comes to rest or a row has no id, and what `read` raises. `per_page` is at least two:
    one row to hold on with, one to go on with.
    """
    last, offset, back, idle = after, start, max(1, per_page // 2), 0
    first: list[int] | None = None
    again = 0
    while True:
        page = read(_query(offset, per_page))
        ids = [_id(row, what) for row in page.rows]
        if any(a > b for a, b in pairwise(ids)):
            raise ConnectionBroken(message("woocommerce.list_unsorted", what=what), f"{what}: {ids[:5]}")
        if offset and (not ids or ids[0] > last):  # a gap: rows before here have left the list
            offset, back, idle = max(0, offset - back), back * 2, idle + 1
        else:
            again = again + 1 if offset and ids == first else 0
            first = ids if first is None or not offset else first
            if again == _SAME_PAGES:
                raise ConnectionBroken(
                    message("woocommerce.list_unsorted", what=what), f"{what}: offset ignored"
                )
            before = last
            for row, row_id in zip(page.rows, ids, strict=True):
                if row_id > last:
                    last = row_id
                    yield row
            # A short page alone does not end it: the shop leaves out rows that it can't build.
            if len(ids) < per_page and (page.total is None or offset + per_page >= page.total):
                return
            idle = 0 if last > before else idle + 1
            back = max(1, per_page // 2)
            offset += per_page - 1
        if idle > _IDLE_PAGES:
            raise TryLater(
                message("woocommerce.list_moving", what=what), f"{what}: offset {offset}", system_away=False
            )


def rows_of_few(read: Callable[[dict[str, str]], Page[R]], what: str) -> Sequence[R]:
    """Read a list that mostly fits one page by rising id, in one call if it fits: one answer is whole."""
    first = read(_query(0, PER_PAGE))
    if first.total is not None and len(first.rows) >= first.total:
        return sorted(first.rows, key=lambda row: _id(row, what))
    pages = [first]
    return list(rows_by_id(lambda query: pages.pop() if pages else read(query), what, PER_PAGE))


def place_after(read: Callable[[dict[str, str]], Page[R]], what: str, after: int) -> int:
    """Guess how many rows of a list have an id up to this one, in few small calls."""
    low, high = 0, read(_query(0, 1)).total or 0
    while high - low >= PER_PAGE:
        middle = (low + high) // 2
        page = read(_query(middle, 1))
        if page.rows and _id(page.rows[0], what) <= after:
            low = middle
        else:
            high = middle
    return low


def parts_of(rows: Sequence[T], size: int = PER_PAGE) -> Iterator[Sequence[T]]:
    """Cut a sequence into parts of at most this size."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _id(row: HasId, what: str) -> int:
    try:
        return int(row.id)
    except (TypeError, ValueError):
        raise TryLater(
            message("woocommerce.unreadable", what=what), f"{what}: id {row.id!r}", system_away=False
        ) from None


def _query(offset: int, per_page: int) -> dict[str, str]:
    query = {"orderby": "id", "order": "asc", "per_page": str(per_page)}
    return {**query, "offset": str(offset)} if offset else query


@dataclass(frozen=True, slots=True)
class Window:
    """A fixed window of time of change, bounds included, in whole seconds of UTC."""

    since: datetime | None
    until: datetime

    @classmethod
    def of(cls, since: datetime | None, until: datetime) -> "Window":
        """Make a window; a part of a second counts as the second it is in, as the shop keeps it."""
        return cls(since and _second(since), _second(until))

    def query(self) -> dict[str, str]:
        """Return the shop's filter: strict at both ends (measured), so a second wider than we mean.

        No Z: together with `dates_are_gmt` it would be read wrong by the zone's offset (measured).
        """
        second = timedelta(seconds=1)
        query = {"modified_before": _gmt(self.until + second), "dates_are_gmt": "true"}
        return query if self.since is None else {"modified_after": _gmt(self.since - second), **query}

    def holds(self, when: datetime) -> bool:
        """Say that a time is inside: old shops ignore the filter without a word."""
        return (self.since is None or self.since <= when) and when <= self.until


def _second(when: datetime) -> datetime:
    return when.astimezone(UTC).replace(microsecond=0)


def _gmt(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S")
