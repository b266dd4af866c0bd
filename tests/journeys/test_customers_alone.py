"""Customers who register without buying: on their way to the ERP when the merchant wants it."""

from typing import Any

from brygga.app.store.models import Work
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.shop_json import ASA, line, order
from tests.journeys.world import World


def _register(world: World, email: str, **more: Any) -> int:
    body = {"email": email, "billing": {**ASA, "email": email}, **more}
    return int(world.shop.rest("POST", "customers", body)["id"])


def _cards(world: World) -> dict[str, dict[str, Any]]:
    return {card["emailAddress"]: card for card in world.erp.customers()}


def test_a_customer_who_registers_is_in_the_erp_once_and_follows_changes(a_world: Any) -> None:
    world, other = a_world(customers_alone=True), a_world(customers_alone=True)
    number = _register(world, "asa@example.se")
    _register(other, "annan@example.se")
    world.settle(Kind.CUSTOMER)
    assert list(_cards(world)) == ["asa@example.se"]
    assert world.state(number, Kind.CUSTOMER)[0] is State.DONE
    world.shop.rest("PUT", f"customers/{number}", {"billing": {"city": "Luleå"}})
    world.settle(Kind.CUSTOMER)
    assert _cards(world)["asa@example.se"]["invoice"]["city"] == "Luleå"
    world.settle(Kind.CUSTOMER)
    assert len(world.erp.customers()) == 1
    assert not _cards(other)  # nobody has let the other tenant work


def test_an_order_of_a_customer_who_was_sent_alone_is_written_on_the_same_card(a_world: Any) -> None:
    world = a_world(customers_alone=True)
    number = _register(world, "asa@example.se")
    world.settle(Kind.CUSTOMER)
    world.shop.put_order(order(1, [line("100.00")], customer_id=number, billing={"email": "ny@example.se"}))
    world.settle()
    assert len(world.erp.customers()) == 1
    assert str(world.erp.one("SE-1")["customerId"]) == str(world.erp.customers()[0]["customerId"])


def test_customers_alone_are_off_by_default_and_staff_are_never_sent(a_world: Any) -> None:
    world = a_world()
    _register(world, "asa@example.se")
    world.poll()
    world.drain()
    with scope(world.tenant.pk):
        assert not Work.objects.filter(kind=Kind.CUSTOMER.value).exists()
    assert world.erp.customers() == []


def test_a_customer_without_a_name_is_held_and_named(a_world: Any) -> None:
    world = a_world(customers_alone=True)
    number = int(world.shop.rest("POST", "customers", {"email": "tom@example.se"})["id"])
    world.settle(Kind.CUSTOMER)
    assert world.state(number, Kind.CUSTOMER) == (State.HELD, "card.no_name")
    world.shop.rest("PUT", f"customers/{number}", {"first_name": "Tom", "last_name": "Tomsson"})
    world.settle(Kind.CUSTOMER)
    assert world.state(number, Kind.CUSTOMER)[0] is State.DONE


def test_polls_find_customers_whatever_hints_say(a_world: Any) -> None:
    world = a_world(customers_alone=True)
    _register(world, "asa@example.se")
    world.poll()
    world.drain()
    assert list(_cards(world)) == ["asa@example.se"]
