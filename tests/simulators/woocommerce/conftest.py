"""An empty simulated shop for each test, in one process a module."""

from collections.abc import Iterator

import pytest

from tests.simulators.woocommerce.shop_client import Shop, start_shop


@pytest.fixture(scope="module")
def running_shop() -> Iterator[Shop]:
    process, client = start_shop("--empty", "--webhook-delay-ms", "3600000")
    yield client
    client.close()
    process.stop()


@pytest.fixture
def shop(running_shop: Shop) -> Shop:
    running_shop.control("/reset")
    return running_shop
