import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from brygga_simulators.common.process import start_simulator
from tests.app.commands.terminal import Terminal, call


@pytest.fixture(scope="module")
def systems() -> Iterator[tuple[str, str]]:
    with (
        start_simulator("brygga_simulators.woocommerce", "--empty") as shop,
        start_simulator("brygga_simulators.specter") as erp,
    ):
        yield shop.url, erp.url


@pytest.fixture(scope="module")
def connected(systems: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with both systems connected, to be copied: connecting takes seconds."""
    folder = tmp_path_factory.mktemp("connected") / "data"
    Terminal(folder, *systems).connect()
    return folder


@pytest.fixture
def terminal(systems: tuple[str, str], tmp_path: Path) -> Terminal:
    """A fresh installation beside two fresh systems."""
    for url in systems:
        call(f"{url}/_control/reset", {})
    return Terminal(tmp_path / "data", *systems)


@pytest.fixture
def linked(terminal: Terminal, connected: Path) -> Terminal:
    """An installation that knows both systems and has no flow yet."""
    shutil.copytree(connected, terminal.folder)
    return terminal
