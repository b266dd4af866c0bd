"""Finds connectors by entry point, ours included."""

from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable

from brygga.connectors.contract.connector import Connector

GROUP = "brygga.connectors"


@cache
def connectors() -> dict[str, Connector]:
    """Every installed connector by its key."""
    found = (entry.load() for entry in entry_points(group=GROUP))
    return {connector.key: connector for connector in found}


def connector(key: str) -> Connector:
    """Return one connector. Raises KeyError when none of that key is installed."""
    return connectors()[key]


def text_files() -> list[Traversable]:
    """The sentences of the contract and of every connector."""
    own = files("brygga.connectors.contract").joinpath("texts.toml")
    return [own, *(files(c.package).joinpath(c.texts) for c in connectors().values())]
