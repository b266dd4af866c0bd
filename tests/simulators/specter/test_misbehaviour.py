"""What is processed and what is not when the simulated Specter misbehaves over real HTTP."""

import threading
import time

import pytest
import urllib3

from tests.simulators.specter.shop import a_row


@pytest.fixture
def strike(shop):
    def add(name, **changes):
        shop.control("POST", "faults", {"name": name, "match": "newOrderSubmit", **changes})

    return add


def external_numbers(shop):
    return [o["externalOrderNo"] for o in shop.control("GET", "orders")]


@pytest.mark.parametrize(
    ("fault", "status"),
    [("rate_limited", 429), ("server_error", 500), ("unavailable", 503), ("maintenance_once", 200)],
)
def test_an_error_answer_without_processing(shop, buyer, strike, fault, status):
    strike(fault)
    answer = shop.order(buyer, [a_row()], externalOrderNo="W-1")

    assert answer.status == status
    assert external_numbers(shop) == []


def test_a_rate_limit_says_how_long_to_wait(shop, buyer, strike):
    strike("rate_limited", retry_after=7)
    fields = {"customerId": buyer}
    response = shop.http.request("POST", f"{shop.url}/putInfo.asp?action=newOrderSubmit", fields=fields)

    assert response.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("fault", "kept"),
    [
        ("cut_before", []),
        ("cut_after", ["W-1"]),
        ("cut_body", ["W-1"]),
        ("timeout_before", []),
        ("timeout_after", ["W-1"]),
    ],
)
def test_a_broken_connection_leaves_what_it_says(shop, buyer, strike, fault, kept):
    strike(fault, **({"ms": 50} if "timeout" in fault else {}))

    with pytest.raises((urllib3.exceptions.ProtocolError, urllib3.exceptions.IncompleteRead)):
        shop.order(buyer, [a_row()], externalOrderNo="W-1")

    assert external_numbers(shop) == kept
    assert shop.order(buyer, [a_row()], externalOrderNo="W-2").ok, "the fault is spent"


def test_a_client_that_gives_up_while_it_waits_does_not_hold_the_server(shop, buyer, strike):
    strike("timeout_after", ms=60_000)
    shop.http.connection_pool_kw["timeout"] = 0.2
    shop.http.clear()

    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        shop.order(buyer, [a_row()], externalOrderNo="W-1")

    assert external_numbers(shop) == ["W-1"]


def test_garbage_and_late_errors_hide_an_order_that_was_made(shop, buyer, strike):
    strike("garbage")
    strike("bad_gateway_after")

    garbage = shop.order(buyer, [a_row()], externalOrderNo="W-1")
    error = shop.order(buyer, [a_row()], externalOrderNo="W-2")

    assert (garbage.status, error.status) == (200, 502)
    assert not garbage.text.startswith(("0;", "1;", "<?xml"))
    assert external_numbers(shop) == ["W-1", "W-2"]


def test_a_byte_order_mark_and_a_notice_stand_before_the_answer(shop, buyer, strike):
    strike("bom")
    answer = shop.order(buyer, [a_row()], xml=True)

    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert b"Notice" in answer.data
    assert answer.data.endswith(b"</SBM>")


def test_a_slow_answer_does_not_hold_up_others(shop, buyer, strike):
    strike("slow", ms=400)
    slow = threading.Thread(target=shop.order, args=(buyer, [a_row()]))
    started = time.monotonic()
    slow.start()
    shop.stock("b1")
    quick = time.monotonic() - started
    slow.join()

    assert quick < 0.4 <= time.monotonic() - started


def test_calls_are_counted_by_what_they_did(shop, buyer, strike):
    shop.control("DELETE", "calls")
    strike("cut_after", times=1)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        shop.order(buyer, [a_row()])
    shop.order(buyer, [a_row()])
    shop.stock("b1")

    log = shop.control("GET", "calls")
    assert log["counts"] == {
        "POST /putInfo.asp?newOrderSubmit": 2,
        "GET /getInfo.asp?getArticleExternalNeedUpdate": 1,
    }
    assert [c["status"] for c in log["calls"]] == [0, 200, 200]


def test_faults_are_listed_and_taken_away(shop, strike):
    strike("slow")
    shop.control("POST", "faults", {"kind": "server_error", "match": "x", "times": 2})
    assert [f["name"] for f in shop.control("GET", "faults")["faults"]] == ["slow", "server_error"]

    shop.control("DELETE", "faults")
    assert shop.control("GET", "faults")["faults"] == []
    assert "no preset" in shop.refused("POST", "faults", {"name": "gremlins"})
