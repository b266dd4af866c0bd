"""Makes the rows of the three feeds out of the books, as they stand when a batch is opened."""

from decimal import ROUND_FLOOR, Decimal

from brygga_simulators.specter.books import Books
from brygga_simulators.specter.changes import ArticleRow, FeedRow, OrderStatusRow, StockRow
from brygga_simulators.specter.model import Order
from brygga_simulators.specter.money import comma
from brygga_simulators.specter.price_lists import told_prices
from brygga_simulators.specter.stock import available_at


def stock_row(books: Books, key: str, _cursor: int) -> FeedRow | None:
    """Return what is available of an article at each site."""
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


def article_row(books: Books, key: str, _cursor: int) -> FeedRow | None:
    """Return an article's data; None for what the account tells nobody of."""
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


def order_row(books: Books, key: str, cursor: int) -> FeedRow | None:
    """Return where an order stands."""
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
