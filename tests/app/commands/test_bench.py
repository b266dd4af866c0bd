"""The measurement compares like with like: the same orders, by the same calls, on both sides."""

import json
import os
import subprocess
import sys

import pytest

from brygga.app.bench.bare import erp_key


def test_the_bare_client_signs_as_the_erp_s_maker_shows_it():
    key = erp_key("demo-md5-key-one", "demo-md5-key-two", "9999", "1042")
    assert key == "30f48e24ae12fcddc43e34cf06ce717e"


@pytest.mark.slow
def test_both_sides_bring_all_orders_over_with_three_calls_each():
    environ = {k: v for k, v in os.environ.items() if not k.startswith("BRYGGA_")}
    words = ["bench", "orders", "--json", "--orders", "80", "--latency", "0", "--connections", "1,2"]
    ran = subprocess.run(
        [sys.executable, "-m", "brygga.app.commands", *words],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env=environ,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    for case in json.loads(ran.stdout)["cases"]:
        assert case["bare"]["calls_per_order"] == 3
        # A poll asks twice: who answers, and what changed.
        assert 3 <= case["brygga"]["calls_per_order"] <= 3.06
        assert case["brygga"]["orders_per_second"] > 0
        assert [aim["what"] for aim in case["aims"]] == ["throughput_ratio", "cpu_ratio", "calls_per_order"]
