"""Who drains a lane: taking it, proving on every write that it is still ours, letting it go."""

import time
from dataclasses import dataclass
from datetime import datetime

from brygga.app.settings import settings
from brygga.app.store.sql import fetch_one, for_share, run, time_in
from brygga.app.store.transaction import write
from brygga.flows.ports import LaneLost

CAREFUL_AFTER = 2  # drains in a row that ended without a word, before the work under way is written down
HOLD_AFTER = 4  # and then two more with the same work under way: it is the work's fault


@dataclass(frozen=True, slots=True)
class HeldLane:
    """A lane as it was taken: `generation` is the fence, `suspect` a work that crashed it."""

    connection: int
    tenant: int
    owner: str
    generation: int
    crashes: int
    suspect: int | None

    @property
    def careful(self) -> bool:
        """Say that the work under way must be written down before it is tried."""
        return self.crashes >= CAREFUL_AFTER


def take(lane: int, owner: str, now: datetime) -> HeldLane | None:
    """Take a lane over, whoever had it, and clear its flag. None when there is no such lane.

    Only a crash in the middle of an attempt is laid at a work's door: a drain that ended before its
    first attempt, or between two, makes the next one careful and no more.
    The flag is cleared before the due works are read, so that news from now on wakes it again.
    """
    with write():
        row = fetch_one(
            "UPDATE store_lane SET generation = generation + 1, woken = FALSE, taken_at = %s, beat_at = %s,"
            " crashes = CASE WHEN owner = '' THEN 0 WHEN under_way OR crashes < %s THEN crashes + 1"
            " ELSE crashes END, under_way = FALSE, owner = %s"
            " WHERE connection_id = %s RETURNING tenant_id, generation, crashes, trying",
            (time_in(now), time_in(now), CAREFUL_AFTER, owner, lane),
        )
    if row is None:
        return None
    tenant, generation, crashes, trying = row
    return HeldLane(lane, tenant, owner, generation, crashes, trying if crashes >= HOLD_AFTER else None)


def fence(lane: HeldLane) -> None:
    """See to it that a lane is still ours until the transaction ends. Raises LaneLost."""
    row = fetch_one(
        f"SELECT generation FROM store_lane WHERE connection_id = %s{for_share()}",
        (lane.connection,),
    )
    if row is None or row[0] != lane.generation:
        raise LaneLost(f"lane {lane.connection}")


def prove(lane: HeldLane) -> None:
    """Prove, right before something is sent, that a lane is still ours. Raises LaneLost.

    A worker may stand still at any moment, also between the proof and what it is for. Nobody takes
    its lane before it was silent for `node_stale`, so a proof that grew old is made again.
    """
    for _ in range(10):
        asked = time.monotonic()
        fence(lane)
        if time.monotonic() - asked < settings().node_stale / 6:
            return
    raise LaneLost(f"lane {lane.connection}: the database is too slow to prove that it is ours")


def beat(lane: HeldLane, now: datetime) -> None:
    """Give a sign of life. Raises LaneLost."""
    _update(lane, "beat_at = %s", time_in(now))


def try_work(lane: HeldLane, work: int) -> None:
    """Write down which work is under way, so that a crash can be laid at its door. Raises LaneLost.

    Another work than last time begins its own count: crashes with progress between are not its fault.
    """
    _update(
        lane,
        f"crashes = CASE WHEN trying = %s THEN crashes ELSE {CAREFUL_AFTER} END, trying = %s, under_way = TRUE",
        work,
        work,
    )


def tried(lane: HeldLane) -> None:
    """Write down that the attempt has ended, whatever became of the work. Raises LaneLost."""
    _update(lane, "under_way = FALSE")


def acquit(lane: HeldLane) -> None:
    """Begin to count anew, still careful: the work that crashed is set aside. Raises LaneLost."""
    _update(lane, f"crashes = {CAREFUL_AFTER}, trying = NULL, under_way = FALSE")


def release(lane: HeldLane) -> None:
    """Let a lane go in good order. Raises LaneLost when it was no longer ours."""
    _update(lane, "owner = %s, crashes = 0, trying = NULL, under_way = FALSE", "")


def _update(lane: HeldLane, what: str, *values: object) -> None:
    with write():
        touched = run(
            f"UPDATE store_lane SET {what} WHERE connection_id = %s AND generation = %s",
            (*values, lane.connection, lane.generation),
        )
    if not touched:
        raise LaneLost(f"lane {lane.connection}")
