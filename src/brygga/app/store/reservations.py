"""For which orders a payment provider holds money, and which of them have waited too long."""

from datetime import UTC, datetime
from typing import Any

from brygga.app.store.lanes import HeldLane, fence
from brygga.app.store.sql import fetch, fetch_one, marks, run, time_in, time_out
from brygga.app.store.transaction import write
from brygga.domain.refs import Kind
from brygga.flows.statuses.ports import Held, Undelivered
from brygga.flows.statuses.reserved import ENDED_BY

_ORDER = Kind.ORDER.value
_ENDED = tuple(sorted(fact.value for fact in ENDED_BY))
# The order's link, and whether the ERP has told that it is through: for whatever reads reservations as `r`.
_LINKED = (
    " JOIN store_flow f ON f.id = r.flow_id JOIN store_linkrow l ON l.source_id = f.shop_id"
    f" AND l.kind = '{_ORDER}' AND l.source_ref = r.order_ref AND l.target_id = f.erp_id"
)
_TOLD = (
    "EXISTS (SELECT 1 FROM store_factrow t WHERE t.connection_id = l.target_id AND t.order_no = l.target_ref"
    f" AND t.fact IN ({marks(len(_ENDED))}))"
)


class DbReservations:
    """The reservations of one flow, kept in its lane, as `flows/statuses/ports.py` promises."""

    def __init__(self, lane: HeldLane, flow: int) -> None:
        self._lane = lane
        self._flow = flow

    def keep(self, order_id: str, held: Held) -> None:
        """Remember that money is held for an order."""
        if self._there(order_id) == held:
            return
        with write():
            fence(self._lane)
            run(
                "INSERT INTO store_reservation (tenant_id, flow_id, order_ref, method, held_since, total, currency)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (flow_id, order_ref) DO UPDATE SET"
                " method = excluded.method, held_since = excluded.held_since, total = excluded.total,"
                " currency = excluded.currency",
                (
                    self._lane.tenant,
                    self._flow,
                    order_id[:100],
                    held.method[:200],
                    time_in(held.since),
                    held.total,
                    held.currency,
                ),
            )

    def drop(self, order_id: str) -> bool:
        """Forget an order for which nothing is held any more; say whether it was remembered."""
        if self._there(order_id) is None:
            return False
        with write():
            fence(self._lane)
            run("DELETE FROM store_reservation WHERE flow_id = %s AND order_ref = %s", (self._flow, order_id))
        return True

    def _there(self, order_id: str) -> Held | None:
        row = fetch_one(
            "SELECT method, held_since, total, currency FROM store_reservation"
            " WHERE flow_id = %s AND order_ref = %s",
            (self._flow, order_id[:100]),
        )
        return None if row is None else _held(row)


def undelivered(flow: int, before: datetime) -> list[Undelivered]:
    """Return a flow's sent orders for which money is held since before a moment, oldest first."""
    rows = fetch(
        "SELECT r.order_ref, w.id, l.source_key, l.target_ref, r.method, r.held_since, r.total, r.currency"
        f" FROM store_reservation r{_LINKED} LEFT JOIN store_work w ON w.flow_id = r.flow_id"
        f" AND w.kind = '{_ORDER}' AND w.source_ref = r.order_ref"
        f" WHERE r.flow_id = %s AND r.held_since <= %s AND NOT {_TOLD} ORDER BY r.held_since, r.id",
        (flow, time_in(before), *_ENDED),
    )
    return [
        Undelivered(ref, work, number or ref, erp_no, _held(rest))
        for ref, work, number, erp_no, *rest in rows
    ]


def drop_ended(flow: int) -> list[str]:
    """Forget orders of which the ERP has told that they are through; return them."""
    ended = [
        ref
        for (ref,) in fetch(
            f"SELECT r.order_ref FROM store_reservation r{_LINKED} WHERE r.flow_id = %s AND {_TOLD}",
            (flow, *_ENDED),
        )
    ]
    for ref in ended:
        with write():
            run("DELETE FROM store_reservation WHERE flow_id = %s AND order_ref = %s", (flow, ref))
    return ended


def _held(row: Any) -> Held:
    method, since, total, currency = row
    return Held(method, time_out(since) or datetime.now(UTC), total, currency)
