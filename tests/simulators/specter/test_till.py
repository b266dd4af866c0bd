"""The cashier shares the stock with the shop: sales lower it at once, parked purchases hold it."""

import pytest


@pytest.fixture
def till(shop):
    """A shop with ten of an article, and nothing left to tell."""
    shop.has_article("A-1", "10", priceExclVat="80", vatPercent="25")
    shop.drain()
    return shop


def seen(shop):
    article = shop.seen_article("A-1")
    return {part: article[part].get("1", "0") for part in ("onHand", "parked", "available")}


def test_a_sale_lowers_the_stock_at_once_and_is_in_no_order_feed(till):
    receipt = till.do("till/sell", rows=[{"articleNo": "A-1", "quantity": 3}], paidBy="Swish")

    assert (receipt["receiptNo"], receipt["total"], receipt["paidBy"]) == (1, "300.00", "Swish")
    assert till.stock_news() == {"A-1": "7"}
    assert till.news("orders").find("orders/order") is None
    assert till.control("GET", "orders") == []


def test_goods_brought_back_raise_the_stock(till):
    assert till.do("till/sell", rows={"A-1": -2})["total"] == "-200.00"
    assert till.stock_news() == {"A-1": "12"}


def test_a_sale_at_another_site_takes_that_site_s_stock(till):
    till.do("stock/receive", site="2", rows={"A-1": 5})
    till.do("till/sell", site="2", articleNo="A-1")

    assert till.seen_article("A-1")["available"] == {"1": "10", "2": "4"}


def test_a_set_sold_over_the_counter_moves_its_parts(till):
    till.do("articles", articleNo="SET", priceExclVat="100", parts={"A-1": 2})
    till.do("till/sell", articleNo="SET", quantity=3)

    assert till.stock_news() == {"A-1": "4"}


def test_a_parked_purchase_holds_its_goods_until_it_is_taken_up(till):
    parked = till.do("till/park", rows="A-1 4", note="hämtar plånboken")
    assert seen(till) == {"onHand": "10", "parked": "4", "available": "6"}
    assert till.stock_news() == {"A-1": "6"}

    receipt = till.do("till/take-up", parkedNo=parked["parkedNo"])

    assert (receipt["parkedNo"], receipt["total"]) == (parked["parkedNo"], "400.00")
    assert seen(till) == {"onHand": "6", "parked": "0", "available": "6"}
    assert till.stock_news() == {}
    assert till.control("GET", "till")["parked"] == []


def test_a_parked_purchase_can_be_put_back(till):
    till.do("till/put-back", parkedNo=till.do("till/park", articleNo="A-1")["parkedNo"])

    assert seen(till)["available"] == "10"


def test_the_day_s_end_gives_back_what_is_parked_and_sums_up(till):
    till.do("till/sell", rows={"A-1": 1})
    till.do("till/park", rows={"A-1": 2})
    till.do("till/park", rows={"A-1": 3})
    till.drain()

    close = till.do("till/close")

    assert (close["receipts"], close["total"], close["released"]) == (1, "100.00", [1, 2])
    assert till.stock_news() == {"A-1": "9"}
    till.do("till/sell", rows={"A-1": 2})
    assert till.do("till/close")["total"] == "200.00"
    assert [c["closeNo"] for c in till.control("GET", "till")["dayCloses"]] == [1, 2]


def test_what_the_till_cannot_sell_is_said_and_nothing_moves(till):
    rows = [{"articleNo": "A-1", "quantity": 1}, {"articleNo": "NOT-THERE"}]

    assert "NOT-THERE" in till.cannot("till/sell", rows=rows)
    assert "site 9" in till.cannot("till/sell", site="9", articleNo="A-1")
    assert "no parked purchase 5" in till.cannot("till/take-up", parkedNo=5)
    assert "no number" in till.cannot("till/park", rows={"A-1": "many"})
    assert seen(till)["available"] == "10"
    assert till.control("GET", "till") == {"parked": [], "receipts": [], "dayCloses": []}
