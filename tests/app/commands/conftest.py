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


@pytest.fixture
def terminal(systems: tuple[str, str], tmp_path: Path) -> Terminal:
    for url in systems:
        call(f"{url}/_control/reset", {})
    return Terminal(tmp_path / "data", *systems)
