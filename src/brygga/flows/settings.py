"""Every setting of a flow with its type and default; the merchant's words are in `settings.toml`.

A flow stores only what the merchant changed; `read` lays that over the defaults and checks it.
Defaults are those of the trade (each is argued in docs/reference/settings.md).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from brygga.domain.document import DocumentKind
from brygga.domain.errors import SetupWrong
from brygga.domain.message import Message, message
from brygga.domain.party import Matching
from brygga.flows.goods.settings import GoodsSettings
from brygga.flows.shelf.settings import ShelfSettings
from brygga.flows.statuses.settings import StatusSettings


class Trigger(StrEnum):
    """What a status of the shop does to an order that is not yet sent."""

    NOTHING = "nothing"
    SEND = "send"
    INVOICE = "invoice"


class DiscountMode(StrEnum):
    """Whether rows carry what was paid, or list prices with discount rows of their own."""

    NET = "net"
    ROWS = "rows"


class UnknownArticle(StrEnum):
    """What happens to an order with an article the ERP does not know."""

    CREATE = "create"
    HOLD = "hold"
    COLLECT = "collect"


class OddPercent(StrEnum):
    """What happens to a VAT percent that the ERP's row can't hold."""

    HOLD = "hold"
    VAT_ROW = "vat_row"


class BundleMode(StrEnum):
    """Which rows of a bundle plugin's parent and children are sent."""

    PARENT_PRICED = "parent_priced"
    PARENT_ONLY = "parent_only"
    CHILDREN_ONLY = "children_only"


class CompanyWhen(StrEnum):
    """What makes a buyer a company."""

    EITHER = "either"
    COMPANY_FIELD = "company_field"
    ORGANISATION_NO = "organisation_no"


class BadNumber(StrEnum):
    """What happens when an organisation number fails its check digit."""

    LEAVE_OUT = "leave_out"
    HOLD = "hold"


class UnknownPayment(StrEnum):
    """What happens to a payment method without a code."""

    WARN = "warn"
    HOLD = "hold"


class DateSource(StrEnum):
    """Which day becomes the order date."""

    CREATED = "created"
    PAID = "paid"


class Confirmation(StrEnum):
    """Who mails the order confirmation. Never both."""

    SHOP = "shop"
    ERP = "erp"


class OssRates(StrEnum):
    """Which VAT consumers in other EU countries are charged."""

    DESTINATION = "destination"
    SWEDISH = "swedish"


class ProductMode(StrEnum):
    """Whether articles are made, updated, or both."""

    CREATE = "create"
    UPDATE = "update"
    BOTH = "both"
    OFF = "off"


class ArticlePrice(StrEnum):
    """Which of the shop's prices becomes the article's."""

    REGULAR = "regular"
    CURRENT = "current"


class RefundBefore(StrEnum):
    """What is sent of an order that was partly refunded before its transfer."""

    NET = "net"
    HOLD = "hold"


@dataclass(frozen=True)
class ToErpSettings:
    """What goes to the ERP and how, and what is told back when it has arrived."""

    # which orders
    statuses: Mapping[str, Trigger] = field(
        default_factory=lambda: {"processing": Trigger.SEND, "completed": Trigger.SEND}
    )
    on_hold_methods: tuple[str, ...] = ()
    excluded_methods: tuple[str, ...] = ()
    start_date: date | None = None
    minimum_age_minutes: int = 0
    skip_zero_orders: bool = False
    test_emails: tuple[str, ...] = ()
    test_coupons: tuple[str, ...] = ()
    reference_required: tuple[str, ...] = ("klarna_payments", "kco")
    twin_minutes: int = 10
    refund_before: RefundBefore = RefundBefore.NET
    cancel_statuses: tuple[str, ...] = ("cancelled", "failed", "trash")

    # what is sent
    document: DocumentKind = DocumentKind.ORDER
    document_by_method: Mapping[str, DocumentKind] = field(default_factory=dict)
    prefix: str = ""
    order_date: DateSource = DateSource.CREATED
    delivery_days: int = 0
    discounts: DiscountMode = DiscountMode.NET
    bundles: BundleMode = BundleMode.PARENT_PRICED
    zero_shipping_rows: bool = False
    odd_percent: OddPercent = OddPercent.HOLD
    rounding_limit: Decimal = Decimal("1.00")
    article_shipping: str = ""
    article_shipping_by_method: Mapping[str, str] = field(default_factory=dict)
    article_fee: str = ""
    article_fee_by_name: Mapping[str, str] = field(default_factory=dict)
    article_discount: str = ""
    article_discount_by_coupon: Mapping[str, str] = field(default_factory=dict)
    article_gift_card: str = ""
    article_rounding: str = ""
    article_vat: str = ""
    article_collect: str = ""
    unknown_article: UnknownArticle = UnknownArticle.CREATE
    gift_card_names: tuple[str, ...] = (
        "presentkort",
        "gift card",
        "giftcard",
        "tillgodohavande",
        "store credit",
    )
    rounding_names: tuple[str, ...] = ("avrundning", "öresavrundning", "rounding", "pyöristys", "avrunding")
    row_comment_keys: tuple[str, ...] = ()
    internal_comment: str = "{shop} {number}, {payment_title} {discount_codes} {pickup_point}"
    your_reference_keys: tuple[str, ...] = (
        "_billing_reference", "billing_reference", "_collector_invoice_reference", "_svea_co_customer_reference",
        "your_reference", "er_referens",
    )  # fmt: skip
    customer_order_no_keys: tuple[str, ...] = (
        "_customer_order_number", "customer_order_number", "purchase_order_number", "_purchase_order_number",
        "_po_number", "markning",
    )  # fmt: skip
    pickup_point_keys: tuple[str, ...] = (
        "_pickup_point",
        "pickup_point",
        "Utlämningsställe",
        "_service_point_name",
    )
    prepared_shipment_keys: tuple[str, ...] = (
        "_prepared_shipment_id",
        "_nshift_prepared_id",
        "_unifaun_prepared_id",
    )
    delivery_date_keys: tuple[str, ...] = ("_delivery_date", "delivery_date", "leveransdatum")
    delivery_method_codes: Mapping[str, str] = field(default_factory=dict)
    notify_by_phone: bool = False
    language: str = ""
    stock_site: str = ""
    web_shop: str = ""
    confirmation: Confirmation = Confirmation.SHOP
    confirmation_copy: bool = False
    payment_codes: Mapping[str, str] = field(default_factory=dict)
    unknown_payment: UnknownPayment = UnknownPayment.WARN

    # customers
    matching_private: Matching = Matching.EMAIL_THEN_NUMBER
    matching_company: Matching = Matching.NUMBER
    company_when: CompanyWhen = CompanyWhen.EITHER
    company_needs_number: bool = False
    bad_number: BadNumber = BadNumber.LEAVE_OUT
    personal_numbers: bool = False
    overwrite_card: bool = True
    group_private: str = ""
    group_company: str = ""
    group_by_country: Mapping[str, str] = field(default_factory=dict)
    customers_alone: bool = False

    # VAT
    oss_rates: OssRates = OssRates.DESTINATION
    hold_home_without_vat: bool = True

    # back to the shop
    feedback_note: bool = True
    feedback_meta: str = "_erp_order_number"
    feedback_status: str = ""

    # products
    products: ProductMode = ProductMode.BOTH
    product_statuses: tuple[str, ...] = ("publish",)
    product_categories: tuple[str, ...] = ()
    opening_stock: bool = False
    article_price: ArticlePrice = ArticlePrice.REGULAR
    article_name: str = "{name}{options}"
    parent_articles: bool = False
    buy_price_keys: tuple[str, ...] = ("_wc_cog_cost", "_purchase_price", "_inkopspris")
    supplier_keys: tuple[str, ...] = ("_supplier", "_leverantor")
    supplier_article_keys: tuple[str, ...] = ("_supplier_sku", "_leverantor_artikelnummer")
    origin_keys: tuple[str, ...] = ("_country_of_origin", "_ursprungsland")

    # how it goes
    retry_minutes: tuple[Decimal, ...] = (
        Decimal("0.5"), Decimal(2), Decimal(10), Decimal(60), Decimal(360),
    )  # fmt: skip
    keep_messages_days: int = 90
    reconcile_hour: int = 3
    reconcile_days: int = 30


@dataclass(frozen=True)
class FlowSettings(StatusSettings, ShelfSettings, GoodsSettings, ToErpSettings):
    """A flow's settings, checked. One object goes with a record through its whole run.

    `masters` are single cells of `ownership.TABLE` that the merchant has changed.
    """

    masters: Mapping[str, str] = field(default_factory=dict)


_TYPES: dict[str, Any] = get_type_hints(FlowSettings)
KEYS = tuple(f.name for f in fields(FlowSettings))


def read(given: Mapping[str, Any]) -> FlowSettings:
    """Lay what the merchant set over the defaults.

    Values are plain data as JSON has them. Raises SetupWrong naming the setting and the value.
    """
    return FlowSettings(**{key: check(key, value) for key, value in given.items()})


def check(key: str, value: Any) -> Any:
    """Return a setting's value in its type. Raises SetupWrong naming the setting."""
    kind = kind_of(key)
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SetupWrong(_wanted(key, str(value)), str(error), setting=key) from error


def _wanted(key: str, value: str) -> Message:
    """Say what a setting takes, where `value` is not it."""
    kinds = list(leaves(_TYPES[key]))
    facts = {"setting": key, "value": value}
    choices = [choice for kind in kinds if issubclass(kind, Enum) for choice in kind]
    if choices:
        return message("flow.wants_choice", **facts, choices=", ".join(str(one.value) for one in choices))
    for kind, code in ((bool, "yes_or_no"), (int, "whole_number"), (Decimal, "number"), (date, "date")):
        if kind in kinds:
            return message(f"flow.wants_{code}", **facts)
    return message("flow.bad_setting", **facts)


def leaves(kind: Any) -> Iterator[type]:
    """Yield the plain types that a setting of a kind is made of; of a table those of its values."""
    parts = get_args(kind)
    if isinstance(kind, type) and not parts:
        if kind is not NoneType:
            yield kind
        return
    for part in parts[1:] if get_origin(kind) is Mapping else parts:
        if part is not Ellipsis:
            yield from leaves(part)


def kind_of(key: str) -> Any:
    """Return the type of a setting. Raises SetupWrong when there is no such setting."""
    if key not in _TYPES:
        raise SetupWrong(message("flow.unknown_setting", setting=key), setting=key)
    return _TYPES[key]


def plain(key: str, value: Any) -> Any:
    """Return a checked value as plain data for storage."""
    return msgspec.to_builtins(check(key, value))


def changed(settings: FlowSettings) -> dict[str, Any]:
    """Return what differs from the defaults, as plain data."""
    default = FlowSettings()
    return {
        key: msgspec.to_builtins(getattr(settings, key))
        for key in KEYS
        if getattr(settings, key) != getattr(default, key)
    }
