"""The settings of prices and stock from the ERP to the shop."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ShelfSettings:
    """How an article's price and stock become what the shop shows."""

    stock_sites: tuple[str, ...] = ()  # the ERP's sites that count; none named: all of them
