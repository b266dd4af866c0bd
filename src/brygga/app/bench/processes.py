"""Brygga's worker as a process of its own, and what a process has used of CPU and memory."""

import os
import time
from contextlib import ExitStack
from pathlib import Path

from brygga.app.commands.tree import NotStarted, Tree

# What would lead a measurement to somebody's real installation.
_NOT_OURS = ("BRYGGA_SECRET_KEY", "BRYGGA_TENANT", "BRYGGA_PUBLIC_URL", "BRYGGA_NODE")
_STARTS_WITHIN = 60.0


class TooSlow(Exception):
    """Something was still on its way when the patience was over."""


class Worker:
    """Brygga as in production: its database, its engine, and a worker that lives when this is made."""

    def __init__(self, tree: Tree, files: ExitStack, folder: Path) -> None:
        for name in _NOT_OURS:
            os.environ.pop(name, None)
        os.environ |= {"BRYGGA_DATA": str(folder / "brygga"), "BRYGGA_ALLOW_HOSTS": "127.0.0.1"}
        from brygga.app.commands.session import start

        start()
        log = files.enter_context((folder / "worker.log").open("ab"))
        self._process = tree.start("worker", ["brygga.app.commands", "worker"], log=log)
        wait_for_worker(tree)

    @property
    def ended(self) -> bool:
        """Say whether it is there no more."""
        return self._process.poll() is not None

    def cpu_seconds(self) -> float:
        """Return how much CPU it has used since its start, threads included."""
        return cpu_seconds(self._process.pid)

    def peak_mb(self) -> float:
        """Return the most memory it has had at a time since its start, in MB."""
        return peak_mb(self._process.pid)


def wait_for_worker(tree: Tree) -> None:
    """Wait for a worker's first sign of life, and let what is woken here ring it. Raises NotStarted."""
    from brygga.app.commands.session import ring_workers
    from brygga.app.commands.sync import worker_lives

    deadline = time.monotonic() + _STARTS_WITHIN
    while not worker_lives():
        if time.monotonic() > deadline or tree.ended():
            raise NotStarted(tree.ended() or "worker")
        time.sleep(0.1)
    ring_workers()


def cpu_seconds(process: int) -> float:
    """Return how much CPU a process has used since its start, threads and ended children included."""
    text = Path(f"/proc/{process}/stat").read_text("ascii")
    fields = text.rpartition(")")[2].split()
    ticks = sum(int(field) for field in fields[11:15])  # own and children's, user and system
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_mb(process: int) -> float:
    """Return a process's largest resident size since its start, in MB."""
    for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) / 1024
    raise OSError(f"no VmHWM for {process}")
