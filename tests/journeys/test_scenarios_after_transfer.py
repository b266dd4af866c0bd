"""The scenarios of domain.md section 13 about what happens in the shop after an order's transfer."""

from decimal import Decimal
from typing import Any

import pytest

from brygga.domain.outcome import State
from tests.journeys.aftermath import asked, by_hand, codes, decide, erp_says, figures, look_again, one, total
from tests.journeys.shop_json import fee, line, order, product, shipping
from tests.journeys.world import World

# An article made by an order has no price in the ERP: that is another story.
NO_PRICES = {"price.regular": "erp:never", "price.sale": "erp:never"}


def sent(world: World, **more: Any) -> None:
    """Put order 1 of two mugs at 25 % and one tea at 12 %, with freight, into both systems."""
    world.shop.put_product(product(10, "A"))
    world.shop.put_product(product(11, "B", price="112.00"))
    lines = [
        line("498.00", 25, 2, sku="A", product_id=10),
        line("112.00", 12, 1, sku="B", name="Te", product_id=11),
    ]
    world.shop.put_order(order(1, lines, shipping_lines=[shipping("49.00")], **more))
    world.settle()
    assert world.state(1)[0] is State.DONE


def part(number: int, quantity: int, net: str, vat: str, rate: int = 1) -> dict[str, Any]:
    """Ask for a part of a row back, as the shop's API takes it."""
    asked = {"id": number, "refund_total": net, "refund_tax": [{"id": rate, "refund_total": vat}]}
    return {**asked, "quantity": quantity} if quantity else asked


def sent_mugs(world: World) -> None:
    """Put order 1 of two mugs alone into both systems."""
    world.shop.put_product(product(10, "A"))
    world.shop.put_order(order(1, [line("498.00", 25, 2, sku="A", product_id=10)]))
    world.settle()


# ------------------------------------------------------------------ refunds


def test_scenario_20_a_refund_of_rows_is_a_task_with_all_figures(world: World) -> None:
    sent(world)
    back = [
        part(100, 1, "199.20", "49.80"),
        part(101, 1, "100.00", "12.00", 2),
        part(102, 0, "39.20", "9.80"),
    ]
    refund = by_hand(world, "refund", id=1, lines=back, reason="Sprucken", restock=False)
    world.settle()
    row = one(world)
    assert row.message.code == "order.refunded_after"
    assert (row.object_key, row.choices) == ("1", ["done", "leave"])
    rows = figures(row, "credit_rows")
    assert [
        (r["kind"], r["article"], r["quantity"], r["net"], r["percent"], r["vat"], r["gross"]) for r in rows
    ] == [
        ("product", "A", "-1", "-199.20", "25", "-49.80", "-249.00"),
        ("product", "B", "-1", "-100.00", "12", "-12.00", "-112.00"),
        ("shipping", "FRAKT", "-1", "-39.20", "25", "-9.80", "-49.00"),
    ]
    shown = world.shop.rest("GET", f"orders/1/refunds/{refund['id']}")
    assert total(rows, "gross") == -Decimal(shown["amount"]) == Decimal("-410.00")
    assert (row.facts["credit_net"], row.facts["credit_vat"], row.facts["credit_total"]) == (
        "-338.40", "-71.60", "-410.00",
    )  # fmt: skip
    assert row.facts["erp_no"] == str(world.erp.one("SE-1")["orderNo"])
    expected = {"number": "1", "refund": str(refund["id"]), "refund_reason": "Sprucken", "payment": "Swish"}
    expected |= {"payment_reference": "SW-1", "paid_back": "no", "put_back": "no", "currency": "SEK"}
    assert expected.items() <= row.facts.items()
    assert row.facts["refund_date"]
    assert row.facts["proposal"] == ""
    assert world.erp.one("SE-1")["total"] == "659.00"
    assert world.warnings(1).count("order.refunded_after") == 0


def test_scenario_20_an_amount_without_rows_is_split_as_a_proposal(world: World) -> None:
    sent(world)
    by_hand(world, "refund", id=1, amount="100.00")
    world.settle()
    rows = figures(one(world), "credit_rows")
    # 547.00 at 25 % and 112.00 at 12 %: 83.00 and 17.00 of a hundred.
    assert [(r["kind"], r["percent"], r["net"], r["vat"], r["gross"]) for r in rows] == [
        ("proposal", "25", "-66.40", "-16.60", "-83.00"),
        ("proposal", "12", "-15.18", "-1.82", "-17.00"),
    ]
    assert one(world).facts["proposal"] == "yes"


def test_scenario_20_several_refunds_are_a_task_each_and_the_last_takes_what_remains(world: World) -> None:
    sent(world)
    by_hand(world, "refund", id=1, lines=[part(101, 1, "100.00", "12.00", 2)], restock=False)
    by_hand(world, "refund", id=1, amount="47.00")
    by_hand(world, "refund", id=1, amount="500.00")
    world.settle()
    found = asked(world)
    assert [row.message.code for row in found] == ["order.refunded_after"] * 3
    assert sorted(row.facts["credit_total"] for row in found) == ["-112.00", "-47.00", "-500.00"]
    # The tea is credited, so what is paid back without rows is of 25 % alone, to the shop's own öre.
    last = next(row for row in found if row.facts["credit_total"] == "-500.00")
    assert [(r["percent"], r["gross"]) for r in figures(last, "credit_rows")] == [("25", "-500.00")]
    every = [row for task in found for row in figures(task, "credit_rows")]
    assert total(every, "gross") == Decimal("-659.00")
    assert total(every, "vat") == -Decimal(world.shop.order(1)["total_tax"])


def test_scenario_20_a_lowered_row_turns_its_sign_too(world: World) -> None:
    lines = [line("498.00", 25, 2, sku="A")]
    world.shop.put_order(order(1, lines, fees=[fee("Rabatt", "-40.00", (25, "-10.00"))]))
    world.settle()
    back = [part(100, 2, "398.40", "99.60"), part(101, 0, "-40.00", "-10.00")]
    by_hand(world, "refund", id=1, lines=back, restock=False)
    world.settle()
    rows = figures(one(world), "credit_rows")
    assert [(r["kind"], r["article"], r["net"], r["vat"]) for r in rows] == [
        ("product", "A", "-398.40", "-99.60"),
        ("fee", "RABATT", "40.00", "10.00"),
    ]
    assert total(rows, "gross") == Decimal("-448.00")


def test_scenario_20_what_is_answered_stays_answered_and_another_refund_is_asked(world: World) -> None:
    sent(world)
    by_hand(world, "refund", id=1, amount="47.00")
    world.settle()
    decide(world, "done")
    assert asked(world) == []
    look_again(world)
    erp_says(world, "invoiced")
    look_again(world)
    assert asked(world) == []
    by_hand(world, "refund", id=1, amount="48.00")
    world.settle()
    assert one(world).facts["credit_total"] == "-48.00"


def test_scenario_31_a_refund_deleted_before_it_was_credited_asks_nothing_more(world: World) -> None:
    sent(world)
    refund = by_hand(world, "refund", id=1, amount="47.00")
    world.settle()
    assert codes(world) == ["order.refunded_after"]
    by_hand(world, "delete-refund", id=1, refund_id=refund["id"])
    look_again(world)
    assert asked(world) == []


def test_a_refund_deleted_after_it_was_credited_asks_for_the_credit_to_be_taken_back(world: World) -> None:
    sent(world)
    refund = by_hand(world, "refund", id=1, amount="47.00")
    world.settle()
    decide(world, "done")
    by_hand(world, "delete-refund", id=1, refund_id=refund["id"])
    look_again(world)
    row = one(world)
    assert (row.message.code, row.facts["refund"]) == ("order.refund_gone", str(refund["id"]))
    look_again(world)
    decide(world, "leave")
    look_again(world)
    assert asked(world) == []


def test_a_refund_taken_off_before_the_transfer_and_then_deleted_is_told(world: World) -> None:
    world.shop.put_order(order(1, [line("498.00", 25, 2, sku="A")], status="pending"))
    refund = by_hand(world, "refund", id=1, lines=[part(100, 1, "199.20", "49.80")], restock=False)
    by_hand(world, "order-status", id=1, status="processing")
    world.settle()
    assert world.erp.one("SE-1")["total"] == "249.00"
    by_hand(world, "delete-refund", id=1, refund_id=refund["id"])
    look_again(world)
    assert codes(world) == ["order.refund_gone_before"]


def test_scenario_85_goods_put_back_in_the_shop_are_told_in_the_task(world: World) -> None:
    world.shop.put_product(product(10, "A", stock_quantity=10))
    made = world.shop.rest(
        "POST",
        "orders",
        {
            "status": "processing",
            "payment_method": "swish",
            "billing": {
                "first_name": "Åsa",
                "last_name": "Öberg",
                "email": "asa@example.se",
                "country": "SE",
            },
            "line_items": [{"product_id": 10, "quantity": 2}],
        },
    )
    world.settle()
    assert world.state(made["id"])[0] is State.DONE, world.state(made["id"])
    of = made["line_items"][0]
    taxes = [{"id": tax["id"], "refund_total": str(Decimal(tax["total"]) / 2)} for tax in of["taxes"]]
    half = {"id": of["id"], "quantity": 1, "refund_total": str(Decimal(of["total"]) / 2), "refund_tax": taxes}
    by_hand(world, "refund", id=made["id"], lines=[half])
    world.settle()
    row = one(world)
    assert (row.message.code, row.facts["put_back"]) == ("order.refunded_restocked", "yes")
    assert world.shop.rest("GET", "products/10")["stock_quantity"] == 9


# ------------------------------------------------------------------ cancelled, failed, trashed, deleted


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_scenario_31_stopped_in_the_shop_asks_for_the_erps_order_to_be_cancelled(
    world: World, status: str
) -> None:
    sent(world)
    by_hand(world, "order-status", id=1, status=status)
    world.settle()
    row = one(world)
    assert (row.message.code, row.facts["status"]) == ("order.stopped_after", status)
    assert row.facts["erp_no"] == str(world.erp.one("SE-1")["orderNo"])
    by_hand(world, "order-status", id=1, status="processing")
    look_again(world)
    assert asked(world) == []
    by_hand(world, "order-status", id=1, status=status)
    look_again(world)
    assert codes(world) == ["order.stopped_after"]


def test_a_cancelled_order_that_is_thrown_away_and_deleted_is_one_question(world: World) -> None:
    sent(world)
    by_hand(world, "order-status", id=1, status="cancelled")
    world.settle()
    by_hand(world, "trash-order", id=1)
    look_again(world)
    assert one(world).facts["status"] == "trash"
    by_hand(world, "delete-order", id=1)
    look_again(world)
    assert one(world).message.code == "order.deleted_after"
    decide(world, "done")
    look_again(world)
    assert asked(world) == []
    assert world.state(1)[0] is State.DONE


def test_what_was_answered_of_a_stopped_order_is_over_when_it_lives_again(world: World) -> None:
    sent(world)
    by_hand(world, "order-status", id=1, status="cancelled")
    world.settle()
    decide(world, "leave")
    look_again(world)
    assert asked(world) == []
    by_hand(world, "order-status", id=1, status="processing")
    look_again(world)
    by_hand(world, "order-status", id=1, status="cancelled")
    look_again(world)
    assert codes(world) == ["order.stopped_after"]


@pytest.mark.parametrize("preset", [1, 2])
def test_scenario_31_what_the_erp_cancelled_itself_is_no_question(a_world: Any, preset: int) -> None:
    world = a_world(preset=preset, unknown_article="create", masters=NO_PRICES)
    sent(world)
    erp_says(world, "cancelled")
    by_hand(world, "order-status", id=1, status="cancelled")
    look_again(world)
    assert world.shop.order(1)["status"] == "cancelled"
    assert asked(world) == []


def test_a_question_is_withdrawn_when_the_erp_is_told_to_cancel_by_hand(world: World) -> None:
    sent(world)
    by_hand(world, "order-status", id=1, status="cancelled")
    world.settle()
    assert codes(world) == ["order.stopped_after"]
    erp_says(world, "cancelled")
    assert asked(world) == []


def test_a_status_of_the_shops_own_means_cancelled_by_choice(a_world: Any) -> None:
    world = a_world(cancel_statuses=["cancelled", "returned"])
    by_hand(world, "register-status", slug="returned", name="Returnerad")
    sent(world)
    by_hand(world, "order-status", id=1, status="failed")
    look_again(world)
    assert asked(world) == []
    by_hand(world, "order-status", id=1, status="returned")
    look_again(world)
    assert codes(world) == ["order.stopped_after"]


def test_scenario_58_cancelled_here_while_delivered_there_where_no_status_is_brought(world: World) -> None:
    sent(world)
    erp_says(world, "delivered")
    by_hand(world, "order-status", id=1, status="cancelled")
    look_again(world)
    row = one(world)
    assert row.message.code == "order.stopped_when_sent"
    assert (row.facts["status"], row.facts["erp_facts"]) == ("cancelled", "delivered")
    assert world.shop.order(1)["status"] == "cancelled"


@pytest.mark.parametrize("first", ["erp", "shop"])
def test_scenario_58_cancelled_here_while_delivered_there_is_one_question(a_world: Any, first: str) -> None:
    world = a_world(
        preset=2, unknown_article="create", masters=NO_PRICES, status_by_fact={"cancelled": "cancelled"}
    )
    sent(world)
    if first == "erp":
        erp_says(world, "delivered")
    by_hand(world, "order-status", id=1, status="cancelled")
    look_again(world)
    if first == "shop":
        erp_says(world, "delivered")
        look_again(world)
    row = one(world)
    assert row.message.code == "status.contradicts"
    assert {"cancelled", "delivered"} <= set(row.message.facts["facts"].split(", ")) | {
        row.message.facts["status"]
    }
    assert world.shop.order(1)["status"] == "cancelled"
    by_hand(world, "order-status", id=1, status="processing")
    look_again(world)
    assert asked(world) == []


# ------------------------------------------------------------------ edited


def test_scenario_60_edited_after_the_transfer_asks_with_the_difference(world: World) -> None:
    sent_mugs(world)
    fewer = {"id": 100, "quantity": 1, "subtotal": "199.20", "total": "199.20"}
    by_hand(world, "change-order", id=1, line_items=[fewer])
    look_again(world)
    now = world.shop.order(1)["total"]
    row = one(world)
    assert row.message.code == "order.edited_after"
    assert (row.facts["then"], row.facts["now"]) == ("498.00", now)
    assert Decimal(row.facts["difference"]) == Decimal(now) - Decimal("498.00") == Decimal("-249.00")
    assert row.facts["changed"] == "rows"
    assert figures(row, "rows_changed") == [
        {"article": "A", "name": "Mugg", "quantity_then": "2", "quantity_now": "1", "gross_then": "498.00", "gross_now": "249.00"}
    ]  # fmt: skip
    assert world.erp.one("SE-1")["total"] == "498.00"


def test_scenario_60_an_edit_that_is_undone_asks_nothing_more(world: World) -> None:
    sent_mugs(world)
    by_hand(world, "change-order", id=1, billing={"address_1": "Nya vägen 2"})
    look_again(world)
    assert one(world).facts["changed"] == "address"
    by_hand(world, "change-order", id=1, billing={"address_1": "Storgatan 1"})
    look_again(world)
    assert asked(world) == []


def test_scenario_60_what_was_changed_in_the_erp_is_what_later_edits_are_told_against(world: World) -> None:
    sent_mugs(world)
    by_hand(world, "change-order", id=1, customer_note="Ring på dörren")
    look_again(world)
    assert one(world).facts["changed"] == "note"
    decide(world, "done")
    look_again(world)
    assert asked(world) == []
    by_hand(world, "change-order", id=1, billing={"address_1": "Nya vägen 2"})
    look_again(world)
    assert one(world).facts["changed"] == "address"
    decide(world, "leave")
    look_again(world)
    assert asked(world) == []
    by_hand(world, "change-order", id=1, customer_note="")
    look_again(world)
    assert one(world).facts["changed"] == "address, note"


def test_an_order_read_again_unchanged_asks_nothing_and_stays_done(world: World) -> None:
    sent(world)
    look_again(world)
    look_again(world)
    assert asked(world) == []
    assert world.state(1) == (State.DONE, "order.already_there")
