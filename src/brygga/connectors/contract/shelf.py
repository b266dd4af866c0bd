"""What a shop promises whose prices and stock are led from elsewhere: items read and written."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from brygga.domain.shelf import ItemAnswer, ItemWrite, ShopItem, StockTaken


@runtime_checkable
class GivesItems(Protocol):
    """A shop whose items can be read: simple products, and variations one by one."""

    def items_of(self, product_ids: Sequence[str]) -> Sequence[ShopItem]:
        """Read all items of these products as they are now; products that are gone are left out."""

    def items_by_sku(self, skus: Sequence[str]) -> Sequence[ShopItem]:
        """Find every item that has one of these SKUs, exactly as written. Two may have the same."""

    def all_items(self) -> Iterator[ShopItem]:
        """Read the whole range, page by page in the order of ids, with flat memory."""

    def stock_taken(self, since: datetime, until: datetime) -> Iterator[StockTaken]:
        """List orders changed in a window, bounds included, with what each holds of the stock."""


@runtime_checkable
class TakesItems(Protocol):
    """A shop whose items can be told what to show, many at a time."""

    def put_items(self, writes: Sequence[ItemWrite]) -> Sequence[ItemAnswer]:
        """Write items in as few calls as the shop allows and return an answer for each, in order.

        Every answer is compared with what was asked. A write is absolute, so a lost answer raises
        TryLater and doing it again changes nothing.
        """
