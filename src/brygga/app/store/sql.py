"""Small helpers for statements written out by hand, on the paths every order goes through.

Django's query compiler costs more than the database does there; these keep times, JSON and
numbers the same on SQLite and PostgreSQL.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections

from brygga.app.settings import settings
from brygga.domain.message import Message
from brygga.domain.refs import Version

_encode = msgspec.json.Encoder(enc_hook=str).encode
_decode = msgspec.json.decode


def fetch(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return all rows of a query."""
    with _execute(sql, params) as cursor:
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def fetch_one(sql: str, params: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """Return the first row of a query, if there is one."""
    with _execute(sql, params) as cursor:
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def run(sql: str, params: Sequence[Any] = ()) -> int:
    """Carry out a statement and return how many rows it touched."""
    with _execute(sql, params) as cursor:
        touched: int = cursor.rowcount
    return touched


def _execute(sql: str, params: Sequence[Any]) -> AbstractContextManager[Any]:
    """Carry out a statement; on SQLite without Django's cursor, which costs as much as the statement."""
    database = connections[DEFAULT_DB_ALIAS]
    if not settings().on_sqlite or database.execute_wrappers or database.connection is None:
        cursor = database.cursor()
        cursor.execute(sql, params)
        return cursor
    with database.wrap_database_errors:
        return closing(database.connection.execute(_for_sqlite(sql), params))


@lru_cache(1024)
def _for_sqlite(sql: str) -> str:
    return sql.replace("%s", "?")


def marks(count: int) -> str:
    """Return `%s, %s, …` for a list of values."""
    return ", ".join(["%s"] * count)


def time_in(value: datetime | None) -> Any:
    """Return a time as the database keeps it."""
    if value is None:
        return None
    if settings().on_sqlite:
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return value


def time_out(value: Any) -> datetime | None:
    """Return a time as the database gave it, aware UTC."""
    if value is None:
        return None
    when = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def version_out(changed_at: Any, mark: Any) -> Version | None:
    """Return a version as the database gave it; None without a time."""
    when = time_out(changed_at)
    return None if when is None else Version(when, str(mark))


def json_in(value: Any) -> str:
    """Return plain data as the database keeps it."""
    return _encode(value).decode()


def json_out(value: Any) -> Any:
    """Return plain data as the database gave it."""
    return _decode(value) if isinstance(value, str) else value


def uuid_in(value: UUID | None) -> Any:
    """Return an id as the database keeps it."""
    if value is None:
        return None
    return value.hex if settings().on_sqlite else value


def message_in(message: Message) -> str:
    """Return a message as the database keeps it."""
    return json_in({"code": message.code, "facts": dict(message.facts)})


def message_out(value: Any) -> Message | None:
    """Return a message as the database gave it, if one was kept."""
    data: Mapping[str, Any] = json_out(value) or {}
    return Message.from_data(data) if data else None


def for_update() -> str:
    """Return the words that lock the rows read; on SQLite a writer is alone anyway."""
    return "" if settings().on_sqlite else " FOR UPDATE"


def for_share() -> str:
    """Return the words that keep the rows read as they are until the end of the transaction."""
    return "" if settings().on_sqlite else " FOR SHARE"


def starts_with(column: str, text: str) -> tuple[str, list[str]]:
    """Return a condition, with its values, for texts that begin alike; an index serves it on both."""
    if settings().on_sqlite:
        return f"{column} >= %s AND {column} < %s", [text, text[:-1] + chr(ord(text[-1]) + 1)]
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{column} LIKE %s", [escaped + "%"]
