"""Rows of the order feed, and its batches; what all feeds have in common is in test_feed_protocol."""

import pytest

from brygga.connectors.specter.feeds import CHECK_PREFIX
from brygga.domain.errors import ConnectionBroken, SetupWrong, TryLater
from tests.connectors.specter.little_server import Say, little_server
from tests.connectors.specter.things import a_session

OURS, THEIRS = "a" * 32, "b" * 32
EMPTY = b"<SBM><APIresponse><result>1</result><code>0</code></APIresponse><orders/></SBM>"


def feed(*orders: str, limit: str = "") -> bytes:
    return f"<?xml version='1.0' encoding='ISO-8859-1'?><SBM>{limit}<orders>{''.join(orders)}</orders></SBM>".encode(
        "latin-1"
    )


def open_batch(text: str) -> bytes:
    return f"<SBM><APIresponse><result>0</result><code>99</code><message>{text}</message></APIresponse></SBM>".encode()


@pytest.fixture
def server():
    with little_server() as server:
        yield server


@pytest.fixture
def session(server):
    session = a_session(server.url)
    yield session
    session.close()


def test_rows_are_read_under_our_number(server, session):
    server.say(feed("<order orderNo='88123'/>"))
    batch = session.read_orders(OURS)
    assert (batch.batch, [row.order_no for row in batch.rows], batch.more) == (OURS, ["88123"], False)
    (heard,) = server.heard
    assert (heard.method, heard.path) == ("GET", "/getInfo.asp")
    assert heard.query["batchNo"] == OURS
    assert heard.query["useXML"] == "2"
    assert heard.query["action"] == "getOrdersExternalNeedUpdate"


def test_a_short_answer_of_success_is_an_empty_batch(server, session):
    server.say(b"1;;")
    assert session.read_orders(OURS).rows == ()


@pytest.mark.parametrize(
    "body", [open_batch(f"Batch '{THEIRS}' is open"), f"0;99;Parti '{THEIRS}' är öppet".encode("latin-1")]
)
def test_another_open_batch_is_read_instead_and_named(server, session, body):
    server.say(body, feed("<order orderNo='88123'/>"))
    batch = session.read_orders(OURS)
    assert batch.batch == THEIRS
    assert [row.order_no for row in batch.rows] == ["88123"]
    assert [h.query["batchNo"] for h in server.heard] == [OURS, THEIRS]
    assert {h.query["action"] for h in server.heard} == {"getOrdersExternalNeedUpdate"}, (
        "never confirmed unread"
    )


def test_a_batch_that_our_own_check_opened_is_known_again(server, session):
    server.say(EMPTY)
    session.check()
    theirs = server.heard[0].query["batchNo"]
    assert theirs.startswith(CHECK_PREFIX)
    assert len(theirs) == 32
    server.say(open_batch(f"'{theirs}'"), EMPTY)
    assert session.read_orders(OURS).from_check
    server.say(EMPTY)
    assert not session.read_orders(OURS).from_check


@pytest.mark.parametrize("text", ["A batch is open", "", f"'{OURS}'"])
def test_an_open_batch_without_a_usable_number_stops_this_feed_and_says_so(server, session, text):
    server.say(open_batch(text))
    with pytest.raises(SetupWrong) as caught:
        session.read_orders(OURS)
    assert caught.value.for_merchant.code == "specter.batch_unnamed"
    assert caught.value.setting == "patterns.open_batch"
    assert len(server.heard) == 1


def test_a_batch_that_moves_under_us_is_looked_at_again_later(server, session):
    server.say(open_batch(f"'{THEIRS}'"), open_batch("'c'"))
    with pytest.raises(TryLater):
        session.read_orders(OURS)
    assert len(server.heard) == 2


def test_as_many_rows_as_the_limit_means_more(server, session):
    rows = ("<order orderNo='1'/>", "<order orderNo='2'/>")
    server.say(feed(*rows, limit="<responseMaxLimit>2</responseMaxLimit>"))
    assert session.read_orders(OURS).more
    server.say(feed(*rows, limit="<responseMaxLimit>3</responseMaxLimit>"))
    assert not session.read_orders(OURS).more


def event(server, session, xml):
    server.say(feed(xml))
    (row,) = session.read_orders(OURS).rows
    return row


def test_delivered_with_parcels(server, session):
    row = event(
        server,
        session,
        "<order orderNo='88123'><orderstatus deliveryStatus='D' statusId='4'/>"
        "<deliveries updated='1'><delivery trackingNo='PX1'/><delivery trackingNo=''/><delivery trackingNo='PX2'/>"
        "<delivery trackingNo='PX1'/></deliveries></order>",
    )
    assert (row.delivered, row.partly_delivered, row.cancelled) == (True, False, False)
    assert [s.tracking_no for s in row.shipments] == ["PX1", "PX2"]


def test_a_changed_delivery_without_d_is_partly_delivered(server, session):
    row = event(
        server,
        session,
        "<order orderNo='1'><orderstatus deliveryStatus='P' statusId='3'/><deliveries updated='1'>"
        "<delivery><trackingNo><![CDATA[PX1]]></trackingNo></delivery></deliveries></order>",
    )
    assert (row.delivered, row.partly_delivered) == (False, True)
    assert row.shipments[0].tracking_no == "PX1"


def test_cancelled_wins_over_delivered(server, session):
    row = event(server, session, "<order orderNo='1'><orderstatus deliveryStatus='D' statusId='5'/></order>")
    assert (row.cancelled, row.delivered, row.partly_delivered) == (True, False, False)


@pytest.mark.parametrize(
    ("row", "facts"),
    [
        ("<order orderNo='1'><orderstatus paid='1' invoiceNo='501,502'/></order>", ["paid", "invoiced 501", "invoiced 502"]),
        ("<order orderNo='1' isPaid='true'><invoiceNo> 501; 501 </invoiceNo></order>", ["paid", "invoiced 501"]),
        ("<order orderNo='1'><orderstatus paid='0' invoiceNo='0' removed='0'/></order>", []),
        ("<order orderNo='1'><orderstatus paid='100,00' invoiceNo='' deleted='kanske'/></order>", []),
        ("<order orderNo='1'><orderstatus invoiceNo='&lt;script&gt;'/></order>", []),
        ("<order orderNo='1' removed='1'><orderstatus deliveryStatus='D'/></order>", ["removed"]),
        ("<order orderNo='1'><orderstatus isDeleted='1' statusId='5'/></order>", ["cancelled", "removed"]),
    ],
)  # fmt: skip
def test_payment_invoices_and_removal_are_facts_when_they_are_told(server, session, row, facts):
    told = event(server, session, row).facts()
    assert sorted(f"{fact} {detail}".strip() for fact, detail in told) == sorted(facts)


def test_rows_of_an_order_are_kept_and_change_nothing(server, session):
    told = event(
        server,
        session,
        "<order orderNo='1'><rows><row articleNo='00A' paid='1'/><row articleNo='B'/></rows></order>",
    )
    assert list(told.facts()) == []
    assert told.raw == {
        "@orderNo": "1",
        "rows/row@articleNo": "00A",
        "rows/row@paid": "1",
        "rows/row@articleNo#3": "B",
    }


def test_unknown_values_change_nothing_and_are_kept(server, session):
    row = event(
        server,
        session,
        "<order orderNo='1' lager='3'><orderstatus deliveryStatus='Q' statusId='77'/><ny><rad nr='1'>Åsa</rad></ny></order>",
    )
    assert (row.delivered, row.partly_delivered, row.cancelled, row.shipments) == (False, False, False, ())
    assert row.raw["orderstatus@statusId"] == "77"
    assert row.raw["@lager"] == "3"
    assert row.raw["ny/rad"] == "Åsa"


def test_the_shops_number_is_read_if_the_feed_has_it(server, session):
    assert event(server, session, "<order orderNo='1' externalOrderNo='SE-1042'/>").external_no == "SE-1042"
    assert event(server, session, "<order orderNo='1'/>").external_no == ""


@pytest.mark.parametrize("row", ["<order nr='1'/>", "<bestallning orderNo='1'/>"])
def test_rows_that_are_not_understood_are_never_passed_on_to_be_confirmed(server, session, row):
    server.say(feed("<order orderNo='1'/>", row))
    with pytest.raises(SetupWrong) as caught:
        session.read_orders(OURS)
    assert caught.value.for_merchant.code == "specter.feed_unreadable"


def test_a_name_of_the_dialect_makes_them_understood(server):
    session = a_session(server.url, {"xml.order_no": "nr", "codes.delivered": "L"})
    server.say(feed("<order nr='1'><orderstatus deliveryStatus='L'/></order>"))
    (row,) = session.read_orders(OURS).rows
    assert (row.order_no, row.delivered) == ("1", True)
    session.close()


@pytest.mark.parametrize("body", [b"<html>Oj</html>", b"", b"<SBM><fault/></SBM>", b"0;55;Nej"])
def test_an_unreadable_answer_is_tried_again_and_nothing_is_confirmed(server, session, body):
    server.say(body)
    with pytest.raises(TryLater):
        session.read_orders(OURS)


def test_a_bad_key_breaks_the_connection(server, session):
    server.say(b"0;1;Bad key")
    with pytest.raises(ConnectionBroken):
        session.read_orders(OURS)
    with pytest.raises(ConnectionBroken):
        session.confirm_orders(OURS)


@pytest.mark.parametrize("body", [b"1;;ok", EMPTY, b"0;98;batch is not open", open_batch("'other'")])
def test_a_confirmed_or_unknown_batch_counts_as_confirmed_after_one_try(server, session, body):
    server.say(body)
    session.confirm_orders(OURS)
    (heard,) = server.heard
    assert (heard.query["action"], heard.query["batchNo"]) == ("updateOrdersFromBatch", OURS)


@pytest.mark.parametrize("say", [Say(hang_up=True), Say(b"<html/>"), Say(b"", 500)])
def test_a_lost_confirmation_may_be_repeated(server, session, say):
    server.say(say)
    with pytest.raises(TryLater):
        session.confirm_orders(OURS)
