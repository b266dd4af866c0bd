"""Nothing is sold twice: customers, the merchant, staff and Brygga act in any order, also between two calls."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from brygga.app.store.models import Flow
from brygga.app.tenancy.scope import scope
from brygga.app.worker.drain import drain
from brygga.app.worker.poll import poll
from brygga.connectors.contract.http import Answer, HttpClient, Request
from brygga.domain.outcome import State
from tests.journeys.shelf_world import article, by_hand, deed, in_flight, product, sell, stock
from tests.journeys.world import World

STEPS = 45


class Market:
    """One article in one shop, with the truth about its pieces beside what both systems say."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self.world, self.dice = world, dice
        self.received = 2
        self.held: dict[int, int] = {}  # pieces of orders that are somebody's
        self.unpaid: set[int] = set()
        self.to_cancel: set[int] = set()  # in the shop, and not yet in the ERP
        self.may_buy = True
        self.log: list[str] = []
        article(world, "MUGG-1", priceExclVat="100", available=str(self.received))
        self.mug = product(world.shop, "MUGG-1", "125.00", 0)
        world.hear()

    @property
    def left(self) -> int:
        """How many pieces are nobody's."""
        return self.received - sum(self.held.values())

    def buy(self) -> None:
        """Let a customer buy what the shop shows; one at most between two corrections."""
        quantity = self.dice.choice([1, 1, 2])
        if not self.may_buy or (stock(self.world.shop, self.mug) or 0) < quantity:
            return
        self.may_buy = False
        status = self.dice.choice(["processing", "on-hold"])
        number = sell(self.world.shop, self.mug, quantity, status)
        self.held[number] = quantity
        if status == "on-hold":
            self.unpaid.add(number)
        self.log.append(f"bought {quantity} ({status}) as {number}")
        assert self.left >= 0, self.log

    def pay(self) -> None:
        """Let an order be paid that waited for it."""
        if self.unpaid:
            number = self.dice.choice(sorted(self.unpaid))
            self.unpaid.discard(number)
            by_hand(self.world.shop, "order-status", id=number, status="processing")
            self.log.append(f"paid {number}")

    def cancel(self) -> None:
        """Let the merchant cancel an order in the shop; staff do so in the ERP when they get to it."""
        if self.held:
            number = self.dice.choice(sorted(self.held))
            by_hand(self.world.shop, "order-status", id=number, status="cancelled")
            del self.held[number]
            self.unpaid.discard(number)
            self.to_cancel.add(number)
            self.log.append(f"cancelled {number}")

    def cancel_in_erp(self) -> None:
        """Let staff cancel in the ERP what is cancelled in the shop."""
        for number in sorted(self.to_cancel):
            for order in self.world.erp.orders(f"SE-{number}"):
                deed(self.world, f"orders/{order['orderNo']}/cancel")
                self.to_cancel.discard(number)
                self.log.append(f"cancelled {number} in the ERP")

    def receive(self) -> None:
        """Let goods come in."""
        quantity = self.dice.choice([1, 2])
        deed(self.world, "stock/receive", rows=[{"articleNo": "MUGG-1", "quantity": str(quantity)}])
        self.received += quantity
        self.log.append(f"received {quantity}")

    def mark_all(self) -> None:
        """Let the ERP tell its number again, whatever has changed."""
        deed(self.world, "flag-all", feed="stock")

    def something(self) -> None:
        """Let somebody do something."""
        self.dice.choice(
            [
                self.buy,
                self.buy,
                self.buy,
                self.pay,
                self.cancel,
                self.cancel_in_erp,
                self.receive,
                self.mark_all,
            ]
        )()

    def brygga(self) -> None:
        """Let a part of Brygga work."""
        world = self.world
        name, part = self.dice.choice(
            [
                ("poll shop", lambda: poll(world.shop_connection)),
                ("poll ERP", lambda: poll(world.erp_connection)),
                ("orders", lambda: drain(world.erp_connection)),
                ("items", lambda: drain(world.shop_connection)),
                ("items", lambda: drain(world.shop_connection)),
            ]
        )
        self.log.append(name)
        self.may_buy = True
        part()
        self.may_buy = True
        self.log.append(f"-> {stock(world.shop, self.mug)} shown, {self.left} left")

    def quiet(self) -> None:
        """Let everything be told and done, the ERP's cancellations too."""
        for _ in range(3):
            self.world.poll()
            self.world.drain()
            self.cancel_in_erp()
            self.world.hear()


@contextmanager
def interrupted(
    event: Callable[[], None], dice: random.Random, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Let an event happen before and after any call of Brygga's, now and then."""
    real = HttpClient.send
    busy = False

    def now_and_then() -> None:
        nonlocal busy
        if not busy and dice.random() < 0.12:
            busy = True
            try:
                event()
            finally:
                busy = False

    def send(client: HttpClient, request: Request) -> Answer:
        now_and_then()
        answer = real(client, request)
        now_and_then()
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(HttpClient, "send", send)
        yield


@pytest.mark.parametrize("seed", range(8))
def test_scenario_27_nothing_is_sold_twice_in_whatever_order_things_happen(
    a_world: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    market = Market(a_world(preset=2, twin_minutes=0), dice)
    with interrupted(market.something, dice, monkeypatch):
        for _ in range(STEPS):
            market.something()
            market.brygga()
    market.quiet()
    assert stock(market.world.shop, market.mug) == market.left, market.log
    holding = sum(market.held[number] for number in market.unpaid)
    assert in_flight(market.world).get("MUGG-1", 0) == holding, market.log


def test_orders_from_before_the_flow_that_are_taken_in_hold_their_pieces_too(a_world: Any) -> None:
    world = a_world(preset=3, article_fee="")
    mug = product(world.shop, "MUGG-1", "125.00", 10)
    fee = [{"name": "Inpackning", "total": "20.00", "total_tax": "5.00"}]
    stopped = sell(world.shop, mug, 2, fee_lines=fee)
    with scope(world.tenant.pk):  # long before, that is: nobody looks back so far by himself
        Flow.objects.filter(pk=world.flow).update(started_at=datetime.now(UTC) + timedelta(days=1))
    article(world, "MUGG-1", priceExclVat="100", available="10")
    world.take_in()
    world.poll()
    world.hear()
    assert world.state(stopped) == (State.HELD, "order.no_article")
    assert stock(world.shop, mug) == 8
