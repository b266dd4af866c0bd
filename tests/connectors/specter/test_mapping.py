"""Domain to form fields: customers, documents and articles, by the dossier's tables."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brygga.connectors.specter.client import encoded
from brygga.connectors.specter.dialect import load
from brygga.connectors.specter.mapping_articles import articles_form, unfit_characters
from brygga.connectors.specter.mapping_customers import customer_form
from brygga.connectors.specter.mapping_documents import document_form
from brygga.domain.document import RowKind
from brygga.domain.errors import RecordRejected
from brygga.domain.party import Address, Matching
from tests.connectors.specter.things import (
    ASA,
    TESTBOLAGET,
    a_company,
    a_customer,
    a_document,
    a_row,
    an_article,
)

DIALECT = load({})


def customer_fields(customer, matching=Matching.EMAIL_THEN_NUMBER, **dialect):
    form, signed = customer_form(
        customer, matching, load({k.replace("__", "."): v for k, v in dialect.items()})
    )
    return dict(form.pairs), signed, form


def document_fields(document, **dialect):
    form = document_form(document, "1207", load({k.replace("__", "."): v for k, v in dialect.items()}))
    assert len(dict(form.pairs)) == len(form.pairs), "no field twice"
    return dict(form.pairs), form


# Customers


def test_a_person_has_names_and_is_signed_by_them():
    fields, signed, _ = customer_fields(a_customer())
    assert (fields["firstName"], fields["surName"], signed) == ("Åsa", "Öberg", "Åsa Öberg")
    assert fields["customerOrganizationalForm"] == "P"
    assert fields["typeCustomer"] == "C"
    assert "name" not in fields
    assert fields["deliveryCompanyName"] == "Åsa Öberg"
    assert fields["deliveryAttention"] == ""
    assert fields["language"] == "SE"


def test_a_company_has_one_name_and_its_people_are_contacts():
    fields, signed, _ = customer_fields(a_company())
    assert fields["name"] == signed == fields["invoiceCompanyName"] == "Testbolaget AB"
    assert "firstName" not in fields
    assert fields["customerOrganizationalForm"] == "C"
    assert fields["orgNo"] == "556016-0680"
    assert fields["contactPerson"] == fields["attention"] == "Åsa Öberg"


def test_address_blocks_are_written_whole_with_empties_as_empties():
    fields, _, _ = customer_fields(a_customer(invoice=replace(ASA, line_2="")))
    for name in (
        "attention", "addressRow2", "region", "invoiceCompanyName",
        "deliveryAttention", "deliveryAddressRow2", "deliveryregion",
    ):  # fmt: skip
        assert fields[name] == "", name
    assert fields["deliveryAddress"] == "Storgatan 1"
    assert fields["deliveryZipCodeEng"] == "903 26"
    assert fields["deliveryCountryCode"] == "SE"


def test_what_the_order_leaves_blank_does_not_blank_the_card():
    customer = a_customer(invoice=replace(ASA, phone="", email=""), email="", phone="")
    fields, _, _ = customer_fields(customer)
    assert not {"emailAddress", "phoneNo", "mobileNo", "orgNo", "vatNo"} & set(fields)


def test_the_delivery_block_is_the_shipping_address_when_there_is_one():
    work = Address("Bo", "Ek", "Verkstaden", "Hamngatan 2", "", "411 06", "Göteborg", "", "SE")
    fields, _, _ = customer_fields(a_customer(delivery=work))
    assert fields["deliveryCompanyName"] == "Verkstaden"
    assert fields["deliveryAttention"] == "Bo Ek"
    assert fields["deliveryCity"] == "Göteborg"
    assert fields["city"] == "Umeå"


@pytest.mark.parametrize(
    ("matching", "by_email", "by_number"),
    [
        (Matching.EMAIL_THEN_NUMBER, "0", "0"),
        (Matching.NUMBER, "1", "0"),
        (Matching.EMAIL, "0", "1"),
        (Matching.NEVER, "1", "1"),
    ],
)
def test_the_merchants_choice_of_matching_becomes_two_switches(matching, by_email, by_number):
    fields, _, _ = customer_fields(a_company(), matching)
    assert (fields["ignoreControlEmail"], fields["ignoreControlOrgNo"]) == (by_email, by_number)


def test_an_empty_number_or_address_is_never_matched_against_an_empty_one():
    customer = a_customer(email="", invoice=replace(ASA, email=""))
    fields, _, _ = customer_fields(customer)
    assert (fields["ignoreControlEmail"], fields["ignoreControlOrgNo"]) == ("1", "1")


def test_a_known_card_is_named_by_its_id():
    fields, _, _ = customer_fields(a_customer(known_id="1207", group="3", currency="SEK"))
    assert (fields["customerId"], fields["identifyByCustomerId"]) == ("1207", "1")
    assert not {"customerGroupId", "currency", "language"} & set(fields)  # the card's own


def test_without_leave_to_overwrite_a_known_card_gets_only_its_delivery_address():
    fields, signed, _ = customer_fields(a_customer(known_id="1207", overwrite=False))
    assert signed == "Åsa Öberg"
    assert "address" not in fields
    assert "emailAddress" not in fields
    assert fields["deliveryCity"] == "Umeå"


def test_without_leave_to_overwrite_a_new_card_still_gets_everything():
    fields, _, _ = customer_fields(a_customer(overwrite=False))
    assert fields["city"] == "Umeå"


@pytest.mark.parametrize(
    ("first", "last", "sent"),
    [("Anna Maria Ek", "", ("Anna Maria", "Ek")), ("", "Anna Ek", ("Anna", "Ek")), ("Anna", "", ("Anna", "-")), ("", "Ek", ("-", "Ek"))],
)  # fmt: skip
def test_a_person_with_one_name_field_gets_both_names(first, last, sent):
    fields, signed, _ = customer_fields(a_customer(invoice=replace(ASA, first_name=first, last_name=last)))
    assert (fields["firstName"], fields["surName"]) == sent
    assert signed == " ".join(sent)


def test_the_signature_is_over_the_name_as_it_goes_out():
    company = replace(TESTBOLAGET, company="  Łódź  Kaffe “&” Te…; AB 🌸")
    fields, signed, _ = customer_fields(a_company(invoice=company))
    assert signed == fields["name"] == 'Lodz Kaffe "&" Te..., AB'


def test_a_customer_without_a_name_is_refused():
    with pytest.raises(RecordRejected) as caught:
        customer_fields(a_customer(invoice=replace(ASA, first_name="", last_name="")))
    assert caught.value.for_merchant.code == "specter.no_name"


@pytest.mark.parametrize("name", ["王小明", "🌸"])
def test_a_name_nobody_can_write_is_refused_rather_than_sent_empty(name):
    with pytest.raises(RecordRejected) as caught:
        customer_fields(a_customer(invoice=replace(ASA, first_name=name)))
    assert caught.value.for_merchant.facts["field"] == "firstName"
    assert caught.value.for_merchant.facts["value"] == name


def test_a_long_name_is_cut_at_a_word_and_said():
    long = "Aktiebolaget Svenska Kaffe- och Teimporten med rosteri och lager i Göteborg och Malmö samt Helsingborg Norra"
    fields, _, form = customer_fields(a_company(invoice=replace(TESTBOLAGET, company=long)))
    assert fields["name"] == long[: len(fields["name"])]
    assert len(fields["name"]) <= 100
    assert form.warnings[0].code == "specter.text_cut"
    assert form.warnings[0].facts["value"] == long


def test_what_was_cut_goes_to_a_comment_where_the_dialect_knows_one():
    fields, _, _ = customer_fields(
        a_company(invoice=replace(TESTBOLAGET, company="Ord " * 40)), customer__comment="note"
    )
    assert fields["note"].startswith(("Ord " * 40).strip())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": "0" * 51}, "phoneNo"),
        ({"vat_no": "SE" + "1" * 30}, "vatNo"),
        ({"email": "a" * 100 + "@x.se"}, "emailAddress"),
        ({"invoice": replace(ASA, postcode="1" * 21)}, "zipCodeEng"),
    ],
)
def test_a_number_too_long_is_refused_with_field_value_and_limit(change, field):
    with pytest.raises(RecordRejected) as caught:
        customer_fields(a_customer(**change))
    assert caught.value.for_merchant.code == "specter.too_long"
    assert caught.value.for_merchant.facts["field"] == field
    assert caught.value.for_merchant.facts["limit"]


def test_an_address_on_the_net_is_never_romanised():
    fields, _, _ = customer_fields(a_customer(email="anna@łódź.example"))
    assert fields["emailAddress"] == "anna@xn--d-uga0v4h.example"
    with pytest.raises(RecordRejected) as caught:
        customer_fields(a_customer(email="łucja@example.com"))
    assert caught.value.for_merchant.facts["field"] == "emailAddress"


def test_a_payment_reference_goes_out_as_it_is_or_not_at_all():
    with pytest.raises(RecordRejected) as caught:
        document_fields(a_document(payment_reference="pay–1"))
    assert caught.value.for_merchant.facts["field"] == "payTypeReference"


def test_numbers_may_go_out_as_digits_only():
    fields, _, _ = customer_fields(a_company(), customer__org_no_shape="digits")
    assert fields["orgNo"] == "5560160680"
    fields, _, _ = customer_fields(a_customer(personal_no="191212121212"))
    assert fields["orgNo"] == "19121212-1212"


def test_a_field_may_be_renamed_or_left_out_by_the_dialect():
    fields, _, _ = customer_fields(a_customer(), rename__zipCodeEng="zip", rename__region="")
    assert fields["zip"] == "903 26"
    assert "region" not in fields
    fields, _ = document_fields(a_document(), rename__noOfItems="qty")
    assert fields["qty_1"] == "2"


# Documents


def test_order_1042_goes_out_as_the_trade_says():
    rows = (
        a_row(article_no="A", unit_price=Decimal("199.200"), quantity=Decimal(2)),
        a_row(article_no="B", unit_price=Decimal("89.286"), quantity=Decimal(1), vat_percent=12),
        a_row(kind=RowKind.SHIPPING, article_no="FRAKT", unit_price=Decimal("39.200"), quantity=Decimal(1)),
    )  # fmt: skip
    fields, form = document_fields(a_document(*rows))
    assert form.warnings == []
    assert fields["customerId"] == "1207"
    assert fields["externalOrderNo"] == "SE-1042"
    assert fields["orderDate"] == "2026-07-01"
    assert fields["payTypeIdentifier"] == "KG"
    assert fields["payTypeReference"] == "klarna-1"
    assert [(fields[f"priceExclVAT_{n}"], fields[f"noOfItems_{n}"], fields[f"vatPercent_{n}"]) for n in (1, 2, 3)] == [
        ("199.2", "2", "25"), ("89.286", "1", "12"), ("39.2", "1", "25"),
    ]  # fmt: skip
    assert [fields[f"discount_{n}"] for n in (1, 2, 3)] == ["0", "0", "0"]
    assert "articleNo_4" not in fields


def test_the_duplicate_control_is_never_switched_off():
    fields, _ = document_fields(a_document())
    assert "ignoreExternalOrderNoControl" not in fields


def test_everything_a_document_may_carry_has_its_field():
    fields, _ = document_fields(
        a_document(
            prepayment=True, payment_account="K123", delivery_method="PN-MYPACK", delivery_date=date(2026, 7, 3),
            prepared_shipment="p-1", notify_mobile="0701234567", stock_site="3", customer_reference="Bo Ek",
            customer_order_no="PO-7", published_comment="Ring\npå", internal_comment="Butik 1; kupong",
            send_confirmation=True, confirmation_copy=True, language="nb",
        )
    )  # fmt: skip
    expected = {
        "isPrepayment": "1", "payTypeIdentifierPaySystemUser": "K123", "externalDeliveryMethod": "PN-MYPACK",
        "deliveryDate": "2026-07-03", "preparedShipmentId": "p-1", "notifyDeliveryByMobile": "1",
        "notifyDeliveryMobileNo": "0701234567", "stocksiteid": "3", "customerReference": "Bo Ek",
        "customerOrderReference": "PO-7", "publishedComment": "Ring på", "internalComment": "Butik 1; kupong",
        "sendOrderMail": "1", "sendOrderMailToUser": "1", "language": "NO", "currency": "SEK",
    }  # fmt: skip
    assert {name: fields[name] for name in expected} == expected


def test_fields_whose_name_the_dialect_empties_are_left_out():
    fields, _ = document_fields(a_document(), order__order_date="", order__row_discount="")
    assert not {"orderDate", "discount_1"} & set(fields)


def test_line_breaks_in_comments_are_kept_if_the_dialect_says_so():
    fields, _ = document_fields(a_document(published_comment="ett\ntvå"), text__comment_line_breaks="true")
    assert fields["publishedComment"] == "ett\r\ntvå"


def test_decimals_of_a_quantity_go_out_with_a_point_and_klarna_gets_a_warning():
    fields, form = document_fields(a_document(a_row(quantity=Decimal("0.50"))))
    assert fields["noOfItems_1"] == "0.5"
    assert [w.code for w in form.warnings] == ["specter.decimals_dropped"]
    _, form = document_fields(a_document(a_row(quantity=Decimal("0.50")), payment_code="P"))
    assert form.warnings == []


@pytest.mark.parametrize("change", [{"quantity": Decimal("0.333")}, {"unit_price": Decimal("1.2345")}])
def test_a_number_with_too_many_decimals_is_refused_not_rounded(change):
    with pytest.raises(RecordRejected) as caught:
        document_fields(a_document(a_row(**change)))
    assert caught.value.for_merchant.code == "specter.too_many_decimals"


def test_text_rows_follow_the_row_before_so_that_no_row_is_without_article():
    rows = (
        a_row(kind=RowKind.TEXT, article_no="", name="Först", quantity=Decimal(0), unit_price=Decimal(0)),
        a_row(comment="Gravyr: Åsa"),
        a_row(
            kind=RowKind.TEXT,
            article_no="",
            name="Ring före leverans",
            quantity=Decimal(1),
            unit_price=Decimal(0),
        ),
        a_row(article_no="B"),
    )
    fields, _ = document_fields(a_document(*rows))
    assert fields["articleComment_1"] == "Gravyr: Åsa / Ring före leverans"
    assert fields["articleNo_2"] == "B"
    assert fields["internalComment"] == "Först"
    assert "articleNo_3" not in fields


def test_a_row_without_article_is_refused():
    with pytest.raises(RecordRejected) as caught:
        document_fields(a_document(a_row(article_no="")))
    assert caught.value.for_merchant.code == "specter.row_without_article"


@pytest.mark.parametrize("number", ["MUGG  1", " MUGG", "MUGG–1", "茶-1", "A;B"])
def test_an_article_number_is_never_changed_on_the_way(number):
    with pytest.raises(RecordRejected) as caught:
        document_fields(a_document(a_row(article_no=number)))
    assert caught.value.for_merchant.code == "specter.key_unfit"
    assert caught.value.for_merchant.facts["value"] == number


def test_a_long_row_name_is_kept_whole_in_the_internal_comment():
    name = "Kaffekvarn i gjutjärn"
    fields, form = document_fields(
        a_document(a_row(name=name), internal_comment="Butik"), lengths__article_name="12"
    )
    assert fields["articleName_1"] == "Kaffekvarn i"
    assert fields["internalComment"] == f"Butik / {name}"
    assert form.warnings[0].code == "specter.text_cut"


def test_a_row_name_nobody_can_write_becomes_the_article_number():
    fields, form = document_fields(a_document(a_row(name="茶")))
    assert fields["articleName_1"] == "MUGG-1"
    assert form.warnings[0].code == "specter.letters_lost"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer_reference": "r" * 71}, "customerReference"),
        ({"customer_order_no": "r" * 51}, "customerOrderReference"),
        ({"delivery_method": "r" * 101}, "externalDeliveryMethod"),
    ],
)
def test_a_reference_too_long_holds_the_order(change, field):
    with pytest.raises(RecordRejected) as caught:
        document_fields(a_document(**change))
    assert caught.value.for_merchant.facts["field"] == field


def test_an_unknown_payment_code_is_sent_and_said_and_an_empty_one_is_sent_empty():
    fields, form = document_fields(a_document(payment_code="ZZ"))
    assert fields["payTypeIdentifier"] == "ZZ"
    assert form.warnings[0].code == "specter.payment_code"
    fields, form = document_fields(a_document(payment_code="", payment_reference=""))
    assert fields["payTypeIdentifier"] == ""
    assert form.warnings == []


def test_a_currency_that_is_known_to_be_closed_is_refused_before_it_is_sent():
    with pytest.raises(RecordRejected) as caught:
        document_fields(a_document(currency="EUR"), limits__currencies="SEK, NOK")
    assert caught.value.for_merchant.code == "specter.currency_not_open"


# Articles


def test_articles_are_numbered_and_carry_what_they_have():
    full = an_article(
        "B-2", barcode="7312345678901", weight_kg=Decimal("0.3456"), opening_stock=Decimal(5), buy_price=Decimal(80),
        supplier_no="L1", supplier_name="Leverantören", supplier_article_no="X9", origin_country="se",
    )  # fmt: skip
    fields = dict(articles_form([an_article(), full], update=True, dialect=DIALECT).pairs)
    assert (fields["articleNo_1"], fields["priceExclVAT_1"], fields["vatPercent_1"]) == (
        "MUGG-1",
        "199.2",
        "25",
    )
    assert not {"barCode_1", "createArticleStock_1", "noItemsInStock_1", "supplierNo_1"} & set(fields)
    expected = {
        "forceArticleUpdate": "1", "addSupplier": "1", "barCode_2": "7312345678901", "productWeight_2": "0.346",
        "createArticleStock_2": "1", "noItemsInStock_2": "5", "buyPrice_2": "80", "supplierNo_2": "L1",
        "supplierName_2": "Leverantören", "supplierArticleNo_2": "X9", "manufacturingCountryCode_2": "SE",
    }  # fmt: skip
    assert {name: fields[name] for name in expected} == expected


def test_existing_articles_are_left_alone_without_leave():
    assert (
        dict(articles_form([an_article()], update=False, dialect=DIALECT).pairs)["forceArticleUpdate"] == "0"
    )


@pytest.mark.parametrize(
    ("number", "unfit"), [("MUGG-1_a", ""), ("å b,b b", "å ,"), ("A&B;€", "&;€"), ("–茶", "–茶"), ("", "")]
)
def test_unfit_characters_are_named_once_each(number, unfit):
    assert unfit_characters(number, DIALECT) == unfit


@given(st.text(max_size=30), st.text(max_size=200), st.text(max_size=30))
def test_any_text_in_a_document_can_be_encoded(reference, comment, name):
    document = a_document(a_row(name=name or "x"), published_comment=comment, customer_reference=reference)
    form = document_form(document, "1207", DIALECT)
    encoded(form.pairs).encode("ascii")
