"""newCustomerSubmit: finds a customer, creates one, or overwrites a card."""

from brygga_simulators.specter.answers import INVALID, MISSING, UNKNOWN_CUSTOMER, Refused
from brygga_simulators.specter.books import Books, email_key, org_no_key
from brygga_simulators.specter.call import Call, Written
from brygga_simulators.specter.fields import (
    flag,
    open_currency,
    text_field,
    texts,
    two_letters,
    whole,
)
from brygga_simulators.specter.model import Customer

CARD_FIELDS = (
    text_field("name", "name", 100),
    text_field("first_name", "firstName", 50),
    text_field("sur_name", "surName", 50),
    text_field("contact_person", "contactPerson"),
    text_field("organizational_form", "customerOrganizationalForm", 1),
    text_field("type_customer", "typeCustomer", 1),
    text_field("customer_group_id", "customerGroupId"),
    text_field("org_no", "orgNo", 20),
    text_field("vat_no", "vatNo", 30),
    text_field("homepage", "homepage", 50),
    text_field("email_address", "emailAddress", 100),
    text_field("phone_no", "phoneNo", 50),
    text_field("mobile_no", "mobileNo", 50),
    text_field("fax_no", "faxNo", 50),
    text_field("currency", "currency"),
    text_field("language", "language"),
)
INVOICE_FIELDS = (
    text_field("company_name", "invoiceCompanyName"),
    text_field("attention", "attention"),
    text_field("address", "address"),
    text_field("address_row2", "addressRow2"),
    text_field("zip_code", "zipCodeEng"),
    text_field("city", "city"),
    text_field("region", "region"),
    text_field("country_code", "countryCode"),
)
DELIVERY_FIELDS = (
    text_field("company_name", "deliveryCompanyName"),
    text_field("attention", "deliveryAttention"),
    text_field("address", "deliveryAddress"),
    text_field("address_row2", "deliveryAddressRow2"),
    text_field("zip_code", "deliveryZipCodeEng"),
    text_field("city", "deliveryCity"),
    text_field("region", "deliveryregion"),
    text_field("country_code", "deliveryCountryCode"),
)


def submit_customer(call: Call) -> Written:
    """Carry out newCustomerSubmit and return the customer's number."""
    books, params = call.books, call.params
    card = texts(params, CARD_FIELDS, call.options)
    invoice = texts(params, INVOICE_FIELDS, call.options)
    delivery = texts(params, DELIVERY_FIELDS, call.options)
    if not (card.get("name") or (card.get("first_name") and card.get("sur_name"))):
        raise Refused(MISSING, "name, or firstName and surName, is missing")
    _check(card, invoice, delivery, call)

    found = _find(call, card)
    if found is not None:
        if not flag(params, "forceCustomerUpdate"):
            return Written(str(found.customer_id), "Customer found, not updated")
        _overwrite(books, found, card, invoice, delivery)
        return Written(str(found.customer_id), "Customer updated")
    customer = create_customer(books, card, invoice, delivery)
    return Written(str(customer.customer_id), "Customer created")


def create_customer(
    books: Books, card: dict[str, str], invoice: dict[str, str], delivery: dict[str, str]
) -> Customer:
    """Make a new card and keep it."""
    customer = Customer(books.next_number("customer"), created_at=books.now())
    customer.organizational_form = "C" if card.get("name") else "P"
    _fill(customer, card, invoice, delivery)
    customer.changed_at = customer.created_at
    books.save_customer(customer)
    return customer


def _check(card: dict[str, str], invoice: dict[str, str], delivery: dict[str, str], call: Call) -> None:
    form = card.get("organizational_form", "")
    if form not in ("", "C", "P"):
        raise Refused(INVALID, "customerOrganizationalForm must be C or P")
    if not form:
        card.pop("organizational_form", None)
    whole(call.params, "customerGroupId")
    if "currency" in card:
        card["currency"] = open_currency(card["currency"], call.options)
    if "language" in card:
        card["language"] = two_letters(card["language"], "language")
    for address, name in ((invoice, "countryCode"), (delivery, "deliveryCountryCode")):
        if "country_code" in address:
            address["country_code"] = two_letters(address["country_code"], name)


def _find(call: Call, card: dict[str, str]) -> Customer | None:
    """Find by number if asked to, else by e-mail, then by organisation number."""
    books, params = call.books, call.params
    if flag(params, "identifyByCustomerId"):
        number = whole(params, "customerId")
        customer = books.customers.get(int(number or 0))
        if customer is None:
            raise Refused(UNKNOWN_CUSTOMER, f"customerId {number} is unknown")
        return customer
    if not flag(params, "ignoreControlEmail"):
        hits = books.by_email.get(email_key(card.get("email_address", "")))
        if hits:
            return books.customers[hits[0]]
    if not flag(params, "ignoreControlOrgNo"):
        hits = books.by_org_no.get(org_no_key(card.get("org_no", "")))
        if hits:
            return books.customers[hits[0]]
    return None


def _overwrite(
    books: Books,
    customer: Customer,
    card: dict[str, str],
    invoice: dict[str, str],
    delivery: dict[str, str],
) -> None:
    """Write what was sent over the card; what was sent empty becomes empty, the rest stays."""
    old_email, old_org_no = customer.email_address, customer.org_no
    _fill(customer, card, invoice, delivery)
    customer.changed_at = books.now()
    books.save_customer(customer, old_email, old_org_no)


def _fill(
    customer: Customer, card: dict[str, str], invoice: dict[str, str], delivery: dict[str, str]
) -> None:
    for target, values in ((customer, card), (customer.invoice, invoice), (customer.delivery, delivery)):
        for attr, value in values.items():
            setattr(target, attr, value)
