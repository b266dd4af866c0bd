"""Two simulators for a whole test process, and a fresh shop, account and tenant for each test."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from brygga_simulators.common.process import SimulatorProcess, start_simulator
from tests.journeys.door import open_door
from tests.journeys.goods import Goods
from tests.journeys.world import Control, Erp, Shop, World, make_world

SITES = [f"butik{n}" for n in range(1, 601)]
_next_site = itertools.count()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the tests' database in a file, so that another process can open it too."""
    connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "brygga.sqlite3")


@pytest.fixture(scope="session")
def door_process(django_db_setup: None) -> Iterator[str]:
    with open_door(Path(connection.settings_dict["NAME"])) as url:
        yield url


@pytest.fixture(scope="session")
def shops_process() -> Iterator[SimulatorProcess]:
    with start_simulator(
        "brygga_simulators.woocommerce", "--empty", "--trust-basic-over-http", "--sites", ",".join(SITES)
    ) as process:
        yield process


@pytest.fixture(scope="session")
def erp_process() -> Iterator[SimulatorProcess]:
    with start_simulator("brygga_simulators.specter") as process:
        yield process


@pytest.fixture(autouse=True)
def _ready(
    transactional_db: None, shops_process: SimulatorProcess, erp_process: SimulatorProcess
) -> Iterator[None]:
    yield
    for process in (shops_process, erp_process):
        Control(process.url).heal()


@pytest.fixture
def new_shop(shops_process: SimulatorProcess) -> Any:
    def make() -> Shop:
        return Shop(shops_process.url, SITES[next(_next_site)])

    return make


@pytest.fixture
def new_erp(erp_process: SimulatorProcess) -> Any:
    def make(**options: str) -> Erp:
        return Erp(erp_process.url, options)

    return make


@pytest.fixture
def world(new_shop: Any, new_erp: Any) -> World:
    return make_world(new_shop(), new_erp())


@pytest.fixture
def a_world(new_shop: Any, new_erp: Any) -> Any:
    def make(
        erp_options: dict[str, str] | None = None,
        dialect: dict[str, str] | None = None,
        preset: int = 1,
        **settings: Any,
    ) -> World:
        erp = new_erp(**(erp_options or {}))
        return make_world(new_shop(), erp, settings=settings, dialect=dialect, preset=preset)

    return make


@pytest.fixture
def goods(a_world: Any) -> Any:
    def make(erp_options: dict[str, str] | None = None, **settings: Any) -> Goods:
        return Goods(a_world(erp_options, preset=2, **settings))

    return make
