"""Which tax rates apply and what they come to."""

from collections.abc import Iterable
from decimal import Decimal

from brygga_simulators.woocommerce.money import dec
from brygga_simulators.woocommerce.settings import ShopSettings
from brygga_simulators.woocommerce.site import Doc

HUNDRED = Decimal(100)

Taxes = dict[int, Decimal]
"""Unrounded tax by rate id."""


def rates_for(settings: ShopSettings, tax_class: str, country: str) -> list[Doc]:
    """Return the rates of a tax class in a country: the country's own, else those for anywhere."""
    slug = tax_class or "standard"
    of_class = [r for r in settings.rates if r["class"] == slug]
    return [r for r in of_class if r["country"] == country] or [r for r in of_class if not r["country"]]


def rate_by_id(settings: ShopSettings, rate_id: int) -> Doc | None:
    """Return a rate, or None when it has been deleted since."""
    return next((r for r in settings.rates if r["id"] == rate_id), None)


def percent(rates: Iterable[Doc]) -> Decimal:
    """Return the rates' sum in percent."""
    return sum((dec(r["rate"]) for r in rates), Decimal(0))


def on_top(amount: Decimal, rates: Iterable[Doc]) -> Taxes:
    """Return the tax to add to an amount without tax."""
    return {r["id"]: amount * dec(r["rate"]) / HUNDRED for r in rates}


def without(amount: Decimal, rates: Iterable[Doc]) -> Decimal:
    """Return an amount that includes tax without it, unrounded."""
    return amount * HUNDRED / (HUNDRED + percent(rates))


def rate_code(rate: Doc) -> str:
    """Return how orders name a rate: SE-MOMS 25%-1."""
    return f"{rate['country']}-{str(rate['name']).upper()}-{rate['priority']}".lstrip("-")
