"""The database fails for a moment in the middle of a trip: no order is to blame, none needs a person."""

import itertools
from typing import Any

import pytest
from django.db import OperationalError

from brygga.app.store.runs import LaneStore
from brygga.app.worker import bell
from brygga.flows.ports import LaneLost
from tests.journeys.once import an_order, faults_of, go_on, held_ones
from tests.journeys.world import World

STEPS = (
    "link",
    "known_articles",
    "twins",
    "open_intents",
    "intend",
    "keep_card",
    "keep_feedback",
    "_store_outcome",
)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("step", STEPS)
def test_database_that_fails_for_a_moment_blames_no_order(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str, times: int
) -> None:
    monkeypatch.setattr(bell, "enqueue", lambda *_args, **_more: None)  # there is no engine here
    real = getattr(LaneStore, step)
    calls = itertools.count(1)

    def fails(store: LaneStore, *args: Any, **more: Any) -> Any:
        if 2 <= next(calls) < 2 + times:
            raise OperationalError("terminating connection due to administrator command")
        return real(store, *args, **more)

    monkeypatch.setattr(LaneStore, step, fails)
    numbers = range(1001, 1004)
    for number in numbers:
        world.shop.put_order(an_order(number, row=f"NY-{number}"))
    world.take_in()
    for _ in range(4):
        try:
            world.drain()
        except (OperationalError, LaneLost):
            continue  # the job failed; the engine has it tried again
    assert go_on(world)
    assert next(calls) > 2
    assert held_ones(world) == []
    assert faults_of(world, numbers) == []
