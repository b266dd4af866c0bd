"""All three feeds keep one protocol: nothing confirmed unread, nothing understood wrongly passed on."""

from dataclasses import dataclass

import pytest

from brygga.connectors.contract.connector import FeedsOrders
from brygga.connectors.contract.supply import FeedsArticles, FeedsStock
from brygga.domain.errors import ConnectionBroken, SetupWrong, TryLater
from tests.connectors.specter.feed_answers import answer
from tests.connectors.specter.little_server import Say, little_server
from tests.connectors.specter.things import a_session

OURS, THEIRS = "a" * 32, "b" * 32


@dataclass(frozen=True)
class Of:
    """One feed as a test sees it."""

    name: str
    read_action: str
    confirm_action: str
    row: str
    around: str
    list_entry: str

    def body(self, *keys, limit=""):
        inner = self.around.format("".join(self.row.format(key) for key in keys))
        return answer(f"<responseMaxLimit>{limit}</responseMaxLimit>" * bool(limit) + inner)

    def read(self, session, batch):
        return getattr(session, f"read_{self.name}")(batch)

    def confirm(self, session, batch):
        getattr(session, f"confirm_{self.name}")(batch)

    def keys(self, batch):
        return [getattr(row, "order_no", "") or row.article_no for row in batch.rows]


FEEDS = (
    Of(
        "orders", "getOrdersExternalNeedUpdate", "updateOrdersFromBatch",
        "<order orderNo='{}'/>", "<orders>{}</orders>", "xml.orders",
    ),
    Of(
        "articles", "getArticleInfoExternalNeedUpdate", "updateArticleInfosFromBatch",
        "<article articleNo='{}'/>", "<articles>{}</articles>", "xml.articles",
    ),
    Of(
        "stock", "getArticleExternalNeedUpdate", "updateArticlesFromBatch",
        "<article articleNo='{}' noItemsAv='1'/>",
        "<stockChanges><stock stockSiteId='1'><articles>{}</articles></stock></stockChanges>", "xml.stock_changes",
    ),
)  # fmt: skip


def refused(text, code=99):
    return f"<SBM><APIresponse><result>0</result><code>{code}</code><message>{text}</message></APIresponse></SBM>".encode()


@pytest.fixture(params=FEEDS, ids=lambda feed: feed.name)
def feed(request):
    return request.param


@pytest.fixture
def server():
    with little_server() as server:
        yield server


@pytest.fixture
def session(server):
    session = a_session(server.url)
    yield session
    session.close()


def test_the_session_offers_all_three(session):
    for offer in (FeedsOrders, FeedsArticles, FeedsStock):
        assert isinstance(session, offer)


def test_rows_are_read_under_our_number_and_confirmed_under_it(server, session, feed):
    server.say(feed.body("1", "2"))
    batch = feed.read(session, OURS)
    assert (batch.batch, feed.keys(batch), batch.more, batch.from_check, batch.remarks) == (
        OURS, ["1", "2"], False, False, (),
    )  # fmt: skip
    server.say(b"1;;ok")
    feed.confirm(session, batch.batch)
    read, confirm = server.heard
    assert (read.method, read.path, read.query["action"]) == ("GET", "/getInfo.asp", feed.read_action)
    assert (confirm.method, confirm.query["action"]) == ("GET", feed.confirm_action)
    assert read.query["batchNo"] == confirm.query["batchNo"] == OURS
    assert read.query["key"] == confirm.query["key"]
    assert read.query.get("getMultipleStocksites") == ("1" if feed.name == "stock" else None)
    assert "getMultipleStocksites" not in confirm.query


def test_another_open_batch_is_read_again_and_named(server, session, feed):
    server.say(refused(f"Batch '{THEIRS}' is open"), feed.body("1"))
    batch = feed.read(session, OURS)
    assert (batch.batch, feed.keys(batch)) == (THEIRS, ["1"])
    assert [(h.query["action"], h.query["batchNo"]) for h in server.heard] == [
        (feed.read_action, OURS),
        (feed.read_action, THEIRS),
    ]


@pytest.mark.parametrize("text", ["A batch is open", "", f"'{OURS}'"])
def test_an_open_batch_without_a_usable_number_stops_the_feed(server, session, feed, text):
    server.say(refused(text))
    with pytest.raises(SetupWrong) as caught:
        feed.read(session, OURS)
    assert caught.value.setting == "patterns.open_batch"
    assert caught.value.for_merchant.facts["action"] == feed.read_action
    assert len(server.heard) == 1


def test_a_batch_that_moves_under_us_is_looked_at_again_later(server, session, feed):
    server.say(refused(f"'{THEIRS}'"), refused("'c'"))
    with pytest.raises(TryLater):
        feed.read(session, OURS)


def test_a_refused_read_is_tried_again_and_a_bad_key_breaks_the_connection(server, session, feed):
    server.say(b"0;55;Nej")
    with pytest.raises(TryLater) as caught:
        feed.read(session, OURS)
    assert caught.value.for_merchant.facts["action"] == feed.read_action
    server.say(b"0;1;Bad key")
    for call in (feed.read, feed.confirm):
        with pytest.raises(ConnectionBroken):
            call(session, OURS)


def test_as_many_rows_as_the_limit_means_more(server, session, feed):
    server.say(feed.body("1", "2", limit="2"))
    assert feed.read(session, OURS).more
    server.say(feed.body("1", "2", limit="3"))
    assert not feed.read(session, OURS).more
    server.say(feed.body(limit="3"))
    assert not feed.read(session, OURS).more
    server.say(feed.body("1", "2", limit="många"))
    assert not feed.read(session, OURS).more


def test_a_row_that_was_left_out_still_counts_for_the_limit(server, session):
    server.say(
        answer(
            "<responseMaxLimit>2</responseMaxLimit><stockChanges><stock><articles><article articleNo='A' noItemsAv='x'/>"
            "<article articleNo='B' noItemsAv='1'/></articles></stock></stockChanges>"
        )
    )
    batch = session.read_stock(OURS)
    assert ([row.article_no for row in batch.rows], batch.more, len(batch.remarks)) == (["B"], True, 1)


@pytest.mark.parametrize("body", [b"1;;", b"1;;Inget nytt", f"1;{OURS};".encode(), b"1;0;"])
def test_a_short_success_that_says_nothing_is_an_empty_batch(server, session, feed, body):
    server.say(body)
    assert feed.read(session, OURS).rows == ()


@pytest.mark.parametrize("body", [b"1;88123;fyra", b"1;;\r\n2;A", b"1;A;b\r\n2;B;b"])
def test_a_short_success_that_says_something_is_never_passed_on(server, session, feed, body):
    server.say(body)
    with pytest.raises(SetupWrong) as caught:
        feed.read(session, OURS)
    assert caught.value.setting == "routing.use_xml_reads"


@pytest.mark.parametrize(
    "inner", ["<andra><rad nr='1'/></andra>", "<andra nr='1'/>", "<resultat><andra/></resultat>"]
)
def test_a_list_called_something_else_stops_the_feed_at_its_entry(server, session, feed, inner):
    server.say(answer(inner))
    with pytest.raises(SetupWrong) as caught:
        feed.read(session, OURS)
    assert caught.value.setting == feed.list_entry
    assert caught.value.for_merchant.code == "specter.feed_unreadable"


def test_a_cut_answer_is_tried_again_wherever_it_is_cut(server, session, feed):
    whole = feed.body("1", "2")
    for at in range(1, len(whole) - 1, 7):
        server.say(whole[:at])
        with pytest.raises(TryLater):
            feed.read(session, OURS)


@pytest.mark.parametrize("say", [Say(hang_up=True), Say(b"<html>Oj</html>"), Say(b"", 500), Say(b"")])
def test_a_lost_answer_is_tried_again_whether_read_or_confirmed(server, session, feed, say):
    server.say(say)
    for call in (feed.read, feed.confirm):
        with pytest.raises(TryLater):
            call(session, OURS)


@pytest.mark.parametrize(
    "body", [b"1;;ok", b"0;98;batch is not open", refused("'other'"), refused("unknown", 98)]
)
def test_a_batch_that_nobody_knows_counts_as_confirmed_after_one_try(server, session, feed, body):
    server.say(body)
    feed.confirm(session, OURS)
    assert len(server.heard) == 1


def test_without_xml_stock_comes_in_lines(server):
    session = a_session(server.url, {"routing.use_xml_reads": "", "routing.every_site": ""})
    server.say(
        f"articleId;articleNo;noItemsAvailable;batchId\r101;00123;2,5;{OURS}\r1;B;-3;{OURS}\r".encode()
    )
    batch = session.read_stock(OURS)
    assert [(row.article_no, str(row.available), row.site) for row in batch.rows] == [
        ("00123", "2.5", ""),
        ("B", "-3", ""),
    ]
    (heard,) = server.heard
    assert not {"useXML", "getMultipleStocksites"} & set(heard.query)
    server.say(b"0;99;Parti '" + THEIRS.encode() + b"' \xe4r \xf6ppet", b"1;A;5;b\r\n")
    batch = session.read_stock(OURS)
    assert (batch.batch, batch.rows[0].article_no) == (THEIRS, "A")
    session.close()
