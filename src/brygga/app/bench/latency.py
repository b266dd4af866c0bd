"""`brygga bench latency`: how long it takes from a knock until the other side has changed, on the idle demo.

The clock starts right before the one who knocks is told to: the shop to send its webhook, the
ERP's staff to do what its trigger tells of. It stops when the other side itself shows the change,
asked over and over; what Brygga says of it counts for nothing.
"""

import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

from brygga.app.bench.figures import Told
from brygga.app.bench.processes import TooSlow, wait_for_worker
from brygga.app.commands.demo_read import signed_url
from brygga.app.commands.demo_stages import STAGES, Play
from brygga.app.commands.demo_world import Size, World, ask, tell_to
from brygga.app.commands.tree import Tree

P50_AIM = 0.5
P95_AIM = 1.5
WAYS = ("order", "stock", "status")
_STAGE = next(stage for stage in STAGES if stage.preset == 3)
_PORT = 8100
_ASK_EVERY = 0.005
_LOOK_EVERY = 0.1
_PATIENCE = 60.0
_READY_WITHIN = 180.0
# After a knock its shop or ERP is polled once more at the next full second: only then all is idle.
_IDLE_FOR = (1.1, 1.9)
_BUYER = {
    "first_name": "Åsa", "last_name": "Öberg", "address_1": "Storgatan 1", "postcode": "411 01",
    "city": "Göteborg", "country": "SE",
}  # fmt: skip


@dataclass(slots=True)
class Way:
    """One way from a knock to the other side, and how many seconds each turn took."""

    name: str
    seconds: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Return the time that so large a share of the turns did not exceed."""
        return sorted(self.seconds)[max(ceil(share * len(self.seconds)), 1) - 1]

    def aims(self) -> list[dict[str, Any]]:
        """Compare what was got with what was aimed at."""
        pairs = (("p50", P50_AIM, self.quantile(0.5)), ("p95", P95_AIM, self.quantile(0.95)))
        return [
            {"what": what, "way": self.name, "aim": aim, "got": round(got, 3), "met": got < aim}
            for what, aim, got in pairs
        ]

    def as_data(self) -> dict[str, Any]:
        """Return the way for programs."""
        return {
            "way": self.name,
            "turns": len(self.seconds),
            "p50": round(self.quantile(0.5), 3),
            "p95": round(self.quantile(0.95), 3),
            "max": round(max(self.seconds), 3),
            "seconds": [round(each, 3) for each in self.seconds],
            "aims": self.aims(),
        }


def measure(folder: Path, turns: int, told: Told) -> list[Way]:
    """Measure every way so many times, one at a time, with rest in between."""
    ways = {name: Way(name) for name in WAYS}
    with ExitStack() as files, Tree() as tree:
        told("set up", 0, turns)
        idle = IdleDemo(World(folder, tree, files), tree, turns)
        for turn in range(turns):
            told("latency", turn, turns)
            order = idle.buy()
            ways["order"].seconds.append(idle.webhook_to_erp(order))
            ways["stock"].seconds.append(idle.sale_to_shop())
            ways["status"].seconds.append(idle.delivery_to_shop(order))
    return list(ways.values())


class IdleDemo:
    """The demo's processes and one of its tenants, with nothing to do until somebody does something."""

    def __init__(self, world: World, tree: Tree, turns: int) -> None:
        from brygga.app.commands.session import start

        self._chance = random.Random()  # noqa: S311 - a pace, no secret
        self._world = world
        self._bought = 0
        world.start_simulators(Size(1, 1), _PORT)
        world.enter_environment(_PORT)
        start()
        world.start_brygga()
        wait_for_worker(tree)
        self._play = Play(world, _STAGE)
        self._play.set_up()
        self._wait(lambda: self._play.is_over() and self._play.hears(), "the demo is not set up")
        # A trigger is to go out at once: how long the ERP gathers events is not ours to measure.
        tell_to(f"{world.erp_url}/_control/options", {"sbmId": _STAGE.sbm_id, "trigger_delay_ms": 0})
        self._sku = next(sku for sku, seen in self._play.shown().items() if seen["purchasable"])
        self._play.in_erp("stock/receive", rows={self._sku: 3 * turns + 10})
        site = next(s for s in ask(f"{world.stages_url}/_control/sites") if s["name"] == _STAGE.slug)
        self._shop_api = f"{site['url']}/wp-json/wc/v3"
        self._key = site["keys"][0]

    def buy(self) -> dict[str, Any]:
        """Let a customer buy and pay; the shop's webhook is still to be sent."""
        self._rest()
        self._bought += 1
        # Each is another person: two alike within minutes would be held for somebody to look at.
        who = {"email": f"buyer{self._bought}@example.se", "phone": f"070{self._bought:07}"}
        made = self._play.in_shop(
            "checkout",
            lines=[{"sku": self._sku, "quantity": 1}],
            billing={**_BUYER, **who},
            payment_method="swish",
        )
        order: dict[str, Any] = made["order"]
        return order

    def webhook_to_erp(self, order: dict[str, Any]) -> float:
        """Return how long it takes from the webhook of an order until the ERP has the order."""
        deliver = f"{self._world.stages_url}/_control/deliver?site={_STAGE.slug}"
        sent: dict[str, int] = {}
        sending = threading.Thread(target=lambda: sent.update(tell_to(deliver, {})))
        asked = (
            f"{self._world.erp_url}/_control/orders?sbmId={_STAGE.sbm_id}"
            f"&external={_STAGE.prefix}{order['number']}"
        )
        seconds = self._clock(sending.start, lambda: bool(ask(asked)), f"order {order['number']}")
        sending.join()
        if not sent.get(_STAGE.slug):
            raise TooSlow("the shop had sent its webhook before the clock was started")
        return seconds

    def sale_to_shop(self) -> float:
        """Return how long it takes from a sale over the counter until the shop shows one less."""
        self._rest()
        before = self._shown()

        def sell() -> None:
            self._play.in_erp("till/sell", rows={self._sku: 1}, paidBy="Kort")

        return self._clock(sell, lambda: self._shown() == before - 1, "a sale")

    def delivery_to_shop(self, order: dict[str, Any]) -> float:
        """Return how long it takes from a delivery until the shop's order is completed."""
        self._rest()
        number = f"{_STAGE.prefix}{order['number']}"
        erp_no = next(o["orderNo"] for o in self._play.orders() if o["externalOrderNo"] == number)

        def deliver() -> None:
            self._play.in_erp(f"orders/{erp_no}/deliver", trackingNo=[f"SE{erp_no:010}"])

        return self._clock(deliver, lambda: self._status(order["id"]) == "completed", f"delivery of {erp_no}")

    def _status(self, order: int) -> str:
        url = signed_url(f"{self._shop_api}/orders/{order}", self._key["key"], self._key["secret"])
        return str(ask(url)["status"])

    def _shown(self) -> int:
        seen = tell_to(f"{self._play.shop_control}/shopfront", {"skus": [self._sku]})
        return int(seen[self._sku]["stock_quantity"])

    def _clock(self, knock: Callable[[], object], is_there: Callable[[], bool], what: str) -> float:
        began = time.perf_counter()
        knock()
        while not is_there():
            if time.perf_counter() - began > _PATIENCE:
                raise TooSlow(f"{what} was not there after {_PATIENCE:.0f} s")
            time.sleep(_ASK_EVERY)
        return time.perf_counter() - began

    def _rest(self) -> None:
        """Wait until nothing is to be done, and a while that fits no interval of ours."""
        self._wait(self._is_idle, "the demo does not come to rest")
        time.sleep(self._chance.uniform(*_IDLE_FOR))
        self._wait(self._is_idle, "the demo does not come to rest")

    def _is_idle(self) -> bool:
        return not ask(f"{self._play.shop_control}/queue") and self._play.is_over()

    def _wait(self, is_so: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        while not is_so():
            if time.monotonic() > deadline:
                raise TooSlow(otherwise)
            time.sleep(_LOOK_EVERY)
