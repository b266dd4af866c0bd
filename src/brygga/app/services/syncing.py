"""Whole ranges by request: everything a source has changed since a day, taken in at once."""

from datetime import UTC, datetime

from brygga.app.store.cursors import cursor, move_taking
from brygga.app.store.intake import StoreIntake
from brygga.app.store.models import Connection, Flow
from brygga.app.store.models.flows import FlowState
from brygga.app.store.shelf import look_again_from
from brygga.app.tenancy.scope import current
from brygga.app.worker.sessions import talk_with
from brygga.connectors.contract.connector import GivesCustomers, GivesOrders, GivesProducts
from brygga.domain.errors import SetupWrong
from brygga.domain.message import message
from brygga.domain.refs import Kind
from brygga.flows.catch_up import Caught, catch_up_customers, catch_up_orders, catch_up_products

_FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def sync_range(flow_id: int, kind: Kind, since: datetime | None = None) -> Caught:
    """Take in everything of a kind changed since a time (None: all of it) and wake the lane.

    Runs in the calling process and may take minutes; started again after an interruption it takes
    nothing in twice. Raises SetupWrong (also for a flow that is stopped and takes nothing in),
    ConnectionBroken, TryLater.
    """
    flow = Flow.objects.get(pk=flow_id)
    if flow.state == FlowState.STOPPED:
        raise SetupWrong(message("flow.takes_nothing_in", name=flow.name), setting="state")
    shop = Connection.objects.get(pk=flow.shop_id)
    now = datetime.now(UTC)
    with talk_with(shop) as session:
        if kind is Kind.ORDER and isinstance(session, GivesOrders):
            look_again_from(flow.tenant_id, shop.pk, flow.erp_id, since or _FIRST_DAY)
            caught = catch_up_orders(session, StoreIntake(), flow.pk, shop.pk, since or _FIRST_DAY, now)
            _move(flow, f"orders-{flow.pk}", since, caught)
            return caught
        if kind is Kind.PRODUCT and isinstance(session, GivesProducts):
            caught = catch_up_products(session, StoreIntake(), flow.pk, shop.pk, since, now)
            _move(flow, f"products-{flow.pk}", since, caught)
            return caught
        if kind is Kind.CUSTOMER and isinstance(session, GivesCustomers):
            caught = catch_up_customers(session, StoreIntake(), flow.pk, shop.pk, since or _FIRST_DAY, now)
            _move(flow, f"customers-{flow.pk}", since, caught)
            return caught
    raise SetupWrong(message("flow.wrong_role", name=shop.name, role=kind.value), setting="shop")


def _move(flow: Flow, name: str, since: datetime | None, caught: Caught) -> None:
    """Move the polls' cursor, unless they have a stretch before this one still to read."""
    read_until = cursor(flow.shop_id, name) or flow.started_at
    if since is None or (read_until is not None and since <= read_until):
        move_taking(current(), flow.pk, flow.shop_id, name, caught.until)
