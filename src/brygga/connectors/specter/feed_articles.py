"""Rows of the article feed: what each tells of an article becomes an `ArticleInfo`.

A value that can't be read is left unsaid with a remark. Unknown elements are kept in `raw`;
structure and price lists are read in `feed_article_parts`.
"""

import html
import re
from decimal import Decimal
from functools import lru_cache

from lxml import etree

from brygga.connectors.specter.answers import Reply, local_name
from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.dialect_parts import ArticleNames, Words
from brygga.connectors.specter.feed_article_parts import list_prices, set_parts, structure
from brygga.connectors.specter.feed_rows import (
    LONGEST_NUMBER,
    FeedRows,
    Remarks,
    list_in,
    shown,
    unreadable,
)
from brygga.connectors.specter.feed_values import (
    Known,
    Told,
    first_of,
    raw_of,
    read_mark,
    read_number,
    text_of,
    values_of,
)
from brygga.domain.message import message
from brygga.domain.supply import ArticleInfo

_RAW_VALUES = 50
_WHOLE = Decimal(100)
_ENCODED_TAG = re.compile(r"&lt;/?[a-zA-Z!]")


def article_infos(reply: Reply, dialect: Dialect) -> FeedRows[ArticleInfo]:
    """Return what the reply tells of each article.

    A row without an article number is left out with a remark. Raises SetupWrong when none has one,
    or when something else than articles stands in the list.
    """
    articles = list_in(reply, dialect.xml.articles, "xml.articles", dialect)
    if articles is None:
        return FeedRows()
    remarks = Remarks()
    rows: list[ArticleInfo] = []
    told = 0
    for item in articles:
        name = local_name(item)
        if name in dialect.xml.article:
            told += 1
            row = _article(item, dialect, remarks)
            if row is not None:
                rows.append(row)
        elif name:
            raise unreadable("xml.article")
    if told and not rows:
        raise unreadable("xml.article_no")
    return FeedRows(tuple(rows), told, remarks.all())


def _article(item: etree._Element, dialect: Dialect, remarks: Remarks) -> ArticleInfo | None:
    names = dialect.xml_article
    told, rich = values_of(item)
    for inner in rich:  # a value may stand in an element of its own, or in several
        if not told.get(local_name(inner)) and local_name(inner) in _plain(names):
            told[local_name(inner)] = text_of(inner)
    number = first_of(told, dialect.xml.article_no)
    if not number or len(number) > LONGEST_NUMBER:
        remarks.add(message("specter.row_nameless", value=shown(number or first_of(told, names.name) or "-")))
        return None
    read = _Reader(number, told, dialect, remarks)
    parent, options = structure(number, told, rich, dialect, remarks)
    return ArticleInfo(
        article_no=number,
        name=first_of(told, names.name),
        price_ex=read.number(names.price),
        vat_percent=read.number(names.vat_percent, least=Decimal(0), most=_WHOLE),
        barcode=first_of(told, names.barcode),
        weight_kg=read.number(names.weight, least=Decimal(0)),
        group=first_of(told, names.group),
        parent_no=parent,
        options=options,
        parts=set_parts(number, rich, dialect, remarks),
        lists=list_prices(number, rich, dialect, remarks),
        for_web=read.mark(names.for_web),
        ended=read.mark(names.deleted) is True or read.mark(names.ended) is True,
        description=_web_text(first_of(told, names.description), dialect),
        short_description=_web_text(first_of(told, names.short_description), dialect),
        id=first_of(told, names.id),
        raw=raw_of(item, _RAW_VALUES, _known(names, dialect.xml.article_no)),
    )


class _Reader:
    """Values of one article; those that can't be read are remarked on."""

    def __init__(self, number: str, told: Told, dialect: Dialect, remarks: Remarks) -> None:
        self._article = number
        self._told = told
        self._dialect = dialect
        self._remarks = remarks

    def number(
        self, names: Words, *, least: Decimal | None = None, most: Decimal | None = None
    ) -> Decimal | None:
        """Return a number within its bounds, or None."""
        text = first_of(self._told, names)
        if not text:
            return None
        number = read_number(text.removesuffix("%") if most is not None else text)
        if number is None or (least is not None and number < least) or (most is not None and number > most):
            self._unread(names, text)
            return None
        return number

    def mark(self, names: Words) -> bool | None:
        """Return what a mark says, or None. Several names of one mark: yes if one says yes."""
        said = [text for text in (self._told.get(name, "") for name in names) if text]
        marks = [read_mark(text, self._dialect.codes) for text in said]
        if True in marks:
            return True
        if None in marks:
            self._unread(names, said[marks.index(None)])
            return None
        return False if marks else None

    def _unread(self, names: Words, text: str) -> None:
        field = next((name for name in names if self._told.get(name) == text), names[0])
        self._remarks.add(
            message("specter.value_unread", article=self._article, field=field, value=shown(text))
        )


def _web_text(text: str, dialect: Dialect) -> str:
    """Return a text as HTML: decoded once if its tags are encoded and none is in the clear."""
    if dialect.text.web_texts_encoded and "<" not in text and _ENCODED_TAG.search(text):
        return html.unescape(text)
    return text


@lru_cache(maxsize=64)
def _plain(names: ArticleNames) -> frozenset[str]:
    return frozenset((*names.name, *names.price, *names.vat_percent, *names.barcode, *names.weight,
                      *names.group, *names.id, *names.parent_no, *names.deleted, *names.ended,
                      *names.for_web, *names.description, *names.short_description))  # fmt: skip


@lru_cache(maxsize=64)
def _known(names: ArticleNames, article_no: Words) -> Known:
    """Return which names are read already, on the article and within each part of its structure."""
    part = frozenset((*article_no, *names.part_quantity))
    option = frozenset((*names.option, *names.option_name, *names.option_value))
    price = frozenset((*names.list_name, *names.list_price, *names.list_currency, *names.from_quantity,
                       *names.starts, *names.ends))  # fmt: skip
    return (
        dict.fromkeys(names.part, part)
        | dict.fromkeys(names.price_list, price)
        | dict.fromkeys((*names.options, *names.option), option)
        | {name: option | frozenset(names.parent_no) for name in names.variant}
        | {"": _plain(names) | frozenset((*article_no, *names.option))}
    )
