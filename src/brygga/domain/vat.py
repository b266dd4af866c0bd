"""Swedish VAT rates with the dates they are in force, and the type of an order for VAT.

Sources: the VAT act (mervärdesskattelagen 2023:200) chapter 9; food from 2026-04-01 by
prop. 2025/26:55. The rates an order was charged always win: this table only judges them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class VatType(StrEnum):
    """How an order is taxed. Chooses groups, articles and texts; never changes an amount."""

    HOME = "home"
    EU_CONSUMER = "eu_consumer"
    EU_COMPANY = "eu_company"
    EXPORT = "export"


class Goods(StrEnum):
    """What is sold, as far as Swedish VAT tells it apart."""

    STANDARD = "standard"
    FOOD = "food"
    RESTAURANT = "restaurant"
    BOOKS = "books"
    TRANSPORT = "transport"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate in percent, in force from a day until the next entry's day."""

    since: date
    percent: Decimal


_ALWAYS = date(1995, 1, 1)

RATES: dict[Goods, tuple[DatedRate, ...]] = {
    Goods.STANDARD: (DatedRate(_ALWAYS, Decimal(25)),),
    Goods.FOOD: (
        DatedRate(_ALWAYS, Decimal(12)),
        DatedRate(date(2026, 4, 1), Decimal(6)),
        DatedRate(date(2028, 1, 1), Decimal(12)),
    ),
    Goods.RESTAURANT: (DatedRate(_ALWAYS, Decimal(12)),),
    Goods.BOOKS: (DatedRate(_ALWAYS, Decimal(6)),),
    Goods.TRANSPORT: (DatedRate(_ALWAYS, Decimal(6)),),
    Goods.EXEMPT: (DatedRate(_ALWAYS, Decimal(0)),),
}


def swedish_rate(goods: Goods, day: date) -> Decimal:
    """Return the percent in force in Sweden for a kind of goods on a day."""
    percent = RATES[goods][0].percent
    for rate in RATES[goods]:
        if rate.since <= day:
            percent = rate.percent
    return percent


def is_swedish_rate(percent: Decimal, day: date) -> bool:
    """Say whether a percent is one that Swedish VAT knows on a day (25, 12, 6 or 0)."""
    return any(swedish_rate(goods, day) == percent for goods in Goods)
