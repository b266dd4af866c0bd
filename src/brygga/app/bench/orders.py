"""`brygga bench orders`: the product's whole durable path beside the bare client, turn by turn."""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from brygga.app.bench.figures import Told
from brygga.app.bench.product import PREFIX, Product
from brygga.app.bench.shops import Lane, Simulators
from brygga.app.commands.tree import Tree

LOWER_BOUND = 3  # read the order, write the customer, make the order
CPU_AIM = 6.0
CALLS_AIM = LOWER_BOUND * 1.02
THROUGHPUT_AIMS = {1: 0.95, 8: 0.95, 50: 0.6}
AIMS_AT_MS = 50.0
ROUNDS = 2
_DEFAULT = {1: 100}  # orders in a turn; more connections send 40 each


@dataclass(slots=True)
class Turn:
    """One go of one side: orders by the ERP's clock, CPU of that side's process, calls of both simulators."""

    orders: int
    seconds: float  # from the first order's arrival to the last one's
    cpu_seconds: float
    calls: int


@dataclass(slots=True)
class Side:
    """What one side did in all its turns."""

    turns: list[Turn] = field(default_factory=list)

    @property
    def throughput(self) -> float:
        """Orders per second: arrivals after the first, over the time they took."""
        return sum(turn.orders - 1 for turn in self.turns) / sum(turn.seconds for turn in self.turns)

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU for an order."""
        return 1000 * sum(turn.cpu_seconds for turn in self.turns) / sum(turn.orders for turn in self.turns)

    @property
    def calls(self) -> float:
        """HTTP calls for an order."""
        return sum(turn.calls for turn in self.turns) / sum(turn.orders for turn in self.turns)

    def as_data(self) -> dict[str, Any]:
        """Return figures for programs."""
        return {
            "orders_per_second": round(self.throughput, 2),
            "cpu_ms_per_order": round(self.cpu_ms, 2),
            "calls_per_order": round(self.calls, 3),
            "turns": [asdict(turn) for turn in self.turns],
        }


@dataclass(slots=True)
class Case:
    """One latency and one number of connections, both sides."""

    latency_ms: float
    connections: int
    bare: Side = field(default_factory=Side)
    product: Side = field(default_factory=Side)

    def aims(self) -> list[dict[str, Any]]:
        """Compare what was got with what was aimed at."""
        ratio = self.product.throughput / self.bare.throughput
        cpu = self.product.cpu_ms / self.bare.cpu_ms
        aims = [
            {"what": "cpu_ratio", "aim": CPU_AIM, "got": round(cpu, 2), "met": cpu <= CPU_AIM},
            {
                "what": "calls_per_order",
                "aim": round(CALLS_AIM, 3),
                "got": round(self.product.calls, 3),
                "met": self.product.calls <= CALLS_AIM,
            },
        ]
        aim = THROUGHPUT_AIMS.get(self.connections) if self.latency_ms == AIMS_AT_MS else None
        met = None if aim is None else ratio >= aim
        return [{"what": "throughput_ratio", "aim": aim, "got": round(ratio, 3), "met": met}, *aims]

    def as_data(self) -> dict[str, Any]:
        """Return the case for programs."""
        return {
            "latency_ms": self.latency_ms,
            "connections": self.connections,
            "bare": self.bare.as_data(),
            "brygga": self.product.as_data(),
            "aims": self.aims(),
        }


def measure(
    folder: Path, latencies: Sequence[float], connections: Sequence[int], orders: int, told: Told
) -> list[Case]:
    """Measure every case. `orders` is how many each side sends in a turn; 0 chooses by connections."""
    cases = [Case(latency, lanes) for latency in latencies for lanes in connections]
    with ExitStack() as files, Tree() as tree:
        simulators = Simulators(tree, files, folder, max(connections))
        product = Product(tree, files, folder)
        for done, lane in enumerate(simulators.lanes):
            told("set up", done, len(simulators.lanes))
            simulators.open_shop(lane)
            product.set_up(lane, simulators.erp)
        for lane in simulators.lanes:
            simulators.put_orders(lane, 1, fresh=True)
        # The first order of a lane makes its articles; it is a warm-up for sockets and caches too.
        product.bring_over(simulators.lanes, len(simulators.lanes), patience=180)
        templates = {lane.number: product.templates(lane) for lane in simulators.lanes}
        steps = 2 * ROUNDS * len(cases)
        step = 0
        for case in cases:
            simulators.latency(case.latency_ms)
            lanes = simulators.lanes[: case.connections]
            each = -(-(orders or _DEFAULT.get(case.connections, 40 * case.connections)) // case.connections)
            for _ in range(ROUNDS):
                label = f"{case.latency_ms:g} ms, {case.connections} connections"
                told(f"{label}: bare", step, steps)
                prefix = f"B{step}-"
                case.bare.turns.append(_bare_turn(simulators, lanes, templates, each, prefix))
                told(f"{label}: Brygga", step + 1, steps)
                case.product.turns.append(_product_turn(simulators, product, lanes, each))
                step += 2
            simulators.latency(0)
    return cases


def _bare_turn(
    simulators: Simulators, lanes: Sequence[Lane], templates: dict[int, Any], each: int, prefix: str
) -> Turn:
    given = []
    numbers: set[str] = set()
    for lane in lanes:
        orders = simulators.put_orders(lane, each, fresh=False)
        numbers |= {number for _, number in orders}
        given.append(
            {
                "shop": lane.shop_url,
                "key": lane.key,
                "secret": lane.secret,
                "inner": lane.inner,
                "outer": lane.outer,
                "sbm_id": lane.sbm_id,
                **templates[lane.number],
                "prefix": prefix,
                "orders": orders,
            }
        )
    simulators.clear_calls()
    command = [sys.executable, "-m", "brygga.app.bench.bare"]
    ended = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if ended.returncode:
        raise RuntimeError(ended.stderr[-2000:])
    result = json.loads(ended.stdout)
    calls = simulators.calls()
    arrived = simulators.arrivals(list(lanes), prefix, numbers)
    return Turn(result["orders"], _span(arrived, result["orders"]), result["cpu_seconds"], calls)


def _product_turn(simulators: Simulators, product: Product, lanes: Sequence[Lane], each: int) -> Turn:
    numbers: set[str] = set()
    simulators.age_orders()
    for lane in lanes:
        numbers |= {number for _, number in simulators.put_orders(lane, each, fresh=True)}
    count = each * len(lanes)
    simulators.clear_calls()
    before = product.cpu_seconds()
    product.bring_over(list(lanes), count, patience=60 + count * 2)
    cpu = product.cpu_seconds() - before
    calls = simulators.calls()
    arrived = simulators.arrivals(list(lanes), PREFIX, numbers)
    return Turn(count, _span(arrived, count), cpu, calls)


def _span(arrived: Sequence[datetime], expected: int) -> float:
    if len(arrived) != expected:
        raise RuntimeError(f"{len(arrived)} orders arrived, {expected} were sent")
    return (arrived[-1] - arrived[0]).total_seconds()
