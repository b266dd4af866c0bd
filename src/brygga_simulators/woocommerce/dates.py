"""Dates as the shop writes and reads them: local without a zone, and the same in GMT."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_FORMAT = "%Y-%m-%dT%H:%M:%S"
_FILTER = re.compile(r"^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|z|[+-]\d{2}(?::?\d{2})?)?$")


def local_text(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as the shop's local time."""
    return moment.astimezone(zone).strftime(_FORMAT)


def gmt_text(moment: datetime) -> str:
    """Write a moment as GMT without a Z."""
    return moment.astimezone(UTC).strftime(_FORMAT)


def read_gmt(text: str) -> datetime:
    """Read a `*_gmt` field back."""
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)


def gmt_of_local(text: str, zone: ZoneInfo) -> str:
    """Turn a local time without zone into GMT."""
    return gmt_text(datetime.strptime(text, _FORMAT).replace(tzinfo=zone))


def local_of_gmt(text: str, zone: ZoneInfo) -> str:
    """Turn a GMT time into local time."""
    return local_text(read_gmt(text), zone)


def filter_text(value: str, zone: ZoneInfo) -> str | None:
    """Read a date filter into comparable text; None if it is no date with a time.

    A zone is honoured by turning the time into local time. That also happens when the caller
    says dates_are_gmt, where it is wrong by the zone's offset: the real shop's fault, kept.
    """
    match = _FILTER.match(value)
    if not match:
        return None
    day, clock, offset = match.groups()
    text = f"{day}T{clock}"
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not offset:
        return text
    aware = datetime.fromisoformat(naive.isoformat() + ("+00:00" if offset in "Zz" else offset))
    return local_text(aware, zone)


def read_written(value: str, zone: ZoneInfo) -> datetime | None:
    """Read a date someone writes into a field: a date, a local time or a time with zone."""
    text = value.strip().replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
