"""Fixtures of the app's tests: a database of each kind, and two tenants who must never meet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from brygga.app.store.wake import install_bell
from brygga.app.tenancy.scope import scope
from tests.app import fakes
from tests.app.databases import fresh_database
from tests.app.world import World, make_world, sweep_out

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="module", params=KINDS)
def database(request: pytest.FixtureRequest, django_db_blocker: object) -> Iterator[str]:
    """A fresh, migrated database for this module, of each kind in turn."""
    with django_db_blocker.unblock(), fresh_database(request.param):  # type: ignore[attr-defined]
        fakes.install()
        install_bell(lambda lane: None)
        yield request.param


@pytest.fixture
def swept(database: str) -> Iterator[None]:
    """The database is empty afterwards, also when making what a test needs has failed."""
    yield
    sweep_out()


@pytest.fixture
def alice(swept: None, tmp_path: Path) -> Iterator[World]:
    """Alice's tenant with a shop, an ERP and a running flow, inside her scope."""
    world = make_world("alice", tmp_path)
    with scope(world.tenant):
        yield world


@pytest.fixture
def charlie(alice: World, tmp_path: Path) -> World:
    """Another tenant that must never see Alice's."""
    return make_world("charlie", tmp_path)
