"""The three change feeds: read under a batch number, confirm, one open batch at a time."""

from collections.abc import Callable
from dataclasses import dataclass

from brygga_simulators.specter.answers import INVALID, OPEN_BATCH, UNKNOWN_BATCH, Refused
from brygga_simulators.specter.books import Books
from brygga_simulators.specter.call import Call, Written
from brygga_simulators.specter.changes import (
    Batch,
    ChangeLog,
    FeedRow,
    Reader,
)
from brygga_simulators.specter.feed_rows import article_row, order_row, stock_row
from brygga_simulators.specter.fields import needed

RowOf = Callable[[Books, str, int], FeedRow | None]
"""Books, key and the reader's cursor in; a row out, or None for one that is not told."""


@dataclass(frozen=True)
class Feed:
    """One feed: its name, its log of changes, its limit, and how a row is made."""

    name: str
    log: Callable[[Books], ChangeLog]
    limit: Callable[[Books], int]
    row: RowOf


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """Rows read under a batch number."""

    feed: str
    batch_no: str
    rows: list[FeedRow]
    limit: int


def read_feed(call: Call, feed: Feed) -> FeedAnswer:
    """Hand out changed rows; the same ones again until they are confirmed."""
    books = call.books
    batch_no = needed(call.params, "batchNo")
    if len(batch_no) > books.options.batch_no_length:
        raise Refused(INVALID, f"batchNo is longer than {books.options.batch_no_length} characters")
    reader = reader_of(call, feed)
    limit = feed.limit(books)
    if reader.batch is not None:
        if reader.batch.number != batch_no:
            raise Refused(OPEN_BATCH, _open_batch_message(reader.batch.number, books))
        return FeedAnswer(feed.name, batch_no, reader.batch.rows, limit)
    batch = _next_batch(books, feed, reader, batch_no, limit, call.params.get("webshopid", "").strip())
    if batch.rows or books.options.empty_read_opens:
        reader.batch = batch
        books.save_reader(reader)
    elif batch.upto > reader.cursor:
        # Only rows for other shops: nothing to confirm, and no need to look at them again.
        reader.cursor = batch.upto
        books.save_reader(reader)
    return FeedAnswer(feed.name, batch_no, batch.rows, limit)


def confirm_feed(call: Call, feed: Feed) -> Written:
    """Close the open batch; its rows are done with."""
    books = call.books
    batch_no = needed(call.params, "batchNo")
    reader = reader_of(call, feed)
    if reader.batch is None or reader.batch.number != batch_no:
        if books.options.unknown_confirm_ok:
            return Written(batch_no, "No such open batch")
        raise Refused(UNKNOWN_BATCH, f"Batch {batch_no} is not open")
    reader.cursor = reader.batch.upto
    reader.batch = None
    books.save_reader(reader)
    return Written(batch_no, "Batch confirmed")


def reader_of(call: Call, feed: Feed) -> Reader:
    """Return who reads: the API user, or the account as a whole. A shop number reads on its own."""
    user = "" if call.options.batch_scope == "account" else call.api_user
    name = f"{feed.name}/{user}/{call.params.get('webshopid', '').strip()}"
    reader = call.books.readers.get(name)
    if reader is None:
        reader = Reader(name)
        call.books.readers[name] = reader
    return reader


def _open_batch_message(number: str, books: Books) -> str:
    if books.options.quote_open_batch:
        return f"Batch '{number}' is not confirmed, confirm it before a new batch is read"
    return "A batch is not confirmed, confirm it before a new batch is read"


def _next_batch(books: Books, feed: Feed, reader: Reader, batch_no: str, limit: int, webshop: str) -> Batch:
    changes = feed.log(books).after(reader.cursor, 0 if webshop else limit)
    rows: list[FeedRow] = []
    upto = reader.cursor
    for change, key in changes:
        if limit and len(rows) == limit:
            break
        upto = change
        if webshop and not _is_for(books, feed, key, webshop):
            continue
        row = feed.row(books, key, reader.cursor)
        if row is not None:
            rows.append(row)
    return Batch(batch_no, upto, rows, books.now())


def _is_for(books: Books, feed: Feed, key: str, webshop: str) -> bool:
    return feed.name != "orders" or books.orders[int(key)].webshop_id == webshop


STOCK = Feed("stock", lambda b: b.stock_log, lambda b: b.options.stock_limit, stock_row)
ARTICLES = Feed("articles", lambda b: b.article_log, lambda b: b.options.article_limit, article_row)
ORDERS = Feed("orders", lambda b: b.order_log, lambda b: b.options.order_limit, order_row)
FEEDS = {feed.name: feed for feed in (STOCK, ARTICLES, ORDERS)}
