"""Real workers in processes of their own: nothing is lost or doubled, whoever dies when."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brygga.app.store.models import Connection, Lane, WorkerNode
from brygga.app.store.wake import install_bell
from brygga.app.worker import bell, engine, tick
from tests.app.world import World

ROOT = Path(__file__).parents[3]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Workers:
    """Worker processes that end with the test."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, slot: int) -> subprocess.Popen[bytes]:
        env = {
            **os.environ,
            "BRYGGA_NODE_STALE": "3",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "BRYGGA_LOG": "info",
        }
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.app.worker_process", str(slot)],
                env=env,
                cwd=ROOT,
                stderr=log,
                stdout=log,
            )
        self._running.append(process)
        return process

    def stop(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.terminate()
        for process in self._running:
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def workers(alice: World, tmp_path: Path, database: str) -> Iterator[Workers]:
    """No worker yet; the engine's tables are new for each test."""
    install_bell(bell.ring)
    crew = Workers(tmp_path / "workers.log")
    yield crew
    crew.stop()
    install_bell(lambda lane: None)
    engine.forget_client()
    _forget_engine(database)


def test_orders_are_brought_over_within_seconds_of_a_hint(alice: World, workers: Workers) -> None:
    workers.start(0)
    until(WorkerNode.objects.exists, 60)
    alice.place.sell(*range(1, 21))
    for number in range(1, 21):
        alice.see(number)
    until(lambda: alice.states() == {"done": 20}, 120)
    assert sorted(alice.place.numbers, key=int) == [str(number) for number in range(1, 21)]


def test_order_without_any_hint_is_found_by_the_poll(alice: World, workers: Workers) -> None:
    workers.start(0)
    alice.place.sell(7)
    until(lambda: alice.place.numbers == ["7"], 60)
    until(lambda: alice.place.fact("door").startswith("http"), 60)


def test_kill_9_in_the_middle_again_and_again_loses_and_doubles_nothing(
    alice: World, workers: Workers
) -> None:
    alice.place.set("delay", "0.01")
    numbers = range(1, 61)
    alice.place.sell(*numbers)
    process = workers.start(0)
    until(lambda: alice.place.count("orders_changed") > 0, 60)
    for number in numbers:
        alice.see(number)
    for goal in (5, 20, 40):
        until(lambda goal=goal: len(alice.place.numbers) >= goal, 80)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = workers.start(0)
    # An order that was under way when the worker died waits its pause before it is settled.
    until(lambda: len(alice.place.numbers) == 60, 120)
    until(lambda: alice.states() == {"done": 60}, 120)
    assert sorted(alice.place.numbers, key=int) == [str(number) for number in numbers]


def test_worker_that_dies_between_the_erps_commit_and_the_answer_makes_one_order(
    alice: World, workers: Workers
) -> None:
    alice.place.sell(1, 2)
    alice.place.fail("create", "die")
    process = workers.start(0)
    until(lambda: process.poll() is not None, 60)
    assert alice.place.numbers == ["1"]
    workers.start(0)
    until(lambda: alice.states() == {"done": 2}, 80)
    assert alice.place.numbers == ["1", "2"]
    assert alice.work(1).target_key == "1"


@pytest.mark.parametrize("second_slot", [1])
def test_work_of_a_dead_worker_goes_to_the_living(
    alice: World, workers: Workers, database: str, second_slot: int
) -> None:
    alice.place.set("delay", "0.05")
    alice.place.sell(*range(1, 31))
    first = workers.start(0)
    until(lambda: len(alice.place.numbers) >= 3, 60)
    first.send_signal(signal.SIGKILL)
    first.wait()
    workers.start(second_slot)
    until(lambda: alice.states() == {"done": 30}, 120)
    assert sorted(alice.place.numbers, key=int) == [str(number) for number in range(1, 31)]


def test_graceful_stop_lets_go_of_the_lane_and_leaves_the_rest(alice: World, workers: Workers) -> None:
    alice.place.set("delay", "0.05")
    alice.place.sell(*range(1, 41))
    first = workers.start(0)
    until(lambda: len(alice.place.numbers) >= 3, 60)
    first.terminate()
    assert first.wait(timeout=60) == 0
    assert Lane.objects.get(pk=alice.erp).owner == ""
    assert WorkerNode.objects.get().stopped_at is not None
    assert len(alice.place.numbers) < 40
    done = alice.states()["done"]
    assert done == len(alice.place.numbers)
    workers.start(0)
    until(lambda: alice.states() == {"done": 40}, 120)
    assert len(alice.place.numbers) == 40


def test_one_slot_is_one_process(workers: Workers) -> None:
    workers.start(0)
    until(WorkerNode.objects.exists, 60)
    second = workers.start(0)
    assert second.wait(timeout=60) != 0


def test_lost_bell_is_made_good_by_the_sweep(alice: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[int] = []
    monkeypatch.setattr(tick, "ring", rung.append)
    alice.place.sell(1)
    alice.see(1)
    now = datetime.now(UTC)
    assert tick.sweep(now) == 0  # it may still come
    assert tick.sweep(now + timedelta(seconds=31)) == 1
    assert rung == [alice.erp]
    Lane.objects.update(woken=False)
    assert tick.sweep(now + timedelta(seconds=32)) == 1  # due, and nobody drains it
    Connection.objects.filter(pk=alice.erp).update(state="broken")
    Lane.objects.update(woken=False)
    assert tick.sweep(now + timedelta(seconds=33)) == 0


def until(is_so: Callable[[], bool], seconds: float) -> None:
    """Wait until something is so; fail when it is not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return
        time.sleep(0.05)
    assert is_so()


def _forget_engine(database: str) -> None:
    from django.db import connection

    from brygga.app.settings import settings

    if database == "postgres":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS dbos CASCADE")
        return
    for end in ("", "-wal", "-shm"):
        Path(f"{settings().engine_file}{end}").unlink(missing_ok=True)
