"""Customer and Address: who buys, where it is sent, and how a customer is found again."""

from dataclasses import dataclass, fields
from enum import StrEnum

from brygga.domain.refs import Version


class Buyer(StrEnum):
    """A company or a private person. Part of every match: the two never become one."""

    COMPANY = "company"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Address:
    """One postal address as the buyer wrote it. Empty means empty, never unknown."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    line_1: str = ""
    line_2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""  # ISO 3166 alpha-2
    phone: str = ""
    email: str = ""

    @property
    def full_name(self) -> str:
        """First and last name with one space, or whichever is there."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_empty(self) -> bool:
        """Say that nothing but perhaps a country, phone or e-mail is filled in."""
        return not any(getattr(self, name) for name in _NAME_AND_STREET)

    def trimmed(self) -> "Address":
        """Return the address with outer and doubled white space gone from every part."""
        return Address(*(" ".join(getattr(self, name).split()) for name in _PARTS))


_PARTS = tuple(part.name for part in fields(Address))
_NAME_AND_STREET = tuple(part for part in _PARTS if part not in ("country", "phone", "email", "region"))


@dataclass(frozen=True, slots=True)
class ShopCustomer:
    """A registered customer of a shop, without an order."""

    id: str
    billing: Address
    shipping: Address
    version: Version
    organisation_no: str = ""  # as found, not yet checked
    vat_no: str = ""
    language: str = ""
    erased: bool = False  # the shop has erased the personal data

    @property
    def number(self) -> str:
        """What people know the customer by."""
        return self.id

    @property
    def currency(self) -> str:
        """A customer without an order has none: the ERP's default stands."""
        return ""

    @property
    def delivery(self) -> Address:
        """Where things are sent: the shipping block, else the billing block."""
        return self.billing if self.shipping.is_empty else self.shipping


@dataclass(frozen=True, slots=True)
class CustomerHead:
    """What a list tells of a registered customer: that it is there and when it changed."""

    id: str
    version: Version


class Matching(StrEnum):
    """How a customer is looked for in the ERP before a card is made (domain 5)."""

    EMAIL_THEN_NUMBER = "email_then_number"
    NUMBER = "number"
    EMAIL = "email"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer on the way to the ERP's card. The delivery address travels with each order."""

    buyer: Buyer
    invoice: Address
    delivery: Address
    email: str = ""
    phone: str = ""
    mobile: str = ""
    organisation_no: str = ""  # ten digits
    personal_no: str = ""  # twelve digits; only when the merchant asked for it
    vat_no: str = ""
    group: str = ""
    currency: str = ""
    language: str = ""  # ISO 639-1, lower case
    reference: str = ""
    known_id: str = ""  # the card's id at the ERP, when an earlier order told it
    overwrite: bool = True

    @property
    def name(self) -> str:
        """The name on the card: the company, else the person."""
        return self.invoice.company if self.buyer is Buyer.COMPANY else self.invoice.full_name

    @property
    def number(self) -> str:
        """The number the ERP matches on: organisation number, else personal number."""
        return self.organisation_no or self.personal_no
