"""The long-running commands: `brygga run`, `brygga web`, `brygga worker`."""

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from brygga.app.commands.output import USAGE, fail, tell, text

ListenOption = Annotated[
    str,
    typer.Option("--listen", envvar="BRYGGA_LISTEN", help=text("help_listen"), show_default="127.0.0.1:8000"),
]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, max=64, help=text("help_web_workers"))]
SlotOption = Annotated[int, typer.Option("--slot", min=0, help=text("help_slot"))]


def run(listen: ListenOption = "", slot: SlotOption = 0) -> None:
    """Run the whole service: a worker, and a web server beside it."""
    address = _ready(listen)
    from brygga.app.worker.process import run_web_and_worker

    tell(text("running", url=f"http://{address}"))
    code = _worker(lambda: run_web_and_worker(slot))
    if code:
        raise typer.Exit(code)


def web(listen: ListenOption = "", workers: WorkersOption = 1) -> None:
    """Serve the console and the door that systems knock on."""
    address = _ready(listen)
    from brygga.app.worker.process import web_command

    tell(text("serving", url=f"http://{address}"))
    sys.stdout.flush()
    command = web_command(workers)
    os.execv(command[0], command)  # noqa: S606 - our own server


def worker(slot: SlotOption = 0) -> None:
    """Bring records over until asked to stop."""
    _ready("")
    from brygga.app.worker.process import run_worker

    _worker(lambda: run_worker(slot))


def _worker(work: Callable[[], int | None]) -> int:
    from brygga.app.worker.process import SlotTaken

    try:
        return work() or 0
    except SlotTaken as error:
        fail(f"{text('slot_taken')} ({error})")


def _ready(listen: str) -> str:
    """Watch the parent, bring the tables up to date, and return the address to listen on."""
    if listen:
        os.environ["BRYGGA_LISTEN"] = listen
    from brygga.app.commands.session import start
    from brygga.app.commands.tree import hold_lifeline
    from brygga.app.settings import settings

    address = settings().listen
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        fail(text("bad_listen", listen=address), code=USAGE)
    hold_lifeline()
    start(settings().log)
    return address
