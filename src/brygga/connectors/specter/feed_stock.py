"""Rows of the stock feed: how many of each article are available at each site.

They come as XML, a list of articles for each site, or as lines with semicolons (`feed_stock_list`).
A number that can't be read leaves its article out, at every site: with one site missing, the
others would be taken for all there is.
"""

from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from brygga.connectors.specter.answers import Reply, local_name
from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.dialect_parts import Words, XmlNames
from brygga.connectors.specter.feed_rows import (
    LONGEST_NUMBER,
    FeedRows,
    Remarks,
    list_in,
    shown,
    unreadable,
)
from brygga.connectors.specter.feed_stock_list import listed_stock
from brygga.connectors.specter.feed_values import first_of, read_number, values_of
from brygga.domain.message import message
from brygga.domain.supply import StockLevel

# A site, and of each of its rows the article's number and what is available; None: not told at all.
Site = tuple[str, Iterator[tuple[str | None, str | None]]]


def stock_levels(reply: Reply, dialect: Dialect) -> FeedRows[StockLevel]:
    """Return what the reply tells of stock.

    A site that is told of twice, or several without a name, are added up, as other clients do.
    Raises SetupWrong when no row can be read: then it is not an article's fault but the dialect's.
    """
    shelf = _Shelf(dialect)
    if reply.listing:
        shelf.take("", listed_stock(reply.listing, dialect))
        return shelf.rows(by_column=True)
    changes = list_in(reply, dialect.xml.stock_changes, "xml.stock_changes", dialect)
    if changes is not None:
        unnamed = 0
        for count, (site, rows) in enumerate(_sites(changes, dialect), 1):
            shelf.take(site, rows)
            unnamed += not site
            if unnamed and count == 2:
                shelf.remarks.add(message("specter.sites_unnamed"))
    return shelf.rows()


def _sites(changes: etree._Element, dialect: Dialect) -> Iterator[Site]:
    names = dialect.xml
    for item in changes:
        name = local_name(item)
        if name in names.stock:
            site, holders = _site(item, names)
            yield site, _rows_in(holders, names)
        elif name in names.articles:
            yield "", _rows_in([item], names)
        elif name:
            raise unreadable("xml.stock")


def _site(stock: etree._Element, names: XmlNames) -> tuple[str, list[etree._Element]]:
    """Return a site's name and the lists of its articles."""
    told, rich = values_of(stock)
    site = first_of(told, names.stock_site)
    lists = [item for item in stock if local_name(item) in names.articles]
    if not lists and any(local_name(item) not in names.stock_site for item in rich):
        if any(local_name(item) in names.article for item in rich):
            return site, [stock]
        raise unreadable("xml.articles")
    return site, lists


def _rows_in(lists: list[etree._Element], names: XmlNames) -> Iterator[tuple[str | None, str | None]]:
    for articles in lists:
        for item in articles:
            name = local_name(item)
            if name in names.article:
                told, _ = values_of(item)
                yield _told(told, names.article_no), _told(told, names.stock_available)
            elif name and (len(item) or item.attrib) and local_name(articles) in names.articles:
                raise unreadable("xml.article")


def _told(told: dict[str, str], names: Words) -> str | None:
    """Return a value, blank when its name is there without one, None when it is not there."""
    return first_of(told, names) or ("" if any(name in told for name in names) else None)


class _Shelf:
    """Levels as they are read, with what could not be."""

    def __init__(self, dialect: Dialect) -> None:
        self.remarks = Remarks()
        self._unsaid = frozenset(("", *dialect.codes.unsaid))
        self._levels: dict[tuple[str, str], Decimal] = {}
        self._left_out: set[str] = set()
        self._told = 0
        self._faults: set[str] = set()

    def take(self, site: str, rows: Iterator[tuple[str | None, str | None]]) -> None:
        """Take in one site; an article that is told of twice in it has the number told last."""
        here: dict[str, Decimal] = {}
        for number, available in rows:
            self._told += 1
            if not number or len(number) > LONGEST_NUMBER:
                self._faults.add("xml.article_no")
                self.remarks.add(message("specter.row_nameless", value=shown(number or available or "-")))
                continue
            level = None if available is None else read_number(available)
            if level is not None:
                here[number] = level
                continue
            if available is None:
                self._faults.add("xml.stock_available")
            elif available.lower() not in self._unsaid:
                self._faults.add("codes.unsaid")
            self._left_out.add(number)
            self.remarks.add(
                message(
                    "specter.stock_unread", article=number, value=shown(available or "-"), site=site or "-"
                )
            )
        for number, level in here.items():
            self._levels[number, site] = self._levels.get((number, site), Decimal(0)) + level

    def rows(self, *, by_column: bool = False) -> FeedRows[StockLevel]:
        """Return the levels. Raises SetupWrong when there was something to read and nothing was read."""
        levels = tuple(
            StockLevel(number, level, site)
            for (number, site), level in self._levels.items()
            if number not in self._left_out
        )
        if self._faults and not self._levels:
            raise unreadable(self._worst_fault(by_column))
        return FeedRows(levels, self._told, self.remarks.all())

    def _worst_fault(self, by_column: bool) -> str:
        # A name that is not there explains a value that is not; a value alone is the smallest fault.
        order = (
            ("xml.article_no", "lists.article_no_column"),
            ("xml.stock_available", "lists.available_column"),
        )
        for entry, column in order:
            if entry in self._faults:
                return column if by_column else entry
        return "codes.unsaid"
