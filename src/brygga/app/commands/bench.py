"""`brygga bench`: measurements, beside a bare client that does the same calls."""

import os
import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brygga.app.commands.output import USAGE, JsonOption, emit, fail, progress, table, text

if TYPE_CHECKING:
    from brygga.app.bench.orders import Case

app = typer.Typer(no_args_is_help=True, help=text("help_bench"))


@app.callback()
def root() -> None:
    """Keep `orders` a command of its own, also while it is the only one."""


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

    folder = tempfile.TemporaryDirectory(prefix="brygga-bench-", ignore_cleanup_errors=True)
    with folder as name, progress(json_wanted) as shown:
        cases = measure(Path(name), latencies, lanes, number, shown)
    if json_wanted:
        emit({"machine": _machine(), "cases": [case.as_data() for case in cases]})
    else:
        _print(cases)


def _numbers(given: str, option: str) -> list[str]:
    parts = [part.strip() for part in given.split(",") if part.strip()]
    if not parts or not all(part.replace(".", "", 1).isdigit() for part in parts):
        fail(text("bad_numbers", option=option, given=given), code=USAGE)
    return parts


def _machine() -> dict[str, Any]:
    database = os.environ.get("BRYGGA_DATABASE_URL", "sqlite").partition(":")[0]
    return {"cores": os.cpu_count(), "python": platform.python_version(), "database": database}


def _print(cases: "list[Case]") -> None:
    rows = []
    for case in cases:
        for what, side in (("bare", case.bare), ("Brygga", case.product)):
            figures = [f"{side.throughput:.1f}", f"{side.cpu_ms:.2f}", f"{side.calls:.3f}"]
            rows.append([f"{case.latency_ms:g}", case.connections, what, *figures])
    columns = ["ms", text("connections"), "", text("col_per_second"), text("col_cpu"), text("col_calls")]
    table("", columns, rows)
    aims = [
        [
            f"{case.latency_ms:g}",
            case.connections,
            text(f"aim_{aim['what']}"),
            "-" if aim["aim"] is None else aim["aim"],
            aim["got"],
            "" if aim["met"] is None else text("yes" if aim["met"] else "no"),
        ]
        for case in cases
        for aim in case.aims()
    ]
    columns = ["ms", text("connections"), "", text("col_aim"), text("col_got"), text("col_met")]
    table("", columns, aims)
