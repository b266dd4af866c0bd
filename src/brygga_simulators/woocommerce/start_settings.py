"""A shop's settings from the command line: `--setting butik:currency=EUR --gateways klarna`."""

import json
from argparse import Namespace
from typing import Any

from brygga_simulators.woocommerce.gateways import install
from brygga_simulators.woocommerce.site import Site


def apply(site: Site, arguments: Namespace) -> None:
    """Give a new shop what was asked for at the start; exits with the reason if it can't be."""
    try:
        for asked in arguments.setting:
            place, _, text = asked.partition("=")
            named, _, name = place.rpartition(":")
            if (named or "shop") == site.name:
                site.settings.change({name: _value(text)})
        for plugin in filter(None, arguments.gateways.split(",")):
            install(site, plugin.strip(), True)
    except (ValueError, TypeError) as error:
        raise SystemExit(str(error)) from error


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
