"""Ways an order could be lost or doubled that no scenario names: each was once a fault of ours."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from brygga.app.services import connecting, flows, lists, syncing, works
from brygga.app.store.cursors import cursor, move_cursor
from brygga.app.store.models import Connection, Notice, Work
from brygga.app.tenancy.scope import scope
from brygga.domain.errors import RecordRejected, SetupWrong
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.aftermath import codes
from tests.journeys.shop_json import line, order
from tests.journeys.world import World, add_shop


def test_another_shops_order_with_our_number_is_not_taken_for_ours(new_shop: Any, a_world: Any) -> None:
    """Two shops with one prefix: the second one's create never arrived, the first one's did."""
    first = a_world(erp_options={"duplicate_number": "false"})
    second = add_shop(first, new_shop())
    second.shop.put_order(order(7, [line("50.00")]))
    first.erp.fault("cut_before", match="newOrderSubmit", times=1)
    second.settle()
    assert _work_of(second, 7).row.state == State.UNKNOWN.value
    first.shop.put_order(order(7, [line("100.00")]))
    with scope(first.tenant.pk):
        syncing.sync_range(first.flow, Kind.ORDER)
    first.drain()
    assert first.erp.one("SE-7")["total"] == "100.00"
    second.later()
    work = _work_of(second, 7)
    assert work.row.state == State.HELD.value
    with scope(first.tenant.pk):
        works.edit(work.row.id, {"number": "SE-7B"}, who="Alice")
    second.drain()
    assert first.erp.one("SE-7B")["total"] == "50.00"


def test_a_new_flow_of_the_same_pair_settles_what_the_old_one_left_open(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")]))
    world.erp.fault("cut_after", match="newOrderSubmit", times=1)
    world.settle()
    assert world.state(1)[0] is State.UNKNOWN
    with scope(world.tenant.pk):
        flows.stop_flow(world.flow, who="Alice")
        old = flows.flow(world.flow)
        new = flows.create_flow(
            "Nytt flöde", shop=old.shop, erp=old.erp, who="Alice", changed={**old.changed, "prefix": "NY-"}
        )
        flows.start_flow(new.id, who="Alice")
        syncing.sync_range(new.id, Kind.ORDER)
    world.drain()
    assert [made["externalOrderNo"] for made in world.erp.orders()] == ["SE-1"]


@pytest.mark.parametrize("end", ["cancelled", "deleted", "erased", "refunded"])
def test_an_order_that_may_be_in_the_erp_is_not_ignored_when_it_ends_in_the_shop(
    world: World, end: str
) -> None:
    world.shop.put_order(order(1, [line("100.00")]))
    world.erp.fault("cut_after", match="newOrderSubmit", times=1)
    world.settle()
    if end == "cancelled":
        world.shop.rest("PUT", "orders/1", {"status": "cancelled"})
    elif end == "deleted":
        world.shop.rest("DELETE", "orders/1?force=true")
    elif end == "refunded":
        world.shop.rest("POST", "orders/1/refunds", {"amount": "100.00", "api_refund": False})
    else:
        world.shop.rest("PUT", "orders/1", {"meta_data": [{"key": "_anonymized", "value": "yes"}]})
    world.later()
    assert world.state(1) == (State.HELD, "order.ended_unsettled")
    detail = world.work(1)
    assert detail.row.reason is not None
    assert detail.row.reason.facts["external"] == "SE-1"
    made = world.erp.one("SE-1")
    with scope(world.tenant.pk):
        works.link_by_hand(detail.row.id, str(made["orderNo"]), who="Alice")
    world.drain()
    assert world.state(1)[0] is State.DONE


def test_taking_in_for_a_stopped_flow_is_refused_and_leaves_the_cursor(world: World) -> None:
    world.poll()
    with scope(world.tenant.pk):
        flows.stop_flow(world.flow, who="Alice")
    world.shop.put_order(order(1, [line("100.00")]))
    before = cursor(world.shop_connection, f"orders-{world.flow}")
    with scope(world.tenant.pk), pytest.raises(SetupWrong):
        syncing.sync_range(world.flow, Kind.ORDER)
    assert cursor(world.shop_connection, f"orders-{world.flow}") == before


def test_taking_in_a_late_part_does_not_skip_what_no_poll_has_read(world: World) -> None:
    name = f"orders-{world.flow}"
    long_ago = datetime.now(UTC) - timedelta(days=7)
    with scope(world.tenant.pk):
        move_cursor(world.tenant.pk, world.shop_connection, name, long_ago)
        syncing.sync_range(world.flow, Kind.ORDER, datetime.now(UTC) - timedelta(hours=1))
    assert cursor(world.shop_connection, name) == long_ago


def test_a_flow_stopped_while_its_poll_runs_keeps_its_cursor(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from brygga.app.worker import poll as polling

    real = polling.catch_up_orders
    world.poll()
    name = f"orders-{world.flow}"
    before = cursor(world.shop_connection, name)

    def stopped_meanwhile(*given: Any) -> Any:
        flows.stop_flow(world.flow, who="Alice")
        return real(*given)

    monkeypatch.setattr(polling, "catch_up_orders", stopped_meanwhile)
    world.poll()
    assert cursor(world.shop_connection, name) == before


def test_a_flow_that_was_paused_for_its_status_goes_on_when_that_is_mended(a_world: Any) -> None:
    world = a_world(feedback_status="packed")
    world.shop.put_order(order(1, [line("100.00")]))
    world.settle()
    with scope(world.tenant.pk):
        assert flows.flow(world.flow).state == "paused"
        flows.change_settings(world.flow, {"feedback_status": "completed"}, who="Alice")
        flows.start_flow(world.flow, who="Alice")
    world.later()
    with scope(world.tenant.pk):
        assert flows.flow(world.flow).state == "running"
    assert world.shop.order(1)["status"] == "completed"
    assert len(world.shop.notes(1)) >= 1


def test_a_status_that_the_shop_turns_back_is_written_once(a_world: Any, monkeypatch: Any) -> None:
    """Scenario 52: the gateway refuses the capture and puts the order on hold; no second try."""
    from brygga.connectors.woocommerce.client import WooClient

    world = a_world(feedback_status="completed")
    real = WooClient.put_order
    written: list[Any] = []

    def refused(client: WooClient, order_id: str, change: Any) -> Any:
        written.append(change)
        return real(client, order_id, {**change, "status": "on-hold"})

    monkeypatch.setattr(WooClient, "put_order", refused)
    world.shop.put_order(order(1, [line("100.00")]))
    world.settle()
    for _ in range(3):
        world.settle()
        world.later()
    assert len(written) == 1
    assert world.state(1)[0] is State.DONE
    assert "feedback.not_told" in world.warnings(1)
    world.erp.one("SE-1")


def test_an_edit_between_reading_and_telling_the_shop_is_seen(world: World, monkeypatch: Any) -> None:
    from brygga.connectors.specter.connector import SpecterSession

    real = SpecterSession.create_document

    def edited_meanwhile(*given: Any) -> Any:
        world.shop.rest("PUT", "orders/1", {"customer_note": "Ring på dörren"})
        return real(*given)

    monkeypatch.setattr(SpecterSession, "create_document", edited_meanwhile)
    world.shop.put_order(order(1, [line("100.00")]))
    world.settle()
    monkeypatch.setattr(SpecterSession, "create_document", real)
    world.settle()
    assert codes(world) == ["order.edited_after"]
    world.erp.one("SE-1")


def test_an_edit_while_the_first_try_was_unsettled_is_told(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")]))
    world.erp.fault("cut_after", match="newOrderSubmit", times=1)
    world.settle()
    world.shop.rest("PUT", "orders/1", {"customer_note": "Ring på dörren"})
    world.take_in()
    world.later()
    assert world.state(1) == (State.DONE, "order.settled_by_duplicate")
    assert codes(world) == ["order.edited_after"]


def test_forcing_an_order_does_not_outlast_a_change_in_the_shop(a_world: Any) -> None:
    world = a_world(start_date="2026-06-20", article_fee="", unknown_article="create")
    from tests.journeys.shop_json import fee

    world.shop.put_order(order(1, [line("100.00")], fees=[fee("Fakturaavgift", "10.00", (25, "2.50"))]))
    world.settle()
    with scope(world.tenant.pk):
        works.retry([world.work(1).row.id], who="Alice", force=True)
    world.drain()
    assert world.state(1) == (State.HELD, "order.no_article")
    world.change(article_fee="AVGIFT")
    world.shop.rest("PUT", "orders/1", {"status": "cancelled"})
    world.settle()
    assert world.state(1)[0] is State.IGNORED
    assert world.erp.orders() == []


def test_the_twin_of_an_unsettled_order_is_held(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")], transaction_id=""))
    world.shop.put_order(order(2, [line("100.00")], transaction_id="", created="2026-06-15T09:31:00"))
    world.erp.fault("cut_after", match="newOrderSubmit", times=1)
    world.settle()
    assert world.state(1)[0] is State.UNKNOWN
    assert world.state(2) == (State.HELD, "order.twin")
    world.later()
    assert world.state(1)[0] is State.DONE
    assert len(world.erp.orders()) == 1


def test_hints_while_an_order_is_too_young_spend_no_attempts(a_world: Any) -> None:
    world = a_world(minimum_age_minutes=5)
    young = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    world.shop.put_order(order(1, [line("100.00")], created=young.isoformat()))
    for _ in range(8):
        with scope(world.tenant.pk):
            works.ask(world.flow, Kind.ORDER, "1", who="Alice")
            from brygga.app.store.intake import StoreIntake
            from brygga.flows.intake import take_hint

            take_hint(StoreIntake(), world.flow, world.shop_connection, Kind.ORDER, "1", datetime.now(UTC))
        world.drain()
    assert world.state(1) == (State.WAITING, "order.too_young")
    assert world.work(1).row.attempt == 0


def test_an_order_paid_after_the_shops_clock_was_set_back_is_found_without_a_hint(world: World) -> None:
    fast = datetime.now(UTC) - timedelta(minutes=1)
    put = order(1, [line("100.00")], status="pending", date_modified_gmt=_gmt(fast))
    world.shop.put_order(put)
    world.settle()
    assert world.state(1)[0] is State.IGNORED
    back = fast - timedelta(minutes=30)
    world.shop.put_order({**put, "status": "processing", "date_modified_gmt": _gmt(back)})
    world.settle()
    world.erp.one("SE-1")
    world.settle()
    assert world.state(1)[0] is State.DONE


def test_an_order_of_a_shop_whose_clock_is_ahead_is_found_by_the_next_poll(world: World) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=2)
    world.shop.put_order(order(1, [line("100.00")], date_modified_gmt=_gmt(ahead)))
    world.poll()
    world.drain()
    world.erp.one("SE-1")


def test_a_feed_that_cant_be_understood_is_told_and_stops_no_order(a_world: Any) -> None:
    world = a_world(dialect={"xml.order_no": "inget"})
    world.shop.put_order(order(1, [line("100.00")]))
    world.settle()
    from brygga.app.worker.poll import poll

    made = world.erp.one("SE-1")
    world.erp.ask(f"orders/{made['orderNo']}/status", {"sbmId": world.erp.sbm_id, "status": "delivered"})
    poll(world.erp_connection)
    with scope(world.tenant.pk):
        assert Notice.objects.filter(connection_id=world.erp_connection, over_at=None).count() == 1
    world.shop.put_order(order(2, [line("100.00")]))
    world.settle()
    world.erp.one("SE-2")


def test_a_number_that_the_feed_told_before_we_asked_is_learnt(a_world: Any) -> None:
    from brygga.app.worker.poll import poll

    world = a_world(erp_options={"duplicate_number": "false", "external_no_in_feed": "true"})
    world.shop.put_order(order(1, [line("100.00")]))
    world.erp.fault("cut_after", match="newOrderSubmit", times=1)
    world.settle()
    made = world.erp.one("SE-1")
    world.erp.ask(f"orders/{made['orderNo']}/status", {"sbmId": world.erp.sbm_id, "status": "delivered"})
    poll(world.erp_connection)  # its trigger knocks before the next try
    world.later()
    poll(world.erp_connection)
    world.drain()
    assert world.state(1)[0] is State.DONE
    assert world.work(1).row.target_key == str(made["orderNo"])
    assert len(world.shop.notes(1)) == 1


def test_an_order_linked_by_hand_tells_of_later_edits(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")], status="on-hold", payment_method="bacs"))
    world.settle()
    with scope(world.tenant.pk):
        works.link_by_hand(world.work(1).row.id, "9001", who="Alice")
    world.drain()
    time.sleep(1.1)  # a shop keeps whole seconds
    world.shop.rest("PUT", "orders/1", {"customer_note": "Ring på dörren"})
    world.settle()
    assert codes(world) == ["order.edited_after"]


def test_an_article_deleted_in_the_erp_is_made_again(a_world: Any) -> None:
    world = a_world(erp_options={"strict_articles": "true"})
    world.shop.put_order(order(1, [line("100.00")]))
    world.settle()
    world.erp.one("SE-1")
    world.erp.ask("articles", {"sbmId": world.erp.sbm_id, "articleNo": "MUGG-1", "deleted": True})
    world.shop.put_order(order(2, [line("100.00")]))
    world.settle()
    world.later()
    world.erp.one("SE-2")


def test_orders_between_start_date_and_start_are_taken_in_at_the_first_poll(a_world: Any) -> None:
    now = datetime.now(UTC)
    world = a_world(start_date=(now - timedelta(days=5)).date().isoformat())
    for number, days in ((1, 8), (2, 3)):
        when = _gmt(now - timedelta(days=days))
        world.shop.put_order(order(number, [line("100.00")], created=when, date_modified_gmt=when))
    world.poll()
    world.drain()
    assert [made["externalOrderNo"] for made in world.erp.orders()] == ["SE-2"]


def test_scenario_79_a_staging_copy_that_answers_is_noticed_before_its_orders_are_taken_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from brygga.connectors.woocommerce.client import WooClient
    from brygga.connectors.woocommerce.wire_shop import Index

    real = WooClient.index
    world.poll()
    name = f"orders-{world.flow}"
    before = cursor(world.shop_connection, name)
    copy = Index(home="https://staging.example", name="Kopia")
    monkeypatch.setattr(WooClient, "index", lambda _client: copy)
    world.shop.put_order(order(1, [line("100.00")]))
    world.poll()
    world.drain()
    with scope(world.tenant.pk):
        assert Connection.objects.get(pk=world.shop_connection).state == "paused"
        assert Notice.objects.filter(code="connection.other_system").count() == 1
    assert world.erp.orders() == []
    assert cursor(world.shop_connection, name) == before
    monkeypatch.setattr(WooClient, "index", real)
    with scope(world.tenant.pk):
        connecting.recheck(world.shop_connection, who="Alice")
    world.poll()
    world.drain()
    world.erp.one("SE-1")


def test_setting_the_polling_back_to_its_default_goes_on_polling(world: World) -> None:
    with scope(world.tenant.pk):
        connecting.set_polling(world.shop_connection, 300)
        connecting.set_polling(world.shop_connection, None)
        assert Connection.objects.get(pk=world.shop_connection).next_poll_at is not None


def test_edits_of_the_number_of_an_unsettled_order_are_refused(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")]))
    world.erp.fault("cut_after", match="newOrderSubmit", times=1)
    world.settle()
    with scope(world.tenant.pk), pytest.raises(RecordRejected):
        works.edit(world.work(1).row.id, {"number": "SE-1B"}, who="Alice")


def _gmt(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S")


def _work_of(world: World, number: int) -> lists.WorkDetail:
    with scope(world.tenant.pk):
        found = Work.objects.get(flow_id=world.flow, source_ref=str(number))
        return lists.order_detail(found.pk)
