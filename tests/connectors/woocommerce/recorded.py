"""Finds the recordings of a real shop: those beside the tests, and more in the shared folder if it is there."""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "recordings"
_SHARED = Path(os.environ.get("BRYGGA_SHARED") or Path(__file__).parents[3].parent / "shared")
_FOLDERS = (HERE, _SHARED / "woocommerce-recordings")


@cache
def names() -> tuple[str, ...]:
    """Every recording's name, sorted."""
    return tuple(sorted({file.stem for folder in _FOLDERS for file in folder.glob("*.json")}))


@cache
def recording(name: str) -> dict[str, Any]:
    """One recording as it was kept."""
    file = next(folder / f"{name}.json" for folder in _FOLDERS if (folder / f"{name}.json").exists())
    data: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return data


def body(name: str) -> Any:
    """The body that the shop answered with."""
    return recording(name)["response"]["body"]


def raw(data: Any) -> bytes:
    """Data as bytes in the shop's own way: ASCII only, and slashes escaped."""
    return json.dumps(data).replace("/", "\\/").encode("ascii")


def objects(mark: str) -> list[tuple[str, dict[str, Any]]]:
    """Every recorded object that has a key, alone or in a list, with where it was found."""
    return [
        (f"{name}[{number}]", found)
        for name in names()
        if isinstance(recording(name), dict) and "response" in recording(name)
        for number, found in enumerate(_inside(recording(name)["response"].get("body")))
        if mark in found
    ]


def _inside(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        yield data
        for part in ("create", "update", "delete"):  # a batch
            yield from _inside(data.get(part))
    elif isinstance(data, list):
        for row in data:
            yield from _inside(row)
