"""A whole range gone through by a worker: kept with the change, asked again when lost, none asked in vain."""

from datetime import UTC, datetime
from typing import Any

import pytest

from brygga.app.services import looking_over
from brygga.app.services.flows import change_settings
from brygga.app.services.presets import change_preset
from brygga.app.store.models import Flow, Notice, Work
from brygga.app.store.transaction import write
from brygga.app.tenancy.scope import scope
from brygga.app.worker import range as whole_range
from brygga.domain.refs import Kind
from tests.app.console.conftest import Town


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was put into the engine's queues."""
    from brygga.app.worker import engine

    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(engine, "enqueue", lambda *args, **_options: found.append(args))
    return found


def due(flow: int) -> set[str]:
    works = Work.unscoped.filter(flow_id=flow, kind="item", due_at__isnull=False)
    return set(works.values_list("source_ref", flat=True))


def test_a_page_asks_and_a_worker_goes_through_the_range(town: Town, asked: list[tuple[Any, ...]]):
    flow = town.nordlys.flow
    with scope(town.nordlys.tenant):
        change_preset(flow, 3, who="Alice", here=False)
        assert looking_over.kinds_left(flow) == ["item"]
    assert asked == [("bulk", "range", flow)]
    assert due(flow) == set()
    whole_range.look_over(flow)
    assert due(flow) == {"MUGG-BLA", "MUGG-GRA", "MUGG-ROD", "MUGG-VIT", "SKAL-S"}
    assert not Notice.unscoped.filter(code=looking_over.CODE, over_at=None).exists()


def test_a_lost_ask_is_made_again_by_the_beat(town: Town, asked: list[tuple[Any, ...]]):
    flow = town.nordlys.flow
    with scope(town.nordlys.tenant):
        change_preset(flow, 3, who="Alice", here=False)
    asked.clear()
    assert whole_range.ask_again(datetime.now(UTC)) == 1
    assert asked == [("bulk", "range", flow)]
    whole_range.look_over(flow)
    assert whole_range.ask_again(datetime.now(UTC)) == 0


def test_what_is_asked_for_meanwhile_is_gone_through_as_well(
    town: Town,
    asked: list[tuple[Any, ...]],
    monkeypatch: pytest.MonkeyPatch,
):
    flow, done = town.granberg.flow, []
    Flow.unscoped.filter(pk=flow).update(preset=2)
    real = whole_range.wake_range

    def wake(flow_id: int) -> int:
        done.append("item")
        if len(done) == 1:  # somebody changes another setting while this runs
            with write():
                looking_over.ask_worker(flow_id, [Kind.GOODS])
        return real(flow_id)

    monkeypatch.setattr(whole_range, "wake_range", wake)
    with scope(town.granberg.tenant):
        change_settings(flow, {"stock_margin": 1}, who="Charlie", here=False)
    whole_range.look_over(flow)
    assert done == ["item", "item"]
    goods = Work.unscoped.filter(flow_id=flow, kind="goods", due_at__isnull=False)
    assert goods.exists()
    assert not Notice.unscoped.filter(code=looking_over.CODE, over_at=None).exists()


def test_a_stopped_flow_and_what_it_does_not_move_ask_for_nothing(town: Town, asked: list[tuple[Any, ...]]):
    flow = town.nordlys.flow
    with scope(town.nordlys.tenant):
        change_settings(flow, {"stock_margin": 1}, who="Alice", here=False)  # this preset shows no stock
        Flow.objects.filter(pk=flow).update(state="stopped")
        change_preset(flow, 2, who="Alice", here=False)
    assert asked == []
    assert due(flow) == set()
