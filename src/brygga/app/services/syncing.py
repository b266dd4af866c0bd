"""Whole ranges by request: everything a source has changed since a day, taken in at once."""

from datetime import UTC, datetime

from brygga.app.store.cursors import move_cursor
from brygga.app.store.intake import StoreIntake
from brygga.app.store.models import Connection, Flow
from brygga.app.tenancy.scope import current
from brygga.app.worker.sessions import open_session
from brygga.connectors.contract.connector import GivesOrders, GivesProducts
from brygga.connectors.contract.http import Exchange
from brygga.domain.errors import SetupWrong
from brygga.domain.message import message
from brygga.domain.refs import Kind
from brygga.flows.catch_up import Caught, catch_up_orders, catch_up_products

_FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def sync_range(flow_id: int, kind: Kind, since: datetime | None = None) -> Caught:
    """Take in everything of a kind changed since a time (None: all of it) and wake the lane.

    Runs in the calling process and may take minutes; started again after an interruption it takes
    nothing in twice. Raises SetupWrong, ConnectionBroken, TryLater.
    """
    flow = Flow.objects.get(pk=flow_id)
    shop = Connection.objects.get(pk=flow.shop_id)
    session = open_session(shop, _unseen)
    now = datetime.now(UTC)
    try:
        if kind is Kind.ORDER and isinstance(session, GivesOrders):
            caught = catch_up_orders(session, StoreIntake(), flow.pk, shop.pk, since or _FIRST_DAY, now)
            move_cursor(current(), shop.pk, f"orders-{flow.pk}", caught.until)
            return caught
        if kind is Kind.PRODUCT and isinstance(session, GivesProducts):
            caught = catch_up_products(session, StoreIntake(), flow.pk, shop.pk, since, now)
            move_cursor(current(), shop.pk, f"products-{flow.pk}", caught.until)
            return caught
    finally:
        session.close()
    raise SetupWrong(message("flow.wrong_role", name=shop.name, role=kind.value), setting="shop")


def _unseen(_exchange: Exchange) -> None:
    # A list is about no single record.
    return
