"""`brygga flow`: made from a preset, set up key by key, started and stopped."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from brygga.app.commands import preset as another
from brygga.app.commands.output import (
    USAGE,
    JsonOption,
    TenantOption,
    YesOption,
    answer,
    confirm,
    fail,
    in_words,
    language,
    may_ask,
    said,
    show,
    table,
    tell,
    text,
)

if TYPE_CHECKING:
    from brygga.app.services.flows import FlowView
    from brygga.app.store.models import Flow

app = typer.Typer(no_args_is_help=True, help=text("help_flow"))

app.command("preset", help=another.PRESET_HELP)(another.preset)

SetOption = Annotated[list[str] | None, typer.Option("--set", help=text("help_set"))]
FlowArgument = Annotated[str, typer.Argument(help=text("help_flow_name"), show_default=False)]
FlowOption = Annotated[str, typer.Option("--flow", "--name", help=text("help_flow_name"))]
BecauseOption = Annotated[str, typer.Option("--because", help=text("help_because"))]


@app.command("create", help=text("help_flow_create"))
def create(
    shop: Annotated[str, typer.Option("--shop", help=text("help_shop"))],
    erp: Annotated[str, typer.Option("--erp", help=text("help_erp"))],
    preset: Annotated[int, typer.Option("--preset", help=text("help_preset"))] = 1,
    name: Annotated[str, typer.Option("--name", help=text("help_new_flow_name"))] = "",
    changed: SetOption = None,
    start_now: Annotated[bool, typer.Option("--start", help=text("help_start_now"))] = False,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Make a flow."""
    from brygga.app.commands.lookup import the_connection
    from brygga.app.commands.session import at_work, who

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import flows

        settings = parsed(changed, json_wanted)
        sides = the_connection(shop, json_wanted), the_connection(erp, json_wanted)
        made = flows.create_flow(
            name or f"{shop} - {erp}",
            shop=sides[0].pk,
            erp=sides[1].pk,
            who=who(),
            preset=preset,
            changed=settings,
        )
        if start_now:
            made = start_up(made.name, json_wanted)
        done = text("flow_made_started" if start_now else "flow_made", name=made.name)
        show(data_of(made), json_wanted, lambda: answer(done))


@app.command("list", help=text("help_flow_list"))
def list_flows(tenant: TenantOption = "", json_wanted: JsonOption = False) -> None:
    """List flows."""
    from brygga.app.commands.session import at_work

    with at_work(tenant):
        from brygga.app.services import flows

        views = flows.flows()
    rows = [[v.name, v.shop_name, v.erp_name, text(f"flow_state_{v.state}"), said(v.reason)] for v in views]
    columns = [text(f"col_{name}") for name in ("name", "shop", "erp", "state", "reason")]
    show([data_of(view) for view in views], json_wanted, lambda: table("", columns, rows))


@app.command("show", help=text("help_flow_show"))
def show_flow(
    name: FlowArgument = "",
    every: Annotated[bool, typer.Option("--all", help=text("help_all_settings"))] = False,
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Show a flow and its settings."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work

    with at_work(tenant):
        from brygga.app.services import flows

        view = flows.flow(the_flow(name, json_wanted).pk)

    def for_people() -> None:
        answer(f"{view.name}: {view.shop_name} → {view.erp_name}, {text(f'flow_state_{view.state}')}")
        if view.reason:
            answer(said(view.reason))
        rows = [[key, _typed(value), _label(key)] for key, value in _settings(view, every=every).items()]
        table("", [text("col_setting"), text("col_value"), text("col_meaning")], rows)

    show({**data_of(view), "settings": _settings(view, every=True)}, json_wanted, for_people)


@app.command("set", help=text("help_flow_set"))
def set_flow(
    given: Annotated[list[str] | None, typer.Argument(help=text("help_set"), show_default=False)] = None,
    flow: FlowOption = "",
    changed: SetOption = None,
    unset: Annotated[list[str] | None, typer.Option("--unset", help=text("help_unset"))] = None,
    also_waiting: Annotated[bool, typer.Option("--also-waiting", help=text("help_also_waiting"))] = False,
    because: BecauseOption = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Change settings from now on."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work, who

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import flows

        words = list(given or [])
        if words and "=" not in words[0]:
            flow = flow or words.pop(0)
        settings: dict[str, Any] = {
            **parsed([*words, *(changed or [])], json_wanted),
            **dict.fromkeys(unset or []),
        }
        if not settings:
            fail(text("options_needed", options="--set"), code=USAGE, json_wanted=json_wanted)
        found = the_flow(flow, json_wanted)
        view = flows.change_settings(found.pk, settings, who=who(), why=because, also_waiting=also_waiting)
        show(data_of(view), json_wanted, lambda: answer(text("flow_set", name=view.name)))


@app.command("start", help=text("help_flow_start"))
def start(
    name: FlowArgument = "",
    flow: FlowOption = "",
    history: Annotated[bool, typer.Option("--history/--no-history", help=text("help_history"))] = True,
    yes: YesOption = False,
    because: BecauseOption = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Start a flow; the first time it looks back to its start date."""
    from brygga.app.commands.session import at_work

    with at_work(tenant), in_words(json_wanted):
        view = start_up(name or flow, json_wanted, history=history, yes=yes, because=because)
        show(data_of(view), json_wanted, lambda: answer(text("flow_started", name=view.name)))


def start_up(
    name: str, json_wanted: bool, *, history: bool = True, yes: bool = False, because: str = ""
) -> "FlowView":
    """Start a flow and let it have its first look back."""
    from brygga.app.commands.history import looked_back, skip_history
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import who
    from brygga.app.services import flows

    found = the_flow(name, json_wanted)
    first = not looked_back(found)
    if first and history and may_ask() and flows.flow(found.pk).settings.start_date is None:
        confirm(text("all_orders"), "--yes", yes=yes)
    view = flows.start_flow(found.pk, who=who(), why=because)
    if first and history:
        found.refresh_from_db()
        take_history(found)
    elif first:
        skip_history(found)
    return view


def take_history(flow: "Flow") -> None:
    """Let a flow have its first look back and tell what was found."""
    from brygga.app.commands.history import look_back

    look_back(flow, lambda kind, seen: tell(text(f"found_{kind}", count=seen)))


@app.command("stop", help=text("help_flow_stop"))
def stop(
    name: FlowArgument = "",
    flow: FlowOption = "",
    because: BecauseOption = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Stop a flow; its works wait."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work, who

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import flows

        found = the_flow(name or flow, json_wanted)
        view = flows.stop_flow(found.pk, who=who(), why=because)
        show(data_of(view), json_wanted, lambda: answer(text("flow_stopped_now", name=view.name)))


def parsed(given: list[str] | None, json_wanted: bool) -> dict[str, Any]:
    """Read `key=value` settings. Raises SetupWrong naming the setting that is wrong."""
    from brygga.app.commands.card_options import pairs
    from brygga.flows.typed import parse

    return {key: parse(key, value) for key, value in pairs(given, "--set", json_wanted).items()}


def data_of(view: "FlowView") -> dict[str, Any]:
    """Return a flow as plain data."""
    return {
        "name": view.name,
        "preset": view.preset,
        "shop": view.shop_name,
        "erp": view.erp_name,
        "state": view.state,
        "reason": said(view.reason),
        "started_at": view.started_at,
        "revision": view.revision,
        "changed": dict(view.changed),
    }


def _settings(view: "FlowView", *, every: bool) -> dict[str, Any]:
    import msgspec

    from brygga.flows.settings import KEYS

    if not every:
        return dict(view.changed)
    return {key: msgspec.to_builtins(getattr(view.settings, key)) for key in KEYS}


def _typed(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{key}={item}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def _label(key: str) -> str:
    import tomllib
    from importlib.resources import files

    words = tomllib.loads(files("brygga.flows").joinpath("settings.toml").read_text("utf-8"))
    return str(words.get(key, {}).get("label", {}).get(language(), ""))
