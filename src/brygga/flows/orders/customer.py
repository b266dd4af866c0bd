"""Who a buyer is for the ERP: company or person, numbers, addresses, group, matching.

The buyer of an order, or a customer of the shop alone; sentences differ by which of them it is.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from brygga.domain.errors import RecordRejected
from brygga.domain.message import Message, message
from brygga.domain.party import Address, Buyer, Customer, Matching
from brygga.flows.orders.numbers import NumberKind, read_swedish_number, read_vat_number, shown
from brygga.flows.orders.vat_type import country_of
from brygga.flows.settings import BadNumber, CompanyWhen, FlowSettings


@dataclass(frozen=True, slots=True)
class Buying:
    """The customer to look for or make, how to look, and what had to be left out."""

    customer: Customer
    matching: Matching
    warnings: tuple[Message, ...]


class Buys(Protocol):
    """Whatever tells of a buyer: an order, or a customer of the shop."""

    @property
    def number(self) -> str:
        """What people know the order or customer by."""

    @property
    def billing(self) -> Address:
        """The billing block."""

    @property
    def shipping(self) -> Address:
        """The shipping block, perhaps empty."""

    @property
    def delivery(self) -> Address:
        """Where it is sent."""

    @property
    def organisation_no(self) -> str:
        """As found, not yet checked."""

    @property
    def vat_no(self) -> str:
        """As found, not yet checked."""

    @property
    def currency(self) -> str:
        """Of the order; empty for a customer alone."""


def buyer_of(
    order: Buys,
    settings: FlowSettings,
    known_card: str,
    language: str,
    edited_no: str = "",
    words: str = "customer",
) -> Buying:
    """Work out the customer of an order, or of a customer alone.

    `words` is which sentences tell of it: `customer` for the buyer of an order, `card` for a customer
    alone. `known_card` is the ERP's id from an earlier order of the same registered customer, if any;
    `edited_no` an organisation number a person typed in for this order. Raises RecordRejected
    when the settings hold companies without a (valid) number, or when there is no name at all.
    """
    billing = order.billing.trimmed()
    number, personal, warnings = _numbers(order, billing, settings, edited_no, words)
    company = _is_company(billing, number, settings)
    if company and not number and settings.company_needs_number and country_of(billing) in ("", "SE"):
        raise RecordRejected(
            message(f"{words}.company_without_number", number=order.number, company=billing.company)
        )
    if company and not billing.company:
        billing = replace(billing, company=billing.full_name)
    if not (billing.company if company else billing.full_name):
        billing = _named_after_delivery(order, billing, company, words)
    customer = Customer(
        buyer=Buyer.COMPANY if company else Buyer.PRIVATE,
        invoice=replace(billing, country=country_of(billing) or "SE"),
        delivery=_delivery(order),
        email=billing.email,
        phone=billing.phone,
        mobile=order.shipping.phone.strip() or billing.phone,
        organisation_no=number if company else "",
        personal_no="" if company else personal,
        vat_no=read_vat_number(order.vat_no),
        group=settings.group_by_country.get(country_of(order.delivery))
        or (settings.group_company if company else settings.group_private),
        currency=order.currency,
        language=language,
        known_id=known_card,
        overwrite=settings.overwrite_card,
    )
    return Buying(customer, _matching(customer, settings), tuple(warnings))


def _numbers(
    order: Buys, billing: Address, settings: FlowSettings, edited_no: str, words: str
) -> tuple[str, str, list[Message]]:
    """Return organisation number, personal number, and warnings about what was left out."""
    written = edited_no or order.organisation_no.strip()
    if not written and read_swedish_number(billing.company).kind is NumberKind.ORGANISATION:
        written = billing.company  # some shops have one line for both name and number
    if not written or country_of(billing) not in ("", "SE"):
        # Numbers of other countries have forms of their own and are carried as they are.
        return written, "", []
    found = read_swedish_number(written)
    match found.kind:
        case NumberKind.ORGANISATION:
            return found.digits, "", []
        case NumberKind.PERSONAL:
            # A sole trader's organisation number is the personal number.
            if billing.company or settings.personal_numbers:
                return (found.digits[-10:], "", []) if billing.company else ("", found.digits, [])
            return "", "", []
    if settings.bad_number is BadNumber.HOLD:
        raise RecordRejected(message(f"{words}.bad_number", number=order.number, value=shown(written)))
    return "", "", [message(f"{words}.bad_number_left_out", number=order.number, value=shown(written))]


def _is_company(billing: Address, number: str, settings: FlowSettings) -> bool:
    match settings.company_when:
        case CompanyWhen.COMPANY_FIELD:
            return bool(billing.company)
        case CompanyWhen.ORGANISATION_NO:
            return bool(number)
        case CompanyWhen.EITHER:
            return bool(billing.company or number)


def _named_after_delivery(order: Buys, billing: Address, company: bool, words: str) -> Address:
    delivery = order.delivery.trimmed()
    name = delivery.company if company else delivery.full_name
    if not name:
        raise RecordRejected(message(f"{words}.no_name", number=order.number))
    if company:
        return replace(billing, company=name)
    return replace(billing, first_name=delivery.first_name, last_name=delivery.last_name)


def _delivery(order: Buys) -> Address:
    delivery = order.delivery.trimmed()
    return replace(delivery, country=country_of(delivery) or country_of(order.billing) or "SE")


def _matching(customer: Customer, settings: FlowSettings) -> Matching:
    if customer.buyer is Buyer.PRIVATE:
        return settings.matching_private
    if settings.matching_company is Matching.NUMBER and not customer.number:
        return Matching.EMAIL  # nothing else to know the company by
    return settings.matching_company
