"""Acceptance scenarios 34 and 81: ranges of two sides, a plan that is shown, and exactly that is done."""

from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from brygga.app.services import first_sync, flows, reconciling
from brygga.app.services.first_sync import Standing
from brygga.app.store.models import LinkRow
from brygga.app.tenancy.scope import scope
from brygga.domain.errors import SetupWrong
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.shelf_world import article, by_hand, product, shown
from tests.journeys.world import World


def plan(world: World, **options: Any) -> Standing:
    with scope(world.tenant.pk):
        return first_sync.plan(world.flow, who="Alice", **options)


def carry_out(world: World, parts: int = 1000) -> Standing:
    """Carry the plan out, or only so many parts of it."""
    left = iter(range(parts - 1))
    with scope(world.tenant.pk):
        first_sync.run(world.flow, who="Alice", after_part=lambda _done, _left: next(left, None) is not None)
    world.drain()
    with scope(world.tenant.pk):
        return first_sync.standing(world.flow)


def lists(stands: Standing) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for verdict, _, _, number in stands.counts:
        counted[verdict] += number
    return dict(counted)


def in_shop(world: World, names: list[str], **fields: Any) -> list[int]:
    ids: list[int] = []
    for start in range(0, len(names), 100):
        body = [{"name": f"Vara {sku}", "sku": sku, "regular_price": "125.00", "status": "publish", **fields}
                for sku in names[start : start + 100]]  # fmt: skip
        ids += [one["id"] for one in world.shop.rest("POST", "products/batch", {"create": body})["create"]]
    return ids


@pytest.fixture
def both_have_ranges(a_world: Any) -> World:
    """100 equal, 5 suspects, 7 only here, 9 only there; the flow has not been started."""
    world = a_world(preset=2)
    with scope(world.tenant.pk):
        flows.stop_flow(world.flow, who="Alice")
    equal = [f"LIKA-{number}" for number in range(100)]
    in_shop(world, equal + [f"ab-{number}" for number in range(5)] + [f"HAR-{number}" for number in range(7)])
    for number in equal + [f"AB-{n} " for n in range(5)] + [f"DAR-{n}" for n in range(9)]:
        article(
            world, number.strip(), name=f"Vara {number}", priceExclVat="100", vatPercent=25, available="3"
        )
    return world


def test_scenario_34_the_lists_say_exactly_so_and_exactly_that_is_done(both_have_ranges: World) -> None:
    world = both_have_ranges
    stands = plan(world)
    assert lists(stands) == {"matched": 100, "ambiguous": 5, "only_here": 7, "only_there": 9}
    assert stands.count(action="link") == 100
    assert stands.count(action="make") == 9
    before = len(world.shop.rest("GET", "products?per_page=100&status=any"))
    with scope(world.tenant.pk):
        assert LinkRow.objects.count() == 0
        flows.start_flow(world.flow, who="Alice")
    assert before == 100  # the first page is full; nothing was touched
    stands = carry_out(world)
    assert stands.is_complete
    assert (stands.count(action="link", result="done"), stands.count(action="make", result="done")) == (
        100,
        9,
    )
    for number in range(9):
        assert len(world.shop.rest("GET", f"products?sku=DAR-{number}&status=any")) == 1
    numbers = {sku: world.shop.rest("GET", f"products?sku={sku}")[0]["stock_quantity"]
               for sku in ("LIKA-7", "ab-1", "HAR-1")}  # fmt: skip
    assert numbers == {"LIKA-7": 3, "ab-1": None, "HAR-1": None}
    with scope(world.tenant.pk):
        report = reconciling.reconcile_flow(world.flow, dry_run=True)
    found = Counter(one.cause.code for one in report.differences)
    assert found == {
        "reconcile.cause_unknown_there": 7,
        "reconcile.cause_suspect": 5,
        "reconcile.cause_not_there": 5,
    }


def test_scenario_81_exactly_what_was_shown_is_done_and_what_changed_since_is_listed(world: World) -> None:
    ids = in_shop(world, [f"A-{number}" for number in range(30)])
    for sku in ("ab-1", "ab-2", "ab-3", "ab-4"):
        in_shop(world, [sku])
    stands_there = [f"AB-{number}" for number in range(1, 5)]
    for number in stands_there:
        article(world, number, name=f"Annan {number}", priceExclVat="100", vatPercent=25)
    with scope(world.tenant.pk):
        flows.stop_flow(world.flow, who="Alice")
        stands = plan(world)
        flows.start_flow(world.flow, who="Alice")
    assert (stands.count(action="send"), stands.count("ambiguous")) == (30, 4)
    in_shop(world, ["SEN-1"])
    by_hand(world.shop, "change-product", id=ids[3], sku="NYTT-3")
    by_hand(world.shop, "delete-product", id=ids[4])
    stands = carry_out(world)
    assert stands.count(action="send", result="done") == 28
    assert sorted(row.facts["sku"] for row in stands.changed) == ["A-3", "A-4"]
    wanted = {f"A-{number}" for number in range(30) if number not in (3, 4)}
    assert set(world.erp.articles()) == wanted | set(stands_there)
    with scope(world.tenant.pk):
        report = reconciling.reconcile_flow(world.flow, dry_run=True)
    assert {one.key for one in report.differences} >= {"SEN-1", "NYTT-3"}


def test_a_plan_goes_on_where_it_was_cut(world: World) -> None:
    in_shop(world, [f"A-{number}" for number in range(250)])
    assert plan(world).count(action="send") == 250
    stands = carry_out(world, parts=1)
    assert (stands.done, stands.left, stands.ended_at) == (100, 150, None)
    with pytest.raises(SetupWrong):
        plan(world)  # one is under way
    stands = carry_out(world)
    assert stands.is_complete
    assert len(world.erp.articles()) == 250


def test_numbers_that_differ_are_joined_by_bar_code_or_a_file_and_never_twice(
    a_world: Any, tmp_path: Path
) -> None:
    world = a_world(preset=2, goods="off", price_guard_percent=0)
    with scope(world.tenant.pk):
        flows.stop_flow(world.flow, who="Alice")
    coded = product(world.shop, "X-1", "10.00", global_unique_id="7350000000015")
    filed = product(world.shop, "X-2", "10.00")
    other = product(world.shop, "N-3", "10.00", name="Trasmatta", global_unique_id="7350000000022")
    for sku in ("T-1", "T-2"):
        product(world.shop, sku, "10.00")
    article(world, "N-1", name="Mugg", priceExclVat="100", vatPercent=25, barCode="7350000000015")
    article(world, "N-2", name="Skål", priceExclVat="100", vatPercent=25)
    article(world, "N-3", name="Hammare", priceExclVat="100", vatPercent=25, barCode="7350000000039")
    article(world, "N-4", name="Tving", priceExclVat="100", vatPercent=25)
    pairs = tmp_path / "par.csv"
    pairs.write_text("SKU;Artikelnummer\nX-2;N-2\nT-1;N-4\nT-2;N-4\n", "utf-8")
    stands = plan(world, pairs=pairs)
    why = {(row.facts["sku"], row.verdict.value, row.facts["why"])
           for rows in stands.examples.values() for row in rows}  # fmt: skip
    assert why == {
        ("X-1", "matched", "barcode"),
        ("X-2", "matched", "file"),
        ("N-3", "ambiguous", "other_goods"),
        ("T-1", "ambiguous", "twice"),
        ("T-2", "ambiguous", "twice"),
    }
    with scope(world.tenant.pk):
        flows.start_flow(world.flow, who="Alice")
    assert carry_out(world).is_complete
    assert [shown(world.shop, one)["regular_price"] for one in (coded, filed, other)] == [
        "125",
        "125",
        "10.00",
    ]
    assert world.state("N-3", Kind.ITEM) == (State.HELD, "item.other_goods")


def test_the_plan_is_saved_as_a_spreadsheet_with_numbers_as_text(world: World, tmp_path: Path) -> None:
    in_shop(world, ["0042", "=2+3"])
    plan(world)
    with scope(world.tenant.pk):
        assert first_sync.save(world.flow, tmp_path / "plan.xlsx") == 2
        assert first_sync.save(world.flow, tmp_path / "plan.csv") == 2
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx").worksheets[0]
    head, first, second = ([cell.value for cell in row] for row in sheet.iter_rows())
    assert first[head.index("sku")] == "0042"
    assert second[head.index("sku")] == "'=2+3"
    assert "0042" in (tmp_path / "plan.csv").read_text("utf-8-sig")


def test_a_plan_is_its_own_tenants(world: World, a_world: Any) -> None:
    other = a_world()
    in_shop(world, ["A-1"])
    plan(world)
    with scope(other.tenant.pk), pytest.raises(SetupWrong):
        first_sync.standing(other.flow)
    with scope(other.tenant.pk), pytest.raises(Exception, match="does not exist"):
        first_sync.standing(world.flow)
