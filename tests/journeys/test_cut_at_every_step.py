"""Scenario 5: a trip that is cut at any step, run again, ends as if nothing had happened."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from brygga.app.services import syncing
from brygga.app.store.intake import StoreIntake
from brygga.app.store.models import LinkRow
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.flows.intake import take_hint
from tests.journeys.once import an_order, faults_of, go_on, total_of
from tests.journeys.power import Power
from tests.journeys.shop_json import line, order, product
from tests.journeys.world import World

SEED = 20_260_615
MOST_STEPS = 200


@pytest.fixture
def power(monkeypatch: pytest.MonkeyPatch) -> Power:
    return Power(monkeypatch)


def settle(
    world: World, power: Power, kind: Kind, numbers: Sequence[int], *cuts: int | str | None
) -> list[str]:
    """Have records hinted at and brought over, with cuts one after another; return what each struck."""
    struck: list[str] = []
    for cut in cuts:
        with power.cut_at(cut):
            hint(world, kind, numbers)
            world.drain()
        if power.was_cut:
            struck.append(power.steps[-1])
    return struck


def hint(world: World, kind: Kind, numbers: Sequence[int]) -> None:
    """Knock for each record, as the shop does until it is heard."""
    with scope(world.tenant.pk):
        for number in numbers:
            take_hint(StoreIntake(), world.flow, world.shop_connection, kind, str(number), datetime.now(UTC))


def quiet(world: World, kind: Kind, numbers: Sequence[int]) -> None:
    """Go on, pauses skipped, until nothing is due."""
    hint(world, kind, numbers)
    assert go_on(world)


def journal(world: World, number: int, kind: Kind = Kind.ORDER) -> Counter[str]:
    """Count the journal's sentences of a record by their codes."""
    return Counter(entry.message.code for entry in world.work(number, kind).journal)


@pytest.mark.parametrize("new_article", [False, True], ids=["known article", "new article"])
def test_order_cut_at_every_step_is_there_once(world: World, power: Power, new_article: bool) -> None:
    calls = ["GET orders/", "customer ", "order SE-", "POST orders/", "PUT orders/"]
    calls += ["1 articles from NY-"] if new_article else []
    named = [f"{moment} {call}" for call in calls for moment in ("before", "after")]
    struck: list[str] = []
    wrong: list[str] = []
    by_duplicate: list[str] = []
    world.shop.put_order(an_order(1000))
    settle(world, power, Kind.ORDER, [1000], None)
    for number, step in enumerate([*named, *range(1, MOST_STEPS)], start=1001):
        world.shop.put_order(an_order(number, row=f"NY-{number}" if new_article else "OLD-1"))
        hit = settle(world, power, Kind.ORDER, [number], step)
        quiet(world, Kind.ORDER, [number])
        wrong += [f"cut at {step} {hit}: {fault}" for fault in faults_of(world, [number])]
        told = journal(world, number)
        if told["order.settled_by_duplicate"]:
            # It was made, and we did not hear: the journal says both that and how it was settled.
            by_duplicate += hit
            if not told["order.sending_again"]:
                wrong.append(f"{number}: the journal is silent about the unknown end: {told}")
        if told["order.transferred"] + told["order.settled_by_duplicate"] != 1:
            wrong.append(f"{number}: {told}")
        if not hit and isinstance(step, int):
            break
        assert hit, f"never came to {step}"
        struck += hit
    print(f"{len(struck)} steps cut: {struck}")
    assert wrong == []
    assert any(name.startswith("after order SE-") for name in by_duplicate)
    assert len(struck) > len(named) + 30


def test_list_cut_at_every_step_loses_no_order(a_world: Any, power: Power) -> None:
    world = a_world(feedback_note=False, feedback_meta="")  # so that orders keep their time of change
    struck: list[str] = []
    for step in range(1, MOST_STEPS):
        changed = datetime(2026, 6, 15, 9, 30, tzinfo=UTC) + timedelta(minutes=10 * step)
        numbers = [1000 + step * 3 + n for n in range(3)]
        for number in numbers:
            world.shop.put_order({**an_order(number), "date_modified_gmt": f"{changed:%Y-%m-%dT%H:%M:%S}"})
        with power.cut_at(step), scope(world.tenant.pk):
            syncing.sync_range(world.flow, Kind.ORDER, changed)
        hit = power.steps[-1:] if power.was_cut else []
        with scope(world.tenant.pk):
            syncing.sync_range(world.flow, Kind.ORDER, changed)
        world.drain()
        assert [len(world.erp.orders(f"SE-{number}")) for number in numbers] == [1, 1, 1], hit
        if not hit:
            break
        struck += hit
    assert len(struck) > 10, struck


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_order_cut_twice_anywhere_is_there_once(world: World, power: Power, seed: int) -> None:
    world.shop.put_order(an_order(1000))
    settle(world, power, Kind.ORDER, [1000], None)
    steps = len(power.steps)
    dice = random.Random(SEED + seed)
    wrong: list[str] = []
    for step in range(1, 26):
        number = 1000 + step
        cuts = (dice.randint(1, steps), dice.randint(1, steps))
        world.shop.put_order(an_order(number, row=f"NY-{number}"))
        hit = settle(world, power, Kind.ORDER, [number], *cuts)
        quiet(world, Kind.ORDER, [number])
        wrong += [f"cut at {cuts} {hit}: {fault}" for fault in faults_of(world, [number])]
    assert wrong == []


def test_article_of_an_order_cut_at_every_step_is_made_once_and_first(a_world: Any, power: Power) -> None:
    world = a_world({"strict_articles": True, "existing_article_error": True})
    struck: list[str] = []
    wrong: list[str] = []
    named = ["before 1 articles from", "after 1 articles from"]
    for turn, step in enumerate([*named, *range(1, MOST_STEPS)], start=1):
        number = 2000 + turn
        sku = f"VARA-{turn}"
        world.shop.put_product(product(500 + turn, sku, f"Vara {turn}"))
        rows = [line("249.00", 25, 1, sku=sku, name=f"Vara {turn}", product_id=500 + turn)]
        world.shop.put_order(order(number, rows, billing={"email": f"a{turn}@example.se"}))
        hit = settle(world, power, Kind.ORDER, [number], step)
        quiet(world, Kind.ORDER, [number])
        made = world.erp.orders(f"SE-{number}")
        if [each["total"] for each in made] != ["249.00"] or world.state(number)[0] is not State.DONE:
            wrong.append(f"cut at {step} {hit}: {world.state(number)} {made}")
        if sku not in world.erp.articles():
            wrong.append(f"cut at {step} {hit}: no article {sku}")
        if len(world.shop.notes(number)) != 1:
            wrong.append(f"cut at {step} {hit}: {world.shop.notes(number)}")
        if not hit and isinstance(step, int):
            break
        assert hit, f"never came to {step}"
        struck += hit
    assert wrong == []
    assert len(struck) > 30


def test_batch_of_products_cut_at_every_step_arrives_whole(world: World, power: Power) -> None:
    struck: list[str] = []
    wrong: list[str] = []
    named = ["before 4 articles from", "after 4 articles from"]
    for turn, step in enumerate([*named, *range(1, MOST_STEPS)], start=1):
        numbers = [turn * 10 + n for n in range(1, 5)]
        for number in numbers:
            world.shop.put_product(product(number, f"P-{number}", f"Vara {number}", price=f"{number}.00"))
        hit = settle(world, power, Kind.PRODUCT, numbers, step)
        quiet(world, Kind.PRODUCT, numbers)
        held = world.erp.articles()
        for number in numbers:
            article = held.get(f"P-{number}")
            if article is None or article["name"] != f"Vara {number}":
                wrong.append(f"cut at {step} {hit}: P-{number} is {article}")
            with scope(world.tenant.pk):
                links = LinkRow.objects.filter(kind="article", target_ref=f"P-{number}").count()
            if links != 1 or world.state(number, Kind.PRODUCT)[0] is not State.DONE:
                wrong.append(f"cut at {step} {hit}: {links} links, {world.state(number, Kind.PRODUCT)}")
        if not hit and isinstance(step, int):
            break
        assert hit, f"never came to {step}"
        struck += hit
    assert wrong == []
    assert len(struck) > 30


@pytest.mark.parametrize(
    "step", ["before order SE-", "after order SE-", "before POST orders/", "after PUT orders/"]
)
def test_order_at_which_the_worker_dies_again_and_again_is_shown_and_once(
    world: World, power: Power, step: str
) -> None:
    world.shop.put_order(an_order(1001))
    world.shop.put_order(an_order(1002))
    with power.cut_at(step):
        world.settle()
    assert power.was_cut
    while power.was_cut:  # dies at the same order whatever it does, until that one is set aside
        with power.cut_at("before GET orders/1001"):
            world.later()
    assert world.erp.one("SE-1002")["total"] == total_of(1002)
    state, reason = world.state(1001)
    if step in ("before order SE-", "after order SE-"):
        assert (state, reason) == (State.HELD, "work.crashed")
    else:
        assert state is State.DONE
        assert "feedback.not_told" in world.warnings(1001)  # a person sees that something is left to do
    world.retry(1001)
    assert go_on(world)
    assert faults_of(world, [1001, 1002]) == []
