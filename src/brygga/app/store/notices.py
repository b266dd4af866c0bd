"""Notices: one line for each thing that happens, the same fault once however often it is met."""

from collections.abc import Sequence
from datetime import datetime

from brygga.app.store.sql import fetch_one, marks, message_in, run, time_in
from brygga.app.store.transaction import write
from brygga.domain.message import Message


def say(
    tenant: int,
    message: Message,
    now: datetime,
    *,
    connection: int | None = None,
    flow: int | None = None,
    passing: bool = False,
) -> bool:
    """Write a notice, or count it if it stands there already; say whether it is a new line.

    `passing` is for what is over as soon as it is said ("webhook healed").
    """
    with write():
        open_one = None if passing else _open(message.code, tenant, connection, flow)
        if open_one is not None:
            run(
                "UPDATE store_notice SET count = count + 1, last_at = %s, message = %s WHERE id = %s",
                (time_in(now), message_in(message), open_one),
            )
            return False
        run(
            "INSERT INTO store_notice (tenant_id, connection_id, flow_id, code, message, at, last_at, count, over_at,"
            " seen) VALUES (%s, %s, %s, %s, %s, %s, %s, 1, %s, FALSE)",
            (
                tenant,
                connection,
                flow,
                message.code[:80],
                message_in(message),
                time_in(now),
                time_in(now),
                time_in(now) if passing else None,
            ),
        )
        return True


def over(
    now: datetime, *, connection: int | None = None, flow: int | None = None, codes: Sequence[str] = ()
) -> int:
    """Note that the faults of a connection or flow are over; return how many were open."""
    owner, value = ("connection_id", connection) if connection is not None else ("flow_id", flow)
    only = f" AND code IN ({marks(len(codes))})" if codes else ""
    with write():
        return run(
            f"UPDATE store_notice SET over_at = %s WHERE {owner} = %s AND over_at IS NULL{only}",
            (time_in(now), value, *codes),
        )


def _open(code: str, tenant: int, connection: int | None, flow: int | None) -> int | None:
    # A notice without connection or flow is about the tenant as a whole.
    where, params = "", []
    for column, value in (("connection_id", connection), ("flow_id", flow)):
        if value is None:
            where += f" AND {column} IS NULL"
        else:
            where += f" AND {column} = %s"
            params.append(value)
    row = fetch_one(
        f"SELECT id FROM store_notice WHERE tenant_id = %s AND code = %s AND over_at IS NULL{where}",
        (tenant, code[:80], *params),
    )
    return None if row is None else int(row[0])
