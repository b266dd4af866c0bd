"""`brygga connect` and `brygga connections`: a real call first, then it is kept."""

from collections.abc import Callable, MutableMapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brygga.app.commands.output import (
    USAGE,
    JsonOption,
    TenantOption,
    YesOption,
    answer,
    ask,
    confirm,
    emit,
    fail,
    in_words,
    said,
    show,
    table,
    tell,
    text,
)

if TYPE_CHECKING:
    from typer.core import TyperCommand

    from brygga.app.services.connecting import Connected, Examined
    from brygga.connectors.contract.connector import Connector

DialectOption = Annotated[list[str] | None, typer.Option("--dialect", help=text("help_dialect"))]
NameOption = Annotated[str, typer.Option("--name", help=text("help_connection_name"))]
BecauseOption = Annotated[str, typer.Option("--because", help=text("help_because"))]


class CardGroup(typer.core.TyperGroup):
    """A group with one command for each installed connector, made first when one is asked for."""

    def __init__(self, **given: Any) -> None:
        self._with_cards = False
        super().__init__(**given)

    @property
    def commands(self) -> MutableMapping[str, Any]:
        """The group's commands by name."""
        if not self._with_cards:
            self._with_cards = True
            self._made.update(_card_commands())
        return self._made

    @commands.setter
    def commands(self, made: MutableMapping[str, Any]) -> None:
        self._made = made


def _card_commands() -> "dict[str, TyperCommand]":
    from brygga.app.commands.card_options import command_for
    from brygga.connectors.registry import connectors

    cards = typer.Typer()
    for key, card in sorted(connectors().items()):
        cards.command(key, help=text("help_connect_card", title=card.title))(command_for(card, connect_card))
    made = typer.main.get_command(cards)
    return dict(getattr(made, "commands", {}))


app = typer.Typer(cls=CardGroup, no_args_is_help=True, help=text("help_connect"))


def connect_card(
    card: "Connector",
    values: dict[str, str],
    name: NameOption = "",
    dialect: DialectOption = None,
    yes: YesOption = False,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Examine what was given, show who answered, and keep the connection.

    Under a name that is taken by a connection of the same kind, that one gets the new settings.
    """
    from brygga.app.commands.card_options import complete, pairs
    from brygga.app.commands.session import at_work, who

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import connecting
        from brygga.app.store.models import Connection

        spoken = pairs(dialect, "--dialect", json_wanted)
        if not name:
            name = ask("--name", text("connection_name"))
        before = Connection.objects.filter(name=name).first()
        if before is not None and before.connector != card.key:
            fail(text("name_of_other", name=name), code=USAGE, json_wanted=json_wanted)
        if before is not None:
            kept = {**before.settings, **before.secrets}
            values = {field: value or str(kept.get(field, "")) for field, value in values.items()}
            spoken = {**before.dialect, **spoken}
        settings, secrets = complete(card, values, json_wanted)
        given = {**settings, **secrets}
        examined = connecting.examine(card.key, given, spoken)
        _introduce(examined)
        confirm(text("keep_connection", name=name), "--yes", yes=yes)
        if before is None:
            made = connecting.connect(card.key, name, given, spoken, who=who())
        else:
            same = before.identity.get("key") == examined.identity.key
            if not same:
                confirm(text("other_system", name=name), "--yes", yes=yes)
            made = connecting.recheck(
                before.pk, who=who(), given=given, dialect=spoken, confirm_other=not same
            )
        show(_data(made), json_wanted, lambda: answer(text("connected", name=made.name)))


def _introduce(examined: "Examined") -> None:
    identity = examined.identity
    facts = [identity.name, identity.key, identity.currency, identity.time_zone if identity.currency else ""]
    tell(text("answered", who=", ".join(fact for fact in facts if fact)))
    for remark in identity.remarks:
        tell(f"  {said(remark)}")
    if examined.assumptions:
        tell(text("assumed", count=len(examined.assumptions)))


def _data(made: "Connected") -> dict[str, Any]:
    identity = made.identity
    return {
        "name": made.name,
        "connector": made.connector,
        "role": made.role,
        "state": made.state,
        "same_system": made.same_system,
        "identity": None
        if identity is None
        else {
            "key": identity.key,
            "name": identity.name,
            "currency": identity.currency,
            "time_zone": identity.time_zone,
            "remarks": [said(remark) for remark in identity.remarks],
        },
        "assumptions": len(made.assumptions),  # `brygga doctor` tells them
    }


@app.command("recheck", help=text("help_recheck"))
def recheck(
    name: Annotated[str, typer.Argument(help=text("help_connection_name"))],
    key: Annotated[str, typer.Option("--key", help=text("help_new_key"))] = "",
    secret: Annotated[str, typer.Option("--secret", help=text("help_new_secret"))] = "",
    changed: Annotated[list[str] | None, typer.Option("--set", help=text("help_recheck_set"))] = None,
    dialect: DialectOption = None,
    yes: YesOption = False,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Check a connection again, with new keys if given; it goes on when it works."""
    from brygga.app.commands.card_options import option_names, pairs
    from brygga.app.commands.lookup import the_connection
    from brygga.app.commands.session import at_work, who

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import connecting
        from brygga.app.worker.sessions import connector_of

        found = the_connection(name, json_wanted)
        card = connector_of(found.connector)
        given = pairs(changed, "--set", json_wanted)
        for option, value in (("--key", key), ("--secret", secret)):
            if not value:
                continue
            fields = [field for field in card.fields if option in option_names(card, field)]
            if not fields:
                secrets = ", ".join(f"--set {field.name}=…" for field in card.fields if field.secret)
                fail(text("no_such_key", option=option, name=name, use=secrets), code=USAGE)
            given[fields[0].name] = value
        spoken = {**found.dialect, **pairs(dialect, "--dialect", json_wanted)} if dialect else None
        made = connecting.recheck(found.pk, who=who(), given=given or None, dialect=spoken)
        if not made.same_system:
            answered = made.identity.name if made.identity else "?"
            tell(text("answered", who=answered))
            confirm(text("other_system", name=name), "--yes", yes=yes)
            made = connecting.recheck(
                found.pk, who=who(), given=given or None, dialect=spoken, confirm_other=True
            )
        show(_data(made), json_wanted, lambda: answer(text("rechecked", name=made.name)))


@app.command("pause", help=text("help_pause"))
def pause(
    name: Annotated[str, typer.Argument(help=text("help_connection_name"))],
    because: BecauseOption = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Pause a connection by hand."""
    from brygga.app.commands.session import who

    def act(found: int) -> None:
        from brygga.app.services import connecting

        connecting.pause(found, who=who(), why=because)

    _with_connection(name, tenant, json_wanted, act, text("paused", name=name))


@app.command("resume", help=text("help_resume"))
def resume(
    name: Annotated[str, typer.Argument(help=text("help_connection_name"))],
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Check a paused connection and let it go on."""
    from brygga.app.commands.session import who

    def act(found: int) -> None:
        from brygga.app.services import connecting

        if not connecting.recheck(found, who=who()).same_system:
            fail(text("other_system_resume", name=name), json_wanted=json_wanted)

    _with_connection(name, tenant, json_wanted, act, text("rechecked", name=name))


def _with_connection(
    name: str, tenant: str, json_wanted: bool, act: Callable[[int], None], sentence: str
) -> None:
    from brygga.app.commands.lookup import the_connection
    from brygga.app.commands.session import at_work

    with at_work(tenant), in_words(json_wanted):
        found = the_connection(name, json_wanted)
        act(found.pk)
        found.refresh_from_db()
        show({"name": found.name, "state": found.state}, json_wanted, lambda: answer(sentence))


def connections(tenant: TenantOption = "", json_wanted: JsonOption = False) -> None:
    """List connections and how they are."""
    from brygga.app.commands.session import at_work

    with at_work(tenant):
        from brygga.app.services.status import status

        rows = [
            {**asdict(one), "reason": said(one.reason), "reason_code": one.reason.code if one.reason else ""}
            for one in status().connections
        ]
    if json_wanted:
        emit(rows)
        return
    columns = [text(f"col_{name}") for name in ("name", "kind", "state", "last_success", "reason")]
    cells = [
        [
            row["name"],
            row["connector"],
            text(f"state_{row['state']}"),
            f"{row['last_success_at']:%Y-%m-%d %H:%M}" if row["last_success_at"] else "-",
            row["reason"],
        ]
        for row in rows
    ]
    table("", columns, cells)
