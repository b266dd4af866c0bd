"""Decides the VAT type of an order from where it goes, to whom, and what was charged (domain 4.8).

The type never changes an amount; it judges the rates charged and chooses groups and texts.
"""

from decimal import Decimal
from functools import cache

from eu_vat_rates_data import get_all_rates

from brygga.domain.document import DocumentRow, RowKind
from brygga.domain.message import Message, message
from brygga.domain.money import ZERO
from brygga.domain.order import Order
from brygga.domain.party import Address
from brygga.domain.vat import VatType, is_swedish_rate
from brygga.flows.context import RunContext
from brygga.flows.settings import OssRates

EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split())
_OTHER_NAMES = {"EL": "GR", "UK": "GB"}
# Parts of EU countries that lie outside the EU's VAT area, by the first characters of a postcode.
_OUTSIDE = {"FI": ("22",), "ES": ("35", "38", "51", "52"), "DE": ("27498", "78266"), "IT": ("23041",)}


def country_of(address: Address) -> str:
    """Return ISO 3166 alpha-2, upper case; Åland is AX however it was written."""
    country = _OTHER_NAMES.get(address.country.upper(), address.country.upper())
    if country == "FI" and address.postcode.strip().startswith("22"):
        return "AX"
    return country


def vat_type(order: Order) -> VatType:
    """Say how an order is taxed. An order without any country counts as domestic."""
    country = country_of(order.delivery) or country_of(order.billing) or "SE"
    if country == "SE":
        return VatType.HOME
    outside = _OUTSIDE.get(country, ())
    if country not in EU or order.delivery.postcode.strip().startswith(outside or ("\0",)):
        return VatType.EXPORT
    return VatType.EU_COMPANY if order.vat_no.strip() else VatType.EU_CONSUMER


def judge_rates(
    order: Order, type_: VatType, rows: tuple[DocumentRow, ...], ctx: RunContext
) -> tuple[Message, ...]:
    """Return a warning for every row rate that does not fit the order's VAT type."""
    day = order.created_at.astimezone(ctx.time_zone).date()
    country = country_of(order.delivery)
    charged = {Decimal(row.vat_percent) for row in rows if row.kind is RowKind.PRODUCT and row.shop_gross}
    match type_:
        case VatType.HOME:
            odd = {percent for percent in charged if not is_swedish_rate(percent, day)}
        case VatType.EU_COMPANY | VatType.EXPORT:
            odd = charged - {ZERO}
        case VatType.EU_CONSUMER if ctx.settings.oss_rates is OssRates.SWEDISH:
            odd = {percent for percent in charged if not is_swedish_rate(percent, day)}
        case _:
            odd = {percent for percent in charged if percent not in _rates_in(country)}
    if type_ is VatType.EU_CONSUMER and charged == {ZERO}:
        odd = charged  # some goods are at 0 %, but a consumer's whole order seldom is
    return tuple(
        message(
            "order.odd_rate",
            number=order.number,
            percent=percent.normalize(),
            country=country,
            type=type_.value,
        )
        for percent in sorted(odd)
    )


@cache
def _rates_in(country: str) -> frozenset[Decimal]:
    rates = get_all_rates().get({"XI": "GB"}.get(country, country))
    if rates is None:
        return frozenset()
    figures = [rates["standard"], rates.get("parking"), rates.get("super_reduced"), *rates["reduced"]]
    return frozenset(Decimal(str(figure)) for figure in figures if figure is not None) | {ZERO}
