"""Answers of the feeds as a server may write them, and their rows as our readers understand them."""

from typing import Any

from brygga.connectors.specter.answers import Reply, read_reply
from brygga.connectors.specter.dialect import Dialect, load
from brygga.connectors.specter.feed_articles import article_infos
from brygga.connectors.specter.feed_rows import FeedRows
from brygga.connectors.specter.feed_stock import stock_levels
from brygga.connectors.specter.feed_stock_list import is_stock_list
from brygga.domain.supply import ArticleInfo, StockLevel


def answer(inner: str, encoding: str = "ISO-8859-1", *, bom: bool = False) -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\r\n<SBM><APIresponse><result>1</result></APIresponse>{inner}</SBM>'
    return (b"\xef\xbb\xbf" + text.encode()) if bom else text.encode(encoding)


def articles(inner: str) -> bytes:
    return answer(f"<articles>{inner}</articles>")


def site(inner: str, attributes: str = "") -> str:
    return f"<stock {attributes}><articles>{inner}</articles></stock>"


def stock(*sites: str) -> bytes:
    return answer(f"<stockChanges>{''.join(sites)}</stockChanges>")


def level(number: str, available: str) -> str:
    return f"<article><articleNo>{number}</articleNo><noItemsAv>{available}</noItemsAv></article>"


def read_articles(body: bytes, overrides: dict[str, str] | None = None) -> FeedRows[ArticleInfo]:
    dialect = load(overrides or {})
    return article_infos(read_reply(body, dialect.xml), dialect)


def read_article(inner: str, overrides: dict[str, str] | None = None) -> ArticleInfo:
    found = read_articles(articles(inner), overrides)
    assert found.remarks == ()
    (row,) = found.rows
    return row


def read_stock(body: bytes, overrides: dict[str, str] | None = None) -> FeedRows[StockLevel]:
    dialect = load(overrides or {})
    return stock_levels(reply_of(body, dialect), dialect)


def reply_of(body: bytes, dialect: Dialect) -> Reply:
    return read_reply(body, dialect.xml, lambda text: is_stock_list(text, dialect))


def levels(found: FeedRows[StockLevel]) -> dict[Any, str]:
    return {(row.article_no, row.site): str(row.available) for row in found.rows}


def codes(found: FeedRows[Any]) -> list[str]:
    return [remark.code for remark in found.remarks]
