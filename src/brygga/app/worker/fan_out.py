"""Who is to know what an ERP has told: every flow that brings it to its own shop."""

from collections.abc import Collection, Sequence
from datetime import datetime

from brygga.app.store.facts import keep_facts, shop_orders_of
from brygga.app.store.feeds import keep_rows, learn_number
from brygga.app.store.groups import groups_of
from brygga.app.store.intake import StoreIntake
from brygga.app.store.models import Flow
from brygga.app.store.models.flows import FlowState
from brygga.app.store.supply import DbSupplyStore
from brygga.app.store.taken import sets_with
from brygga.app.store.tasks import DbTasks
from brygga.app.store.transaction import write
from brygga.domain.events import Fact, OrderEvent
from brygga.domain.message import message
from brygga.domain.refs import Kind, Link
from brygga.domain.supply import ArticleInfo, StockLevel
from brygga.flows.orders.changed import ENDED, STOPPED, key_of
from brygga.flows.presets import PRESETS
from brygga.flows.statuses import reserved

_AT_ONCE = 200  # orders in one transaction: a feed may tell of a whole year, and others want to write


class FanOut:
    """Keeps what one ERP's feeds tell and wakes its works, once for every shop that is concerned."""

    def __init__(self, tenant: int, erp: int) -> None:
        self._tenant = tenant
        self._erp = erp
        self._supply = DbSupplyStore(tenant)
        self._intake = StoreIntake()
        taking = [FlowState.RUNNING.value, FlowState.PAUSED.value]
        self._flows = list(Flow.objects.filter(erp_id=erp, state__in=taking).order_by("pk"))

    def moves(self, kind: Kind) -> bool:
        """Say whether any flow brings this kind to its shop."""
        return any(PRESETS[flow.preset].moves(kind) for flow in self._flows)

    def articles(self, rows: Sequence[ArticleInfo], begun_at: datetime) -> int:
        """Keep articles, and wake price and product of those that changed; return how many did."""
        with write():  # what was kept is no news any more: its works are due from the same moment
            changed = self._supply.keep_articles(self._erp, rows, begun_at)
            self._wake_goods(changed)
            self._wake(Kind.ITEM, changed)
        return len(changed)

    def stock(self, rows: Sequence[StockLevel], begun_at: datetime) -> int:
        """Keep stock, and wake the items of all articles told of; return how many there were."""
        told = self._supply.keep_stock(self._erp, rows, begun_at)
        self._wake(Kind.ITEM, [*told, *sets_with(self._erp, told)])
        return len(told)

    def orders(self, rows: Sequence[OrderEvent]) -> int:
        """Keep rows of the order feed, learn numbers from them and tell facts; return how many are new."""
        new = 0
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            new += keep_rows(self._tenant, self._erp, part)
            for event in part:
                learn_number(self._erp, event)
            self.events(part)
        return new

    def events(self, events: Sequence[OrderEvent]) -> int:
        """Keep facts of orders, and wake their status in the shop they came from; return how many."""
        ended = _told(events, ENDED)
        drawn = _told(events, reserved.ENDED_BY)
        with write():  # what was kept is no news any more: its works are due from the same moment
            told = keep_facts(self._tenant, self._erp, events)
            woken = self._wake_orders(told, ended, drawn)
        late = [number for number in told if number not in woken]
        self._wake_orders(late, ended, drawn)  # linked meanwhile
        return len(told)

    def _wake_orders(self, numbers: Sequence[str], ended: set[str], drawn: set[str]) -> set[str]:
        found = shop_orders_of(self._erp, numbers)
        for number, shop, order_id, _ in found:
            self._wake_status(shop, number)
            if number in ended:  # nobody has to be asked to stop it there any more
                DbTasks(self._tenant, None).withdraw(key_of(STOPPED, self._erp, shop, order_id))
            if number in drawn:
                DbTasks(self._tenant, None).withdraw(reserved.key_of(self._erp, shop, order_id))
        return {number for number, *_ in found}

    def linked(self, link: Link) -> None:
        """Wake the status of an order that now has its number: facts may have been told of it before."""
        if link.source.kind is Kind.ORDER and link.target_id:
            self._wake_status(link.source.connection, link.target_id)

    def _wake_status(self, shop: int, number: str) -> None:
        for flow in self._flows:
            if flow.shop_id == shop and PRESETS[flow.preset].moves(Kind.STATUS):
                note = message("journal.told_by_feed")
                self._intake.seen_many(flow.pk, Kind.STATUS, self._erp, [number], note)

    def _wake_goods(self, article_nos: Sequence[str]) -> None:
        """Group articles anew and wake the products they are in, and those they were in."""
        for flow in self._flows:
            groups = groups_of(self._tenant, flow.pk)
            if groups is not None:
                keys = groups.regroup(article_nos)
                self._intake.seen_many(flow.pk, Kind.GOODS, self._erp, keys, message("journal.told_by_feed"))

    def _wake(self, kind: Kind, ids: Sequence[str]) -> None:
        for flow in self._flows:
            if PRESETS[flow.preset].moves(kind):
                self._intake.seen_many(flow.pk, kind, self._erp, ids, message("journal.told_by_feed"))


def _told(events: Sequence[OrderEvent], facts: Collection[Fact]) -> set[str]:
    """Return the orders of which any of these facts is told."""
    return {one.order_no for one in events if any(fact in facts for fact, _ in one.facts())}
