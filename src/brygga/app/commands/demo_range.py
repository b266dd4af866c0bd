"""Judges what an ERP's articles became in its shop: there once, with equal price and equal stock.

As in `demo_check.py` the rules are written down a second time, in the plainest way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

Record = Mapping[str, Any]

_CENT = Decimal("0.01")


@dataclass(slots=True)
class RangeVerdict:
    """What was found of one flow. `faults` are sentences; it is as it should be only without any."""

    articles: int = 0
    in_shop: int = 0
    unequal_prices: int = 0
    unequal_stock: int = 0
    faults: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Return the verdict for programs."""
        return {
            "articles": self.articles,
            "in_shop": self.in_shop,
            "prices_equal": not self.unequal_prices,
            "stock_equal": not self.unequal_stock,
        }


def compare_range(
    articles: Sequence[Record], shown: Mapping[str, Record], times: Mapping[str, int], name: str
) -> RangeVerdict:
    """Compare the ERP's web articles with what the shop shows; `times` counts products by SKU."""
    verdict = RangeVerdict()
    for article in articles:
        if not article["forWeb"] or article["deleted"]:
            continue
        number = article["articleNo"]
        verdict.articles += 1
        if number not in shown or times.get(number) != 1:
            verdict.faults.append(f"{name}: article {number} is in the shop {times.get(number, 0)} times")
            continue
        verdict.in_shop += 1
        _compare(article, shown[number], f"{name}: article {number}", verdict)
    if not verdict.articles:
        verdict.faults.append(f"{name}: the ERP has no articles")
    return verdict


def price_with_vat(article: Record) -> Decimal:
    """Return what a consumer pays for an article, in whole öre."""
    with_vat = Decimal(article["priceExclVat"]) * (100 + Decimal(article["vatPercent"])) / 100
    return with_vat.quantize(_CENT, ROUND_HALF_UP)


def available(article: Record) -> int:
    """Return how many whole pieces of an article can be sold, all sites together."""
    pieces = sum((Decimal(number) for number in article["available"].values()), Decimal(0))
    return int(max(pieces, Decimal(0)).to_integral_value(ROUND_FLOOR))


def _compare(article: Record, shown: Record, what: str, verdict: RangeVerdict) -> None:
    price, regular = price_with_vat(article), shown["regular_price"]
    if not regular or Decimal(regular) != price:
        verdict.unequal_prices += 1
        verdict.faults.append(f"{what}: {price} in the ERP, {regular or 'no price'} in the shop")
    if shown["stock_quantity"] != available(article):
        verdict.unequal_stock += 1
        verdict.faults.append(
            f"{what}: {available(article)} in the ERP, {shown['stock_quantity']} in the shop"
        )
