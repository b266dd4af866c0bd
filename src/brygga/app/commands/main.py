"""`brygga`: the entry point, and which module holds which command.

Exit codes: 0 it worked; 1 it did not, and the sentence says why; 2 the command was given wrongly;
3 (`sync`, `status`) it worked, but held records wait for a person.
"""

import os
from typing import Annotated

import typer

from brygga.app.commands import (
    bench,
    by_hand,
    connect,
    demo,
    first_sync,
    flow,
    goods,
    keys,
    objects,
    people,
    reconcile,
    serve,
    simulate,
    status,
    sync,
    tasks,
)
from brygga.app.commands.output import text

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    help=text("help_brygga"),
    epilog=text("exit_codes"),
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("brygga"))
        raise typer.Exit


@app.callback()
def root(
    tenant: Annotated[str, typer.Option("--tenant", help=text("help_tenant"))] = "",
    version: Annotated[  # noqa: ARG001 - acts by itself
        bool, typer.Option("--version", is_eager=True, callback=_version, help=text("help_version"))
    ] = False,
) -> None:
    """Take what is said before the command."""
    if tenant:
        os.environ["BRYGGA_TENANT"] = tenant


app.command("demo", help=text("help_demo"))(demo.demo)
app.command("run", help=text("help_run"))(serve.run)
app.command("web", help=text("help_web"))(serve.web)
app.command("worker", help=text("help_worker"))(serve.worker)
app.add_typer(connect.app, name="connect")
app.command("connections", help=text("help_connections"))(connect.connections)
app.add_typer(flow.app, name="flow")
app.command("sync", help=text("help_sync"))(sync.sync)
app.add_typer(first_sync.app, name="first-sync")
app.add_typer(goods.app, name="goods")
app.command("reconcile", help=text("help_reconcile"))(reconcile.reconcile)
app.command("orders", help=text("help_orders"))(objects.orders)
app.command("products", help=text("help_products"))(objects.products)
app.command("journal", help=text("help_journal"))(objects.journal)
app.add_typer(tasks.app, name="tasks")
app.command("retry", help=text("help_retry"))(by_hand.retry)
app.command("ignore", help=text("help_ignore"))(by_hand.ignore)
app.command("edit", help=text("help_edit"))(by_hand.edit)
app.command("link", help=text("help_link"))(by_hand.link)
app.command("release", help=text("help_release"))(by_hand.release)
app.command("status", help=text("help_status"))(status.status)
app.command("doctor", help=text("help_doctor"))(status.doctor)
app.add_typer(keys.app, name="keys")
app.add_typer(people.tenant_app, name="tenant")
app.add_typer(people.user_app, name="user")
app.add_typer(simulate.app, name="simulate")
app.add_typer(bench.app, name="bench")
