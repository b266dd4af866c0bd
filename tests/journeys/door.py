"""The door as a process of its own: `brygga web` beside the test, over the test's database.

A server in the test's own process would share its connections to the database, and an answer that
ends after the test has ended would then end in another thread's connection.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def open_door(database: Path) -> Iterator[str]:
    """Serve the door over a database file; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    url = f"http://{listen}"
    env = {
        **os.environ,
        "BRYGGA_DATABASE_URL": f"sqlite:///{database}",
        "BRYGGA_PUBLIC_URL": url,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    log = database.with_name("door.log")
    with log.open("wb") as sink:
        server = subprocess.Popen(
            [sys.executable, "-m", "brygga.app.commands", "web", "--listen", listen],
            env=env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
        )
    try:
        _wait_for(url, server, log)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + 60
    while True:
        assert server.poll() is None, f"the door ended: {log.read_text()[-3000:]}"
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return  # an answer is an answer
        except OSError:
            assert time.monotonic() < ends, f"the door does not open: {log.read_text()[-3000:]}"
            time.sleep(0.05)
        else:
            return
