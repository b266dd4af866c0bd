"""The form of who leads what: a row for each field of the flow's table, with a choice in each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from brygga.app.console import ownership_words as words
from brygga.domain.errors import SetupWrong
from brygga.flows.ownership import TABLE, masters
from brygga.flows.presets import PRESETS

KEY = "masters"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table. `preset` says what the preset has, when the merchant chose otherwise."""

    field: forms.BoundField
    leader: str
    when: str
    preset: str


class MastersForm(forms.Form):
    """Edits the single cells that a merchant leads in another way than the preset."""

    def __init__(self, own: Mapping[str, str], preset: int, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self._own = dict(own)
        self._preset = masters(preset, {}).cells
        try:
            self._now = masters(preset, own).cells
        except SetupWrong:  # a cell of an older version: the preset's counts until one is chosen
            self._now, self._own = self._preset, {}
        for field, cell in self._now.items():
            made = forms.ChoiceField(
                label=words.field_name(field),
                choices=list(words.choices(field, PRESETS[preset], cell)),
                initial=str(cell),
            )
            self.fields[field] = made

    @property
    def rows(self) -> Iterator[Row]:
        """Yield the table's rows."""
        for field, cell in self._now.items():
            own = cell != self._preset[field]
            yield Row(
                self[field],
                words.leader(cell),
                words.when_written(cell),
                words.said(self._preset[field]) if own else "",
            )

    @property
    def own_count(self) -> int:
        """Count the cells that differ from the preset."""
        return sum(self._now[field] != self._preset[field] for field in TABLE)

    def changes(self) -> dict[str, Any]:
        """Return the setting as it is to be stored, if anything was changed."""
        chosen = {
            field: cell for field, cell in self.cleaned_data.items() if cell != str(self._preset[field])
        }
        return {KEY: chosen} if chosen != self._own else {}
