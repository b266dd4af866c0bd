"""What staff type in by hand: customers and orders."""

from collections.abc import Mapping
from typing import Any

from brygga_simulators.specter.answers import Refused
from brygga_simulators.specter.books import Books
from brygga_simulators.specter.customers import (
    CARD_FIELDS,
    DELIVERY_FIELDS,
    INVOICE_FIELDS,
    create_customer,
)
from brygga_simulators.specter.model import Customer, Order
from brygga_simulators.specter.orders import take_order
from brygga_simulators.specter.typed_in import CannotDo, decimal


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
