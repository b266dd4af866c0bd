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
