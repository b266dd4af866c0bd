"""ShelfStore for one flow in one lane: what `flows/shelf/ports.py` promises, in few statements.

A range has a hundred thousand articles, so everything here is for many at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from brygga.app.store.cursors import cursor, move_cursor
from brygga.app.store.runs import LaneStore
from brygga.app.store.shelf_settle import settle
from brygga.app.store.sql import fetch, json_out, marks, run, time_out
from brygga.app.store.supply import supply_of
from brygga.app.store.taken import in_flight, keep_taken, on_their_way, rename_taken, sets_with, settle_taken
from brygga.app.store.transaction import write
from brygga.app.store.wake_items import wake_items
from brygga.connectors.contract.connector import Feed
from brygga.domain.refs import Kind
from brygga.domain.shelf import StockTaken
from brygga.domain.supply import Supply
from brygga.flows.shelf.in_flight import Flight
from brygga.flows.shelf.ports import Asked, Settlement, Written

TAKEN = "taken"  # the cursor: up to which change a shop's orders were looked at
_AT_ONCE = 200


def look_again_from(tenant: int, shop: int, erp: int, since: datetime) -> None:
    """Have a shop's orders changed from a time on looked at anew for what they hold: they are taken in late."""
    name = f"{TAKEN}-{erp}"
    looked = cursor(shop, name)
    if looked is None or since < looked:
        move_cursor(tenant, shop, name, since)


class DbTaken:
    """What one shop's orders hold of its stock, for one ERP: kept, and told to the items concerned."""

    def __init__(self, tenant: int, shop: int, erp: int, flow: int, begins: datetime) -> None:
        self._tenant = tenant
        self._shop = shop
        self._erp = erp
        self._flow = flow
        self._begins = begins

    def taken_since(self) -> datetime:
        """Return from when on the shop's orders have to be looked at; at first: since the flow began."""
        return cursor(self._shop, f"{TAKEN}-{self._erp}") or self._begins

    def taken_up_to(self, changed_at: datetime) -> None:
        """Remember, by the shop's own clock, up to which change its orders were looked at."""
        move_cursor(self._tenant, self._shop, f"{TAKEN}-{self._erp}", changed_at)

    def keep_taken(self, orders: Sequence[StockTaken], computing: Collection[str] = ()) -> Sequence[str]:
        """Keep what orders hold, and make the items due of which that has changed."""
        with write():  # what was kept is no news any more: its items are due from the same moment
            changed = keep_taken(self._tenant, self._shop, self._erp, orders)
            if changed:
                concerned = [*changed, *sets_with(self._erp, changed)]
                wake_items(self._tenant, self._erp, concerned, but=(self._flow, frozenset(computing)))
        return changed


class DbReadsShelf(DbTaken):
    """What is known of one flow's articles and items, for whoever only looks."""

    def supply(self, article_nos: Collection[str]) -> Mapping[str, Supply]:
        """Return what the ERP has told of these articles, by number."""
        return supply_of(self._erp, list(article_nos))

    def items_of(self, article_nos: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the shop's items that these articles are linked to, oldest link first."""
        found: dict[str, list[str]] = defaultdict(list)
        for part in _parts(list(article_nos)):
            for number, ref in fetch(
                "SELECT target_ref, source_ref FROM store_linkrow WHERE target_id = %s AND kind = %s"
                f" AND target_ref IN ({marks(len(part))}) AND source_id = %s ORDER BY id",
                (self._erp, Kind.ARTICLE.value, *part, self._shop),
            ):
                found[number].append(ref)
        return found

    def articles_of(self, items: Collection[str]) -> Mapping[str, str]:
        """Return the articles that these items of the shop are linked to."""
        found: dict[str, str] = {}
        for part in _parts(list(items)):
            found |= dict(
                fetch(
                    "SELECT source_ref, target_ref FROM store_linkrow WHERE source_id = %s AND kind = %s"
                    f" AND source_ref IN ({marks(len(part))}) AND target_id = %s",
                    (self._shop, Kind.ARTICLE.value, *part, self._erp),
                )
            )
        return found

    def called(self, skus: Mapping[str, str]) -> None:
        """Remember under which SKUs the shop now sells linked items, so that orders find their articles."""
        for part in _parts(list(skus)):
            rows = fetch(
                "SELECT id, source_ref, source_key, target_ref FROM store_linkrow WHERE source_id = %s AND kind = %s"
                f" AND source_ref IN ({marks(len(part))}) AND target_id = %s",
                (self._shop, Kind.ARTICLE.value, *part, self._erp),
            )
            own = supply_of(self._erp, [skus[ref] for ref in part])
            for link, ref, known, article in rows:
                sku = skus[ref]
                if sku and sku != known:
                    with write():
                        run("UPDATE store_linkrow SET source_key = %s WHERE id = %s", (sku[:200], link))
                        if sku not in own:  # an article's own number is that article, wherever it is written
                            rename_taken(self._shop, self._erp, sku, article)

    def written(self, items: Collection[str]) -> Mapping[str, Written]:
        """Return what was last written on these items."""
        found: dict[str, Written] = {}
        for part in _parts(list(items)):
            for ref, regular, sale, prices_at, stock, stock_at, read_at in fetch(
                "SELECT item_ref, regular, sale, prices_at, stock, stock_at, stock_read_at FROM store_shelfrow"
                f" WHERE connection_id = %s AND item_ref IN ({marks(len(part))})",
                (self._shop, *part),
            ):
                found[ref] = Written(
                    _number(regular),
                    _number(sale),
                    time_out(prices_at),
                    _number(stock),
                    time_out(stock_at),
                    time_out(read_at),
                )
        return found

    def asked(self, keys: Collection[str]) -> Mapping[str, Asked]:
        """Return how these questions stand; those never asked are left out."""
        found: dict[str, Asked] = {}
        for part in _parts(list(keys)):
            rows = fetch(
                "SELECT key, facts, choice, closed_at FROM store_task WHERE tenant_id = %s"
                f" AND key IN ({marks(len(part))}) AND (closed_at IS NULL OR (choice <> '' AND over_at IS NULL)) ORDER BY id",
                (self._tenant, *part),
            )
            found |= {
                key: Asked(json_out(facts) or {}, choice, closed_at is None)
                for key, facts, choice, closed_at in rows
            }
        return found

    def in_flight(self, article_nos: Collection[str]) -> Mapping[str, Sequence[Flight]]:
        """Return what orders of all the ERP's shops hold of these articles."""
        return in_flight(self._erp, article_nos)

    def on_their_way(self, article_nos: Collection[str]) -> Mapping[str, Decimal]:
        """Return how many of these articles the shop's own orders hold that the ERP does not have yet."""
        return on_their_way(self._shop, self._erp, article_nos)

    def drained_at(self) -> datetime | None:
        """Return when the last look began that read the ERP's stock feed to its end."""
        return drained_at(self._erp)


class DbShelf(DbReadsShelf):
    """All that prices and stock of one flow need, in the lane of its shop."""

    def __init__(
        self, store: LaneStore, tenant: int, shop: int, erp: int, flow: int, begins: datetime
    ) -> None:
        super().__init__(tenant, shop, erp, flow, begins)
        self._store = store

    def settle(self, settlement: Settlement) -> None:
        """Store what became of works, in one transaction. Raises LaneLost."""
        settle(self._store, settlement, self._shop, self._erp)


def drained_at(erp: int) -> datetime | None:
    """Return when the last look began that read an ERP's stock feed to its end."""
    return cursor(erp, f"{Feed.STOCK}-drained")


def stock_was_drained(tenant: int, erp: int, begun_at: datetime) -> None:
    """Remember a look at the stock feed that came to its end; what it sets free is due again."""
    move_cursor(tenant, erp, f"{Feed.STOCK}-drained", begun_at)
    with write():
        free = settle_taken(erp, begun_at)
        if free:
            wake_items(tenant, erp, [*free, *sets_with(erp, free)])


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _parts(rows: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]
