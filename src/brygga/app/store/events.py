"""EventStore: what an ERP has told of an order, whose order it is, and what of it was told the shop."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta

from brygga.app.store.facts import PARCEL, facts_of
from brygga.app.store.intake import StoreIntake
from brygga.app.store.lanes import HeldLane, fence
from brygga.app.store.sql import fetch_one, for_update, json_in, json_out, run, time_in, time_out, version_out
from brygga.app.store.transaction import write
from brygga.domain.events import Fact
from brygga.domain.message import message
from brygga.domain.refs import Kind, RecordRef, Version
from brygga.flows.statuses.ports import Known, Told

ECHO_FOR = timedelta(seconds=90)


class DbEvents:
    """What is known of a lane's orders, as `flows/statuses/ports.py` promises it."""

    def __init__(self, lane: HeldLane) -> None:
        self._lane = lane

    def known(self, flow: int, erp: int, shop: int, order_no: str) -> Known:
        """Return what is known of an order of the ERP's."""
        rows = [
            (fact, detail, time_out(at) or datetime.now(UTC)) for fact, detail, at in facts_of(erp, order_no)
        ]
        found = fetch_one(
            "SELECT l.source_ref, l.at, w.id, w.due_at FROM store_linkrow l"
            " LEFT JOIN store_work w ON w.flow_id = %s AND w.kind = l.kind AND w.source_ref = l.source_ref"
            " WHERE l.target_id = %s AND l.kind = %s AND l.target_ref = %s AND l.source_id = %s",
            (flow, erp, Kind.ORDER.value, order_no, shop),
        )
        facts = [Told(Fact(fact), detail, at) for fact, detail, at in rows if fact != PARCEL]
        if found is not None:
            facts.insert(0, Told(Fact.RECEIVED, order_no, time_out(found[1]) or datetime.now(UTC)))
        return Known(
            facts=facts,
            parcels=[detail for fact, detail, _ in rows if fact == PARCEL],
            order=RecordRef(shop, Kind.ORDER, found[0]) if found is not None else None,
            order_work=found[2] if found is not None else None,
            ready=found is not None and found[3] is None,
        )

    def facts(self, erp: int, order_no: str) -> AbstractSet[Fact]:
        """Return what an ERP has told of one of its orders."""
        return {Fact(fact) for fact, _, _ in facts_of(erp, order_no) if fact != PARCEL}

    def look_again(self, flow: int, erp: int, order_no: str) -> None:
        """Have the status of the ERP's order looked at: the shop's order has changed."""
        StoreIntake().seen_many(flow, Kind.STATUS, erp, [order_no], message("status.shop_changed"))

    def remember(self, work: int, steps: Mapping[str, str]) -> None:
        """Store durably which steps of telling are done; what is there stays."""
        with write():
            fence(self._lane)
            row = fetch_one("SELECT feedback FROM store_work WHERE id = %s", (work,))
            there = json_out(row[0]) if row is not None else {}
            run("UPDATE store_work SET feedback = %s WHERE id = %s", (json_in({**there, **steps}), work))

    def echo(self, order_work: int, before: Version, version: Version) -> None:
        """Say that the shop's order is like this by our own hand, unless others changed it before."""
        now = datetime.now(UTC)
        with write():
            fence(self._lane)
            row = fetch_one(
                "SELECT looked_at, looked_mark, echo_changed_at, echo_mark FROM store_work"
                f" WHERE id = %s{for_update()}",
                (order_work,),
            )
            if row is None:
                return
            seen = [version_out(row[0], row[1]), version_out(row[2], row[3])]
            if all(before.differs_from(one) for one in seen if one is not None):
                return
            run(
                "UPDATE store_work SET echo_changed_at = %s, echo_mark = %s, echo_until = %s WHERE id = %s",
                (time_in(version.changed_at), version.mark, time_in(now + ECHO_FOR), order_work),
            )
