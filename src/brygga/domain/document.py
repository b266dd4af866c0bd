"""The order or invoice the ERP is asked to make: rows whose sums the ERP works out itself."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from brygga.domain.money import ZERO
from brygga.domain.vat import VatType


class DocumentKind(StrEnum):
    """What the transfer makes in the ERP."""

    ORDER = "order"
    INVOICE = "invoice"


class RowKind(StrEnum):
    """What a row stands for. Each kind but PRODUCT and TEXT takes its article from the settings."""

    PRODUCT = "product"
    SHIPPING = "shipping"
    FEE = "fee"
    DISCOUNT = "discount"
    GIFT_CARD = "gift_card"
    ROUNDING = "rounding"
    VAT = "vat"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One row: unit price excluding VAT, a whole percent, and what the shop took for it."""

    kind: RowKind
    article_no: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    vat_percent: int
    shop_gross: Decimal  # what the row is worth in the shop, VAT included: the control sum
    shop_vat: Decimal = ZERO  # how much of it is VAT, by the shop's own figures
    comment: str = ""
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class RateSum:
    """What one VAT percent adds up to: the shop's VAT and the ERP's, and their difference."""

    percent: int
    shop_vat: Decimal
    erp_vat: Decimal
    rows: int


@dataclass(frozen=True, slots=True)
class Calculation:
    """The control of a document: both totals, VAT per rate, and the rounding that ties them."""

    shop_total: Decimal
    erp_total: Decimal
    rounding: Decimal = ZERO
    allowed: Decimal = ZERO
    rates: tuple[RateSum, ...] = ()


@dataclass(frozen=True, slots=True)
class SalesDocument:
    """An order or invoice on its way to the ERP, complete but for the customer's id there."""

    kind: DocumentKind
    number: str  # the shop's number with the merchant's prefix
    currency: str
    order_date: date
    rows: tuple[DocumentRow, ...]
    calculation: Calculation
    vat_type: VatType
    payment_code: str = ""
    payment_reference: str = ""
    payment_account: str = ""
    prepayment: bool = False
    delivery_method: str = ""
    delivery_date: date | None = None
    prepared_shipment: str = ""
    notify_mobile: str = ""
    language: str = ""
    stock_site: str = ""
    web_shop: str = ""
    customer_reference: str = ""
    customer_order_no: str = ""
    published_comment: str = ""
    internal_comment: str = ""
    send_confirmation: bool = False
    confirmation_copy: bool = False
