"""What a user of the ERP does by hand: deliver, invoice, remove, change stock, type things in."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from brygga_simulators.specter.answers import Refused
from brygga_simulators.specter.books import Books, Event
from brygga_simulators.specter.customers import (
    CARD_FIELDS,
    DELIVERY_FIELDS,
    INVOICE_FIELDS,
    create_customer,
)
from brygga_simulators.specter.model import ZERO, Article, Customer, Delivery, Invoice, Order
from brygga_simulators.specter.orders import take_order
from brygga_simulators.specter.stock import deliver, release, touch_sets

STATUSES = ("delivered", "partly_delivered", "invoiced", "removed", "deleted")


class CannotDo(Exception):
    """Something asked for by hand that makes no sense; the text says why."""


def set_status(books: Books, order: Order, status: str, body: Mapping[str, Any]) -> None:
    """Do to an order what the status says.

    `trackingNo` (a text or a list) goes with deliveries; `rows` ({row number: quantity}) says what
    a part delivery holds, by default one of the first row. `deleted` leaves no trace in any feed.
    """
    if status not in STATUSES:
        raise CannotDo(f"status must be one of {', '.join(STATUSES)}")
    if order.status_id == 5 and status != "deleted":
        raise CannotDo(f"order {order.order_no} is removed")
    if status == "delivered":
        everything = {row.number: row.quantity - row.delivered for row in order.rows}
        _deliver(books, order, everything, body)
    elif status == "partly_delivered":
        _deliver(books, order, _part(order, body), body)
    elif status == "invoiced":
        invoice(books, order)
        books.save_order(order, feed=True)
    else:
        _remove(books, order, leave_trace=status == "removed")


def invoice(books: Books, order: Order) -> Invoice:
    """Make an invoice of an order and let the trigger know."""
    made = Invoice(books.next_number("invoice"), books.now())
    order.invoices.append(made)
    ids = (("orderId", str(order.order_no)), ("invoiceId", str(made.invoice_no)))
    books.events.append(Event("invoice", ids))
    return made


def _deliver(books: Books, order: Order, quantities: dict[int, Decimal], body: Mapping[str, Any]) -> None:
    numbers = body.get("trackingNo", body.get("trackingNos", []))
    tracking_nos = [str(n) for n in numbers] if isinstance(numbers, list) else [str(numbers)]
    deliver(books, order, quantities)
    for number in tracking_nos or [""]:
        order.deliveries.append(Delivery(number, books.now()))
    is_all = all(row.delivered >= row.quantity for row in order.rows)
    order.delivery_status, order.status_id = ("D", 4) if is_all else ("P", 3)
    if is_all and books.options.invoice_on_delivery and not order.invoices:
        invoice(books, order)
    books.save_order(order, feed=True, delivery=True)


def _part(order: Order, body: Mapping[str, Any]) -> dict[int, Decimal]:
    asked = body.get("rows")
    if asked is None:
        open_rows = [row for row in order.rows if row.delivered < row.quantity]
        return {row.number: min(Decimal(1), row.quantity - row.delivered) for row in open_rows[:1]}
    if not isinstance(asked, Mapping):
        raise CannotDo("rows must be an object of row number to quantity")
    by_number = {row.number: row for row in order.rows}
    part = {int(number): decimal(quantity, "rows") for number, quantity in asked.items()}
    for number, quantity in part.items():
        row = by_number.get(number)
        if row is None or row.delivered + quantity > row.quantity:
            raise CannotDo(f"row {number} has no {quantity} left to deliver")
    return part


def _remove(books: Books, order: Order, *, leave_trace: bool) -> None:
    if order.status_id != 5:
        release(books, order)
    books.events.append(Event("removed", (("orderNo", str(order.order_no)),)))
    if leave_trace:
        order.status_id = 5
        books.save_order(order, feed=True)
    else:
        books.delete_order(order)


def change_article(books: Books, body: Mapping[str, Any]) -> Article:
    """Create or change an article.

    Besides the article's own fields: `stock` (physical) or `available` set the number at `site`;
    `parts`, `parentNo`, `options` and `priceLists` the structure and further prices.
    """
    number = str(body.get("articleNo", "")).strip()
    if not number:
        raise CannotDo("articleNo is missing")
    article = books.articles.get(number)
    is_new = article is None
    if article is None:
        article = Article(books.next_number("article"), number, created_at=books.now())
    info = _change_info(article, body) or is_new
    stock = _change_stock(books, article, body)
    books.save_article(article, stock=stock, info=info)
    if stock and books.options.sets_in_stock_feed:
        touch_sets(books, number)
    return article


_ARTICLE_TEXTS = {
    "name": "name",
    "barCode": "bar_code",
    "articleGroup": "article_group",
    "parentNo": "parent_no",
    "manufacturingCountryCode": "manufacturing_country_code",
    "supplierNo": "supplier_no",
    "supplierName": "supplier_name",
    "supplierArticleNo": "supplier_article_no",
}
_ARTICLE_AMOUNTS = {
    "priceExclVat": "price_excl_vat",
    "buyPrice": "buy_price",
    "stockPrice": "stock_price",
    "productWeight": "product_weight",
    "productVolume": "product_volume",
}


def _change_info(article: Article, body: Mapping[str, Any]) -> bool:
    changes: dict[str, Any] = {a: str(body[k]) for k, a in _ARTICLE_TEXTS.items() if k in body}
    changes |= {a: decimal(body[k], k) for k, a in _ARTICLE_AMOUNTS.items() if k in body}
    if "vatPercent" in body:
        changes["vat_percent"] = int(body["vatPercent"])
    for key, attr in (("deleted", "deleted"), ("forWeb", "for_web")):
        if key in body:
            changes[attr] = bool(body[key])
    for key, attr in (("parts", "parts"), ("priceLists", "price_lists")):
        if key in body:
            changes[attr] = {str(name): decimal(value, key) for name, value in body[key].items()}
    if "options" in body:
        changes["options"] = {str(name): str(value) for name, value in body["options"].items()}
    for attr, value in changes.items():
        setattr(article, attr, value)
    return bool(changes)


def _change_stock(books: Books, article: Article, body: Mapping[str, Any]) -> bool:
    site = str(body.get("site", books.options.sites[0]))
    if "stock" in body:
        article.on_hand[site] = decimal(body["stock"], "stock")
    elif "available" in body:
        wanted = decimal(body["available"], "available")
        article.on_hand[site] = wanted + article.reserved.get(site, ZERO)
    else:
        return False
    article.keeps_stock = True
    return True


def type_in_customer(books: Books, body: Mapping[str, Any]) -> Customer:
    """Type in a customer, with the API's field names, and a `discount` in percent."""
    groups = [
        {f.attr: str(body[f.wire]) for f in known if f.wire in body}
        for known in (CARD_FIELDS, INVOICE_FIELDS, DELIVERY_FIELDS)
    ]
    number = body.get("customerId")
    if number is None:
        customer = create_customer(books, *groups)
    else:
        existing = books.customers.get(int(number))
        if existing is None:
            raise CannotDo(f"customer {number} is unknown")
        customer = existing
    old_email, old_org_no = customer.email_address, customer.org_no
    for target, values in zip((customer, customer.invoice, customer.delivery), groups, strict=True):
        for attr, value in values.items():
            setattr(target, attr, value)
    if "discount" in body:
        customer.discount = decimal(body["discount"], "discount")
    books.save_customer(customer, old_email, old_org_no)
    return customer


def type_in_order(books: Books, body: Mapping[str, Any]) -> Order:
    """Type in an order with the API's field names, rows as a list of objects without numbers."""
    params = {name.lower(): str(value) for name, value in body.items() if name != "rows"}
    rows = body.get("rows", [])
    for number, row in enumerate(rows, start=1):
        for name, value in row.items():
            params[f"{name.lower()}_{number}"] = str(value)
    try:
        return take_order(books, params, source="by hand")
    except Refused as reason:
        raise CannotDo(reason.message) from reason


def decimal(value: object, name: str) -> Decimal:
    """Return a number typed by a person, with point or comma."""
    try:
        number = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        raise CannotDo(f"{name} is no number: {value}") from None
    if not number.is_finite():
        raise CannotDo(f"{name} is no number: {value}")
    return number
