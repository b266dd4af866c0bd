"""Decimals as the shop keeps and shows them: six inside, the currency's outside."""

from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

ZERO = Decimal(0)
INNER_PLACES = 6

_QUANTA = {places: Decimal(1).scaleb(-places) for places in range(13)}


def dec(value: Any) -> Decimal:
    """Read a number kindly: text, int, float or Decimal; what is no number is 0."""
    if isinstance(value, Decimal):
        return value
    if value is None or value == "" or isinstance(value, bool):
        return ZERO
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return ZERO
    return number if number.is_finite() else ZERO


def round_up(value: Decimal, places: int = 2) -> Decimal:
    """Round half away from zero."""
    return value.quantize(_QUANTA[places], ROUND_HALF_UP)


def round_tax(value: Decimal, *, prices_include_tax: bool, places: int = 2) -> Decimal:
    """Round an amount of tax.

    With prices that include tax a tie goes down: the net amount's tie goes up, and only so the
    two add up to the price again (0.42 at 12 % is 0.38 + 0.04).
    """
    return value.quantize(_QUANTA[places], ROUND_HALF_DOWN if prices_include_tax else ROUND_HALF_UP)


def inner(value: Decimal) -> str:
    """Write an amount as the shop stores it: six decimals at most, no trailing zeros."""
    return trimmed(round_up(value, INNER_PLACES))


def trimmed(value: Decimal) -> str:
    """Write an amount without trailing zeros: 83 and not 83.00."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def shown(value: Any, places: int) -> Any:
    """Write an amount with a number of decimals; what is no number stays as it is."""
    if not isinstance(value, str | int | float | Decimal) or value == "" or isinstance(value, bool):
        return value
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return value
    text = f"{number.quantize(_QUANTA[places], ROUND_HALF_UP):f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def php_number(value: float) -> int | float:
    """Return a float as the shop's JSON has it: whole numbers without a decimal point."""
    return int(value) if value == int(value) and abs(value) < 1e15 else value
