"""What a price becomes on its way to the shop: list, currency, VAT, rounding, dates; and what is a slip."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brygga.domain.money import without_vat
from brygga.domain.shelf import Prices
from brygga.domain.supply import ArticleInfo, ListPrice
from brygga.flows.shelf.guard import is_slip
from brygga.flows.shelf.prices import PriceRules, look_again_at, round_price, wanted_prices
from brygga.flows.shelf.settings import PriceRounding, ShelfSettings

D = Decimal
QUARTER = D(25)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WITH_VAT = PriceRules("SEK", True, STOCKHOLM)
WITHOUT_VAT = PriceRules("SEK", False, STOCKHOLM)
PRICES = st.decimals("0.01", "99999.99", places=2)
PERCENTS = st.sampled_from([D(25), D(12), D(6), D(0), D("25.5")])


def an_article(price: str = "199.20", *lists: ListPrice, percent: Decimal | None = QUARTER) -> ArticleInfo:
    return ArticleInfo("MUGG-1", price_ex=D(price), vat_percent=percent, lists=lists)


def test_vat_goes_on_only_where_the_shop_has_it_in_its_prices() -> None:
    assert wanted_prices(an_article(), ShelfSettings(), WITH_VAT, NOW).regular == D("249.00")
    assert wanted_prices(an_article(), ShelfSettings(), WITHOUT_VAT, NOW).regular == D("199.20")


def test_an_unknown_percent_is_a_fault_only_where_it_is_needed() -> None:
    unknown = an_article(percent=None)
    assert wanted_prices(unknown, ShelfSettings(), WITHOUT_VAT, NOW).regular == D("199.20")
    wish = wanted_prices(unknown, ShelfSettings(), WITH_VAT, NOW)
    assert (wish.regular, [fault.code for fault in wish.faults]) == (None, ["item.no_percent"])


def test_an_erp_of_another_currency_is_refused() -> None:
    wish = wanted_prices(an_article(), ShelfSettings(), PriceRules("SEK", True, STOCKHOLM, "EUR"), NOW)
    assert [fault.code for fault in wish.faults] == ["item.other_currency"]


@pytest.mark.parametrize(
    ("price", "rounding", "shown"),
    [
        ("187.404", PriceRounding.SMALLEST, "187.40"),
        ("187.405", PriceRounding.SMALLEST, "187.41"),
        ("187.40", PriceRounding.HALF, "187.50"),
        ("187.24", PriceRounding.HALF, "187.00"),
        ("187.50", PriceRounding.WHOLE, "188"),
        ("187.40", PriceRounding.NINE, "189"),
        ("183.99", PriceRounding.NINE, "179"),
        ("184.00", PriceRounding.NINE, "189"),
        ("3.00", PriceRounding.NINE, "9"),
        ("187.40", PriceRounding.NINETY, "187.90"),
        ("187.39", PriceRounding.NINETY, "186.90"),
        ("0.10", PriceRounding.WHOLE, "1"),
        ("0.00", PriceRounding.NINE, "0"),
    ],
)
def test_rounding_rules(price: str, rounding: PriceRounding, shown: str) -> None:
    assert round_price(D(price), rounding, "SEK") == D(shown)


def test_yen_have_no_decimals() -> None:
    assert round_price(D("187.40"), PriceRounding.NINETY, "JPY") == D(187)


@given(PRICES, st.sampled_from(PriceRounding))
def test_rounding_again_changes_nothing_and_never_moves_far(price: Decimal, rounding: PriceRounding) -> None:
    shown = round_price(price, rounding, "SEK")
    assert round_price(shown, rounding, "SEK") == shown > 0
    assert abs(shown - price) <= {"smallest": D("0.005"), "half": D("0.50"), "whole": D(1)}.get(
        rounding, D(10)
    )


@given(PRICES, PERCENTS)
def test_a_shown_price_gives_its_price_without_vat_back(gross: Decimal, percent: Decimal) -> None:
    article = ArticleInfo("A", price_ex=without_vat(gross, percent), vat_percent=percent)
    assert wanted_prices(article, ShelfSettings(), WITH_VAT, NOW).regular == gross


def test_a_sale_lasts_to_the_last_second_of_its_last_day_in_the_shops_zone() -> None:
    sale = ListPrice("REA", D("159.20"), starts=date(2026, 11, 1), ends=date(2026, 12, 24))
    wish = wanted_prices(an_article("199.20", sale), ShelfSettings(price_list_sale="REA"), WITH_VAT, NOW)
    assert wish.sale == D("199.00")
    assert wish.sale_from == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert wish.sale_to == datetime(2026, 12, 24, 22, 59, 59, tzinfo=UTC)
    assert look_again_at(wish, NOW) == datetime(2026, 12, 24, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "sale"),
    [
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), "100"),  # 00:30 of the 25th, the night of the clocks
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "100"),  # 23:59 the same day, an hour longer
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), "90"),  # the 26th begins
        (datetime(2026, 11, 30, 12, 0, tzinfo=UTC), None),
    ],
)
def test_of_several_periods_the_one_of_the_day_or_the_next_counts(now: datetime, sale: str | None) -> None:
    first = ListPrice("REA", D(80), starts=date(2026, 10, 25), ends=date(2026, 10, 25))
    second = ListPrice("REA", D(72), starts=date(2026, 10, 26), ends=date(2026, 11, 1))
    wish = wanted_prices(
        an_article("199.20", first, second), ShelfSettings(price_list_sale="REA"), WITH_VAT, now
    )
    assert wish.sale == (None if sale is None else D(sale))


def test_an_article_outside_the_list_keeps_its_price() -> None:
    wish = wanted_prices(an_article(), ShelfSettings(price_list_regular="B2B"), WITH_VAT, NOW)
    assert (wish.regular, [remark.code for remark in wish.remarks]) == (None, ["item.not_in_list"])


@pytest.mark.parametrize(
    ("before", "after", "slip"),
    [
        (Prices(D(1990)), Prices(D("19.90")), True),
        (Prices(D(100)), Prices(D(50)), False),
        (Prices(D(100)), Prices(D("49.99")), True),
        (Prices(D(100)), Prices(D("150.01")), True),
        (Prices(D(100)), Prices(D(0)), True),
        (Prices(None), Prices(D(100)), False),
        (Prices(None), Prices(D(0)), True),
        (Prices(D(0)), Prices(D(100)), False),
        (Prices(D(100)), Prices(D(100), D(40)), True),
        (Prices(D(100), D(45)), Prices(D(100), D(40)), False),
        (Prices(D(100), D(40)), Prices(D(100)), False),
    ],
)
def test_what_is_a_slip(before: Prices, after: Prices, slip: bool) -> None:
    assert is_slip(before, after, D(50)) is slip
    assert not is_slip(before, after, D(0))
