"""Reads typed values out of a call's parameters, and refuses what a field can't hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from brygga_simulators.specter.answers import CLOSED_CURRENCY, INVALID, MISSING, Refused
from brygga_simulators.specter.options import Options

Params = Mapping[str, str]
_NUMERALS = set("0123456789.,+-")  # Decimal itself would also take 1e3, 1_000 and NaN


@dataclass(frozen=True, slots=True)
class TextField:
    """A text parameter: where it is kept, what it is called, and how long it may be (0: any)."""

    attr: str
    wire: str
    key: str
    limit: int


def text_field(attr: str, wire: str, limit: int = 0) -> TextField:
    """Describe a text parameter."""
    return TextField(attr, wire, wire.lower(), limit)


def texts(params: Params, known: tuple[TextField, ...], options: Options) -> dict[str, str]:
    """Return those of the known texts that were sent, also when sent empty, by attribute."""
    found: dict[str, str] = {}
    for field in known:
        value = params.get(field.key)
        if value is None:
            continue
        if field.limit and len(value) > field.limit:
            if options.field_limits != "cut":
                raise Refused(INVALID, f"{field.wire} is longer than {field.limit} characters")
            value = value[: field.limit]
        found[field.attr] = value
    return found


def flag(params: Params, name: str) -> bool:
    """Whether a 0/1 parameter is 1; absent and empty are 0."""
    value = params.get(name.lower(), "").strip()
    if value in ("", "0"):
        return False
    if value == "1":
        return True
    raise Refused(INVALID, f"{name} must be 0 or 1")


def amount(params: Params, name: str) -> Decimal | None:
    """Return a number with decimal point or comma; None when absent or empty."""
    value = params.get(name.lower(), "").strip()
    if not value:
        return None
    try:
        number = Decimal(value.replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not set(value) <= _NUMERALS or abs(number) >= 10**12:
        raise Refused(INVALID, f"{name} is no number")
    return number


def vat_percent(params: Params, name: str) -> int | None:
    """Return a VAT percent, which must be whole; None when absent or empty."""
    value = params.get(name.lower(), "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdigit()) or int(value) > 100:
        raise Refused(INVALID, f"{name} must be a whole percent")
    return int(value)


def day(params: Params, name: str) -> str:
    """Return a date as yyyy-MM-dd; empty when absent."""
    value = params.get(name.lower(), "").strip()
    if not value:
        return ""
    try:
        if len(value) != 10:
            raise ValueError(value)
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Refused(INVALID, f"{name} must be yyyy-MM-dd") from None


def whole(params: Params, name: str) -> str:
    """Return a whole number as text; empty when absent."""
    value = params.get(name.lower(), "").strip()
    if value and not (value.isascii() and value.isdigit()):
        raise Refused(INVALID, f"{name} must be a whole number")
    return value


def needed(params: Params, name: str) -> str:
    """Return a parameter that must be there."""
    value = params.get(name.lower(), "").strip()
    if not value:
        raise Refused(MISSING, f"{name} is missing")
    return value


def two_letters(value: str, name: str) -> str:
    """Return a code of two letters in upper case; empty stays empty."""
    if value and not (len(value) == 2 and value.isascii() and value.isalpha()):
        raise Refused(INVALID, f"{name} must be two letters")
    return value.upper()


def open_currency(value: str, options: Options) -> str:
    """Return a currency that is open in the account; empty stays empty."""
    code = value.strip().upper()
    if code and code not in options.open_currencies:
        raise Refused(CLOSED_CURRENCY, f"currency {code} is not open in this account")
    return code
