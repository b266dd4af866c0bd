"""Amounts are read as people write them and rounded in one place."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brygga.domain.money import parse_amount, plain, round_money, smallest_unit, with_vat, without_vat
from brygga.domain.vat import Goods, is_swedish_rate, swedish_rate


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("12,5", "12.5"),
        ("\u2212 7", "-7"),
        ("1\u00a0000", "1000"),
        ("0", "0"),
    ],
)
def test_amounts_as_people_write_them(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "abc", "NaN", "inf", "1,2,3.4.5"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        parse_amount(text)


def test_half_rounds_away_from_zero_in_the_currencys_own_units() -> None:
    assert round_money(Decimal("0.005"), "SEK") == Decimal("0.01")
    assert round_money(Decimal("-0.005"), "SEK") == Decimal("-0.01")
    assert round_money(Decimal("0.5"), "JPY") == Decimal(1)
    assert round_money(Decimal("0.0005"), "KWD") == Decimal("0.001")
    assert smallest_unit("JPY") == 1


@given(st.decimals(-(10**6), 10**6, places=4), st.sampled_from([0, 6, 12, 25]))
def test_vat_on_and_off_come_back(amount: Decimal, percent: int) -> None:
    assert round_money(
        without_vat(with_vat(amount, Decimal(percent)), Decimal(percent)), "SEK"
    ) == round_money(amount, "SEK")
    assert Decimal(plain(amount)) == amount


def test_food_changes_its_rate_by_the_law() -> None:
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2027, 12, 31), date(2028, 1, 1)]
    assert [swedish_rate(Goods.FOOD, day) for day in days] == [12, 6, 6, 12]
    assert {swedish_rate(Goods.RESTAURANT, day) for day in days} == {12}
    assert not is_swedish_rate(Decimal(19), days[0])
