"""The settings of prices and stock from the ERP to the shop."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ParentStock(StrEnum):
    """What happens to a variation that is counted by its product's number."""

    OWN = "own"  # it gets a number of its own
    SUM = "sum"  # the product shows the sum of all such variations


class Unmanaged(StrEnum):
    """What happens to an item whose stock nobody counts in the shop."""

    TAKE_OVER = "take_over"  # counted from now on
    LEAVE = "leave"  # only its stock status follows


class PriceRounding(StrEnum):
    """To which prices of the shop a price is rounded, after VAT."""

    SMALLEST = "smallest"  # öre, cents
    HALF = "half"  # 0.50
    WHOLE = "whole"  # whole kronor
    NINE = "nine"  # whole kronor that end in 9
    NINETY = "ninety"  # kronor and 90 öre


class HandPrice(StrEnum):
    """What a reconciliation does with a price that somebody changed in the shop."""

    PUT_BACK = "put_back"
    LEAVE = "leave"


@dataclass(frozen=True)
class ShelfSettings:
    """How an article's price and stock become what the shop shows."""

    # stock
    stock_sites: tuple[str, ...] = ()  # the ERP's sites that count; none named: all of them
    stock_margin: Decimal = Decimal(0)
    stock_share: Decimal = Decimal(100)
    stock_reserve: Decimal = Decimal(0)
    stock_last_elsewhere: Decimal = Decimal(0)
    stock_maximum: int = 0
    stock_below_zero: bool = False
    stock_parent: ParentStock = ParentStock.OWN
    stock_unmanaged: Unmanaged = Unmanaged.TAKE_OVER
    stock_ended_zero: bool = False
    in_flight_hold: bool = True

    # prices
    price_list_regular: str = ""
    price_list_sale: str = ""
    price_rounding: PriceRounding = PriceRounding.SMALLEST
    price_guard_percent: Decimal = Decimal(50)
    price_by_hand: HandPrice = HandPrice.PUT_BACK
