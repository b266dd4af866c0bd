"""What prices and stock on their way to a shop need kept, supplied by `app/store/shelf.py`.

Everything is asked for and stored for many articles at once: a range has a hundred thousand.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from brygga.domain.outcome import Outcome
from brygga.domain.shelf import StockTaken
from brygga.domain.supply import Supply
from brygga.flows.journal import Entry
from brygga.flows.ports import Work
from brygga.flows.shelf.in_flight import Flight


@dataclass(frozen=True, slots=True)
class Written:
    """What we last wrote on an item, or found as we would have written it; None: never."""

    regular: Decimal | None = None
    sale: Decimal | None = None
    prices_at: datetime | None = None
    stock: Decimal | None = None
    stock_at: datetime | None = None
    stock_read_at: datetime | None = None  # of the ERP's reading that the number came from


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands: open, or closed with what was chosen last time."""

    facts: Mapping[str, str]
    choice: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Echo:
    """A product of the shop that our write has changed: how it was before, and is since, by its own clock."""

    product_id: str
    before: datetime
    after: datetime


@dataclass(slots=True)
class Settled:
    """What became of one work. `links` are items it was found to be, `unlinked` those that are gone."""

    work: Work
    outcome: Outcome
    lines: list[Entry] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # item, its SKU
    unlinked: list[str] = field(default_factory=list)
    parts: tuple[str, ...] | None = None  # of a set article: whose stock moves its own


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of works that were tried together, with all that is to be remembered of it."""

    settled: Sequence[Settled]
    exchanges: Sequence[Entry] = ()
    written: Mapping[str, Written] = field(default_factory=dict)
    echoes: Sequence[Echo] = ()


class TakenStore(Protocol):
    """What orders hold of a shop's stock."""

    def taken_since(self) -> datetime:
        """Return from when on the shop's orders have to be looked at for what they hold of the stock."""

    def keep_taken(self, orders: Sequence[StockTaken], computing: Collection[str] = ()) -> Sequence[str]:
        """Keep what orders hold; return the articles of which that has changed.

        Their items become due, in every shop of the ERP; but not those of this flow that are just
        being computed anyway. What was kept of an order when it was changed later stays.
        """

    def taken_up_to(self, changed_at: datetime) -> None:
        """Remember, by the shop's own clock, up to which change its orders were looked at."""


class ReadsShelf(TakenStore, Protocol):
    """What is known of articles, of the shop's items that they are, and of what is sold of them."""

    def supply(self, article_nos: Collection[str]) -> Mapping[str, Supply]:
        """Return what the ERP has told of these articles, by number."""

    def items_of(self, article_nos: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the shop's items that these articles are linked to, oldest link first."""

    def articles_of(self, items: Collection[str]) -> Mapping[str, str]:
        """Return the articles that these items of the shop are linked to."""

    def called(self, skus: Mapping[str, str]) -> None:
        """Remember under which SKUs the shop now sells linked items, so that orders find their articles."""

    def written(self, items: Collection[str]) -> Mapping[str, Written]:
        """Return what was last written on these items."""

    def asked(self, keys: Collection[str]) -> Mapping[str, Asked]:
        """Return how these questions stand; those never asked are left out."""

    def in_flight(self, article_nos: Collection[str]) -> Mapping[str, Sequence[Flight]]:
        """Return what orders of all the ERP's shops hold of these articles."""

    def on_their_way(self, article_nos: Collection[str]) -> Mapping[str, Decimal]:
        """Return how many of these articles the shop's own orders hold that the ERP does not have yet."""

    def drained_at(self) -> datetime | None:
        """Return when the last look began that read the ERP's stock feed to its end."""


class ShelfStore(ReadsShelf, Protocol):
    """The same, and what became of works."""

    def settle(self, settlement: Settlement) -> None:
        """Store what became of works, in one transaction. Raises LaneLost.

        A work that was told of during the attempt is due again at once.
        """
