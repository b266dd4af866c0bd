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

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Return the kinds of record that travel in this flow, in the order that people read them."""
        return tuple(movement.kind for movement in self.movements)

    def moves(self, kind: Kind) -> bool:
        """Say whether a kind of record travels in this flow."""
        return kind in self.kinds


ORDERS_TO_ERP = Movement(
    Kind.ORDER,
    Role.SHOP,
    Role.ERP,
    {"sv": "Order med kund, från butiken till affärssystemet", "en": "Orders with customer, shop to ERP"},
)
CUSTOMERS_TO_ERP = Movement(
    Kind.CUSTOMER,
    Role.SHOP,
    Role.ERP,
    {"sv": "Kunder utan order, om ni vill", "en": "Customers without an order, by choice"},
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

GOODS_TO_SHOP = Movement(
    Kind.GOODS,
    Role.ERP,
    Role.SHOP,
    {
        "sv": "Artiklar med varianter, från affärssystemet till butiken",
        "en": "Articles with variants, ERP to shop",
    },
)
ITEMS_TO_SHOP = Movement(
    Kind.ITEM,
    Role.ERP,
    Role.SHOP,
    {"sv": "Pris och lager, från affärssystemet till butiken", "en": "Price and stock, ERP to shop"},
)
STATUS_TO_SHOP = Movement(
    Kind.STATUS,
    Role.ERP,
    Role.SHOP,
    {"sv": "Orderstatus, från affärssystemet till butiken", "en": "Order status, ERP to shop"},
)

SHOP_LEADS = Preset(
    number=1,
    title={"sv": "Butiken styr", "en": "The shop leads"},
    movements=(ORDERS_TO_ERP, PRODUCTS_TO_ERP, CUSTOMERS_TO_ERP),
)

ERP_LEADS = Preset(
    number=2,
    title={"sv": "Affärssystemet styr", "en": "The ERP leads"},
    movements=(ORDERS_TO_ERP, CUSTOMERS_TO_ERP, GOODS_TO_SHOP, ITEMS_TO_SHOP, STATUS_TO_SHOP),
    defaults={"unknown_article": "hold"},
)
COMBINED = Preset(
    number=3,
    title={
        "sv": "Butiken styr sortimentet, affärssystemet pris och lager",
        "en": "The shop leads the range, the ERP prices and stock",
    },
    movements=(ORDERS_TO_ERP, CUSTOMERS_TO_ERP, PRODUCTS_TO_ERP, ITEMS_TO_SHOP, STATUS_TO_SHOP),
    defaults={"unknown_article": "hold"},
)

PRESETS: dict[int, Preset] = {preset.number: preset for preset in (SHOP_LEADS, ERP_LEADS, COMBINED)}
