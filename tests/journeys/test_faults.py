"""Every fault on every call of a trip, and any mixture of them: each order once all the same."""

import random
from collections.abc import Iterator

import pytest

from brygga.app.settings import settings
from brygga.app.worker import bell
from brygga.domain.errors import BryggaError
from tests.journeys.once import Held, an_order, faults_of, go_on, held_ones, is_quiet
from tests.journeys.shop_json import Doc
from tests.journeys.world import Control, World

READ_TIMEOUT = 0.3
HANG_MS = 60_000
CALLS = {
    "list": ("shop", r"GET /butik\d+/wp-json/wc/v3/orders$"),
    "read": ("shop", r"GET /butik\d+/wp-json/wc/v3/orders/\d+$"),
    "note": ("shop", r"POST .*/notes$"),
    "meta": ("shop", r"PUT .*/orders/\d+$"),
    "customer": ("erp", "newCustomerSubmit"),
    "article": ("erp", "newArticleSubmit"),
    "order": ("erp", "newOrderSubmit"),
}
KINDS: dict[str, dict[str, object]] = {
    "slow": {"kind": "latency", "ms": 40},
    "too_slow": {"kind": "latency", "ms": 900},  # carried out when we no longer wait for it
    "rate_limited": {"kind": "rate_limited", "retry_after": 1},
    "server_error": {"kind": "server_error"},
    "unavailable": {"kind": "unavailable"},
    "unavailable_until": {"kind": "unavailable", "retry_after": 1},
    "maintenance": {"kind": "maintenance"},
    "timeout_before": {"kind": "timeout_before", "ms": HANG_MS},
    "timeout_after": {"kind": "timeout_after", "ms": HANG_MS},
    "cut_before": {"kind": "cut_before"},
    "cut_after": {"kind": "cut_after"},
    "cut_body": {"kind": "cut_body"},
    "garbage": {"kind": "garbage"},
    "error_after": {"kind": "error_after", "status": 500},
    "bad_gateway_after": {"kind": "error_after", "status": 502},
    "bom": {"kind": "bom"},
}
QUICK = tuple(kind for kind in KINDS if kind not in ("too_slow", "timeout_before", "timeout_after"))
SEEDS = range(1, 9)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BRYGGA_READ_TIMEOUT", str(READ_TIMEOUT))
    monkeypatch.setattr(bell, "enqueue", lambda *_args, **_more: None)  # there is no engine here
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def side(world: World, call: str) -> Control:
    return world.shop if CALLS[call][0] == "shop" else world.erp


def arm(world: World, call: str, kind: str, **more: object) -> None:
    side(world, call).fault(f"{kind} on {call}", match=CALLS[call][1], **{**KINDS[kind], **more})


def take_in(world: World) -> None:
    """List what the shop has as often as it takes."""
    for _ in range(8):
        try:
            world.take_in()
            return
        except BryggaError:
            continue
    raise AssertionError("the list was never read")


def struck(world: World) -> int:
    """Count what the faults of both sides struck."""
    return sum(fault["fired"] for at in (world.shop, world.erp) for fault in at.ask("faults")["faults"])


@pytest.mark.parametrize("call", CALLS)
def test_each_fault_on_a_call_doubles_and_loses_nothing(world: World, call: str) -> None:
    wrong: list[str] = []
    for turn, kind in enumerate(KINDS, start=1):
        numbers = range(turn * 1000 + 1, turn * 1000 + 9)
        for number in numbers:
            world.shop.put_order(an_order(number, row=f"NY-{number}"))
        arm(world, call, kind, times=3, after=0 if call == "list" else 2)
        take_in(world)
        world.drain()
        quiet = go_on(world)
        # A list is read once, unless the fault was one that it is read again for.
        if struck(world) < (1 if call == "list" else 3):
            wrong.append(f"{kind} on {call} struck {struck(world)} times")
        side(world, call).heal()
        wrong += [f"{kind} on {call}: {fault}" for fault in faults_of(world, numbers)]
        wrong += [f"{kind} on {call} needed a person: {held}" for held in held_ones(world)]
        wrong += [] if quiet else [f"{kind} on {call}: never quiet"]
    assert wrong == []


@pytest.mark.parametrize("seed", SEEDS)
def test_any_mixture_of_faults_doubles_and_loses_nothing(world: World, seed: int) -> None:
    dice = random.Random(seed)
    numbers = range(2001, 2021)
    for number in numbers:
        world.shop.put_order(an_order(number, row=f"NY-{number % 3}", buyer=number % 4))
    mix = [(call, dice.choice(QUICK), dice.uniform(0.05, 0.3)) for call in CALLS for _ in range(2)]
    mix += [
        (dice.choice(list(CALLS)), kind, 0.03) for kind in ("timeout_before", "timeout_after", "too_slow")
    ]
    for call, kind, probability in mix:
        arm(world, call, kind, probability=probability)
    take_in(world)
    world.drain()
    go_on(world, rounds=6)
    hits = struck(world)
    world.shop.heal()
    world.erp.heal()
    for _ in range(3):
        assert go_on(world)
        if held_ones(world):
            world.retry()  # what gave up in the storm is asked for by a person
    print(f"seed {seed}: {hits} faults met, {mix}")
    assert is_quiet(world)
    assert hits > 5
    assert faults_of(world, numbers) == []


OUTAGES = {
    "erp away": ("erp", {"kind": "unavailable"}),
    "erp cut off": ("erp", {"kind": "cut_before"}),
    "erp silent": ("erp", {"kind": "timeout_before", "ms": HANG_MS}),
    "shop away": ("shop", {"kind": "unavailable"}),
    "shop under maintenance": ("shop", {"kind": "maintenance"}),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_scenario_83_after_an_outage_the_erps_numbers_rise_as_the_shops(world: World, outage: str) -> None:
    where, fault = OUTAGES[outage]
    numbers = list(range(8001, 8061))
    shuffled = random.Random(83).sample(numbers, len(numbers))
    for number in shuffled[:40]:
        world.shop.put_order(sold_in_turn(number))
    world.take_in()
    down = world.shop if where == "shop" else world.erp
    down.fault("outage", **fault)
    for _ in range(3):
        world.later()
    assert world.erp.orders() == []
    for number in shuffled[40:]:  # sold while it lasts
        world.shop.put_order(sold_in_turn(number))
    if where == "shop":
        down.heal()
    take_in(world)
    world.drain()
    down.heal()
    assert go_on(world)
    assert held_ones(world) == []
    assert faults_of(world, numbers) == []
    made = Held(world.shop, world.erp)
    by_erp_number = sorted(numbers, key=made.number_of)
    assert by_erp_number == numbers


def sold_in_turn(number: int) -> Doc:
    """An order sold at a time that rises with its number; buyers come back within the outage."""
    minutes = number - 8000
    return an_order(
        number, buyer=number % 7, created=f"2026-06-15T{9 + minutes // 60:02d}:{minutes % 60:02d}:00"
    )
