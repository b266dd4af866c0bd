"""Checks parameters as WordPress does, before a request is handled; batch items skip this."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from brygga_simulators.woocommerce.dates import filter_text
from brygga_simulators.woocommerce.errors import invalid_params
from brygga_simulators.woocommerce.settings import ShopSettings
from brygga_simulators.woocommerce.site import Doc

EMAIL = re.compile(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")

Problem = tuple[str, str, Any]


@dataclass(frozen=True)
class Kind:
    """What a parameter must be: its JSON type and, for some, the only values allowed."""

    type: str
    choices: tuple[str, ...] = ()


STRING, INTEGER, NUMBER = Kind("string"), Kind("integer"), Kind("number")
BOOLEAN, ARRAY, OBJECT, DATE = Kind("boolean"), Kind("array"), Kind("object"), Kind("date")


def one_of(*choices: str) -> Kind:
    """Make a string parameter with few values."""
    return Kind("string", choices)


def some_of(*choices: str) -> Kind:
    """Make a list parameter, as a list or with commas, with few values."""
    return Kind("array", choices)


def check(given: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Doc:
    """Return the parameters coerced to their types. Raises one error that names all wrong ones.

    Unknown parameters pass untouched. null becomes its type's empty value, as PHP makes it.
    """
    checked = dict(given)
    problems: dict[str, Problem] = {}
    for name, value in given.items():
        kind = kinds.get(name)
        if kind is None:
            continue
        if value is None:
            _coerce_null(checked, name, kind)
            continue
        problem = _problem(name, value, kind)
        if problem:
            problems[name] = problem
        else:
            checked[name] = _coerce(value, kind)
    if problems:
        raise invalid_params(problems)
    return checked


def _problem(name: str, value: Any, kind: Kind) -> Problem | None:
    if not _fits(value, kind.type):
        return "rest_invalid_type", f"{name} is not of type {kind.type}.", {"param": name}
    if not kind.choices:
        return None
    if kind.type == "array":
        for index, entry in enumerate(as_list(value)):
            if entry not in kind.choices:
                return _not_in(f"{name}[{index}]", kind.choices)
    elif value not in kind.choices:
        return _not_in(name, kind.choices)
    return None


def _not_in(name: str, choices: tuple[str, ...]) -> Problem:
    return "rest_not_in_enum", f"{name} is not one of {enumerate_words(choices)}.", None


def enumerate_words(words: Iterable[str]) -> str:
    """Join words as English does: a, b, and c."""
    listed = list(words)
    if len(listed) < 3:
        return " and ".join(listed)
    return f"{', '.join(listed[:-1])}, and {listed[-1]}"


def _fits(value: Any, wanted: str) -> bool:
    if wanted == "string":
        return isinstance(value, str)
    if wanted == "integer":
        return is_number(value) and float(value) == int(float(value))
    if wanted == "number":
        return is_number(value)
    if wanted == "boolean":
        return isinstance(value, bool) or value in {"true", "false", "1", "0", 1, 0, ""}
    if wanted == "array":
        return isinstance(value, list | str | int | float)
    if wanted == "object":
        return isinstance(value, dict) or value in ("", [])
    return True


def is_number(value: Any) -> bool:
    """Say whether PHP's is_numeric would take this."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    return (
        isinstance(value, str)
        and re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", value, re.I) is not None
    )


def _coerce(value: Any, kind: Kind) -> Any:
    if kind.type == "integer":
        return int(float(value))
    if kind.type == "number":
        return float(value)
    if kind.type == "boolean":
        return truth(value)
    if kind.type == "array":
        return as_list(value)
    if kind.type == "object":
        return value if isinstance(value, dict) else {}
    return value


def _coerce_null(checked: Doc, name: str, kind: Kind) -> None:
    empty: dict[str, Any] = {
        "string": "",
        "integer": 0,
        "number": 0,
        "boolean": False,
        "array": [],
        "object": {},
    }
    if kind.choices or kind.type not in empty:
        del checked[name]
    else:
        checked[name] = empty[kind.type]


def truth(value: Any) -> bool:
    """Read a yes or no kindly; what is neither is no."""
    return value in (True, 1, "1") or (isinstance(value, str) and value.lower() in {"true", "yes", "on"})


def as_list(value: Any) -> list[Any]:
    """Read a list given as a list or as text with commas."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    return [part for part in re.split(r"[\s,]+", str(value)) if part != ""]


def as_ids(value: Any) -> list[int]:
    """Read a list of ids; what is no number is left out."""
    return [int(part) for part in as_list(value) if is_number(part)]


LIST_DATES = ("after", "before", "modified_after", "modified_before")


def check_list(query: Mapping[str, Any], kinds: Mapping[str, Kind], settings: ShopSettings) -> Doc:
    """Check a list's query: paging and dates too. Returns it coerced, with the defaults set."""
    common = {
        "page": INTEGER,
        "per_page": INTEGER,
        "offset": INTEGER,
        "order": one_of("asc", "desc"),
        "dates_are_gmt": BOOLEAN,
        "dp": INTEGER,
    }
    problems: dict[str, Problem] = {}
    for name in LIST_DATES:
        if query.get(name) is not None and filter_text(str(query[name]), settings.zone) is None:
            problems[name] = ("rest_invalid_date", "Invalid date.", None)
    for name, low, high in (("page", 1, None), ("per_page", 1, 100), ("offset", 0, None)):
        value = query.get(name)
        if value is None or not is_number(value):
            continue
        if float(value) < low or (high is not None and float(value) > high):
            problems[name] = _out_of_bounds(name, low, high)
    if problems:
        raise invalid_params(problems)
    return {"page": 1, "per_page": 10, **check(query, {**common, **kinds})}


def _out_of_bounds(name: str, low: int, high: int | None) -> Problem:
    text = (
        f"{name} must be greater than or equal to {low}"
        if high is None
        else f"{name} must be between {low} (inclusive) and {high} (inclusive)"
    )
    return "rest_out_of_bounds", text, None


def check_billing(body: Mapping[str, Any]) -> None:
    """Refuse a billing block whose e-mail is none."""
    billing = body.get("billing")
    email = billing.get("email") if isinstance(billing, dict) else None
    if email and not EMAIL.match(str(email)):
        raise invalid_params({"billing": ("rest_invalid_email", "Invalid email address.", None)})
