"""Finds what no hint told of: windows over what a shop changed, and an ERP's confirmed batches.

A window begins a little before the last one ended, because shops keep whole seconds and a write
that was under way then may have become visible later. What was seen twice changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from brygga.connectors.contract.connector import FeedsOrders, GivesCustomers, GivesOrders, GivesProducts
from brygga.domain.events import OrderEvent
from brygga.flows.intake import take_customer, take_order, take_product
from brygga.flows.ports import FeedStore, Intake

OVERLAP = timedelta(seconds=90)
AHEAD = timedelta(hours=26)  # a shop's clock may be fast: what it dates in our future is there now


@dataclass(frozen=True, slots=True)
class Caught:
    """What a look found: how many records it told of, how many are to be done, and up to when."""

    seen: int
    due: int
    until: datetime


def catch_up_orders(
    shop: GivesOrders, intake: Intake, flow: int, connection: int, since: datetime, until: datetime
) -> Caught:
    """Take in every order changed since the cursor. The caller moves the cursor to `until` after it."""
    seen = due = 0
    for head in shop.orders_changed(since - OVERLAP, until + AHEAD):
        seen += 1
        due += take_order(intake, flow, connection, head)
    return Caught(seen, due, until)


def catch_up_products(
    shop: GivesProducts, intake: Intake, flow: int, connection: int, since: datetime | None, until: datetime
) -> Caught:
    """Take in every product changed since the cursor; None takes in the whole range."""
    seen = due = 0
    for head in shop.products_changed(since - OVERLAP if since else None, until + AHEAD):
        seen += 1
        due += take_product(intake, flow, connection, head)
    return Caught(seen, due, until)


def catch_up_customers(
    shop: GivesCustomers, intake: Intake, flow: int, connection: int, since: datetime, until: datetime
) -> Caught:
    """Take in every customer changed since the cursor."""
    seen = due = 0
    for head in shop.customers_changed(since - OVERLAP):
        seen += 1
        due += take_customer(intake, flow, connection, head)
    return Caught(seen, due, until)


def drain_order_feed(
    erp: FeedsOrders,
    store: FeedStore,
    connection: int,
    tell: Callable[[Sequence[OrderEvent]], object],
    *,
    most: int = 50,
) -> int:
    """Read and confirm the ERP's order feed until it is empty; return how many rows were new.

    Rows are stored, and told of, before a batch is confirmed, never the other way round: a batch
    that was confirmed unread is lost for good, one that was read twice changes nothing.
    """
    new = 0
    for _ in range(most):
        asked = store.batch_to_read(connection, "orders")
        batch = erp.read_orders(asked)
        new += store.keep_rows(connection, "orders", batch)
        for event in batch.rows:
            store.learn_number(connection, event)
        tell(batch.rows)
        erp.confirm_orders(batch.batch)
        store.confirmed(connection, "orders", batch.batch)
        # Another batch than ours was open, left by an earlier crash: ours is still to be read.
        if batch.batch == asked and not batch.more:
            return new
    return new
