"""The installation's settings, typed and read once from the environment.

BRYGGA_DATA           data folder, default ./brygga-data
BRYGGA_DATABASE_URL   sqlite:///path or postgres://…, default SQLite in the data folder
BRYGGA_SECRET_KEY     keys as `id:key` or `id:key:made`, newest first, by comma; default a file in the data folder
BRYGGA_ALLOW_HOSTS    private hosts that connections may reach, by comma
BRYGGA_PUBLIC_URL     where shops and ERPs reach this server
BRYGGA_LISTEN         address the server listens on, default 127.0.0.1:8000
BRYGGA_LOG            level of the log, default info
BRYGGA_NODE_STALE     seconds of silence before a worker counts as dead, default 60
BRYGGA_LANES          how many ERPs a worker serves at once, default 50 (24 on PostgreSQL: a connection each)
BRYGGA_DRAIN_SECONDS  how long one job drains a lane before another may have its turn, default 60
BRYGGA_RECORD_SECONDS how long one record may take before it is set aside, default 600
BRYGGA_READ_TIMEOUT   seconds to wait for a system's answer, default 60; twice that for a shop's writes
"""

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet

KEY_FILE = "secret.key"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the vault: its id is written before everything it encrypted."""

    id: str
    value: str
    made: datetime | None = None  # None: nobody wrote it down

    @property
    def line(self) -> str:
        """The key as it is kept in the file and in the environment."""
        return f"{self.id}:{self.value}" + (f":{self.made:%Y-%m-%dT%H:%M:%SZ}" if self.made else "")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator decides about one installation."""

    data: Path
    database_url: str
    keys: tuple[Key, ...]  # newest first: the first encrypts, all decrypt
    allow_hosts: frozenset[str]
    public_url: str
    listen: str
    log: str
    lanes: int
    node_stale: float
    drain_seconds: float
    record_seconds: float
    read_timeout: float
    key_source: str  # where the keys came from, for `doctor`
    on_sqlite: bool  # the database is a file of ours

    @property
    def idle_transaction_ms(self) -> int:
        """How long PostgreSQL bears with a transaction of a process that stands still."""
        return int(self.node_stale * 1000)

    @property
    def engine_file(self) -> Path:
        """The engine's own database, when the product's is SQLite."""
        return self.data / "engine.sqlite3"

    @property
    def django_keys(self) -> list[str]:
        """Keys for Django's signatures, made from the vault's without telling them."""
        return [hashlib.sha256(b"django:" + key.value.encode()).hexdigest() for key in self.keys]


@cache
def settings() -> Settings:
    """Return this installation's settings."""
    return read(os.environ)


def read(environ: Mapping[str, str]) -> Settings:
    """Read settings from an environment; makes the data folder and its key when they are missing."""
    data = Path(environ.get("BRYGGA_DATA") or "brygga-data").expanduser().absolute()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    given = environ.get("BRYGGA_SECRET_KEY", "")
    listen = environ.get("BRYGGA_LISTEN") or "127.0.0.1:8000"
    database_url = environ.get("BRYGGA_DATABASE_URL") or f"sqlite:///{data / 'brygga.sqlite3'}"
    on_sqlite = database_url.startswith("sqlite")
    return Settings(
        data=data,
        database_url=database_url,
        keys=parse_keys(given.split(",")) if given else _keys_of_file(data / KEY_FILE),
        allow_hosts=frozenset(_parts(environ.get("BRYGGA_ALLOW_HOSTS", ""))),
        public_url=(environ.get("BRYGGA_PUBLIC_URL") or f"http://{listen}").rstrip("/"),
        listen=listen,
        log=environ.get("BRYGGA_LOG") or "info",
        lanes=int(environ.get("BRYGGA_LANES") or (50 if on_sqlite else 24)),
        node_stale=float(environ.get("BRYGGA_NODE_STALE") or 60),
        drain_seconds=float(environ.get("BRYGGA_DRAIN_SECONDS") or 60),
        record_seconds=float(environ.get("BRYGGA_RECORD_SECONDS") or 600),
        read_timeout=float(environ.get("BRYGGA_READ_TIMEOUT") or 60),
        key_source="BRYGGA_SECRET_KEY" if given else str(data / KEY_FILE),
        on_sqlite=on_sqlite,
    )


def new_key() -> Key:
    """Make a fresh key with a short id that can't be mistaken for another's."""
    return Key(os.urandom(4).hex(), Fernet.generate_key().decode(), datetime.now(UTC).replace(microsecond=0))


def parse_keys(lines: list[str]) -> tuple[Key, ...]:
    """Read keys as `Key.line` writes them. Raises ValueError when there is none or one is no key."""
    keys: list[Key] = []
    for line in (line.strip() for line in lines):
        if not line or line.startswith("#"):
            continue
        key_id, value, made = [*line.split(":", 2), "", ""][:3]
        if not key_id or not _is_key(value):
            raise ValueError("a key is written as id:key, the key 32 bytes in base64")
        if any(key.id == key_id for key in keys):
            raise ValueError(f"two keys are called {key_id}")
        keys.append(Key(key_id, value, _time(made)))
    if not keys:
        raise ValueError("no key for the vault")
    return tuple(keys)


def _is_key(value: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(value)) == 32
    except ValueError:
        return False


def _time(text: str) -> datetime | None:
    if not text:
        return None
    made = datetime.fromisoformat(text)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _keys_of_file(path: Path) -> tuple[Key, ...]:
    # Two processes may start at once on a fresh folder: only one of them makes the file, and it
    # appears under its name first when it is whole.
    if not path.exists():
        key = new_key()
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{key.line}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return parse_keys(path.read_text("ascii").splitlines())


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
