"""The history of a flow's settings: who changed what, when and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brygga.app.console.forms.settings import defaults_of, label, value_words
from brygga.app.store.models.flows import FlowRevision
from brygga.flows.settings import KEYS

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Change:
    """One setting in one revision, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Revised:
    """One revision with what it changed."""

    revision: FlowRevision
    changes: Sequence[Change]


def history(flow: int, preset: int = 1) -> tuple[Mapping[str, Any], list[Revised]]:
    """Return a flow's settings of today (what differs from the defaults), and its newest revisions."""
    found = list(FlowRevision.objects.filter(flow_id=flow).order_by("-number")[: SHOWN + 1])
    defaults = defaults_of(preset)
    revised = [
        Revised(new, _changes(old.settings if old else {}, new.settings, defaults))
        for new, old in zip(found, [*found[1:], None], strict=True)
    ]
    return (found[0].settings if found else {}), revised[:SHOWN]


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], defaults: Mapping[str, Any]
) -> list[Change]:
    found = ((key, before.get(key, defaults[key]), after.get(key, defaults[key])) for key in KEYS)
    return [
        Change(label(key), value_words(key, old), value_words(key, new))
        for key, old, new in found
        if old != new
    ]
