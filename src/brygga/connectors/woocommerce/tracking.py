"""Parcels in the metas that the common tracking plugins read: added to what is there, never replaced.

`_wc_shipment_tracking_items` is a list that WooCommerce's own tracking plugin and Advanced Shipment
Tracking share (read in their source); an entry is known by its number.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from brygga.connectors.woocommerce import wire
from brygga.connectors.woocommerce.values import text
from brygga.domain.order import Shipment

ITEMS = "_wc_shipment_tracking_items"


def items_with(order: wire.Order, parcels: Sequence[Shipment], now: datetime) -> list[Any] | None:
    """Return an order's list with these parcels in it; None when all of them are there already."""
    there = _items(order)
    known = {text(item.get("tracking_number")).strip() for item in there if isinstance(item, Mapping)}
    new = [parcel for parcel in parcels if parcel.tracking_no not in known]
    return [*there, *(_entry(parcel, now) for parcel in new)] if new else None


def _items(order: wire.Order) -> list[Any]:
    for meta in order.meta_data:
        if meta.key == ITEMS:
            # PHP writes a list with gaps as an object with numbers for names.
            value = list(meta.value.values()) if isinstance(meta.value, Mapping) else meta.value
            return list(value) if isinstance(value, list) else []
    return []


def _entry(parcel: Shipment, now: datetime) -> dict[str, str]:
    shipped = int((parcel.shipped_at or now).astimezone(UTC).timestamp())
    return {
        "tracking_provider": "" if parcel.link else parcel.carrier,
        "custom_tracking_provider": parcel.carrier if parcel.link else "",
        "custom_tracking_link": parcel.link,
        "tracking_number": parcel.tracking_no,
        "date_shipped": str(shipped),
        "tracking_id": hashlib.md5(parcel.tracking_no.encode(), usedforsecurity=False).hexdigest(),
    }
