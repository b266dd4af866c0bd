"""A product whose articles get another parent stays the same product, however the ERP tells of it."""

from typing import Any

import pytest

from brygga.app.store.models import Connection, LinkRow
from brygga.app.tenancy.scope import scope
from brygga.app.worker import bell
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.goods import Goods, sweater

SIZES = ("S", "M", "L", "XL", "XXL")
OUT = {"status": "private", "sku": "", "stock_status": "outofstock"}


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "enqueue", lambda *_args, **_more: None)


@pytest.fixture
def told_in_parts(goods: Any) -> Goods:
    """A sweater of five, on sale, with two rows in each of the feed's batches."""
    world: Goods = goods({"article_limit": "2", "article_ids": "1"}, goods_draft=False)
    for size in SIZES:
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    return world


def break_off_after(world: Goods, batches: int) -> None:
    """Let the ERP answer so many batches of articles, and then fail once."""
    match = "getArticleInfoExternalNeedUpdate"
    world.world.erp.fault("broken off", kind="cut_before", match=match, after=batches, times=1)


def go_on(world: Goods) -> None:
    """Let pauses be over, and the rest of the feed be read."""
    with scope(world.world.tenant.pk):
        Connection.objects.update(not_before=None)
    world.world.hear()


def sold(world: Goods, product: int) -> dict[str, tuple[int, str]]:
    return {v["sku"]: (v["id"], v["status"]) for v in world.variations(product)}


@pytest.mark.parametrize("batches", [1, 2])
def test_a_parent_s_new_number_told_in_parts_keeps_the_product(told_in_parts: Goods, batches: int) -> None:
    world = told_in_parts
    (before,) = world.products()
    variations = sold(world, before["id"])
    assert len(variations) == 5
    for size in SIZES:
        world.article(articleNo=f"TROJA-{size}-RÖD", parentNo="NYTT")
    break_off_after(world, batches)
    world.world.hear()  # some have moved, of the others nothing is known yet
    written = world.writes()
    assert [p["id"] for p in world.products()] == [before["id"]]
    assert sold(world, before["id"]) == variations
    assert world.products()[0]["attributes"] == before["attributes"]
    assert world.world.state("NYTT", Kind.GOODS) == (State.WAITING, "goods.being_told")
    world.again()  # also when its time has come
    assert world.writes() == written
    go_on(world)
    (after,) = world.products()
    assert {key: after[key] for key in ("id", "permalink", "status", "name")} == {
        key: before[key] for key in ("id", "permalink", "status", "name")
    }
    assert sold(world, before["id"]) == variations
    assert world.world.state("NYTT", Kind.GOODS)[0] is State.DONE
    with scope(world.world.tenant.pk):
        (link,) = LinkRow.objects.filter(kind=Kind.GOODS.value)
    assert (link.source_ref, link.target_ref) == ("NYTT", str(before["id"]))
    written = world.writes()
    world.again()
    assert world.writes() == written


def test_the_parent_s_own_article_with_a_new_number(goods: Any) -> None:
    world: Goods = goods({"article_limit": "2", "article_ids": "1"}, goods_draft=False)
    world.article(articleNo="TROJA", name="Stickad tröja", vatPercent="25")
    for size in SIZES:
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    (before,) = world.products()
    variations = sold(world, before["id"])
    world.deed("articles/rename", articleNo="TROJA", newArticleNo="NYTT")
    break_off_after(world, 1)
    world.world.hear()
    assert sold(world, before["id"]) == variations
    go_on(world)
    (after,) = world.products()
    assert (after["id"], after["name"], after["status"]) == (before["id"], "Stickad tröja", "publish")
    assert sold(world, before["id"]) == variations


def test_one_of_five_that_moves_waits_for_the_end_of_the_feed_and_then_moves(told_in_parts: Goods) -> None:
    world = told_in_parts
    (before,) = world.products()
    old = sold(world, before["id"])["TROJA-L-RÖD"][0]
    world.article(articleNo="TROJA-L-RÖD", parentNo="JACKA")
    for number in ("X", "Y", "Z"):
        world.article(articleNo=number, name=number)
    break_off_after(world, 1)
    world.world.hear()
    assert len(world.products()) == 2  # what is new waits for nobody
    assert "TROJA-L-RÖD" in sold(world, before["id"])
    go_on(world)
    products = {p["sku"]: p for p in world.products()}
    assert products.keys() == {"TROJA", "TROJA-L-RÖD", "X", "Y", "Z"}
    jacket = products["TROJA-L-RÖD"]
    assert (jacket["type"], jacket["status"], jacket["stock_quantity"]) == ("simple", "publish", 7)
    (left,) = [v for v in world.variations(before["id"]) if v["id"] == old]
    assert {key: left[key] for key in OUT} == OUT
    offered = {one["name"]: set(one["options"]) for one in products["TROJA"]["attributes"]}
    assert offered["Storlek"] == set(SIZES) - {"L"}


def test_an_article_that_moves_to_a_product_of_its_own_is_made_there(goods: Any) -> None:
    world: Goods = goods(goods_draft=False)
    for size in ("S", "M", "L"):
        world.article(**sweater(size, "Röd"), **({"barCode": "7350053850019"} if size == "L" else {}))
    world.world.hear()
    world.article(articleNo="TROJA-L-RÖD", parentNo="JACKA")
    world.world.hear()
    products = {p["sku"]: p for p in world.products()}
    assert products.keys() == {"TROJA", "TROJA-L-RÖD"}
    assert products["TROJA-L-RÖD"]["global_unique_id"] == "7350053850019"
    assert products["TROJA-L-RÖD"]["stock_quantity"] == 7
    assert {v["status"] for v in world.variations(products["TROJA"]["id"]) if v["sku"]} == {"publish"}
    assert world.world.state("JACKA", Kind.GOODS)[0] is State.DONE
    written = world.writes()
    world.again()
    assert world.writes() == written
