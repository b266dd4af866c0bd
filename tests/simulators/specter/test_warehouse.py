"""What becomes of an order in the ERP: parts, parcels, invoices, payment, cancelled, removed."""

import pytest

from tests.simulators.specter.shop import a_row


@pytest.fixture
def order(shop, buyer):
    """An order of three A and two B, with nothing left to tell."""
    for number in ("A", "B"):
        shop.has_article(number, "10")
    made = shop.order(
        buyer, [a_row("A", quantity="3"), a_row("B", quantity="2")], externalOrderNo="W-1"
    ).second
    shop.drain()
    return made


def told(shop):
    """Return what the order feed says of the only order that changed."""
    (found,) = shop.news("orders").iter("order")
    status, deliveries = found.find("orderstatus"), found.find("deliveries")
    parcels = [parcel.get("trackingNo") for parcel in deliveries.iter("delivery")]
    return status.get("statusId"), status.get("deliveryStatus"), deliveries.get("updated"), parcels


def test_an_order_is_delivered_in_parts_with_parcels(shop, order):
    shop.do(f"orders/{order}/deliver", rows={"1": 1, "2": 2}, trackingNo=["P1", "P2"])
    assert told(shop) == ("3", "P", "1", ["P1", "P2"])
    assert shop.seen_article("A")["onHand"] == {"1": "9"}

    shop.do(f"orders/{order}/deliver", trackingNo="P3")
    assert told(shop) == ("4", "D", "1", ["P1", "P2", "P3"])
    parcels = [
        (d["deliveryNo"], d["trackingNo"], d["quantities"]) for d in shop.seen_order(order)["deliveries"]
    ]
    assert parcels == [(1, "P1", {"1": "1", "2": "2"}), (1, "P2", {}), (2, "P3", {"1": "2"})]
    assert shop.stock_news() == {}


def test_a_parcel_number_may_come_late_and_a_wrong_one_be_taken_back(shop, order):
    shop.do(f"orders/{order}/deliver")
    assert told(shop) == ("4", "D", "1", [""])
    shop.do(f"orders/{order}/parcels", trackingNo="P1, P2")
    assert told(shop) == ("4", "D", "1", ["P1", "P2"])
    shop.do(f"orders/{order}/parcels", void="P2", trackingNo="P9")
    assert told(shop) == ("4", "D", "1", ["P1", "P9"])
    shop.do(f"orders/{order}/parcels", void="P9")
    assert told(shop) == ("4", "D", "1", ["P1"])


def test_an_order_is_invoiced_before_delivery_and_the_feed_carries_the_number_by_option(shop, order):
    shop.do(f"orders/{order}/invoice")
    status = shop.news("orders").find("orders/order/orderstatus")
    assert (status.get("deliveryStatus"), status.get("invoiceNo")) == ("N", None)

    shop.options(invoice_in_feed=True)
    shop.do(f"orders/{order}/invoice")
    numbers = [str(made["invoiceNo"]) for made in shop.seen_order(order)["invoices"]]
    assert shop.news("orders").find("orders/order/orderstatus").get("invoiceNo") == ",".join(numbers)


def test_a_paid_order_is_told_only_by_option(shop, order):
    shop.do(f"orders/{order}/pay")
    assert shop.seen_order(order)["paidAt"]
    assert shop.news("orders").find("orders/order") is None

    shop.options(paid_in_feed=True)
    shop.do(f"orders/{order}/pay")
    assert shop.news("orders").find("orders/order/orderstatus").get("paid") == "1"


def test_a_cancelled_order_is_kept_and_gives_back_what_is_not_delivered(shop, order):
    shop.do(f"orders/{order}/deliver", rows={"1": 1})
    shop.drain()
    shop.do(f"orders/{order}/cancel")

    assert told(shop)[:2] == ("5", "P")
    assert shop.stock_news() == {"A": "9", "B": "10"}
    assert "cancelled" in shop.cannot(f"orders/{order}/deliver")
    customer = shop.seen_order(order)["customerId"]
    assert shop.order(customer, [a_row("A")], externalOrderNo="W-1").text.startswith("0;5;")


def test_a_removed_order_is_in_the_feed_and_frees_its_number(shop, order):
    customer = shop.seen_order(order)["customerId"]
    shop.do(f"orders/{order}/remove")

    assert told(shop)[0] == "5"
    assert shop.stock_news() == {"A": "10", "B": "10"}
    assert shop.order(customer, [a_row("A")], externalOrderNo="W-1").ok


def test_by_option_nothing_tells_of_a_removed_order(shop, order):
    shop.options(removed_in_feed=False)
    shop.do(f"orders/{order}/deliver", rows={"1": 1})
    shop.do(f"orders/{order}/remove")

    assert shop.news("orders").find("orders/order") is None
    assert shop.control("GET", "orders") == []
    assert shop.control("GET", "triggers")["sent"] == []


def test_the_short_status_route_knows_all_that_can_happen(shop, order):
    path = f"orders/{order}/status"
    shop.control("POST", path, {"status": "paid"})
    shop.control("POST", path, {"status": "cancelled"})

    assert shop.seen_order(order)["paidAt"]
    assert told(shop)[0] == "5"


def test_what_cannot_be_done_to_an_order_is_said(shop, order):
    path = f"orders/{order}"

    assert "left" in shop.cannot(f"{path}/deliver", rows={"1": 4})
    assert "left" in shop.cannot(f"{path}/deliver", rows={"7": 1})
    assert "no delivery" in shop.cannot(f"{path}/parcels", trackingNo="P1")
    assert "no order 1" in shop.cannot("orders/1/invoice")
    shop.do(f"{path}/deliver")
    assert "nothing left" in shop.cannot(f"{path}/deliver")
    assert "no parcel P7" in shop.cannot(f"{path}/parcels", void="P7")
    assert "missing" in shop.cannot(f"{path}/parcels")
