"""The demo, whole: the shop's own data, the ERP's own books, and a process tree that ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ENVIRON = {k: v for k, v in os.environ.items() if not k.startswith("BRYGGA_")} | {"BRYGGA_LANG": "en"}


@pytest.mark.timeout(280)
def test_every_eligible_order_and_product_is_there_once_with_equal_sums(tmp_path: Path):
    ran = subprocess.run(
        [sys.executable, "-m", "brygga.app.commands", "demo", "--once", "--data-dir", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        timeout=260,
        check=False,
        env=ENVIRON,
    )
    assert ran.returncode == 0, (ran.stdout[-3000:], ran.stderr[-3000:])
    result = json.loads(ran.stdout.splitlines()[-1])
    orders, products = result["orders"], result["products"]
    assert orders["eligible"] > 150
    assert orders["transferred"] == orders["eligible"]
    assert orders["doubled"] == 0
    assert len(orders["held_reasons"]) == orders["held"]
    assert products["transferred"] == products["eligible"] > 100
    assert result["sums_equal"] is True
    assert result["sums"]["shop"] == result["sums"]["erp"]
    equal = {"prices_equal": True, "stock_equal": True}
    assert result["flows"]["2"] == {"articles": 60, "in_shop": 60, **equal}
    assert result["flows"]["3"] == {"articles": 13, "in_shop": 13, **equal}
    assert result["faults"] == []
    assert result["seconds"] < 180


@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_whole_tree_ends_when_it_is_told_to(tmp_path: Path, number: int):
    words = ["demo", "--json", "--orders", "10", "--products", "30", "--data-dir", str(tmp_path / "demo")]
    demo = subprocess.Popen(
        [sys.executable, "-m", "brygga.app.commands", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=ENVIRON,
        start_new_session=True,
    )
    with demo:
        assert demo.stdout is not None
        assert json.loads(demo.stdout.readline())["faults"] == []
        started = children_of(demo.pid)
        demo.send_signal(number)
        assert demo.wait(60) == 0
    assert len(started) >= 3
    assert [pid for pid in started if alive(pid)] == []


def children_of(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (stat := read(folder / "stat")):
            pid, parent_of = int(folder.name), int(stat.rpartition(")")[2].split()[1])
            if parent_of == parent:
                found += [pid, *children_of(pid)]
    return found


def alive(pid: int) -> bool:
    state = read(Path(f"/proc/{pid}/stat"))
    return bool(state) and state.rpartition(")")[2].split()[0] != "Z"


def read(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""
