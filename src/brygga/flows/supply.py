"""Takes in what an ERP's feeds tell: kept once however many shops there are, then fanned out.

A batch is confirmed when its rows are safe. What is fanned out after that is found again by the
next look if a crash comes in between: a batch whose rows are kept but not yet fanned out is not
confirmed, so it is read again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from brygga.connectors.contract.connector import FeedBatch
from brygga.domain.message import Message
from brygga.domain.supply import ArticleInfo, StockLevel

Row = TypeVar("Row")
MOST_BATCHES = 1000  # in one look: a range of half a million, and an end to a feed that never ends


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """The number to read a feed under. `is_left`: it was opened before, and what came since is not in it."""

    number: str
    is_left: bool


class KeepsSupply(Protocol):
    """Where articles and stock are kept, newest first, and what of it is news."""

    def keep_articles(self, erp: int, rows: Sequence[ArticleInfo], begun_at: datetime) -> Sequence[str]:
        """Keep articles as they were read; return the numbers of those that are new or changed."""

    def keep_stock(self, erp: int, rows: Sequence[StockLevel], begun_at: datetime) -> Sequence[str]:
        """Keep stock as it was read; return the numbers of all articles that it told of."""


class KeepsBatches(Protocol):
    """Which batch of a feed is open with us, and since when."""

    def batch_to_read(self, connection: int, feed: str) -> OpenBatch:
        """Return the batch that is open with us, or store and return a fresh number."""

    def met(self, connection: int, feed: str, batch: str) -> None:
        """Store that a batch was handed out, if it is one that we did not ask for."""

    def begun_at(self, connection: int, feed: str, batch: str) -> datetime:
        """Return when a batch was first asked for; one that we did not open is as old as it can be."""

    def confirmed(self, connection: int, feed: str, batch: str) -> None:
        """Store that the batch was confirmed."""


def drain_feed(
    feed: str,
    read: Callable[[str], FeedBatch[Row]],
    confirm: Callable[[str], None],
    take: Callable[[Sequence[Row], datetime], int],
    batches: KeepsBatches,
    connection: int,
    remark: Callable[[Message], object],
    ended: Callable[[datetime], None] | None = None,
) -> int:
    """Read a feed until it is empty; `take` keeps rows and fans them out; return how many were news.

    Rows are kept before a batch is confirmed, never the other way round: a batch that was confirmed
    unread is lost for good, one that was read twice changes nothing.

    `remark` is told what was left out of a batch because it can't be read: it does not come again.
    `ended` is told when the last batch was begun: of what no batch told, all was known by then.
    """
    news = 0
    for _ in range(MOST_BATCHES):
        asked = batches.batch_to_read(connection, feed)
        batch = read(asked.number)
        batches.met(connection, feed, batch.batch)
        news += take(batch.rows, batches.begun_at(connection, feed, batch.batch))
        for left_out in batch.remarks:
            remark(left_out)
        confirm(batch.batch)
        batches.confirmed(connection, feed, batch.batch)
        # One that was open already, left by a crash or opened by a stranger, ends where it was opened.
        if batch.batch == asked.number and not asked.is_left and not batch.more:
            if ended is not None:
                ended(batches.begun_at(connection, feed, batch.batch))
            return news
    return news
