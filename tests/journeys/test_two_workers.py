"""Two worker processes on PostgreSQL: one dies for good, or stands still and comes back too late."""

import random
import time
from collections import Counter

import pytest

from tests.journeys.fleet import Fleet, Worker, a_fleet, pause, until
from tests.journeys.once import Held

pytestmark = pytest.mark.postgres

SEED = 5
FREEZES = 24
BUYERS = 3


def told(fleet: Fleet) -> object:
    """What to say when something does not come about."""
    lane = fleet.sql("SELECT owner, generation, woken, crashes, trying FROM store_lane")
    reasons = fleet.sql("SELECT reason_code, count(*) FROM store_work GROUP BY reason_code")
    talks = fleet.sql(
        "SELECT state, wait_event_type, wait_event, left(query, 60), backend_xmin IS NULL FROM pg_stat_activity"
        " WHERE datname = current_database() AND state <> 'idle'"
    )
    jobs = fleet.sql(
        "SELECT workflow_uuid, status, executor_id FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED')"
    )
    said = [(worker.slot, worker.is_gone(), worker.said[-1500:]) for worker in fleet.workers]
    return fleet.states(), lane, reasons, talks, jobs, said


def start_both(fleet: Fleet) -> dict[str, Worker]:
    workers = {str(slot): fleet.start(slot) for slot in (0, 1)}
    for worker in workers.values():
        until(worker.is_up, 180, lambda: told(fleet))
    return workers


def drained_by(fleet: Fleet, workers: dict[str, Worker]) -> str:
    """Wait until a worker drains the lane and say which."""
    until(lambda: fleet.lane()[0] in workers, 180, lambda: told(fleet))
    return fleet.lane()[0] or drained_by(fleet, workers)


def assert_each_once(fleet: Fleet, numbers: range) -> None:
    fleet.at_full_speed()
    held = Held(fleet.shop, fleet.erp)
    assert sum(map(len, held.orders.values())) == len(numbers)
    wrong = {number: faults for number in numbers if (faults := held.faults(number))}
    for number in wrong:
        print(*fleet.story(number), sep="\n")
    assert wrong == {}
    assert held.double_cards() == []
    assert fleet.doubles() == []


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_lane_of_a_worker_that_never_comes_back_is_taken_over() -> None:
    numbers = range(1001, 1081)
    with a_fleet("postgres", latency_ms=10) as fleet:
        fleet.sell(numbers, BUYERS)
        workers = start_both(fleet)
        until(lambda: len(fleet.erp.orders()) >= 20, 180, lambda: told(fleet))
        first, generation = drained_by(fleet, workers), fleet.lane()[1]
        workers[first].kill()
        died = time.monotonic()
        until(lambda: fleet.lane()[1] > generation, 180, lambda: told(fleet))
        print(f"taken over after {time.monotonic() - died:.1f} s, with {len(fleet.erp.orders())} orders made")
        until(lambda: fleet.states() == {"done": len(numbers)}, 300, lambda: told(fleet))
        assert_each_once(fleet, numbers)


@pytest.mark.chaos
@pytest.mark.timeout(1200)
def test_worker_that_stood_still_writes_nothing_when_it_wakes() -> None:
    dice = random.Random(SEED)
    numbers = range(1001, 1401)
    moments: Counter[str] = Counter()
    waits: list[float] = []
    with a_fleet("postgres", latency_ms=10, node_stale=1.5) as fleet:
        fleet.sell(numbers, BUYERS)
        workers = start_both(fleet)
        for _ in range(FREEZES):
            goal = fleet.calls() + dice.randint(6, 30)
            until(
                lambda goal=goal: fleet.calls() >= goal or "due" not in fleet.states(),
                180,
                lambda: told(fleet),
            )
            slow, generation = drained_by(fleet, workers), fleet.lane()[1]
            pause(dice.uniform(0, 0.1))
            workers[slow].freeze()
            moments[fleet.moment()] += 1
            stood = time.monotonic()
            until(lambda before=generation: fleet.lane()[1] > before, 180, lambda: told(fleet))
            waits.append(time.monotonic() - stood)
            # It wakes while the other one is somewhere in the middle of an order of the same buyers.
            goal = fleet.calls() + dice.randint(0, 12)
            until(
                lambda goal=goal: fleet.calls() >= goal or "due" not in fleet.states(),
                180,
                lambda: told(fleet),
            )
            workers[slow].thaw()
        until(lambda: fleet.states() == {"done": len(numbers)}, 300, lambda: told(fleet))
        print(
            f"seed {SEED}: {FREEZES} times still at {dict(moments)}, taken over after {min(waits):.1f} to {max(waits):.1f} s"
        )
        assert_each_once(fleet, numbers)
