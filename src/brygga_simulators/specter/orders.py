"""newOrderSubmit: makes an order of a header and numbered rows, once per external number."""

from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from brygga_simulators.specter.answers import (
    DUPLICATE_ORDER,
    INVALID,
    MISSING,
    UNKNOWN_ARTICLE,
    UNKNOWN_CUSTOMER,
    Refused,
)
from brygga_simulators.specter.books import Books
from brygga_simulators.specter.call import Call, Written
from brygga_simulators.specter.fields import (
    amount,
    day,
    flag,
    needed,
    open_currency,
    text_field,
    texts,
    two_letters,
    vat_percent,
    whole,
)
from brygga_simulators.specter.model import ZERO, Customer, Order, OrderRow
from brygga_simulators.specter.money import at_most, sum_up
from brygga_simulators.specter.stock import moves_of, reserve

_SWEDEN = ZoneInfo("Europe/Stockholm")

HEADER_FIELDS = (
    text_field("external_order_no", "externalOrderNo"),
    text_field("language", "language"),
    text_field("pay_type_identifier", "payTypeIdentifier"),
    text_field("pay_type_reference", "payTypeReference"),
    text_field("pay_type_identifier_pay_system_user", "payTypeIdentifierPaySystemUser"),
    text_field("customer_order_reference", "customerOrderReference", 50),
    text_field("customer_reference", "customerReference", 70),
    text_field("our_reference", "ourReferenceUser"),
    text_field("internal_comment", "internalComment"),
    text_field("published_comment", "publishedComment"),
    text_field("requirements", "requirements"),
    text_field("external_delivery_method", "externalDeliveryMethod", 100),
    text_field("notify_delivery_mobile_no", "notifyDeliveryMobileNo", 50),
    text_field("prepared_shipment_id", "preparedShipmentId"),
    text_field("user_source", "userSource"),
)
_FLAGS = (
    ("is_prepayment", "isPrepayment"),
    ("notify_delivery_by_mobile", "notifyDeliveryByMobile"),
    ("send_order_mail", "sendOrderMail"),
    ("send_order_mail_to_user", "sendOrderMailToUser"),
)
_OTHER_KNOWN = {
    "action", "sbmid", "key", "apiuserid", "usexml", "customerid", "ignoreexternalordernocontrol", "orderdate",
    "deliverydate", "currency", "stocksiteid", "webshopid", "externalwebshopno",
}  # fmt: skip
_KNOWN = _OTHER_KNOWN | {f.key for f in HEADER_FIELDS} | {wire.lower() for _, wire in _FLAGS}
_ROW_PREFIXES = (
    "articleno_", "articlename_", "articlecomment_", "priceexclvat_", "noofitems_", "vatpercent_", "discount_",
)  # fmt: skip


def submit_order(call: Call) -> Written:
    """Carry out newOrderSubmit and return the order's number."""
    order = take_order(call.books, call.params)
    return Written(str(order.order_no), "Order created")


def take_order(books: Books, params: Mapping[str, str], source: str = "api") -> Order:
    """Check a submitted order, keep it, and reserve its stock."""
    options = books.options
    customer = _customer(books, params)
    header = texts(params, HEADER_FIELDS, options)
    _refuse_duplicate(books, params, header.get("external_order_no", ""))
    rows = _rows(books, params, customer)
    now = books.now()
    order = Order(
        order_no=0,
        customer_id=customer.customer_id,
        created_at=now,
        order_date=day(params, "orderDate") or now.astimezone(_SWEDEN).date().isoformat(),
        source=source,
        customer_name=customer.shown_name(),
        delivery_date=day(params, "deliveryDate"),
        currency=open_currency(params.get("currency", ""), options) or customer.currency or "SEK",
        stock_site_id=_site(books, params),
        webshop_id=whole(params, "webshopId") or whole(params, "externalWebshopNo"),
        other=_unknown(params),
        invoice=customer.invoice.copy(),
        delivery=(customer.invoice if customer.delivery.is_empty() else customer.delivery).copy(),
        rows=rows,
    )
    for attr, value in header.items():
        setattr(order, attr, value)
    order.language = two_letters(order.language, "language") or customer.language or "SE"
    for attr, wire in _FLAGS:
        setattr(order, attr, flag(params, wire))
    sum_up(order, options.rounding)
    # Nothing can fail from here on, so no number is lost and no stock moves for a refused order.
    order.order_no = books.next_number("order")
    reserve(books, order)
    books.save_order(order, feed=False)
    return order


def _customer(books: Books, params: Mapping[str, str]) -> Customer:
    number = needed(params, "customerId")
    customer = books.customers.get(int(number)) if number.isascii() and number.isdigit() else None
    if customer is None:
        raise Refused(UNKNOWN_CUSTOMER, f"customerId {number} is unknown")
    return customer


def _refuse_duplicate(books: Books, params: Mapping[str, str], external: str) -> None:
    existing = books.by_external.get(external) if external else None
    if existing is None or flag(params, "ignoreExternalOrderNoControl"):
        return
    told = f" as order {existing}" if books.options.duplicate_number else ""
    raise Refused(DUPLICATE_ORDER, f"An order with external order number {external} already exists{told}")


def _site(books: Books, params: Mapping[str, str]) -> str:
    site = whole(params, "stocksiteid")
    if site and site not in books.options.sites:
        raise Refused(INVALID, f"stocksiteid {site} is unknown")
    return site


def _rows(books: Books, params: Mapping[str, str], customer: Customer) -> list[OrderRow]:
    """Read rows 1, 2, 3... until the first number without an article; a gap ends the list."""
    rows: list[OrderRow] = []
    number = 1
    while params.get(f"articleno_{number}", "").strip():
        rows.append(_row(books, params, number, customer))
        number += 1
    if not rows:
        raise Refused(MISSING, "articleNo_1 is missing")
    return rows


def _row(books: Books, params: Mapping[str, str], number: int, customer: Customer) -> OrderRow:
    article_no = params[f"articleno_{number}"].strip()
    article = books.articles.get(article_no)
    if article is None and books.options.strict_articles:
        raise Refused(UNKNOWN_ARTICLE, f"articleNo {article_no} is unknown (row {number})")
    price = amount(params, f"priceExclVAT_{number}")
    quantity = amount(params, f"noOfItems_{number}")
    percent = vat_percent(params, f"vatPercent_{number}")
    discount = amount(params, f"discount_{number}")
    if price is None and article is not None:
        price = article.price_excl_vat
    if percent is None and article is not None:
        percent = article.vat_percent
    if price is None or quantity is None or percent is None:
        raise Refused(MISSING, f"priceExclVAT_{number}, noOfItems_{number} or vatPercent_{number} is missing")
    name = params.get(f"articlename_{number}", "")
    return OrderRow(
        number,
        article_no,
        name or (article.name if article is not None else ""),
        params.get(f"articlecomment_{number}", ""),
        at_most(price, books.options.price_decimals),
        quantity,
        percent,
        _discount(books, discount, customer, number),
        discount_sent=discount is not None,
        known_article=article is not None,
        moves=moves_of(books, article),
    )


def _discount(books: Books, sent: Decimal | None, customer: Customer, number: int) -> Decimal:
    if sent is None:
        return customer.discount if books.options.customer_discounts else ZERO
    if not 0 <= sent <= 100:
        raise Refused(INVALID, f"discount_{number} must be a percent")
    return sent


def _unknown(params: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in params.items() if k not in _KNOWN and not k.startswith(_ROW_PREFIXES)}
