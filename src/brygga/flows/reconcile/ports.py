"""What a reconciliation needs from outside, supplied by `app/store/reconcile.py`: all for many at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from brygga.domain.events import Fact, OrderEvent
from brygga.domain.message import Message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind, Version
from brygga.domain.shelf import ShopItem
from brygga.domain.supply import ArticleInfo, StockLevel
from brygga.flows.shelf.ports import ReadsShelf


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """What is known of an order of the shop: where its work stands, and what the ERP has of it."""

    state: State | None = None  # None: it was never taken in
    reason: Message | None = None
    version: Version | None = None  # what was last looked at, or told of
    questions: Mapping[str, str] = field(default_factory=dict)  # by key: what was chosen, or empty while open
    linked: bool = False
    erp_no: str = ""
    fingerprint: str = ""
    ended: frozenset[Fact] = frozenset()  # cancelled or removed in the ERP
    ended_told: bool = False  # and the shop's flow has dealt with that since


@dataclass(frozen=True, slots=True)
class KnownWork:
    """Where one work stands."""

    state: State
    reason: Message | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class LinkedItem:
    """A link of an item: its place among all links, the item, and the article it is."""

    place: int
    ref: str
    article_no: str


class ReconcileStore(ReadsShelf, Protocol):
    """What is known of orders, items and articles of one flow, and its works made due."""

    def orders(self, ids: Collection[str]) -> Mapping[str, KnownOrder]:
        """Return what is known of orders of the shop; those nobody knows are left out."""

    def orders_holding(self) -> Iterator[Sequence[str]]:
        """Yield orders of the shop that hold stock and are not in the ERP, some at a time."""

    def linked_orders(self, since: datetime) -> Iterator[Sequence[tuple[str, str]]]:
        """Yield orders that were linked since a moment, as id and number, some at a time."""

    def items_linked(self, refs: Collection[str]) -> Mapping[str, LinkedItem]:
        """Return the links of these items."""

    def all_linked_items(self) -> Iterator[Sequence[LinkedItem]]:
        """Yield every item that is linked to an article of the ERP, some at a time."""

    def works(self, kind: Kind, ids: Collection[str]) -> Mapping[str, KnownWork]:
        """Return where works of a kind stand, by the source's id."""

    def known_articles(self, article_nos: Sequence[str]) -> Collection[str]:
        """Return those of the numbers that the ERP is known to have, however that was learnt."""

    def spelt_otherwise(self, article_nos: Sequence[str]) -> Mapping[str, str]:
        """Return known articles that differ from one of these in spelling only: ours to theirs."""

    def articles_without_item(self) -> Iterator[Sequence[ArticleInfo]]:
        """Yield articles of the ERP, not ended, that no item of this shop is linked to."""

    def keep_strangers(self, met: Sequence[tuple[ShopItem, Message]], at: datetime) -> None:
        """Remember items of the shop that are no articles, each with why; `at` is when the run began."""

    def forget_strangers(self, before: datetime) -> None:
        """Forget those that were not met since."""

    def freshness(self) -> Mapping[str, datetime | None]:
        """Return how old what is known of both sides is, by name."""

    def wake(self, kind: Kind, ids: Sequence[str]) -> int:
        """Make works due as a reconciliation wants them; return how many are."""

    def take_articles(self, rows: Sequence[ArticleInfo], read_at: datetime) -> int:
        """Take articles in as a feed's rows; return how many were news."""

    def take_stock(self, rows: Sequence[StockLevel], read_at: datetime) -> int:
        """Take stock in as a feed's rows; return how many articles were told of."""

    def take_events(self, events: Sequence[OrderEvent]) -> int:
        """Take what became of orders in the ERP in as a feed's rows."""

    def orders_of_erp(self, numbers: Collection[str]) -> Mapping[str, tuple[str, str]]:
        """Return the shop's order number and what was sent (its fingerprint), by the ERP's number."""

    def numbers_linked(self, until: datetime) -> Iterator[Sequence[tuple[str, str]]]:
        """Yield all orders linked before a moment, as the ERP's number and the shop's, some at a time.

        Those that the ERP is known to have removed are left out.
        """
