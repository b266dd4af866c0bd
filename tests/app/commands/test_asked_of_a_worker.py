"""What a page asks of a worker: a comparison, and a range gone through after another preset was chosen."""

import subprocess
import sys
import time

from tests.app.commands.terminal import Terminal, call

_CHANGE = """
from brygga.app.commands.session import at_work
with at_work(""):
    from brygga.app.services import presets
    from brygga.app.store.models import Flow
    presets.change_preset(Flow.objects.get().pk, 3, who="Alice", here=False)
"""
_ASK = """
from brygga.app.commands.session import at_work
with at_work(""):
    from brygga.app.services import reconciling
    from brygga.app.store.models import Flow
    flow = Flow.objects.get().pk
    assert reconciling.ask_now(flow, who="Alice", repair=False)
    assert not reconciling.ask_now(flow, who="Alice", repair=False)
"""
_LEFT = """
from brygga.app.commands.session import at_work
with at_work(""):
    from brygga.app.services import looking_over, reconciling
    from brygga.app.store.models import Flow, Work
    flow = Flow.objects.get().pk
    print(bool(looking_over.kinds_left(flow)) or reconciling.is_asked(flow), Work.objects.filter(kind="item").count())
"""


def python(terminal: Terminal, code: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code], env=terminal.environ, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_a_worker_compares_and_goes_through_the_range(linked: Terminal) -> None:
    linked.set_up()
    linked.brygga("flow", "preset", "2", "--yes")
    article = {"articleNo": "K-1", "name": "Keps", "priceExclVat": "80", "vatPercent": "25"}
    call(f"{linked.erp}/_control/articles", {"sbmId": 9999, **article})
    linked.brygga("sync", "--until-quiet")
    linked.brygga("flow", "preset", "1", "--yes")
    python(linked, _CHANGE)  # no worker has ever run, so the ask is lost: the first beat makes it again
    assert python(linked, _LEFT).startswith("True")
    worker = linked.start("worker")
    try:
        linked.wait_for_worker()
        python(linked, _ASK)
        deadline = time.monotonic() + 60
        while (left := python(linked, _LEFT)).startswith("True"):
            assert time.monotonic() < deadline, left
    finally:
        worker.terminate()
        worker.wait()
    assert left == "False 1"
    report = linked.brygga("reconcile", "--last", "--json").data["report"]
    assert (report["dry_run"], report["total"]) == (True, 0)
