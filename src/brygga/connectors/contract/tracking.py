"""What a shop promises that shows its buyers where their parcels are and draws money at a status."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from brygga.domain.order import Order, Shipment


@runtime_checkable
class ShowsParcels(Protocol):
    """A shop whose tracking plugins read parcels from an order."""

    def put_parcels(self, order_id: str, parcels: Sequence[Shipment]) -> Order:
        """Add parcels to those an order has, each number once; what is there is never taken away.

        Returns the order as it then is. Raises RecordGone.
        """


@runtime_checkable
class DrawsMoney(Protocol):
    """A shop whose payment plugins draw money when an order gets a status."""

    def draws_at(self, method: str) -> Sequence[str]:
        """Return the statuses at which a payment method's plugin draws; none known: an empty list."""

    def reserves(self, method: str) -> bool:
        """Say whether a payment method is known to hold the money until it is drawn."""

    def draws_itself(self, method: str) -> bool | None:
        """Say whether a payment method's plugin is set to draw at its statuses; None: it can't be read."""

    def is_drawn(self, order: Order) -> bool | None:
        """Say whether an order bears its plugin's sign that the money was drawn; None: no such sign is known."""

    def last_notes(self, order_id: str) -> str:
        """Return the newest private notes on an order, newest last: what a plugin says of a refusal."""
