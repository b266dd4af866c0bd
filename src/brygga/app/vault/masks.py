"""Takes secrets and personal data out of anything that may be read by us: logs, error texts."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

MASK = "•••"

_SECRET_NAMES = re.compile(
    r"secret|password|passwd|token|authorization|cookie|signature|api_?key|consumer_key|personal_no"
    r"|(^|_)keys?$|(^|_)pass$|(^|_)auth$",
    re.IGNORECASE,
)
# `key=…`, `consumer_secret: …`, `"password": "…"` in running text; the name stays, the value goes.
_NAMED = re.compile(
    r"(?P<name>[\w-]*(?:secret|password|passwd|token|signature|api_?key|consumer_key|authorization)[\w-]*"
    r"|\bkey|\bpass|\bauth)"
    r"(?P<sign>[\"']?\s*[=:]\s*[\"']?)(?P<value>(?:Basic |Bearer )?[^\s&\"',;<>)}\]]+)",
    re.IGNORECASE,
)
_TAGS = re.compile(
    r"(<(?P<tag>[\w:]*(?:secret|password|passwd|token|key)[\w:]*)(?:\s[^>]*)?>)[^<]*(</)", re.IGNORECASE
)
_WOO_KEYS = re.compile(r"\b(c[ks]_)[0-9a-f]{8,}\b")
_USERINFO = re.compile(r"(?P<scheme>\w+://)[^/\s:@]+:[^/\s@]+@")
_EMAIL = re.compile(r"\b([\w.+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)\b")
_PERSON = re.compile(
    r"(?<!\d)((?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01]))[-+]?(\d{4})(?!\d)"
)
_PHONE = re.compile(r"(?<![\w.:/-])(?:\+|00)\d[\d \-()]{6,16}\d(?!\w)|(?<![\w.:/-])07\d[\d \-]{6,10}\d(?!\w)")


def mask_person_numbers(text: str) -> str:
    """Replace the last four digits of Swedish personal and coordination numbers: `121212-XXXX`."""
    return _PERSON.sub(lambda found: f"{found.group(1)}-XXXX", text)


def mask_text(text: str) -> str:
    """Take keys, passwords, e-mail, phone and personal numbers out of a running text."""
    text = _USERINFO.sub(rf"\g<scheme>{MASK}@", text)
    text = _TAGS.sub(rf"\1{MASK}\3", text)
    text = _NAMED.sub(rf"\g<name>\g<sign>{MASK}", text)
    text = _WOO_KEYS.sub(rf"\1{MASK}", text)
    text = _EMAIL.sub(rf"\1{MASK}@\2", text)
    text = mask_person_numbers(text)
    return _PHONE.sub(MASK, text)


def mask(value: Any, name: str = "") -> Any:
    """Return a copy of plain data with everything secret or personal masked."""
    if name and _SECRET_NAMES.search(name):
        return MASK if value not in (None, "", b"") else value
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, Mapping):
        return {str(key): mask(part, str(key)) for key, part in value.items()}
    if isinstance(value, Sequence):
        return [mask(part) for part in value]
    if value is None or isinstance(value, int | float | bool):
        return value
    return mask_text(str(value))
