"""The feeds over HTTP against the simulated ERP: nothing is lost, whatever happens between read and confirm."""

from datetime import date
from decimal import Decimal

import pytest

from brygga.domain.errors import TryLater
from brygga.domain.events import Fact
from brygga.domain.order import OptionValue
from brygga.domain.party import Matching
from brygga.domain.supply import ListPrice
from brygga_simulators.common.process import start_simulator
from tests.connectors.specter.erp import Erp
from tests.connectors.specter.things import INTEGRATION_KEY, a_customer, a_document, a_session

BATCH = "{:032x}".format
ACTIONS = {
    "orders": ("getOrdersExternalNeedUpdate", "updateOrdersFromBatch"),
    "articles": ("getArticleInfoExternalNeedUpdate", "updateArticleInfosFromBatch"),
    "stock": ("getArticleExternalNeedUpdate", "updateArticlesFromBatch"),
}


@pytest.fixture(scope="module")
def process():
    with start_simulator("brygga_simulators.specter") as process:
        yield process


@pytest.fixture
def erp(process):
    erp = Erp(process.url)
    erp.ask("reset", {})
    return erp


@pytest.fixture
def session(erp):
    session = a_session(erp.url)
    yield session
    session.close()


@pytest.fixture(params=ACTIONS)
def feed(request):
    return request.param


def read(session, feed, number):
    return getattr(session, f"read_{feed}")(BATCH(number))


def confirm(session, feed, batch):
    getattr(session, f"confirm_{feed}")(batch)


def keys(batch):
    return list(dict.fromkeys(getattr(row, "order_no", "") or row.article_no for row in batch.rows))


def everything(session, feed, first=1):
    """Read and confirm until there is no more; return all rows and how many batches it took."""
    rows, turn, more = [], first - 1, True
    while more:
        turn += 1
        batch = read(session, feed, turn)
        rows += batch.rows
        confirm(session, feed, batch.batch)
        more = batch.more
    return rows, turn


def change(erp, session, feed, *numbers):
    """Make a change of each thing that the feed tells of, and return what it will tell."""
    if feed != "orders":
        about = {"name": "Ny"} if feed == "articles" else {"stock": "7"}
        erp.ask("articles", {"articles": [{"articleNo": f"00{n}", **about} for n in numbers]})
        return [f"00{n}" for n in numbers]
    told = []
    for n in numbers:
        customer = session.put_customer(a_customer(), Matching.EMAIL_THEN_NUMBER).number
        told.append(session.create_document(a_document(number=f"SE-{n}"), customer).number)
        erp.ask(f"orders/{told[-1]}/status", {"status": "delivered"})
    return told


def open_batches(erp, feed):
    return [r["openBatch"] for r in erp.ask("feeds") if r["reader"].startswith(f"{feed}/") and r["openBatch"]]


# The batch protocol


def test_rows_come_again_until_they_are_confirmed(erp, session, feed):
    told = change(erp, session, feed, 1, 2)
    batch = read(session, feed, 1)
    assert (keys(batch), batch.remarks) == (told, ())
    assert read(session, feed, 1).rows == batch.rows
    confirm(session, feed, batch.batch)
    assert read(session, feed, 2).rows == ()
    confirm(session, feed, BATCH(2))
    assert open_batches(erp, feed) == []


def test_a_change_while_a_batch_is_open_comes_in_a_later_one(erp, session, feed):
    first = change(erp, session, feed, 1)
    batch = read(session, feed, 1)
    later = change(erp, session, feed, 2)
    assert keys(read(session, feed, 1)) == first
    confirm(session, feed, batch.batch)
    assert keys(read(session, feed, 2)) == later


def test_a_crash_between_read_and_confirm_loses_nothing(erp, session, feed):
    told = change(erp, session, feed, 1)
    crashed = a_session(erp.url)
    rows = read(crashed, feed, 1).rows
    crashed.close()
    later = change(erp, session, feed, 2)
    again = read(session, feed, 2)
    assert (again.batch, again.rows, keys(again)) == (BATCH(1), rows, told)
    assert open_batches(erp, feed) == [BATCH(1)], "named in the answer, and not confirmed by us"
    confirm(session, feed, again.batch)
    assert keys(read(session, feed, 2)) == later


def test_a_foreign_open_batch_is_read_before_it_is_confirmed(erp, session, feed):
    erp.ask("options", {"batch_scope": "account"})
    erp.ask(
        "accounts", {"sbmId": 9999, "apiUserId": "8", "innerSecret": "f" * 32, "outerSecret": INTEGRATION_KEY}
    )
    told = change(erp, session, feed, 1)
    stranger = a_session(erp.url, api_user_id="7")
    getattr(stranger, f"read_{feed}")("their-own-batch")
    stranger.close()
    batch = read(session, feed, 1)
    assert (batch.batch, keys(batch)) == ("their-own-batch", told)
    confirm(session, feed, batch.batch)
    assert read(session, feed, 1).rows == ()


def test_a_lost_answer_is_read_again(erp, session, feed):
    told = change(erp, session, feed, 1)
    for fault in ("cut_after", "cut_body", "garbage", "unavailable"):
        erp.fault(fault, match=ACTIONS[feed][0], times=1)
        with pytest.raises(TryLater):
            read(session, feed, 1)
    assert keys(read(session, feed, 1)) == told


def test_a_notice_before_the_document_is_no_part_of_it(erp, session, feed):
    told = change(erp, session, feed, 1)
    erp.fault("bom", match=ACTIONS[feed][0], times=1)
    assert keys(read(session, feed, 1)) == told


def test_a_lost_confirmation_is_repeated_without_harm(erp, session, feed):
    change(erp, session, feed, 1)
    read(session, feed, 1)
    erp.fault("cut_after", match=ACTIONS[feed][1], times=1)
    with pytest.raises(TryLater):
        confirm(session, feed, BATCH(1))
    confirm(session, feed, BATCH(1))
    assert read(session, feed, 2).rows == ()


def test_an_empty_read_that_opens_a_batch_is_confirmed_like_any_other(erp, session, feed):
    erp.ask("options", {"empty_read_opens": "1"})
    assert read(session, feed, 1).rows == ()
    assert open_batches(erp, feed) == [BATCH(1)]
    told = change(erp, session, feed, 1)
    empty = read(session, feed, 2)
    assert (empty.batch, empty.rows) == (BATCH(1), ())
    confirm(session, feed, empty.batch)
    assert keys(read(session, feed, 2)) == told


def test_a_limit_is_read_past(erp, session, feed):
    erp.ask("options", {f"{feed.removesuffix('s')}_limit": "2"})
    told = change(erp, session, feed, 1, 2, 3, 4, 5)
    rows, turns = everything(session, feed)
    assert [getattr(row, "order_no", "") or row.article_no for row in rows] == told
    assert turns == 3


def test_the_feeds_do_not_disturb_each_other(erp, session):
    told = {feed: change(erp, session, feed, n) for n, feed in enumerate(ACTIONS, 1)}
    batches = {feed: read(session, feed, n) for n, feed in enumerate(ACTIONS, 1)}
    for feed, batch in batches.items():
        assert set(told[feed]) <= set(keys(batch))
        confirm(session, feed, batch.batch)
        assert open_batches(erp, feed) == []


@pytest.mark.parametrize("form", [{"xml_encoding": "UTF-8"}, {"xml_cdata": "0"}, {"xml_root": "svar"}])
def test_any_form_of_xml(erp, session, form):
    erp.ask("options", form)
    erp.ask("articles", {"articleNo": "A-1", "name": "Räksmörgås & <co>", "stock": "3"})
    assert read(session, "articles", 1).rows[0].name == "Räksmörgås & <co>"
    assert read(session, "stock", 1).rows[0].available == 3


# Stock


def levels(rows):
    return {(row.article_no, row.site): row.available for row in rows}


def test_stock_of_several_sites_with_fractions_and_below_none(erp, session):
    erp.ask("options", {"fractional_stock": "1"})
    for site, number in (("1", "2.5"), ("2", "-3"), ("3", "0")):
        erp.ask("articles", {"articleNo": "00123", "site": site, "available": number})
    erp.ask("articles", {"articleNo": "B", "site": "2", "stock": "1"})
    rows, _ = everything(session, "stock")
    assert levels(rows) == {
        ("00123", "1"): Decimal("2.5"), ("00123", "2"): -3, ("00123", "3"): 0, ("B", "1"): 0, ("B", "2"): 1,
    }  # fmt: skip


def test_whole_numbers_where_the_account_writes_so(erp, session):
    erp.ask("articles", {"articleNo": "A", "available": "2.5"})
    assert levels(read(session, "stock", 1).rows) == {("A", "1"): 2}


def test_only_the_default_site_when_every_site_is_not_asked_for(erp):
    erp.ask("articles", {"articleNo": "A", "site": "2", "stock": "5"})
    session = a_session(erp.url, {"routing.every_site": ""})
    assert levels(read(session, "stock", 1).rows) == {("A", "1"): 0}
    session.close()


def test_stock_in_lines_keeps_the_protocol_too(erp):
    erp.ask("options", {"fractional_stock": "1", "stock_limit": "2"})
    change_all = [{"articleNo": f"00{n}", "available": str(n - 2.5)} for n in range(5)]
    erp.ask("articles", {"articles": change_all})
    session = a_session(erp.url, {"routing.use_xml_reads": ""})
    seen = {}
    for turn in range(1, 4):
        read(session, "stock", turn)
        again = read(session, "stock", 100 + turn)
        assert again.batch == BATCH(turn), "the open batch, told in the short form"
        seen |= levels(again.rows)
        confirm(session, "stock", again.batch)
    assert seen == {(f"00{n}", ""): Decimal(str(n - 2.5)) for n in range(5)}
    session.close()


def test_an_order_shows_in_stock(erp, session):
    erp.ask("articles", {"articleNo": "MUGG-1", "stock": "10"})
    everything(session, "stock")
    customer = session.put_customer(a_customer(), Matching.EMAIL_THEN_NUMBER).number
    session.create_document(a_document(), customer)
    assert levels(read(session, "stock", 50).rows) == {("MUGG-1", "1"): 8}


# Articles

STOVEL = {
    "articleNo": "STOVEL-40", "name": "Stövel 40", "priceExclVat": "799.20", "vatPercent": "25", "barCode": "0731",
    "productWeight": "1.25", "articleGroup": "Skor", "parentNo": "STOVEL", "options": {"Storlek": "40"}, "forWeb": "1",
    "webDescription": "<p>Hög &amp; varm</p>", "webShortDescription": "Hög",
    "priceLists": {"ÅF": {"currency": "EUR", "tiers": {"1": "60", "10": "55.5"}, "from": "2020-01-01", "to": "2099-12-31"}},
}  # fmt: skip


def test_an_article_with_all_that_it_may_have(erp, session):
    erp.ask(
        "articles", {"articles": [STOVEL, {"articleNo": "PAKET", "parts": {"STOVEL-40": "2", "00A": "0.5"}}]}
    )
    batch = read(session, "articles", 1)
    article, package = batch.rows
    assert batch.remarks == ()
    assert (article.article_no, article.name, article.group, article.barcode) == (
        "STOVEL-40", "Stövel 40", "Skor", "0731",
    )  # fmt: skip
    assert (article.price_ex, article.vat_percent, article.weight_kg) == (
        Decimal("799.20"),
        25,
        Decimal("1.25"),
    )
    assert (article.parent_no, article.options) == ("STOVEL", (OptionValue("Storlek", "40"),))
    assert (article.for_web, article.ended) == (True, False)
    assert (article.description, article.short_description) == ("<p>Hög &amp; varm</p>", "Hög")
    days = date(2020, 1, 1), date(2099, 12, 31)
    assert article.lists == (
        ListPrice("ÅF", Decimal(60), "EUR", Decimal(1), *days),
        ListPrice("ÅF", Decimal("55.5"), "EUR", Decimal(10), *days),
    )
    assert package.parts == {"STOVEL-40": 2, "00A": Decimal("0.5")}
    assert article.raw["reorderPoint"] == "0"


def test_an_account_that_tells_no_structure_and_no_extras(erp, session):
    erp.ask("options", {"article_structure": "0", "article_extras": "0", "price_list_tiers": "0"})
    erp.ask("articles", STOVEL)
    (article,) = read(session, "articles", 1).rows
    assert (article.parent_no, article.options, article.group, article.description) == ("", (), "", "")
    assert article.for_web is None, "not told is not no"
    assert [price.from_quantity for price in article.lists] == [1]
    assert article.price_ex == Decimal("799.20")


@pytest.mark.parametrize("mark", ["deleted", "ended"])
def test_deleted_and_ended_articles_are_told_of_as_ended(erp, session, mark):
    erp.ask("articles", STOVEL)
    everything(session, "articles")
    erp.ask("articles", {"articleNo": "STOVEL-40", mark: "1"})
    (article,) = read(session, "articles", 50).rows
    assert (article.article_no, article.ended) == ("STOVEL-40", True)


def test_an_account_without_the_deletion_mark_says_nothing_of_a_deleted_article(erp, session):
    erp.ask("options", {"deleted_mark": "0", "ended_mark": "0"})
    erp.ask("articles", STOVEL)
    everything(session, "articles")
    erp.ask("articles", {"articleNo": "STOVEL-40", "ended": "1"})
    (article,) = everything(session, "articles", 50)[0]
    assert not article.ended
    erp.ask("articles", {"articleNo": "STOVEL-40", "deleted": "1"})
    assert everything(session, "articles", 60)[0] == []


# Orders


def an_order(session):
    customer = session.put_customer(a_customer(), Matching.EMAIL_THEN_NUMBER).number
    return session.create_document(a_document(), customer).number


def test_payment_and_invoices_are_facts_where_the_feed_tells_them(erp, session):
    erp.ask("options", {"paid_in_feed": "1", "invoice_in_feed": "1", "order_rows": "1"})
    number = an_order(session)
    erp.ask(f"orders/{number}/status", {"status": "paid"})
    erp.ask(f"orders/{number}/status", {"status": "invoiced"})
    event = read(session, "orders", 1).rows[-1]
    (order,) = erp.orders(orderNo=number)
    invoices = [str(invoice["invoiceNo"]) for invoice in order["invoices"]]
    assert (event.order_no, event.paid, event.removed) == (number, True, False)
    assert set(event.facts()) == {(Fact.PAID, "")} | {(Fact.INVOICED, no) for no in invoices}
    assert invoices
    assert event.raw["rows/row@articleNo"] == "MUGG-1", "rows are kept, and nothing more"


def test_where_it_does_not_nothing_is_made_up(erp, session):
    number = an_order(session)
    erp.ask(f"orders/{number}/status", {"status": "paid"})
    erp.ask(f"orders/{number}/status", {"status": "invoiced"})
    for event in read(session, "orders", 1).rows:
        assert not {Fact.PAID, Fact.INVOICED, Fact.REMOVED} & {fact for fact, _ in event.facts()}


def test_a_removed_order_is_cancelled_or_removed_as_the_dialect_says(erp):
    for overrides, fact in (
        ({}, Fact.CANCELLED),
        ({"codes.cancelled": "", "codes.removed": "5"}, Fact.REMOVED),
    ):
        session = a_session(erp.url, overrides)
        erp.ask("reset", {})
        number = an_order(session)
        erp.ask(f"orders/{number}/status", {"status": "removed"})
        event = read(session, "orders", 1).rows[-1]
        assert list(event.facts()) == [(fact, "")]
        session.close()
