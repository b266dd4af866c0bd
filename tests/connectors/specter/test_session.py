"""A session against a little server: what goes over the wire, and what lost answers lead to."""

import threading
from decimal import Decimal

import pytest

from brygga.connectors.contract.connector import (
    FeedsOrders,
    Limits,
    Role,
    TakesArticles,
    TakesCustomers,
    TakesDocuments,
)
from brygga.connectors.specter.connector import connector
from brygga.domain.document import DocumentKind
from brygga.domain.errors import (
    ArticleMissing,
    ConnectionBroken,
    DuplicateNumber,
    OutcomeUnknown,
    RecordRejected,
    SetupWrong,
    TryLater,
)
from brygga.domain.party import Matching
from tests.connectors.specter.little_server import LittleServer, Say, little_server
from tests.connectors.specter.things import (
    INTEGRATION_KEY,
    USER_KEY,
    a_company,
    a_customer,
    a_document,
    a_session,
    an_article,
    an_opening,
)

BOTH = Matching.EMAIL_THEN_NUMBER
HTML = b"<html><body>Oj</body></html>"


@pytest.fixture
def server():
    with little_server() as server:
        yield server


@pytest.fixture
def session(server: LittleServer):
    session = a_session(server.url)
    yield session
    session.close()


def test_the_session_keeps_the_promises_of_an_erp(session):
    for promise in (TakesCustomers, TakesDocuments, TakesArticles, FeedsOrders):
        assert isinstance(session, promise)
    assert connector.role is Role.ERP


def test_a_customer_call_looks_as_the_dossier_says(server, session):
    server.say(b"1;1042;Customer created")
    assert session.put_customer(a_customer(), BOTH).number == "1042"
    (heard,) = server.heard
    assert (heard.method, heard.path) == ("POST", "/putInfo.asp")
    assert heard.query == {
        "action": "newCustomerSubmit", "sbmId": "9999", "apiUserId": "7", "useXML": "2", "forceCustomerUpdate": "1",
    }  # fmt: skip
    assert heard.form["key"] == "4b089ba56984979093476eccb7b1c37b"
    assert b"surName=%D6berg" in heard.raw_body
    assert b"address=Storgatan+1" in heard.raw_body


def test_an_order_call_looks_as_the_dossier_says(server):
    session = a_session(server.url, web_shop="2")
    server.say(b"<SBM><APIresponse><result>1</result><code>0</code><id>88123</id></APIresponse></SBM>")
    assert session.create_document(a_document(), "1042").number == "88123"
    (heard,) = server.heard
    assert heard.query == {
        "action": "newOrderSubmit", "sbmId": "9999", "apiUserId": "7", "useXML": "2", "webshopId": "2",
    }  # fmt: skip
    assert heard.form["key"] == "d3ed7fbf953b59399b2af0cadb9be0e3"
    assert heard.form["articleNo_1"] == "MUGG-1"
    session.close()


def test_the_documents_own_web_shop_goes_before_the_connections(server):
    session = a_session(server.url, web_shop="2")
    server.say(b"1;88123;ok")
    session.create_document(a_document(web_shop="5"), "1042")
    assert server.heard[0].query["webshopId"] == "5"
    session.close()


def test_an_article_call_is_signed_in_the_query(server, session):
    server.say(b"1;1;1 articles")
    session.put_articles([an_article("TEST-001")], update=True)
    (heard,) = server.heard
    assert heard.query["key"] == "dcd4ccd62aa929d045430912612abb1c"
    assert "key" not in heard.form


def test_version_1_signs_with_its_keys_and_names_no_user(server):
    opening = an_opening(server.url, api_version="1")
    opening = type(opening)(
        opening.settings, {"md5_key_1": "demo-md5-key-one", "md5_key_2": "demo-md5-key-two"}, opening.policy, opening.observe
    )  # fmt: skip
    session = connector.open(opening)
    server.say(b"1;88123;ok")
    session.create_document(a_document(), "1042")
    assert server.heard[0].form["key"] == "30f48e24ae12fcddc43e34cf06ce717e"
    assert "apiUserId" not in server.heard[0].query
    session.close()


def test_the_key_is_never_in_the_journal(server):
    seen = []
    opening = an_opening(server.url)
    session = connector.open(type(opening)(opening.settings, opening.secrets, opening.policy, seen.append))
    server.say(b"1;1;ok")
    session.put_customer(a_customer(), BOTH)
    session.create_document(a_document(), "1042")
    session.put_articles([an_article()], update=True)
    server.say(b"<SBM><orders/></SBM>")
    session.read_orders("b" * 32)
    session.close()
    sent = [h.form.get("key") or h.query["key"] for h in server.heard]
    assert len(sent) == len(seen) == 4
    for exchange, key in zip(seen, sent, strict=True):
        kept = repr(exchange)
        assert key not in kept
        assert USER_KEY not in kept
        assert INTEGRATION_KEY not in kept
        assert "key=hidden" in kept


# What was surely not done, and what may have been


@pytest.mark.parametrize(
    "say",
    [
        Say(hang_up=True), Say(HTML), Say(HTML, 500), Say(b"", 502), Say(HTML, 503), Say(b"1;;OK"),
        Say(b"<x><APIresponse><result>1</result></APIresponse></x>"), Say(b"1;88"[:1]),
    ],
)  # fmt: skip
def test_an_order_whose_answer_is_lost_or_odd_may_have_been_made(server, session, say):
    server.say(say)
    with pytest.raises(OutcomeUnknown):
        session.create_document(a_document(), "1042")
    assert len(server.heard) == 1, "never sent twice by itself"


def test_an_answer_without_number_says_so(server, session):
    server.say(b"1;;OK")
    with pytest.raises(OutcomeUnknown) as caught:
        session.create_document(a_document(), "1042")
    assert caught.value.for_merchant.code == "specter.no_number"


def test_an_order_turned_away_was_surely_not_made(server, session):
    server.say(Say(HTML, 503, {"Retry-After": "5"}))
    with pytest.raises(TryLater) as caught:
        session.create_document(a_document(), "1042")
    assert caught.value.after is not None


def test_a_refused_connection_is_surely_not_sent():
    with little_server() as server:
        url = server.url
    session = a_session(url)
    with pytest.raises(TryLater):
        session.create_document(a_document(), "1042")
    session.close()


def test_a_lost_customer_answer_is_harmless_when_the_card_can_be_found_again(server, session):
    server.say(Say(hang_up=True))
    with pytest.raises(TryLater):
        session.put_customer(a_customer(), BOTH)
    with pytest.raises(TryLater):
        session.put_customer(a_company(known_id="7"), Matching.NEVER)


def test_a_lost_customer_answer_may_mean_a_second_card_when_it_can_not(server, session):
    server.say(Say(hang_up=True))
    with pytest.raises(OutcomeUnknown):
        session.put_customer(a_customer(), Matching.NEVER)
    with pytest.raises(OutcomeUnknown):
        session.put_customer(a_customer(), Matching.NUMBER)


# Refusals


def test_a_duplicate_names_the_order_that_is_there(server, session):
    server.say(b"0;5;External order number SE-1042 already exists as order 88001")
    with pytest.raises(DuplicateNumber) as caught:
        session.create_document(a_document(), "1042")
    assert caught.value.existing == "88001"


def test_a_missing_article_is_named(server, session):
    server.say(b"0;6;articleNo MUGG-1 is unknown (row 1)")
    with pytest.raises(ArticleMissing) as caught:
        session.create_document(a_document(), "1042")
    assert caught.value.article_no == "MUGG-1"


def test_a_bad_key_breaks_the_connection(server, session):
    server.say(b"0;1;The signature is wrong")
    with pytest.raises(ConnectionBroken):
        session.put_customer(a_customer(), BOTH)


def test_an_invoice_is_made_only_where_the_dialect_has_the_action(server, session):
    invoice = a_document(kind=DocumentKind.INVOICE)
    assert not session.limits.makes_invoices
    with pytest.raises(SetupWrong) as caught:
        session.create_document(invoice, "1042")
    assert caught.value.setting == "actions.new_invoice"
    assert not server.heard
    able = a_session(server.url, {"actions.new_invoice": "newInvoiceSubmit"})
    assert able.limits.makes_invoices
    server.say(b"1;501;ok")
    assert able.create_document(invoice, "1042").number == "501"
    assert server.heard[0].query["action"] == "newInvoiceSubmit"
    able.close()


def test_limits_tell_the_flows_the_payment_codes(session):
    limits = session.limits
    assert limits.payment_codes["klarna_payments"] == "KG"
    assert "stripe" not in limits.payment_codes
    assert limits.prepaid_methods == {"bacs"}
    assert limits.unit_decimals == Limits().unit_decimals


def test_a_form_larger_than_the_erp_takes_is_refused_before_it_is_sent(server):
    session = a_session(server.url, {"limits.form_bytes": "100"})
    with pytest.raises(RecordRejected) as caught:
        session.create_document(a_document(), "1042")
    assert caught.value.for_merchant.code == "specter.form_too_large"
    assert not server.heard
    session.close()


# Articles


def test_many_articles_go_in_calls_of_the_size_the_erp_takes(server):
    session = a_session(server.url, {"limits.article_batch": "2"})
    server.say(b"1;1;ok")
    session.put_articles([an_article(f"A-{n}") for n in range(5)], update=False)
    assert [sum(name.startswith("articleNo_") for name in h.form) for h in server.heard] == [2, 2, 1]
    session.close()


def test_one_article_at_fault_stands_alone_and_the_others_go_in():
    # The server refuses any call that holds the bad number, whatever its place.
    with little_server() as server:
        server.says = _Refusing(server, "BAD")  # type: ignore[assignment]
        session = a_session(server.url)
        numbers = ["A", "B", "BAD", "D", "E"]
        put = session.put_articles([an_article(number) for number in numbers], update=True)
        session.close()
        went_in = {
            v for h in server.heard for k, v in h.form.items() if k.startswith("articleNo_") and not _bad(h)
        }
    assert went_in == {"A", "B", "D", "E"}
    assert list(put.refused) == ["BAD"]


def test_an_unfit_article_does_not_stop_the_others(server, session):
    server.say(b"1;1;ok")
    put = session.put_articles([an_article("A"), an_article("B  C")], update=True)
    assert put.refused["B  C"].code == "specter.key_unfit"
    assert server.heard[-1].form["articleNo_1"] == "A"


def test_an_article_that_is_there_and_may_not_be_updated_is_left_with_a_word(server, session):
    server.say(b"0;10;articleNo MUGG-1 already exists")
    put = session.put_articles([an_article()], update=False)
    assert [w.code for w in put.warnings] == ["specter.article_left"]


def test_a_lost_article_answer_may_simply_be_repeated(server, session):
    server.say(Say(hang_up=True))
    with pytest.raises(TryLater):
        session.put_articles([an_article(opening_stock=Decimal(3))], update=False)


# check


def test_check_proves_the_account_without_confirming_anything(server, session):
    server.say(b"<SBM><orders><order orderNo='1'/></orders></SBM>")
    identity = session.check()
    assert identity.name == "Specter 9999"
    assert identity.key.endswith("/9999")
    assert [h.query["action"] for h in server.heard] == ["getOrdersExternalNeedUpdate"]


def test_an_open_batch_proves_the_account_too(server, session):
    server.say(
        b"<SBM><APIresponse><result>0</result><code>99</code><message>'x'</message></APIresponse></SBM>"
    )
    assert session.check().name == "Specter 9999"


@pytest.mark.parametrize(
    ("say", "code"),
    [
        (Say(b"0;1;Wrong key"), "specter.bad_key"),
        (Say(b"0;2;Unknown account"), "specter.unknown_account"),
        (Say(b"0;33;Nej"), "specter.check_refused"),
        (Say(HTML), "specter.not_specter"),
        (Say(b"{}"), "specter.not_specter"),
        (Say(b"", 404), "specter.not_specter"),
        (Say(b"", 302, {"Location": "/"}), "specter.not_specter"),
    ],
)
def test_check_tells_bad_keys_from_a_wrong_address(server, session, say, code):
    server.say(say)
    with pytest.raises(ConnectionBroken) as caught:
        session.check()
    assert caught.value.for_merchant.code == code


@pytest.mark.parametrize("say", [Say(HTML, 500), Say("Underhåll".encode()), Say(b"", 503), Say(hang_up=True)])
def test_check_of_a_system_that_is_away_may_be_tried_again(server, session, say):
    server.say(say)
    with pytest.raises(TryLater):
        session.check()


# Settings


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"sbm_id": "99x"}, "sbm_id"),
        ({"sbm_id": ""}, "sbm_id"),
        ({"base_url": "api.specter.se"}, "base_url"),
        ({"api_version": "3"}, "api_version"),
        ({"api_version": "1"}, "md5_key_1"),
        ({"api_user_id": "å"}, "api_user_id"),
    ],
)
def test_impossible_settings_are_named(changes, setting):
    with pytest.raises(SetupWrong) as caught:
        a_session("http://127.0.0.1:1" if "base_url" not in changes else changes.pop("base_url"), **changes)
    assert caught.value.setting == setting


def test_several_shops_need_version_2():
    opening = an_opening("http://127.0.0.1:1", api_version="1", web_shop="2")
    secrets = {"md5_key_1": "a", "md5_key_2": "b"}
    with pytest.raises(SetupWrong) as caught:
        connector.open(type(opening)(opening.settings, secrets, opening.policy, opening.observe))
    assert caught.value.setting == "web_shop"


def test_calls_of_one_account_never_overlap():
    with little_server() as server:
        gauge = _Gauge(server)
        server.says = gauge  # type: ignore[assignment]
        sessions = [a_session(server.url) for _ in range(4)]
        threads = [
            threading.Thread(target=s.create_document, args=(a_document(number=f"SE-{n}"), "1"))
            for n, s in enumerate(sessions)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for s in sessions:
            s.close()
    assert len(server.heard) == 4
    assert gauge.most == 1


class _Refusing(list):
    """Says no to a call that holds a number."""

    def __init__(self, server, number):
        super().__init__([Say()])
        self.server, self.number = server, number

    def __getitem__(self, index):
        bad = self.number in self.server.heard[-1].form.values()
        return Say(b"0;7;name is too odd") if bad else Say(b"1;1;ok")


class _Gauge(list):
    """Counts how many calls were heard but not yet answered."""

    def __init__(self, server):
        super().__init__([Say()])
        self.server, self.answered, self.most = server, 0, 0

    def __getitem__(self, index):
        self.most = max(self.most, len(self.server.heard) - self.answered)
        self.answered += 1
        return Say(b"1;1;ok")


def _bad(heard):
    return "BAD" in heard.form.values()
