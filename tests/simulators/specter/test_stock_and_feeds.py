"""Stock follows orders, and the three feeds keep their batch protocol."""

import pytest

from tests.simulators.specter.shop import V2_OUTER, Shop, a_row

FEEDS = {
    "stock": ("getArticleExternalNeedUpdate", "updateArticlesFromBatch"),
    "articles": ("getArticleInfoExternalNeedUpdate", "updateArticleInfosFromBatch"),
    "orders": ("getOrdersExternalNeedUpdate", "updateOrdersFromBatch"),
}


def stock_of(answer):
    return {
        a.findtext("articleNo"): a.findtext("noItemsAv")
        for a in answer.xml.iterfind("stockChanges/stock/articles/article")
    }


def drain(shop, feed="stock", batch_no="drain"):
    read, confirm = FEEDS[feed]
    shop.get(read, batch_no)
    shop.get(confirm, batch_no)


def test_an_order_lowers_the_available_stock_and_the_feed_tells(shop, buyer):
    shop.has_article("A-1", "10")
    drain(shop)
    shop.order(buyer, [a_row(quantity="3")])

    assert stock_of(shop.stock("b1")) == {"A-1": "7"}


def test_a_set_article_moves_its_parts(shop, buyer):
    shop.has_article("A", "10")
    shop.has_article("B", "10")
    shop.control("POST", "articles", {"articleNo": "SET", "parts": {"A": 1, "B": 2}})
    drain(shop)
    shop.order(buyer, [a_row("SET", quantity="2")])

    assert stock_of(shop.stock("b1")) == {"A": "8", "B": "6"}


def test_delivery_takes_physical_stock_and_removal_gives_back(shop, buyer):
    shop.has_article("A-1", "10")
    first = shop.order(buyer, [a_row(quantity="3")]).second
    second = shop.order(buyer, [a_row(quantity="2")]).second
    shop.control("POST", f"orders/{first}/status", {"status": "delivered"})
    shop.control("POST", f"orders/{second}/status", {"status": "removed"})

    article = shop.seen_article("A-1")
    assert (article["onHand"], article["reserved"]) == ({"1": "7"}, {"1": "0"})


def test_sites_are_told_apart_when_asked_for(shop):
    shop.has_article("A-1", "10", site="1")
    shop.has_article("A-1", "4", site="2")

    one = shop.stock("b1").xml
    every = shop.stock("b1", getMultipleStocksites="1").xml

    assert [s.get("stockSiteId") for s in one.iter("stock")] == ["1"]
    assert {s.get("stockSiteId"): s.findtext("articles/article/noItemsAv") for s in every.iter("stock")} == {
        "1": "10",
        "2": "4",
    }


def test_the_stock_list_without_xml_has_a_heading(shop):
    shop.has_article("A-1", "10")

    assert (
        shop.stock("b1", xml=False).data == b"articleId;articleNo;noItemsAvailable;batchId\r\n1;A-1;10;b1\r\n"
    )


def test_stock_is_whole_unless_the_account_sends_fractions(shop):
    shop.has_article("A-1", "2.5")
    shop.has_article("B-1", "-3")
    assert stock_of(shop.stock("b1")) == {"A-1": "2", "B-1": "-3"}
    shop.confirm_stock("b1")

    shop.options(fractional_stock=True)
    shop.control("POST", "flag-all", {"feed": "stock"})
    assert stock_of(shop.stock("b2")) == {"A-1": "2,5", "B-1": "-3"}


@pytest.fixture
def dirty(shop, buyer):
    """A shop with one change waiting in each feed."""
    shop.has_article("A-1", "10")
    number = shop.order(buyer, [a_row()]).second
    shop.control("POST", f"orders/{number}/status", {"status": "delivered"})
    return shop


@pytest.mark.parametrize("feed", FEEDS)
def test_the_same_batch_gives_the_same_rows_until_it_is_confirmed(dirty, feed):
    read, confirm = FEEDS[feed]
    first = dirty.get(read, "b1").data
    dirty.has_article("A-1", "99", priceExclVat="5")

    assert dirty.get(read, "b1").data == first
    assert dirty.get(confirm, "b1", xml=False).ok


@pytest.mark.parametrize("feed", FEEDS)
def test_another_batch_is_refused_while_one_is_open(dirty, feed):
    read, confirm = FEEDS[feed]
    dirty.get(read, "b1")
    answer = dirty.get(read, "b2")

    assert answer.xml.findtext("APIresponse/code") == "99"
    assert answer.xml.findtext("APIresponse/message").split("'")[1] == "b1"
    assert dirty.get(read, "b2", xml=False).text.startswith("0;99;")
    dirty.get(confirm, "b1")
    assert dirty.get(read, "b2").xml.findtext("APIresponse/result") == "1"


@pytest.mark.parametrize("feed", FEEDS)
def test_an_empty_read_opens_nothing_unless_the_account_does_so(shop, feed):
    read, confirm = FEEDS[feed]
    shop.get(read, "b1")
    assert shop.get(read, "b2").xml.findtext("APIresponse/result") == "1"
    assert shop.get(confirm, "b1", xml=False).text.startswith("0;98;")

    shop.options(empty_read_opens=True)
    shop.get(read, "b3")
    assert shop.get(read, "b4").xml.findtext("APIresponse/code") == "99"
    assert shop.get(confirm, "b3", xml=False).ok


def test_confirming_an_unknown_batch_may_succeed(shop):
    shop.options(unknown_confirm_ok=True)

    assert shop.confirm_stock("never").ok


def test_the_open_batch_may_go_unnamed(dirty):
    dirty.options(quote_open_batch=False)
    dirty.stock("b1")

    assert "'" not in dirty.stock("b2").xml.findtext("APIresponse/message")


def test_a_change_during_an_open_batch_reaches_the_next(dirty):
    dirty.stock("b1")
    dirty.has_article("A-1", "42")
    dirty.confirm_stock("b1")

    assert stock_of(dirty.stock("b2")) == {"A-1": "42"}


def test_batches_are_open_per_user_or_per_account(dirty):
    dirty.control(
        "POST", "accounts", {"sbmId": 9999, "apiUserId": "12", "innerSecret": "mine", "outerSecret": V2_OUTER}
    )
    other = Shop(dirty.url, user="12", inner="mine")
    dirty.stock("b1")
    assert stock_of(other.stock("b2")) == {"A-1": "9"}

    dirty.options(batch_scope="account")
    dirty.stock("b3")
    assert other.stock("b4").xml.findtext("APIresponse/code") == "99"


def test_a_limit_is_told_and_kept(shop):
    shop.control("POST", "articles", {"articles": [{"articleNo": f"A-{n:04}"} for n in range(5)]})
    shop.options(article_limit=2)
    seen = []
    for n in range(4):
        root = shop.get("getArticleInfoExternalNeedUpdate", f"b{n}").xml
        assert root.findtext("responseMaxLimit") == "2"
        seen.append([a.findtext("articleNo") for a in root.iter("article")])
        shop.get("updateArticleInfosFromBatch", f"b{n}")

    assert seen == [["A-0000", "A-0001"], ["A-0002", "A-0003"], ["A-0004"], []]


def test_a_batch_number_that_is_too_long_or_missing_is_refused(shop):
    assert shop.stock("x" * 51, xml=False).text.startswith("0;7;")
    assert shop.stock("", xml=False).text.startswith("0;3;")


def test_article_data_has_decimal_commas_and_the_structure(shop):
    shop.control(
        "POST",
        "articles",
        {
            "articleNo": "T-L", "name": "Tröja L", "priceExclVat": "199.20", "buyPrice": "80", "productWeight": "0.3",
            "barCode": "7350000000000", "parentNo": "T", "options": {"Storlek": "L"}, "deleted": True,
        },
    )  # fmt: skip
    article = shop.get("getArticleInfoExternalNeedUpdate", "b1").xml.find("articles/article")

    assert article.attrib == {
        "priceExclVat": "199,2", "buyPrice": "80", "productWeight": "0,3", "barCode": "7350000000000", "deleted": "1",
    }  # fmt: skip
    assert article.find("variant").get("parentNo") == "T"
    assert article.findtext("variant/option") == "L"


def test_the_order_feed_tells_parts_parcels_and_removal(shop, buyer):
    number = shop.order(buyer, [a_row(quantity="3")]).second
    assert shop.get("getOrdersExternalNeedUpdate", "b0").xml.find("orders/order") is None

    def told(batch_no):
        order = shop.get("getOrdersExternalNeedUpdate", batch_no).xml.find("orders/order")
        shop.get("updateOrdersFromBatch", batch_no)
        assert order.get("orderNo") == str(number)
        status, deliveries = order.find("orderstatus"), order.find("deliveries")
        parcels = [d.get("trackingNo") for d in deliveries.iter("delivery")]
        return status.get("deliveryStatus"), status.get("statusId"), deliveries.get("updated"), parcels

    status = f"orders/{number}/status"
    shop.control("POST", status, {"status": "partly_delivered", "rows": {"1": "1"}, "trackingNo": "P1"})
    assert told("b1") == ("P", "3", "1", ["P1"])
    shop.control("POST", status, {"status": "delivered", "trackingNo": ["P2", "P3"]})
    assert told("b2") == ("D", "4", "1", ["P1", "P2", "P3"])
    shop.control("POST", status, {"status": "invoiced"})
    assert told("b3") == ("D", "4", "0", ["P1", "P2", "P3"])
    shop.control("POST", status, {"status": "removed"})
    assert told("b4")[1] == "5"


def test_an_order_deleted_without_trace_is_in_no_feed_and_frees_its_number(shop, buyer):
    number = shop.order(buyer, [a_row()], externalOrderNo="W-1").second
    shop.control("POST", f"orders/{number}/status", {"status": "delivered"})
    shop.control("POST", f"orders/{number}/status", {"status": "deleted"})

    assert shop.get("getOrdersExternalNeedUpdate", "b1").xml.find("orders/order") is None
    assert shop.order(buyer, [a_row()], externalOrderNo="W-1").ok


def test_a_shop_number_on_reads_gives_that_shop_s_orders(shop, buyer):
    numbers = [shop.order(buyer, [a_row()], webshopId=str(n)).second for n in (1, 2)]
    for number in numbers:
        shop.control("POST", f"orders/{number}/status", {"status": "delivered"})

    root = shop.get("getOrdersExternalNeedUpdate", "b1", webshopId="2").xml

    assert [o.get("orderNo") for o in root.iter("order")] == [str(numbers[1])]


def test_what_makes_no_sense_by_hand_is_refused(shop, buyer):
    number = shop.order(buyer, [a_row()]).second
    path = f"orders/{number}/status"

    assert "status" in shop.refused("POST", path, {"status": "eaten"})
    assert "left" in shop.refused("POST", path, {"status": "partly_delivered", "rows": {"1": "5"}})
    assert "no order" in shop.refused("POST", "orders/1/status", {"status": "delivered"})
