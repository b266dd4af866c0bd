"""`brygga bench`: measurements, each beside a yardstick: a bare client, the fewest calls, an aim."""

import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brygga.app.commands.output import USAGE, JsonOption, emit, fail, progress, table, text

if TYPE_CHECKING:
    from brygga.app.bench.figures import Size, Told
    from brygga.app.bench.latency import Way
    from brygga.app.bench.orders import Case


app = typer.Typer(no_args_is_help=True, help=text("help_bench"))

_USUAL = "100,10000"
_ALL = [100, 10_000, 100_000]
ArticlesOption = Annotated[str, typer.Option("--articles", help=text("help_bench_articles"))]
AllOption = Annotated[bool, typer.Option("--all", help=text("help_bench_all"))]


@app.command("orders", help=text("help_bench_orders"))
def orders(
    number: Annotated[int, typer.Option("--orders", min=0, help=text("help_bench_number"))] = 0,
    latency: Annotated[str, typer.Option("--latency", help=text("help_bench_latency"))] = "0,50",
    connections: Annotated[
        str, typer.Option("--connections", help=text("help_bench_connections"))
    ] = "1,8,50",
    json_wanted: JsonOption = False,
) -> None:
    """Measure the path of orders."""
    latencies = [float(part) for part in _numbers(latency, "--latency")]
    lanes = [int(part) for part in _numbers(connections, "--connections")]
    if min(lanes) < 1:
        fail(text("bad_numbers", option="--connections", given=connections), code=USAGE)
    from brygga.app.bench.orders import measure

    machine = _machine()
    with _folder() as folder, progress(json_wanted) as shown:
        cases = measure(folder, latencies, lanes, number, shown)
    if json_wanted:
        emit({"machine": machine, "cases": [case.as_data() for case in cases]})
    else:
        _print_cases(cases)


@app.command("stock", help=text("help_bench_stock"))
def stock(
    articles: ArticlesOption = _USUAL, everything: AllOption = False, json_wanted: JsonOption = False
) -> None:
    """Measure the path of prices and stock."""
    from brygga.app.bench.stock import measure

    _measure_sizes(measure, _sizes(articles, "--articles", everything), json_wanted)


@app.command("products", help=text("help_bench_products"))
def products(
    articles: ArticlesOption = _USUAL, everything: AllOption = False, json_wanted: JsonOption = False
) -> None:
    """Measure the path of articles that become products."""
    from brygga.app.bench.products import measure

    _measure_sizes(measure, _sizes(articles, "--articles", everything), json_wanted)


@app.command("status", help=text("help_bench_status"))
def status(
    number: Annotated[str, typer.Option("--orders", help=text("help_bench_delivered"))] = _USUAL,
    everything: AllOption = False,
    json_wanted: JsonOption = False,
) -> None:
    """Measure the path of an order's status."""
    from brygga.app.bench.statuses import measure

    _measure_sizes(measure, _sizes(number, "--orders", everything), json_wanted)


@app.command("latency", help=text("help_bench_idle"))
def latency(
    turns: Annotated[int, typer.Option("--turns", min=1, help=text("help_bench_turns"))] = 40,
    json_wanted: JsonOption = False,
) -> None:
    """Measure how soon the other side has changed."""
    from brygga.app.bench.latency import measure

    machine = _machine()
    with _folder() as folder, progress(json_wanted) as shown:
        ways = measure(folder, turns, shown)
    if json_wanted:
        emit({"machine": machine, "ways": [way.as_data() for way in ways]})
    else:
        _print_ways(ways)


def _measure_sizes(
    measure: "Callable[[Path, int, int, Told], Size]", sizes: Sequence[int], json_wanted: bool
) -> None:
    from brygga.app.bench.figures import aims

    machine = _machine()
    with _folder() as folder, progress(json_wanted) as shown:
        measured = [measure(folder, place, count, shown) for place, count in enumerate(sizes, start=1)]
    if json_wanted:
        emit({"machine": machine, "sizes": [size.as_data() for size in measured], "aims": aims(measured)})
    else:
        _print_sizes(measured)


def _sizes(given: str, option: str, everything: bool) -> list[int]:
    if everything:
        return _ALL
    parts = _numbers(given, option)
    if not all(part.isdigit() and int(part) > 0 for part in parts):
        fail(text("bad_numbers", option=option, given=given), code=USAGE)
    return sorted({int(part) for part in parts})


def _numbers(given: str, option: str) -> list[str]:
    parts = [part.strip() for part in given.split(",") if part.strip()]
    if not parts or not all(part.replace(".", "", 1).isdigit() for part in parts):
        fail(text("bad_numbers", option=option, given=given), code=USAGE)
    return parts


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="brygga-bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _machine() -> dict[str, Any]:
    """Describe what is measured on; the load is that of the minute before."""
    database = os.environ.get("BRYGGA_DATABASE_URL", "sqlite").partition(":")[0]
    load = round(os.getloadavg()[0], 2)
    return {"cores": os.cpu_count(), "load": load, "python": platform.python_version(), "database": database}


def _print_cases(cases: "list[Case]") -> None:
    rows = []
    for case in cases:
        for what, side in (("bare", case.bare), ("Brygga", case.product)):
            figures = [f"{side.throughput:.1f}", f"{side.cpu_ms:.2f}", f"{side.calls:.3f}"]
            rows.append([f"{case.latency_ms:g}", case.connections, what, *figures])
    columns = ["ms", text("connections"), "", text("col_per_second"), text("col_cpu"), text("col_calls")]
    table("", columns, rows)
    aims = [[f"{case.latency_ms:g}", case.connections, *_aim(aim)] for case in cases for aim in case.aims()]
    table("", ["ms", text("connections"), *_aim_columns()], aims)


def _print_sizes(sizes: "list[Size]") -> None:
    from brygga.app.bench.figures import aims

    rows = [
        [
            size.objects,
            text(f"phase_{phase.name}"),
            phase.objects,
            f"{phase.per_second:.0f}",
            f"{phase.cpu_ms:.2f}",
            phase.calls.total,
            phase.lower_bound,
            f"{phase.peak_mb:.0f}",
        ]
        for size in sizes
        for phase in size.phases
    ]
    names = ("size", "phase", "objects", "objects_per_second", "cpu_object", "all_calls", "fewest", "peak")
    table("", [text(f"col_{name}") for name in names], rows)
    judged = [[text(f"phase_{aim['phase']}") if "phase" in aim else "", *_aim(aim)] for aim in aims(sizes)]
    table("", [text("col_phase"), *_aim_columns()], judged)


def _print_ways(ways: "list[Way]") -> None:
    rows = [
        [
            text(f"way_{way.name}"),
            f"{way.quantile(0.5):.3f}",
            f"{way.quantile(0.95):.3f}",
            f"{max(way.seconds):.3f}",
        ]
        for way in ways
    ]
    table("", ["", "p50 s", "p95 s", text("col_longest")], rows)
    judged = [[text(f"way_{way.name}"), *_aim(aim)] for way in ways for aim in way.aims()]
    table("", ["", *_aim_columns()], judged)


def _aim_columns() -> list[str]:
    return ["", text("col_aim"), text("col_got"), text("col_met")]


def _aim(aim: dict[str, Any]) -> list[object]:
    """Return an aim's cells: what it is about, the aim, what was got, and whether it was met."""
    return [
        text(f"aim_{aim['what']}"),
        "-" if aim["aim"] is None else aim["aim"],
        "-" if aim["got"] is None else aim["got"],
        "" if aim["met"] is None else text("yes" if aim["met"] else "no"),
    ]
