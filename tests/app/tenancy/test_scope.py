"""No tenant reaches another's rows, and no query runs without saying whose."""

import pytest
from django.apps import apps

from brygga.app.services import connecting, flows, lists, status, works
from brygga.app.store.models import Connection, Cursor, Flow, Lane, Notice, Work
from brygga.app.tenancy.owned import Owned
from brygga.app.tenancy.scope import OutOfScope, WrongTenant, scope
from brygga.app.worker import drain
from tests.app.world import World

OWNED = [model for model in apps.get_models() if issubclass(model, Owned)]


def test_every_table_of_a_tenant_is_owned() -> None:
    store = {model.__name__ for model in apps.get_app_config("store").get_models()}
    assert store - {model.__name__ for model in OWNED} == {"WorkerNode"}


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_asking_without_a_scope_is_refused(model: type[Owned], database: str) -> None:
    with pytest.raises(OutOfScope):
        model.objects.first()


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_another_tenants_rows_are_not_there(model: type[Owned], alice: World, charlie: World) -> None:
    with scope(charlie.tenant):
        assert {row.tenant_id for row in model.objects.all()} <= {charlie.tenant}


def test_saving_in_another_scope_is_refused(alice: World, charlie: World) -> None:
    mine = Connection.objects.get(pk=alice.shop)
    with scope(charlie.tenant):
        with pytest.raises(WrongTenant):
            mine.save()
        with pytest.raises(WrongTenant):
            Notice.objects.bulk_create([Notice(tenant_id=alice.tenant, code="x", message={})])


def test_pointing_at_another_tenants_row_is_refused(alice: World, charlie: World) -> None:
    mine = Connection.objects.get(pk=alice.shop)
    with scope(charlie.tenant), pytest.raises(WrongTenant):
        Cursor.objects.create(connection=mine, name="x", value="2026-01-01T00:00Z")


def test_services_do_not_find_another_tenants_things(alice: World, charlie: World) -> None:
    alice.place.sell(1)
    alice.see(1)
    work = alice.work(1).pk
    with scope(charlie.tenant):
        assert [one.id for one in flows.flows()] == [charlie.flow]
        assert lists.orders().rows == []
        assert {one.id for one in status.status().connections} == {charlie.shop, charlie.erp}
        assert works.retry([work], who="charlie") == 0
        for ask in (
            lambda: connecting.recheck(alice.shop, who="charlie"),
            lambda: connecting.door_address(alice.shop),
            lambda: flows.stop_flow(alice.flow, who="charlie"),
            lambda: works.ignore(work, who="charlie"),
            lambda: works.link_by_hand(work, "1", who="charlie"),
            lambda: works.edit(work, {"organisation_no": "1"}, who="charlie"),
            lambda: lists.order_detail(work),
            lambda: flows.create_flow("x", shop=alice.shop, erp=charlie.erp, who="charlie"),
        ):
            with pytest.raises((Connection.DoesNotExist, Flow.DoesNotExist, Work.DoesNotExist)):
                ask()
        works.release(work, who="charlie")
    assert not alice.work(1).released_twin


def test_drains_of_two_tenants_do_not_mix(
    alice: World, charlie: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "ring", lambda lane: None)
    for world, number in ((alice, 1), (charlie, 2)):
        world.place.sell(number)
        world.see(number)
    drain.drain(alice.erp)
    drain.drain(charlie.erp)
    assert (alice.place.numbers, charlie.place.numbers) == (["1"], ["2"])
    assert Lane.objects.count() == 2
