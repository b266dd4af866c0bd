"""A customer as the fields of newCustomerSubmit: card, invoice block and delivery block.

The ERP takes an order's delivery address from the card, so the delivery block is always
written, whole, empty lines as empty: nothing of an earlier order may shine through.

What `overwrite=False` can do: on a card we know by its id, name and delivery block go out and
all else is left alone. Without an id the ERP must be able to make the card, so everything goes
out, and since the delivery block forces an update, a card it happens to match is overwritten.
"""

import re

from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.form import Form
from brygga.connectors.specter.text import keeps
from brygga.domain.errors import RecordRejected
from brygga.domain.message import message
from brygga.domain.party import Address, Buyer, Customer, Matching

_SWEDISH_NUMBER = re.compile(r"(\d{2})?(\d{6})(\d{4})")


def customer_form(customer: Customer, matching: Matching, dialect: Dialect) -> tuple[Form, str]:
    """Return the form, and the name that the call is signed with.

    Raises RecordRejected for a customer without a name, a text that can't be written at all, or
    a number that is too long.
    """
    form = Form(dialect, customer.name)
    signed = _names(form, customer, dialect)
    form.put("customerOrganizationalForm", "C" if customer.buyer is Buyer.COMPANY else "P")
    if dialect.customer.type_value:
        form.put("typeCustomer", dialect.customer.type_value)
    _matching(form, customer, matching)
    if customer.overwrite or not customer.known_id:
        _card(form, customer, dialect)
        _invoice_block(form, customer, dialect)
    _delivery_block(form, customer, dialect)
    if dialect.customer.comment and form.cut_texts:
        form.comment(dialect.customer.comment, " / ".join(form.cut_texts), dialect.lengths.comment)
    return form, signed


def swedish_number(number: str, shape: str) -> str:
    """Write a ten or twelve digit Swedish number in the dialect's shape; leave others alone."""
    digits = number.replace("-", "").replace(" ", "")
    found = _SWEDISH_NUMBER.fullmatch(digits)
    if not found:
        return number
    century, front, back = found.group(1) or "", found.group(2), found.group(3)
    return f"{century}{front}-{back}" if shape == "dashed" else digits


def _names(form: Form, customer: Customer, dialect: Dialect) -> str:
    lengths = dialect.lengths
    invoice = customer.invoice
    if customer.buyer is Buyer.COMPANY:
        signed = form.text("name", invoice.company, lengths.name, must=True)
    else:
        first, last = _both_names(invoice, dialect.customer.missing_name)
        sent = form.text("firstName", first, lengths.first_name, must=True)
        signed = f"{sent} {form.text('surName', last, lengths.first_name, must=True)}"
    if not signed.strip():
        raise RecordRejected(message("specter.no_name", record=_email(customer) or invoice.postcode or "-"))
    return signed


def _both_names(address: Address, missing: str) -> tuple[str, str]:
    # The ERP wants both names of a person; shops with one name field leave one of them empty.
    first, last = address.first_name.strip(), address.last_name.strip()
    if first and last:
        return first, last
    front, _, back = (first or last).rpartition(" ")
    if front:
        return front, back
    return (first or (missing if last else "")), (last or (missing if first else ""))


def _matching(form: Form, customer: Customer, matching: Matching) -> None:
    if customer.known_id:
        form.put("customerId", customer.known_id)
        form.put("identifyByCustomerId", "1")
    # A check on a field that is empty is switched off: the ERP might match empty against empty.
    by_email = matching in (Matching.EMAIL, Matching.EMAIL_THEN_NUMBER) and bool(_email(customer))
    by_number = matching in (Matching.NUMBER, Matching.EMAIL_THEN_NUMBER) and bool(customer.number)
    form.switch("ignoreControlEmail", not by_email)
    form.switch("ignoreControlOrgNo", not by_number)


def _card(form: Form, customer: Customer, dialect: Dialect) -> None:
    # Empty is left out here: what an order leaves blank never blanks what the card has.
    lengths = dialect.lengths
    if customer.number:
        form.number("orgNo", swedish_number(customer.number, dialect.customer.org_no_shape), lengths.org_no)
    if customer.vat_no:
        form.number("vatNo", customer.vat_no, lengths.vat_no)
    if _email(customer):
        form.key("emailAddress", _email(customer), lengths.email)
    if customer.phone or customer.invoice.phone:
        form.number("phoneNo", customer.phone or customer.invoice.phone, lengths.phone)
    if customer.mobile:
        form.number("mobileNo", customer.mobile, lengths.phone)
    contact = customer.reference or (customer.invoice.full_name if customer.buyer is Buyer.COMPANY else "")
    if contact:
        form.text("contactPerson", contact, lengths.contact)
    if not customer.known_id:
        # What belongs to a new card only; on an old one it is the merchant's own.
        if customer.group:
            form.key("customerGroupId", customer.group, 0)
        if customer.currency:
            form.key("currency", customer.currency, 3)
        if language := dialect.language(customer.language):
            form.put("language", language)


def _invoice_block(form: Form, customer: Customer, dialect: Dialect) -> None:
    invoice, lengths = customer.invoice, dialect.lengths
    form.text("invoiceCompanyName", invoice.company, lengths.name)
    attention = invoice.full_name if customer.buyer is Buyer.COMPANY else ""
    form.text("attention", attention, lengths.contact)
    form.text("address", invoice.line_1, lengths.address, must=True)
    form.text("addressRow2", invoice.line_2, lengths.address)
    form.number("zipCodeEng", invoice.postcode, lengths.postcode)
    form.text("city", invoice.city, lengths.address, must=True)
    form.text("region", invoice.region, lengths.region)
    form.key("countryCode", invoice.country.upper(), 2)


def _delivery_block(form: Form, customer: Customer, dialect: Dialect) -> None:
    delivery, lengths = customer.delivery, dialect.lengths
    if delivery.is_empty:
        delivery = customer.invoice
    company = delivery.company or delivery.full_name or customer.name
    attention = delivery.full_name if delivery.company else ""
    form.text("deliveryCompanyName", company, lengths.name, must=True)
    form.text("deliveryAttention", attention, lengths.contact)
    form.text("deliveryAddress", delivery.line_1, lengths.address, must=True)
    form.text("deliveryAddressRow2", delivery.line_2, lengths.address)
    form.number("deliveryZipCodeEng", delivery.postcode, lengths.postcode)
    form.text("deliveryCity", delivery.city, lengths.address, must=True)
    form.text("deliveryregion", delivery.region, lengths.region)
    form.key("deliveryCountryCode", _country(delivery, customer.invoice), 2)


def _country(delivery: Address, invoice: Address) -> str:
    return (delivery.country or invoice.country).upper()


def _email(customer: Customer) -> str:
    email = (customer.email or customer.invoice.email).strip()
    if keeps(email):
        return email
    # Letters can't be romanised here: it would be another's address. A domain has an exact form.
    front, _, domain = email.rpartition("@")
    try:
        return f"{front}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return email
