"""Opens sessions from connection rows: settings, secrets in the clear, policy, identity, observer."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from brygga.app.settings import settings
from brygga.app.store.models import Connection
from brygga.connectors.contract.connector import Connector, Identity, OpenWith, Session
from brygga.connectors.contract.http import Exchange, HttpPolicy
from brygga.connectors.registry import connectors
from brygga.domain.errors import SetupWrong
from brygga.domain.message import message

# msgspec lays out a class at its first use, and crashes the process when two threads do so at once:
# it is done while this module is imported, before there are threads.
msgspec.json.Decoder(Identity)


def connector_of(key: str) -> Connector:
    """Return a connector's card. Raises SetupWrong when it is not installed."""
    card = connectors().get(key)
    if card is None:
        raise SetupWrong(message("connection.gone", connector=key), setting="connector")
    return card


def policy() -> HttpPolicy:
    """How connections of this installation may talk."""
    return HttpPolicy(allow_hosts=settings().allow_hosts, read_timeout=settings().read_timeout)


def identity_of(connection: Connection) -> Identity | None:
    """Return who answered at the last check, if there was one."""
    return identity_from(connection.identity)


def identity_from(data: dict[str, Any]) -> Identity | None:
    """Read an identity as it is kept."""
    return msgspec.convert(data, Identity) if data else None


def open_session(
    connection: Connection,
    observe: Callable[[Exchange], None],
    before_write: Callable[[], None] | None = None,
) -> Session:
    """Open a session; no call is made yet. Raises SetupWrong."""
    card = connector_of(connection.connector)
    return card.open(
        OpenWith(
            settings=connection.settings,
            secrets=connection.secrets,
            policy=policy(),
            observe=observe,
            dialect=connection.dialect,
            identity=identity_of(connection),
            before_write=before_write,
        )
    )


def unseen(_exchange: Exchange) -> None:
    """Take an exchange that is about no record, so that there is no journal to write it in."""


@contextmanager
def talk_with(connection: Connection) -> Iterator[Session]:
    """Open a session for a talk about no single record, and close it. Raises SetupWrong."""
    with closing(open_session(connection, unseen)) as session:
        yield session


@dataclass(slots=True)
class Watch:
    """Notices which connection talked last, and which talked at all: who an error is about."""

    into: Callable[[Exchange], None]
    last: int | None = None
    talked: set[int] = field(default_factory=set)

    def begin(self) -> None:
        """Forget who talked before."""
        self.last = None
        self.talked = set()

    def for_connection(self, connection: int) -> Callable[[Exchange], None]:
        """Return the observer of one connection."""

        def observe(exchange: Exchange) -> None:
            self.last = connection
            self.talked.add(connection)
            self.into(exchange)

        return observe
