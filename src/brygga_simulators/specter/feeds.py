"""The three change feeds: read under a batch number, confirm, one open batch at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from brygga_simulators.specter.answers import INVALID, OPEN_BATCH, UNKNOWN_BATCH, Refused
from brygga_simulators.specter.books import Books
from brygga_simulators.specter.call import Call, Written
from brygga_simulators.specter.changes import (
    ArticleRow,
    Batch,
    ChangeLog,
    FeedRow,
    OrderStatusRow,
    Reader,
    StockRow,
)
from brygga_simulators.specter.fields import needed
from brygga_simulators.specter.model import Order
from brygga_simulators.specter.money import comma
from brygga_simulators.specter.price_lists import told_prices
from brygga_simulators.specter.stock import available_at

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


def _stock_row(books: Books, key: str, _cursor: int) -> FeedRow | None:
    article = books.articles.get(key)
    if article is None:
        return None
    fractional = books.options.fractional_stock
    available = available_at(books, article).items()
    return StockRow(
        article.article_id,
        article.article_no,
        {site: stock_text(number, fractional=fractional) for site, number in available},
    )


def stock_text(available: Decimal, *, fractional: bool) -> str:
    """Return a stock number as the feed writes it: whole, or with a decimal comma."""
    if not fractional:
        return str(int(available.to_integral_value(ROUND_FLOOR)))
    return comma(available)


def _article_row(books: Books, key: str, _cursor: int) -> FeedRow | None:
    article = books.articles.get(key)
    if article is None:
        return _renamed_row(books, key)
    if article.deleted and not books.options.deleted_mark:
        return None
    attributes = {
        "buyPrice": comma(article.buy_price),
        "priceExclVat": comma(article.price_excl_vat),
        "barCode": article.bar_code,
        "productWeight": comma(article.product_weight),
    }
    if article.deleted:
        attributes["deleted"] = "1"
    if article.ended and books.options.ended_mark:
        attributes["ended"] = "1"
    elements = {"vatPercent": str(article.vat_percent)}
    if books.options.article_extras:
        elements |= {
            "articleGroup": article.article_group,
            "manufacturersNumber": article.supplier_article_no,
            "countryCode": article.manufacturing_country_code,
            "showOnWeb": str(int(article.for_web)),
            "reorderPoint": "0",
        }
        texts = (
            ("webDescription", article.web_description),
            ("webShortDescription", article.web_short_description),
        )
        elements |= {name: text for name, text in texts if text}
    structured = books.options.article_structure
    return ArticleRow(
        article.article_id,
        article.article_no,
        article.name,
        attributes,
        elements,
        article.parent_no if structured else "",
        dict(article.options) if structured else {},
        {number: comma(quantity) for number, quantity in article.parts.items()} if structured else {},
        told_prices(books, article),
    )


def _renamed_row(books: Books, old_number: str) -> FeedRow | None:
    """Return the old number of a renamed article as if it were a deleted article's."""
    grave = books.tombstones.get(old_number)
    if grave is None or not books.options.deleted_mark:
        return None
    attributes = {"buyPrice": "0", "priceExclVat": "0", "barCode": "", "productWeight": "0", "deleted": "1"}
    return ArticleRow(grave.article_id, old_number, grave.name, attributes, {})


def _order_row(books: Books, key: str, cursor: int) -> FeedRow | None:
    order = books.orders[int(key)]
    rows = [
        {
            "articleNo": row.article_no,
            "noOfItems": comma(row.quantity),
            "noOfItemsDelivered": comma(row.delivered),
        }
        for row in order.rows
    ]
    return OrderStatusRow(
        order.order_no,
        order.external_order_no,
        order.status_id,
        order.delivery_status,
        order.delivery_change > cursor,
        [delivery.tracking_no for delivery in order.deliveries],
        rows if books.options.order_rows else [],
        _facts(books, order),
    )


def _facts(books: Books, order: Order) -> dict[str, str]:
    facts: dict[str, str] = {}
    if books.options.paid_in_feed and order.paid_at is not None:
        facts["paid"] = "1"
    if books.options.invoice_in_feed and order.invoices:
        facts["invoiceNo"] = ",".join(str(made.invoice_no) for made in order.invoices)
    return facts


STOCK = Feed("stock", lambda b: b.stock_log, lambda b: b.options.stock_limit, _stock_row)
ARTICLES = Feed("articles", lambda b: b.article_log, lambda b: b.options.article_limit, _article_row)
ORDERS = Feed("orders", lambda b: b.order_log, lambda b: b.options.order_limit, _order_row)
FEEDS = {feed.name: feed for feed in (STOCK, ARTICLES, ORDERS)}
