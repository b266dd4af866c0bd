"""`brygga demo`: three tenants with simulated shops and ERPs; both sides of each are compared."""

import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brygga.app.commands.output import (
    FAILED,
    USAGE,
    JsonOption,
    answer,
    fail,
    in_words,
    progress,
    said,
    table,
    tell,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from brygga.app.commands.demo_check import Verdict
    from brygga.app.commands.demo_stages import Play
    from brygga.app.commands.demo_world import World
    from brygga.app.commands.tree import Stop
    from brygga.app.store.models import Flow

_LOOK_EVERY = 0.3
_PATIENCE = 600.0
_WORKER_STARTS_WITHIN = 20.0
_AWAITED = "order.reference_awaited"


def demo(
    once: Annotated[bool, typer.Option("--once", help=text("help_once"))] = False,
    data_dir: Annotated[Path | None, typer.Option("--data-dir", help=text("help_data_dir"))] = None,
    port_base: Annotated[
        int, typer.Option("--port-base", min=1024, max=65000, help=text("help_port_base"))
    ] = 8100,
    keep: Annotated[bool, typer.Option("--keep", help=text("help_keep"))] = False,
    orders: Annotated[int, typer.Option("--orders", min=1, help=text("help_demo_orders"))] = 320,
    products: Annotated[int, typer.Option("--products", min=1, help=text("help_demo_products"))] = 130,
    json_wanted: JsonOption = False,
) -> None:
    """Start everything, bring everything over, compare, and stay until told to stop."""
    from brygga.app.commands.demo_world import Size, World
    from brygga.app.commands.tree import NotStarted, Stop, Tree, hold_lifeline

    began = time.monotonic()
    with ExitStack() as files:
        folder = _folder(data_dir, keep, files)
        stop = Stop()
        hold_lifeline()
        with Tree() as tree:
            world = World(folder, tree, files)
            tell(text("demo_folder", folder=folder))
            try:
                world.start_simulators(Size(orders, products), port_base)
            except NotStarted as error:
                fail(text("demo_not_started", name=error, folder=folder), json_wanted=json_wanted)
            world.enter_environment(port_base)
            verdict = _play(world, stop, began, once=once, json_wanted=json_wanted)
            failed = verdict is None or bool(verdict.faults) or not verdict.complete
    if failed and (once or verdict is None) and not (stop.wanted and not once):
        raise typer.Exit(FAILED)


def _folder(given: Path | None, keep: bool, files: ExitStack) -> Path:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        if any(given.iterdir()):
            fail(text("demo_folder_used", folder=given), code=USAGE)
        return given.absolute()
    if keep:
        return Path(tempfile.mkdtemp(prefix="brygga-demo-"))
    return Path(
        files.enter_context(tempfile.TemporaryDirectory(prefix="brygga-demo-", ignore_cleanup_errors=True))
    )


def _play(world: "World", stop: "Stop", began: float, *, once: bool, json_wanted: bool) -> "Verdict | None":
    from brygga.app.commands import demo_acts, demo_stages
    from brygga.app.commands.flow import start_up
    from brygga.app.commands.people import demo_login
    from brygga.app.commands.session import at_work, ring_workers

    with at_work(), in_words(json_wanted):
        world.start_brygga()
        flow = world.connect()
        _wait_for_worker(stop)
        ring_workers()
        start_up(flow.name, json_wanted, yes=True)
        if not _wait_until_over(flow, stop, json_wanted):
            if not stop.wanted:
                fail(text("demo_too_slow"), json_wanted=json_wanted)
            return None
        verdict = compare(world, flow)
        seconds = time.monotonic() - began
        plays = demo_stages.set_up(world)
        login = demo_login("default", *(play.stage.slug for play in plays))
        tell(text("demo_stages"))
        verdict.flows = demo_stages.finish(plays, stop)
        verdict.faults += [fault for found in verdict.flows.values() for fault in found.faults]
        if not json_wanted:
            _print(verdict, seconds)
            _print_addresses(world, plays, login)
        if once or json_wanted:
            sys.stdout.write(json.dumps(verdict.as_data(seconds), ensure_ascii=False) + "\n")
            sys.stdout.flush()
        if not once:
            demo_acts.go_on(world, flow, plays, stop)
        return verdict


def _wait_for_worker(stop: "Stop") -> None:
    """Wait for the worker's first sign of life; it is no matter if it comes later."""
    from brygga.app.commands.sync import worker_lives

    deadline = time.monotonic() + _WORKER_STARTS_WITHIN
    while not worker_lives() and time.monotonic() < deadline and not stop.wait(0.1):
        pass


def _wait_until_over(flow: "Flow", stop: "Stop", json_wanted: bool) -> bool:
    """Wait until every record has come to its end, or waits for a reference that the shop never got."""
    from django.db.models import Count, Q

    from brygga.app.store.models import Work

    deadline = time.monotonic() + _PATIENCE
    open_ones = Q(due_at__isnull=False) & ~Q(reason_code=_AWAITED)
    with progress(json_wanted) as shown:
        while time.monotonic() < deadline:
            counts = Work.objects.filter(flow=flow).aggregate(
                total=Count("pk"), left=Count("pk", filter=open_ones)
            )
            shown(text("bringing_over"), counts["total"] - counts["left"], counts["total"])
            if counts["total"] and not counts["left"]:
                return True
            if stop.wait(_LOOK_EVERY):
                return False
    return False


def compare(world: "World", flow: "Flow") -> "Verdict":
    """Read both sides back and judge them by the shop's own data."""
    from brygga.app.commands import demo_check
    from brygga.app.commands.demo_read import ErpReader, ShopReader
    from brygga.app.commands.demo_world import ACCOUNT, PREFIX, start_date
    from brygga.app.store.models import Work

    shop = ShopReader(world.shop_url, world.key, world.secret)
    erp = ErpReader(world.erp_url, ACCOUNT["sbm_id"])
    works = Work.objects.filter(flow=flow, kind="order", state__in=["held", "waiting", "unknown"])
    held = {work.key: said(work.reason) for work in works}
    verdict = demo_check.Verdict()
    expected = demo_check.expect(shop.orders(), start_date())
    demo_check.compare_orders(expected, erp.orders(), held, PREFIX, verdict)
    demo_check.compare_products(shop.products(), erp.articles(), verdict)
    return verdict


def _print(verdict: "Verdict", seconds: float) -> None:
    rows = [
        [
            text("kind_order"),
            verdict.eligible,
            verdict.transferred,
            len(verdict.held),
            sum(verdict.left.values()),
            verdict.doubled,
        ],
        [text("kind_product"), verdict.products_eligible, verdict.products_transferred, "", "", ""],
    ]
    columns = ["", *(text(f"col_{name}") for name in ("eligible", "transferred", "held", "left", "doubled"))]
    table(text("demo_transferred", seconds=f"{seconds:.0f}"), columns, rows)
    sums = [[text("total"), verdict.sum_shop, verdict.sum_erp]]
    sums += [
        [text("vat_of", rate=f"{rate.normalize():f}"), *pair] for rate, pair in sorted(verdict.vat.items())
    ]
    table(text("demo_sums"), ["", text("col_in_shop"), text("col_in_erp")], sums)
    if verdict.held:
        table(text("held"), [text("col_number"), text("col_reason")], verdict.held)
    if verdict.left:
        left = [[count, why] for why, count in verdict.left.most_common()]
        table(text("demo_left"), ["", text("col_reason")], left)
    _print_flows(verdict)
    for fault in verdict.faults:
        answer(f"{text('error')} {fault}")


def _print_flows(verdict: "Verdict") -> None:
    from brygga.app.commands.demo_stages import STAGES

    rows: list[list[object]] = []
    for stage in STAGES:
        found = verdict.flows[str(stage.preset)]
        prices, stock = (
            text("no" if wrong else "yes") for wrong in (found.unequal_prices, found.unequal_stock)
        )
        rows.append([stage.slug, stage.preset, found.articles, found.in_shop, prices, stock])
    names = ("tenant", "preset", "articles", "in_shop", "prices_equal", "stock_equal")
    table(text("demo_flows"), [text(f"col_{name}") for name in names], rows)


def _print_addresses(world: "World", plays: "Sequence[Play]", login: tuple[str, str]) -> None:
    rows = [
        [text("col_shop"), world.shop_url, "default"],
        *([text("col_shop"), play.shop_url, play.stage.slug] for play in plays),
        [text("col_erp"), world.erp_url, ""],
        ["Brygga", world.web_url, text("demo_login", email=login[0], password=login[1])],
    ]
    table(text("demo_addresses"), ["", "", ""], rows)
