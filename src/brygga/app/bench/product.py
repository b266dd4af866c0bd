"""The product's side of the orders' measurement: a tenant and a flow for each lane, and a worker process."""

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from brygga.app.bench.merchant import Ids, set_up
from brygga.app.bench.processes import TooSlow, Worker
from brygga.app.bench.shops import Lane
from brygga.app.commands.tree import Tree

PREFIX = "W-"
_CALLS = {"customer": "newCustomerSubmit", "order": "newOrderSubmit"}
_SETTINGS = {
    "prefix": PREFIX,
    "products": "off",
    "feedback_note": "false",
    "feedback_meta": "",
    "twin_minutes": "0",
    "article_shipping": "FRAKT",
    "article_rounding": "ORESAVR",
}


class Product:
    """Brygga as in production, with a merchant for each lane."""

    def __init__(self, tree: Tree, files: ExitStack, folder: Path) -> None:
        self._worker = Worker(tree, files, folder)
        self._flows: dict[int, Ids] = {}

    def set_up(self, lane: Lane, erp_url: str) -> None:
        """Make a lane's tenant, its two connections and its flow; nothing polls it by itself."""
        self._flows[lane.number] = set_up(lane, erp_url, _SETTINGS)

    def bring_over(self, lanes: list[Lane], count: int, patience: float) -> None:
        """Let these lanes' shops be polled now, and wait until so many more orders are done."""
        from brygga.app.store.models import Connection, Work

        flows = [self._flows[lane.number].flow for lane in lanes]
        shops = [self._flows[lane.number].shop for lane in lanes]
        done = Work.unscoped.filter(flow_id__in=flows, state="done", due_at__isnull=True)
        before = done.count()
        Connection.unscoped.filter(pk__in=shops).update(next_poll_at=datetime.now(UTC))
        deadline = time.monotonic() + patience
        while done.count() < before + count:
            if time.monotonic() > deadline or self._worker.ended:
                raise TooSlow(f"{done.count() - before} of {count} orders")
            time.sleep(0.25)
        Connection.unscoped.filter(pk__in=shops).update(next_poll_at=None)

    def cpu_seconds(self) -> float:
        """Return how much CPU the worker has used since its start, threads included."""
        return self._worker.cpu_seconds()

    def templates(self, lane: Lane) -> dict[str, Any]:
        """Return the two calls that a transferred order of this lane was made with."""
        from brygga.app.services import lists
        from brygga.app.store.models import Work
        from brygga.app.tenancy.scope import scope

        ids = self._flows[lane.number]
        with scope(ids.tenant):
            work = Work.objects.filter(flow_id=ids.flow, state="done").latest("pk")
            told = [line.exchange for line in lists.order_detail(work.pk, raw=True).journal if line.exchange]
        return {
            name: {"url": kept.url, "form": _form(kept.request)}
            for name, action in _CALLS.items()
            for kept in told
            if kept.method == "POST" and f"action={action}" in kept.url
        }


def _form(body: bytes) -> list[tuple[str, str]]:
    pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, encoding="iso-8859-1")
    return [(name, value) for name, value in pairs if name != "key"]
