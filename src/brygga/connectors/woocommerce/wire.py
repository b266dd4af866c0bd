"""Orders and products in JSON as they truly are: every key may be missing, every value of another type.

A scalar is `Loose`: a text, a whole number, a `Decimal` (a JSON number with a point; never a
float), true, false or null, and now and then a list or an object from a plugin. `values.py` reads
them. Only what we use is named; msgspec skips the rest without building it.
"""

from typing import Any

import msgspec

Loose = Any


class Meta(msgspec.Struct):
    """Custom data; `display_*` only on rows of an order."""

    key: Loose = None
    value: Loose = None
    display_key: Loose = None
    display_value: Loose = None


class Address(msgspec.Struct):
    """A billing or shipping block."""

    first_name: Loose = None
    last_name: Loose = None
    company: Loose = None
    address_1: Loose = None
    address_2: Loose = None
    city: Loose = None
    state: Loose = None
    postcode: Loose = None
    country: Loose = None
    email: Loose = None
    phone: Loose = None


class Customer(msgspec.Struct):
    """A registered customer with both address blocks; a list leaves out the metas."""

    id: Loose = None
    role: Loose = None
    date_created_gmt: Loose = None
    date_modified_gmt: Loose = None
    email: Loose = None
    first_name: Loose = None
    last_name: Loose = None
    billing: Address = msgspec.field(default_factory=Address)
    shipping: Address = msgspec.field(default_factory=Address)
    meta_data: list[Meta] = msgspec.field(default_factory=list)


class RowTax(msgspec.Struct):
    """Tax of one rate on a row; `id` is a rate_id of `tax_lines`. Amounts may be ''."""

    id: Loose = None
    total: Loose = None
    subtotal: Loose = None


class TaxLine(msgspec.Struct):
    """One rate of the order."""

    rate_id: Loose = None
    rate_percent: Loose = None


class Line(msgspec.Struct):
    """Goods. `price` is left out on purpose: it is a float with noise (measured)."""

    id: Loose = None
    name: Loose = None
    parent_name: Loose = None
    sku: Loose = None
    product_id: Loose = None
    variation_id: Loose = None
    quantity: Loose = None
    subtotal: Loose = None
    subtotal_tax: Loose = None
    total: Loose = None
    total_tax: Loose = None
    taxes: list[RowTax] = []
    meta_data: list[Meta] = []
    bundled_by: Loose = None  # Product Bundles: id of the parent line
    composite_parent: Loose = None  # Composite Products: likewise


class ShippingLine(msgspec.Struct):
    """A shipping charge."""

    id: Loose = None
    method_id: Loose = None
    method_title: Loose = None
    instance_id: Loose = None
    total: Loose = None
    total_tax: Loose = None
    taxes: list[RowTax] = []
    meta_data: list[Meta] = []


class FeeLine(msgspec.Struct):
    """A fee; negative for a discount given as a fee."""

    id: Loose = None
    name: Loose = None
    total: Loose = None
    total_tax: Loose = None
    taxes: list[RowTax] = []
    meta_data: list[Meta] = []


class CouponLine(msgspec.Struct):
    """A coupon that was used."""

    code: Loose = None
    discount: Loose = None
    discount_tax: Loose = None


class RefundHead(msgspec.Struct):
    """What an order tells of a refund."""

    id: Loose = None


class Refund(msgspec.Struct):
    """A refund as an object of its own: `amount` positive, rows negative."""

    id: Loose = None
    date_created_gmt: Loose = None
    amount: Loose = None
    reason: Loose = None
    refunded_payment: Loose = None
    line_items: list[Line] = []
    shipping_lines: list[ShippingLine] = []
    fee_lines: list[FeeLine] = []
    tax_lines: list[TaxLine] = []


class OrderHead(msgspec.Struct):
    """A row of the orders list, cut down by `_fields`."""

    id: Loose = None
    number: Loose = None
    status: Loose = None
    date_created_gmt: Loose = None
    date_modified_gmt: Loose = None
    total: Loose = None
    currency: Loose = None
    transaction_id: Loose = None
    refunds: list[RefundHead] = []


class Order(OrderHead):
    """An order."""

    prices_include_tax: Loose = None
    total_tax: Loose = None
    customer_id: Loose = None
    billing: Address = msgspec.field(default_factory=Address)
    shipping: Address = msgspec.field(default_factory=Address)
    payment_method: Loose = None
    payment_method_title: Loose = None
    date_paid_gmt: Loose = None
    created_via: Loose = None
    customer_note: Loose = None
    lang: Loose = None
    meta_data: list[Meta] = []
    line_items: list[Line] = []
    tax_lines: list[TaxLine] = []
    shipping_lines: list[ShippingLine] = []
    fee_lines: list[FeeLine] = []
    coupon_lines: list[CouponLine] = []
    gift_cards: Loose = None  # WooCommerce Gift Cards
    pw_gift_card_lines: Loose = None  # PW Gift Cards


class StatusName(msgspec.Struct):
    """A status of orders, without the `wc-` prefix."""

    slug: Loose = None
    name: Loose = None


class Note(msgspec.Struct):
    """A note on an order."""

    id: Loose = None
    note: Loose = None
    customer_note: Loose = None


class Attribute(msgspec.Struct):
    """An attribute; `option` on a variation, where '' or a missing one means any."""

    id: Loose = None
    name: Loose = None
    slug: Loose = None
    option: Loose = None
    variation: Loose = None


class Category(msgspec.Struct):
    """A category of a product."""

    name: Loose = None


class ProductHead(msgspec.Struct):
    """A row of the products list, cut down by `_fields`."""

    id: Loose = None
    name: Loose = None
    sku: Loose = None
    status: Loose = None
    date_modified_gmt: Loose = None


class Product(ProductHead):
    """A product, or a variation of one. `manage_stock` of a variation may be "parent"."""

    type: Loose = None
    parent_id: Loose = None
    regular_price: Loose = None
    sale_price: Loose = None
    date_on_sale_from_gmt: Loose = None
    date_on_sale_to_gmt: Loose = None
    virtual: Loose = None
    tax_status: Loose = None
    tax_class: Loose = None
    manage_stock: Loose = None
    stock_quantity: Loose = None
    weight: Loose = None
    global_unique_id: Loose = None
    lang: Loose = None
    translation_of: Loose = None
    attributes: list[Attribute] = []
    categories: list[Category] = []
    variations: Loose = None
    meta_data: list[Meta] = []
