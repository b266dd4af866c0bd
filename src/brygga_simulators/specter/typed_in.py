"""Reads what a person typed, or a control route was sent: numbers, yes and no, articles with quantities."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

_ROW = re.compile(r"(?P<number>.+?)(?:\s+(?P<quantity>-?\d+(?:[.,]\d+)?))?")
_YES = ("1", "true", "yes", "on", "ja")
_NO = ("", "0", "false", "no", "off", "nej")


class CannotDo(Exception):
    """Something asked for by hand that makes no sense; the text says why."""


@dataclass(frozen=True, slots=True)
class Goods:
    """One article of a list, how many, and whatever else was said of it."""

    article_no: str
    quantity: Decimal
    said: Mapping[str, Any]


def decimal(value: object, name: str) -> Decimal:
    """Return a number typed by a person, with point or comma."""
    try:
        number = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        raise CannotDo(f"{name} is no number: {value}") from None
    if not number.is_finite():
        raise CannotDo(f"{name} is no number: {value}")
    return number


def whole_number(value: object, name: str) -> int:
    """Return a whole number typed by a person."""
    number = decimal(value, name)
    if number != number.to_integral_value():
        raise CannotDo(f"{name} is no whole number: {value}")
    return int(number)


def yes(value: object, name: str) -> bool:
    """Return a yes or no, of JSON or of a form."""
    text = str(value).strip().lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise CannotDo(f"{name} must be 1 or 0, not {value}")


def a_day(value: object, name: str) -> str:
    """Return a date as yyyy-MM-dd; empty for none."""
    text = str(value or "").strip()
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise CannotDo(f"{name} must be a date like 2026-11-27, not {value}") from None


def named(value: object, name: str) -> dict[str, str]:
    """Return names with values: an object, or text like `Storlek=L; Färg=Röd`."""
    if isinstance(value, Mapping):
        return {str(key): str(one) for key, one in value.items()}
    pairs = [part.partition("=") for part in _parts(str(value))]
    if not all(equals for _, equals, _ in pairs):
        raise CannotDo(f"{name} must be like Name=value; Name=value")
    return {key.strip(): one.strip() for key, _, one in pairs}


def several(value: object) -> list[str]:
    """Return texts: a list, or one text with commas or semicolons between."""
    parts: Iterable[object] = value if isinstance(value, list) else re.split(r"[,;\n]", str(value))
    return [text for text in (str(part).strip() for part in parts) if text]


def goods(body: Mapping[str, Any], quantity_name: str = "quantity") -> list[Goods]:
    """Return the articles of `rows`, or of a single `articleNo`; a quantity that is not said is 1.

    `rows` is a list of objects, an object of number to quantity, or text like `A-1 2; B-1 0,5`.
    """
    rows = body.get("rows")
    if rows is None:
        rows = [body]
    elif isinstance(rows, str):
        rows = [_typed_row(part) for part in _parts(rows)]
    elif isinstance(rows, Mapping):
        rows = [{"articleNo": number, "quantity": quantity} for number, quantity in rows.items()]
    found: list[Goods] = []
    for row in rows:
        number = str(row.get("articleNo", "")).strip()
        if not number:
            raise CannotDo("articleNo is missing")
        said = row.get(quantity_name, row.get("quantity", 1))
        found.append(Goods(number, decimal(said, quantity_name), row))
    if not found:
        raise CannotDo("rows are missing")
    return found


def _typed_row(text: str) -> dict[str, str]:
    match = _ROW.fullmatch(text)
    return {} if match is None else {"articleNo": match["number"], "quantity": match["quantity"] or "1"}


def _parts(text: str) -> list[str]:
    return [part for part in (part.strip() for part in re.split(r"[;\n]", text)) if part]
