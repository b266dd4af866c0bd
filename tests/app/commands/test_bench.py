"""The measurements compare like with like, and end with the other side as it should be."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from brygga.app.bench.bare import erp_key
from brygga.app.bench.figures import Calls, Phase, Size, aims
from brygga.app.bench.goods import Piece, Shape
from brygga.app.bench.latency import Way

Doc = dict[str, Any]


def _bench(*words: str) -> Doc:
    """Run a measurement as a person would, and return what it tells programs."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("BRYGGA_")}
    ran = subprocess.run(
        [sys.executable, "-m", "brygga.app.commands", "bench", *words, "--json"],
        capture_output=True,
        text=True,
        timeout=290,
        check=False,
        env=environ,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    told: Doc = json.loads(ran.stdout)
    assert told["machine"]["cores"] >= 1
    return told


def _phases(told: Doc) -> dict[str, Doc]:
    """Return the phases of the only size by name, each looked at for what holds for all of them."""
    assert len(told["sizes"]) == 1
    phases = {phase["phase"]: phase for phase in told["sizes"][0]["phases"]}
    for phase in phases.values():
        assert phase["calls"] == sum(phase["calls_by_kind"].values()) >= phase["lower_bound"]
        assert phase["objects_per_second"] > 0
        assert 0 < phase["peak_mb"] < 400
    linear = [aim for aim in told["aims"] if aim["what"] == "linear"]
    assert [aim["phase"] for aim in linear] == list(phases)
    assert all(aim["met"] is None for aim in linear)  # one size grows from nothing
    return phases


def test_the_bare_client_signs_as_the_erp_s_maker_shows_it():
    key = erp_key("demo-md5-key-one", "demo-md5-key-two", "9999", "1042")
    assert key == "30f48e24ae12fcddc43e34cf06ce717e"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_both_sides_bring_all_orders_over_with_three_calls_each():
    told = _bench("orders", "--orders", "80", "--latency", "0", "--connections", "1,2")
    for case in told["cases"]:
        assert case["bare"]["calls_per_order"] == 3
        # A poll asks twice: who answers, and what changed.
        assert 3 <= case["brygga"]["calls_per_order"] <= 3.06
        assert case["brygga"]["orders_per_second"] > 0
        assert [aim["what"] for aim in case["aims"]] == ["throughput_ratio", "cpu_ratio", "calls_per_order"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_prices_and_stock_are_written_together_and_only_when_they_change():
    phases = _phases(_bench("stock", "--articles", "20"))
    assert {name: phase["objects"] for name, phase in phases.items()} == {
        "first": 20, "all": 20, "same": 20, "few": 1,
    }  # fmt: skip
    assert phases["same"]["calls_by_kind"]["shop_writes"] == 0
    for name in ("first", "all"):  # six variants of one product, and fourteen simple ones
        assert phases[name]["calls_by_kind"]["shop_writes"] >= 2


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_empty_shop_gets_the_range_once():
    phases = _phases(_bench("products", "--articles", "20"))
    assert list(phases) == ["made", "same"]
    assert phases["made"]["calls_by_kind"]["shop_writes"] >= 2
    assert phases["same"]["calls_by_kind"]["shop_writes"] == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_shop_is_told_once_of_what_the_warehouse_delivers():
    phases = _phases(_bench("status", "--orders", "20"))
    assert list(phases) == ["delivered", "same"]
    assert phases["delivered"]["calls_by_kind"]["shop_writes"] >= 40  # a note and a status each
    assert phases["same"]["calls_by_kind"]["shop_writes"] == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_knock_changes_the_other_side_every_time():
    told = _bench("latency", "--turns", "3")
    assert [way["way"] for way in told["ways"]] == ["order", "stock", "status"]
    for way in told["ways"]:
        assert way["turns"] == len(way["seconds"]) == 3
        assert 0 < way["p50"] <= way["p95"] <= way["max"]
        assert [aim["what"] for aim in way["aims"]] == ["p50", "p95"]


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["stock", "--articles", "0"], "--articles"),
        (["products", "--articles", "1.5"], "--articles"),
        (["status", "--orders", "many"], "--orders"),
    ],
)
def test_a_number_that_is_none_is_named(words: list[str], wrong: str):
    ran = subprocess.run(
        [sys.executable, "-m", "brygga.app.commands", "bench", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 2
    assert wrong in ran.stderr


def test_growth_is_told_between_the_largest_and_the_smallest_size_that_means_something():
    def size(count: int, cpu: float, peak: float) -> Size:
        return Size(count, [Phase("all", count, 1.0, cpu, peak, Calls(2, 3, 0, 4), 6)])

    told = aims([size(100, 1.0, 150), size(10_000, 10.0, 200), size(100_000, 130.0, 401)])
    assert told[0] == {"what": "peak_mb", "aim": 400.0, "got": 401, "met": False}
    assert told[1]["to"] == 10_000
    assert (told[1]["got"], told[1]["met"]) == (1.3, False)
    assert aims([size(100, 1.0, 150)])[1]["met"] is None


def test_a_share_of_the_turns_is_within_its_quantile():
    way = Way("stock", [0.1 * n for n in range(1, 41)])
    assert (round(way.quantile(0.5), 3), round(way.quantile(0.95), 3)) == (2.0, 3.8)
    assert [aim["met"] for aim in way.aims()] == [False, False]
    assert Way("stock", [0.4]).quantile(0.95) == 0.4


def test_the_fewest_calls_follow_from_what_the_articles_are_in_the_shop():
    # 100 articles: four families of six (three whole blocks of 28, and the start of a fourth), the rest simple.
    shape = Shape.of([Piece(place) for place in range(100)])
    assert (shape.simple, shape.parents) == (76, 4)
    assert (shape.reads, shape.writes) == (1 + 4, 1 + 4)
    assert (shape.article_feed, shape.stock_feed) == (2, 2)
