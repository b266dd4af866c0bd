"""Connections: examined with a real call before they are kept, checked again, paused by hand."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import IntegrityError

from brygga.app.services.journal import by_hand
from brygga.app.services.statuses import read_statuses
from brygga.app.settings import settings
from brygga.app.store.models import Connection, Lane
from brygga.app.store.models.connections import ConnectionState
from brygga.app.store.transaction import write
from brygga.app.worker import health
from brygga.app.worker.housekeeping import door_of
from brygga.app.worker.sessions import connector_of, identity_of, policy, unseen
from brygga.connectors.contract.connector import Assumption, Connector, Identity, OpenWith
from brygga.connectors.contract.settings import read_settings
from brygga.connectors.registry import connectors
from brygga.domain.errors import ConnectionBroken, SetupWrong, TryLater
from brygga.domain.message import message


@dataclass(frozen=True, slots=True)
class Examined:
    """Who answered, before anything is kept; `assumptions` are in use but not seen confirmed."""

    identity: Identity
    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    assumptions: Sequence[Assumption] = ()


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection as it stands. `same_system` is False when another system than before answered."""

    id: int
    name: str
    connector: str
    role: str
    state: str
    identity: Identity | None
    same_system: bool = True
    assumptions: Sequence[Assumption] = field(default=())


def available() -> list[Connector]:
    """List the connectors of this installation."""
    return sorted(connectors().values(), key=lambda card: (card.role, card.title))


def examine(
    connector_key: str,
    given: Mapping[str, Any],
    dialect: Mapping[str, str] | None = None,
    *,
    before: Identity | None = None,
) -> Examined:
    """Prove settings with a real call. Raises SetupWrong, ConnectionBroken or TryLater."""
    card = connector_of(connector_key)
    values = read_settings(card.fields, given)
    hidden = {f.name for f in card.fields if f.secret} | set(card.secret_fields)
    plain = {name: value for name, value in values.items() if name not in hidden}
    secret = {name: value for name, value in values.items() if name in hidden}
    spoken = dict(card.check_dialect(dialect or {}))
    session = card.open(
        OpenWith(
            settings=plain, secrets=secret, policy=policy(), observe=unseen, dialect=spoken, identity=before
        )
    )
    with closing(session):
        identity = session.check()
    return Examined(identity, plain, secret, tuple(card.assumptions(plain, spoken)))


def connect(
    connector_key: str,
    name: str,
    given: Mapping[str, Any],
    dialect: Mapping[str, str] | None = None,
    *,
    who: str,
) -> Connected:
    """Examine and keep a connection. Raises SetupWrong, ConnectionBroken or TryLater."""
    name = name.strip()
    if not name:
        raise SetupWrong(message("setup.missing_field", field="name"), setting="name")
    examined = examine(connector_key, given, dialect)
    card = connector_of(connector_key)
    now = datetime.now(UTC)
    try:
        with write():
            connection = Connection.objects.create(
                connector=card.key,
                role=card.role.value,
                name=name,
                settings=dict(examined.settings),
                secrets=dict(examined.secrets),
                dialect=dict(dialect or {}),
                identity=msgspec.to_builtins(examined.identity),
                last_success_at=now,
            )
            _refuse_second(card.key, examined.identity, but=connection.pk)
            Lane.objects.create(connection=connection)
            by_hand(message("services.connected", who=who, name=name, identity=examined.identity.name))
    except IntegrityError as error:
        raise SetupWrong(message("connection.name_taken", name=name), setting="name") from error
    read_statuses(connection)
    return _connected(connection, assumptions=examined.assumptions)


def recheck(
    connection_id: int,
    *,
    who: str,
    given: Mapping[str, Any] | None = None,
    dialect: Mapping[str, str] | None = None,
    confirm_other: bool = False,
) -> Connected:
    """Check a connection again, with new settings or keys if given; it goes on when it works.

    Empty values in `given` keep what is there. When another system answers than before, the
    connection is paused and nothing is changed, unless `confirm_other` says that it is right.
    Raises SetupWrong, ConnectionBroken or TryLater, with the connection as it was.
    """
    connection = Connection.objects.get(pk=connection_id)
    now = datetime.now(UTC)
    merged = {**connection.settings, **connection.secrets}
    merged |= {key: value for key, value in (given or {}).items() if value not in (None, "")}
    spoken = connection.dialect if dialect is None else dict(dialect)
    before = identity_of(connection)
    try:
        examined = examine(connection.connector, merged, spoken, before=None if confirm_other else before)
    except ConnectionBroken as error:
        if given is None:
            health.broken(connection.pk, error, now)
        raise
    except TryLater as error:
        if given is None:
            health.away(connection.pk, error, now)
        raise
    if before is not None and before.key != examined.identity.key and not confirm_other:
        answered = examined.identity
        health.other_system(
            connection.pk, f"{before.name} ({before.key})", f"{answered.name} ({answered.key})", now
        )
        connection.refresh_from_db()
        return _connected(connection, same_system=False, answered=answered)
    _refuse_second(connection.connector, examined.identity, but=connection.pk)
    with write():
        connection.settings = dict(examined.settings)
        connection.secrets = dict(examined.secrets)
        connection.dialect = spoken
        connection.identity = msgspec.to_builtins(examined.identity)
        connection.hints_checked_at = None
        connection.save(update_fields=["settings", "secrets", "dialect", "identity", "hints_checked_at"])
        by_hand(message("services.rechecked", who=who, name=connection.name))
        health.heal(connection.pk, now)
    connection.refresh_from_db()
    read_statuses(connection)
    return _connected(connection, assumptions=examined.assumptions)


def pause(connection_id: int, *, who: str, why: str = "") -> None:
    """Pause a connection by hand; `recheck` lets it go on."""
    with write():
        connection = Connection.objects.get(pk=connection_id)
        told = message("connection.paused_by_hand", who=who, why=why)
        connection.state = ConnectionState.PAUSED
        connection.reason = told.as_data()
        connection.save(update_fields=["state", "reason"])
        by_hand(told)


def rename(connection_id: int, name: str) -> None:
    """Give a connection another name. Raises SetupWrong when it is taken."""
    try:
        with write():
            Connection.objects.filter(pk=connection_id).update(name=name.strip())
    except IntegrityError as error:
        raise SetupWrong(message("connection.name_taken", name=name), setting="name") from error


def set_polling(connection_id: int, seconds: int | None) -> None:
    """Set how often a connection is polled; None is the default of its role."""
    Connection.objects.filter(pk=connection_id).update(poll_seconds=seconds)
    # What nothing polls stays so: only a flow that runs needs it.
    Connection.objects.filter(pk=connection_id, next_poll_at__isnull=False).update(
        next_poll_at=datetime.now(UTC)
    )


def door_address(connection_id: int) -> str:
    """Return the address that a system knocks at; whoever knows it can only start a read."""
    return door_of(Connection.objects.get(pk=connection_id)).url


def public_address_is_local() -> bool:
    """Say that shops can't knock, because this server's address is this machine's own."""
    return any(part in settings().public_url for part in ("//localhost", "//127.", "//[::1]"))


def _refuse_second(connector_key: str, who: Identity, but: int = 0) -> None:
    """Raise SetupWrong for a system that is connected already: two lanes would write on one card."""
    there = Connection.objects.filter(connector=connector_key, identity__key=who.key).exclude(pk=but).first()
    if there is not None:
        raise SetupWrong(
            message("connection.already_connected", system=who.name, name=there.name), setting="name"
        )


def _connected(
    connection: Connection,
    *,
    same_system: bool = True,
    answered: Identity | None = None,
    assumptions: Sequence[Assumption] = (),
) -> Connected:
    return Connected(
        id=connection.pk,
        name=connection.name,
        connector=connection.connector,
        role=connection.role,
        state=connection.state,
        identity=answered or identity_of(connection),
        same_system=same_system,
        assumptions=assumptions,
    )
