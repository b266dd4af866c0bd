"""How far each source has been read. A cursor moves when the work it stands for is safe."""

from datetime import datetime

from brygga.app.store.sql import fetch_one, run, time_in, time_out
from brygga.app.store.transaction import write


def cursor(connection: int, name: str) -> datetime | None:
    """Return how far a source has been read under a name, if it has."""
    row = fetch_one(
        "SELECT value FROM store_cursor WHERE connection_id = %s AND name = %s", (connection, name)
    )
    return None if row is None else time_out(row[0])


def move_cursor(tenant: int, connection: int, name: str, value: datetime) -> None:
    """Move a cursor; it may be moved back, to read a stretch again."""
    with write():
        run(
            "INSERT INTO store_cursor (tenant_id, connection_id, name, value) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (connection_id, name) DO UPDATE SET value = excluded.value",
            (tenant, connection, name, time_in(value)),
        )
