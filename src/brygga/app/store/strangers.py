"""Keeps which items of a shop are no articles of the ERP: met by a reconciliation, gone with the next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from brygga.app.store.sql import message_in, run, time_in
from brygga.app.store.transaction import write
from brygga.domain.message import Message
from brygga.domain.shelf import ShopItem

_AT_ONCE = 200


def keep_strangers(tenant: int, flow: int, met: Sequence[tuple[ShopItem, Message]], at: datetime) -> None:
    """Keep items that are no articles, each with why."""
    for start in range(0, len(met), _AT_ONCE):
        part = met[start : start + _AT_ONCE]
        params: list[Any] = []
        for item, cause in part:
            params += (
                tenant,
                flow,
                item.ref[:100],
                item.sku[:200],
                item.name[:300],
                message_in(cause),
                time_in(at),
            )
        with write():
            run(
                "INSERT INTO store_stranger (tenant_id, flow_id, item_ref, sku, name, cause, seen_at)"
                f" VALUES {', '.join(['(%s, %s, %s, %s, %s, %s, %s)'] * len(part))}"
                " ON CONFLICT (flow_id, item_ref) DO UPDATE SET sku = excluded.sku, name = excluded.name,"
                " cause = excluded.cause, seen_at = excluded.seen_at",
                params,
            )


def forget_strangers(flow: int, before: datetime) -> int:
    """Forget those that were not met since; return how many."""
    with write():
        return run("DELETE FROM store_stranger WHERE flow_id = %s AND seen_at < %s", (flow, time_in(before)))
