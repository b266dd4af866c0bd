"""Acceptance scenarios 1-10: an order arrives once, whatever happens on the way."""

from typing import Any

import pytest

from brygga.app.services import works
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.shop_json import ASA, line, order, product, shipping
from tests.journeys.world import World, at_once

TYPED_ROW = {"articleNo": "X", "articleName": "X", "priceExclVAT": "80", "noOfItems": "1", "vatPercent": "25"}


def test_scenario_01_paid_order_reaches_the_erp_once_with_equal_sums(a_world: Any) -> None:
    world = a_world(reference_required=["klarna_payments"])
    world.shop.put_order(
        order(
            1042,
            [line("498.00", 25, 2, sku="A"), line("100.00", 12, 1, sku="B")],
            shipping_lines=[shipping()],
            payment_method="klarna_payments",
            payment_method_title="Klarna",
            transaction_id="",
            metas={"_wc_klarna_order_id": "5f2a-11"},
        )
    )
    world.settle()
    made = world.erp.one("SE-1042")
    assert made["total"] == "647.00"
    assert {row["percent"]: row["vat"] for row in made["vatSums"]} == {25: "109.40", 12: "10.71"}
    assert (made["payTypeIdentifier"], made["payTypeReference"]) == ("KG", "5f2a-11")
    assert made["documentType"] == "order"
    assert made["orderDate"] == "2026-06-15"
    (note,) = world.shop.notes(1042)
    assert str(made["orderNo"]) in note
    metas = {meta["key"]: meta["value"] for meta in world.shop.order(1042)["meta_data"]}
    assert metas["_erp_order_number"] == str(made["orderNo"])


def test_scenario_01_klarna_code_by_setting(a_world: Any) -> None:
    world = a_world(payment_codes={"klarna_payments": "K"})
    world.shop.put_order(order(1, [line("100.00")], payment_method="klarna_payments"))
    world.settle()
    assert world.erp.one("SE-1")["payTypeIdentifier"] == "K"


def test_scenario_02_same_hint_five_times_and_a_day_later(world: World) -> None:
    world.shop.put_order(order(1043, [line("100.00")]))
    with scope(world.tenant.pk):
        at_once(*[_hint(world, "1043") for _ in range(5)])
    world.drain()
    world.shop.heal()
    with scope(world.tenant.pk):
        works.ask(world.flow, Kind.ORDER, "1043", who="Alice")
    world.drain()
    world.settle()
    world.erp.one("SE-1043")
    assert world.work(1043).row.seen_count > 1
    assert len(world.shop.notes(1043)) == 1


def _hint(world: World, number: str) -> Any:
    from datetime import UTC, datetime

    from django.db import connections

    from brygga.app.store.intake import StoreIntake
    from brygga.flows.intake import take_hint

    def knock() -> None:
        with scope(world.tenant.pk):
            take_hint(StoreIntake(), world.flow, world.shop_connection, Kind.ORDER, number, datetime.now(UTC))
        connections.close_all()

    return knock


def test_scenario_03_no_hint_at_all(world: World) -> None:
    world.shop.put_product(product(500, "MUGG-1"))
    world.poll()
    world.shop.ask(
        f"{world.shop.site}/orders",
        {"lines": [{"sku": "MUGG-1", "quantity": 1}], "billing": ASA, "payment_method": "swish"},
    )
    world.poll()
    world.drain()
    assert len(world.erp.orders()) == 1


@pytest.mark.parametrize("fault", ["cut_after", "cut_body", "garbage", "error_after"])
@pytest.mark.parametrize("told", ["true", "false"], ids=["number in the message", "no number in it"])
def test_scenario_04_line_dead_after_commit(a_world: Any, fault: str, told: str) -> None:
    world = a_world(erp_options={"duplicate_number": told})
    world.shop.put_order(order(1044, [line("100.00")]))
    world.erp.fault(fault, match="newOrderSubmit", times=1)
    world.settle()
    assert world.state(1044)[0] is State.UNKNOWN
    made = world.erp.one("SE-1044")
    world.later()
    world.erp.one("SE-1044")
    detail = world.work(1044)
    told_codes = [entry.message.code for entry in detail.journal]
    assert "order.sending_again" in told_codes
    if told == "true":
        assert world.state(1044) == (State.DONE, "order.settled_by_duplicate")
        assert detail.row.target_key == str(made["orderNo"])
        assert len(world.shop.notes(1044)) == 1
    else:
        assert world.state(1044) == (State.DONE, "order.settled_without_number")
        with scope(world.tenant.pk):
            works.link_by_hand(detail.row.id, str(made["orderNo"]), who="Alice", why="sett i Specter")
        world.drain()
        assert len(world.shop.notes(1044)) == 1


def test_scenario_05_a_transfer_cut_between_intent_and_create_ends_as_one(world: World) -> None:
    world.shop.put_order(order(1045, [line("100.00")]))
    world.erp.fault("cut_before", match="newOrderSubmit", times=1)
    world.settle()
    assert world.erp.orders("SE-1045") == []
    world.later()
    world.erp.one("SE-1045")
    assert world.state(1045) == (State.DONE, "order.transferred")


def test_scenario_06_duplicate_not_ours_is_held_with_two_choices(world: World) -> None:
    world.erp.ask("customers", {"sbmId": world.erp.sbm_id, "firstName": "Eva", "surName": "Ek"})
    card = world.erp.customers()[0]["customerId"]
    typed = world.erp.ask(
        "orders",
        {"sbmId": world.erp.sbm_id, "customerId": card, "externalOrderNo": "SE-1044", "rows": [TYPED_ROW]},
    )
    world.shop.put_order(order(1044, [line("100.00")]))
    world.settle()
    assert world.state(1044)[0] is State.HELD
    assert "duplicate" in world.state(1044)[1]
    assert len(world.erp.orders("SE-1044")) == 1
    # choice one: it is that order
    with scope(world.tenant.pk):
        works.link_by_hand(world.work(1044).row.id, str(typed["orderNo"]), who="Alice", why="samma")
    world.drain()
    assert len(world.erp.orders("SE-1044")) == 1
    assert world.state(1044)[0] is State.DONE


def test_scenario_06_duplicate_not_ours_can_be_sent_under_another_number(world: World) -> None:
    world.erp.ask("customers", {"sbmId": world.erp.sbm_id, "firstName": "Eva", "surName": "Ek"})
    card = world.erp.customers()[0]["customerId"]
    world.erp.ask(
        "orders",
        {"sbmId": world.erp.sbm_id, "customerId": card, "externalOrderNo": "SE-1044", "rows": [TYPED_ROW]},
    )
    world.shop.put_order(order(1044, [line("100.00")]))
    world.settle()
    with scope(world.tenant.pk):
        works.edit(world.work(1044).row.id, {"number": "SE-1044-B"}, who="Alice", why="upptaget")
    world.drain()
    world.erp.one("SE-1044-B")
    assert world.state(1044)[0] is State.DONE


def test_scenario_07_missing_article_is_made_first(world: World) -> None:
    world.shop.put_product(product(700, "NY-1", "Ny mugg", "249.00", stock_quantity=7))
    world.shop.put_order(order(1, [line("249.00", sku="NY-1", product_id=700)]))
    world.settle()
    world.erp.one("SE-1")
    article = world.erp.articles()["NY-1"]
    assert (article["name"], article["priceExclVat"]) == ("Ny mugg", "199.2")


def test_scenario_07_missing_article_holds_and_the_next_order_passes(a_world: Any) -> None:
    world = a_world(erp_options={"strict_articles": "true"}, unknown_article="hold")
    for number in ("FINNS", "FRAKT"):
        world.erp.ask("articles", {"sbmId": world.erp.sbm_id, "articleNo": number, "name": number})
    world.shop.put_order(order(1, [line("100.00", sku="SAKNAS")]))
    world.shop.put_order(order(2, [line("100.00", sku="FINNS")]))
    world.settle()
    assert world.state(1)[0] is State.HELD
    assert world.work(1).row.reason.facts["article"] == "SAKNAS"
    assert world.erp.orders("SE-1") == []
    world.erp.one("SE-2")
    world.erp.ask("articles", {"sbmId": world.erp.sbm_id, "articleNo": "SAKNAS", "name": "Nu finns den"})
    world.retry(1)
    world.erp.one("SE-1")


def test_scenario_08_company_is_found_by_number_and_the_other_card_is_untouched(world: World) -> None:
    other = world.erp.ask(
        "customers",
        {"sbmId": world.erp.sbm_id, "firstName": "Eva", "surName": "Ek", "emailAddress": "inkop@bolaget.se"},
    )
    company = world.erp.ask(
        "customers",
        {
            "sbmId": world.erp.sbm_id,
            "name": "Bolaget AB",
            "customerOrganizationalForm": "C",
            "orgNo": "556016-0680",
            "emailAddress": "gammal@bolaget.se",
        },
    )
    world.shop.put_order(
        order(
            1,
            [line("100.00")],
            billing={"company": "Bolaget AB", "email": "inkop@bolaget.se"},
            metas={"_billing_organisation_number": "556016-0680"},
        )
    )
    world.settle()
    assert world.erp.one("SE-1")["customerId"] == company["customerId"]
    cards = {card["customerId"]: card for card in world.erp.customers()}
    assert len(cards) == 2
    assert cards[other["customerId"]] == {**other, "changedAt": cards[other["customerId"]]["changedAt"]}


def test_scenario_09_second_order_to_a_new_address(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")], shipping_to={"city": "Göteborg", "postcode": "411 01"}))
    world.settle()
    world.shop.put_order(order(2, [line("100.00")], shipping_to={"city": "Umeå", "postcode": "903 26"}))
    world.settle()
    first, second = world.erp.one("SE-1"), world.erp.one("SE-2")
    assert first["customerId"] == second["customerId"]
    assert (first["delivery"]["city"], second["delivery"]["city"]) == ("Göteborg", "Umeå")
    assert first["delivery"]["zipCode"] == "411 01"


def test_scenario_09_old_attention_and_second_line_never_shine_through(world: World) -> None:
    world.shop.put_order(
        order(1, [line("100.00")], shipping_to={"address_2": "Port 4", "company": "Jobbet AB"})
    )
    world.settle()
    world.shop.put_order(order(2, [line("100.00")]))
    world.settle()
    assert world.erp.one("SE-1")["delivery"]["addressRow2"] == "Port 4"
    assert world.erp.one("SE-2")["delivery"]["addressRow2"] == ""
    assert world.erp.one("SE-2")["delivery"]["companyName"] == "Åsa Öberg"


def test_scenario_10_two_orders_of_one_customer_at_once(world: World) -> None:
    cities = ["Göteborg", "Umeå"]
    for number in range(1, 101):
        city = cities[number % 2]
        world.shop.put_order(order(number, [line("100.00")], shipping_to={"city": city}))
    world.take_in()
    # two workers at the same lane: the one that comes later takes it over, the other stops
    at_once(world.drain, world.drain)
    world.later()
    for number in range(1, 101):
        assert world.erp.one(f"SE-{number}")["delivery"]["city"] == cities[number % 2]
    assert len(world.erp.customers()) == 1
