"""Scenario 5 on real processes: a worker is killed again and again in the middle of 300 orders."""

import random
import time
from collections import Counter

import pytest

from tests.journeys.fleet import Fleet, Worker, a_fleet, until
from tests.journeys.once import Held

ORDERS = 300
KILLS = 60
BUYERS = 40
LATENCY_MS = 12
CALLS_PER_ORDER = 5
SEED = 83
DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def wait_for_a_moment(fleet: Fleet, worker: Worker, dice: random.Random, turn: int) -> None:
    """Wait until some calls more were made, and a little longer: any instruction of a trip may be next.

    One order at least comes through in between: an order that is under way whenever a worker dies is
    held for a person, and that has tests of its own.
    """
    if turn % 12 == 5:  # killed while it starts, too
        booted = time.monotonic() + dice.uniform(0.1, 0.8)
        until(lambda: time.monotonic() > booted, 5)
        return
    until(worker.is_up, 60, lambda: worker.said[-2000:])
    made = len(fleet.erp.orders())
    until(
        lambda: len(fleet.erp.orders()) >= min(made + 2, ORDERS),
        60,
        lambda: (fleet.ends(), worker.said[-2000:]),
    )
    goal = fleet.calls() + dice.randint(0, 2 * CALLS_PER_ORDER * (ORDERS // KILLS - 2))
    until(lambda: fleet.calls() >= goal, 60, lambda: (fleet.ends(), worker.said[-2000:]))
    later = time.monotonic() + dice.uniform(0, 2 * LATENCY_MS / 1000)
    until(lambda: time.monotonic() > later, 5)


@pytest.mark.chaos
@pytest.mark.timeout(420)
@pytest.mark.parametrize("database", DATABASES)
def test_300_orders_under_kill_9_are_there_once(database: str) -> None:
    dice = random.Random(SEED)
    numbers = range(3001, 3001 + ORDERS)
    began = time.monotonic()
    moments: Counter[str] = Counter()
    with a_fleet(database, latency_ms=LATENCY_MS) as fleet:
        fleet.sell(numbers, buyers=BUYERS)
        worker = fleet.start()
        until(lambda: len(fleet.erp.orders()) > 0, 60, lambda: worker.said[-2000:])
        for turn in range(KILLS):
            wait_for_a_moment(fleet, worker, dice, turn)
            worker.kill()
            moments[fleet.moment()] += 1
            worker = fleet.start()
        killed = time.monotonic()
        made = len(fleet.erp.orders())
        until(lambda: fleet.states() == {"done": ORDERS}, 120, lambda: (fleet.ends(), worker.said[-3000:]))
        quiet = time.monotonic()
        worker.stop()
        fleet.at_full_speed()
        held = Held(fleet.shop, fleet.erp)
        print(
            f"{database}, seed {SEED}: {KILLS} kills at {dict(moments)}, {made} orders made by the last of them"
            f" ({killed - began:.0f} s), all {sum(map(len, held.orders.values()))} after {quiet - began:.0f} s"
        )
        assert sum(map(len, held.orders.values())) == ORDERS
        wrong = {number: faults for number in numbers if (faults := held.faults(number))}
        for number in wrong:
            print(*fleet.story(number), fleet.shop.order(number)["meta_data"], sep="\n")
        assert wrong == {}
        assert held.double_cards() == []
        assert fleet.doubles() == []
        assert moments["create under way"] > 5
        assert moments["made, shop not told"] > 5
