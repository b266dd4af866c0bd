"""The connector over HTTP against the simulated ERP; what counts is what the ERP then holds."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from brygga.connectors.contract.connector import ArticlesPut, OpenWith
from brygga.connectors.specter.connector import connector
from brygga.domain.document import DocumentKind, RowKind
from brygga.domain.errors import (
    ArticleMissing,
    ConnectionBroken,
    DuplicateNumber,
    OutcomeUnknown,
    RecordRejected,
    TryLater,
)
from brygga.domain.party import Address, Matching
from brygga_simulators.common.process import start_simulator
from tests.connectors.specter.erp import Erp
from tests.connectors.specter.things import (
    ASA,
    INTEGRATION_KEY,
    TESTBOLAGET,
    USER_KEY,
    a_company,
    a_customer,
    a_document,
    a_row,
    a_session,
    an_article,
    an_opening,
)

BOTH = Matching.EMAIL_THEN_NUMBER
BATCH = "{:032x}".format


@pytest.fixture(scope="module")
def process():
    with start_simulator("brygga_simulators.specter") as process:
        yield process


@pytest.fixture
def erp(process):
    erp = Erp(process.url)
    erp.ask("reset", {})
    erp.ask("articles", {"articles": [{"articleNo": n} for n in ("MUGG-1", "A", "B", "FRAKT")]})
    return erp


@pytest.fixture
def session(erp):
    session = a_session(erp.url)
    yield session
    session.close()


@pytest.fixture
def asa(session):
    return session.put_customer(a_customer(), BOTH).number


def test_order_1042_reaches_the_erp_with_its_sums(erp, session, asa):
    rows = (
        a_row(article_no="A", unit_price=Decimal("199.200"), quantity=Decimal(2)),
        a_row(article_no="B", unit_price=Decimal("89.286"), quantity=Decimal(1), vat_percent=12),
        a_row(kind=RowKind.SHIPPING, article_no="FRAKT", unit_price=Decimal("39.200"), quantity=Decimal(1)),
    )
    number = session.create_document(a_document(*rows), asa).number
    (order,) = erp.orders(external="SE-1042")
    assert str(order["orderNo"]) == number
    assert Decimal(order["total"]) == Decimal("647.00")
    assert {v["percent"]: Decimal(v["vat"]) for v in order["vatSums"]} == {
        25: Decimal("109.40"),
        12: Decimal("10.71"),
    }
    assert (order["payTypeIdentifier"], order["payTypeReference"]) == ("KG", "klarna-1")
    assert (order["orderDate"], order["language"], order["currency"]) == ("2026-07-01", "SE", "SEK")
    assert order["delivery"]["city"] == "Umeå"
    assert order["customerName"] == "Åsa Öberg"
    assert order["other"] == {}, "no field that the ERP has never heard of"


def test_letters_arrive_as_they_were_written_or_romanised(erp, session):
    zofia = replace(ASA, first_name="Zofia", last_name="Łęcka-Öberg 🌸", email="z@example.com")
    session.put_customer(a_customer(invoice=zofia, email="z@example.com"), BOTH)
    (card,) = erp.ask("customers?email=z@example.com")
    assert (card["firstName"], card["surName"]) == ("Zofia", "Lecka-Öberg")
    assert "?" not in json.dumps(card)


def test_the_same_customer_twice_is_one_card_with_the_last_delivery_address(erp, session, asa):
    first = session.create_document(a_document(), asa).number
    goteborg = Address("Åsa", "Öberg", "", "Hamngatan 2", "", "411 06", "Göteborg", "", "SE")
    again = session.put_customer(a_customer(delivery=goteborg), BOTH).number
    second = session.create_document(a_document(number="SE-1043"), again).number
    assert again == asa
    cities = {str(o["orderNo"]): o["delivery"]["city"] for o in erp.orders()}
    assert cities == {first: "Umeå", second: "Göteborg"}
    (card,) = erp.ask("customers")
    assert card["delivery"]["addressRow2"] == "", "the old second line does not shine through"
    assert card["invoice"]["addressRow2"] == "lgh 1203"


def test_two_companies_with_one_e_mail_stay_two_when_matched_by_number(erp, session):
    one = session.put_customer(a_company(), Matching.NUMBER).number
    other = a_company(invoice=replace(TESTBOLAGET, company="Andra AB"), organisation_no="5566778899")
    two = session.put_customer(other, Matching.NUMBER).number
    assert one != two
    assert session.put_customer(a_company(), Matching.NUMBER).number == one
    assert {c["orgNo"] for c in erp.ask("customers")} == {"556016-0680", "556677-8899"}


def test_a_known_card_is_found_by_its_id_whatever_else_changed(erp, session, asa):
    moved = a_customer(known_id=asa, email="ny@example.com", invoice=replace(ASA, city="Luleå"))
    assert session.put_customer(moved, BOTH).number == asa
    left = a_customer(known_id=asa, overwrite=False, invoice=replace(ASA, city="Kiruna"))
    session.put_customer(left, BOTH)
    (card,) = erp.ask("customers")
    assert card["emailAddress"] == "ny@example.com"
    assert (card["invoice"]["city"], card["delivery"]["city"]) == ("Luleå", "Kiruna")


def test_a_discount_on_the_card_does_not_apply_to_a_paid_web_price(erp, session, asa):
    erp.ask("customers", {"customerId": int(asa), "discount": "10"})
    session.create_document(a_document(), asa)
    assert Decimal(erp.orders()[0]["total"]) == Decimal("498.00")


@pytest.mark.parametrize("fault", ["cut_after", "cut_body", "garbage", "error_after", "bad_gateway_after"])
def test_a_lost_answer_is_settled_by_the_duplicate_control(erp, session, asa, fault):
    erp.fault(fault, match="newOrderSubmit")
    with pytest.raises(OutcomeUnknown):
        session.create_document(a_document(), asa)
    with pytest.raises(DuplicateNumber) as caught:
        session.create_document(a_document(), asa)
    (order,) = erp.orders()
    assert caught.value.existing == str(order["orderNo"])


@pytest.mark.parametrize("fault", ["cut_before", "server_error", "maintenance_once"])
def test_an_order_that_was_lost_on_the_way_there_goes_in_at_the_next_try(erp, session, asa, fault):
    erp.fault(fault, match="newOrderSubmit")
    with pytest.raises(OutcomeUnknown):
        session.create_document(a_document(), asa)
    session.create_document(a_document(), asa)
    assert len(erp.orders()) == 1


@pytest.mark.parametrize("fault", ["rate_limited", "unavailable"])
def test_an_order_turned_away_waits_as_long_as_it_was_asked_to(erp, session, asa, fault):
    erp.fault(fault, match="newOrderSubmit", times=1)
    with pytest.raises(TryLater) as caught:
        session.create_document(a_document(), asa)
    assert caught.value.after is not None
    assert erp.orders() == []


def test_notices_before_the_answer_are_tolerated(erp, session, asa):
    erp.fault("bom")
    assert session.create_document(a_document(), asa).number == str(erp.orders()[0]["orderNo"])


@pytest.mark.parametrize("cut", ["cut_after", "garbage", "error_after"])
def test_a_lost_customer_answer_makes_no_second_card(erp, session, cut):
    erp.fault(cut, match="newCustomerSubmit")
    with pytest.raises(TryLater):
        session.put_customer(a_customer(), BOTH)
    session.put_customer(a_customer(), BOTH)
    assert len(erp.ask("customers")) == 1


def test_an_answer_without_number_leaves_the_outcome_unknown(erp, session, asa):
    erp.ask("options", {"id_element": ""})
    with pytest.raises(OutcomeUnknown):
        session.create_document(a_document(), asa)
    erp.ask("options", {"id_element": "orderId", "duplicate_number": "0"})
    with pytest.raises(DuplicateNumber) as caught:
        session.create_document(a_document(), asa)
    assert caught.value.existing == ""


@pytest.mark.parametrize(
    "options",
    [{"xml_encoding": "UTF-8"}, {"xml_cdata": "0"}, {"xml_root": "svar"}, {"id_element": "OrderNo"}],
)
def test_the_shape_of_the_answers_does_not_matter(erp, session, asa, options):
    erp.ask("options", options)
    assert session.create_document(a_document(), asa).number == str(erp.orders()[0]["orderNo"])


def test_a_missing_article_is_named(erp, session, asa):
    erp.ask("options", {"strict_articles": "1"})
    with pytest.raises(ArticleMissing) as caught:
        session.create_document(a_document(a_row(), a_row(article_no="SAKNAS-1")), asa)
    assert caught.value.article_no == "SAKNAS-1"
    assert erp.orders() == []


def test_a_closed_currency_and_an_unknown_customer_hold_the_order(erp, session, asa):
    with pytest.raises(RecordRejected) as caught:
        session.create_document(a_document(currency="JPY"), asa)
    assert caught.value.for_merchant.code == "specter.currency_closed"
    with pytest.raises(RecordRejected) as caught:
        session.create_document(a_document(), "999999")
    assert caught.value.for_merchant.code == "specter.customer_unknown"


def test_an_invoice_where_the_account_can_make_one(erp, asa):
    erp.ask("options", {"invoice_action": "newInvoiceSubmit"})
    session = a_session(erp.url, {"actions.new_invoice": "newInvoiceSubmit"})
    session.create_document(a_document(kind=DocumentKind.INVOICE), asa)
    session.close()
    assert erp.orders()[0]["documentType"] == "invoice"


def test_an_order_of_500_rows(erp, session, asa):
    rows = [a_row(name=f"Rad {n} åäö", comment="Gravyr: Åsa") for n in range(500)]
    session.create_document(a_document(*rows), asa)
    assert len(erp.orders()[0]["rows"]) == 500


def test_articles_are_made_once_with_their_stock_and_updated_only_with_leave(erp, session):
    mug = an_article("NY-1", name="Mugg, Färg: Röd", opening_stock=Decimal(7), weight_kg=Decimal("0.35"))
    assert session.put_articles([mug, an_article("NY-2")], update=False) == ArticlesPut()
    session.put_articles([replace(mug, name="Annat", opening_stock=Decimal(99))], update=False)
    (kept,) = erp.ask("articles?articleNo=NY-1")
    assert kept["name"] == "Mugg, Färg: Röd"
    session.put_articles([replace(mug, name="Annat", opening_stock=Decimal(99))], update=True)
    (kept,) = erp.ask("articles?articleNo=NY-1")
    assert (kept["name"], kept["keepsStock"], kept["onHand"]["1"]) == ("Annat", True, "7")


def test_an_article_that_may_not_be_updated_is_left_where_the_account_refuses(erp, session):
    erp.ask("options", {"existing_article_error": "1"})
    (warning,) = session.put_articles([an_article("A")], update=False).warnings
    assert warning.code == "specter.article_left"
    put = session.put_articles([an_article(n) for n in ("X-1", "A", "X-2", "B", "X-3")], update=False)
    assert sorted(w.facts["record"] for w in put.warnings) == ["A", "B"]
    assert {"X-1", "X-2", "X-3"} <= {a["articleNo"] for a in erp.ask("articles")}


def test_250_articles_go_in_three_calls(erp, session):
    session.put_articles([an_article(f"M-{n}") for n in range(250)], update=True)
    assert sum(a["articleNo"].startswith("M-") for a in erp.ask("articles")) == 250
    calls = [c for c in erp.ask("calls")["calls"] if "newArticleSubmit" in json.dumps(c)]
    assert len(calls) == 3


# The feed


def test_status_and_parcels_come_by_the_feed_and_end_when_confirmed(erp, session, asa):
    number = session.create_document(a_document(), asa).number
    erp.ask(f"orders/{number}/status", {"status": "partly_delivered", "trackingNo": "PX1"})
    batch = session.read_orders(BATCH(1))
    (row,) = batch.rows
    assert (row.order_no, row.partly_delivered, row.delivered) == (number, True, False)
    assert [s.tracking_no for s in row.shipments] == ["PX1"]
    assert session.read_orders(BATCH(1)).rows == batch.rows, "the same rows until they are confirmed"
    session.confirm_orders(batch.batch)
    erp.ask(f"orders/{number}/status", {"status": "delivered", "trackingNo": "PX2"})
    (row,) = session.read_orders(BATCH(2)).rows
    assert row.delivered
    assert [s.tracking_no for s in row.shipments][-1] == "PX2"
    session.confirm_orders(BATCH(2))
    assert session.read_orders(BATCH(3)).rows == ()
    session.confirm_orders(BATCH(3))


def test_a_cancelled_order_comes_by_the_feed(erp, session, asa):
    number = session.create_document(a_document(), asa).number
    erp.ask(f"orders/{number}/status", {"status": "removed"})
    assert session.read_orders(BATCH(1)).rows[0].cancelled


def test_a_batch_left_open_by_a_crash_is_read_again_under_its_own_number(erp, session, asa):
    number = session.create_document(a_document(), asa).number
    erp.ask(f"orders/{number}/status", {"status": "delivered"})
    session.read_orders(BATCH(1))
    other = a_session(erp.url)
    again = other.read_orders(BATCH(2))
    assert (again.batch, [row.order_no for row in again.rows]) == (BATCH(1), [number])
    other.confirm_orders(again.batch)
    assert other.read_orders(BATCH(2)).rows == ()
    other.close()


def test_check_loses_nothing_of_the_feed(erp, session, asa):
    number = session.create_document(a_document(), asa).number
    erp.ask(f"orders/{number}/status", {"status": "delivered"})
    assert session.check().name == "Specter 9999"
    assert session.check().name == "Specter 9999"
    batch = session.read_orders(BATCH(1))
    assert batch.from_check
    assert [row.order_no for row in batch.rows] == [number]
    session.confirm_orders(batch.batch)


def test_a_lost_confirmation_is_repeated_without_harm(erp, session, asa):
    number = session.create_document(a_document(), asa).number
    erp.ask(f"orders/{number}/status", {"status": "delivered"})
    session.read_orders(BATCH(1))
    erp.fault("cut_after", match="updateOrdersFromBatch")
    with pytest.raises(TryLater):
        session.confirm_orders(BATCH(1))
    session.confirm_orders(BATCH(1))
    assert session.read_orders(BATCH(2)).rows == ()


def test_more_rows_than_an_answer_holds(erp, session, asa):
    erp.ask("options", {"order_limit": "2"})
    numbers = [session.create_document(a_document(number=f"SE-{n}"), asa).number for n in range(5)]
    for number in numbers:
        erp.ask(f"orders/{number}/status", {"status": "delivered"})
    seen, turn, more = [], 0, True
    while more:
        turn += 1
        batch = session.read_orders(BATCH(turn))
        seen += [row.order_no for row in batch.rows]
        session.confirm_orders(batch.batch)
        more = batch.more
    assert (seen, turn) == (numbers, 3)


# The account


@pytest.mark.parametrize(
    ("settings", "secrets", "code"),
    [
        ({}, {"api_user_key": "0" * 32}, "specter.bad_key"),
        ({"sbm_id": "1234"}, {}, "specter.unknown_account"),
        ({"api_user_id": "8"}, {}, "specter.unknown_account"),
        ({"base_url": "{url}/_control/health"}, {}, "specter.not_specter"),
    ],
)
def test_check_says_what_is_wrong(erp, settings, secrets, code):
    settings = {name: value.format(url=erp.url) for name, value in settings.items()}
    opening = an_opening(settings.pop("base_url", erp.url), **settings)
    secrets = {"api_user_key": USER_KEY, "integration_key": INTEGRATION_KEY} | secrets
    session = connector.open(OpenWith(opening.settings, secrets, opening.policy, opening.observe))
    with pytest.raises(ConnectionBroken) as caught:
        session.check()
    session.close()
    assert caught.value.for_merchant.code == code


def test_an_account_of_version_1(erp):
    opening = an_opening(erp.url, api_version="1", sbm_id="9998", api_user_id="")
    secrets = {"md5_key_1": "demo-md5-key-one", "md5_key_2": "demo-md5-key-two"}
    session = connector.open(OpenWith(opening.settings, secrets, opening.policy, opening.observe))
    session.check()
    customer = session.put_customer(a_customer(), BOTH).number
    session.create_document(a_document(), customer)
    session.close()
    assert len(erp.orders(sbmId="9998")) == 1


def test_the_same_order_from_ten_workers_is_one_order(erp, asa):
    sessions = [a_session(erp.url) for _ in range(10)]

    def send(session):
        try:
            return session.create_document(a_document(), asa).number
        except DuplicateNumber as error:
            return error.existing

    with ThreadPoolExecutor(10) as pool:
        numbers = set(pool.map(send, sessions))
    for session in sessions:
        session.close()
    (order,) = erp.orders()
    assert numbers == {str(order["orderNo"])}
