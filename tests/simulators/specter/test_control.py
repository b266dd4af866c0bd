"""The control routes: hands for tests, and the truth as JSON."""

from tests.simulators.specter.shop import Shop, a_company, a_row


def test_an_order_can_be_typed_in_by_hand(shop):
    customer = shop.control("POST", "customers", a_company(discount="5"))
    order = shop.control(
        "POST",
        "orders",
        {"customerId": customer["customerId"], "currency": "SEK", "rows": [a_row(price="100")]},
    )

    assert (order["source"], order["total"]) == ("by hand", "118.75")
    assert "unknown" in shop.refused("POST", "orders", {"customerId": 1, "rows": [a_row()]})


def test_available_can_be_set_with_orders_open(shop, buyer):
    shop.has_article("A-1", "10")
    shop.order(buyer, [a_row(quantity="3")])
    article = shop.control("POST", "articles", {"articleNo": "A-1", "available": "20"})

    assert (article["onHand"], article["reserved"]) == ({"1": "23"}, {"1": "3"})


def test_everything_can_be_marked_as_changed(shop):
    shop.has_article("A-1")
    shop.stock("b1")
    shop.confirm_stock("b1")
    shop.control("POST", "flag-all", {"feed": "stock"})

    assert shop.control("GET", "feeds")[0]["waiting"] == 1
    assert "feed" in shop.refused("POST", "flag-all", {"feed": "weather"})


def test_an_account_can_be_opened_while_it_runs(shop):
    shop.control(
        "POST",
        "accounts",
        {"sbmId": 77, "version": 1, "innerSecret": "a", "outerSecret": "b", "options": {"currencies": "EUR"}},
    )
    other = Shop(shop.url, 77, "", "a", "b")

    assert other.customer().ok
    state = shop.control("GET", "state?sbmId=77")["accounts"]
    assert len(state) == 1
    assert state[0]["account"]["options"]["currencies"] == "EUR"


def test_options_explain_themselves_and_refuse_nonsense(shop):
    meaning = {o["name"]: o for o in shop.control("GET", "options")["meaning"]}

    assert meaning["strict_articles"]["invented"] is True
    assert meaning["quote_open_batch"]["invented"] is False
    assert "no option" in shop.refused("POST", "options", {"colour": "red"})
    assert "rounding" in shop.refused("POST", "options", {"rounding": "sideways"})


def test_reset_forgets_all_but_the_start(shop, buyer):
    shop.options(strict_articles=True)
    shop.control("POST", "faults", {"name": "slow"})
    shop.control("POST", "clock", {"advance_seconds": 86400})
    shop.control("POST", "reset")

    assert shop.control("GET", "customers") == []
    assert shop.control("GET", "faults")["faults"] == []
    assert shop.control("GET", "options")["options"]["strict_articles"] is False
    assert shop.customer().second == 1001


def test_bodies_that_are_no_json_objects_are_refused(shop):
    for body in (b"[1]", b"{", b"null"):
        response = shop.http.request("POST", f"{shop.url}/_control/articles", body=body)
        assert response.status == 400
