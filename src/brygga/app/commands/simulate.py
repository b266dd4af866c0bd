"""`brygga simulate`: starts a simulated shop or ERP, with the simulator's own options."""

import os
import sys

import typer

from brygga.app.commands.output import text

app = typer.Typer(no_args_is_help=True, help=text("help_simulate"))

_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command("woocommerce", context_settings=_THROUGH, help=text("help_simulate_shop"))
def woocommerce(context: typer.Context) -> None:
    """Become the simulated shop."""
    _become("brygga_simulators.woocommerce", context.args)


@app.command("specter", context_settings=_THROUGH, help=text("help_simulate_erp"))
def specter(context: typer.Context) -> None:
    """Become the simulated ERP."""
    _become("brygga_simulators.specter", context.args)


def _become(module: str, options: list[str]) -> None:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *options])  # noqa: S606 - our own module
