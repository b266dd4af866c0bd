"""What telling a shop of its order's fate needs from outside."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from brygga.domain.events import Fact
from brygga.domain.refs import RecordRef, Version


@dataclass(frozen=True, slots=True)
class Told:
    """One thing the ERP has told of an order: a fact with its detail (an invoice's number), and when."""

    fact: Fact
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """All that the ERP has told of one of its orders, and which order of the shop it is.

    `order` is None while no order of this flow's shop is linked to it. `ready` is False while the
    order's own transfer is not yet told of in the shop.
    """

    facts: Sequence[Told]
    parcels: Sequence[str]
    order: RecordRef | None
    order_work: int | None
    ready: bool


@dataclass(frozen=True, slots=True)
class Held:
    """Money that a payment provider holds: of which method, since when, and how much."""

    method: str
    since: datetime
    total: str
    currency: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A sent order for which money is held, and of which the ERP has not told that it is through."""

    order_id: str
    work: int | None
    number: str
    erp_no: str
    held: Held


class Reservations(Protocol):
    """For which of a flow's orders money is held, from the last look at each."""

    def keep(self, order_id: str, held: Held) -> None:
        """Remember that money is held for an order."""

    def drop(self, order_id: str) -> bool:
        """Forget an order for which nothing is held any more; say whether it was remembered."""


class EventStore(Protocol):
    """What the ERP has told of orders."""

    def known(self, flow: int, erp: int, shop: int, order_no: str) -> Known:
        """Return what is known of an order of the ERP's."""

    def facts(self, erp: int, order_no: str) -> AbstractSet[Fact]:
        """Return what an ERP has told of one of its orders, for whoever only asks that."""

    def look_again(self, flow: int, erp: int, order_no: str) -> None:
        """Have the status of the ERP's order looked at: the shop's order has changed."""

    def remember(self, work: int, steps: Mapping[str, str]) -> None:
        """Store durably which steps of telling are done; what is there stays."""

    def echo(self, order_work: int, before: Version, version: Version) -> None:
        """Say that the shop's order is like this by our own hand: that is no news to its transfer.

        Unless it was changed by others before our write, as `before` shows: then it is news.
        """
