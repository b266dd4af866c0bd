"""Reads values of the feeds as people mean them: numbers, days and marks, or None when they are none.

Nothing is guessed here: a value that can't be read is None, never 0, and the feed that met it says
so in a remark. Numbers come with a decimal comma, but a point is read too.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from lxml import etree

from brygga.connectors.specter.answers import local_name
from brygga.connectors.specter.dialect_parts import Codes, Words

# 5 | 2,5 | -0.25 | ,5 | 1 234,50 | 5,55E-17 (what such a server writes of a sum that is almost none)
_NUMBER = re.compile(
    r"[+-]?(?:\d{1,3}(?:[ \xa0\u202f]\d{3})+|\d+)?(?:[.,]\d+)?(?:[eE][+-]?\d{1,2})?", re.ASCII
)
_SPACES = str.maketrans({" ": "", "\xa0": "", "\u202f": "", ",": "."})
_LONGEST_NUMBER = 40
_LARGEST = Decimal(10) ** 15
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ][\d:.,+Z-]*)?", re.ASCII)
_RAW_LENGTH = 200
_NOTHING: frozenset[str] = frozenset()
Told = dict[str, str]
Known = Mapping[str, frozenset[str]]


def read_number(text: str) -> Decimal | None:
    """Return exactly the number that a text says, or None."""
    text = text.strip().replace("\u2212", "-")
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text) or not text.strip("+-")[:1].strip("eE"):
        return None
    number = Decimal(text.translate(_SPACES))
    return number if abs(number) < _LARGEST else None


def read_day(text: str) -> date | None:
    """Return the day that a text says (2026-12-01, with a time or without), or None."""
    found = _DAY.fullmatch(text.strip())
    try:
        return date.fromisoformat(found.group(1)) if found else None
    except ValueError:
        return None


def read_mark(text: str, codes: Codes) -> bool | None:
    """Return what a mark says, or None."""
    word = text.strip().lower()
    if word in codes.yes:
        return True
    return False if word in codes.no else None


def values_of(element: etree._Element) -> tuple[Told, list[etree._Element]]:
    """Return what an element's attributes and plain children say, by name in lower case, and its rich children.

    An attribute comes before a child of the same name, unless it is blank.
    """
    told: Told = {}
    nested: list[etree._Element] = []
    for key, value in element.items():
        told[str(key).rpartition("}")[2].lower()] = str(value).strip()
    for item in element:
        name = local_name(item)
        if not name:
            continue
        if len(item) and any(local_name(inner) for inner in item):
            nested.append(item)
            continue
        if item.attrib:
            nested.append(item)  # its attributes may say more than its text
        if not told.get(name):
            told[name] = text_of(item)
    return told, nested


def text_of(element: etree._Element) -> str:
    """Return all text within an element, trimmed."""
    return "".join(map(str, element.itertext())).strip() if len(element) else (element.text or "").strip()


def first_of(told: Told, names: Words) -> str:
    """Return the first value told under one of the names that is not blank, or an empty text."""
    for name in names:
        if value := told.get(name):
            return value
    return ""


def raw_of(element: etree._Element, most: int, known: Known | None = None) -> dict[str, str]:
    """Return what an element holds, by path, so that values nobody knows yet are kept; at most so many.

    `known` are names that are read already: those on the element itself under an empty name, those
    within a child under the child's.
    """
    raw: dict[str, str] = {}
    known = known or {}

    def keep(key: str, value: str) -> None:
        if value and len(raw) < most:
            raw[key if key not in raw else f"{key}#{len(raw)}"] = value[:_RAW_LENGTH]

    def walk(item: etree._Element, path: str, read: frozenset[str]) -> None:
        for key, value in item.items():
            name = str(key).rpartition("}")[2]
            if name.lower() not in read:
                keep(f"{path}@{name}", str(value).strip())
        for inner in item:
            if not local_name(inner):
                continue
            name = str(inner.tag).rpartition("}")[2]
            inner_path = f"{path}/{name}" if path else name
            if name.lower() not in read:
                keep(inner_path, (inner.text or "").strip())
            walk(inner, inner_path, known.get(name.lower(), _NOTHING))

    keep(".", (element.text or "").strip())
    walk(element, "", known.get("", _NOTHING))
    return raw
