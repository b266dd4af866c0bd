"""How read feeds are written: XML, or lists with semicolons where XML was not asked for."""

from collections.abc import Sequence

from brygga_simulators.specter.answers import Xml
from brygga_simulators.specter.books import Books
from brygga_simulators.specter.changes import ArticleRow, FeedRow, OrderStatusRow, StockRow
from brygga_simulators.specter.feeds import FeedAnswer

# Only the stock list's columns are known; the other two lists are invented.
_HEADINGS = {
    "stock": "articleId;articleNo;noItemsAvailable;batchId",
    "articles": "articleId;articleNo;name;priceExclVat;barCode;batchId",
    "orders": "orderNo;statusId;deliveryStatus;trackingNo;batchId",
}


def feed_xml(answer: FeedAnswer, books: Books, *, every_site: bool) -> bytes:
    """Return the answer as XML; without `every_site` only the default site's stock is told."""
    xml = Xml(books.options)
    limit = f"<responseMaxLimit>{answer.limit}</responseMaxLimit>" if answer.limit else ""
    if answer.feed == "stock":
        default = books.options.sites[0]
        body = _stock_xml(xml, answer.rows, books.options.sites if every_site else [default])
    elif answer.feed == "articles":
        body = _list_xml("articles", [_article_xml(xml, r) for r in answer.rows if isinstance(r, ArticleRow)])
    else:
        body = _list_xml("orders", [_order_xml(xml, r) for r in answer.rows if isinstance(r, OrderStatusRow)])
    return xml.document(xml.response(ok=True, code=0, message=""), limit, body)


def _list_xml(name: str, parts: Sequence[str]) -> str:
    return f"<{name}>{''.join(parts)}</{name}>" if parts else f"<{name}/>"


def _stock_xml(xml: Xml, rows: Sequence[FeedRow], sites: Sequence[str]) -> str:
    stocks: list[str] = []
    stock_rows = [row for row in rows if isinstance(row, StockRow)]
    for position, site in enumerate(sites):
        articles = [
            f"<article><articleNo>{xml.text(row.article_no)}</articleNo>"
            f"<noItemsAv>{row.available.get(site, '0')}</noItemsAv></article>"
            for row in stock_rows
            # The default site tells of every article, another one of those it has.
            if position == 0 or site in row.available
        ]
        if articles:
            stocks.append(
                f"<stock{xml.attribute('stockSiteId', site)}>{_list_xml('articles', articles)}</stock>"
            )
    return _list_xml("stockChanges", stocks)


def _article_xml(xml: Xml, row: ArticleRow) -> str:
    attributes = "".join(xml.attribute(name, value) for name, value in row.attributes.items())
    if xml.options.article_ids:
        attributes += xml.attribute("articleId", str(row.article_id))
    parts = [f"<articleNo>{xml.text(row.article_no)}</articleNo>", f"<name>{xml.text(row.name)}</name>"]
    parts += [f"<{name}>{xml.text(value)}</{name}>" for name, value in row.elements.items()]
    if row.price_lists:
        lists = ["".join(xml.attribute(k, v) for k, v in price.items()) for price in row.price_lists]
        parts.append(_list_xml("priceLists", [f"<priceList{attributes}/>" for attributes in lists]))
    if row.parent_no or row.options:
        options = [
            f"<option{xml.attribute('name', name)}>{xml.text(value)}</option>"
            for name, value in row.options.items()
        ]
        parts.append(f"<variant{xml.attribute('parentNo', row.parent_no)}>{''.join(options)}</variant>")
    if row.parts:
        needs = [
            f"<part{xml.attribute('articleNo', number)}{xml.attribute('noOfItems', quantity)}/>"
            for number, quantity in row.parts.items()
        ]
        parts.append(_list_xml("setArticles", needs))
    return f"<article{attributes}>{''.join(parts)}</article>"


def _order_xml(xml: Xml, row: OrderStatusRow) -> str:
    status = (
        f"<orderstatus{xml.attribute('deliveryStatus', row.delivery_status)}"
        f"{xml.attribute('statusId', str(row.status_id))}"
        f"{''.join(xml.attribute(name, value) for name, value in row.facts.items())}/>"
    )
    parcels = "".join(f"<delivery{xml.attribute('trackingNo', number)}/>" for number in row.tracking_nos)
    deliveries = f"<deliveries{xml.attribute('updated', str(int(row.updated)))}>{parcels}</deliveries>"
    rows = ""
    if row.rows:
        each = ["<row" + "".join(xml.attribute(k, v) for k, v in r.items()) + "/>" for r in row.rows]
        rows = _list_xml("rows", each)
    numbers = xml.attribute("orderNo", str(row.order_no))
    if xml.options.external_no_in_feed:
        numbers += xml.attribute("externalOrderNo", row.external_order_no)
    return f"<order{numbers}>{status}{deliveries}{rows}</order>"


def feed_list(answer: FeedAnswer, books: Books) -> bytes:
    """Return the answer as lines ending in CR LF, a heading first."""
    default = books.options.sites[0]
    lines = [_HEADINGS[answer.feed]]
    lines += [f"{_line(row, default)};{answer.batch_no}" for row in answer.rows]
    return ("\r\n".join(lines) + "\r\n").encode("latin-1", "replace")


def _line(row: FeedRow, default_site: str) -> str:
    if isinstance(row, StockRow):
        return f"{row.article_id};{row.article_no};{row.available.get(default_site, '0')}"
    if isinstance(row, ArticleRow):
        price, code = row.attributes["priceExclVat"], row.attributes["barCode"]
        return f"{row.article_id};{row.article_no};{row.name};{price};{code}"
    return f"{row.order_no};{row.status_id};{row.delivery_status};{','.join(row.tracking_nos)}"
