"""The dialect of one connection: `dialect.toml` as a typed object, with what the merchant overrides.

The connector asks the `Dialect` for every name and value that is not sure; it comes here from
the connection's settings and goes to client, mappings and feeds.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from typing import Any, get_type_hints

from brygga.connectors.contract.connector import Assumption, RoundingModel
from brygga.connectors.specter import dialect_parts as parts
from brygga.domain.errors import SetupWrong
from brygga.domain.message import message

# Tables whose keys are the merchant's world: any key may be added to them.
_OPEN = ("languages", "payments", "rename")
# Numbers that would stop everything if they were 0.
_POSITIVE = (
    "limits.article_batch",
    "limits.form_bytes",
    "limits.parallel_calls",
    "limits.timeout_seconds",
    "lists.article_no_column",
    "lists.available_column",
)
# Words that are compared whatever their case.
_ANY_CASE = ("xml.", "xml_article.", "lists.", "codes.yes", "codes.no", "codes.unsaid")
_CHOICES = {"customer.org_no_shape": ("dashed", "digits")}
_YES, _NO = ("true", "yes", "1", "ja"), ("false", "no", "0", "nej")


@dataclass(frozen=True, slots=True)
class Dialect:
    """Every uncertain name and value of the protocol, as one connection uses them."""

    actions: parts.Actions
    routing: parts.Routing
    signature: parts.Signing
    customer: parts.CustomerFields
    order: parts.OrderFields
    article: parts.ArticleFields
    xml: parts.XmlNames
    xml_article: parts.ArticleNames
    lists: parts.Lists
    codes: parts.Codes
    errors: parts.ErrorCodes
    error_words: parts.ErrorWords
    patterns: parts.Patterns
    lengths: parts.Lengths
    limits: parts.Bounds
    text: parts.Lettering
    payment_codes: parts.PaymentCodes
    languages: Mapping[str, str]
    payments: Mapping[str, str]
    rename: Mapping[str, str]
    assumed: frozenset[str]  # dotted keys of entries that are neither seen nor overridden

    def language(self, code: str) -> str:
        """Return the ERP's code for a language (ISO 639-1, also with a region)."""
        return self.languages.get(code[:2].lower(), self.languages["default"]) if code else ""


def load(overrides: Mapping[str, str]) -> Dialect:
    """Return the dialect with overrides by dotted key.

    Raises SetupWrong naming the key that is unknown or whose value is of the wrong sort.
    """
    return _load(tuple(sorted((key, str(value)) for key, value in overrides.items())))


def check_overrides(overrides: Mapping[str, str]) -> Mapping[str, str]:
    """Return the overrides, trimmed, if every one of them can be used. Raises SetupWrong."""
    trimmed = {key.strip(): str(value).strip() for key, value in overrides.items()}
    load(trimmed)
    return trimmed


def assumptions(overrides: Mapping[str, str]) -> Sequence[Assumption]:
    """List the assumed entries in use, in the order of the file."""
    assumed = load(overrides).assumed
    found = []
    for group, entries in _file().items():
        for name, entry in entries.items():
            if f"{group}.{name}" in assumed and entry.get("used", True):
                found.append(Assumption(f"{group}.{name}", _shown(entry["value"]), entry["meaning"]))
    return found


@lru_cache(maxsize=1)
def _file() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads(files("brygga.connectors.specter").joinpath("dialect.toml").read_text("utf-8"))


@lru_cache(maxsize=256)
def _load(overrides: tuple[tuple[str, str], ...]) -> Dialect:
    given = dict(overrides)
    file = _file()
    groups: dict[str, Any] = {}
    for group in fields(Dialect):
        if group.name in _OPEN:
            groups[group.name] = _open_table(group.name, file[group.name], given)
        elif group.name != "assumed":
            groups[group.name] = _part(group.name, file[group.name], given)
    known = {f"{group}.{name}" for group, entries in file.items() for name in entries}
    for key in given:
        if key not in known and key.partition(".")[0] not in _OPEN:
            raise SetupWrong(message("specter.dialect_unknown", key=key), setting=key)
    assumed = frozenset(
        f"{group}.{name}"
        for group, entries in file.items()
        for name, entry in entries.items()
        if not entry["seen"] and f"{group}.{name}" not in given
    )
    return Dialect(**groups, assumed=assumed)


def _part(group: str, entries: Mapping[str, Mapping[str, Any]], given: Mapping[str, str]) -> Any:
    cls = get_type_hints(Dialect)[group]
    values = {}
    for name, kind in get_type_hints(cls).items():
        key = f"{group}.{name}"
        value = given.get(key, entries[name]["value"])
        try:
            values[name] = _of_kind(kind, value, key)
        except (ValueError, re.error) as error:
            raise SetupWrong(
                message("specter.dialect_value", key=key, value=_shown(value), reason=str(error)), setting=key
            ) from error
    return cls(**values)


def _open_table(
    group: str, entries: Mapping[str, Mapping[str, Any]], given: Mapping[str, str]
) -> Mapping[str, str]:
    table = {name: str(entry["value"]) for name, entry in entries.items()}
    for key, value in given.items():
        head, _, name = key.partition(".")
        if head == group and name:
            table[name] = value.strip()
    return table


def _of_kind(kind: Any, value: Any, key: str) -> Any:
    # An override is always text; the file has TOML's own types.
    if kind is bool:
        return value if isinstance(value, bool) else _yes_or_no(value)
    if kind is int:
        number = int(value)
        if number < 0 or (number == 0 and key in _POSITIVE):
            raise ValueError("too small")
        return number
    if kind is str:
        if key in _CHOICES and value not in _CHOICES[key]:
            raise ValueError(" / ".join(_CHOICES[key]))
        return str(value)
    if kind is RoundingModel:
        return RoundingModel(value)
    if kind == parts.Pattern:
        return _pattern(str(value))
    words = value if isinstance(value, list) else [word.strip() for word in str(value).split(",")]
    if key.startswith(_ANY_CASE):
        words = [word.lower() for word in words]
    return tuple(word for word in words if word)


def _pattern(text: str) -> re.Pattern[str]:
    if not text:
        raise ValueError("empty")
    return re.compile(text, re.IGNORECASE)


def _yes_or_no(text: str) -> bool:
    if text.lower() not in _YES + _NO:
        raise ValueError("true / false")
    return text.lower() in _YES


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
