"""Processes: a worker, and a web server with a worker beside it. Both end in good order on SIGTERM."""

import fcntl
import os
import platform
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType

import django
import structlog

from brygga.app.settings import settings
from brygga.app.vault.logs import set_up
from brygga.app.worker.memory import share_memory

log = structlog.get_logger(__name__)

PATIENCE = 20  # seconds that running jobs get to come to a close


class SlotTaken(Exception):
    """Another process on this machine already is the worker of this slot."""


def prepare() -> None:
    """Set up log and Django in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brygga.app.django_settings")
    share_memory()
    set_up(settings().log)
    django.setup()


def run_worker(slot: int = 0) -> None:
    """Be a worker until told to stop (SIGTERM, SIGINT). Raises SlotTaken."""
    prepare()
    stop = _until_told()
    with working(slot):
        stop.wait()
        log.info("stopping")


def run_web_and_worker(slot: int = 0) -> int:
    """Be a worker, with a web server as a child that is started again when it ends.

    Returns the exit code: 0 when told to stop. Raises SlotTaken.
    """
    prepare()
    stop = _until_told()
    with working(slot):
        web = subprocess.Popen(web_command())  # noqa: S603
        try:
            while not stop.wait(0.5):
                if web.poll() is not None:
                    log.error("web server ended, starting it again", code=web.returncode)
                    stop.wait(2)
                    web = subprocess.Popen(web_command())  # noqa: S603
            return 0
        finally:
            web.terminate()
            try:
                web.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                web.kill()


def web_command(workers: int = 1) -> list[str]:
    """Return the command line that starts the web server."""
    host, _, port = settings().listen.rpartition(":")
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--host", host or "127.0.0.1", "--port", port, "--workers", str(workers)),
        *("--blocking-threads", "8", "--no-ws", "--log-level", "warning"),
        *("--workers-kill-timeout", "10"),
        "brygga.app.wsgi:application",
    ]


@contextmanager
def working(slot: int) -> Iterator[None]:
    """Have the engine launched for the body of a `with`. Raises SlotTaken."""
    # Django's models exist first after `prepare`.
    from brygga.app.worker import engine, jobs, nodes, tick  # noqa: PLC0415

    executor = f"{platform.node()}:{slot}"
    with _slot(slot):
        os.environ["BRYGGA_NODE"] = executor
        jobs.register_all()
        heart = nodes.Heart(executor)
        engine.start(executor)
        heart.start()
        tick.start_of_day(datetime.now(UTC))
        log.info("worker started", executor=executor)
        try:
            yield
        finally:
            engine.stop(PATIENCE)
            heart.stop()
            log.info("worker stopped", executor=executor)


@contextmanager
def _slot(slot: int) -> Iterator[None]:
    # Two processes with one executor id would take each other's work: the lock dies with us.
    path = settings().data / f"worker-{slot}.lock"
    with path.open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SlotTaken(f"worker {slot} already runs on this machine") from None
        file.write(str(os.getpid()))
        file.flush()
        yield


def _until_told() -> threading.Event:
    stop = threading.Event()

    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    return stop
