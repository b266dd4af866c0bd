"""Whatever the simulator's own writer writes, our readers read: any text, any number, any option."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from brygga.connectors.specter.answers import read_reply
from brygga.connectors.specter.dialect import load
from brygga.connectors.specter.feed_articles import article_infos
from brygga.connectors.specter.feed_orders import order_events
from brygga.connectors.specter.feed_stock import stock_levels
from brygga.connectors.specter.feed_stock_list import is_stock_list
from brygga.domain.order import OptionValue
from brygga.domain.supply import ListPrice
from brygga_simulators.common.clock import Clock
from brygga_simulators.common.storage import DocumentStore
from brygga_simulators.specter.books import Account, Books
from brygga_simulators.specter.changes import ArticleRow, OrderStatusRow, StockRow
from brygga_simulators.specter.feed_answers import feed_list, feed_xml
from brygga_simulators.specter.feeds import FeedAnswer
from brygga_simulators.specter.money import comma
from brygga_simulators.specter.options import Options

DIALECT = load({})
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
WRITTEN = st.builds(" ".join, st.lists(WORDS, min_size=1, max_size=4))
NUMBERS = st.text("abcXYZ019-_./åÖ#&<>'\"", min_size=1, max_size=20)
AMOUNTS = st.decimals(-10000, 10000, places=3)
MORE = st.decimals("0.001", 1000, places=3)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
STORE = DocumentStore()
FORMS = st.builds(
    Options,
    xml_encoding=st.sampled_from(["ISO-8859-1", "UTF-8"]),
    xml_cdata=st.booleans(),
    xml_root=st.sampled_from(["SBM", "svar"]),
    stock_sites=st.just("1,2,3"),
)


def told(feed, rows, options, limit=500):
    """Write rows as the simulator does, and return the reply as we read it."""
    books = Books(Account(9999, 2, {"7": "k"}, "o", options), STORE, Clock())
    body = feed_xml(FeedAnswer(feed, "b1", rows, limit), books, every_site=True)
    return read_reply(body, DIALECT.xml)


@given(
    FORMS, st.dictionaries(NUMBERS, st.dictionaries(st.sampled_from("123"), AMOUNTS, min_size=1), max_size=5)
)
def test_stock(options, wanted):
    rows = [
        StockRow(n, number, {site: comma(available) for site, available in sites.items()})
        for n, (number, sites) in enumerate(wanted.items())
    ]
    found = stock_levels(told("stock", rows, options), DIALECT)
    # Of the default site the simulator tells of every article, whether it has any there or not.
    expected = {
        (no, site): n for no, sites in wanted.items() for site, n in {"1": Decimal(0), **sites}.items()
    }
    assert {(row.article_no, row.site): row.available for row in found.rows} == expected
    assert found.remarks == ()


@given(
    st.dictionaries(st.text("abcXYZ019-_./åÖ#&", min_size=1, max_size=20), AMOUNTS, min_size=1, max_size=5)
)
def test_stock_in_lines(wanted):
    books = Books(Account(9999, 2, {"7": "k"}, "o", Options()), STORE, Clock())
    rows = [StockRow(n, no, {"1": comma(available)}) for n, (no, available) in enumerate(wanted.items(), 1)]
    body = feed_list(FeedAnswer("stock", "b1", rows, 0), books)
    reply = read_reply(body, DIALECT.xml, lambda text: is_stock_list(text, DIALECT))
    found = stock_levels(reply, DIALECT)
    assert {row.article_no: row.available for row in found.rows} == wanted


@st.composite
def list_prices(draw):
    days = sorted(draw(st.lists(DAYS, min_size=2, max_size=2)))
    starts, ends = (day if draw(st.booleans()) else None for day in days)
    return ListPrice(
        draw(WRITTEN), draw(AMOUNTS), draw(st.sampled_from(["SEK", "EUR"])), draw(MORE), starts, ends
    )


def attributes(price):
    days = {"from": price.starts, "to": price.ends}
    return {
        "name": price.name,
        "currency": price.currency,
        "priceExclVat": comma(price.price_ex),
        "fromQuantity": comma(price.from_quantity),
        **{name: day.isoformat() for name, day in days.items() if day},
    }


@given(
    options=FORMS,
    number=NUMBERS,
    name=WRITTEN,
    price=AMOUNTS,
    weight=MORE,
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    parent=st.just("") | NUMBERS,
    choices=st.dictionaries(WRITTEN, WRITTEN, max_size=3),
    parts=st.dictionaries(NUMBERS, MORE, max_size=3),
    lists=st.lists(list_prices(), max_size=4),
    text=WRITTEN,
)
def test_articles(options, number, name, price, weight, flags, parent, choices, parts, lists, text):
    deleted, ended, for_web = flags
    row = ArticleRow(
        1,
        number,
        name,
        {
            "buyPrice": "0",
            "priceExclVat": comma(price),
            "barCode": "0731",
            "productWeight": comma(weight),
            **({"deleted": "1"} if deleted else {}),
            **({"ended": "1"} if ended else {}),
        },
        {
            "vatPercent": "12",
            "articleGroup": name,
            "showOnWeb": str(int(for_web)),
            "webDescription": f"<p>{text}",
        },
        parent,
        choices,
        {part: comma(quantity) for part, quantity in parts.items()},
        [attributes(price) for price in lists],
    )
    found = article_infos(told("articles", [row, row], options), DIALECT)
    assert (found.remarks, found.told) == ((), 2)
    article = found.rows[0]
    assert (article.article_no, article.name, article.group) == (number, name, name)
    assert (article.price_ex, article.weight_kg, article.vat_percent) == (price, weight, Decimal(12))
    assert (article.ended, article.for_web, article.barcode) == (deleted or ended, for_web, "0731")
    assert article.parent_no == parent
    assert article.options == tuple(OptionValue(*pair) for pair in choices.items())
    assert article.parts == parts
    assert article.lists == tuple(lists)
    assert article.description == f"<p>{text}"


@given(
    FORMS,
    st.integers(1, 10**9),
    st.sampled_from([1, 3, 4, 5]),
    st.sampled_from("NPD"),
    st.booleans(),
    st.lists(NUMBERS, max_size=3),
    st.booleans(),
    st.lists(st.integers(1, 10**6), max_size=3, unique=True),
    st.lists(st.fixed_dictionaries({"articleNo": NUMBERS, "noOfItems": st.just("1")}), max_size=2),
)
def test_orders(options, number, status, delivery, updated, parcels, paid, invoices, rows):
    facts = {"paid": "1"} if paid else {}
    facts |= {"invoiceNo": ",".join(map(str, invoices))} if invoices else {}
    row = OrderStatusRow(number, "SE-1", status, delivery, updated, parcels, rows, facts)
    (event,) = order_events(told("orders", [row], options), DIALECT).rows
    assert (event.order_no, event.paid) == (str(number), paid)
    assert event.invoice_no == ",".join(map(str, invoices))
    assert event.cancelled == (status == 5)
    assert event.delivered == (delivery == "D" and status != 5)
    assert [shipment.tracking_no for shipment in event.shipments] == list(dict.fromkeys(parcels))
    assert [v for k, v in event.raw.items() if "@articleNo" in k] == [r["articleNo"] for r in rows]
