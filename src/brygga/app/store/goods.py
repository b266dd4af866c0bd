"""GoodsStore for one flow in the lane of its shop: groups, and which products of the shop they are.

A group's link keeps in its fingerprint which statuses we have changed to hide something; an
article's the number that its item had from us last. What the shop calls an item by now is in the
link's key, and follows every change made by hand (`store/shelf.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from brygga.app.store.article_feed import is_being_told
from brygga.app.store.goods_settle import settle
from brygga.app.store.groups import file_rows
from brygga.app.store.intake import StoreIntake
from brygga.app.store.links import put_link
from brygga.app.store.runs import LaneStore
from brygga.app.store.sql import fetch, fetch_one, json_in, json_out, marks, run, time_in
from brygga.app.store.supply import supply_of
from brygga.domain.message import message
from brygga.domain.refs import Kind, Link, RecordRef
from brygga.flows.goods.ports import Group, Linked, Made, Settled
from brygga.flows.journal import Entry
from brygga.flows.products.suspects import spelling

_AT_ONCE = 200
_ARTICLE, _GOODS = Kind.ARTICLE.value, Kind.GOODS.value


class DbGoods:
    """What `flows/goods/ports.py` promises."""

    def __init__(self, store: LaneStore, tenant: int, shop: int, erp: int, flow: int) -> None:
        self._store = store
        self._tenant = tenant
        self._shop = shop
        self._erp = erp
        self._flow = flow

    def group(self, key: str) -> Group:
        """Return a group's articles, by number."""
        # Not sorted by the database: it would read all of the flow's articles in order to find these.
        numbers = sorted(
            number
            for (number,) in fetch(
                "SELECT article_no FROM store_groupmember WHERE flow_id = %s AND group_key = %s",
                (self._flow, key),
            )
        )
        known = supply_of(self._erp, numbers)
        articles = tuple(known[number].article for number in numbers if number in known)
        return Group(key, articles, file_rows(self._flow, numbers))

    def has_members(self, key: str) -> bool:
        """Say that there are articles in a group."""
        found = fetch_one(
            "SELECT 1 FROM store_groupmember WHERE flow_id = %s AND group_key = %s LIMIT 1", (self._flow, key)
        )
        return found is not None

    def made(self, key: str) -> Made | None:
        """Return which product of the shop a group is."""
        row = fetch_one(
            "SELECT target_ref, fingerprint FROM store_linkrow WHERE source_id = %s AND kind = %s"
            " AND source_ref = %s AND target_id = %s",
            (self._erp, _GOODS, key, self._shop),
        )
        return None if row is None else Made(row[0], json_out(row[1] or "{}"))

    def keys_of(self, product_ids: Collection[str]) -> Mapping[str, str]:
        """Say which groups these products of the shop are."""
        found: dict[str, str] = {}
        for part in _parts(list(product_ids)):
            found |= dict(
                fetch(
                    "SELECT target_ref, source_ref FROM store_linkrow WHERE target_id = %s AND kind = %s"
                    f" AND target_ref IN ({marks(len(part))}) AND source_id = %s ORDER BY id DESC",
                    (self._shop, _GOODS, *part, self._erp),
                )
            )
        return found

    def linked(self, article_nos: Collection[str]) -> Mapping[str, Sequence[Linked]]:
        """Return where these articles are in the shop, oldest link first."""
        found: dict[str, list[Linked]] = defaultdict(list)
        for part in _parts(list(article_nos)):
            for number, ref, sku in fetch(
                "SELECT target_ref, source_ref, fingerprint FROM store_linkrow WHERE target_id = %s AND kind = %s"
                f" AND target_ref IN ({marks(len(part))}) AND source_id = %s ORDER BY id",
                (self._erp, _ARTICLE, *part, self._shop),
            ):
                found[number].append(Linked(ref, sku))
        return found

    def articles_of(self, refs: Collection[str]) -> Mapping[str, str]:
        """Return the articles that these items of the shop are linked to."""
        found: dict[str, str] = {}
        for part in _parts(list(refs)):
            found |= dict(
                fetch(
                    "SELECT source_ref, target_ref FROM store_linkrow WHERE source_id = %s AND kind = %s"
                    f" AND source_ref IN ({marks(len(part))}) AND target_id = %s",
                    (self._shop, _ARTICLE, *part, self._erp),
                )
            )
        return found

    def is_being_told(self, article_nos: Collection[str]) -> bool:
        """Say that the ERP's feed was not yet read to its end since it told of one of these articles."""
        return is_being_told(self._erp, article_nos)

    def suspects(self, article_nos: Collection[str]) -> Mapping[str, str]:
        """Return articles still in use that differ from one of these in spelling only."""
        mine = {number: spelling(number) for number in article_nos}
        found: dict[str, str] = {}
        for part in _parts(list(dict.fromkeys(mine.values()))):
            rows = fetch(
                "SELECT spelling, article_no FROM store_supplyrow WHERE connection_id = %s"
                f" AND spelling IN ({marks(len(part))}) AND ended = %s AND article_read_at IS NOT NULL",
                (self._erp, *part, False),
            )
            for number, spelt in mine.items():
                other = next((no for as_spelt, no in rows if as_spelt == spelt and no != number), None)
                if other is not None:
                    found[number] = other
        return found

    def keep(
        self,
        key: str,
        made: Made,
        *,
        links: Mapping[str, str] | None = None,
        unlinked: Collection[str] = (),
    ) -> None:
        """Store which product a group is, and links of its items."""
        now = datetime.now(UTC)
        with self._store.writing():
            run(
                "INSERT INTO store_linkrow (tenant_id, source_id, kind, source_ref, source_key, target_id, target_ref,"
                " target_key, fingerprint, at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (source_id, kind, source_ref, target_id) DO UPDATE SET"
                " target_ref = excluded.target_ref, target_key = excluded.target_key,"
                " fingerprint = excluded.fingerprint",
                (
                    self._tenant, self._erp, _GOODS, key, key, self._shop, made.product_id, made.product_id,
                    json_in(dict(made.hidden)), time_in(now),
                ),
            )  # fmt: skip
            self._unlink(unlinked)
            before = self.articles_of(links) if links else {}
            for ref, number in (links or {}).items():
                source = RecordRef(self._shop, Kind.ARTICLE, ref)
                put_link(self._tenant, Link(source, number, self._erp, number, number, number), now)
            # Also one that was written elsewhere before: its new place has neither price nor stock.
            new = [number for ref, number in (links or {}).items() if before.get(ref) != number]
            note = message("goods.linked")
            StoreIntake().seen_many(self._flow, Kind.ITEM, self._erp, new, note)

    def unlink(self, refs: Collection[str]) -> None:
        """Take links of items away."""
        with self._store.writing():
            self._unlink(refs)

    def _unlink(self, refs: Collection[str]) -> None:
        for part in _parts(list(refs)):
            run(
                "DELETE FROM store_linkrow WHERE source_id = %s AND kind = %s AND target_id = %s"
                f" AND source_ref IN ({marks(len(part))})",
                (self._shop, _ARTICLE, self._erp, *part),
            )

    def give_up(self, key: str) -> None:
        """Forget which product a group is."""
        with self._store.writing():
            run(
                "DELETE FROM store_linkrow WHERE source_id = %s AND kind = %s AND source_ref = %s AND target_id = %s",
                (self._erp, _GOODS, key, self._shop),
            )

    def wake(self, keys: Collection[str]) -> None:
        """Make groups due."""
        note = message("goods.members_moved")
        StoreIntake().seen_many(self._flow, Kind.GOODS, self._erp, list(keys), note)

    def settle(self, settled: Sequence[Settled], exchanges: Sequence[Entry] = ()) -> None:
        """Store what became of groups. One that was told of meanwhile is due again at once."""
        settle(self._store, settled, exchanges)


def _parts(rows: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]
