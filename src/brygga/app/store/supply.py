"""SupplyStore: what an ERP's feeds have told of its range, kept before the ERP is told so.

Newest wins: a row of an older reading never replaces that of a newer one, and a row that says
what is known already wakes nobody.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from brygga.app.store.articles import keep_articles
from brygga.app.store.sql import fetch, json_in, json_out, marks, time_in, time_out
from brygga.app.store.transaction import write
from brygga.domain.supply import ArticleInfo, StockLevel, Supply
from brygga.flows.products.suspects import spelling

msgspec.json.Decoder(ArticleInfo)  # laid out before there are threads, see worker/sessions.py

_AT_ONCE = 200
_COLUMNS = "article_no, article, article_read_at, stock, stock_read_at"


class DbSupplyStore:
    """The mirror of one tenant's ERPs, as `flows/supply.py` promises it."""

    def __init__(self, tenant: int) -> None:
        self._tenant = tenant

    def keep_articles(self, erp: int, rows: Sequence[ArticleInfo], begun_at: datetime) -> Sequence[str]:
        """Keep articles as they were read; return the numbers of those that are new or changed."""
        changed: list[str] = []
        latest = {row.article_no: row for row in rows}  # the same article twice: the last word counts
        for part in _parts(list(latest)):
            params: list[Any] = []
            for number in part:
                row = latest[number]
                data = json_in(msgspec.to_builtins(row, enc_hook=str))
                mark = hashlib.sha256(data.encode()).hexdigest()[:32]
                params += (self._tenant, erp, number, spelling(number), row.parent_no, data, mark)
                params += (time_in(begun_at), row.ended)
            with write():
                known = dict(
                    fetch(
                        "SELECT article_no, article_mark FROM store_supplyrow"
                        f" WHERE connection_id = %s AND article_no IN ({marks(len(part))})",
                        (erp, *part),
                    )
                )
                told = fetch(
                    "INSERT INTO store_supplyrow (tenant_id, connection_id, article_no, spelling, parent_no, article,"
                    " article_mark, article_read_at, ended, stock)"
                    f" VALUES {', '.join(['(%s, %s, %s, %s, %s, %s, %s, %s, %s, {empty})'] * len(part))}".replace(
                        "{empty}", "'{}'"
                    )
                    + " ON CONFLICT (connection_id, article_no) DO UPDATE SET parent_no = excluded.parent_no,"
                    " article = excluded.article, article_mark = excluded.article_mark,"
                    " article_read_at = excluded.article_read_at, ended = excluded.ended"
                    " WHERE store_supplyrow.article_read_at IS NULL"
                    " OR store_supplyrow.article_read_at <= excluded.article_read_at"
                    " RETURNING article_no, article_mark",
                    params,
                )
                changed += [number for number, mark in told if known.get(number) != mark]
                keep_articles(self._tenant, erp, {no: latest[no].vat_percent for no in part})
        return changed

    def keep_stock(self, erp: int, rows: Sequence[StockLevel], begun_at: datetime) -> Sequence[str]:
        """Keep stock as it was read, all sites of an article together; return the numbers told of.

        Also those whose number is the same as before: it was read later, so less is in flight.
        """
        by_article: dict[str, dict[str, str]] = defaultdict(dict)
        for row in rows:
            by_article[row.article_no][row.site] = str(row.available)
        told: list[str] = []
        for part in _parts(list(by_article)):
            params: list[Any] = []
            for number in part:
                stock = json_in(by_article[number])
                params += (self._tenant, erp, number, spelling(number), stock, time_in(begun_at))
            with write():
                kept = fetch(
                    "INSERT INTO store_supplyrow (tenant_id, connection_id, article_no, spelling, stock,"
                    " stock_read_at, parent_no, article, article_mark, ended)"
                    f" VALUES {', '.join(['(%s, %s, %s, %s, %s, %s, {rest})'] * len(part))}".replace(
                        "{rest}", "'', '{}', '', FALSE"
                    )
                    + " ON CONFLICT (connection_id, article_no) DO UPDATE SET stock = excluded.stock,"
                    " stock_read_at = excluded.stock_read_at"
                    " WHERE store_supplyrow.stock_read_at IS NULL"
                    " OR store_supplyrow.stock_read_at <= excluded.stock_read_at"
                    " RETURNING article_no",
                    params,
                )
            told += [number for (number,) in kept]
        return told


def supply_of(erp: int, article_nos: Sequence[str]) -> dict[str, Supply]:
    """Return what is known of these articles, by number."""
    found: dict[str, Supply] = {}
    for part in _parts(list(dict.fromkeys(article_nos))):
        rows = fetch(
            f"SELECT {_COLUMNS} FROM store_supplyrow WHERE connection_id = %s AND article_no IN ({marks(len(part))})",
            (erp, *part),
        )
        found.update((row[0], _supply(row)) for row in rows)
    return found


def all_supply(erp: int, at_once: int = 1000) -> Iterator[Supply]:
    """Yield every article known, by number, with flat memory."""
    after = ""
    while True:
        rows = fetch(
            f"SELECT {_COLUMNS} FROM store_supplyrow WHERE connection_id = %s AND article_no > %s"
            " ORDER BY article_no LIMIT %s",
            (erp, after, at_once),
        )
        yield from (_supply(row) for row in rows)
        if len(rows) < at_once:
            return
        after = rows[-1][0]


def _supply(row: tuple[Any, ...]) -> Supply:
    number, article, article_read_at, stock, stock_read_at = row
    data: Mapping[str, Any] = json_out(article)
    levels: Mapping[str, str] = json_out(stock)
    return Supply(
        article=msgspec.convert(data, ArticleInfo, strict=False) if data else ArticleInfo(number),
        article_read_at=time_out(article_read_at),
        stock={site: Decimal(available) for site, available in levels.items()},
        stock_read_at=time_out(stock_read_at),
    )


def _parts(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]
