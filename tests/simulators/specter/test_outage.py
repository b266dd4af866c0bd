"""The API goes away until told otherwise, while staff and control routes go on."""

import pytest
import urllib3

from tests.simulators.specter.shop import a_person

ANSWERS = {"unavailable": (503, b"503"), "maintenance": (200, b"Underh"), "error": (500, b"Internal")}


@pytest.mark.parametrize("how", ANSWERS)
def test_every_call_fails_until_the_api_is_up_again(shop, how):
    assert shop.do("outage/down", how=how) == {"down": True, "how": how, "struck": 0}
    status, text = ANSWERS[how]
    for answer in (
        shop.customer(**a_person()),
        shop.stock("b1"),
        shop.articles({"articleNo": "A"}),
        shop.stock("b2"),
    ):
        assert answer.status == status
        assert text in answer.data
    assert shop.control("GET", "outage")["struck"] == 4
    assert shop.control("GET", "customers") == []
    shop.has_article("A-1")
    assert shop.http.request("GET", f"{shop.url}/accounts/9999/orders").status == 200

    shop.do("outage/up")

    assert shop.control("GET", "outage") == {"down": False, "how": "", "struck": 0}
    assert shop.stock_news() == {"A-1": "10"}


def test_calls_hang_or_break_off(shop):
    shop.do("outage/down", how="cut")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        shop.stock("b1")
    shop.do("outage/down", how="hang")
    shop.http.connection_pool_kw["timeout"] = 0.2
    shop.http.clear()
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        shop.stock("b1")
    shop.do("outage/up")
    shop.http.connection_pool_kw["timeout"] = 10
    shop.http.clear()
    assert shop.stock("b1").status == 200


def test_an_unknown_way_is_refused(shop):
    assert "how" in shop.cannot("outage/down", how="flood")
