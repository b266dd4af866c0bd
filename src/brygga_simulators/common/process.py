"""Starts a simulator as a process of its own and stops it again."""

import json
import os
import select
import subprocess
import sys
import time
from types import TracebackType
from typing import Self


class SimulatorFailed(Exception):
    """A simulator process ended, or stayed silent, before it was ready."""


class SimulatorProcess:
    """A running simulator. It stops with `stop()`, and also when its parent dies."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process = process
        self.url = url

    def stop(self, timeout: float = 10.0) -> None:
        """Stop it gracefully; what was answered has been kept."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self._clean_up()

    def kill(self) -> None:
        """Stop it as a power cut would: no chance to finish anything."""
        self.process.kill()
        self._clean_up()

    def _clean_up(self) -> None:
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start_simulator(module: str, *args: str, timeout: float = 20.0) -> SimulatorProcess:
    """Start `python -m module args...` and return it when it answers.

    Without a `--port` among the arguments a free port is taken. Raises SimulatorFailed when the
    process ends or no ready line comes within `timeout` seconds.
    """
    command = [sys.executable, "-m", module, *args, "--exit-with-stdin"]
    if not any(arg == "--port" or arg.startswith("--port=") for arg in args):
        command += ["--port", "0"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - own module
    try:
        url = _wait_until_ready(process, timeout)
    except BaseException:
        SimulatorProcess(process, "").kill()
        raise
    return SimulatorProcess(process, url)


def _wait_until_ready(process: subprocess.Popen[bytes], timeout: float) -> str:
    assert process.stdout is not None
    descriptor = process.stdout.fileno()
    deadline = time.monotonic() + timeout
    seen = b""
    while b"\n" not in seen:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise SimulatorFailed(f"no ready line within {timeout} s: {process.args!r}")
        chunk = os.read(descriptor, 4096)
        if not chunk:
            raise SimulatorFailed(f"ended with {process.wait()} before ready: {process.args!r}")
        seen += chunk
    ready = json.loads(seen.split(b"\n", 1)[0])
    return str(ready["url"])
