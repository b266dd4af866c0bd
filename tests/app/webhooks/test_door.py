"""The door: knocks leave hints, strangers learn nothing."""

import pytest
from django.test import Client

from brygga.app.services.connecting import door_address
from brygga.app.store.models import Connection, Work
from brygga.app.webhooks import door, hints
from brygga.app.webhooks.pace import Pace
from tests.app.world import World


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def path(connection: int) -> str:
    return "/door/" + door_address(connection).split("/door/")[1]


def secret(connection: int) -> str:
    return Connection.unscoped.get(pk=connection).door_secret


def test_knock_leaves_one_hint_for_each_flow_and_is_answered(alice: World, client: Client) -> None:
    for _ in range(3):
        answer = client.post(
            f"{path(alice.shop)}?order=1042",
            b"{}",
            "application/json",
            headers={"x-secret": secret(alice.shop)},
        )
        assert (answer.status_code, answer.content) == (200, b"ok")
    work = Work.objects.get()
    assert (work.source_ref, work.seen_count, work.state) == ("1042", 3, "waiting")


def test_wrong_secret_leaves_nothing(alice: World, client: Client) -> None:
    assert client.post(f"{path(alice.shop)}?order=1", headers={"x-secret": "guess"}).status_code == 401
    assert not Work.objects.exists()


def test_door_that_is_none_tells_nothing(alice: World, client: Client) -> None:
    assert client.post("/door/guess/?order=1").status_code == 404
    assert client.post("/door/guess/?order=1").content == b""


def test_knock_at_one_tenants_door_brings_nothing_to_another(
    alice: World, charlie: World, client: Client
) -> None:
    client.post(f"{path(alice.shop)}?order=7", headers={"x-secret": secret(alice.shop)})
    assert set(Work.unscoped.values_list("tenant_id", flat=True)) == {alice.tenant}


def test_too_large_is_refused_and_too_often_is_answered_well_and_looked_into_once(
    alice: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(hints, "poll_soon", lambda connection, now: asked.append(connection))
    big = b"x" * (door.LARGEST + 1)
    headers = {"x-secret": secret(alice.shop)}
    assert client.post(path(alice.shop), big, "application/json", headers=headers).status_code == 413
    monkeypatch.setattr(door, "_pace", Pace(per_second=0, burst=2))
    answers = [client.post(f"{path(alice.shop)}?order=1", headers=headers).status_code for _ in range(3)]
    assert answers == [200, 200, 200]  # a shop switches a webhook off that is refused too often
    assert asked == [alice.shop]


def test_erps_trigger_has_its_feed_read_soon(
    alice: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(hints, "poll_soon", lambda connection, now: asked.append(connection))
    answer = client.get(f"{path(alice.erp)}?feed=1", headers={"x-secret": secret(alice.erp)})
    assert answer.status_code == 200
    assert asked == [alice.erp]
    assert not Work.objects.exists()


def test_kinds_a_flow_does_not_move_are_left(alice: World, client: Client) -> None:
    client.post(f"{path(alice.shop)}?customer=1", headers={"x-secret": secret(alice.shop)})
    assert not Work.objects.exists()


def test_pace_fills_again() -> None:
    pace = Pace(per_second=1, burst=1)
    assert [pace.may_pass(1, now=at) for at in (0, 0.5, 1.1, 1.2)] == [True, False, True, False]
    assert pace.may_pass(2, now=1.2) is True
