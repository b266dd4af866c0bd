"""The records of a simulated account: customers, articles and their prices, orders, deliveries and invoices."""

from datetime import datetime
from decimal import Decimal

import msgspec

ZERO = Decimal(0)


class Record(msgspec.Struct, rename="camel"):
    """Base of everything kept; in JSON the names are camelCase and amounts are strings."""


class Address(Record):
    """An address as it stands on a card or an order."""

    company_name: str = ""
    attention: str = ""
    address: str = ""
    address_row2: str = ""
    zip_code: str = ""
    city: str = ""
    region: str = ""
    country_code: str = ""

    def is_empty(self) -> bool:
        """Whether nothing at all is filled in."""
        return self == Address()

    def copy(self) -> "Address":
        """Return the same address, independent of this one."""
        return msgspec.structs.replace(self)


class Customer(Record):
    """A customer card."""

    customer_id: int
    name: str = ""
    first_name: str = ""
    sur_name: str = ""
    contact_person: str = ""
    organizational_form: str = ""
    type_customer: str = ""
    customer_group_id: str = ""
    org_no: str = ""
    vat_no: str = ""
    homepage: str = ""
    email_address: str = ""
    phone_no: str = ""
    mobile_no: str = ""
    fax_no: str = ""
    currency: str = ""
    language: str = ""
    invoice: Address = msgspec.field(default_factory=Address)
    delivery: Address = msgspec.field(default_factory=Address)
    discount: Decimal = ZERO
    """Percent off, agreed with the customer; works on rows that send no discount of their own."""
    created_at: datetime | None = None
    changed_at: datetime | None = None

    def shown_name(self) -> str:
        """The name a person would look for."""
        return self.name or f"{self.first_name} {self.sur_name}".strip()


class PriceList(Record):
    """A named list of prices; articles say what they cost in it."""

    name: str
    currency: str = "SEK"
    customer_group: str = ""
    """The customer group that buys by it; empty for none in particular."""


class ListPrice(Record):
    """What an article costs in a price list, without VAT, from a quantity on and between two days."""

    price_excl_vat: Decimal
    from_quantity: Decimal = Decimal(1)
    first_day: str = msgspec.field(default="", name="from")
    last_day: str = msgspec.field(default="", name="to")
    """The last day the price is in force; empty days set no limit."""


class Tombstone(Record):
    """A number that an article had before it was renamed."""

    article_no: str
    article_id: int
    name: str
    info_change: int


class Article(Record):
    """An article with its stock: physical, reserved and parked, per stock site."""

    article_id: int
    article_no: str
    name: str = ""
    price_excl_vat: Decimal = ZERO
    vat_percent: int = 25
    buy_price: Decimal = ZERO
    stock_price: Decimal = ZERO
    bar_code: str = ""
    product_weight: Decimal = ZERO
    product_volume: Decimal = ZERO
    supplier_no: str = ""
    supplier_name: str = ""
    supplier_buy_price: Decimal = ZERO
    supplier_article_no: str = ""
    manufacturing_country_code: str = ""
    article_group: str = ""
    parent_no: str = ""
    """Article number, or any name, of the parent in the variant structure."""
    options: dict[str, str] = msgspec.field(default_factory=dict)
    """What makes this variant: {"Storlek": "L"}."""
    parts: dict[str, Decimal] = msgspec.field(default_factory=dict)
    """A SET article's parts: number to quantity."""
    price_lists: dict[str, list[ListPrice]] = msgspec.field(default_factory=dict)
    """Further prices, by name of the list."""
    keeps_stock: bool = False
    on_hand: dict[str, Decimal] = msgspec.field(default_factory=dict)
    reserved: dict[str, Decimal] = msgspec.field(default_factory=dict)
    parked: dict[str, Decimal] = msgspec.field(default_factory=dict)
    deleted: bool = False
    ended: bool = False
    """No longer bought in; what is left is sold out."""
    for_web: bool = True
    web_description: str = ""
    web_short_description: str = ""
    created_at: datetime | None = None
    stock_change: int = 0
    info_change: int = 0

    def available(self, site: str) -> Decimal:
        """Physical stock less what orders have reserved and the till has parked."""
        return self.on_hand.get(site, ZERO) - self.reserved.get(site, ZERO) - self.parked.get(site, ZERO)

    def sites(self) -> list[str]:
        """The sites where the article has, or had, stock."""
        return sorted({*self.on_hand, *self.reserved, *self.parked})


class OrderRow(Record):
    """One row of an order, with the sums Specter made of it."""

    number: int
    article_no: str
    name: str
    comment: str
    price_excl_vat: Decimal
    quantity: Decimal
    vat_percent: int
    discount: Decimal = ZERO
    discount_sent: bool = False
    known_article: bool = True
    net: Decimal = ZERO
    vat: Decimal = ZERO
    gross: Decimal = ZERO
    delivered: Decimal = ZERO
    moves: dict[str, Decimal] = msgspec.field(default_factory=dict)
    """Stock that one of this row moves: article number to quantity."""


class VatSum(Record):
    """What an order holds at one VAT rate."""

    percent: int
    net: Decimal
    vat: Decimal
    gross: Decimal


class Delivery(Record):
    """One parcel, or one delivery without a number."""

    tracking_no: str
    at: datetime
    delivery_no: int = 1
    """Parcels that left together have the same number."""
    quantities: dict[str, Decimal] = msgspec.field(default_factory=dict)
    """What left, by row number; it stands on the first parcel of a delivery."""


class Invoice(Record):
    """An invoice made of an order."""

    invoice_no: int
    at: datetime


class Order(Record):
    """An order, or an invoice made without one."""

    order_no: int
    customer_id: int
    created_at: datetime
    order_date: str
    document_type: str = "order"
    source: str = "api"
    customer_name: str = ""
    external_order_no: str = ""
    delivery_date: str = ""
    currency: str = ""
    language: str = ""
    stock_site_id: str = ""
    pay_type_identifier: str = ""
    pay_type_reference: str = ""
    pay_type_identifier_pay_system_user: str = ""
    is_prepayment: bool = False
    customer_order_reference: str = ""
    customer_reference: str = ""
    our_reference: str = ""
    internal_comment: str = ""
    published_comment: str = ""
    requirements: str = ""
    external_delivery_method: str = ""
    notify_delivery_by_mobile: bool = False
    notify_delivery_mobile_no: str = ""
    prepared_shipment_id: str = ""
    send_order_mail: bool = False
    send_order_mail_to_user: bool = False
    user_source: str = ""
    webshop_id: str = ""
    other: dict[str, str] = msgspec.field(default_factory=dict)
    """Parameters this simulator does not know, as they came."""
    invoice: Address = msgspec.field(default_factory=Address)
    delivery: Address = msgspec.field(default_factory=Address)
    """Copied from the customer's card when the order came; later changes of the card don't reach it."""
    rows: list[OrderRow] = msgspec.field(default_factory=list)
    vat_sums: list[VatSum] = msgspec.field(default_factory=list)
    total_net: Decimal = ZERO
    total_vat: Decimal = ZERO
    total: Decimal = ZERO
    rounding: Decimal = ZERO
    """Difference to whole krona, where the account rounds so."""
    status_id: int = 1
    delivery_status: str = "N"
    deliveries: list[Delivery] = msgspec.field(default_factory=list)
    invoices: list[Invoice] = msgspec.field(default_factory=list)
    paid_at: datetime | None = None
    removed: bool = False
    """Taken away, and only kept because the feed still tells of it."""
    change: int = 0
    delivery_change: int = 0
