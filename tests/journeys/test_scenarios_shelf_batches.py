"""A hundred items together: how many calls, what one bad item does to the others, and cuts at every step."""

from collections.abc import Callable
from typing import Any

import pytest

from brygga.app.store.models import JournalEntry, LinkRow, RawMessage, ShelfRow, TakenRow, Task, Work
from brygga.app.tenancy.scope import scope
from brygga.connectors.contract.http import Answer, HttpClient, Request
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.power import Power
from tests.journeys.shelf_world import all_due, article, by_hand, calls, product, sell, shown, stock
from tests.journeys.world import World

MANY = 100


def sku(number: int) -> str:
    return f"VARA-{number:03}"


def many(world: World, *, stock: int = 1) -> dict[str, int]:
    """Have a hundred simple products; return their ids by SKU."""
    items = [
        {
            "id": 5000 + number, "name": sku(number), "type": "simple", "sku": sku(number), "status": "publish",
            "regular_price": "125.00", "price": "125.00", "manage_stock": True, "stock_quantity": stock,
        }
        for number in range(MANY)
    ]  # fmt: skip
    world.shop.ask(f"{world.shop.site}/raw/products", {"items": items, "quiet": True})
    return {sku(number): 5000 + number for number in range(MANY)}


def articles(world: World, available: int) -> None:
    """Have the articles of all of them in the ERP."""
    for number in range(MANY):
        article(world, sku(number), priceExclVat="100", available=str(available))


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
    """Let something happen right before a call of Brygga's whose label begins so, once."""
    waiting: dict[str, Callable[[], object]] = {}
    real = HttpClient.send

    def send(client: HttpClient, request: Request) -> Answer:
        for label in [label for label in waiting if request.label.startswith(label)]:
            waiting.pop(label)()
        return real(client, request)

    monkeypatch.setattr(HttpClient, "send", send)

    def arrange(label: str, event: Callable[[], object]) -> None:
        waiting[label] = event

    return arrange


def test_a_hundred_products_are_one_read_and_one_write(a_world: Any) -> None:
    world = a_world(preset=2, goods="off")
    ids = many(world)
    articles(world, 7)
    world.hear()  # matched by their SKUs
    assert {stock(world.shop, pid) for pid in list(ids.values())[::25]} == {7}
    articles(world, 9)
    before, written = calls(world.shop), calls(world.shop, writing=True)
    world.hear()
    # One read, one write, and a look at the orders before and after it.
    assert calls(world.shop, writing=True) - written == 1
    assert calls(world.shop) - before <= 5
    assert stock(world.shop, ids[sku(99)]) == 9
    with scope(world.tenant.pk):
        assert Work.objects.filter(kind=Kind.ITEM.value, state=State.DONE.value).count() == MANY
        assert LinkRow.objects.filter(kind=Kind.ARTICLE.value).count() == MANY
        raws = RawMessage.objects.count()
        assert raws == 2  # one for each batch that wrote
    before = calls(world.shop)
    all_due(world)
    world.drain()
    assert calls(world.shop) - before <= 3
    with scope(world.tenant.pk):
        assert RawMessage.objects.count() == raws  # nothing was written: nothing to look up


def test_one_bad_item_holds_nobody_else(a_world: Any, between: Any) -> None:
    world = a_world(preset=2, goods="off")
    ids = many(world)
    articles(world, 1)
    world.hear()
    by_hand(world.shop, "trash-product", id=ids[sku(33)])
    article(world, sku(21), priceExclVat="1")
    for number in range(MANY):
        article(world, sku(number), available="9")
    between("POST products/batch", lambda: by_hand(world.shop, "delete-product", id=ids[sku(13)]))
    world.hear()
    bad = {
        13: (State.IGNORED, "item.gone"),
        21: (State.HELD, "item.price_guarded"),
        33: (State.IGNORED, "item.in_trash"),
    }
    assert {number: world.state(sku(number), Kind.ITEM) for number in bad} == bad
    assert stock(world.shop, ids[sku(21)]) == 9
    for number in (0, 12, 14, 34, 99):
        assert stock(world.shop, ids[sku(number)]) == 9
        assert world.state(sku(number), Kind.ITEM)[0] is State.DONE
    with scope(world.tenant.pk):
        assert Task.objects.count() == 1
        assert not LinkRow.objects.filter(kind=Kind.ARTICLE.value, target_ref=sku(13)).exists()


def test_scenario_27_a_sale_between_reading_and_writing_is_found_by_the_look_after_it(
    a_world: Any, between: Any
) -> None:
    world = a_world(preset=2)
    article(world, "MUGG-1", priceExclVat="100", available="1")
    mug = product(world.shop, "MUGG-1", "125.00", 0)
    world.hear()
    article(world, "MUGG-1", available="3")
    between("POST products/batch", lambda: sell(world.shop, mug))
    world.hear()
    assert stock(world.shop, mug) == 2
    article(world, "MUGG-1", available="3", name="Mugg igen")
    between("GET orders", lambda: sell(world.shop, mug))
    world.hear()
    assert stock(world.shop, mug) == 1


def test_a_trip_cut_at_any_step_ends_as_if_nothing_had_happened(
    a_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(preset=2)
    power = Power(monkeypatch)
    mug, bowl = product(world.shop, "MUGG-1", "125.00", 0), product(world.shop, "SKAL-1", "125.00", 0)
    for number in ("MUGG-1", "SKAL-1"):
        article(world, number, priceExclVat="100", available="20")
    world.hear()
    struck: list[str] = []
    wrong: list[str] = []
    left = 20
    for step in range(1, 60):
        price = 100 + step
        article(world, "MUGG-1", priceExclVat=str(price), available=str(20 + step))
        sell(world.shop, mug, status="on-hold")
        left = 20 + step - step  # one more was received, and one more is on hold
        with power.cut_at(step):
            world.poll()
            world.hear()
        struck += power.steps[-1:] if power.was_cut else []
        for _ in range(2):
            world.poll()
            world.hear()
        seen = shown(world.shop, mug)
        if (seen["stock_quantity"], float(seen["regular_price"])) != (left, price * 1.25):
            wrong.append(
                f"cut at {step} {power.steps[-1:]}: {seen['stock_quantity']}, {seen['regular_price']}"
            )
        before = calls(world.shop, writing=True)
        all_due(world)
        world.drain()
        if calls(world.shop, writing=True) != before:
            wrong.append(f"cut at {step}: written again")
        if not power.was_cut:
            break
    assert wrong == []
    assert len(struck) > 15, struck
    assert stock(world.shop, bowl) == 20


def test_a_kill_between_write_and_settling_changes_nothing_when_it_goes_on(
    a_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(preset=2)
    power = Power(monkeypatch)
    mug = product(world.shop, "MUGG-1", "125.00", 0)
    article(world, "MUGG-1", priceExclVat="200", available="5")
    world.change(price_guard_percent="0")
    with power.cut_at("after POST products/batch"):
        world.hear()
    assert power.was_cut
    assert stock(world.shop, mug) == 5
    before = calls(world.shop, writing=True)
    world.hear()
    assert calls(world.shop, writing=True) == before
    assert world.state("MUGG-1", Kind.ITEM) == (State.DONE, "item.as_it_should_be")
    with scope(world.tenant.pk):
        assert ShelfRow.objects.get().stock == "5"


def test_two_tenants_with_the_same_articles_never_meet(a_world: Any) -> None:
    alice, charlie = a_world(preset=2), a_world(preset=2)
    mugs = []
    for world, available in ((alice, "5"), (charlie, "8")):
        article(world, "MUGG-1", priceExclVat="100", available=available)
        mugs.append(product(world.shop, "MUGG-1", "125.00", 0))
    alice.hear()
    charlie.hear()
    sell(alice.shop, mugs[0], 2)
    alice.poll()
    alice.drain()
    charlie.drain()
    assert (stock(alice.shop, mugs[0]), stock(charlie.shop, mugs[1])) == (3, 8)
    for world in (alice, charlie):
        with scope(world.tenant.pk):
            for model in (Work, LinkRow, ShelfRow, TakenRow, JournalEntry, RawMessage):
                assert set(model.objects.values_list("tenant_id", flat=True)) <= {world.tenant.pk}
    with scope(charlie.tenant.pk):
        assert not TakenRow.objects.exists()


def test_a_shop_that_is_away_keeps_everything_for_later(a_world: Any) -> None:
    world = a_world(preset=2)
    mug = product(world.shop, "MUGG-1", "125.00", 0)
    article(world, "MUGG-1", priceExclVat="100", available="5")
    world.shop.fault("cut_after", match="products/batch")
    world.hear()
    world.shop.heal()
    world.later()
    assert stock(world.shop, mug) == 5
    assert world.state("MUGG-1", Kind.ITEM)[0] is State.DONE
