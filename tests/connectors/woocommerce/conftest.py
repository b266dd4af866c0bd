"""Sessions with shops that a test makes up."""

from collections.abc import Callable, Iterator

import pytest

from brygga.connectors.woocommerce.connector import WooSession
from tests.connectors.woocommerce.fake_shop import Call, FakeShop, Reply, session_for
from tests.connectors.woocommerce.shelf_shop import IDENTITY


@pytest.fixture
def start() -> Iterator[Callable[[Callable[[Call], Reply]], WooSession]]:
    """Start a shop that answers so, and return a session with it."""
    running: list[FakeShop] = []

    def started(shop: Callable[[Call], Reply]) -> WooSession:
        running.append(FakeShop(shop))
        return session_for(running[-1].url, identity=IDENTITY)

    yield started
    for shop in running:
        shop.close()
