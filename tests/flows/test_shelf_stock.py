"""How many a shop shows of what an ERP has: sites, margin, share, limits, sets; and the in-flight rule."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brygga.domain.shelf import StockStatus
from brygga.domain.supply import ArticleInfo, Supply
from brygga.flows.shelf.in_flight import Flight, held_by, in_flight
from brygga.flows.shelf.settings import ShelfSettings
from brygga.flows.shelf.stock import at_sites, available, number_to_show, status_to_show

D = Decimal
T0 = datetime(2026, 11, 24, 12, tzinfo=UTC)
NUMBERS = st.decimals(-50, 500, places=1)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def nothing(_article: str, _read_at: datetime) -> Decimal:
    return D(0)


def test_sites_are_summed_or_chosen() -> None:
    stock = {"1": D(5), "2": D(3), "3": D(-1)}
    assert at_sites(stock, ()) == 7
    assert at_sites(stock, ("1", "2")) == 8
    assert at_sites(stock, ("4",)) == 0


@pytest.mark.parametrize(
    ("settings", "there", "shown"),
    [
        (ShelfSettings(), 10, 10),
        (ShelfSettings(), -3, 0),
        (ShelfSettings(stock_margin=D(2), stock_share=D(50)), 10, 4),
        (ShelfSettings(stock_share=D(50)), 7, 3),
        (ShelfSettings(stock_reserve=D(3)), 10, 7),
        (ShelfSettings(stock_maximum=5), 10, 5),
        (ShelfSettings(stock_last_elsewhere=D(3)), 3, 0),
        (ShelfSettings(stock_last_elsewhere=D(3)), 4, 4),
        (ShelfSettings(stock_below_zero=True), -3, 0),
    ],
)
def test_number_to_show(settings: ShelfSettings, there: int, shown: int) -> None:
    assert number_to_show(D(there), settings) == shown


def test_below_zero_only_where_the_item_and_the_setting_allow_it() -> None:
    assert number_to_show(D(-3), ShelfSettings(stock_below_zero=True), backorders=True) == -3
    assert number_to_show(D(-3), ShelfSettings(), backorders=True) == 0
    assert number_to_show(D(1), ShelfSettings(stock_below_zero=True, stock_margin=D(2)), backorders=True) == 0


@given(NUMBERS, st.lists(st.integers(0, 100), min_size=1, max_size=4), st.integers(0, 5))
def test_shares_that_sum_to_a_hundred_never_show_more_than_there_is(
    there: Decimal, weights: list[int], margin: int
) -> None:
    shares = [D(weight) * 100 / max(sum(weights), 1) for weight in weights]
    shown = [
        number_to_show(there, ShelfSettings(stock_share=share, stock_margin=D(margin))) for share in shares
    ]
    assert all(number >= 0 and number == int(number) for number in shown)
    assert sum(shown) <= max(there - margin, D(0))


def test_status_where_nobody_counts() -> None:
    assert status_to_show(D(1), backorders=False) is StockStatus.IN_STOCK
    assert status_to_show(D(0), backorders=False) is StockStatus.OUT_OF_STOCK
    assert status_to_show(D(0), backorders=True) is StockStatus.BACKORDER


def a_supply(number: str, stock: int | None, **parts: int) -> Supply:
    article = ArticleInfo(number, parts={part: D(need) for part, need in parts.items()})
    if stock is None:
        return Supply(article, T0)
    return Supply(article, T0, {"1": D(stock)}, T0)


def test_a_set_has_as_many_as_its_scarcest_part() -> None:
    parts = {"A": a_supply("A", 5), "B": a_supply("B", 7)}
    assert available(a_supply("SET", None, A=1, B=2), parts, ShelfSettings(), nothing) == 3
    assert available(a_supply("SET", None, A=1, C=2), parts, ShelfSettings(), nothing) is None
    assert available(a_supply("SET", None), parts, ShelfSettings(), nothing) is None
    assert available(a_supply("SET", 9, A=1, B=2), parts, ShelfSettings(), nothing) == 9


def test_a_part_that_is_sold_alone_is_missing_in_the_set() -> None:
    sold = {"B": D(1)}

    def held(number: str, _read_at: datetime) -> Decimal:
        return sold.get(number, D(0))

    parts = {"A": a_supply("A", 5), "B": a_supply("B", 4)}
    assert available(a_supply("SET", None, A=1, B=2), parts, ShelfSettings(), held) == 1
    assert available(a_supply("SET", 2, A=1, B=2), parts, ShelfSettings(), held) == 1


SENT, ACCEPTED = at(10), at(20)


@pytest.mark.parametrize(
    ("read", "drained", "held"),
    [
        (5, None, 2),  # read before it was sent
        (5, 30, 2),  # and the feed has told of nothing since: the ERP may not flag reservations
        (15, None, 2),  # read while it was on its way: nobody knows
        (15, 18, 2),
        (15, 30, 0),  # a whole look after it had nothing more to tell
        (20, None, 2),  # in the very moment
        (21, None, 0),
    ],
)
def test_an_order_is_in_flight_until_a_reading_begun_after_it_was_accepted(
    read: int, drained: int | None, held: int
) -> None:
    flight = Flight(D(2), SENT, ACCEPTED)
    assert held_by(flight, at(read), None if drained is None else at(drained)) == held


def test_an_order_that_is_never_sent_stays_in_flight() -> None:
    assert in_flight([Flight(D(2)), Flight(D(1), SENT)], at(1000), at(2000)) == 3


def test_an_order_linked_by_hand_is_known_after_the_next_whole_look() -> None:
    assert held_by(Flight(D(1), None, ACCEPTED), at(5), at(19)) == 1
    assert held_by(Flight(D(1), None, ACCEPTED), at(5), at(21)) == 0


def test_what_was_added_after_sending_is_in_flight_while_somebody_has_to_tell_the_erp() -> None:
    grown = Flight(D(3), SENT, ACCEPTED, sent_with=D(1), is_open=True)
    assert held_by(grown, at(30), None) == 2
    assert held_by(Flight(D(3), SENT, ACCEPTED, sent_with=D(1)), at(30), None) == 0
    assert held_by(Flight(D(0), SENT, ACCEPTED, sent_with=D(1), is_open=True), at(30), None) == 0
