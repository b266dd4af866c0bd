"""What has changed in an account, in order, and how far each reader of a feed has come.

Every change gets the account's next change number. A reader is an API user on one feed; it has
confirmed everything up to its cursor, and may hold one open batch. A record that changes while a
batch is open gets a higher number and so waits for a later batch.
"""

from bisect import bisect_right
from datetime import datetime

import msgspec

from brygga_simulators.specter.model import Record


class StockRow(Record, tag="stock"):
    """An article's available stock per site, as it was when the batch was opened."""

    article_id: int
    article_no: str
    available: dict[str, str]


class ArticleRow(Record, tag="article"):
    """An article's data as text, as it was when the batch was opened."""

    article_id: int
    article_no: str
    name: str
    attributes: dict[str, str]
    elements: dict[str, str]
    parent_no: str = ""
    options: dict[str, str] = msgspec.field(default_factory=dict)
    parts: dict[str, str] = msgspec.field(default_factory=dict)
    price_lists: list[dict[str, str]] = msgspec.field(default_factory=list)
    """The attributes of each priceList element."""


class OrderStatusRow(Record, tag="order"):
    """An order's status as it was when the batch was opened."""

    order_no: int
    external_order_no: str
    status_id: int
    delivery_status: str
    updated: bool
    tracking_nos: list[str]
    rows: list[dict[str, str]]
    facts: dict[str, str] = msgspec.field(default_factory=dict)
    """Further attributes of orderstatus."""


FeedRow = StockRow | ArticleRow | OrderStatusRow


class Batch(Record):
    """Rows handed out under a number and not yet confirmed."""

    number: str
    upto: int
    """Change number of the last row; the cursor goes there when the batch is confirmed."""
    rows: list[FeedRow]
    opened_at: datetime


class Reader(Record):
    """How far one reader of one feed has come."""

    name: str
    cursor: int = 0
    batch: Batch | None = None


class ChangeLog:
    """Keys in the order they last changed."""

    def __init__(self) -> None:
        self.current: dict[str, int] = {}
        self._numbers: list[int] = []
        self._keys: list[str] = []

    def touch(self, key: str, number: int) -> None:
        """Note a change; `number` is higher than all before."""
        self.current[key] = number
        self._numbers.append(number)
        self._keys.append(key)
        if len(self._keys) > 2 * len(self.current) + 1000:
            self._drop_outdated()

    def forget(self, key: str) -> None:
        """Drop a key that no longer exists."""
        self.current.pop(key, None)

    def after(self, cursor: int, limit: int) -> list[tuple[int, str]]:
        """Return the first `limit` (0: all) changes later than `cursor`, oldest first."""
        found: list[tuple[int, str]] = []
        for position in range(bisect_right(self._numbers, cursor), len(self._numbers)):
            number, key = self._numbers[position], self._keys[position]
            if self.current.get(key) == number:
                found.append((number, key))
                if len(found) == limit:
                    break
        return found

    def _drop_outdated(self) -> None:
        live = sorted((number, key) for key, number in self.current.items())
        self._numbers = [number for number, _ in live]
        self._keys = [key for _, key in live]
