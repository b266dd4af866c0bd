"""Scenario 5 on real processes: a worker is killed again and again in the middle of 300 orders."""

import random
import time
from collections import Counter

import pytest

from tests.journeys.fleet import Fleet, Worker, a_fleet, pause, until
from tests.journeys.once import Held

ORDERS = 300
KILLS = 60
BUYERS = 40
LATENCY_MS = 12
CALLS_PER_ORDER = 5
SEED = 83
COLD_EVERY = 12  # of the kills, how often one hits a worker that starts
DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def wait_for_a_moment(fleet: Fleet, worker: Worker, dice: random.Random) -> None:
    """Wait until some calls more were made, and a little longer: any instruction of a trip may be next.

    One order at least comes through in between: an order that is under way whenever a worker dies is
    held for a person, and that has tests of its own.
    """

    def told() -> object:
        return fleet.ends(), worker.said[-2000:]

    until(worker.is_up, 180, told)
    enough = min(fleet.made() + 2, ORDERS)
    until(lambda: worker.is_up() and fleet.made() >= enough, 180, told)
    goal = fleet.calls() + dice.randint(0, 2 * CALLS_PER_ORDER * (ORDERS // KILLS - 2))
    until(lambda: worker.is_up() and fleet.calls() >= goal, 180, told)
    pause(dice.uniform(0, 2 * LATENCY_MS / 1000))


def kill_one_that_starts(fleet: Fleet, dice: random.Random) -> str:
    """Kill a worker, started from nothing, among its imports, its launch or its first jobs; say where.

    The one before it must have ended in good order: else both may die over the same order.
    """
    worker = fleet.start(cold=True)
    pause(dice.uniform(0.1, 3))
    moment = fleet.moment() if worker.is_up() else "while it starts"
    worker.kill()
    return moment


def all_done(fleet: Fleet) -> bool:
    """Say that every order is through; fails at once if one waits for another reason than our kills.

    An order over which workers die several times in a row is set aside for a person, as it should
    be: then a person tries it again.
    """
    states = fleet.states()
    held = [reason for state, reason, _ in fleet.ends() if state == "held"]
    assert set(held) <= {"work.crashed"}, fleet.ends()
    if held:
        fleet.try_again("work.crashed")
    return states == {"done": ORDERS}


@pytest.mark.chaos
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("database", DATABASES)
def test_300_orders_under_kill_9_are_there_once(database: str) -> None:
    dice = random.Random(SEED)
    numbers = range(3001, 3001 + ORDERS)
    began = time.monotonic()
    moments: Counter[str] = Counter()
    with a_fleet(database, latency_ms=LATENCY_MS) as fleet:
        fleet.sell(numbers, buyers=BUYERS)
        worker = fleet.start()
        for turn in range(KILLS):
            if turn % COLD_EVERY == 5:
                worker.stop()
                moments[kill_one_that_starts(fleet, dice)] += 1
            else:
                wait_for_a_moment(fleet, worker, dice)
                worker.kill()
                moments[fleet.moment()] += 1
            worker = fleet.start()
        killed = time.monotonic()
        made = fleet.made()
        until(lambda: all_done(fleet), 300, lambda: (fleet.ends(), worker.said[-3000:]))
        quiet = time.monotonic()
        worker.stop()
        fleet.at_full_speed()
        held = Held(fleet.shop, fleet.erp)
        print(
            f"{database}, seed {SEED}: {KILLS} kills at {dict(moments)}; {made} orders made by the last of them"
            f" ({killed - began:.0f} s), all {sum(map(len, held.orders.values()))} after {quiet - began:.0f} s"
        )
        assert sum(map(len, held.orders.values())) == ORDERS
        wrong = {number: faults for number in numbers if (faults := held.faults(number))}
        for number in wrong:
            print(*fleet.story(number), fleet.shop.order(number)["meta_data"], sep="\n")
        assert wrong == {}
        assert held.double_cards() == []
        assert fleet.doubles() == []
        assert moments["create under way"] > 1  # by chance about ten
        assert moments["made, shop not told"] > 1  # about twenty
