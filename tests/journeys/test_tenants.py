"""Two tenants with shops that use the same order numbers, articles and customers never meet."""

from typing import Any

import pytest

from brygga.app.services import lists, status, works
from brygga.app.store.models import Connection, JournalEntry, LinkRow, Notice, Work
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.shop_json import line, order, product
from tests.journeys.world import add_shop, make_world


def test_the_same_numbers_in_two_tenants_stay_apart(a_world: Any) -> None:
    alice, charlie = a_world(prefix="A-"), a_world(prefix="C-")
    for world, gross in ((alice, "100.00"), (charlie, "200.00")):
        world.shop.put_product(product(1, "MUGG-1"))
        world.shop.put_order(order(7, [line(gross)]))
        world.settle(Kind.PRODUCT)
        world.settle()
    assert [made["externalOrderNo"] for made in alice.erp.orders()] == ["A-7"]
    assert alice.erp.one("A-7")["total"] == "100.00"
    assert charlie.erp.one("C-7")["total"] == "200.00"
    for world in (alice, charlie):
        with scope(world.tenant.pk):
            for model in (Work, LinkRow, JournalEntry, Connection, Notice):
                assert set(model.objects.values_list("tenant_id", flat=True)) <= {world.tenant.pk}
            assert {row.id for row in lists.orders().rows} == {world.work(7).row.id}
            assert len(status.status().connections) == 2


def test_an_action_of_one_tenant_can_not_touch_the_others_order(a_world: Any) -> None:
    alice, charlie = a_world(), a_world(article_shipping="")
    charlie.shop.put_order(order(7, [line("100.00", sku="")]))
    charlie.settle()
    held = charlie.work(7).row.id
    with scope(alice.tenant.pk):
        assert works.retry([held], who="Alice") == 0
        with pytest.raises(Work.DoesNotExist):
            works.ignore(held, who="Alice")
        with pytest.raises(Work.DoesNotExist):
            lists.order_detail(held)
    assert charlie.state(7)[0] is State.HELD


def test_a_query_without_a_tenant_is_refused(a_world: Any) -> None:
    a_world()
    with pytest.raises(Exception, match=r"(?i)tenant|scope"):
        list(Work.objects.all())


def test_two_shops_of_one_tenant_share_an_erp_and_a_customer(new_shop: Any, new_erp: Any) -> None:
    first = make_world(new_shop(), new_erp(), settings={"prefix": "A-"})
    second = add_shop(first, new_shop(), prefix="B-", web_shop="2")
    for world in (first, second):
        world.shop.put_order(order(7, [line("100.00")]))
        world.take_in()
    first.drain()
    erp = first.erp
    assert {made["externalOrderNo"]: made["webshopId"] for made in erp.orders()} == {"A-7": "", "B-7": "2"}
    assert len(erp.customers()) == 1
    for world in (first, second):
        assert len(world.shop.notes(7)) == 1
