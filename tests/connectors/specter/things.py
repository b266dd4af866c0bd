"""Valid, readable records and sessions for the Specter tests; change only what matters."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from brygga.connectors.contract.connector import OpenWith
from brygga.connectors.contract.http import Exchange, HttpPolicy
from brygga.connectors.specter.connector import SpecterSession, connector
from brygga.domain.document import Calculation, DocumentKind, DocumentRow, RowKind, SalesDocument
from brygga.domain.party import Address, Buyer, Customer
from brygga.domain.product import Article
from brygga.domain.vat import VatType

USER_KEY = "00112233445566778899aabbccddeeff"
INTEGRATION_KEY = "11111111-2222-3333-4444-555555555555"
SBM_ID = "9999"
ASA = Address(
    "Åsa", "Öberg", "", "Storgatan 1", "lgh 1203", "903 26", "Umeå", "", "SE", "0701234567", "asa@example.com"
)
TESTBOLAGET = replace(ASA, company="Testbolaget AB", email="inkop@example.com")


def a_customer(**changes: Any) -> Customer:
    return replace(Customer(Buyer.PRIVATE, ASA, Address(), email="asa@example.com", language="sv"), **changes)


def a_company(**changes: Any) -> Customer:
    company = Customer(
        Buyer.COMPANY,
        TESTBOLAGET,
        Address(),
        email="inkop@example.com",
        organisation_no="5560160680",
        language="sv",
    )
    return replace(company, **changes)


def a_row(**changes: Any) -> DocumentRow:
    row = DocumentRow(
        RowKind.PRODUCT, "MUGG-1", "Mugg", Decimal(2), Decimal("199.200"), 25, Decimal("498.00")
    )
    return replace(row, **changes)


def a_document(*rows: DocumentRow, **changes: Any) -> SalesDocument:
    document = SalesDocument(
        kind=DocumentKind.ORDER,
        number="SE-1042",
        currency="SEK",
        order_date=date(2026, 7, 1),
        rows=rows or (a_row(),),
        calculation=Calculation(Decimal("498.00"), Decimal("498.00")),
        vat_type=VatType.HOME,
        payment_code="KG",
        payment_reference="klarna-1",
        language="sv",
    )
    return replace(document, **changes)


def an_article(number: str = "MUGG-1", **changes: Any) -> Article:
    return replace(Article(number, "Mugg", Decimal("199.20"), 25), **changes)


def an_opening(url: str, dialect: dict[str, str] | None = None, **settings: str) -> OpenWith:
    seen: list[Exchange] = []
    return OpenWith(
        settings={"base_url": url, "sbm_id": SBM_ID, "api_user_id": "7"} | settings,
        secrets={"api_user_key": USER_KEY, "integration_key": INTEGRATION_KEY},
        policy=HttpPolicy(allow_hosts=frozenset({"127.0.0.1"}), connect_timeout=5, read_timeout=5),
        observe=seen.append,
        dialect=dialect or {},
    )


def a_session(url: str, dialect: dict[str, str] | None = None, **settings: str) -> SpecterSession:
    session = connector.open(an_opening(url, dialect, **settings))
    assert isinstance(session, SpecterSession)
    return session
