"""What one run has at hand: the two systems, the settings it goes by, and where it writes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from brygga.connectors.contract.connector import (
    GivesCustomers,
    GivesOrders,
    GivesProducts,
    Identity,
    TakesArticles,
    TakesCustomers,
    TakesDocuments,
    TakesFeedback,
)
from brygga.connectors.contract.goods import TakesProducts
from brygga.connectors.contract.http import Exchange
from brygga.connectors.contract.shelf import GivesItems, TakesItems
from brygga.connectors.contract.tracking import DrawsMoney, ShowsParcels
from brygga.domain.message import Message
from brygga.flows.goods.ports import GoodsStore
from brygga.flows.journal import Journal
from brygga.flows.ownership import Masters
from brygga.flows.ports import RunStore
from brygga.flows.settings import FlowSettings
from brygga.flows.shelf.ports import ShelfStore
from brygga.flows.statuses.ports import EventStore, Reservations
from brygga.flows.tasks import Asks


class Shop(
    GivesOrders,
    GivesCustomers,
    TakesFeedback,
    GivesProducts,
    GivesItems,
    TakesItems,
    TakesProducts,
    ShowsParcels,
    DrawsMoney,
    Protocol,
):
    """What the flows ask of a shop."""


class Erp(TakesCustomers, TakesDocuments, TakesArticles, Protocol):
    """What the flows ask of an ERP while a record is under way; its feeds are read by polls."""


class Recorder:
    """Sends every exchange of a session to the journal of the record that is under way."""

    def __init__(self) -> None:
        self.journal = Journal()

    def start(self) -> Journal:
        """Begin a new journal and return it."""
        self.journal = Journal()
        return self.journal

    def go_on(self, journal: Journal) -> None:
        """Write in a journal that was begun before: its record is under way again."""
        self.journal = journal

    def observe(self, exchange: Exchange) -> None:
        """Take an exchange from a session."""
        self.journal.observe(exchange)


@dataclass(slots=True)
class RunContext:
    """One flow at work in one lane. `now` returns aware UTC; `say` renders for the shop's people."""

    flow: int
    shop_id: int
    erp_id: int
    shop: Shop
    erp: Erp
    shop_identity: Identity
    settings: FlowSettings
    store: RunStore
    events: EventStore
    reservations: Reservations
    shelf: ShelfStore
    goods: GoodsStore
    tasks: Asks
    masters: Masters
    recorder: Recorder
    now: Callable[[], datetime]
    say: Callable[[Message], str]
    erp_currency: str = ""  # what the ERP's own prices are in; empty: not known
    time_zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        self.time_zone = ZoneInfo(self.shop_identity.time_zone)

    @property
    def journal(self) -> Journal:
        """The journal of the record under way."""
        return self.recorder.journal
