"""What becomes of hints: works of every flow they concern, or a feed that is read at once."""

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from brygga.app.store.intake import StoreIntake
from brygga.app.store.models import Connection, Flow
from brygga.app.store.models.connections import ConnectionState
from brygga.app.store.models.flows import FlowState
from brygga.app.store.transaction import write
from brygga.app.worker.fan_out import FanOut
from brygga.app.worker.tick import poll_soon
from brygga.connectors.contract.connector import Feed, Hint, Role
from brygga.domain.events import OrderEvent
from brygga.domain.refs import Kind
from brygga.flows.intake import take_hint
from brygga.flows.presets import PRESETS

log = structlog.get_logger(__name__)

_KINDS = {Kind.ORDER.value: Kind.ORDER, Kind.PRODUCT.value: Kind.PRODUCT}
_FEEDS = frozenset(feed.value for feed in Feed)


def leave(connection: Connection, hints: Sequence[Hint]) -> int:
    """Take hints in for every flow that runs from this connection; return how many brought work.

    A paused connection takes hints in too: they wait. A stopped flow does not, it catches up.
    """
    if not hints:
        return 0
    now = datetime.now(UTC)
    if connection.role == Role.ERP.value:
        told = [event for hint in hints if (event := _fact_of(hint)) is not None]
        if told:  # no feed may ever tell of these
            FanOut(connection.tenant_id, connection.pk).events(told)
        if connection.state == ConnectionState.ACTIVE and any(hint.kind in _FEEDS for hint in hints):
            look_soon(connection)
        return len(told)
    flows = list(
        Flow.objects.filter(shop=connection, state__in=[FlowState.RUNNING.value, FlowState.PAUSED.value])
    )
    brought = 0
    with write():
        intake = StoreIntake()
        for hint in hints:
            kind = _KINDS.get(hint.kind)
            if kind is None or not hint.id:
                continue
            for flow in flows:
                if PRESETS[flow.preset].moves(kind):
                    brought += take_hint(intake, flow.pk, connection.pk, kind, hint.id, now)
    if any(hint.kind == Kind.ORDER.value for hint in hints) and any(
        PRESETS[flow.preset].moves(Kind.ITEM) for flow in flows
    ):
        look_soon(connection)  # what the order holds of the stock concerns the other shops too
    return brought


def _fact_of(hint: Hint) -> OrderEvent | None:
    """Return what a knock alone tells of an order: its removal, or the number of its invoice."""
    if hint.kind != Feed.ORDERS.value or not hint.id:
        return None
    if hint.deleted:
        return OrderEvent(hint.id, removed=True)
    return OrderEvent(hint.id, invoice_no=hint.detail) if hint.detail else None


def look_soon(connection: Connection) -> None:
    """Ask for a poll of a connection; its interval does it if that can't be asked now."""
    try:
        poll_soon(connection.pk, datetime.now(UTC))
    except Exception:
        log.exception("poll not asked for", connection=connection.pk)
