"""The form of one group of a flow's settings, each field made from the setting's own type."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from brygga.app.console.forms.widgets import LinesInput, TableInput, with_given
from brygga.app.console.words import FACTS, SHOP_STATUSES, language, number, say, status_word
from brygga.connectors.contract.connector import OrderStatusName
from brygga.domain.errors import SetupWrong
from brygga.domain.events import Fact
from brygga.domain.money import parse_amount
from brygga.flows.presets import PRESETS
from brygga.flows.settings import FlowSettings, plain

_TYPES: Mapping[str, Any] = get_type_hints(FlowSettings)
_OF_FACTS = frozenset({"status_by_fact", "customer_notes"})
_OF_STATUSES = frozenset({"status_by_fact", "statuses", "cancel_statuses"})
_USUAL = ("pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed")
Statuses = Sequence[OrderStatusName]
_DEFAULTS: Mapping[str, Any] = msgspec.to_builtins(FlowSettings())


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files("brygga.flows").joinpath("settings.toml").read_text("utf-8"))


def label(key: str) -> str:
    """Name a setting in the reader's language."""
    return _said(_words().get(key, {}).get("label"), key)


def value_words(key: str, value: Any) -> str:
    """Write a setting's value for people."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value in ("", [], {}):
        return _("empty")
    if isinstance(value, Mapping):
        return ", ".join(f"{_part(key, name)} = {_part(key, part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_part(key, part) for part in value)
    if isinstance(value, int | float | Decimal) or _TYPES.get(key) is Decimal:
        return number(value)
    return _choice(key, str(value))


def _part(key: str, part: Any) -> str:
    """Write a part of a list or table; the statuses and facts in it by their names."""
    if key in _OF_FACTS and part in FACTS:
        return str(FACTS[part])
    if key in _OF_STATUSES and part in SHOP_STATUSES:
        return status_word(str(part)).lower()
    return _choice(key, str(part))


class SettingsForm(forms.Form):
    """Edits the settings of one group. `plain_values` says what is to be stored."""

    def __init__(
        self,
        keys: Sequence[str],
        now: Mapping[str, Any],
        data: QueryDict | None = None,
        *,
        preset: int = 1,
        statuses: Statuses = (),
    ) -> None:
        defaults = defaults_of(preset)
        self._now = {key: now.get(key, defaults[key]) for key in keys}
        super().__init__(data, initial=self._now)
        for key in keys:
            self.fields[key] = _form_field(key, self._now[key], defaults[key], statuses)

    def clean(self) -> dict[str, Any]:
        """Check each value as the flow will read it."""
        cleaned: dict[str, Any] = super().clean() or {}
        check_settings(self, cleaned, list(cleaned))
        return cleaned

    def changes(self) -> dict[str, Any]:
        """Return what was changed, as plain data."""
        return {key: value for key, value in self.cleaned_data.items() if value != self._now[key]}


def check_settings(form: forms.Form, cleaned: dict[str, Any], keys: Sequence[str]) -> None:
    """Put settings as they are stored in the place of what was typed, or an error at the field."""
    for key in keys:
        try:
            cleaned[key] = plain(key, _for_check(key, cleaned[key]))
        except SetupWrong as wrong:
            form.add_error(key, _complaint(key) or say(wrong.for_merchant))


def defaults_of(preset: int) -> Mapping[str, Any]:
    """Return the defaults of a flow's settings as plain data: the product's, then the preset's own."""
    return {**_DEFAULTS, **PRESETS[preset].defaults}


def field_of(key: str, default: Any, statuses: Statuses = ()) -> forms.Field:
    """Return the field of a setting for a form that is not yet a flow's."""
    field = _form_field(key, default, default, statuses)
    field.initial = default
    return field


def status_choices(statuses: Statuses) -> list[tuple[str, str]]:
    """Return a shop's statuses as choices: as it calls them, or as most shops do while none are known."""
    if not statuses:
        return [(key, status_word(key)) for key in _USUAL]
    return [(one.key, one.name or one.key) for one in statuses if not one.key.endswith("draft")]


def _form_field(key: str, now: Any, default: Any, statuses: Statuses) -> forms.Field:
    words = _words().get(key, {})
    shared: dict[str, Any] = {
        "label": label(key),
        "help_text": _said(words.get("help"), ""),
        "required": False,
    }
    type_ = _TYPES[key]
    field = _of_statuses(key, now, status_choices(statuses), shared) or _field_of_type(
        key, type_, now, shared
    )
    changed = now != default
    field.changed = changed  # type: ignore[attr-defined]
    field.default_words = value_words(key, default) if changed else ""  # type: ignore[attr-defined]
    field.is_group = isinstance(field.widget, TableInput | forms.CheckboxSelectMultiple)  # type: ignore[attr-defined]
    return field


def _of_statuses(
    key: str, now: Any, statuses: list[tuple[str, str]], shared: Mapping[str, Any]
) -> forms.Field | None:
    """Return the field of a setting that speaks of the shop's statuses, by their names."""
    if key == "status_by_fact":
        table = TableInput(statuses, _facts(), every=True, nothing=_("changes no status"))
        return forms.Field(widget=table, **shared)
    if key == "statuses":
        return forms.Field(widget=TableInput(_choices(key, get_args(_TYPES[key])[1]), statuses), **shared)
    if key == "feedback_status":
        offered = [("", _("Leave it as it is")), *with_given(statuses, [now] if now else [])]
        return forms.ChoiceField(choices=offered, **shared)
    if key == "cancel_statuses":
        offered = with_given([*statuses, ("trash", status_word("trash"))], now or ())
        return _Several(choices=offered, widget=forms.CheckboxSelectMultiple, **shared)
    return None


def _field_of_type(key: str, type_: Any, now: Any, shared: dict[str, Any]) -> forms.Field:
    origin = get_origin(type_)
    if type_ is bool:
        return forms.TypedChoiceField(
            choices=[("True", _("Yes")), ("False", _("No"))], coerce=lambda v: v == "True", **shared
        )
    if isinstance(type_, type) and issubclass(type_, StrEnum):
        return forms.ChoiceField(choices=_choices(key, type_), **shared)
    if type_ == date | None:
        return forms.CharField(widget=forms.DateInput({"type": "date"}), **shared)
    if key == "customer_notes":
        return _Several(choices=_facts(), widget=forms.CheckboxSelectMultiple, **shared)
    if origin is tuple:
        return _Lines(widget=LinesInput(len(now or ())), **shared)
    if origin is not None and issubclass(origin, Mapping):
        part = get_args(type_)[1]
        choices = _choices(key, part) if isinstance(part, type) and issubclass(part, StrEnum) else ()
        return forms.Field(widget=TableInput(choices), **shared)
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    if type_ in {int, Decimal}:
        attrs |= {"inputmode": "decimal", "class": "short"}
    if key == "internal_comment":
        return forms.CharField(widget=forms.Textarea({**attrs, "rows": 2}), max_length=1000, **shared)
    return forms.CharField(widget=forms.TextInput(attrs), max_length=500, **shared)


def _facts() -> list[tuple[str, str]]:
    """Return what an ERP may tell of an order, as choices."""
    return [(fact.value, str(FACTS[fact.value]).capitalize()) for fact in Fact]


class _Several(forms.MultipleChoiceField):
    """Some of several values, in the order they are offered; what else is set stays possible."""

    def valid_value(self, value: str) -> bool:  # noqa: ARG002
        """Take any value: the flow's own check says what is wrong with one."""
        return True


class _Lines(forms.Field):
    """A list of texts, one on each line."""

    def to_python(self, value: Any) -> list[str]:
        """Read lines as a list."""
        if isinstance(value, list | tuple):
            return [str(part) for part in value]
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]


def _for_check(key: str, value: Any) -> Any:
    type_ = _TYPES[key]
    if type_ == date | None:
        return value or None
    if type_ in {int, Decimal} and isinstance(value, str):
        try:
            return format(parse_amount(value), "f")
        except ValueError:
            return value
    if get_origin(type_) is tuple and get_args(type_)[0] is Decimal:
        return [part.replace(",", ".") for part in value]
    return value


def _complaint(key: str) -> str:
    type_ = _TYPES[key]
    if type_ is int:
        return _("Write a whole number.")
    if type_ is Decimal:
        return _("Write a number, for example 1.50.")
    if type_ == date | None:
        return _("Write a date as year-month-day, for example 2026-12-01.")
    if get_origin(type_) is tuple and get_args(type_)[0] is Decimal:
        return _("Write numbers only, one on each line.")
    return ""


def _choices(key: str, type_: type[StrEnum]) -> list[tuple[str, str]]:
    return [(member.value, _choice(key, member.value)) for member in type_]


def _choice(key: str, value: str) -> str:
    return _said(_words().get(key, {}).get("choices", {}).get(value), value)


def _said(by_language: Mapping[str, str] | None, otherwise: str) -> str:
    if not by_language:
        return otherwise
    return by_language.get(language()) or by_language.get("en") or otherwise
