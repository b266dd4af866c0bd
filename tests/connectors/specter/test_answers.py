"""What Specter answers, in every form it may come, and what is no answer at all."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brygga.connectors.contract.http import Answer
from brygga.connectors.specter.answers import NotAnAnswer, Reply, no_answer, read_reply
from brygga.connectors.specter.dialect import load
from brygga.connectors.specter.refusals import meaning, open_batch, refusal
from brygga.domain.errors import (
    ArticleMissing,
    CardGone,
    ConnectionBroken,
    DuplicateNumber,
    OutcomeUnknown,
    RecordRejected,
    TryLater,
)

DIALECT = load({})
XML = '<?xml version="1.0" encoding="{0}"?>\r\n<SBM><APIresponse><result>{1}</result><code>{2}</code>{3}<message>{4}</message></APIresponse></SBM>'


def read(body: bytes) -> Reply:
    return read_reply(body, DIALECT.xml)


@pytest.mark.parametrize(
    "body",
    [
        b"1;88123;Order skapad",
        b"\xef\xbb\xbf1;88123;Order skapad",
        b"\r\n  1;88123;Order skapad\r\n",
        b"1;88123",
        b"\xef\xbb\xbf\nNotice: Undefined index\n<?xml version='1.0'?><x><result>1</result><id>88123</id></x>",
        b"1;88123;med; semikolon",
        XML.format("ISO-8859-1", 1, 0, "<id>88123</id>", "skapad för Åsa").encode("latin-1"),
        XML.format("UTF-8", 1, 0, "<id>88123</id>", "skapad för Åsa").encode(),
        b"\xef\xbb\xbf" + XML.format("UTF-8", 1, 0, "<id>88123</id>", "Åsa").encode(),
        XML.format("UTF-8", 1, 0, "<id>88123</id>", "fel deklarerad Åsa").encode("latin-1"),
        XML.format("ISO-8859-1", 1, 0, "<id><![CDATA[88123]]></id>", "<![CDATA[Åsa & <Bo>]]>").encode(
            "latin-1"
        ),
        XML.format("ISO-8859-1", 1, 0, "<OrderNo> 88123 </OrderNo>", "").encode("latin-1"),
        b"<whatever><apiResponse><Result>1</Result></apiResponse><customerId>88123</customerId></whatever>",
        b"<APIresponse><result>1</result><orderId>88123</orderId></APIresponse>",
        b'<x xmlns="urn:y"><APIresponse result="1" id="88123"/></x>',
        "<x><APIresponse><result>1</result><id>88123</id><message>Åsa</message></APIresponse></x>".encode(
            "latin-1"
        ),
        b"<!-- hej --><x><!-- d\xc3\xa5 --><APIresponse><result>1</result><id>88123</id></APIresponse></x>",
    ],
)
def test_a_success_is_read_in_any_form(body):
    reply = read(body)
    assert reply.ok
    assert reply.number == "88123"


@pytest.mark.parametrize(
    "body",
    [
        "0;5;Ordern finns redan på 'Åsa'".encode("latin-1"),
        "0;5;Ordern finns redan på 'Åsa'".encode(),
        XML.format("ISO-8859-1", 0, 5, "", "Ordern finns redan på 'Åsa'").encode("latin-1"),
        XML.format("UTF-8", 0, 5, "", "<![CDATA[Ordern finns redan på 'Åsa']]>").encode(),
        "<x><APIresponse><code>5</code><message>Ordern finns redan på 'Åsa'</message></APIresponse></x>".encode(),
    ],
)
def test_a_refusal_is_read_in_any_form_with_its_own_letters(body):
    reply = read(body)
    assert (reply.ok, reply.code, reply.text) == (False, "5", "Ordern finns redan på 'Åsa'")


@pytest.mark.parametrize(
    "body",
    [
        b"1;;OK",
        b"1",
        b"1;0;OK",
        b"1;order skapad",
        XML.format("UTF-8", 1, 0, "", "OK").encode(),
        XML.format("UTF-8", 1, 0, "<id/>", "OK").encode(),
        XML.format("UTF-8", 1, 0, "<ref>88123</ref>", "OK").encode(),
    ],
)
def test_all_well_without_a_number_is_told_apart(body):
    assert read(body).ok
    assert read(body).number == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<!DOCTYPE html><html><body>1;88123;OK</body></html>",
        b"<html><body>Underh\xe5ll</body></html>",
        b"<HTML><HEAD></HEAD></HTML>",
        b"<x><APIresponse><result>1</result><id>88123</id>",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x><result>1</result><id>&e;</id></x>",
        b"<x><fault>no</fault></x>",
        b"Microsoft VBScript runtime error '800a000d'",
        b"2026-11-24 stopped",
        b"\x00\x01\x02",
        b'{"result": 1}',
    ],
)
def test_what_is_no_answer_is_not_taken_for_one(body):
    with pytest.raises(NotAnAnswer):
        read(body)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_reader(body):
    try:
        reply = read(body)
    except NotAnAnswer:
        return
    assert not reply.ok or body.lstrip(b" \t\r\n\x00\xef\xbb\xbf")[:1] in (b"1", b"<")


def test_an_empty_document_is_an_empty_feed():
    assert read(b"<SBM/>").ok
    assert read(b"<SBM><orders/></SBM>").ok


def answered(status, body=b"", changes=False, **headers):
    return no_answer(Answer(status, headers, body), changes=changes, dialect=DIALECT, label="order SE-1042")


@pytest.mark.parametrize("body", [b"<html>Error</html>", b"", "Underhåll pågår".encode("latin-1")])
@pytest.mark.parametrize("status", [200, 400, 403, 500, 502, 503])
def test_after_a_write_an_unreadable_answer_leaves_the_outcome_unknown(status, body):
    assert isinstance(answered(status, body, changes=True), OutcomeUnknown)


@pytest.mark.parametrize("changes", [True, False])
def test_a_write_turned_away_at_the_door_was_not_done(changes):
    error = answered(503, changes=changes, **{"retry-after": "30"})
    assert isinstance(error, TryLater)
    assert error.system_away
    assert error.after is not None
    assert timedelta(0) < error.after - datetime.now(UTC) <= timedelta(seconds=30)
    assert isinstance(answered(429, changes=changes), TryLater)


@pytest.mark.parametrize("status", [301, 302, 401, 404])
@pytest.mark.parametrize("changes", [True, False])
def test_another_system_at_the_address_breaks_the_connection(status, changes):
    assert isinstance(answered(status, changes=changes), ConnectionBroken)


def test_a_read_may_be_tried_again_and_a_maintenance_page_spends_no_attempt():
    assert answered(200, "Underhåll pågår".encode()).system_away
    error = answered(200, b"<html>Runtime error</html>")
    assert isinstance(error, TryLater)
    assert not error.system_away


def refused(code, text, own="SE-1042", articles=("MUGG-1", "MUGG-10"), **dialect):
    entries = {k.replace("__", "."): v for k, v in dialect.items()}
    return refusal(
        Reply(False, code=code, text=text), load(entries), record="SE-1042", own_number=own, articles=articles
    )


@pytest.mark.parametrize(
    ("code", "text", "existing"),
    [
        ("5", "An order with external order number SE-1042 already exists as order 100023", "100023"),
        ("5", "Externt ordernummer SE-1042 finns redan på order 88123", "88123"),
        ("5", "SE-1042 finns redan (ordernr: 88123)", "88123"),
        ("17", "Externt ordernummer SE-1042 finns redan på order nr 88123", "88123"),
        ("5", "Order finns redan", ""),
        ("5", "Order SE-1042 finns redan", ""),
        ("5", "SE-1042 finns redan: order 1, order 2", ""),
    ],
)
def test_a_duplicate_is_known_by_its_words_and_tells_the_other_number_if_it_can(code, text, existing):
    error = refused(code, text)
    assert isinstance(error, DuplicateNumber)
    assert error.existing == existing


def test_our_own_number_is_never_taken_for_the_erps():
    error = refused("5", "Order 1042 finns redan", own="1042")
    assert isinstance(error, DuplicateNumber)
    assert error.existing == ""


@pytest.mark.parametrize(
    ("code", "text"), [("5", "Lagerstället är stängt"), ("5", ""), ("1", "Raden saknar pris"), ("2", "x")]
)
def test_an_assumed_code_alone_neither_settles_an_order_nor_breaks_the_connection(code, text):
    error = refused(code, text)
    assert type(error) is RecordRejected


def test_a_code_the_merchant_has_stated_is_believed_without_words():
    assert isinstance(refused("5", "x", errors__duplicate_order="5"), DuplicateNumber)
    assert isinstance(refused("21", "x", errors__bad_key="21"), ConnectionBroken)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("1", "Felaktig nyckel"),
        ("1", "The key is wrong"),
        ("77", "Invalid signature"),
        ("2", "Okänt konto"),
        ("3", "Unknown sbmId"),
    ],
)
def test_bad_keys_and_unknown_accounts_break_the_connection(code, text):
    assert isinstance(refused(code, text), ConnectionBroken)


@pytest.mark.parametrize("text", ["Ogiltig extern nyckel för leveranssätt", "Invalid delivery key"])
def test_a_delivery_methods_key_is_not_the_connections(text):
    assert type(refused("12", text)) is RecordRejected


@pytest.mark.parametrize(
    ("code", "text", "article"),
    [
        ("6", "articleNo MUGG-10 is unknown (row 2)", "MUGG-10"),
        ("44", "Artikeln MUGG-1 finns inte", "MUGG-1"),
        ("6", "Okänd artikel", ""),
    ],
)
def test_a_missing_article_is_named_if_the_erp_names_it(code, text, article):
    error = refused(code, text)
    assert isinstance(error, ArticleMissing)
    assert error.article_no == article


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        ("4", "customerId 7 is unknown", "specter.customer_unknown"),
        ("8", "currency EUR is not open in this account", "specter.currency_closed"),
        ("9", "Valutan EUR är inte upplagd", "specter.currency_closed"),
        ("3", "customerId is missing", "specter.missing_parameter"),
        ("55", "Något nytt", "specter.refused"),
    ],
)
def test_other_refusals_hold_the_record_with_the_erps_own_words(code, text, said):
    error = refused(code, text)
    assert type(error) is (CardGone if said == "specter.customer_unknown" else RecordRejected)
    assert error.for_merchant.code == said
    assert error.for_merchant.facts["text"] == text


def test_the_open_batch_is_the_first_text_between_apostrophes():
    reply = Reply(False, code="99", text="Batch 'abc-1' is open, not 'def'")
    assert meaning(reply, DIALECT) == "open_batch"
    assert open_batch(reply, DIALECT) == "abc-1"
    assert open_batch(Reply(False, code="99", text="A batch is open"), DIALECT) == ""
    assert open_batch(Reply(False, code="99", text="Can't read: 'abc-1' is open"), DIALECT) == "abc-1"
