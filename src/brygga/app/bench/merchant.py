"""A merchant of a measurement: one tenant with its shop, its ERP and a flow that nothing polls by itself."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from uuid_utils import uuid7

from brygga.app.bench.figures import Phase
from brygga.app.bench.processes import TooSlow, Worker
from brygga.app.bench.shops import Lane, Simulators
from brygga.app.commands.tree import Tree

ERP_LEADS, SHOP_AND_ERP = 2, 3  # the flows that are measured
_LOOK_EVERY = 0.25


@dataclass(frozen=True, slots=True)
class Ids:
    """A merchant's rows in the database."""

    tenant: int
    flow: int
    shop: int
    erp: int


def set_up(lane: Lane, erp_url: str, settings: Mapping[str, str], preset: int = 1) -> Ids:
    """Make a tenant, its two connections and its flow, started; nothing polls them by itself."""
    from brygga.app.services import connecting, flows
    from brygga.app.store.models import Connection
    from brygga.app.store.transaction import write
    from brygga.app.tenancy.models import Tenant
    from brygga.app.tenancy.scope import scope
    from brygga.flows.typed import parse

    tenant = Tenant.objects.create(slug=lane.name, name=lane.name)
    with scope(tenant.pk):
        keys = {"url": lane.shop_url, "consumer_key": lane.key, "consumer_secret": lane.secret}
        shop = connecting.connect("woocommerce", "shop", keys, who="bench")
        account = {"base_url": erp_url, "sbm_id": lane.sbm_id, "api_user_id": "7"}
        account |= {"api_user_key": lane.inner, "integration_key": lane.outer}
        erp = connecting.connect("specter", "erp", account, who="bench")
        changed = {key: parse(key, value) for key, value in settings.items()}
        flow = flows.create_flow(
            "flow", shop=shop.id, erp=erp.id, who="bench", preset=preset, changed=changed
        )
        with write():  # the worker's schedule must not see in between that they are due
            flows.start_flow(flow.id, who="bench")
            now = datetime.now(UTC)
            # What happens once an hour for each shop is no part of what a record costs.
            Connection.objects.update(next_poll_at=None, hints_checked_at=now)
    return Ids(tenant.pk, flow.id, shop.id, erp.id)


class Merchant:
    """One merchant at work, and the measure of it."""

    def __init__(
        self,
        worker: Worker,
        simulators: Simulators,
        settings: Mapping[str, str],
        preset: int,
    ) -> None:
        self._worker = worker
        self.simulators = simulators
        self.lane = simulators.lanes[0]
        self.ids = set_up(self.lane, simulators.erp, settings, preset)

    def hear_erp(self, feeds: Sequence[str], patience: float) -> None:
        """Let the ERP's feeds be read, and wait until all that they told of is done."""
        began = datetime.now(UTC)
        self._poll(self.ids.erp)
        self._wait(patience, lambda: self._were_read(feeds, began))

    def hear_shop(self, orders: int, patience: float) -> None:
        """Let the shop be polled, and wait until so many of its orders are in the ERP."""
        self._poll(self.ids.shop)
        self._wait(patience, lambda: self._sent() >= orders)

    def measure(self, name: str, objects: int, lower_bound: int, feeds: Sequence[str]) -> Phase:
        """Let the ERP's feeds be read, wait until all is done, and return what that took."""
        from django.db.models import Max

        from brygga.app.store.models import Work

        self.simulators.clear_calls()
        cpu = self._worker.cpu_seconds()
        began = datetime.now(UTC)
        self.hear_erp(feeds, patience_for(objects))
        used = self._worker.cpu_seconds() - cpu
        calls = self.simulators.calls_by_kind()
        settled = Work.unscoped.filter(flow_id=self.ids.flow, settled_at__gte=began)
        ended = settled.aggregate(last=Max("settled_at"))["last"] or datetime.now(UTC)
        return Phase(
            name=name,
            objects=objects,
            seconds=(ended - began).total_seconds(),
            cpu_seconds=used,
            peak_mb=self._worker.peak_mb(),
            calls=calls,
            lower_bound=lower_bound,
        )

    def stop(self) -> None:
        """Stop the flow, so that its rows cost the next merchant nothing."""
        from brygga.app.services import flows
        from brygga.app.tenancy.scope import scope

        with scope(self.ids.tenant):
            flows.stop_flow(self.ids.flow, who="bench")

    def _poll(self, connection: int) -> None:
        from brygga.app.worker.tick import poll_now

        poll_now(connection, uuid7().hex)

    def _wait(self, patience: float, is_told: Callable[[], bool]) -> None:
        """Wait until all was told and all is done. What is told of is kept in the same step."""
        deadline = time.monotonic() + patience
        while self._open() or not is_told() or self._open():
            if self._worker.ended:
                raise TooSlow("the worker has ended")
            if time.monotonic() > deadline:
                raise TooSlow(f"{self._open()} works left after {patience:.0f} s")
            time.sleep(_LOOK_EVERY)

    def _were_read(self, feeds: Sequence[str], since: datetime) -> bool:
        """Say whether feeds were read since then, and to their end."""
        from brygga.app.store.models import FeedBatchRow

        read = FeedBatchRow.unscoped.filter(connection_id=self.ids.erp, opened_at__gte=since)
        confirmed = set(read.filter(confirmed_at__isnull=False).values_list("feed", flat=True))
        return confirmed.issuperset(feeds) and self.simulators.feeds_are_read(self.lane, feeds)

    def _sent(self) -> int:
        """Count the shop's orders that are in the ERP."""
        from brygga.app.store.models import Work

        return Work.unscoped.filter(flow_id=self.ids.flow, kind="order", state="done").count()

    def _open(self) -> int:
        from brygga.app.store.models import Work

        return Work.unscoped.filter(flow_id=self.ids.flow, due_at__isnull=False).count()


@contextmanager
def at_work(folder: Path, place: int, settings: Mapping[str, str], preset: int) -> Iterator[Merchant]:
    """Start a merchant on a worker and simulators of its own; `place` tells it from the others of a run."""
    with ExitStack() as files, Tree() as tree:
        simulators = Simulators(tree, files, folder, 1, first=place)
        merchant = Merchant(Worker(tree, files, folder), simulators, settings, preset)
        yield merchant
        merchant.stop()


def patience_for(objects: int) -> float:
    """Return how many seconds to wait for so many objects before giving up."""
    return 120 + objects * 0.25
