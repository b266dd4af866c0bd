"""Creates that are about to be sent: stored before, settled after, found again by whoever comes next."""

from collections.abc import Sequence
from datetime import UTC, datetime

from brygga.app.store.due import EPOCH
from brygga.app.store.feeds import number_told
from brygga.app.store.lanes import HeldLane
from brygga.app.store.lines import RawGathering, insert, prepare
from brygga.app.store.run_known import LaneKnown
from brygga.app.store.sql import fetch, fetch_one, run, time_in, time_out
from brygga.flows.journal import Journal
from brygga.flows.ports import Intent, Work

# Every work of one record in flows to one target: two flows between the same systems have two works.
SAME_RECORD = (
    "SELECT o.id FROM store_work w JOIN store_flow f ON f.shop_id = w.source_id AND f.erp_id = %s"
    " JOIN store_work o ON o.flow_id = f.id AND o.kind = w.kind AND o.source_ref = w.source_ref WHERE w.id = %s"
)


class LaneIntents(LaneKnown):
    """The intents of one lane, and what else may be behind a number: the second part of `LaneStore`."""

    def __init__(self, lane: HeldLane, keep_days: int) -> None:
        super().__init__(lane)
        self._keep_days = keep_days
        self._intents: dict[int, int] = {}  # intents opened by us, by work
        self._raw: dict[int, RawGathering] = {}  # exchanges of works whose outcome is not stored yet

    @property
    def keep_days(self) -> int:
        """How long raw exchanges are kept."""
        return self._keep_days

    def open_intents(self, work: Work) -> Sequence[Intent]:
        """Return earlier creates for this record whose end is not settled, oldest first."""
        claim = self._claims.get(work.id)
        if claim is not None and not claim.has_intents and work.id not in self._intents:
            return []
        rows = fetch(
            "SELECT id, key, fingerprint, begun_at FROM store_intentrow"
            f" WHERE work_id IN ({SAME_RECORD}) AND state = 'open' ORDER BY id",
            (self._lane.connection, work.id),
        )
        return [Intent(pk, key, mark, time_out(at) or EPOCH) for pk, key, mark, at in rows]

    def claims_of_others(self, work: Work, target: int, key: str, number: str) -> Sequence[str]:
        """Return how other records of ours stand to what the target holds under a key or its number."""
        ref = work.ref
        mine = (ref.connection, ref.kind.value, ref.id)
        rows = fetch(
            "SELECT DISTINCT i.state FROM store_intentrow i JOIN store_work o ON o.id = i.work_id"
            " WHERE i.target_id = %s AND i.key = %s AND i.state IN ('open', 'done')"
            " AND NOT (o.source_id = %s AND o.kind = %s AND o.source_ref = %s)"
            " UNION SELECT 'done' FROM store_linkrow l WHERE l.target_id = %s AND l.kind = %s AND l.target_ref = %s"
            " AND l.target_ref <> '' AND NOT (l.source_id = %s AND l.kind = %s AND l.source_ref = %s)",
            (target, key, *mine, target, ref.kind.value, number, *mine),
        )
        return [state for (state,) in rows]

    def number_told(self, target: int, key: str) -> str:
        """Return the target's number of the order it holds under our key, if its feed told of one."""
        return number_told(target, key)

    def intend(self, work: Work, target: int, key: str, fingerprint: str, journal: Journal) -> Intent:
        """Store, durably, that a create under this key is about to be sent."""
        now = datetime.now(UTC)
        gathering = self._raw.setdefault(work.id, RawGathering())
        lines = prepare(journal.take(), gathering, pack_now=False)
        with self._write():
            row = fetch_one(
                "INSERT INTO store_intentrow (tenant_id, work_id, target_id, key, fingerprint, begun_at, state)"
                " VALUES (%s, %s, %s, %s, %s, %s, 'open') RETURNING id",
                (self._lane.tenant, work.id, target, key, fingerprint, time_in(now)),
            )
            insert(lines, self._lane.tenant, work.id, self._keep_days, now)
        assert row is not None
        self._intents[work.id] = row[0]
        return Intent(row[0], key, fingerprint, now)

    def withdraw(self, intent: Intent) -> None:
        """Settle an intent as surely not carried out."""
        with self._write():
            run(
                "UPDATE store_intentrow SET state = 'withdrawn' WHERE id = %s AND state = 'open'",
                (intent.id,),
            )
