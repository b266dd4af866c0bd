"""The machine's own simulators, one pair for a test process; their faults and shops are nobody else's."""

from collections.abc import Iterator

import pytest

from brygga.app.worker import bell, tick
from brygga_simulators.common.process import SimulatorProcess, start_simulator
from tests.journeys.conftest import django_db_modify_db_settings, erp_process
from tests.machine.market import SITES, Ground

__all__ = ["django_db_modify_db_settings", "erp_process"]


@pytest.fixture(scope="session")
def shops_process() -> Iterator[SimulatorProcess]:
    with start_simulator(
        "brygga_simulators.woocommerce", "--empty", "--trust-basic-over-http", "--sites", ",".join(SITES)
    ) as process:
        yield process


@pytest.fixture(scope="session")
def the_ground(shops_process: SimulatorProcess, erp_process: SimulatorProcess) -> Ground:
    return Ground(shops_process, erp_process)


@pytest.fixture
def ground(transactional_db: None, the_ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    for rings in (bell, tick):  # there is no engine here: the machine itself says what works, and when
        monkeypatch.setattr(rings, "enqueue", lambda *_args, **_more: None)
    yield the_ground
    the_ground.heal()
