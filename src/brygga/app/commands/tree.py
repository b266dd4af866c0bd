"""Processes under one parent: started together, ended together, gone when the parent is gone.

A child that was given a `lifeline` watches it: when the parent dies, however it dies, the pipe
closes and the child ends as if it had been asked to.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from types import FrameType, TracebackType
from typing import IO, Self

_LIFELINE = "BRYGGA_LIFELINE"


class NotStarted(Exception):
    """A child ended, or said nothing, before it was ready."""


class Tree:
    """The children of this process. Ends them in reverse order when it is left."""

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._read_end, self._write_end = os.pipe()

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        environ: Mapping[str, str] | None = None,
        log: IO[bytes] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start `python -m ARGUMENTS` as a child in a session of its own, so that Ctrl-C is ours to pass on."""
        child = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", *arguments],
            env={**os.environ, **(environ or {}), _LIFELINE: str(self._read_end)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[self._read_end],
            start_new_session=True,
        )
        self._children[name] = child
        return child

    def start_simulator(
        self, name: str, arguments: Sequence[str], log: IO[bytes], seconds: float = 60
    ) -> str:
        """Start a simulator and return its address once it answers; it ends when its stdin closes."""
        child = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", *arguments, "--exit-with-stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
        self._children[name] = child
        assert child.stdout is not None
        ready = select.select([child.stdout], [], [], seconds)[0]
        line = child.stdout.readline() if ready else b""
        if not line:
            raise NotStarted(name)
        return str(json.loads(line)["url"])

    def process_id(self, name: str) -> int:
        """Return a child's process id."""
        return self._children[name].pid

    def ended(self) -> str:
        """Return the name of a child that has ended, or an empty text."""
        return next((name for name, child in self._children.items() if child.poll() is not None), "")

    def stop(self, patience: float = 25) -> None:
        """Ask every child to end, last started first, and end those that don't."""
        running = [child for child in reversed(self._children.values()) if child.poll() is None]
        for child in running:
            child.terminate()
        deadline = time.monotonic() + patience
        for child in running:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        for child in self._children.values():
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
        self._children.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        os.close(self._write_end)
        os.close(self._read_end)


class Stop:
    """Set once by SIGINT or SIGTERM; a second one interrupts as usual."""

    def __init__(self) -> None:
        self._event = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._told)

    def _told(self, number: int, _frame: FrameType | None) -> None:
        if self._event.is_set():
            raise KeyboardInterrupt
        self._event.set()
        signal.signal(number, self._told)

    @property
    def wanted(self) -> bool:
        """Say that this process was asked to end."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; say whether the end was asked for."""
        # In short stretches: a signal handler runs in the main thread, between two of them.
        deadline = time.monotonic() + seconds
        while not self._event.is_set() and (left := deadline - time.monotonic()) > 0:
            self._event.wait(min(0.2, left))
        return self._event.is_set()


def hold_lifeline() -> None:
    """End this process when its parent is gone, if the parent gave it a lifeline."""
    given = os.environ.pop(_LIFELINE, "")
    if not given:
        return
    descriptor = int(given)

    def watch() -> None:
        while True:
            try:
                if not os.read(descriptor, 1):
                    break
            except OSError:
                break
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
