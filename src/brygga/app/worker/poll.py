"""Polls one connection: finds what no hint told of, and reads an ERP's feeds.

The cursor moves after what it stands for is safe. Shop clocks may be wrong and writes may become
visible late, so each poll looks back a little and once an hour a long way: what was seen before
costs one question to our own database.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from django.db.models import QuerySet

from brygga.app.store import notices
from brygga.app.store.article_feed import articles_were_drained
from brygga.app.store.cursors import cursor, move_cursor, move_taking
from brygga.app.store.feeds import DbFeedStore
from brygga.app.store.intake import StoreIntake
from brygga.app.store.models import Connection, FeedBatchRow, Flow
from brygga.app.store.models.connections import ConnectionState
from brygga.app.store.models.flows import FlowState
from brygga.app.store.shelf import DbTaken, stock_was_drained
from brygga.app.tenancy.scope import scope
from brygga.app.worker import health
from brygga.app.worker.context import begins_at, settings_of
from brygga.app.worker.fan_out import FanOut
from brygga.app.worker.housekeeping import same_system
from brygga.app.worker.sessions import identity_of, open_session, unseen
from brygga.connectors.contract.connector import (
    Feed,
    FeedsOrders,
    GivesCustomers,
    GivesOrders,
    GivesProducts,
    Role,
    Session,
    TellsWho,
)
from brygga.connectors.contract.shelf import GivesItems
from brygga.connectors.contract.supply import FeedsArticles, FeedsStock
from brygga.domain.errors import ConnectionBroken, SetupWrong, TryLater
from brygga.domain.events import OrderEvent
from brygga.domain.message import Message, message
from brygga.domain.refs import Kind
from brygga.flows.catch_up import catch_up_customers, catch_up_orders, catch_up_products
from brygga.flows.presets import PRESETS
from brygga.flows.settings import FlowSettings, ProductMode
from brygga.flows.shelf.taken import look_at_taken
from brygga.flows.supply import drain_feed

log = structlog.get_logger(__name__)

LOOK_BACK = timedelta(minutes=10)
LOOK_FAR_BACK = timedelta(hours=26)
FAR_EVERY = timedelta(hours=1)
PRODUCTS_EVERY = timedelta(minutes=10)
CUSTOMERS_EVERY = timedelta(hours=1)  # the shop can't be asked for changes: each look reads all heads


def poll(connection_id: int) -> None:
    """Poll a connection once; errors are noted on it and never lost work."""
    connection = Connection.unscoped.filter(pk=connection_id, state=ConnectionState.ACTIVE.value).first()
    now = datetime.now(UTC)
    if connection is None or (connection.not_before and connection.not_before > now):
        return
    with (
        scope(connection.tenant_id),
        structlog.contextvars.bound_contextvars(tenant=connection.tenant_id, connection=connection_id),
    ):
        try:
            session = open_session(connection, unseen)
        except SetupWrong as error:
            health.broken(connection_id, ConnectionBroken(error.for_merchant, error.for_us), now)
            return
        try:
            if connection.role == Role.SHOP.value:
                _poll_shop(connection, session, now)
            else:
                _poll_erp(connection, session)
            health.well(connection_id, datetime.now(UTC))
            notices.over(datetime.now(UTC), connection=connection_id, codes=["connection.not_polled"])
        except ConnectionBroken as error:
            health.broken(connection_id, error, datetime.now(UTC))
        except (TryLater, SetupWrong) as error:
            if isinstance(error, TryLater) and error.system_away:
                health.away(connection_id, error, datetime.now(UTC))
            else:  # a list or feed alone: no order need wait for that
                health.not_polled(connection_id, error, datetime.now(UTC))
        finally:
            session.close()


def polled_flows(connection: Connection) -> Sequence[Flow]:
    """Return the flows that a connection's polls serve."""
    if connection.role == Role.SHOP.value:
        return list(_taking(Flow.objects.filter(shop=connection)))
    return list(_taking(Flow.objects.filter(erp=connection)))


def _taking(flows: QuerySet[Flow]) -> QuerySet[Flow]:
    return flows.filter(state__in=[FlowState.RUNNING.value, FlowState.PAUSED.value])


def _poll_shop(connection: Connection, session: Session, now: datetime) -> None:
    flows = polled_flows(connection)
    if flows and isinstance(session, TellsWho) and not same_system(connection, session.who(), now):
        return  # a copy's orders are nobody's
    for flow in flows:
        start = flow.started_at or now
        intake = StoreIntake()
        preset = PRESETS[flow.preset]
        if preset.moves(Kind.ORDER) and isinstance(session, GivesOrders):
            name = f"orders-{flow.pk}"
            since = _since(connection, flow, name, start, now)
            caught = catch_up_orders(session, intake, flow.pk, connection.pk, since, now)
            move_taking(connection.tenant_id, flow.pk, connection.pk, name, caught.until)
            log.info("orders polled", flow=flow.pk, seen=caught.seen, due=caught.due)
        if preset.moves(Kind.PRODUCT) and isinstance(session, GivesProducts) and _wants_products(flow):
            name = f"products-{flow.pk}"
            last = cursor(connection.pk, name)
            if last is None or now - last >= PRODUCTS_EVERY:
                since = (last or start) - LOOK_BACK
                found = catch_up_products(session, intake, flow.pk, connection.pk, since, now)
                move_taking(connection.tenant_id, flow.pk, connection.pk, name, found.until)
                log.info("products polled", flow=flow.pk, seen=found.seen, due=found.due)
        if preset.moves(Kind.CUSTOMER) and isinstance(session, GivesCustomers) and _wants_customers(flow):
            name = f"customers-{flow.pk}"
            last = cursor(connection.pk, name)
            if last is None or now - last >= CUSTOMERS_EVERY:
                since = (last or start) - LOOK_BACK
                found = catch_up_customers(session, intake, flow.pk, connection.pk, since, now)
                move_taking(connection.tenant_id, flow.pk, connection.pk, name, found.until)
                log.info("customers polled", flow=flow.pk, seen=found.seen, due=found.due)
    if isinstance(session, GivesItems):
        _look_at_taken(connection, session, flows, now)


def _look_at_taken(connection: Connection, session: GivesItems, flows: Sequence[Flow], now: datetime) -> None:
    """Keep what the shop's orders hold of its stock, once for each ERP whose numbers any shop shows.

    A shop that shows none of them takes from the same stock all the same.
    """
    looked: set[int] = set()
    shop = identity_of(connection)
    for flow in flows:
        settings = _settings(flow)
        if shop is None or settings is None or flow.erp_id in looked or not _is_shown(flow.erp_id):
            continue
        begins = begins_at(flow, settings, shop)
        store = DbTaken(connection.tenant_id, connection.pk, flow.erp_id, flow.pk, begins)
        changed = look_at_taken(session, store, now)
        looked.add(flow.erp_id)
        log.info("stock taken by orders read", flow=flow.pk, changed=len(changed))


def _is_shown(erp: int) -> bool:
    """Say whether any shop shows an ERP's stock less what is in flight."""
    showing = [
        flow for flow in _taking(Flow.objects.filter(erp_id=erp)) if PRESETS[flow.preset].moves(Kind.ITEM)
    ]
    return any((settings := _settings(flow)) is not None and settings.in_flight_hold for flow in showing)


def _since(connection: Connection, flow: Flow, name: str, start: datetime, now: datetime) -> datetime:
    """Return from when to list: a little before the cursor, and once an hour long before.

    The first time it is the flow's start date, if it has one before its start.
    """
    last = cursor(connection.pk, name)
    far = cursor(connection.pk, f"{name}-far")
    if last is None:
        return min(start, _start_date(connection, flow) or start) - LOOK_BACK
    if far is None or now - far >= FAR_EVERY:
        # Written before the look: if it fails, the cursor still holds what was not yet read.
        move_cursor(connection.tenant_id, connection.pk, f"{name}-far", now)
        return min(last, max(last - LOOK_FAR_BACK, start)) - LOOK_BACK
    return last - LOOK_BACK


def _start_date(connection: Connection, flow: Flow) -> datetime | None:
    settings, shop = _settings(flow), identity_of(connection)
    if settings is None or settings.start_date is None or shop is None:
        return None
    return datetime.combine(settings.start_date, time.min, ZoneInfo(shop.time_zone))


def _wants_products(flow: Flow) -> bool:
    settings = _settings(flow)
    return settings is not None and settings.products is not ProductMode.OFF


def _wants_customers(flow: Flow) -> bool:
    settings = _settings(flow)
    return settings is not None and settings.customers_alone


def _settings(flow: Flow) -> FlowSettings | None:
    """Return a flow's settings of today; None, with the flow paused, when they can't be read."""
    revision = flow.revisions.order_by("-number").first()
    if revision is None:
        return None
    try:
        return settings_of(flow.preset, revision.settings)
    except SetupWrong as error:
        health.pause_flow(flow.pk, error, datetime.now(UTC))
        return None


def _poll_erp(connection: Connection, session: Session) -> None:
    if not polled_flows(connection):
        return
    began = datetime.now(UTC)
    store = DbFeedStore(connection.tenant_id)
    fan = FanOut(connection.tenant_id, connection.pk)

    def remark(told: Message) -> None:
        notices.say(connection.tenant_id, told, datetime.now(UTC), connection=connection.pk)

    if isinstance(session, FeedsOrders):
        read_orders, confirm_orders = session.read_orders, session.confirm_orders

        def take(rows: Sequence[OrderEvent], _begun_at: datetime) -> int:
            return fan.orders(rows)

        new = drain_feed(Feed.ORDERS, read_orders, confirm_orders, take, store, connection.pk, remark)
        if new:
            log.info("order feed read", new=new)
            health.wake_lanes_of(connection.pk, datetime.now(UTC))

    wanted = fan.moves(Kind.ITEM) or fan.moves(Kind.GOODS)
    if wanted and isinstance(session, FeedsArticles):
        read, confirm = session.read_articles, session.confirm_articles
        ended = partial(articles_were_drained, connection.tenant_id, connection.pk)
        news = drain_feed(Feed.ARTICLES, read, confirm, fan.articles, store, connection.pk, remark, ended)
        log.info("article feed read", news=news)
    if wanted and isinstance(session, FeedsStock):
        read_stock, confirm_stock = session.read_stock, session.confirm_stock
        drained = partial(stock_was_drained, connection.tenant_id, connection.pk)
        news = drain_feed(
            Feed.STOCK, read_stock, confirm_stock, fan.stock, store, connection.pk, remark, drained
        )
        log.info("stock feed read", news=news)
    foreign = FeedBatchRow.objects.filter(connection=connection, ours=False, opened_at__gte=began).exists()
    if foreign:
        told = message("connection.feed_shared", name=connection.name)
        notices.say(connection.tenant_id, told, datetime.now(UTC), connection=connection.pk)
