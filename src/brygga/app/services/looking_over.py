"""Goes through the whole range of a flow whose rules have changed: here and now, or by a worker.

A hundred thousand articles take half a minute, which no page can wait for. What a worker is to do is
kept as a notice of the flow, in one transaction with the change; people see it until it is done, and
the worker's beat asks again should the first ask be lost.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from brygga.app.store import notices
from brygga.app.store.models import Flow, Notice
from brygga.app.store.transaction import after_write, write
from brygga.app.tenancy.scope import current
from brygga.domain.message import Message, message
from brygga.domain.refs import Kind

log = structlog.get_logger(__name__)

CODE = "flow.range_waits"
_SLOT = 20  # seconds in which a lost ask is made again at most once


def ask_worker(flow_id: int, kinds: Collection[Kind]) -> None:
    """Have a worker go through what a flow's range is to it: `ITEM`, `GOODS`. Call it inside `write`."""
    flow = Flow.objects.get(pk=flow_id)
    wanted = sorted({kind.value for kind in kinds} | set(kinds_left(flow_id)))
    told = message(CODE, name=flow.name, kinds=" ".join(wanted))
    now = datetime.now(UTC)
    notices.say(current(), told, now, flow=flow_id)
    after_write(lambda: enqueue_for(flow_id, now))


def enqueue_for(flow_id: int, now: datetime) -> None:
    """Put the job into the queue; when that fails the worker's beat does it."""
    from brygga.app.worker.engine import enqueue  # noqa: PLC0415 - pages that ask for nothing start faster

    try:
        slot = int(now.timestamp()) // _SLOT
        enqueue("bulk", "range", flow_id, workflow_id=f"range-{flow_id}-{slot}", lane=f"r{flow_id}")
    except Exception as error:
        log.warning("range not asked for", flow=flow_id, error=type(error).__name__)


def kinds_left(flow_id: int) -> Sequence[str]:
    """Return which kinds of a flow's range a worker is still to go through."""
    left = left_of(flow_id)
    return left.kinds if left is not None else ()


@dataclass(frozen=True, slots=True)
class Left:
    """What a worker is still to go through, as it was asked for so far (`asks` times)."""

    notice: int
    kinds: Sequence[str]
    asks: int


def left_of(flow_id: int) -> Left | None:
    """Return what is left of a flow; None when there is nothing."""
    found = Notice.objects.filter(flow_id=flow_id, code=CODE, over_at=None).order_by("-pk").first()
    if found is None:
        return None
    kinds = Message.from_data(found.message).facts.get("kinds", "").split()
    return Left(found.pk, kinds, found.count)


def is_over(left: Left) -> bool:
    """Say that a range has been gone through; False when it was asked for again meanwhile."""
    with write():
        same = Notice.objects.filter(pk=left.notice, count=left.asks, over_at=None)
        return bool(same.update(over_at=datetime.now(UTC)))


def flows_left() -> list[tuple[int, int]]:
    """Return the flows of all tenants whose range is still to be gone through, with their tenants."""
    found = Notice.unscoped.filter(code=CODE, over_at=None, flow__isnull=False)
    return list(found.values_list("flow_id", "tenant_id").distinct())
