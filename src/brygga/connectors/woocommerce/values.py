"""Reads the shop's loose values: a text, an amount, a moment, a yes or no."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from html import unescape
from typing import Any

import msgspec

from brygga.connectors.woocommerce.wire import Loose
from brygga.domain.money import ZERO, parse_amount, plain

_NOISE = Decimal("1e-8")  # a float carries noise far behind any currency's decimals
_LARGEST = 11  # a million million: no amount or quantity of a shop is as large
_GENERIC = msgspec.json.Encoder(decimal_format="number")


class BadValue(ValueError):
    """A value that can't be read as what it must be. The mapping names the record."""

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{field}: {value!r}")
        self.field = field
        self.value = value


def text(value: Loose) -> str:
    """Return a value as text: null and false are empty, a number is its digits, the rest JSON."""
    if type(value) is str:
        return value
    if value is None or value is False:
        return ""
    return json_text(value)


def meta_text(value: Loose) -> str:
    """Return the value of a meta as text: texts as they are, null empty, anything else as JSON."""
    if type(value) is str:
        return value
    return "" if value is None else json_text(value)


def json_text(value: Any) -> str:
    """Write a value as compact JSON with letters as they are; numbers with a point stay exact."""
    if type(value) is int:
        return str(value)
    if isinstance(value, Decimal):
        return plain(value) if abs(value.adjusted()) <= _LARGEST else str(value)
    return _GENERIC.encode(value).decode()


def title(value: Loose) -> str:
    """Return a name for people: WordPress keeps `&amp;` and `&times;` in names and labels."""
    name = text(value)
    return unescape(name) if "&" in name else name


def same_text(kept: str, asked: str) -> bool:
    """Say that a text the shop kept is the one we sent: it may have changed spaces and entities."""
    return _bare(kept) == _bare(asked)


def id_text(value: Loose) -> str:
    """Return an id as text; 0, null and '' mean that there is none."""
    if type(value) is int:
        return str(value) if value else ""
    found = text(value)
    return "" if found == "0" else found


def amount(value: Loose, field: str) -> Decimal:
    """Return an amount or a number; '' and null are zero. Raises BadValue for anything else."""
    if type(value) is str:
        if not value:
            return ZERO
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = _written_otherwise(value, field)
    elif value is None or value is False:
        return ZERO
    elif type(value) is int:
        number = Decimal(value)
    elif isinstance(value, Decimal):
        number = value
    else:
        raise BadValue(field, value)
    if not number.is_finite() or number.adjusted() > _LARGEST:
        raise BadValue(field, value)
    # PHP writes what it can't count as 1.4210854715202E-14, also into texts.
    exponent = number.as_tuple().exponent
    noisy = isinstance(value, Decimal) or (isinstance(exponent, int) and not -8 <= exponent <= 0)
    return _without_noise(number) if noisy else number


def optional_amount(value: Loose, field: str) -> Decimal | None:
    """Return an amount, or None where the shop has none. Raises BadValue."""
    return None if value is None or value is False or value == "" else amount(value, field)


def flag(value: Loose) -> bool:
    """Read a yes or no: true, 1, "1", "yes" and "true" mean yes."""
    return value is True or value == 1 or (type(value) is str and value.lower() in ("yes", "true", "1"))


def moment(value: Loose, field: str) -> datetime:
    """Return a `*_gmt` time as aware UTC. Raises BadValue for one that is missing or unreadable."""
    found = optional_moment(value, field)
    if found is None:
        raise BadValue(field, value)
    return found


def optional_moment(value: Loose, field: str) -> datetime | None:
    """Return a `*_gmt` time as aware UTC, None for null and ''. Raises BadValue.

    The shop writes them in UTC without a mark; one with a mark is taken at its word.
    """
    if not value:
        return None
    if type(value) is not str:
        raise BadValue(field, value)
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise BadValue(field, value) from None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _written_otherwise(value: str, field: str) -> Decimal:
    if not value.strip():
        return ZERO
    try:
        return parse_amount(value)
    except ValueError:
        raise BadValue(field, value) from None


def _without_noise(number: Decimal) -> Decimal:
    return Decimal(plain(number.quantize(_NOISE, ROUND_HALF_UP))) + ZERO  # and no -0


def _bare(note: str) -> str:
    return "".join(unescape(note).replace("\\", "").split())  # WordPress eats backslashes
