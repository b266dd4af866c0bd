"""The three change feeds as one state machine: rows are read under a batch number, and confirmed once safe.

The ERP holds one batch open per feed and hands the same rows out until it is confirmed. When
another batch than ours is open it says so (code 99) and quotes its number: that one is read
instead and named, never confirmed unread. An answer that is not understood is never passed on,
since the caller would confirm it and lose its rows. How a feed's rows are read is said in a
module of its own (`feed_orders`, `feed_articles`, `feed_stock`).
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from brygga.connectors.contract.connector import FeedBatch, Row
from brygga.connectors.specter.answers import Reply
from brygga.connectors.specter.client import Pairs, SpecterClient
from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.dialect_parts import Actions
from brygga.connectors.specter.feed_articles import article_infos
from brygga.connectors.specter.feed_orders import order_events
from brygga.connectors.specter.feed_rows import FeedRows, limit_in, unreadable
from brygga.connectors.specter.feed_stock import stock_levels
from brygga.connectors.specter.feed_stock_list import is_stock_list
from brygga.connectors.specter.refusals import meaning, open_batch
from brygga.connectors.specter.text import keeps
from brygga.domain.errors import BryggaError, ConnectionBroken, SetupWrong, TryLater
from brygga.domain.message import message

_log = logging.getLogger(__name__)

# Batches that `check` opens begin with this, so that they are known for ours when met again.
CHECK_PREFIX = "b41266ac"


@dataclass(frozen=True, slots=True)
class ChangeFeed(Generic[Row]):
    """One feed: its pair of actions, what it is asked for, and how its rows are read."""

    name: str
    actions: Callable[[Actions], tuple[str, str]]  # to read, to confirm
    rows: Callable[[Reply, Dialect], FeedRows[Row]]
    asks: Callable[[Dialect], Pairs] = lambda _: ()
    is_list: Callable[[Dialect], Callable[[str], bool]] | None = None  # for a feed that may answer in lines


ORDERS = ChangeFeed("orders", lambda a: (a.read_orders, a.confirm_orders), order_events)
ARTICLES = ChangeFeed("articles", lambda a: (a.read_articles, a.confirm_articles), article_infos)
STOCK = ChangeFeed(
    "stock",
    lambda a: (a.read_stock, a.confirm_stock),
    stock_levels,
    asks=lambda dialect: [(dialect.routing.every_site, "1")] if dialect.routing.every_site else (),
    is_list=lambda dialect: lambda text: is_stock_list(text, dialect),
)


def check_batch() -> str:
    """Return a fresh batch number for the account test: 32 hex digits with our mark."""
    return CHECK_PREFIX + uuid.uuid4().hex[len(CHECK_PREFIX) :]


def read_feed(client: SpecterClient, dialect: Dialect, feed: ChangeFeed[Row], batch: str) -> FeedBatch[Row]:
    """Read the changed rows, or those of the batch that turns out to be open.

    Raises TryLater, ConnectionBroken, and SetupWrong when the feed can't be understood: that
    pauses this flow and nothing else, and points at the dialect's entry.
    """
    reply = _read(client, dialect, feed, batch)
    action = feed.actions(dialect.actions)[0]
    if not reply.ok and meaning(reply, dialect) == "open_batch":
        other = open_batch(reply, dialect)
        if not other or other == batch or not keeps(other):
            raise SetupWrong(
                message("specter.batch_unnamed", action=action, text=reply.text),
                f"read under {batch}, refused with {reply.code}: {reply.text}",
                setting="patterns.open_batch",
            )
        batch, reply = other, _read(client, dialect, feed, other)
    if not reply.ok:
        if meaning(reply, dialect) == "open_batch":
            # Somebody else confirmed and opened in between: look again from the start.
            raise TryLater(
                message("specter.batch_moved", text=reply.text), f"batch {batch}", system_away=False
            )
        raise _refused(reply, dialect, action)
    if reply.root is None and not reply.listing:
        _must_be_empty(reply, batch)
    found = feed.rows(reply, dialect)
    most = limit_in(reply, dialect)
    return FeedBatch(
        batch,
        found.rows,
        # Counted as the answer had them: rows that were left out do not mean that it is the last.
        more=0 < most <= found.told,
        from_check=batch.startswith(CHECK_PREFIX),
        remarks=found.remarks,
    )


def confirm_feed(client: SpecterClient, dialect: Dialect, feed: ChangeFeed[Row], batch: str) -> None:
    """Confirm a batch. One that the ERP does not know (any more) counts as confirmed.

    Raises TryLater or ConnectionBroken; confirming twice does no harm.
    """
    action = feed.actions(dialect.actions)[1]
    reply = client.read(action, batch, [("batchNo", batch)], f"confirm {feed.name} {batch}")
    if reply.ok:
        return
    if meaning(reply, dialect) in ("bad_key", "unknown_account"):
        raise _refused(reply, dialect, action)
    # Unknown or closed already, most likely by our own earlier try. Were it still open after
    # all, its rows come again by code 99, and applying them twice changes nothing.
    _log.info("batch %s was not confirmed (%s: %s); taken as closed", batch, reply.code, reply.text)


def _read(client: SpecterClient, dialect: Dialect, feed: ChangeFeed[Row], batch: str) -> Reply:
    return client.read(
        feed.actions(dialect.actions)[0],
        batch,
        [("batchNo", batch), *feed.asks(dialect)],
        f"read {feed.name} {batch}",
        feed.is_list(dialect) if feed.is_list else None,
    )


def _must_be_empty(reply: Reply, batch: str) -> None:
    """See to it that a short success really says nothing. A row of a list looks much like one."""
    if reply.number not in ("", batch) or "\n" in reply.text or "\r" in reply.text:
        raise unreadable("routing.use_xml_reads", f"{reply.number};{reply.text[:200]}")


def _refused(reply: Reply, dialect: Dialect, action: str) -> BryggaError:
    name = meaning(reply, dialect)
    ours = f"{action}: code {reply.code}: {reply.text}"
    if name in ("bad_key", "unknown_account"):
        return ConnectionBroken(message(f"specter.{name}", text=reply.text or reply.code), ours)
    return TryLater(
        message("specter.feed_refused", action=action, error=reply.code or "-", text=reply.text or "-"),
        ours,
        system_away=False,
    )
