"""What each preset is called and brings over, in the reader's words."""

from collections.abc import Sequence
from dataclasses import dataclass

from brygga.app.console.words import language
from brygga.flows.presets import Preset


@dataclass(frozen=True, slots=True)
class PresetWords:
    """One preset with what it brings over, to the ERP and to the shop."""

    number: int
    title: str
    to_erp: Sequence[str]
    to_shop: Sequence[str]


def preset_words(preset: Preset) -> PresetWords:
    """Return a preset in the reader's language."""
    return PresetWords(
        preset.number,
        preset.title[language()],
        [one.title[language()] for one in preset.movements if not one.kind.to_shop],
        [one.title[language()] for one in preset.movements if one.kind.to_shop],
    )
