"""What one reconciliation has at hand: the shop, the settings it goes by, and what is known."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from brygga.connectors.contract.connector import GivesOrders, Identity
from brygga.connectors.contract.shelf import GivesItems
from brygga.domain.refs import Kind
from brygga.flows.ownership import Masters
from brygga.flows.ports import Intake
from brygga.flows.presets import Preset
from brygga.flows.reconcile.ports import ReconcileStore
from brygga.flows.reconcile.report import Done
from brygga.flows.settings import FlowSettings
from brygga.flows.shelf.prices import PriceRules
from brygga.flows.tasks import Asks


class ReadShop(GivesOrders, GivesItems, Protocol):
    """What a reconciliation asks of a shop: it reads, and writes nothing itself."""


@dataclass(slots=True)
class ReconcileContext:
    """One flow, looked at from both sides. `repair` is off for a dry run."""

    flow: int
    shop_id: int
    erp_id: int
    preset: Preset
    shop: ReadShop
    identity: Identity
    settings: FlowSettings
    masters: Masters
    store: ReconcileStore
    intake: Intake
    tasks: Asks
    begins: datetime
    repair: bool
    now: Callable[[], datetime]
    erp_currency: str = ""
    time_zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        self.time_zone = ZoneInfo(self.identity.time_zone)

    @property
    def price_rules(self) -> PriceRules:
        """What the shop's prices are like."""
        shop = self.identity
        return PriceRules(shop.currency, shop.prices_include_tax, self.time_zone, self.erp_currency)

    @property
    def mended(self) -> Done:
        """What is said of a difference that a work puts right."""
        return Done.PUT_RIGHT if self.repair else Done.WOULD

    def leads_items(self) -> bool:
        """Say that this flow brings prices or stock from the ERP to the shop."""
        fields = ("price.regular", "price.sale", "stock.quantity")
        return self.preset.moves(Kind.ITEM) and any(self.masters.erp_leads(field) for field in fields)
