"""A whole installation in processes of its own: simulators, a database, and workers that can be killed.

Nothing of it lives in the test's process: the tenant is set up by a child (`fleet_setup.py`), the
workers are `brygga worker`, and what they wrote is read with plain SQL.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from brygga_simulators.common.process import start_simulator
from tests.journeys.once import an_order
from tests.journeys.world import Erp, Shop

ROOT = Path(__file__).parents[2]
SITE = "butik"


class Worker:
    """One `brygga worker` process, a child of the nest."""

    def __init__(self, slot: int, log: Path) -> None:
        self.slot = slot
        self.log = log
        log.touch()
        self._from = log.stat().st_size
        self.pid = 0
        self._gone = False

    @property
    def said(self) -> str:
        """What it has written so far."""
        with self.log.open("rb") as file:
            file.seek(self._from)
            return file.read().decode(errors="replace")

    def is_gone(self) -> bool:
        """Say that the process is no more. It is asked after once only: its id may be another's then."""
        if not self._gone:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                self._gone = True
        return self._gone

    def is_up(self) -> bool:
        """Say that it has begun to work; fails if it ended by itself."""
        assert not self.is_gone(), f"worker {self.slot} ended: {self.said[-3000:]}"
        return '"worker started"' in self.said

    def kill(self) -> None:
        """End it as a power cut would."""
        self._signal(signal.SIGKILL)
        until(self.is_gone, 60)

    def freeze(self) -> None:
        """Let it stand still, as a machine that swaps or a container that is paused."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it in good order, or else at once."""
        if self.is_gone():
            return
        self.thaw()
        self._signal(signal.SIGTERM)
        ends = time.monotonic() + 60
        while not self.is_gone() and time.monotonic() < ends:
            time.sleep(0.02)
        self.kill()

    def _signal(self, number: signal.Signals) -> None:
        if not self.is_gone():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


class ColdWorker(Worker):
    """One `brygga worker` process started from nothing, as an operator's service would be."""

    def __init__(self, slot: int, log: Path, env: dict[str, str]) -> None:
        super().__init__(slot, log)
        with log.open("ab") as sink:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "brygga.app.commands", "worker", "--slot", str(slot)],
                env=env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
            )
        self.pid = self._process.pid

    def is_gone(self) -> bool:
        """Say that the process is no more."""
        return self._process.poll() is not None


class Nest:
    """The process that gives birth to workers whose modules are loaded; see `nest.py`."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.nest"],
            env=env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._line() == b"ready"

    def hatch(self, slot: int, log: Path) -> Worker:
        """Start the worker of a slot."""
        assert self._process.stdin is not None
        worker = Worker(slot, log)
        self._process.stdin.write(json.dumps([slot, str(log)]).encode() + b"\n")
        self._process.stdin.flush()
        worker.pid = int(self._line())
        return worker

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def stop(self) -> None:
        """End it; its children are asked to end too."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait()


@dataclass(frozen=True)
class Ids:
    """What the set-up made."""

    sbm_id: int
    shop_connection: int
    erp_connection: int
    flow: int


class Fleet:
    """The installation under test."""

    def __init__(self, folder: Path, url: str, shop_url: str, erp_url: str, node_stale: float) -> None:
        self.folder = folder
        self.url = url
        self.shop_url = shop_url
        self.erp_url = erp_url
        self.workers: list[Worker] = []
        self._server: psycopg.Connection[tuple[Any, ...]] | None = None
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("BRYGGA_")},
            "BRYGGA_DATA": str(folder / "data"),
            "BRYGGA_DATABASE_URL": url,
            "BRYGGA_ALLOW_HOSTS": "127.0.0.1",
            "BRYGGA_NODE_STALE": str(node_stale),
            "BRYGGA_READ_TIMEOUT": "20",
            "BRYGGA_PUBLIC_URL": "http://127.0.0.1:9",  # nobody is there: hints are lost
            "PYTHONFAULTHANDLER": "1",  # a crash of a library is told in the worker's log
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        self.ids = self._set_up()
        self.nest = Nest(self.env)
        self.shop = Shop(shop_url, SITE)
        self.erp = Erp.__new__(Erp)
        self.erp.url, self.erp.sbm_id = erp_url, self.ids.sbm_id

    def sell(self, numbers: Iterable[int], buyers: int) -> None:
        """Put new orders into the shop, of buyers that come back with another address each time."""
        for number in numbers:
            doc = an_order(number, row=f"VARA-{number % 25}", buyer=number % buyers)
            self.shop.put_order({**doc, "date_modified_gmt": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"})

    def calls(self) -> int:
        """Count the calls that both sides answered."""
        return sum(int(side.ask("calls?limit=0")["total"]) for side in (self.shop, self.erp))

    def made(self) -> int:
        """Count the orders that Brygga knows to be made."""
        ((made,),) = self.sql("SELECT count(*) FROM store_work WHERE state = 'done'")
        return int(made)

    def at_full_speed(self) -> None:
        """Take the delay away that both sides had."""
        for side in (self.shop, self.erp):
            side.ask("faults", {"latency_ms": 0})

    def _set_up(self) -> Ids:
        made = subprocess.run(
            [sys.executable, "-m", "tests.journeys.fleet_setup", self.shop_url, self.erp_url, SITE],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert made.returncode == 0, made.stderr[-3000:]
        return Ids(**json.loads(made.stdout.splitlines()[-1]))

    def start(self, slot: int = 0, *, cold: bool = False) -> Worker:
        """Start the worker of a slot; the same slot is the same executor id."""
        log = self.folder / f"worker-{slot}.log"
        worker = ColdWorker(slot, log, self.env) if cold else self.nest.hatch(slot, log)
        self.workers.append(worker)
        return worker

    def try_again(self, reason: str) -> None:
        """Press "try again" for all that a reason has stopped, as a person would."""
        words = ["retry", "--reason", reason, "--because", "it was the power", "--json"]
        subprocess.run(
            [sys.executable, "-m", "brygga.app.commands", *words],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            timeout=120,
            check=True,
        )

    def stop(self) -> None:
        """End every worker."""
        for worker in self.workers:
            worker.stop()
        self.nest.stop()
        if self._server is not None:
            self._server.close()

    def sql(self, statement: str, *params: Any) -> list[tuple[Any, ...]]:
        """Run a statement, with `?` for values, and return its rows."""
        if self.url.startswith("sqlite"):
            file = sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=30)
            try:
                with file:
                    return file.execute(statement, params).fetchall()
            finally:
                file.close()
        if self._server is None:
            self._server = psycopg.connect(self.url, autocommit=True)
        cursor = self._server.execute(statement.replace("?", "%s"), params)
        return cursor.fetchall() if cursor.description else []

    def states(self) -> dict[str, int]:
        """Count works by state, `due` among them."""
        counts = dict(self.sql("SELECT state, count(*) FROM store_work GROUP BY state"))
        ((due,),) = self.sql("SELECT count(*) FROM store_work WHERE due_at IS NOT NULL")
        return {**counts, **({"due": due} if due else {})}

    def ends(self) -> list[tuple[Any, ...]]:
        """Count works by state and reason."""
        return self.sql("SELECT state, reason_code, count(*) FROM store_work GROUP BY state, reason_code")

    def story(self, number: int) -> list[tuple[Any, ...]]:
        """Return the journal of an order, and its work."""
        return [
            *self.sql(
                "SELECT j.at, j.step, CAST(j.message AS TEXT) FROM store_journalentry j JOIN store_work w ON w.id = j.work_id"
                " WHERE w.source_ref = ? ORDER BY j.id",
                str(number),
            ),
            *self.sql(
                "SELECT state, due_at, feedback, attempt, reason_code, warnings FROM store_work WHERE source_ref = ?",
                str(number),
            ),
        ]

    def lane(self) -> tuple[str, int]:
        """Return who drains the ERP's lane (its slot, or an empty text) and its generation."""
        ((owner, generation),) = self.sql(
            "SELECT owner, generation FROM store_lane WHERE connection_id = ?", self.ids.erp_connection
        )
        return str(owner).rpartition(":")[2], int(generation)

    def moment(self) -> str:
        """Say where the trip under way was cut, by what was stored of it."""
        ((intents,),) = self.sql("SELECT count(*) FROM store_intentrow WHERE state = 'open'")
        if intents:
            return "create under way"
        ((untold,),) = self.sql("SELECT count(*) FROM store_work WHERE state = 'done' AND due_at IS NOT NULL")
        if untold:
            return "made, shop not told"
        ((owned,),) = self.sql("SELECT count(*) FROM store_lane WHERE owner <> ''")
        return "before the create" if owned else "lane at rest"

    def doubles(self) -> list[str]:
        """Name what our own books hold twice or left open; an empty list is well."""
        wrong = [
            f"{ref}: {count} links"
            for ref, count in self.sql(
                "SELECT source_ref, count(*) FROM store_linkrow WHERE kind = 'order' GROUP BY source_ref HAVING count(*) > 1"
            )
        ]
        ends = Counter(
            ref
            for ref, text in self.sql(
                "SELECT w.source_ref, CAST(j.message AS TEXT) FROM store_journalentry j JOIN store_work w ON w.id = j.work_id"
                " WHERE j.step = 'settled'"
            )
            if "order.transferred" in text or "order.settled_by_duplicate" in text
        )
        wrong += [f"{ref}: settled {count} times" for ref, count in ends.items() if count > 1]
        ((left,),) = self.sql("SELECT count(*) FROM store_intentrow WHERE state = 'open'")
        return wrong + ([f"{left} open intents"] if left else [])


def until(what: Callable[[], bool], seconds: float, told: Callable[[], object] = lambda: "") -> None:
    """Wait for a condition; fail when it takes too long."""
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, f"not within {seconds} s: {told()}"
        time.sleep(0.01)


def pause(seconds: float) -> None:
    """Let a time pass that was drawn at random: it says at which instruction something happens."""
    time.sleep(seconds)


@contextmanager
def a_fleet(database: str, *, latency_ms: float = 0, node_stale: float = 3.0) -> Iterator[Fleet]:
    """An installation on a fresh database (`sqlite`, `postgres`), with its own shop and ERP."""
    slow = ("--latency-ms", str(latency_ms))
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="brygga-fleet-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = (
            f"sqlite:///{folder / 'brygga.sqlite3'}"
            if database == "sqlite"
            else stack.enter_context(_postgres())
        )
        shops = ("brygga_simulators.woocommerce", "--empty", "--trust-basic-over-http", "--sites", SITE)
        shop = stack.enter_context(start_simulator(*shops, *slow))
        erp = stack.enter_context(start_simulator("brygga_simulators.specter", *slow))
        fleet = Fleet(folder, url, shop.url, erp.url, node_stale)
        stack.callback(fleet.stop)
        yield fleet


@contextmanager
def _postgres() -> Iterator[str]:
    from tests.app import databases

    name = f"brygga_fleet_{uuid.uuid4().hex[:8]}"
    databases._admin(f'CREATE DATABASE "{name}"')
    try:
        yield databases._address(name)
    finally:
        databases._admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
