"""What is asked for each page or each product costs the same however much there is beside it.

Counted in SQLite's own steps, which are the same every time; a clock would not be.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection

from brygga.app.store.due import next_due
from brygga.app.store.goods import DbGoods
from brygga.app.store.intake import StoreIntake
from brygga.app.store.lanes import take
from brygga.app.store.models import GroupMember
from brygga.app.store.runs import LaneStore
from brygga.domain.message import message
from brygga.domain.refs import Kind
from tests.app.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FEW, MANY = 50, 5000


def _steps(ask: Callable[[], object]) -> int:
    """Ask; return how many hundreds of steps SQLite took."""
    counted = 0

    def step() -> int:
        nonlocal counted
        counted += 1
        return 0

    raw = connection.connection
    raw.set_progress_handler(step, 100)
    try:
        ask()
    finally:
        raw.set_progress_handler(None, 0)
    return counted


def test_a_page_of_a_lane_with_a_hundred_times_as_much_behind_it(alice: World) -> None:
    def read_page() -> None:
        assert len(next_due(alice.erp, [alice.flow], datetime.now(UTC), 10)) == 10

    intake, note = StoreIntake(), message("journal.told_by_feed")
    intake.seen_many(alice.flow, Kind.ORDER, alice.shop, [str(n) for n in range(FEW)], note)
    few = _steps(read_page)
    intake.seen_many(alice.flow, Kind.ORDER, alice.shop, [str(n) for n in range(MANY)], note)
    assert _steps(read_page) <= few + 1


def test_a_product_s_articles_among_a_hundred_times_as_many(alice: World) -> None:
    def put(numbers: range) -> None:
        GroupMember.objects.bulk_create(
            GroupMember(flow_id=alice.flow, article_no=f"A{n:05}", group_key=f"G{n // 5}") for n in numbers
        )

    held = take(alice.shop, "me", datetime.now(UTC))
    assert held is not None
    goods = DbGoods(LaneStore(held), alice.tenant, alice.shop, alice.erp, alice.flow)
    put(range(FEW))
    few = _steps(lambda: goods.group("G3"))
    put(range(FEW, MANY))
    assert _steps(lambda: goods.group("G3")) <= few + 1
