"""`brygga sync`: polls now and brings over what is due, until nothing is.

Without a running worker the work is done in this process; beside one it is handed to the worker,
because a lane has one driver at a time, and this command waits and watches.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brygga.app.commands.output import (
    FAILED,
    HELD,
    USAGE,
    JsonOption,
    TenantOption,
    answer,
    emit,
    fail,
    in_words,
    progress,
    said,
    table,
    text,
)

if TYPE_CHECKING:
    from brygga.app.store.models import Flow

_KINDS = {
    "order": "orders",
    "customer": "customers",
    "product": "products",
    "goods": "goods",
    "item": "items",
    "status": "statuses",
}
WORKER_SILENT = timedelta(seconds=25)
_PAUSE = 0.2
_STRETCH = 20.0  # seconds of one drain here, between looks at the clock


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a flow stands: works by kind and state, and when the next one is due."""

    counts: dict[str, dict[str, int]]
    due_at: datetime | None

    def of(self, state: str) -> int:
        """Count works of a state, whatever their kind."""
        return sum(kind.get(state, 0) for kind in self.counts.values())


def sync(
    flow: Annotated[str, typer.Option("--flow", help=text("help_flow_name"))] = "",
    until_quiet: Annotated[bool, typer.Option("--until-quiet", help=text("help_until_quiet"))] = False,
    timeout: Annotated[float, typer.Option("--timeout", min=1, help=text("help_timeout"))] = 600,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Poll, bring over, and say how it stands."""
    from brygga.app.commands.flow import take_history
    from brygga.app.commands.history import looked_back
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work

    with at_work(tenant), in_words(json_wanted):
        found = the_flow(flow, json_wanted)
        if found.state != "running":
            fail(text("flow_stopped", name=found.name), code=USAGE, json_wanted=json_wanted)
        began = time.monotonic()
        if not looked_back(found):
            take_history(found)
        with progress(json_wanted) as shown:
            quiet = bring_over(found, timeout if until_quiet else 0, shown)
        _report(found, quiet or not until_quiet, time.monotonic() - began, json_wanted)


def bring_over(flow: "Flow", patience: float, shown: Any) -> bool:
    """Poll a flow's connections and bring over what is due; say whether nothing is due any more.

    At least one look is taken, however short the patience.
    """
    ends = time.monotonic() + patience
    asked = datetime.now(UTC)
    _read_products_too(flow)
    _poll(flow, beside=worker_lives())
    while True:
        beside = worker_lives()
        if beside:
            _ring(flow)
        else:
            for lane in (flow.erp_id, flow.shop_id):
                drain_here(lane, max(1.0, min(_STRETCH, ends - time.monotonic())))
        now = datetime.now(UTC)
        stands = standing(flow)
        done = stands.of("done") + stands.of("held") + stands.of("ignored")
        shown(text("bringing_over"), done, done + stands.of("waiting") + stands.of("unknown"))
        waits = _waits_until(flow, stands)
        if waits is None and not (beside and _is_able(flow) and not _polled_since(flow, asked)):
            return True
        left = ends - time.monotonic()
        if left <= 0 or (waits is not None and (waits - now).total_seconds() > left):
            return False
        time.sleep(
            min(_PAUSE if beside or waits is None else max(_PAUSE, (waits - now).total_seconds()), left)
        )


def worker_lives() -> bool:
    """Say whether a worker has given a sign of life lately."""
    from brygga.app.store.models import WorkerNode

    since = datetime.now(UTC) - WORKER_SILENT
    return WorkerNode.objects.filter(seen_at__gt=since, stopped_at__isnull=True).exists()


def drain_here(lane: int, seconds: float) -> None:
    """Bring over what is due in a lane, in this process."""
    from brygga.app.store import lanes
    from brygga.app.worker.drain import owner_name
    from brygga.app.worker.lane_work import LaneWork
    from brygga.flows.ports import LaneLost

    held = lanes.take(lane, owner_name(), datetime.now(UTC))
    if held is None:
        return
    work = LaneWork(held, seconds)
    try:
        work.drain()
    except LaneLost:  # a worker was started meanwhile and has it now
        return
    finally:
        work.close()
    try:
        lanes.release(held)
    except LaneLost:
        return


def standing(flow: "Flow") -> Standing:
    """Count a flow's works."""
    from django.db.models import Count, Min

    from brygga.app.store.models import Work

    counts: dict[str, dict[str, int]] = {}
    works = Work.objects.filter(flow=flow)
    for kind, state, number in works.order_by().values_list("kind", "state").annotate(Count("pk")):
        counts.setdefault(kind, {})[state] = number
    return Standing(counts, works.aggregate(first=Min("due_at"))["first"])


def _poll(flow: "Flow", *, beside: bool) -> None:
    from brygga.app.worker.poll import poll
    from brygga.app.worker.tick import poll_now

    for connection in (flow.shop_id, flow.erp_id):
        if beside:
            poll_now(connection, _slot())
        else:
            poll(connection)


def _slot() -> str:
    return f"sync-{time.time_ns()}"


def _read_products_too(flow: "Flow") -> None:
    """Move the products' cursor back, so that this poll reads them although the last was just now."""
    from brygga.app.store.cursors import cursor, move_cursor
    from brygga.app.worker.poll import PRODUCTS_EVERY

    name = f"products-{flow.pk}"
    last, due = cursor(flow.shop_id, name), datetime.now(UTC) - PRODUCTS_EVERY
    if last is not None and last > due:
        move_cursor(flow.tenant_id, flow.shop_id, name, due)


def _polled_since(flow: "Flow", asked: datetime) -> bool:
    """Say whether the worker has polled the shop since it was asked to."""
    from brygga.app.store.cursors import cursor

    polls = [cursor(flow.shop_id, f"{kind}-{flow.pk}") for kind in ("orders", "products")]
    return all(poll is None or poll >= asked for poll in polls) and any(polls)


def _ring(flow: "Flow") -> None:
    from brygga.app.store.models import Lane

    if standing(flow).due_at is None:
        return
    from brygga.app.worker.bell import ring

    for lane in Lane.objects.filter(pk__in=[flow.erp_id, flow.shop_id], owner="").values_list(
        "pk", flat=True
    ):
        ring(lane)


def _is_able(flow: "Flow") -> bool:
    return flow.state == "running" and flow.shop.state == "active" and flow.erp.state == "active"


def _waits_until(flow: "Flow", stands: Standing) -> datetime | None:
    """Return when something is due next, be it long past; None when nothing is or nothing can be."""
    flow.refresh_from_db()
    flow.shop.refresh_from_db()
    flow.erp.refresh_from_db()
    if stands.due_at is None or not _is_able(flow):
        return None
    pauses = [c.not_before for c in (flow.shop, flow.erp) if c.not_before is not None]
    return max([stands.due_at, *pauses])


def _report(flow: "Flow", quiet: bool, seconds: float, json_wanted: bool) -> None:
    from brygga.app.services.status import kinds_shown

    flow.refresh_from_db()
    stands = standing(flow)
    kinds = {*kinds_shown(flow.preset), *stands.counts}
    shown = {kind: plural for kind, plural in _KINDS.items() if kind in kinds}
    stopped = [c for c in (flow.shop, flow.erp) if c.state != "active"]
    reason = said(flow.reason) if flow.state != "running" else said(stopped[0].reason) if stopped else ""
    if json_wanted:
        emit(
            {
                "flow": flow.name,
                "quiet": quiet,
                **{plural: stands.counts.get(kind, {}) for kind, plural in shown.items()},
                "due_at": stands.due_at,
                "stopped": reason,
                "seconds": round(seconds, 2),
            }
        )
    else:
        states = ("done", "waiting", "unknown", "held", "ignored")
        columns = ["", *(text(f"state_{state}") for state in states)]
        rows = [
            [text(f"kind_{kind}"), *(stands.counts.get(kind, {}).get(state, 0) for state in states)]
            for kind in shown
        ]
        table(flow.name, columns, rows)
        if reason:
            answer(reason)
        elif not quiet:
            answer(text("not_quiet", due=f"{stands.due_at:%H:%M:%S}" if stands.due_at else "?"))
    if reason or not quiet:
        raise typer.Exit(FAILED)
    if stands.of("held"):
        raise typer.Exit(HELD)
