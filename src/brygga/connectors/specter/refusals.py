"""What a refusal of Specter's means: from code and words to the error that says what happens next.

Only code 99 is public. An assumed code alone is never enough to pause a connection or to take
an order for one that is already there: then the ERP's words must say so too.
"""

import re
from collections.abc import Iterable

from brygga.connectors.specter.answers import Reply
from brygga.connectors.specter.dialect import Dialect
from brygga.domain.errors import (
    ArticleMissing,
    BryggaError,
    CardGone,
    ConnectionBroken,
    DuplicateNumber,
    RecordRejected,
)
from brygga.domain.message import message

_MEANINGS = (
    "bad_key",
    "unknown_account",
    "duplicate_order",
    "article_exists",
    "article_unknown",
    "customer_unknown",
    "currency_closed",
    "missing_parameter",
)
# Too dear to be wrong about: an assumed code needs the words to agree.
_DEAR = ("bad_key", "unknown_account", "duplicate_order")


def meaning(reply: Reply, dialect: Dialect, own_number: str = "") -> str:
    """Return what a refusal means, or an empty text when nobody knows.

    `own_number` is the shop's number of the order that was sent, if it was one.
    """
    if reply.code in dialect.errors.open_batch:
        return "open_batch"
    coded = [name for name in _MEANINGS if reply.code and reply.code in getattr(dialect.errors, name)]
    for name in coded:
        if f"errors.{name}" not in dialect.assumed or _says(name, reply, dialect):
            return name
    if own_number and _holds(reply.text, own_number) and _says("duplicate_order", reply, dialect):
        return "duplicate_order"
    for name in _MEANINGS:
        if name != "duplicate_order" and _says(name, reply, dialect):
            return name
    return next((name for name in coded if name not in _DEAR), "")


def refusal(
    reply: Reply,
    dialect: Dialect,
    *,
    record: str,
    own_number: str = "",
    articles: Iterable[str] = (),
    for_us: str = "",
) -> BryggaError:
    """Return the error of a refused write. `articles` are the article numbers that were sent."""
    text = reply.text or "-"
    ours = f"{for_us} -> code {reply.code}: {reply.text}".strip()
    facts = {"record": record, "error": reply.code or "-", "text": text}
    match meaning(reply, dialect, own_number):
        case "bad_key" | "unknown_account" as name:
            return ConnectionBroken(message(f"specter.{name}", text=text), ours)
        case "duplicate_order" if own_number:
            existing = existing_number(reply.text, own_number, dialect)
            return DuplicateNumber(
                message("specter.duplicate_order", existing=existing or "-", **facts), ours, existing=existing
            )
        case "article_unknown":
            article_no = named_article(reply.text, articles)
            return ArticleMissing(
                message("specter.article_unknown", article=article_no or "-", **facts),
                ours,
                article_no=article_no,
            )
        case "customer_unknown" as name:
            return CardGone(message(f"specter.{name}", **facts), ours)
        case "currency_closed" | "missing_parameter" | "article_exists" as name:
            return RecordRejected(message(f"specter.{name}", **facts), ours)
        case _:
            return RecordRejected(message("specter.refused", **facts), ours)


def open_batch(reply: Reply, dialect: Dialect) -> str:
    """Return the number of the open batch that a refusal quotes, or an empty text."""
    found = dialect.patterns.open_batch.search(reply.text)
    return _group(found).strip() if found else ""


def existing_number(text: str, own_number: str, dialect: Dialect) -> str:
    """Return the ERP's own number of the order that has our number, if it tells exactly one."""
    without_ours = _token(own_number).sub(" ", text)
    found = {_group(hit) for hit in dialect.patterns.existing_number.finditer(without_ours)}
    return found.pop() if len(found) == 1 else ""


def named_article(text: str, articles: Iterable[str]) -> str:
    """Return the article number of ours that the ERP's words hold; the longest if one holds another."""
    named = [article for article in set(articles) if article and _holds(text, article)]
    return max(named, key=len, default="")


def _says(name: str, reply: Reply, dialect: Dialect) -> bool:
    pattern: re.Pattern[str] = getattr(dialect.error_words, name)
    return bool(reply.text) and pattern.search(reply.text) is not None


def _holds(text: str, number: str) -> bool:
    return _token(number).search(text) is not None


def _token(number: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(number)}(?![\w-])", re.IGNORECASE)


def _group(found: re.Match[str]) -> str:
    return str(found.group(1) if found.re.groups else found.group())
