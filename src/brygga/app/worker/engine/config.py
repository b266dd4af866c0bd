"""Names, queues, serializer and database of the engine.

SQLite needs three things that the engine does not do by itself: WAL, and clocks with
milliseconds on every SQLite and Python (see docs/explanation/decisions: the order inside a lane
hangs on them). Arguments and results are JSON, never pickle: ids only.
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from dbos import DBOSConfig, Serializer
from sqlalchemy import event

from brygga.app.settings import settings

APP = "brygga"
VERSION = "e1"  # fixed: work of another version is never picked up, so a bump means draining first
JOB = "job_v1"
TICK = "tick_v1"
TICK_EVERY = "*/5 * * * * *"
POOL = 6


@dataclass(frozen=True, slots=True)
class QueueShape:
    """One queue: how many jobs a worker runs at once, and whether one lane runs one at a time."""

    name: str
    at_once: int
    lanes: bool
    poll_seconds: float = 0.25


QUEUES = (
    QueueShape("transfer", settings().lanes, lanes=True),
    QueueShape("poll", 10, lanes=True),
    QueueShape("bulk", 4, lanes=True, poll_seconds=1.0),
    QueueShape("mail", 2, lanes=False, poll_seconds=2.0),
    QueueShape("housekeeping", 4, lanes=False, poll_seconds=0.5),
)


class JsonSerializer(Serializer):
    """Plain JSON; times and errors in a form of their own."""

    def serialize(self, data: Any) -> str:
        """Write JSON."""
        return json.dumps(data, default=_out, separators=(",", ":"))

    def deserialize(self, serialized_data: str) -> Any:
        """Read what `serialize` wrote."""
        return json.loads(serialized_data, object_hook=_in)

    def name(self) -> str:
        """Name the form."""
        return "brygga_json"


def _out(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, BaseException):
        return {"$error": type(value).__name__}  # the text may hold personal data; the log has it, masked
    if isinstance(value, tuple | set):
        return list(value)
    raise TypeError(f"{type(value).__name__} does not belong in the engine's tables")


def _in(data: dict[str, Any]) -> Any:
    if "$time" in data:
        return datetime.fromisoformat(data["$time"])
    if "$error" in data:
        return RuntimeError(data["$error"])
    return data


@cache
def database() -> sa.Engine:
    """The engine's connection pool in this process."""
    ours = settings()
    if ours.on_sqlite:
        engine = sa.create_engine(f"sqlite:///{ours.engine_file}", pool_size=POOL, max_overflow=30)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    url = sa.make_url(ours.database_url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, pool_size=POOL, max_overflow=4, pool_pre_ping=True)
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def launch_config(executor_id: str) -> DBOSConfig:
    """How the engine is launched in a worker."""
    return {
        "name": APP,
        "system_database_engine": database(),
        "executor_id": executor_id,
        "application_version": VERSION,
        "serializer": JsonSerializer(),
        "use_listen_notify": False,
        "max_executor_threads": settings().lanes + 40,
        "scheduler_polling_interval_sec": 5.0,
        "notification_listener_polling_interval_sec": 1.0,  # it sleeps this long before it stops, too
        "log_level": "WARNING",
        "enable_otlp": False,
    }


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = "IMMEDIATE"
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.create_function("unixepoch", -1, lambda *_: _now())
    connection.create_function("strftime", -1, _strftime)


def _prepare_postgres(connection: Any, _record: Any) -> None:
    # As for the product's own connections: who stands still in a transaction must not keep its locks.
    connection.execute(f"SET idle_in_transaction_session_timeout = {settings().idle_transaction_ms}")
    connection.commit()


def _now() -> float:
    return round(time.time(), 3)


def _strftime(form: str, *when: str) -> Any:
    if form == "%s" and when == ("now",):
        return _now()
    if when == ("now",) or not when:
        return datetime.now(UTC).strftime(form)
    raise ValueError(f"strftime({form!r}, {when!r}) is not offered")
