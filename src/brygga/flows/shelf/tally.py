"""How many of each article can be sold right now: the ERP's numbers less what is in flight.

The order of reading matters, for others write meanwhile: first up to when the feed was read, then
what is in flight, then the numbers. A number that is newer than what was known of the orders shows
too few for a moment; the other way round it would show a piece that is sold.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from brygga.domain.supply import ArticleInfo, Supply
from brygga.flows.shelf.in_flight import Flight, in_flight
from brygga.flows.shelf.ports import ReadsShelf
from brygga.flows.shelf.settings import ShelfSettings
from brygga.flows.shelf.stock import available


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of some articles at one moment."""

    supplies: Mapping[str, Supply]
    flights: Mapping[str, Sequence[Flight]]
    drained_at: datetime | None
    settings: ShelfSettings

    def supply(self, article_no: str) -> Supply:
        """Return what the ERP has told of an article, perhaps nothing."""
        return self.supplies.get(article_no) or Supply(ArticleInfo(article_no))

    def there(self, article_no: str) -> Decimal | None:
        """Return how many of an article can be sold; None: the ERP has not told."""
        return available(self.supply(article_no), self.supplies, self.settings, self._held)

    def read_at(self, article_no: str) -> datetime | None:
        """Return when the reading began that the newest number behind an article comes from."""
        supply = self.supply(article_no)
        if supply.stock_read_at is not None:
            return supply.stock_read_at
        times = [part.stock_read_at for no in supply.article.parts if (part := self.supplies.get(no))]
        return max((at for at in times if at is not None), default=None)

    def in_flight(self, article_no: str) -> Decimal:
        """Return how many of an article are sold and not in the ERP's number."""
        return self._held(article_no, self.supply(article_no).stock_read_at)

    def _held(self, article_no: str, read_at: datetime | None) -> Decimal:
        return in_flight(self.flights.get(article_no, ()), read_at, self.drained_at)


def tally_of(article_nos: Collection[str], store: ReadsShelf, settings: ShelfSettings) -> Tally:
    """Read what is known of articles, and of the parts of those that are sets."""
    parts = {part for supply in store.supply(article_nos).values() for part in supply.article.parts}
    numbers = [*dict.fromkeys([*article_nos, *sorted(parts)])]
    drained_at = store.drained_at()
    flights = store.in_flight(numbers) if settings.in_flight_hold else {}
    return Tally(store.supply(numbers), flights, drained_at, settings)
