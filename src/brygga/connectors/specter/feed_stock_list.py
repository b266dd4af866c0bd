"""The stock feed as lines with semicolons: what it looks like, and its rows.

Lines end in CR, LF may follow; the first may be a heading. The columns that matter are the
article's number and how many are available; those after them may be more or fewer.
"""

import re
from collections.abc import Iterator

from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.feed_values import read_number
from brygga.domain.errors import TryLater
from brygga.domain.message import message

_LINES = re.compile(r"[^\r\n]+")
_FEWEST = 3  # fields of a row; fewer are the short form


def is_stock_list(text: str, dialect: Dialect) -> bool:
    """Say whether a text is rows rather than the short form (`1;<id>;<message>`), which looks much alike.

    No article's internal id is 0, so a line that begins with 0 is a refusal. One that begins with 1
    is a row if it has a number where rows have one, or if more rows follow.
    """
    lines = (_fields(line.group()) for line in _LINES.finditer(text))
    first, second = next(lines, []), next(lines, [])
    if _is_heading(first, dialect):
        return True
    follows = _is_row(second, dialect)
    if not first or first[0] == "0" or first[0].startswith("-") or len(first) < _FEWEST:
        return False
    if first[0].isdigit() and first[0] != "1":
        return True
    return follows or (first[0] == "1" and _is_row(first, dialect))


def listed_stock(text: str, dialect: Dialect) -> Iterator[tuple[str | None, str | None]]:
    """Yield of each row the article's number and what is available; None where the line is too short.

    Raises TryLater when the last line is cut off.
    """
    number_at, available_at = dialect.lists.article_no_column - 1, dialect.lists.available_column - 1
    usual = 0
    for line in _LINES.finditer(text):
        fields = _fields(line.group())
        if fields == [""]:
            continue
        if line.end() == len(text) and len(fields) < usual:
            raise TryLater(message("specter.feed_cut"), line.group(), system_away=False)
        if len(fields) == 1 or _is_heading(fields, dialect):
            usual = max(usual, len(fields))
            continue  # a line without semicolons says nothing
        usual = len(fields)
        yield (
            fields[number_at] if number_at < usual else None,
            fields[available_at] if available_at < usual else None,
        )


def _fields(line: str) -> list[str]:
    return [field.strip(" \t\x00") for field in line.split(";")]


def _is_heading(fields: list[str], dialect: Dialect) -> bool:
    at = dialect.lists.available_column - 1
    return at < len(fields) and fields[at].lower() in dialect.lists.heading


def _is_row(fields: list[str], dialect: Dialect) -> bool:
    at = dialect.lists.available_column - 1
    return len(fields) >= _FEWEST and at < len(fields) and read_number(fields[at]) is not None
