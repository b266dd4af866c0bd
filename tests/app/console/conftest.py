"""Two merchants' tenants in the middle of a working day, and browsers signed in as their people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client

from tests.app.console.seed import Seeded, person, seed
from tests.app.console.seed_range import Range, seed_range
from tests.app.console.seed_shelf import Shelf, seed_shelf
from tests.app.console.seed_tasks import Tasks, seed_tasks


@dataclass(frozen=True)
class Town:
    """Alice owns Nordlys, Mia is a member, Vera may only look; Charlie owns Granberg, Bob is in both.

    At Nordlys the shop leads (what its ERP once led is settled); at Granberg the ERP leads price and stock.
    """

    nordlys: Seeded
    granberg: Seeded
    nordlys_shelf: Shelf
    granberg_shelf: Shelf
    nordlys_tasks: Tasks
    nordlys_range: Range
    granberg_range: Range
    sign_in: Callable[[str], Client]


@pytest.fixture
def swept(swept: None) -> Iterator[None]:
    """People and their sessions are swept out too."""
    yield
    get_user_model().objects.all().delete()
    Session.objects.all().delete()


@pytest.fixture
def town(swept: None, settings: object) -> Town:
    """Fill the database and let people sign in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    nordlys, granberg = seed(orders=8), seed("granberg", "Granbergs Cykel", orders=3)
    shelves = seed_shelf(nordlys, preset=1, stopped=False), seed_shelf(granberg)
    questions = seed_tasks(nordlys)
    ranges = seed_range(nordlys, strangers=0, stocks=1), seed_range(granberg)
    person("alice@example.se", (nordlys.tenant, "owner"))
    person("mia@example.se", (nordlys.tenant, "member"))
    person("vera@example.se", (nordlys.tenant, "viewer"))
    person("bob@example.se", (nordlys.tenant, "viewer"), (granberg.tenant, "member"))
    person("charlie@example.se", (granberg.tenant, "owner"))

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(
            get_user_model().objects.get(username=f"{name}@example.se"),
            backend="django.contrib.auth.backends.ModelBackend",
        )
        return client

    return Town(nordlys, granberg, *shelves, questions, *ranges, sign_in)


@pytest.fixture
def alice(town: Town) -> Client:
    """The owner's browser."""
    return town.sign_in("alice")
