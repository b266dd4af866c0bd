"""Valid, readable domain objects for tests; change only what matters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from brygga.domain.money import round_money, without_vat
from brygga.domain.order import Fee, Order, OrderLine, Payment, ShippingLine, TaxShare
from brygga.domain.party import Address

# What a flow calls the rows that are no goods.
ARTICLES = {
    "article_shipping": "FRAKT",
    "article_fee": "AVGIFT",
    "article_discount": "RABATT",
    "article_gift_card": "PRESENTKORT",
    "article_rounding": "ORESAVR",
    "article_vat": "MOMS",
}

CREATED = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)

ASA = Address(
    first_name="Åsa",
    last_name="Öberg",
    line_1="Storgatan 1",
    postcode="903 26",
    city="Umeå",
    country="SE",
    phone="070-123 45 67",
    email="asa@example.se",
)


def split_gross(
    gross: str | Decimal, percent: int | Decimal, currency: str = "SEK"
) -> tuple[Decimal, Decimal]:
    """Return net and VAT of a gross amount as a shop rounds them."""
    total = Decimal(gross)
    vat = round_money(total - without_vat(total, Decimal(percent)), currency)
    return total - vat, vat


def a_line(
    gross: str | Decimal, percent: int | Decimal = 25, quantity: int | str = 1, **changes: Any
) -> OrderLine:
    """A row worth a gross amount; `before` is its gross before discounts."""
    net, vat = split_gross(gross, percent)
    before_net, before_vat = split_gross(changes.pop("before", gross), percent)
    line = OrderLine(
        id=changes.pop("id", "1"),
        name=changes.pop("name", "Mugg"),
        sku=changes.pop("sku", "MUGG-1"),
        quantity=Decimal(quantity),
        subtotal=before_net,
        subtotal_tax=before_vat,
        total=net,
        total_tax=vat,
        taxes=(TaxShare(Decimal(percent), vat, before_vat),),
    )
    return replace(line, **changes)


def a_shipping(gross: str | Decimal = "49.00", percent: int | Decimal = 25, **changes: Any) -> ShippingLine:
    """A freight row worth a gross amount."""
    net, vat = split_gross(gross, percent)
    line = ShippingLine(
        "90", "flat_rate", "PostNord MyPack", net, vat, (TaxShare(Decimal(percent), vat, vat),), "1"
    )
    return replace(line, **changes)


def a_fee(name: str, net: str | Decimal, *shares: tuple[int, str]) -> Fee:
    """A fee of a net amount with VAT per rate: `(25, "-1.00")`."""
    taxes = tuple(TaxShare(Decimal(percent), Decimal(vat), Decimal(vat)) for percent, vat in shares)
    vat = sum((share.amount for share in taxes), Decimal(0))
    return Fee("80", name, Decimal(net), vat, taxes)


def an_order(*lines: OrderLine, **changes: Any) -> Order:
    """A paid order whose total is the sum of its rows, unless `total` says otherwise."""
    shipping: Sequence[ShippingLine] = changes.pop("shipping_lines", ())
    fees: Sequence[Fee] = changes.pop("fees", ())
    charges = [*lines, *shipping, *fees]
    vat = sum((charge.total_tax for charge in charges), Decimal(0))
    total = sum((charge.total for charge in charges), Decimal(0)) + vat
    order = Order(
        id="1042",
        number="1042",
        status="processing",
        currency="SEK",
        created_at=CREATED,
        modified_at=CREATED,
        total=total,
        total_tax=vat,
        billing=ASA,
        shipping=Address(),
        payment=Payment("swish", "Swish", "SW-1", paid_at=CREATED),
        lines=lines,
        shipping_lines=tuple(shipping),
        fees=tuple(fees),
    )
    return replace(order, **changes)
