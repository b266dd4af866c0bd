"""The flows we ship, each a declaration: what moves, from where, to where, and by which defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from brygga.connectors.contract.connector import Role
from brygga.domain.refs import Kind


@dataclass(frozen=True, slots=True)
class Movement:
    """One kind of record that travels in one direction."""

    kind: Kind
    source: Role
    target: Role
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of movements. A merchant's own choices are settings laid over `defaults`."""

    number: int
    title: Mapping[str, str]
    movements: tuple[Movement, ...]
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def moves(self, kind: Kind) -> bool:
        """Say whether a kind of record travels in this flow."""
        return any(movement.kind is kind for movement in self.movements)


ORDERS_TO_ERP = Movement(
    Kind.ORDER,
    Role.SHOP,
    Role.ERP,
    {"sv": "Order med kund, från butiken till affärssystemet", "en": "Orders with customer, shop to ERP"},
)
PRODUCTS_TO_ERP = Movement(
    Kind.PRODUCT,
    Role.SHOP,
    Role.ERP,
    {
        "sv": "Produkter med varianter, från butiken till affärssystemet",
        "en": "Products with variants, shop to ERP",
    },
)

SHOP_LEADS = Preset(
    number=1,
    title={"sv": "Butiken styr", "en": "The shop leads"},
    movements=(ORDERS_TO_ERP, PRODUCTS_TO_ERP),
)

PRESETS: dict[int, Preset] = {preset.number: preset for preset in (SHOP_LEADS,)}
