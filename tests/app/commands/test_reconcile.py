"""`brygga reconcile` and `brygga first-sync`, as people and scripts run them; scenario 33 with a real kill."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.app.commands.terminal import Terminal, call

PRODUCTS = 5_000


def articles(terminal: Terminal) -> list[str]:
    return [one["articleNo"] for one in call(f"{terminal.erp}/_control/articles?sbmId=9999")]


def make_products(terminal: Terminal, count: int) -> None:
    for number in range(count):
        product = {"name": f"Vara {number}", "sku": f"A-{number}", "type": "simple", "status": "publish",
                   "regular_price": "79.00"}  # fmt: skip
        call(f"{terminal.shop}/_control/shop/raw/products", product)


def test_a_missing_order_is_found_brought_over_and_remembered(linked: Terminal) -> None:
    linked.set_up()
    linked.brygga("sync", "--until-quiet")
    number = linked.buy()
    looked = linked.brygga("reconcile", "--dry-run", "--json").data["report"]
    assert [one["key"] for one in looked["differences"] if one["what"] == "order"] == [number]
    assert linked.erp_orders() == []
    said = linked.brygga("reconcile").out
    assert "was never taken in" in said
    assert "put right" in said
    assert [one["externalOrderNo"] for one in linked.erp_orders()] == [f"W-{number}"]
    assert "0 differences" in linked.brygga("reconcile").out
    assert linked.brygga("reconcile", "--last", "--json").data["report"]["total"] == 0


def test_a_file_that_is_no_export_is_named(linked: Terminal, tmp_path: Path) -> None:
    linked.set_up()
    for name, text in (("a.csv", "Färg;Form\nröd;rund\n"), ("b.xlsx", "no spreadsheet")):
        (tmp_path / name).write_text(text, "utf-8")
        ran = linked.brygga("reconcile", "--export", str(tmp_path / name), code=2)
        assert name in ran.err


@pytest.mark.slow
def test_scenario_33_a_first_sync_killed_half_way_goes_on_without_doubles(linked: Terminal) -> None:
    make_products(linked, PRODUCTS)
    linked.set_up()
    planned = linked.brygga("first-sync", "plan", "--json").data
    assert planned["left"] == PRODUCTS
    assert articles(linked) == []
    running = linked.start("first-sync", "run")
    while len(articles(linked)) < PRODUCTS / 3:
        assert running.poll() is None
        time.sleep(0.02)
    running.kill()
    running.wait()
    half = linked.brygga("first-sync", "status", "--json").data
    assert not half["complete"]
    assert half["rows_a_minute"] > 0
    assert 0 < len(articles(linked)) < PRODUCTS
    ended = linked.brygga("first-sync", "run", "--json").data
    assert ended["complete"]
    assert (ended["done"], ended["left"], ended["differences"]) == (PRODUCTS, 0, 0)
    assert sorted(articles(linked)) == sorted(f"A-{number}" for number in range(PRODUCTS))
    assert "Complete" in linked.brygga("first-sync", "status").out


def test_a_worker_reconciles_by_itself_when_the_hour_has_come(linked: Terminal) -> None:
    linked.set_up("reconcile_hour=0")
    assert linked.brygga("reconcile", "--last", "--json").data["report"] is None
    with closing(sqlite3.connect(linked.folder / "brygga.sqlite3")) as books, books:
        books.execute("UPDATE store_flow SET started_at = '2026-01-01 00:00:00'")  # not its first day
    worker = linked.start("worker")
    try:
        deadline = time.monotonic() + 60
        while (report := linked.brygga("reconcile", "--last", "--json").data["report"]) is None:
            assert time.monotonic() < deadline
    finally:
        worker.terminate()
        worker.wait()
    assert (report["dry_run"], report["total"]) == (False, 0)
