"""ReconcileStore for one flow: what `flows/reconcile/ports.py` promises, a part of the range at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

from brygga.app.store.articles import find_articles, suspects
from brygga.app.store.cursors import cursor
from brygga.app.store.intake import StoreIntake
from brygga.app.store.shelf import DbReadsShelf
from brygga.app.store.sql import (
    fetch,
    fetch_one,
    json_out,
    marks,
    message_out,
    run,
    time_in,
    time_out,
    version_out,
)
from brygga.app.store.strangers import forget_strangers, keep_strangers
from brygga.app.store.transaction import write
from brygga.app.store.wake import wake
from brygga.app.store.wake_items import put_right
from brygga.connectors.contract.connector import Feed
from brygga.domain.events import Fact, OrderEvent
from brygga.domain.message import Message, message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.domain.shelf import ShopItem
from brygga.domain.supply import ArticleInfo, StockLevel
from brygga.flows.intake import take_hint
from brygga.flows.reconcile.ports import KnownOrder, KnownWork, LinkedItem
from brygga.flows.shelf.in_flight import MAY_COME

_AT_ONCE = 200
_PAGE = 1000
_ENDED = (Fact.CANCELLED.value, Fact.REMOVED.value)
_ORDER, _ARTICLE, _STATUS = Kind.ORDER.value, Kind.ARTICLE.value, Kind.STATUS.value


class TakesNews(Protocol):
    """Where an ERP's news is kept and told to every flow that it concerns."""

    def articles(self, rows: Sequence[ArticleInfo], begun_at: datetime) -> int:
        """Take in articles; return how many were news."""

    def stock(self, rows: Sequence[StockLevel], begun_at: datetime) -> int:
        """Take in stock; return how many articles it told of."""

    def events(self, events: Sequence[OrderEvent]) -> int:
        """Take in what became of orders."""


class DbReconcile(DbReadsShelf):
    """What is known of one flow's orders, items and articles; `news` takes in what a file tells."""

    def __init__(
        self, tenant: int, shop: int, erp: int, flow: int, begins: datetime, news: TakesNews
    ) -> None:
        super().__init__(tenant, shop, erp, flow, begins)
        self._news = news
        self._intake = StoreIntake()

    def orders(self, ids: Collection[str]) -> Mapping[str, KnownOrder]:
        """Return what is known of orders of the shop; those nobody knows are left out."""
        found: dict[str, KnownOrder] = {}
        for part in _parts(list(ids)):
            works = {
                row[0]: row[1:]
                for row in fetch(
                    "SELECT source_ref, state, reason, looked_at, looked_mark, told_at, told_mark, id"
                    f" FROM store_work WHERE flow_id = %s AND kind = %s AND source_ref IN ({marks(len(part))})",
                    (self._flow, _ORDER, *part),
                )
            }
            links = {
                ref: (erp_no, fingerprint)
                for ref, erp_no, fingerprint in fetch(
                    "SELECT source_ref, target_ref, fingerprint FROM store_linkrow WHERE source_id = %s AND kind = %s"
                    f" AND source_ref IN ({marks(len(part))}) AND target_id = %s",
                    (self._shop, _ORDER, *part, self._erp),
                )
            }
            questions = self._questions([row[-1] for row in works.values()])
            ended, told = self._ended([erp_no for erp_no, _ in links.values() if erp_no])
            for ref in {*works, *links}:
                erp_no, fingerprint = links.get(ref, ("", ""))
                known = _known(works.get(ref), ref in links, erp_no, fingerprint, ended, told)
                found[ref] = replace(known, questions=questions[works[ref][-1]]) if ref in works else known
        return found

    def _questions(self, works: Sequence[int]) -> Mapping[int, dict[str, str]]:
        """Return the questions of works that are open, or answered and not over, with the answers."""
        found: dict[int, dict[str, str]] = defaultdict(dict)
        if works:
            for work, key, choice in fetch(
                f"SELECT work_id, key, choice FROM store_task WHERE work_id IN ({marks(len(works))})"
                " AND (closed_at IS NULL OR (choice <> '' AND over_at IS NULL)) ORDER BY id",
                works,
            ):
                found[work][key] = choice
        return found

    def _ended(self, erp_nos: Sequence[str]) -> tuple[dict[str, set[Fact]], set[str]]:
        """Return what was stopped in the ERP, and of which of it the shop's flow has heard since."""
        ended: dict[str, set[Fact]] = defaultdict(set)
        told: set[str] = set()
        if not erp_nos:
            return ended, told
        last: dict[str, datetime] = {}
        for number, fact, at in fetch(
            "SELECT order_no, fact, told_at FROM store_factrow WHERE connection_id = %s"
            f" AND order_no IN ({marks(len(erp_nos))}) AND fact IN (%s, %s)",
            (self._erp, *erp_nos, *_ENDED),
        ):
            ended[number].add(Fact(fact))
            when = time_out(at)
            assert when is not None
            last[number] = max(when, last.get(number, when))
        if ended:
            for number, settled_at, due_at in fetch(
                "SELECT source_ref, settled_at, due_at FROM store_work WHERE flow_id = %s AND kind = %s"
                f" AND source_ref IN ({marks(len(ended))})",
                (self._flow, _STATUS, *ended),
            ):
                settled = time_out(settled_at)
                if due_at is None and settled is not None and settled >= last[number]:
                    told.add(number)
        return ended, told

    def linked_orders(self, since: datetime) -> Iterator[Sequence[tuple[str, str]]]:
        """Yield orders that were linked since a moment, as id and number, some at a time."""
        after = 0
        while rows := fetch(
            "SELECT id, source_ref, source_key FROM store_linkrow WHERE source_id = %s AND kind = %s"
            " AND target_id = %s AND at >= %s AND id > %s ORDER BY id LIMIT %s",
            (self._shop, _ORDER, self._erp, time_in(since), after, _AT_ONCE),
        ):
            yield [(ref, key) for _, ref, key in rows]
            after = rows[-1][0]

    def orders_holding(self) -> Iterator[Sequence[str]]:
        """Yield orders of the shop that hold stock and are not in the ERP, some at a time."""
        after = ""
        keeps_out = f"w.state = 'ignored' AND w.reason_code NOT IN ({marks(len(MAY_COME))})"
        while rows := fetch(
            "SELECT DISTINCT t.order_ref FROM store_takenrow t WHERE t.connection_id = %s AND t.erp_id = %s"
            " AND t.quantity > t.included AND t.order_ref > %s AND NOT EXISTS (SELECT 1 FROM store_linkrow l"
            " WHERE l.source_id = t.connection_id AND l.kind = %s AND l.source_ref = t.order_ref"
            " AND l.target_id = t.erp_id) AND NOT EXISTS (SELECT 1 FROM store_work w WHERE w.flow_id = %s"
            f" AND w.kind = %s AND w.source_ref = t.order_ref AND {keeps_out}) ORDER BY t.order_ref LIMIT %s",
            (self._shop, self._erp, after, _ORDER, self._flow, _ORDER, *sorted(MAY_COME), _AT_ONCE),
        ):
            yield [ref for (ref,) in rows]
            after = rows[-1][0]

    def keep_strangers(self, met: Sequence[tuple[ShopItem, Message]], at: datetime) -> None:
        """Remember items of the shop that are no articles, each with why."""
        keep_strangers(self._tenant, self._flow, met, at)

    def forget_strangers(self, before: datetime) -> None:
        """Forget those that were not met since."""
        forget_strangers(self._flow, before)

    def items_linked(self, refs: Collection[str]) -> Mapping[str, LinkedItem]:
        """Return the links of these items."""
        found: dict[str, LinkedItem] = {}
        for part in _parts(list(refs)):
            for place, ref, number in fetch(
                "SELECT id, source_ref, target_ref FROM store_linkrow WHERE source_id = %s AND kind = %s"
                f" AND source_ref IN ({marks(len(part))}) AND target_id = %s",
                (self._shop, _ARTICLE, *part, self._erp),
            ):
                found[ref] = LinkedItem(place, ref, number)
        return found

    def all_linked_items(self) -> Iterator[Sequence[LinkedItem]]:
        """Yield every item that is linked to an article of the ERP, some at a time."""
        after = 0
        while rows := fetch(
            "SELECT id, source_ref, target_ref FROM store_linkrow WHERE source_id = %s AND kind = %s"
            " AND target_id = %s AND id > %s ORDER BY id LIMIT %s",
            (self._shop, _ARTICLE, self._erp, after, _PAGE),
        ):
            yield [LinkedItem(*row) for row in rows]
            after = rows[-1][0]

    def works(self, kind: Kind, ids: Collection[str]) -> Mapping[str, KnownWork]:
        """Return where works of a kind stand, by the source's id."""
        found: dict[str, KnownWork] = {}
        now = datetime.now(UTC)
        for part in _parts(list(ids)):
            for number, state, reason, due_at in fetch(
                "SELECT source_ref, state, reason, due_at FROM store_work WHERE flow_id = %s AND kind = %s"
                f" AND source_ref IN ({marks(len(part))})",
                (self._flow, kind.value, *part),
            ):
                due = time_out(due_at)
                waits = State(state) in (State.WAITING, State.UNKNOWN)
                is_due = due is not None and (waits or due <= now)
                found[number] = KnownWork(State(state), message_out(reason), is_due)
        return found

    def known_articles(self, article_nos: Sequence[str]) -> Collection[str]:
        """Return those of the numbers that the ERP is known to have, however that was learnt."""
        return {*find_articles(self._erp, article_nos), *self.supply(article_nos)}

    def spelt_otherwise(self, article_nos: Sequence[str]) -> Mapping[str, str]:
        """Return known articles that differ from one of these in spelling only: ours to theirs."""
        found: dict[str, str] = {}
        for part in _parts(article_nos):
            found |= suspects(self._erp, part)
        return found

    def articles_without_item(self) -> Iterator[Sequence[ArticleInfo]]:
        """Yield articles of the ERP, not ended, that no item of this shop is linked to."""
        after = ""
        while rows := fetch(
            "SELECT s.article_no, s.article FROM store_supplyrow s WHERE s.connection_id = %s AND s.article_no > %s"
            " AND s.ended = FALSE AND NOT EXISTS (SELECT 1 FROM store_linkrow l WHERE l.target_id = s.connection_id"
            f" AND l.kind = '{_ARTICLE}' AND l.target_ref = s.article_no AND l.source_id = %s)"
            " ORDER BY s.article_no LIMIT %s",
            (self._erp, after, self._shop, _PAGE),
        ):
            yield [_article(number, article) for number, article in rows]
            after = rows[-1][0]

    def freshness(self) -> Mapping[str, datetime | None]:
        """Return how old what is known of both sides is, by name."""
        shop, erp = (
            fetch_one("SELECT last_success_at FROM store_connection WHERE id = %s", (side,))
            for side in (self._shop, self._erp)
        )
        newest = fetch_one(
            "SELECT MAX(article_read_at), MAX(stock_read_at), MIN(stock_read_at) FROM store_supplyrow"
            " WHERE connection_id = %s",
            (self._erp,),
        )
        rows = newest or (None, None, None)
        return {
            "shop": time_out(shop[0]) if shop else None,
            "shop_orders": cursor(self._shop, f"orders-{self._flow}"),
            "erp": time_out(erp[0]) if erp else None,
            "order_feed": self._confirmed(Feed.ORDERS),
            "article_feed": self._confirmed(Feed.ARTICLES),
            "article_row": time_out(rows[0]),
            "stock_feed": self.drained_at(),
            "stock_row": time_out(rows[1]),
            "stock_oldest": time_out(rows[2]),
        }

    def _confirmed(self, feed: Feed) -> datetime | None:
        row = fetch_one(
            "SELECT MAX(confirmed_at) FROM store_feedbatchrow WHERE connection_id = %s AND feed = %s",
            (self._erp, feed.value),
        )
        return time_out(row[0]) if row else None

    def wake(self, kind: Kind, ids: Sequence[str]) -> int:
        """Make works due as a reconciliation wants them; return how many are."""
        note = message("reconcile.woken")
        if kind is Kind.ITEM:
            self._intake.seen_many(self._flow, kind, self._erp, ids, note)
            return put_right(self._flow, ids)
        if kind.to_shop:
            return self._intake.seen_many(self._flow, kind, self._erp, ids, note)
        now = datetime.now(UTC)
        for one in ids:
            take_hint(self._intake, self._flow, self._shop, kind, one, now)
        with write():  # also what our own write has just changed: a hint would be taken for its echo
            woken = run(
                "UPDATE store_work SET due_at = %s, attempt = 0, seen_count = seen_count + 1 WHERE flow_id = %s"
                f" AND kind = %s AND source_ref IN ({marks(len(ids))})",
                (time_in(now), self._flow, kind.value, *ids),
            )
            wake(self._erp, now)
        return woken

    def take_articles(self, rows: Sequence[ArticleInfo], read_at: datetime) -> int:
        """Take articles in as a feed's rows; return how many were news."""
        return self._news.articles(rows, read_at)

    def take_stock(self, rows: Sequence[StockLevel], read_at: datetime) -> int:
        """Take stock in as a feed's rows; return how many articles were told of."""
        return self._news.stock(rows, read_at)

    def take_events(self, events: Sequence[OrderEvent]) -> int:
        """Take what became of orders in the ERP in as a feed's rows."""
        return self._news.events(events)

    def orders_of_erp(self, numbers: Collection[str]) -> Mapping[str, tuple[str, str]]:
        """Return the shop's order number and what was sent (its fingerprint), by the ERP's number."""
        found: dict[str, tuple[str, str]] = {}
        for part in _parts(list(numbers)):
            for erp_no, key, fingerprint in fetch(
                "SELECT target_ref, source_key, fingerprint FROM store_linkrow WHERE target_id = %s AND kind = %s"
                f" AND target_ref IN ({marks(len(part))})",
                (self._erp, _ORDER, *part),
            ):
                found[erp_no] = (key, fingerprint)
        return found

    def numbers_linked(self, until: datetime) -> Iterator[Sequence[tuple[str, str]]]:
        """Yield all orders linked before a moment, but those that are known to be removed."""
        after = 0
        while rows := fetch(
            "SELECT l.id, l.target_ref, l.source_key FROM store_linkrow l WHERE l.source_id = %s AND l.kind = %s"
            " AND l.target_id = %s AND l.at < %s AND l.target_ref <> '' AND l.id > %s AND NOT EXISTS"
            " (SELECT 1 FROM store_factrow f WHERE f.connection_id = l.target_id AND f.order_no = l.target_ref"
            " AND f.fact = %s) ORDER BY l.id LIMIT %s",
            (self._shop, _ORDER, self._erp, time_in(until), after, Fact.REMOVED.value, _PAGE),
        ):
            yield [(erp_no, key) for _, erp_no, key in rows]
            after = rows[-1][0]


def _known(
    work: Sequence[Any] | None,
    linked: bool,
    erp_no: str,
    fingerprint: str,
    ended: Mapping[str, set[Fact]],
    told: Collection[str],
) -> KnownOrder:
    if work is None:
        facts = frozenset(ended.get(erp_no, ()))
        return KnownOrder(linked=linked, erp_no=erp_no, fingerprint=fingerprint, ended=facts)
    state, reason, looked_at, looked_mark, told_at, told_mark, _ = work
    return KnownOrder(
        state=State(state),
        reason=message_out(reason),
        version=version_out(looked_at, looked_mark) or version_out(told_at, told_mark),
        linked=linked,
        erp_no=erp_no,
        fingerprint=fingerprint,
        ended=frozenset(ended.get(erp_no, ())),
        ended_told=erp_no in told,
    )


def _article(number: str, data: Any) -> ArticleInfo:
    plain = json_out(data)
    return msgspec.convert(plain, ArticleInfo, strict=False) if plain else ArticleInfo(number)


def _parts(rows: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]
