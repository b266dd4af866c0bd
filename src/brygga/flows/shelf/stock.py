"""From what an ERP has available to the number a shop shows: sites, margin, share, limits. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from brygga.domain.money import HUNDRED, ZERO
from brygga.domain.shelf import StockStatus
from brygga.domain.supply import Supply
from brygga.flows.shelf.settings import ShelfSettings


def at_sites(stock: Mapping[str, Decimal], sites: Sequence[str]) -> Decimal:
    """Sum what is available at the sites that count; none named: at all of them."""
    counted = [stock.get(site, ZERO) for site in sites] if sites else list(stock.values())
    return sum(counted, ZERO)


def available(
    supply: Supply,
    parts: Mapping[str, Supply],
    settings: ShelfSettings,
    in_flight: Callable[[str, datetime], Decimal],
) -> Decimal | None:
    """Return what can be sold of an article now; None: the ERP has not said.

    `in_flight` tells how many of an article the number of a reading does not know to be sold. A set
    whose own number the ERP never told has as many as the scarcest of its parts allows.
    """
    article, read_at = supply.article, supply.stock_read_at
    if read_at is not None:
        held = [in_flight(article.article_no, read_at)]
        # A part that was sold alone is missing in the set as well.
        held += [
            (in_flight(part, read_at) / need).to_integral_value(ROUND_CEILING)
            for part, need in article.parts.items()
            if need > ZERO
        ]
        return at_sites(supply.stock, settings.stock_sites) - max(held)
    possible: list[Decimal] = []
    for number, need in article.parts.items():
        part_supply = parts.get(number)
        if part_supply is None or part_supply.stock_read_at is None or need <= ZERO:
            return None
        there = at_sites(part_supply.stock, settings.stock_sites)
        there -= in_flight(number, part_supply.stock_read_at)
        possible.append((there / need).to_integral_value(ROUND_FLOOR))
    return min(possible, default=None)


def number_to_show(there: Decimal, settings: ShelfSettings, *, backorders: bool = False) -> Decimal:
    """Return the whole number a shop shows of what is available."""
    if settings.stock_last_elsewhere and there <= settings.stock_last_elsewhere:
        there = min(there, ZERO)
    rest = there - settings.stock_margin - settings.stock_reserve
    if rest <= ZERO:
        below = min(there, ZERO) if settings.stock_below_zero and backorders else ZERO
        return below.to_integral_value(ROUND_FLOOR)
    shown = (rest * settings.stock_share / HUNDRED).to_integral_value(ROUND_FLOOR)
    if settings.stock_maximum:
        shown = min(shown, Decimal(settings.stock_maximum))
    return shown


def status_to_show(number: Decimal, *, backorders: bool) -> StockStatus:
    """Return what is said to buyers where nobody counts."""
    if number > ZERO:
        return StockStatus.IN_STOCK
    return StockStatus.BACKORDER if backorders else StockStatus.OUT_OF_STOCK
