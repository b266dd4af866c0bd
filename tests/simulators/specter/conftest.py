import pytest

from brygga_simulators.common.process import start_simulator
from tests.simulators.specter.shop import Shop, a_person


@pytest.fixture(scope="module")
def running():
    with start_simulator("brygga_simulators.specter") as simulator:
        yield simulator


@pytest.fixture
def shop(running):
    """A shop at a Specter with empty books."""
    shop = Shop(running.url)
    shop.control("POST", "reset")
    yield shop
    shop.http.clear()


@pytest.fixture
def buyer(shop):
    """A customer's number."""
    return shop.customer(**a_person()).second
