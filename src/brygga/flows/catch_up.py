"""Finds what no hint told of: windows over what a shop changed.

A window begins a little before the last one ended, because shops keep whole seconds and a write
that was under way then may have become visible later. What was seen twice changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from brygga.connectors.contract.connector import GivesCustomers, GivesOrders, GivesProducts
from brygga.flows.intake import take_customer, take_order, take_product
from brygga.flows.ports import Intake

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
