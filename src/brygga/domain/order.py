"""Order and its rows as the shop sold them: the source of truth for money.

Amounts are the shop's own rounded ones, in the order's currency; `total` of a row excludes VAT
and `total_tax` stands beside it, whatever the shop shows its visitors. Records come from a
connector's mapping and go to `flows/`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from brygga.domain.money import ZERO, plain
from brygga.domain.party import Address
from brygga.domain.refs import Version


@dataclass(frozen=True, slots=True)
class Meta:
    """Custom data of an order or a row: the key, and the value as text."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class TaxShare:
    """The VAT of one rate on a row: percent as the order lists it, amount, amount before discount."""

    percent: Decimal
    amount: Decimal
    before_discount: Decimal


@dataclass(frozen=True, slots=True)
class OptionValue:
    """One choice of a variant: "Storlek", "XL"."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Goods. `subtotal` is before and `total` after discounts, both excluding VAT."""

    id: str
    name: str
    sku: str
    quantity: Decimal
    subtotal: Decimal
    subtotal_tax: Decimal
    total: Decimal
    total_tax: Decimal
    taxes: tuple[TaxShare, ...] = ()
    product_id: str = ""
    variant_id: str = ""
    options: tuple[OptionValue, ...] = ()
    metas: tuple[Meta, ...] = ()
    bundle_parent: str = ""  # id of the line this one is a part of, by a bundle plugin
    put_back: Decimal = ZERO  # how many of it refunds have put back in the shop's stock


@dataclass(frozen=True, slots=True)
class ShippingLine:
    """One shipping charge, excluding VAT, and the method the buyer chose."""

    id: str
    method: str
    title: str
    total: Decimal
    total_tax: Decimal
    taxes: tuple[TaxShare, ...] = ()
    instance: str = ""
    metas: tuple[Meta, ...] = ()


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge, or when negative a discount or a gift card, excluding VAT."""

    id: str
    name: str
    total: Decimal
    total_tax: Decimal
    taxes: tuple[TaxShare, ...] = ()
    metas: tuple[Meta, ...] = ()


@dataclass(frozen=True, slots=True)
class Discount:
    """A coupon that was used; its money is already inside the lines' totals."""

    code: str
    amount: Decimal
    amount_tax: Decimal


@dataclass(frozen=True, slots=True)
class GiftCard:
    """A voucher used as payment outside the rows: lowers what is paid, not the VAT."""

    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """How the order is paid. `reference` is what the provider knows the payment by."""

    method: str
    title: str = ""
    reference: str = ""
    merchant_account: str = ""
    paid_at: datetime | None = None
    transaction_id: str = ""  # the field of that name, which need not be the reference


@dataclass(frozen=True, slots=True)
class RefundLine:
    """What was taken back of one row; quantity and amounts are positive, excluding VAT."""

    line_id: str
    quantity: Decimal
    total: Decimal
    total_tax: Decimal
    taxes: tuple[TaxShare, ...] = ()


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund. `amount` includes VAT and is positive; without lines it has no VAT split."""

    id: str
    amount: Decimal
    reason: str = ""
    created_at: datetime | None = None
    lines: tuple[RefundLine, ...] = ()
    paid_back: bool = False


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel that left: number, carrier and link as far as they are known."""

    tracking_no: str
    carrier: str = ""
    link: str = ""
    shipped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderHead:
    """What a list tells of an order: enough to know that it is there and when it changed."""

    id: str
    number: str
    status: str
    created_at: datetime
    modified_at: datetime
    total: str = ""
    refunds: tuple[str, ...] = ()
    reference: str = ""
    currency: str = ""

    @property
    def version(self) -> Version:
        """When it changed, and what tells it from another change of the same second."""
        parts = (self.status, self.total, ",".join(self.refunds), self.reference)
        return Version(self.modified_at, hashlib.sha256("|".join(parts).encode()).hexdigest()[:16])


@dataclass(frozen=True, slots=True)
class Order:
    """One order with everything the shop says of it. Times are aware UTC."""

    id: str
    number: str
    status: str
    currency: str
    created_at: datetime
    modified_at: datetime
    total: Decimal
    total_tax: Decimal
    billing: Address
    shipping: Address
    payment: Payment
    lines: tuple[OrderLine, ...] = ()
    shipping_lines: tuple[ShippingLine, ...] = ()
    fees: tuple[Fee, ...] = ()
    discounts: tuple[Discount, ...] = ()
    gift_cards: tuple[GiftCard, ...] = ()
    refunds: tuple[Refund, ...] = ()
    prices_include_tax: bool = True
    customer_id: str = ""  # the shop's own id of a registered customer; empty for guests
    organisation_no: str = ""  # as found in the order, not yet checked
    vat_no: str = ""
    note: str = ""
    created_via: str = ""
    language: str = ""
    erased: bool = False  # the shop has erased the buyer's personal data
    metas: tuple[Meta, ...] = ()

    @property
    def head(self) -> OrderHead:
        """What a list would tell of it."""
        return OrderHead(
            self.id,
            self.number,
            self.status,
            self.created_at,
            self.modified_at,
            plain(self.total),
            tuple(sorted(refund.id for refund in self.refunds)),
            self.payment.transaction_id,
            self.currency,
        )

    @property
    def version(self) -> Version:
        """The version a list would tell of."""
        return self.head.version

    @property
    def delivery(self) -> Address:
        """Where it is sent: the shipping block, else the billing block."""
        return self.billing if self.shipping.is_empty else self.shipping

    @property
    def refunded(self) -> Decimal:
        """All that has been paid back, including VAT."""
        return sum((refund.amount for refund in self.refunds), ZERO)

    def charges(self) -> Iterator[OrderLine | ShippingLine | Fee]:
        """Every row that carries money, in the shop's order."""
        yield from self.lines
        yield from self.shipping_lines
        yield from self.fees

    def meta(self, key: str) -> str:
        """Return the first meta's value under a key, or an empty text."""
        return next((meta.value for meta in self.metas if meta.key == key), "")
