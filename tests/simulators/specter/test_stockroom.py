"""Goods come in, are counted and moved between sites, and the stock feed follows, site by site."""

import pytest


@pytest.fixture
def room(shop):
    """A shop with two articles at the first site, and nothing left to tell."""
    for number in ("A", "B"):
        shop.has_article(number, "10")
    shop.drain()
    return shop


def every_site(shop):
    return shop.stock_news(getMultipleStocksites="1")


def test_goods_come_in_at_a_site(room):
    assert room.do("stock/receive", site="2", rows=[{"articleNo": "A", "quantity": "4"}]) == {"changed": 1}

    assert every_site(room) == {("1", "A"): "10", ("2", "A"): "4"}


def test_a_count_is_absolute_and_may_be_below_zero_or_a_fraction(room):
    room.options(fractional_stock=True)
    room.do("stock/adjust", rows=[{"articleNo": "A", "stock": "-3"}, {"articleNo": "B", "stock": "2.5"}])
    assert every_site(room) == {("1", "A"): "-3", ("1", "B"): "2,5"}

    room.do("stock/adjust", rows="A -3; B 2,5")
    assert every_site(room) == {}


def test_a_fraction_below_zero_is_rounded_down_where_the_account_has_whole_numbers(room):
    room.do("stock/adjust", rows={"A": "-2.5"})

    assert room.stock_news() == {"A": "-3"}


def test_goods_move_between_sites(room):
    room.do("stock/move", **{"from": "1", "to": "3"}, rows={"A": 4, "B": 1})

    told = {("1", "A"): "6", ("3", "A"): "4", ("1", "B"): "9", ("3", "B"): "1"}
    assert every_site(room) == told


def test_without_asking_for_sites_only_the_default_one_is_told(room):
    room.do("stock/receive", site="3", rows={"A": 4})

    assert room.stock_news() == {"A": "10"}


@pytest.mark.parametrize("told", [True, False])
def test_a_set_is_in_the_stock_feed_only_by_option(room, told):
    room.options(sets_in_stock_feed=told)
    room.do("articles", articleNo="SET", parts={"A": 1, "B": 3})
    room.do("articles", articleNo="BOX", parts={"SET": 2})
    room.do("stock/receive", site="2", rows={"A": 7, "B": 7})
    room.drain()
    room.do("till/sell", rows={"B": 1})

    sets = {("1", "SET"): "3", ("2", "SET"): "2", ("1", "BOX"): "1", ("2", "BOX"): "1"} if told else {}
    assert every_site(room) == {("1", "B"): "9", ("2", "B"): "7", **sets}
    room.do("flag-all", feed="stock")
    assert {number for _, number in every_site(room)} == {"A", "B", *({"SET", "BOX"} if told else ())}


def test_a_list_with_one_wrong_row_changes_nothing(room):
    room.do("articles", articleNo="SET", parts={"A": 1})

    assert "X is unknown" in room.cannot("stock/receive", rows={"A": 1, "X": 1})
    assert "SET" in room.cannot("stock/adjust", rows={"SET": 1})
    assert "above 0" in room.cannot("stock/receive", rows={"A": -1})
    assert "same" in room.cannot("stock/move", **{"from": "1", "to": "1"}, rows={"A": 1})
    assert "missing" in room.cannot("stock/adjust", rows=[])
    assert room.seen_article("A")["available"] == {"1": "10"}
    assert room.stock_news() == {}
