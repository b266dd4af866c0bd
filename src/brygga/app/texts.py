"""All sentences of the product, and how one is said in a language."""

from functools import cache
from importlib.resources import files

from brygga.connectors.registry import text_files
from brygga.domain.message import Message, Texts

_AREAS = ("brygga.flows", "brygga.app")


@cache
def texts() -> Texts:
    """Return the sentences of every area and connector."""
    return Texts([*text_files(), *(files(area).joinpath("texts.toml") for area in _AREAS)])


def say(message: Message, language: str) -> str:
    """Render a message in a language."""
    return texts().say(message, language)
