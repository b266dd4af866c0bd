"""The machine's book: the market, what has been done in it, and every check that follows a step of Brygga's."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from unittest.mock import patch

from brygga.app.store.models import Connection, LinkRow
from brygga.app.store.models.connections import ConnectionState
from brygga.app.tenancy.scope import scope
from brygga.connectors.contract.http import Answer, HttpClient, Request
from brygga.domain.refs import Kind
from tests.journeys.shop_json import Doc
from tests.journeys.world import Control
from tests.machine.eyes import Sight
from tests.machine.law import breaches
from tests.machine.market import Market, Stand
from tests.machine.promise import Promise

T = TypeVar("T")
STEPS: Counter[str] = Counter()
"""How often each thing was really done, by this process: what the tests say of their length."""


class Book:
    """One market's story."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.promise = Promise(market)
        self.log: list[str] = []
        self.new_wares = 0
        self.typed_articles: set[tuple[str, str]] = set()
        """Fields of articles that staff changed though the shop leads them: (article, field)."""
        self.typed_prices: set[tuple[str, str]] = set()
        """Items of which the merchant changed the price though the ERP leads it."""
        self.moved_by_hand: dict[tuple[str, str], str] = {}
        """Orders whose status people changed, and to what: (shop, order id)."""
        self.wrote: set[tuple[str, str, str]] = set()
        """Statuses that Brygga wrote: (shop, order id, status)."""
        self.vanished: set[str] = set()
        """Articles of orders that went to the trash or were deleted: only a reconciliation finds that out."""
        self.interrupted = False
        """Whether somebody acted in the midst of the last step: nobody knows then what Brygga saw of it."""
        self._found: list[str] = []
        sight = self._before = market.look()
        self.promise.erp_was_read(sight, surely=True)
        for stand in market.stands:
            self.promise.shop_was_read(stand, sight, surely=True)

    # people

    def look(self) -> Sight:
        """Read what everybody holds now."""
        return self.market.look()

    def done(self, what: str, told: str) -> None:
        """Write down what a person did; it counts as a step."""
        STEPS[what] += 1
        self.log.append(f"{what}: {told}")

    def stand(self, pick: int) -> Stand:
        """Return one of the shops."""
        return self.market.stands[pick % len(self.market.stands)]

    def order(self, stand: Stand, pick: int, *statuses: str) -> Doc | None:
        """Return one of a shop's orders, of those in some statuses if any are named."""
        orders = self.look().of(stand.site, "orders").values()
        chosen = [order for order in orders if not statuses or order["status"] in statuses]
        return one_of(sorted(chosen, key=lambda order: order["id"]), pick)

    def is_linked(self, stand: Stand, item: Doc) -> bool:
        """Say that Brygga knows which article an item of a shop is, whatever its number becomes."""
        ref = f"{item['parent_id'] or item['id']}/{item['id']}"
        with scope(stand.world.tenant.pk):
            return LinkRow.objects.filter(
                source=stand.world.shop_connection, kind=Kind.ARTICLE.value, source_ref=ref
            ).exists()

    # Brygga

    def brygga(self, what: str, told: str, job: Callable[[], Any]) -> Sight:
        """Let Brygga do something, and judge all that changed by it."""
        self._before, self.interrupted = self.look(), False
        STEPS[what] += 1
        self.log.append(f"{what}: {told}")
        job()
        after = self._until_now()
        self.judge(self._found)
        return after

    @contextmanager
    def amid(self, at: int, deed: Callable[[], None]) -> Iterator[None]:
        """Let somebody do something right before a call of Brygga's: the first is 0, the second 1."""
        real, left = HttpClient.send, at

        def send(client: HttpClient, request: Request) -> Answer:
            nonlocal left
            left -= 1
            if left == -1:
                self._until_now()
                self.log.append("in the midst of it:")
                deed()
                self._before, self.interrupted = self.look(), True
            return real(client, request)

        with patch.object(HttpClient, "send", send):
            yield

    def _until_now(self) -> Sight:
        """Judge what has changed since people last did something; said later, not inside of Brygga."""
        now = self.look()
        for stand in self.market.stands:
            was = self._before.of(stand.site, "orders")
            for number, order in now.of(stand.site, "orders").items():
                if number in was and was[number]["status"] != order["status"]:
                    self.wrote.add((stand.site, number, order["status"]))
        self._found += breaches(self.market, self._before, now)
        return now

    def judge(self, faults: Iterable[str]) -> None:
        """Fail with all that is wrong, and with the story until here."""
        said = list(faults)
        assert not said, "\n".join([*said, "", *self.log[-80:]])

    def is_calm(self, simulator: Control, connection: int) -> bool:
        """Say that nothing stands in Brygga's way to a system: no fault, no pause."""
        faults = simulator.ask("faults")["faults"]
        if any(fault["times"] is None or fault["fired"] < fault["times"] for fault in faults):
            return False
        with scope(self.market.stands[0].world.tenant.pk):
            row = Connection.objects.get(pk=connection)
        not_yet = row.not_before is not None and row.not_before > datetime.now(UTC)
        return row.state == ConnectionState.ACTIVE.value and not not_yet


def one_of(choices: Sequence[T], pick: int) -> T | None:
    """Return one of several, by a number that may be any; None of none."""
    return choices[pick % len(choices)] if choices else None
