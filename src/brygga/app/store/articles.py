"""Article numbers that a target is known to have, with their VAT percent."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from brygga.app.store.sql import fetch, marks, run
from brygga.flows.products.suspects import spelling

_AT_ONCE = 500


def find_articles(target: int, article_nos: Sequence[str]) -> dict[str, Decimal | None]:
    """Return those of the numbers that the target is known to have, with VAT percent."""
    found: dict[str, Decimal | None] = {}
    for part in _parts(article_nos):
        rows = fetch(
            "SELECT article_no, vat_percent FROM store_knownarticle"
            f" WHERE connection_id = %s AND article_no IN ({marks(len(part))})",
            (target, *part),
        )
        found.update((no, None if vat is None else Decimal(str(vat))) for no, vat in rows)
    return found


def keep_articles(tenant: int, target: int, articles: Mapping[str, Decimal | None]) -> None:
    """Remember articles; a percent that is known is never replaced by none. Inside `write`."""
    for part in _parts(list(articles)):
        params: list[Any] = []
        for number in part:
            vat = articles[number]
            params += (tenant, target, number, spelling(number), None if vat is None else str(vat))
        run(
            "INSERT INTO store_knownarticle (tenant_id, connection_id, article_no, spelling, vat_percent)"
            f" VALUES {', '.join(['(%s, %s, %s, %s, %s)'] * len(part))}"
            " ON CONFLICT (connection_id, article_no) DO UPDATE SET vat_percent ="
            " COALESCE(excluded.vat_percent, store_knownarticle.vat_percent)",
            params,
        )


def forget_articles(target: int, article_nos: Sequence[str]) -> None:
    """Forget articles that the target turned out not to have any more. Inside `write`."""
    for part in _parts(article_nos):
        run(
            f"DELETE FROM store_knownarticle WHERE connection_id = %s AND article_no IN ({marks(len(part))})",
            (target, *part),
        )


def suspects(target: int, article_nos: Sequence[str]) -> Mapping[str, str]:
    """Return known articles that differ from one of these in spelling only: ours to theirs."""
    if not article_nos:
        return {}
    by_spelling = {spelling(number): number for number in article_nos}
    rows = fetch(
        "SELECT spelling, article_no FROM store_knownarticle WHERE connection_id = %s"
        f" AND spelling IN ({marks(len(by_spelling))}) ORDER BY id",
        (target, *by_spelling),
    )
    known = {number for _, number in rows}
    return {
        by_spelling[same]: number
        for same, number in rows
        if by_spelling[same] != number and by_spelling[same] not in known
    }


def _parts(article_nos: Sequence[str]) -> Iterator[Sequence[str]]:
    # Databases limit how many values a statement may have; a row of an insert has five.
    for start in range(0, len(article_nos), _AT_ONCE):
        yield article_nos[start : start + _AT_ONCE]
