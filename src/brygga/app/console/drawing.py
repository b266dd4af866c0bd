"""A flow as a drawing: shop, bridge, ERP, how many orders are where between them, and what else moves.

The drawing is worked out here and written as SVG by `console/parts/drawing.html`, once lying
down for wide screens and once standing up for narrow ones; what moves besides orders stands below
it, a line for each kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext_lazy

from brygga.app.console.kinds import PAGES, TO_ERP, TO_SHOP, KindPage
from brygga.app.console.words import moment, zone_of
from brygga.app.store.models.connections import Connection, ConnectionState
from brygga.app.store.models.flows import Flow, FlowState
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.flows.presets import PRESETS

_LONGEST = 17


class Health(StrEnum):
    """How a system or a flow is, and the colour it is drawn in."""

    WELL = "well"
    AWAY = "away"  # does not answer now; tried again by the clock
    PAUSED = "paused"  # by a person, or it asks something
    BROKEN = "broken"  # waits for a person
    IDLE = "idle"  # a flow that is not started


HEALTH_NAMES: Mapping[Health, Any] = {
    Health.WELL: pgettext_lazy("connection", "Answers"),
    Health.AWAY: pgettext_lazy("connection", "Does not answer"),
    Health.PAUSED: pgettext_lazy("connection", "Paused"),
    Health.BROKEN: pgettext_lazy("connection", "Stopped"),
    Health.IDLE: pgettext_lazy("connection", "Not used yet"),
}
FLOW_NAMES: Mapping[Health, Any] = {
    Health.WELL: pgettext_lazy("flow", "Running"),
    Health.AWAY: pgettext_lazy("flow", "Running"),
    Health.PAUSED: pgettext_lazy("flow", "Stands still"),
    Health.BROKEN: pgettext_lazy("flow", "Stands still"),
    Health.IDLE: pgettext_lazy("flow", "Not started"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One system in the drawing."""

    pk: int
    name: str
    health: Health

    @property
    def short(self) -> str:
        """The name, cut to what the box holds."""
        return self.name if len(self.name) <= _LONGEST else self.name[: _LONGEST - 1].rstrip() + "…"

    @property
    def health_name(self) -> str:
        """Say how it is."""
        return str(HEALTH_NAMES[self.health])


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind that moves besides orders, or that still has something open."""

    page: KindPage
    waiting: int
    held: int

    @property
    def held_word(self) -> str:
        """The word after the number of stopped ones."""
        return npgettext("count", "stopped", "stopped", self.held)


@dataclass(frozen=True, slots=True)
class Drawing:
    """One flow with its counts."""

    flow: Flow
    shop: Node
    erp: Node
    health: Health
    waiting: int
    unknown: int
    held: int
    sent_today: int
    lanes: Sequence[Lane]
    two_way: bool
    last_sent: datetime | None

    @property
    def health_name(self) -> str:
        """Say whether the flow runs."""
        return str(FLOW_NAMES[self.health])

    @property
    def moves(self) -> bool:
        """Say that orders can cross the bridge now."""
        return self.health is Health.WELL and {self.shop.health, self.erp.health} <= {Health.WELL}

    @property
    def last_words(self) -> str:
        """Say when an order last crossed."""
        if self.last_sent is None:
            return _("No order sent yet")
        return _("Last sent %(when)s") % {"when": moment(self.last_sent, zone_of(self.flow.shop.identity))}

    @property
    def held_word(self) -> str:
        """The word after the number of stopped orders."""
        return npgettext("count", "stopped", "stopped", self.held)

    @property
    def box_height(self) -> int:
        """How high a system is drawn lying down: a way back needs room."""
        return 170 if self.two_way else 84

    @property
    def stand_x(self) -> int:
        """Where a system begins standing up."""
        return 4 if self.two_way else 68

    @property
    def stand_width(self) -> int:
        """How wide a system is drawn standing up."""
        return 312 if self.two_way else 184

    @property
    def held_by_kind(self) -> Mapping[Kind, int]:
        """Return how many are stopped of each kind."""
        return {Kind.ORDER: self.held, **{lane.page.kind: lane.held for lane in self.lanes}}

    @property
    def back_words(self) -> str:
        """Say what travels to the shop, for the way back in the drawing."""
        moved = PRESETS[self.flow.preset]
        words = [str(PAGES[kind].moves) for kind in TO_SHOP if moved.moves(kind)]
        return ", ".join([*words[:1], *(word[:1].lower() + word[1:] for word in words[1:])])

    @property
    def sent_word(self) -> str:
        """The word after the number of orders sent today."""
        return npgettext("count", "sent today", "sent today", self.sent_today)

    @property
    def description(self) -> str:
        """Say the whole drawing in words."""
        parts = [
            f"{self.flow.name}: {self.health_name}.",
            f"{self.shop.name}: {self.shop.health_name}.",
            f"{self.erp.name}: {self.erp.health_name}.",
            ngettext("%(n)s order waits.", "%(n)s orders wait.", self.waiting) % {"n": self.waiting},
            ngettext("%(n)s sent today.", "%(n)s sent today.", self.sent_today) % {"n": self.sent_today},
            ngettext("%(n)s stopped.", "%(n)s stopped.", self.held) % {"n": self.held},
            ngettext("%(n)s with unknown outcome.", "%(n)s with unknown outcome.", self.unknown)
            % {"n": self.unknown},
        ]
        for lane in self.lanes:
            counted = _("%(what)s: %(waiting)s waiting, %(held)s stopped.")
            parts.append(counted % {"what": lane.page.title, "waiting": lane.waiting, "held": lane.held})
        return " ".join([*parts, self.last_words + "."])


def health_of(connection: Connection) -> Health:
    """Say how a system is."""
    if connection.state == ConnectionState.BROKEN.value:
        return Health.BROKEN
    if connection.state == ConnectionState.PAUSED.value:
        return Health.PAUSED
    if connection.failures or (connection.not_before and connection.not_before > timezone.now()):
        return Health.AWAY
    return Health.WELL if connection.last_success_at else Health.IDLE


def flow_health(flow: Flow) -> Health:
    """Say how a flow is."""
    return {
        FlowState.RUNNING.value: Health.WELL,
        FlowState.PAUSED.value: Health.BROKEN,
    }.get(flow.state, Health.IDLE)


def draw(
    flow: Flow, counts: Mapping[tuple[int, str, str], int], sent: Mapping[tuple[int, int], int]
) -> Drawing:
    """Draw a flow. `counts` and `sent` come from `queries/systems.py`."""

    def count(kind: Kind, *states: State) -> int:
        return sum(counts.get((flow.pk, kind.value, state.value), 0) for state in states)

    preset = PRESETS[flow.preset]
    lanes = [
        Lane(PAGES[kind], count(kind, State.WAITING, State.UNKNOWN), count(kind, State.HELD))
        for kind in (*TO_ERP, *TO_SHOP)
        if kind is not Kind.ORDER
    ]
    # Customers move by choice only; what a preset no longer moves is shown while it has something open.
    always = {movement.kind for movement in preset.movements} - {Kind.CUSTOMER}
    return Drawing(
        flow=flow,
        shop=Node(flow.shop_id, flow.shop.name, health_of(flow.shop)),
        erp=Node(flow.erp_id, flow.erp.name, health_of(flow.erp)),
        health=flow_health(flow),
        waiting=count(Kind.ORDER, State.WAITING),
        unknown=count(Kind.ORDER, State.UNKNOWN),
        held=count(Kind.ORDER, State.HELD),
        sent_today=sent.get((flow.shop_id, flow.erp_id), 0),
        lanes=[lane for lane in lanes if lane.page.kind in always or lane.waiting or lane.held],
        two_way=any(movement.kind.to_shop for movement in preset.movements),
        last_sent=getattr(flow, "last_sent", None),
    )
