"""The simulator as a process: ready line, options, and what survives a kill."""

import subprocess
import sys

import pytest

from brygga_simulators.common.process import SimulatorFailed, start_simulator
from tests.simulators.specter.shop import Shop, a_person, a_row

MODULE = "brygga_simulators.specter"


def test_what_was_answered_survives_a_kill(tmp_path):
    data = ["--data-dir", str(tmp_path)]
    simulator = start_simulator(MODULE, *data)
    shop = Shop(simulator.url)
    shop.has_article("A-1", "10")
    buyer = shop.customer(**a_person()).second
    order = shop.order(buyer, [a_row(quantity="3")], externalOrderNo="W-1").second
    shop.options(order_rows=True)
    shop.control("POST", "triggers", {"kind": "stock", "url": "http://127.0.0.1:1/x"})
    open_batch = shop.stock("b1").data
    before = shop.control("GET", "state")["accounts"]
    simulator.kill()
    shop.http.clear()

    with start_simulator(MODULE, *data) as again:
        shop = Shop(again.url)
        assert shop.control("GET", "state")["accounts"] == before
        assert shop.stock("b1").data == open_batch
        assert shop.stock("b2", xml=False).text.startswith("0;99;")
        assert shop.order(buyer, [a_row()], externalOrderNo="W-1").text.startswith("0;5;")
        assert shop.order(buyer, [a_row()]).second == order + 1
        assert shop.customer(**a_person()).second == buyer
        assert len(shop.control("GET", "triggers")["triggers"]) == 1
        shop.http.clear()


def test_what_staff_did_survives_a_kill(tmp_path):
    data = ["--data-dir", str(tmp_path)]
    simulator = start_simulator(MODULE, *data)
    shop = Shop(simulator.url)
    shop.options(renamed_as_deleted=True, paid_in_feed=True)
    shop.has_article("A-1", "10", priceLists={"ÅF": {"currency": "EUR", "tiers": {"1": "9", "10": "8"}}})
    buyer = shop.customer(**a_person()).second
    order, gone = (shop.order(buyer, [a_row()], externalOrderNo=f"W-{n}").second for n in (1, 2))
    shop.do(f"orders/{order}/deliver", trackingNo=["P1", "P2"])
    shop.do(f"orders/{order}/pay")
    shop.do(f"orders/{gone}/remove")
    for rows in ({"A-1": 1}, {"A-1": 2}):
        shop.do("till/park", rows=rows)
    shop.do("till/take-up", parkedNo=1)
    shop.do("till/sell", articleNo="A-1")
    shop.do("articles/rename", articleNo="A-1", newArticleNo="B-1")
    shop.do("triggers/add", kind="stock", url="http://127.0.0.1:1/x")
    shop.do("triggers/switch", kind="stock", on=False)
    before = shop.control("GET", "state")["accounts"]
    simulator.kill()
    shop.http.clear()

    with start_simulator(MODULE, *data) as again:
        shop = Shop(again.url)
        assert shop.control("GET", "state")["accounts"] == before
        assert [t["on"] for t in shop.control("GET", "triggers")["triggers"]] == [False]
        assert [a.findtext("articleNo") for a in shop.news("articles").iter("article")] == ["A-1", "B-1"]
        assert [o.get("orderNo") for o in shop.news("orders").iter("order")] == [str(order), str(gone)]
        assert shop.order(buyer, [a_row()], externalOrderNo="W-2").ok
        assert shop.do("till/close")["released"] == [2]
        assert shop.do("till/park", articleNo="B-1")["parkedNo"] == 3
        shop.http.clear()


def test_accounts_options_and_faults_come_from_the_command_line():
    arguments = ["--account", "5:2:1:in:out", "--option", "strict_articles=1", "--fault", "unavailable"]
    with start_simulator(MODULE, *arguments, "--latency-ms", "1") as simulator:
        shop = Shop(simulator.url, 5, "1", "in", "out")
        assert shop.customer().status == 503
        buyer = shop.customer().second
        assert shop.order(buyer, [a_row("NOT-THERE")]).text.startswith("0;6;")
        assert [a["sbmId"] for a in shop.control("GET", "accounts")] == [5]
        assert shop.control("GET", "faults")["latency_ms"] == 1
        shop.http.clear()


@pytest.mark.parametrize(
    "arguments",
    [["--option", "nothing=1"], ["--account", "5:2"], ["--fault", "gremlins"], ["--account", "5:3:a:b:c"]],
)
def test_a_wrong_command_line_ends_with_a_reason(arguments):
    ended = subprocess.run([sys.executable, "-m", MODULE, *arguments], capture_output=True, check=False)

    assert ended.returncode != 0
    assert ended.stderr


def test_starting_something_that_ends_at_once_is_an_error():
    with pytest.raises(SimulatorFailed):
        start_simulator(MODULE, "--option", "nothing=1")


def test_it_stops_gracefully_when_asked():
    simulator = start_simulator(MODULE)
    simulator.stop()

    assert simulator.process.returncode == 0


def test_it_stops_when_its_parent_goes():
    simulator = start_simulator(MODULE)
    simulator.process.stdin.close()

    assert simulator.process.wait(10) == 0
    simulator.stop()
