"""The product's side of a measurement: a tenant and a flow for each lane, and a worker process."""

import os
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

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


class TooSlow(Exception):
    """Orders were still on their way when the patience was over."""


class Product:
    """Brygga as in production: its database, its engine, a worker in a process of its own."""

    def __init__(self, tree: Tree, files: ExitStack, folder: Path) -> None:
        for name in ("BRYGGA_SECRET_KEY", "BRYGGA_TENANT", "BRYGGA_PUBLIC_URL", "BRYGGA_NODE"):
            os.environ.pop(name, None)
        os.environ |= {"BRYGGA_DATA": str(folder / "brygga"), "BRYGGA_ALLOW_HOSTS": "127.0.0.1"}
        from brygga.app.commands.session import start

        start()
        log = files.enter_context((folder / "worker.log").open("ab"))
        self._worker = tree.start("worker", ["brygga.app.commands", "worker"], log=log)
        self._flows: dict[int, tuple[int, int, int]] = {}  # lane: tenant, flow, shop

    def set_up(self, lane: Lane, erp_url: str) -> None:
        """Make a lane's tenant, its two connections and its flow; nothing polls it by itself."""
        from brygga.app.services import connecting, flows
        from brygga.app.store.models import Connection
        from brygga.app.store.transaction import write
        from brygga.app.tenancy.models import Tenant
        from brygga.app.tenancy.scope import scope
        from brygga.flows.typed import parse

        tenant = Tenant.objects.create(slug=f"t{lane.number}", name=f"Lane {lane.number}")
        with scope(tenant.pk):
            keys = {"url": lane.shop_url, "consumer_key": lane.key, "consumer_secret": lane.secret}
            shop = connecting.connect("woocommerce", "shop", keys, who="bench")
            account = {"base_url": erp_url, "sbm_id": lane.sbm_id, "api_user_id": "7"}
            account |= {"api_user_key": lane.inner, "integration_key": lane.outer}
            erp = connecting.connect("specter", "erp", account, who="bench")
            changed = {key: parse(key, value) for key, value in _SETTINGS.items()}
            flow = flows.create_flow("flow", shop=shop.id, erp=erp.id, who="bench", changed=changed)
            with write():  # the worker's schedule must not see in between that they are due
                flows.start_flow(flow.id, who="bench")
                now = datetime.now(UTC)
                # What happens once an hour for each shop is no part of what an order costs.
                Connection.objects.update(next_poll_at=None, hints_checked_at=now)
        self._flows[lane.number] = (tenant.pk, flow.id, shop.id)

    def bring_over(self, lanes: list[Lane], count: int, patience: float) -> None:
        """Let these lanes' shops be polled now, and wait until so many more orders are done."""
        from brygga.app.store.models import Connection, Work

        flows = [self._flows[lane.number][1] for lane in lanes]
        shops = [self._flows[lane.number][2] for lane in lanes]
        done = Work.unscoped.filter(flow_id__in=flows, state="done", due_at__isnull=True)
        before = done.count()
        Connection.unscoped.filter(pk__in=shops).update(next_poll_at=datetime.now(UTC))
        deadline = time.monotonic() + patience
        while done.count() < before + count:
            if time.monotonic() > deadline or self._worker.poll() is not None:
                raise TooSlow(f"{done.count() - before} of {count} orders")
            time.sleep(0.25)
        Connection.unscoped.filter(pk__in=shops).update(next_poll_at=None)

    def cpu_seconds(self) -> float:
        """Return how much CPU the worker has used since its start, threads included."""
        text = Path(f"/proc/{self._worker.pid}/stat").read_text("ascii")
        fields = text.rpartition(")")[2].split()
        ticks = sum(int(field) for field in fields[11:15])  # own and children's, user and system
        return ticks / os.sysconf("SC_CLK_TCK")

    def templates(self, lane: Lane) -> dict[str, Any]:
        """Return the two calls that a transferred order of this lane was made with."""
        from brygga.app.services import lists
        from brygga.app.store.models import Work
        from brygga.app.tenancy.scope import scope

        tenant, flow, _shop = self._flows[lane.number]
        with scope(tenant):
            work = Work.objects.filter(flow_id=flow, state="done").latest("pk")
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
