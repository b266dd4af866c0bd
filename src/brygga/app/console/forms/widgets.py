"""Inputs for lists and tables that work without JavaScript: a few empty rows are always there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

EMPTY_ROWS = 2


class LinesInput(forms.Textarea):
    """A list, one value on each line."""

    def __init__(self, count: int = 0) -> None:
        super().__init__({"rows": max(2, min(count + 1, 8)), "spellcheck": "false"})

    def format_value(self, value: Any) -> str:
        """Write a list as lines."""
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


class TableInput(forms.Widget):
    """A table: what something is called here, and what it becomes; either may be a choice.

    With `every`, each of the keys has a row that is always there, and one that is left empty does
    nothing. What is set and not among the choices stays one: a status that a plugin took with it.
    """

    template_name = "console/widgets/table.html"

    def __init__(
        self,
        choices: Sequence[tuple[str, str]] = (),
        keys: Sequence[tuple[str, str]] = (),
        *,
        every: bool = False,
        nothing: str = "–",
    ) -> None:
        super().__init__()
        self.choices = choices
        self.keys = keys
        self._every = every
        self._nothing = nothing

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the rows that are there and some empty ones, or one for every key."""
        context: dict[str, Any] = super().get_context(name, value, dict(attrs or {}))
        given = dict(value) if isinstance(value, Mapping) else {}
        if self._every:
            names = dict(self.keys)
            rows = [(key, given.get(key, "")) for key in {**names, **given}]
            context["labels"] = [(key, names.get(key, key), chosen) for key, chosen in rows]
        rows = [*given.items(), *([("", "")] * EMPTY_ROWS)]
        context["rows"] = rows
        context["choices"] = with_given(self.choices, given.values())
        context["keys"] = with_given(self.keys, given)
        context["nothing"] = self._nothing
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:  # noqa: ARG002
        """Read the rows that have a first cell."""
        if not isinstance(data, QueryDict):
            return dict(data.get(name) or {})
        names, values = data.getlist(f"{name}-key"), data.getlist(f"{name}-value")
        return {
            key.strip(): value.strip()
            for key, value in zip(names, values, strict=False)
            if key.strip() and value.strip()
        }

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002
        """Say that the whole table was left out."""
        return f"{name}-key" not in data

    def id_for_label(self, id_: str) -> str:  # noqa: ARG002
        """A table has no single input to point a label at."""
        return ""


def with_given(choices: Sequence[tuple[str, str]], given: Iterable[object]) -> list[tuple[str, str]]:
    """Return choices with what is set besides them; none stay none, for then anything may be typed."""
    known = {value for value, _label in choices}
    others = dict.fromkeys(str(value) for value in given)
    return [*choices, *((value, value) for value in others if choices and value not in known)]
