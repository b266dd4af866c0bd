"""Groups of articles follow what the feed tells, and what is made of them is kept in the lane's own transactions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from brygga.app.store.due import claim
from brygga.app.store.goods import DbGoods
from brygga.app.store.lanes import take
from brygga.app.store.models import Flow, GroupMember, LinkRow, Work
from brygga.app.store.runs import LaneStore
from brygga.app.worker.fan_out import FanOut
from brygga.domain.message import message
from brygga.domain.order import OptionValue
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Kind
from brygga.domain.supply import ArticleInfo
from brygga.flows.goods.ports import Linked, Made, Settled
from brygga.flows.ports import LaneLost
from tests.app.world import World

T0 = datetime(2026, 6, 1, 12, tzinfo=UTC)


def article(number: str, parent: str = "", **more: object) -> ArticleInfo:
    options = (OptionValue("Storlek", number),) if parent else ()
    return ArticleInfo(
        number, f"Vara {number}", Decimal(80), Decimal(25), parent_no=parent, options=options, **more
    )  # type: ignore[arg-type]


def goods_of(world: World) -> tuple[DbGoods, LaneStore]:
    """Take the shop's lane as a drain would."""
    held = take(world.shop, "test", datetime.now(UTC))
    assert held is not None
    store = LaneStore(held)
    return DbGoods(store, world.tenant, world.shop, world.erp, world.flow), store


def hear(world: World, *articles: ArticleInfo, minutes: int = 0) -> list[str]:
    """Let the feed tell of articles; return the groups that became due, and settle them."""
    Flow.objects.filter(pk=world.flow).update(preset=2)
    Work.objects.update(due_at=None)
    FanOut(world.tenant, world.erp).articles(articles, T0 + timedelta(minutes=minutes))
    due = Work.objects.filter(kind=Kind.GOODS.value, due_at__isnull=False)
    return sorted(due.values_list("source_ref", flat=True))


def members(world: World) -> dict[str, str]:
    return dict(GroupMember.objects.filter(flow=world.flow).values_list("article_no", "group_key"))


def test_a_moved_article_concerns_both_groups_and_a_price_none(alice: World) -> None:
    one = article("A", "G")
    assert hear(alice, one, article("B", "G"), article("C")) == ["C", "G"]
    assert members(alice) == {"A": "G", "B": "G", "C": "C"}
    assert hear(alice, replace(one, price_ex=Decimal(90)), minutes=1) == []
    assert hear(alice, replace(one, name="Ny"), minutes=2) == ["G"]
    assert hear(alice, replace(one, parent_no="H"), minutes=3) == ["G", "H"]
    assert members(alice) == {"A": "H", "B": "G", "C": "C"}


@pytest.mark.parametrize("with_tombstone", [False, True])
def test_a_new_number_takes_its_links_along(alice: World, with_tombstone: bool) -> None:
    hear(alice, article("A", id="7"), article("B", id="8"))
    goods, _ = goods_of(alice)
    goods.keep("A", Made("1"), links={"1/1": "A"})
    told: Sequence[ArticleInfo] = [article("NY", id="7")]
    if with_tombstone:
        told = [article("A", id="7", ended=True), *told]
    assert hear(alice, *told, minutes=1) == ["A", "NY"]
    assert members(alice) == {"B": "B", "NY": "NY"}
    assert goods.linked(["A", "NY"]) == {"NY": [Linked("1/1", "A")]}
    assert hear(alice, article("A", id="7", ended=True), minutes=2) == []  # told of late
    assert members(alice) == {"B": "B", "NY": "NY"}
    assert hear(alice, article("A", id="9"), minutes=3) == ["A"]  # the number is used again
    assert goods.linked(["A"]) == {}


def test_what_is_made_of_a_group_is_kept_and_its_new_items_are_due(alice: World) -> None:
    hear(alice, article("A", "G"), article("B", "G"))
    goods, _ = goods_of(alice)
    assert goods.made("G") is None
    goods.keep("G", Made("5", {"6": "publish"}), links={"5/6": "A", "5/7": "B"})
    assert goods.made("G") == Made("5", {"6": "publish"})
    assert goods.keys_of(["5", "6"]) == {"5": "G"}
    assert goods.articles_of(["5/6", "5/8"]) == {"5/6": "A"}
    due = Work.objects.filter(kind=Kind.ITEM.value, due_at__isnull=False)
    assert set(due.values_list("source_ref", flat=True)) == {"A", "B"}
    Work.objects.update(due_at=None)
    goods.keep("G", Made("5"), links={"5/6": "A"}, unlinked=["5/7"])
    assert not Work.objects.filter(kind=Kind.ITEM.value, due_at__isnull=False).exists()
    assert goods.made("G") == Made("5")
    assert set(goods.linked(["A", "B"])) == {"A"}
    goods.give_up("G")
    assert goods.made("G") is None
    assert [one.article_no for one in goods.group("G").articles] == ["A", "B"]
    assert (goods.has_members("G"), goods.has_members("H")) == (True, False)


def test_suspects_are_articles_in_use_that_are_spelt_otherwise(alice: World) -> None:
    hear(alice, article("ab-1"), article("AB-1"), article("ab-2"), article("AB-2", ended=True))
    goods, _ = goods_of(alice)
    assert goods.suspects(["ab-1", "AB-1", "ab-2"]) == {"ab-1": "AB-1", "AB-1": "ab-1"}


def test_a_group_told_of_during_the_attempt_is_due_again(alice: World) -> None:
    one = article("A")
    hear(alice, one)
    goods, store = goods_of(alice)
    work = Work.objects.get(kind=Kind.GOODS.value)
    claims = claim([work.pk], alice.shop, datetime.now(UTC))
    store.begin(claims)
    FanOut(alice.tenant, alice.erp).articles([replace(one, name="Ny")], T0 + timedelta(minutes=1))
    goods.settle([Settled(claims[0].work, Outcome(State.DONE, message("goods.off"), target_id="5"))])
    work.refresh_from_db()
    assert work.due_at is not None
    claims = claim([work.pk], alice.shop, datetime.now(UTC))
    store.begin(claims)
    goods.settle([Settled(claims[0].work, Outcome(State.HELD, message("goods.off")))])
    work.refresh_from_db()
    assert (work.due_at, work.state, work.target_ref, work.forced) == (None, "held", "5", False)


def test_nothing_is_written_in_a_lane_that_is_another_s(alice: World) -> None:
    hear(alice, article("A"))
    goods, _ = goods_of(alice)
    assert take(alice.shop, "other", datetime.now(UTC) + timedelta(hours=2)) is not None
    with pytest.raises(LaneLost):
        goods.keep("A", Made("1"), links={"1/1": "A"})
    assert not LinkRow.objects.exists()


def test_groups_are_a_tenant_s_own(alice: World, charlie: World) -> None:
    hear(alice, article("A", "G"))
    assert members(charlie) == {}
