"""How far each source has been read. A cursor moves when the work it stands for is safe."""

from datetime import datetime

from brygga.app.store.models.flows import FlowState
from brygga.app.store.sql import fetch_one, for_share, run, time_in, time_out
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


def move_taking(tenant: int, flow: int, connection: int, name: str, value: datetime) -> bool:
    """Move a flow's cursor if the flow still takes in; one that was stopped meanwhile took in nothing."""
    with write():
        row = fetch_one(f"SELECT state FROM store_flow WHERE id = %s{for_share()}", (flow,))
        if row is None or row[0] == FlowState.STOPPED.value:
            return False
        move_cursor(tenant, connection, name, value)
        return True
