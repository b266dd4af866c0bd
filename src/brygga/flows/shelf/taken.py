"""Looks at what a shop's orders hold of its stock, so that nobody is shown a piece that is sold."""

from collections.abc import Collection
from datetime import datetime, timedelta

from brygga.connectors.contract.shelf import GivesItems
from brygga.domain.shelf import StockTaken
from brygga.flows.shelf.ports import TakenStore

# By the shop's own clock: it keeps whole seconds, and a write under way may become visible late.
OVERLAP = timedelta(minutes=2)
AHEAD = timedelta(hours=26)  # a shop's clock may be fast: what it dates in our future is there now
_AT_ONCE = 100


def look_at_taken(
    shop: GivesItems, store: TakenStore, now: datetime, computing: Collection[str] = ()
) -> set[str]:
    """Keep what orders changed since the last look hold; return the articles of which that changed.

    The place of the look moves by the times the shop itself tells, never by our clock.
    """
    since = store.taken_since()
    changed: set[str] = set()
    latest = since
    part: list[StockTaken] = []
    for order in shop.stock_taken(since - OVERLAP, now + AHEAD):
        latest = max(latest, order.modified_at)
        part.append(order)
        if len(part) == _AT_ONCE:
            changed.update(store.keep_taken(part, computing))
            part = []
    if part:
        changed.update(store.keep_taken(part, computing))
    latest = min(latest, now)  # one order dated in the future must not hide those that come
    if latest > since:
        store.taken_up_to(latest)
    return changed
