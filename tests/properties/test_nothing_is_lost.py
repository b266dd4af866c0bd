"""What a connector reads and hands on survives: names, addresses, numbers and texts, there and back.

Read from the shop's JSON, a text is the very text. Sent to the ERP and parsed by the simulated one,
it is the text as the rules of transliteration write it: no letter becomes a `?`, no digit goes away,
and what can't be written is told.
"""

import json
import unicodedata
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from html import unescape
from typing import Any
from unittest.mock import patch

from hypothesis import assume, given
from hypothesis import strategies as st

from brygga.connectors.contract.connector import OpenWith
from brygga.connectors.contract.http import Answer, HttpPolicy, Request
from brygga.connectors.specter.text import cut, latin
from brygga.connectors.woocommerce import connector as woocommerce
from brygga.connectors.woocommerce import session as woocommerce_session
from brygga.connectors.woocommerce import wire
from brygga.connectors.woocommerce.decoding import decode
from brygga.connectors.woocommerce.mapping_orders import order_from_wire
from brygga.connectors.woocommerce.mapping_products import Range, Rate, product_from_wire
from brygga.domain.errors import RecordRejected
from brygga.domain.message import Message
from brygga.domain.money import round_to
from brygga.domain.party import Address, Buyer, Customer, Matching
from brygga.domain.product import Article
from brygga_simulators.specter.model import Address as ErpAddress
from brygga_simulators.specter.model import Customer as ErpCustomer
from tests.properties.erp_in_process import PLAIN, SBM_ID, SHOP, InProcessErp, codes
from tests.properties.wire_orders import NUL_FREE, ODD, TEXTS, VALUES, shop_orders

ERP = InProcessErp()
LINES = st.one_of(TEXTS, st.sampled_from(["Storgatan 1", "c/o Ek", "Port ١٢, våning 3"]))
SHORT = st.one_of(
    st.sampled_from(["Åsa", "Łęcka", "Ng", "Đorđe", "O’Brien", "e\u0301va"]), st.text(NUL_FREE, max_size=30)
)
COUNTRIES = st.sampled_from(["SE", "DE", "NO", "XI", ""])
BOTH = Matching.EMAIL_THEN_NUMBER


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    return Address(
        first_name=draw(SHORT),
        last_name=draw(SHORT),
        company=draw(SHORT),
        line_1=draw(LINES),
        line_2=draw(LINES),
        postcode=draw(st.sampled_from(["903 26", "SE-411 01", "٩٠٣ ٢٦", "１２３ ４５", ""])),
        city=draw(SHORT),
        region=draw(st.sampled_from(["", "AC", "Västerbotten"])),
        country=draw(COUNTRIES),
        phone=draw(st.sampled_from(["", "070-123 45 67", "٠٧٠-١٢٣ ٤٥ ٦٧", "+46 (0)70"])),
        email=draw(st.sampled_from(["", "asa@example.se", "åsa@öberg.example", "zofia@łódź.example"])),
    )


def outcome(call: Callable[[], Any]) -> Any:
    """What a call returned, or the message it was rejected with."""
    try:
        return call()
    except RecordRejected as rejected:
        return rejected.for_merchant


def sent(text: str, limit: int = 0) -> str:
    """The text as the rules write it for a short field."""
    return cut(latin(text.replace(";", ","))[0], limit)


def digits(text: str) -> str:
    return "".join(str(unicodedata.digit(c)) for c in text if unicodedata.category(c) == "Nd")


def assert_digits_stay(given_text: str, held: str) -> None:
    """Every digit of any script is there as 0-9, in order; signs such as ½ may have brought more."""
    left = iter(digits(held))
    assert all(digit in left for digit in digits(given_text)), f"{given_text!r} became {held!r}"


def assert_kept(given_text: str, held: str) -> None:
    assert held.count("?") <= given_text.count("?") + given_text.count("\uff1f")
    if len(held) >= len(latin(given_text)[0]):  # not cut
        assert_digits_stay(given_text, held)
    held.encode("latin-1")
    assert held == held.strip()


def assert_address(given_address: Address, held: ErpAddress) -> None:
    for text, arrived in (
        (given_address.line_1, held.address),
        (given_address.line_2, held.address_row2),
        (given_address.city, held.city),
        (given_address.postcode, held.zip_code),
        (given_address.region, held.region),
    ):
        assert arrived == sent(text)
        assert_kept(text, arrived)


@given(addresses(), addresses(), st.sampled_from(Buyer), st.sampled_from(["", "5560160680"]))
def test_a_customer_on_the_card_is_the_customer_of_the_shop(
    invoice: Address, delivery: Address, buyer: Buyer, number: str
) -> None:
    ERP.world.reset()
    customer = Customer(
        buyer,
        invoice,
        delivery,
        email=invoice.email,
        phone=invoice.phone,
        organisation_no=number,
        currency="SEK",
        language="sv",
    )
    made = outcome(lambda: ERP.session.put_customer(customer, BOTH))
    if isinstance(made, Message):
        assert made.code in (
            "specter.unwritable",
            "specter.no_name",
            "specter.too_long",
            "specter.key_unfit",
        )
        return
    card: ErpCustomer = ERP.world.books[SBM_ID].customers[int(made.number)]
    there = delivery if not delivery.is_empty else invoice
    assert_address(invoice, card.invoice)
    assert_address(there, card.delivery)
    if buyer is Buyer.COMPANY:
        assert card.name == sent(invoice.company, 100)
        assert card.contact_person == sent(invoice.full_name, 100)
    else:
        whole = f"{card.first_name} {card.sur_name}"
        for name in (invoice.first_name, invoice.last_name):
            assert sent(name, 50) in whole or not name.strip()
            assert_kept(name, sent(name))
    named = f"{card.delivery.company_name} {card.delivery.attention}"
    for name in (there.company, there.full_name):
        assert sent(name, 100) in named
    assert card.phone_no == sent(invoice.phone)
    assert digits(card.phone_no) == digits(invoice.phone)
    assert card.org_no.replace("-", "") == number
    if invoice.email.isascii():
        assert card.email_address == invoice.email
    told = codes(made.warnings)
    lost = any(
        latin(getattr(block, f.name))[1]
        for block in (invoice, there)
        for f in fields(block)
        if f.name in ("line_1", "line_2", "city")
    )
    assert "specter.letters_lost" in told or not lost


@given(st.one_of(st.text(NUL_FREE), st.sampled_from(ODD)))
def test_no_text_gains_a_question_mark_or_loses_a_digit(text: str) -> None:
    plain, lost = latin(text)
    plain.encode("latin-1")
    assert plain.count("?") <= text.count("?")
    assert_digits_stay(text, plain)
    assert plain == " ".join(plain.split())
    assert latin(plain) == (plain, False)  # what was sent once is sent the same again
    letters = [c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c)[0] == "L"]
    assert lost or bool(plain) or not letters


@given(shop_orders(refunds=False))
def test_what_an_order_says_is_what_arrives(order: Any) -> None:
    """Number, reference, notes, rows: from the shop's bytes to the fields the ERP holds."""
    found = ERP.transfer(order.body, settings=PLAIN)
    assume(hasattr(found, "order"))
    doc, held = order.doc, found.order
    assert held.external_order_no == str(doc["number"])
    assert held.currency == doc["currency"]
    assert held.published_comment == latin(doc["customer_note"])[0]
    assert_kept(doc["customer_note"], held.published_comment)
    if doc["payment_method"] not in ("bacs", ""):
        assert held.pay_type_reference == doc["transaction_id"]
    goods = [row for row in held.rows if row.article_no.rpartition("-")[0] in ("A-1", "B-2", "C-3", "PK-500")]
    assert len(goods) == len(doc["line_items"])
    for line, row in zip(doc["line_items"], goods, strict=True):
        assert row.article_no == line["sku"]
        assert row.quantity == Decimal(str(line["quantity"]))
        assert row.name.startswith(sent(unescape(line["name"]))) or row.name == line["sku"]
        if row.name == sent(line["name"]):  # else its choices stand there too
            assert_kept(line["name"], row.name)
    there = doc["shipping"] if found.shop.shipping.is_empty is False else doc["billing"]
    assert held.delivery.address == sent(there["address_1"])
    assert held.delivery.city == sent(there["city"])


@given(shop_orders())
def test_reading_an_order_changes_no_text_and_no_amount(order: Any) -> None:
    refunds = decode(order.refund_body, list[wire.Refund])[0]
    read = outcome(lambda: order_from_wire(decode(order.body, wire.Order)[0], refunds))
    if isinstance(read, Message):  # a plugin's list of gift cards that says no amounts
        assert read.facts["field"] == "_ywgc_applied_gift_cards"
        return
    doc = order.doc
    names = {"line_1": "address_1", "line_2": "address_2", "region": "state"}
    for block, ours in (("billing", read.billing), ("shipping", read.shipping)):
        for f in fields(ours):
            if f.name != "country":
                assert getattr(ours, f.name) == doc[block].get(names.get(f.name, f.name), "")
    assert read.note == doc["customer_note"]
    assert (read.number, read.currency, str(read.total)) == (
        str(doc["number"]),
        doc["currency"],
        doc["total"],
    )
    assert len(read.metas) == len(doc["meta_data"])
    for meta, given_meta in zip(read.metas, doc["meta_data"], strict=True):
        if isinstance(given_meta["value"], str):
            assert meta.value == given_meta["value"]
        elif isinstance(given_meta["value"], dict | list) and not _has_number(given_meta["value"]):
            assert json.loads(meta.value) == given_meta["value"]
    for line, row in zip(read.lines, doc["line_items"], strict=True):
        assert (line.sku, line.name) == (row["sku"], unescape(row["name"]))
        assert [str(line.subtotal), str(line.total), str(line.total_tax)] == [
            row["subtotal"],
            row["total"],
            row["total_tax"],
        ]
    assert [str(refund.amount.copy_abs()) for refund in read.refunds] == [
        r["amount"].lstrip("-") for r in order.refunds
    ]


def _has_number(value: Any) -> bool:
    """Say that a number is inside: how it is written may change, its value does not."""
    if isinstance(value, dict):
        return any(_has_number(v) for v in value.values())
    if isinstance(value, list):
        return any(_has_number(v) for v in value)
    return isinstance(value, int | float) and not isinstance(value, bool)


# ---------------------------------------------------------------- products and articles


@st.composite
def products(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "id": 78,
        "name": draw(TEXTS),
        "type": "simple",
        "status": "publish",
        "sku": draw(st.sampled_from(["A-1", "KAFFE-500", "0012", "a/b_c.d"])),
        "date_modified_gmt": "2026-06-15T09:30:00",
        "regular_price": draw(st.sampled_from(["249.00", "0", "99.9", "1234567.89"])),
        "tax_class": draw(st.sampled_from(["", "moms-12", "moms-6"])),
        "weight": draw(st.sampled_from(["", "0.5", "1.2345", "12"])),
        "global_unique_id": draw(st.sampled_from(["", "7310500114305"])),
        "meta_data": [{"id": 1, "key": "_supplier", "value": draw(VALUES)}],
    }


SHOPS_RANGE = Range(
    rates=[Rate("", "SE", Decimal(25)), Rate("moms-12", "SE", Decimal(12)), Rate("moms-6", "SE", Decimal(6))]
)


@given(products())
def test_an_article_is_what_the_shop_says_of_its_product(doc: dict[str, Any]) -> None:
    product = product_from_wire(decode(json.dumps(doc).encode(), wire.Product)[0], [], SHOPS_RANGE)
    (variant,) = product.variants
    assert (product.name, variant.sku, variant.barcode) == (
        unescape(doc["name"]),
        doc["sku"],
        doc["global_unique_id"],
    )
    assert variant.price.regular == Decimal(doc["regular_price"])
    ERP.world.reset()
    article = Article(
        variant.sku,
        product.name or variant.sku,
        Decimal("199.2"),
        int(variant.vat_percent or 0),
        variant.barcode,
        variant.weight_kg,
    )
    put = ERP.session.put_articles([article], update=True)  # type: ignore[attr-defined]
    assert not put.refused
    held = ERP.world.books[SBM_ID].articles[doc["sku"]]
    assert held.name == (sent(product.name) or doc["sku"])
    assert (held.price_excl_vat, held.vat_percent, held.bar_code) == (
        Decimal("199.2"),
        variant.vat_percent,
        doc["global_unique_id"],
    )
    if doc["weight"]:
        assert held.product_weight == round_to(Decimal(doc["weight"]), 3)


# ---------------------------------------------------------------- back into the shop


class Echo:
    """A shop that keeps what it is sent, as WordPress would, and remembers the bodies."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.order: dict[str, Any] = {
            "id": 1042, "number": "1042", "status": "processing", "currency": "SEK", "total": "0.00",
            "date_created_gmt": "2026-06-15T09:30:00", "date_modified_gmt": "2026-06-15T09:30:00", "meta_data": [],
        }  # fmt: skip

    def send(self, request: Request) -> Answer:
        answer: Any = self.order
        if request.body:
            body = json.loads(request.body)
            self.bodies.append(body)
            answer = {**self.order, **body}
            if "note" in body:
                answer = {"id": 9, "note": body["note"], "customer_note": body.get("customer_note", False)}
        return Answer(200, {"content-type": "application/json"}, json.dumps(answer).encode())

    def close(self) -> None:
        pass


@given(
    st.text(NUL_FREE, min_size=1, max_size=60),
    st.text(NUL_FREE, min_size=1, max_size=20),
    st.text(NUL_FREE, max_size=200),
)
def test_what_is_told_the_shop_is_written_as_it_is(note: str, key: str, value: str) -> None:
    shop = Echo()
    opening = OpenWith(
        {"url": "https://butik.example", "consumer_key": "ck_1"},
        {"consumer_secret": "cs_1"},
        HttpPolicy(),
        lambda _: None,
        identity=SHOP,
    )
    with patch.object(woocommerce_session, "HttpClient", lambda *_, **__: shop):
        session: Any = woocommerce.connector.open(opening)
    told = outcome(lambda: session.add_note("1042", note))
    if isinstance(told, Message):
        assert told.code == "woocommerce.empty_note"
        assert not note.strip()
        return
    session.update_order("1042", metas={key: value})
    assert shop.bodies[0]["note"] == note
    assert shop.bodies[-1]["meta_data"] == [{"key": key, "value": value}]
