"""Gives birth to `brygga worker` processes that have their modules already: `python -m tests.journeys.nest`.

Importing them takes longer than anything else a worker does when it starts, and says nothing of
what a kill does. Each line of standard input is a slot and a log file, as JSON; the answer is the
new process's id. A child is the same command as ever from its first line on, and ends as it would:
nothing but code is shared with it. When standard input closes, the nest and its children end.
"""

import json
import os
import signal
import sys

from brygga.app.commands.main import app


def load() -> None:
    """Import what a worker imports; nothing is opened or started."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "brygga.app.django_settings"
    import django

    django.setup()
    import brygga.app.worker.process
    from brygga.app.worker import engine, jobs, nodes, tick
    from brygga.connectors import registry

    assert all((brygga.app.worker.process, engine, jobs, nodes, tick))
    registry.connectors()


def become_worker(slot: int, log: str, lifeline: int) -> None:
    """Be `brygga worker --slot SLOT` until the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for ours, standard in ((nothing, 0), (sink, 1), (sink, 2)):
        os.dup2(ours, standard)
    os.environ["BRYGGA_LIFELINE"] = str(lifeline)
    app(["worker", "--slot", str(slot)], prog_name="brygga")


def main() -> None:
    """Answer each line with a new worker's process id."""
    load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a child that ended is gone, not a zombie
    lifeline, held = os.pipe()
    print("ready", flush=True)
    while line := sys.stdin.buffer.readline():
        slot, log = json.loads(line)
        child = os.fork()
        if child == 0:
            os.close(held)
            try:
                become_worker(slot, log, lifeline)
            finally:
                os._exit(1)
        print(child, flush=True)


if __name__ == "__main__":
    main()
