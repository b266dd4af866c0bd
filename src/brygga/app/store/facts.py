"""What an ERP has told of its orders: each fact once, and which works it wakes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from brygga.app.store.sql import fetch, run, time_in
from brygga.app.store.transaction import write
from brygga.domain.events import OrderEvent

PARCEL = "parcel"  # a parcel's number is kept beside the facts, under this name


def keep_facts(tenant: int, erp: int, events: Sequence[OrderEvent]) -> list[str]:
    """Keep facts and parcels that are not known yet; return the numbers of the orders they are about."""
    now = time_in(datetime.now(UTC))
    news: dict[str, None] = {}
    with write():
        for event in events:
            told = [(fact.value, detail) for fact, detail in event.facts()]
            told += [(PARCEL, shipment.tracking_no) for shipment in event.shipments if shipment.tracking_no]
            for fact, detail in told:
                new = run(
                    "INSERT INTO store_factrow (tenant_id, connection_id, order_no, fact, detail, told_at)"
                    " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (connection_id, order_no, fact, detail) DO NOTHING",
                    (tenant, erp, event.order_no, fact, detail[:200], now),
                )
                if new:
                    news[event.order_no] = None
    return list(news)


def facts_of(erp: int, order_no: str) -> list[tuple[str, str, Any]]:
    """Return what is known of an order of the ERP's: fact, detail and when it was told, oldest first."""
    return [
        (fact, detail, told_at)
        for fact, detail, told_at in fetch(
            "SELECT fact, detail, told_at FROM store_factrow WHERE connection_id = %s AND order_no = %s ORDER BY id",
            (erp, order_no),
        )
    ]


def shop_orders_of(erp: int, order_nos: Sequence[str]) -> list[tuple[str, int, str, str]]:
    """Return whose orders these are: the ERP's number, the shop's connection, its id and number."""
    found: list[tuple[str, int, str, str]] = []
    for number in order_nos:
        found += [
            (number, shop, ref, key)
            for shop, ref, key in fetch(
                "SELECT source_id, source_ref, source_key FROM store_linkrow"
                " WHERE target_id = %s AND kind = 'order' AND target_ref = %s",
                (erp, number),
            )
        ]
    return found
