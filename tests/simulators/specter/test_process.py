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
