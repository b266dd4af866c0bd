"""A worker that was only slow wakes up when another has its lane: it writes nothing to anybody."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from brygga.app.store.models import Connection, IntentRow, JournalEntry, Work
from brygga.app.tenancy.scope import scope
from brygga.connectors.specter import client
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.power import Freeze, Power
from tests.journeys.shop_json import Doc, line, order, product
from tests.journeys.world import World


@pytest.fixture
def power(monkeypatch: pytest.MonkeyPatch) -> Power:
    # Two threads stand for two processes here: those do not share one place in the ERP's row.
    monkeypatch.setattr(client, "_gate", lambda _account, calls: threading.BoundedSemaphore(calls))
    return Power(monkeypatch)


@contextmanager
def frozen(world: World, freeze: Freeze) -> Iterator[None]:
    """Have a drain stand still at a step for as long as the body runs, and end after it."""
    thread = threading.Thread(target=world.drain, name="slow worker")
    thread.start()
    try:
        freeze.wait()
        yield
    finally:
        freeze.thaw()
        thread.join(60)
    assert not thread.is_alive()


def of_asa(number: int, street: str, gross: str) -> Doc:
    return order(number, [line(gross)], shipping_to={"address_1": street})


@pytest.mark.parametrize("step", ["after GET orders/1", "before customer new"])
def test_slow_worker_does_not_put_an_old_address_on_the_next_order(
    world: World, power: Power, step: str
) -> None:
    world.shop.put_order(of_asa(1, "Gamla vägen 1", "100.00"))
    world.shop.put_order(of_asa(2, "Nya vägen 2", "200.00"))
    world.take_in()
    between = power.freeze("before order SE-2")
    quick = threading.Thread(target=world.drain, name="quick worker")
    try:
        with frozen(world, power.freeze(step)):
            quick.start()
            between.wait()  # the card carries the second order's address now
    finally:
        between.thaw()
        quick.join(60)
    assert world.erp.one("SE-1")["delivery"]["address"] == "Gamla vägen 1"
    assert world.erp.one("SE-2")["delivery"]["address"] == "Nya vägen 2"
    assert [world.state(number)[0] for number in (1, 2)] == [State.DONE, State.DONE]


@pytest.mark.parametrize("step", ["settled 1", "before POST orders/1/notes", "after GET orders/1/notes"])
def test_slow_worker_writes_no_second_note(world: World, power: Power, step: str) -> None:
    world.shop.put_order(of_asa(1, "Gatan 1", "100.00"))
    if step == "after GET orders/1/notes":
        # The note's answer is lost, so the next try asks for it first.
        world.shop.fault("cut_before", match="POST .*notes")
        world.settle()
        assert world.shop.notes(1) == []
        skip_pauses(world)
    else:
        world.take_in()
    with frozen(world, power.freeze(step)):
        world.later()
        assert len(world.shop.notes(1)) == 1
    assert len(world.shop.notes(1)) == 1
    assert world.state(1)[0] is State.DONE


def test_slow_worker_sends_no_old_price(world: World, power: Power) -> None:
    world.shop.put_product(product(7, "P-7", price="100.00"))
    world.take_in(Kind.PRODUCT)
    with frozen(world, power.freeze("after GET products/7")):
        world.shop.rest("PUT", "products/7", {"regular_price": "250.00"})
        world.settle(Kind.PRODUCT)
        assert world.erp.articles()["P-7"]["priceExclVat"] == "200"
    assert world.erp.articles()["P-7"]["priceExclVat"] == "200"


@pytest.mark.parametrize(
    "step", ["before order SE-1", "after order SE-1", "before customer new", "after customer new"]
)
def test_slow_worker_makes_no_second_order(world: World, power: Power, step: str) -> None:
    world.shop.put_order(of_asa(1, "Gatan 1", "100.00"))
    world.take_in()
    with frozen(world, power.freeze(step)):
        world.drain()
        lines = journal_lines(world)
        assert len(world.erp.orders("SE-1")) == 1
    assert world.erp.one("SE-1")["total"] == "100.00"
    assert len(world.erp.customers()) == 1
    assert len(world.shop.notes(1)) == 1
    assert world.state(1)[0] is State.DONE
    assert journal_lines(world) == lines  # what the slow one had to say was written by nobody
    with scope(world.tenant.pk):
        assert not IntentRow.objects.filter(state="open").exists()


def journal_lines(world: World) -> int:
    with scope(world.tenant.pk):
        return JournalEntry.objects.filter(work__isnull=False).count()


def skip_pauses(world: World) -> None:
    with scope(world.tenant.pk):
        Connection.objects.update(not_before=None)
        Work.objects.update(due_at=datetime.now(UTC))
