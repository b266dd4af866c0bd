"""Many products in few calls, counted by the shop: made, made again after a cut, and left as they are."""

import re
from typing import Any

import pytest

from brygga.app.store.models import LinkRow, Work
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.goods import Goods, sweater
from tests.journeys.once import go_on
from tests.journeys.power import Power

PAGES = 3
RANGE = PAGES * 100 - 30  # the last page is not full


def a_range(world: Goods, count: int = RANGE, **fields: str) -> None:
    for number in range(count):
        given = {"name": f"Vara {number}", "priceExclVat": "80", "stock": "5", **fields}
        world.article(articleNo=f"A{number:04}", **given)


def calls(world: Goods, act: Any) -> dict[str, int]:
    """What the shop was asked while something was done, by kind of call."""
    world.world.shop.ask("calls", method="DELETE")
    act()
    site = f"/{world.world.shop.site}/wp-json/wc/v3/"
    counted: dict[str, int] = {}
    for key, count in world.world.shop.ask("calls")["counts"].items():
        kind = re.sub(r"\d+", "#", key.replace(site, ""))
        counted[kind] = counted.get(kind, 0) + count
    return counted


def states(world: Goods) -> dict[str, str]:
    with scope(world.world.tenant.pk):
        return dict(Work.objects.filter(kind=Kind.GOODS.value).values_list("source_ref", "state"))


def skus(world: Goods) -> list[str]:
    found: list[str] = []
    for page in range(1, 9):
        rows = world.world.shop.rest("GET", f"products?per_page=100&orderby=id&order=asc&page={page}")
        found += [row["sku"] for row in rows]
        if len(rows) < 100:
            break
    return sorted(found)


def numbers(count: int = RANGE) -> list[str]:
    return [f"A{number:04}" for number in range(count)]


def test_a_range_of_simple_products_shares_its_calls(goods: Any) -> None:
    world: Goods = goods()
    a_range(world)
    counted = calls(world, world.world.hear)
    assert skus(world) == numbers()
    assert set(states(world).values()) == {"done"}
    # A page of a hundred: SKUs, the trash and other spellings are looked for and all is made, in four
    # calls. Its prices and stock are looked for before, and read and written after it.
    assert counted["POST products/batch"] == 2 * PAGES
    assert counted["GET products"] == 6 * PAGES
    assert sum(counted.values()) <= 8 * PAGES + 4 + counted["GET orders"]
    again = calls(world, world.again)
    assert again == {"GET products": PAGES}


def test_variations_of_many_products_take_a_call_each_and_the_products_one(goods: Any) -> None:
    world: Goods = goods()
    parents = [f"T{number:02}" for number in range(20)]
    for parent in parents:
        for size in ("S", "M", "L"):
            world.article(**sweater(size, "Röd", parent))
    counted = calls(world, world.world.hear)
    assert skus(world) == parents
    made = {p["sku"]: p["id"] for p in world.products()}
    for parent in parents:
        assert {v["sku"] for v in world.variations(made[parent])} == {f"{parent}-{s}-RÖD" for s in "SML"}
    # one that makes them, one that prices them
    assert counted["POST products/#/variations/batch"] == 2 * len(parents)
    assert counted["POST products/batch"] == 1
    # two attributes and four values are made once, and looked for once
    terms = {key: count for key, count in counted.items() if "attributes" in key}
    assert sum(terms.values()) == 1 + 2 + 2 + 4
    again = calls(world, world.again)
    lists = {"GET products/attributes": 1, "GET products/attributes/#/terms": 2}
    assert again == {"GET products": 1, "GET products/#/variations": len(parents), **lists}


def test_a_product_that_the_shop_refuses_stops_itself_alone(goods: Any) -> None:
    world: Goods = goods()
    world.product(name="Egen", sku="B", global_unique_id="7350053850019")
    a_range(world, 30)
    world.article(articleNo="A0003", vatPercent="19")
    world.article(articleNo="A0004", barCode="7350053850019")
    world.article(articleNo="a0005", name="Samma nummer")
    world.world.hear()
    assert skus(world) == sorted({*numbers(30), "B"} - {"A0003", "A0005"})
    held = {number for number, state in states(world).items() if state != State.DONE.value}
    assert held == {"A0003", "A0005", "a0005"}
    assert world.world.warnings("A0004", Kind.GOODS) == ["woocommerce.barcode_taken"]


@pytest.mark.parametrize("kind", ["error_after", "server_error", "cut_after", "cut_before", "garbage"])
def test_a_call_that_fails_as_a_whole_makes_no_product_twice(goods: Any, kind: str) -> None:
    world: Goods = goods()
    a_range(world, 40)
    world.world.shop.fault("broken", kind=kind, match=r"POST .*/products/batch$", times=1)
    world.world.hear()
    assert go_on(world.world)
    assert skus(world) == numbers(40)
    assert set(states(world).values()) == {"done"}
    with scope(world.world.tenant.pk):
        assert LinkRow.objects.filter(kind="article").count() == 40


def test_cut_between_what_is_made_together_and_its_links(goods: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    power = Power(monkeypatch)
    world: Goods = goods()
    a_range(world, 12)
    for step in ("before POST products/batch", "after POST products/batch"):
        with power.cut_at(step):
            world.world.hear()
        assert power.was_cut
    assert go_on(world.world)
    assert skus(world) == numbers(12)
    assert {row["stock_quantity"] for row in world.products()} == {5}


def test_two_groups_that_share_a_product_are_not_brought_over_at_once(goods: Any) -> None:
    world: Goods = goods(goods_draft=False)
    for size in ("S", "M"):
        world.article(**sweater(size, "Röd"))
        world.article(**sweater(size, "Röd", "JACKA"))
    world.world.hear()
    before = {p["sku"]: p["id"] for p in world.products()}
    # every article changes its place with one of the other product
    world.article(articleNo="TROJA-S-RÖD", parentNo="JACKA", options={"Storlek": "L", "Färg": "Röd"})
    world.article(articleNo="JACKA-S-RÖD", parentNo="TROJA", options={"Storlek": "L", "Färg": "Röd"})
    world.world.hear()
    assert go_on(world.world)
    assert {p["sku"]: p["id"] for p in world.products()} == before
    shown = {
        key: {v["sku"] for v in world.variations(product) if v["status"] == "publish"}
        for key, product in before.items()
    }
    assert shown == {"TROJA": {"TROJA-M-RÖD", "JACKA-S-RÖD"}, "JACKA": {"JACKA-M-RÖD", "TROJA-S-RÖD"}}
    assert set(states(world).values()) == {"done"}
    written = world.writes()
    world.again()
    assert world.writes() == written
