"""Settings as people type them: lists as `a,b`, tables as `a=b,c=d`, yes and no in either language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, get_origin

from brygga.domain.errors import SetupWrong
from brygga.domain.message import message
from brygga.flows.settings import kind_of, plain

_WORDS = {"yes": True, "ja": True, "on": True, "no": False, "nej": False, "off": False}


def parse(key: str, text: str) -> Any:
    """Read a setting as typed on a command line.

    Returns plain data for storage. Raises SetupWrong naming the setting and what it takes.
    """
    kind = kind_of(key)
    origin = get_origin(kind)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    value: Any = text.strip()
    if origin is tuple:
        value = parts
    elif origin is not None and issubclass(origin, Mapping):
        value = dict(_pair(key, part) for part in parts)
    elif kind is bool:
        value = _WORDS.get(value.casefold(), value)
    elif kind is Decimal:
        value = value.replace(",", ".")
    elif kind == date | None and not value:
        value = None
    return plain(key, value)


def _pair(key: str, part: str) -> tuple[str, str]:
    name, sign, value = (piece.strip() for piece in part.partition("="))
    if not (name and sign):
        raise SetupWrong(message("flow.not_a_table", setting=key, value=part), setting=key)
    return name, value
