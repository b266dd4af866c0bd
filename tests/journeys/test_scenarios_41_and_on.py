"""Acceptance scenarios 41 and on that orders and products from shop to ERP can meet."""

from decimal import Decimal
from typing import Any

import pytest

from brygga.app.services import works
from brygga.app.store.models import RawMessage, Work
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.aftermath import one
from tests.journeys.shop_json import fee, line, order, product
from tests.journeys.world import World

KLARNA = {"payment_method": "klarna_payments", "payment_method_title": "Klarna", "transaction_id": ""}
COMPANY = {"company": "Bolaget AB"}


def test_scenario_41_bank_transfer_waits_on_hold_until_it_is_paid(world: World) -> None:
    bank = {"payment_method": "bacs", "payment_method_title": "Banköverföring", "status": "on-hold"}
    world.shop.put_order(order(1, [line("100.00")], **bank))
    world.settle()
    assert world.state(1) == (State.IGNORED, "order.status_waits")
    world.shop.rest("PUT", "orders/1", {"status": "processing"})
    world.settle()
    made = world.erp.one("SE-1")
    assert (made["payTypeIdentifier"], made["isPrepayment"]) == ("PP", True)


def test_scenario_41_chosen_methods_are_sent_on_hold(a_world: Any) -> None:
    world = a_world(on_hold_methods=["bacs"])
    world.shop.put_order(order(1, [line("100.00")], payment_method="bacs", status="on-hold"))
    world.shop.put_order(order(2, [line("100.00")], status="on-hold"))
    world.settle()
    assert [made["externalOrderNo"] for made in world.erp.orders()] == ["SE-1"]


def test_scenario_42_virtual_goods_straight_to_completed(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")], status="completed"))
    world.settle()
    world.erp.one("SE-1")


def test_scenario_43_zero_order_is_sent_or_skipped(a_world: Any) -> None:
    for skip in (False, True):
        world = a_world(skip_zero_orders=skip)
        world.shop.put_order(order(1, [line("0.00", before="249.00")]))
        world.settle()
        assert len(world.erp.orders()) == (0 if skip else 1)
        assert world.state(1)[0] is (State.IGNORED if skip else State.DONE)


def test_scenario_44_half_ore_trap(world: World) -> None:
    table = [
        ("249.00", 25, 1),
        ("59.70", 12, 3),
        ("53.73", 6, 3),
        ("999.00", 25, 7),
        ("100.00", 25, 3),
        ("0.99", 25, 100),
        ("1249.50", 12, 1000),
    ]
    for number, (gross, rate, quantity) in enumerate(table, start=1):
        world.shop.put_order(order(number, [line(gross, rate, quantity)]))
    world.settle()
    for number, (gross, _, _) in enumerate(table, start=1):
        assert world.erp.one(f"SE-{number}")["total"] == gross
    rounding = {
        n: [r["gross"] for r in world.erp.one(f"SE-{n}")["rows"] if r["articleNo"] == "ORESAVR"]
        for n in range(1, 8)
    }
    assert rounding == {1: [], 2: [], 3: [], 4: [], 5: [], 6: ["-0.01"], 7: ["-0.42"]}


def test_scenario_45_difference_too_large_names_what_is_missing(world: World) -> None:
    world.shop.put_order(order(1, [line("500.00")], total="463.00"))
    world.settle()
    assert world.state(1) == (State.HELD, "order.total_unexplained")
    facts = world.work(1).row.reason.facts
    assert (facts["shop"], facts["erp"], facts["missing"]) == ("463.00", "500.00", "-37.00")
    assert world.erp.orders() == []


def test_scenario_46_finnish_vat(a_world: Any) -> None:
    finnish = {"country": "FI", "city": "Helsinki", "postcode": "00100"}
    for mode in ("hold", "vat_row"):
        world = a_world(odd_percent=mode)
        world.shop.put_order(order(1, [line("125.50", Decimal("25.5"), sku="A")], billing=finnish))
        world.settle()
        if mode == "hold":
            assert world.state(1) == (State.HELD, "order.odd_percent")
        else:
            assert world.erp.one("SE-1")["total"] == "125.50"


def test_scenario_47_food_keeps_the_rate_of_its_order(world: World) -> None:
    world.shop.put_order(order(1, [line("112.00", 12, sku="OST")], created="2026-03-31T20:00:00"))
    world.shop.put_order(order(2, [line("106.00", 6, sku="OST")], created="2026-04-01T08:00:00"))
    world.settle()
    assert world.erp.one("SE-1")["rows"][0]["vatPercent"] == 12
    assert world.erp.one("SE-2")["rows"][0]["vatPercent"] == 6
    assert "order.odd_rate" not in world.warnings(1) + world.warnings(2)


@pytest.mark.parametrize(
    ("created", "day"),
    [
        ("2026-06-30T22:30:00", "2026-07-01"),  # scenario 48: half past midnight in summer
        ("2026-12-31T23:30:00", "2027-01-01"),  # and in winter
        ("2026-08-31T21:59:00", "2026-08-31"),  # scenario 84: a minute before and after month's end
        ("2026-08-31T22:01:00", "2026-09-01"),
        ("2026-10-25T00:30:00", "2026-10-25"),  # scenario 40: 02:30 for the first time
        ("2026-10-25T01:30:00", "2026-10-25"),  # and for the second
        ("2026-03-29T00:59:00", "2026-03-29"),  # around the hour that does not exist
        ("2026-03-28T22:59:00", "2026-03-28"),
    ],
)
def test_scenario_48_and_84_order_date_is_the_shops_own_day(world: World, created: str, day: str) -> None:
    world.shop.put_order(order(1, [line("100.00")], created=created))
    world.settle()
    assert world.erp.one("SE-1")["orderDate"] == day


def test_scenario_49_shipping_taxed_at_two_rates(world: World) -> None:
    two = {
        "id": 77,
        "method_id": "flat_rate",
        "instance_id": "1",
        "method_title": "Frakt",
        "total": "39.20",
        "total_tax": "6.08",
        "taxes": [{"id": 1, "total": "4.90", "subtotal": ""}, {"id": 3, "total": "1.18", "subtotal": ""}],
        "meta_data": [],
    }
    world.shop.put_order(order(1, [line("100.00"), line("50.00", 6, sku="B")], shipping_lines=[two]))
    world.settle()
    made = world.erp.one("SE-1")
    assert [row["vatPercent"] for row in made["rows"] if row["articleNo"] == "FRAKT"] == [25, 6]
    assert made["total"] == world.shop.order(1)["total"]


def test_scenario_50_reference_that_comes_a_little_later(a_world: Any) -> None:
    world = a_world(reference_required=["klarna_payments"])
    world.shop.put_order(order(1, [line("100.00")], **KLARNA))
    world.settle()
    assert world.state(1) == (State.WAITING, "order.reference_awaited")
    assert world.erp.orders() == []
    world.shop.rest("PUT", "orders/1", {"meta_data": [{"key": "_wc_klarna_order_id", "value": "kl-4"}]})
    world.later()
    assert world.erp.one("SE-1")["payTypeReference"] == "kl-4"


def test_scenario_50_reference_that_never_comes_is_held_after_three_tries(a_world: Any) -> None:
    world = a_world(reference_required=["klarna_payments"])
    world.shop.put_order(order(1, [line("100.00")], **KLARNA))
    world.settle()
    for _ in range(3):
        world.later()
    assert world.state(1) == (State.HELD, "order.reference_missing")
    assert world.erp.orders() == []


def test_scenario_51_unknown_payment_method(a_world: Any) -> None:
    for choice in ("warn", "hold"):
        world = a_world(unknown_payment=choice)
        world.shop.put_order(
            order(1, [line("100.00")], payment_method="nyapay", payment_method_title="NyaPay")
        )
        world.settle()
        if choice == "warn":
            assert world.erp.one("SE-1")["payTypeIdentifier"] == ""
            assert "order.payment_without_code" in world.warnings(1)
        else:
            assert world.state(1) == (State.HELD, "order.unknown_payment")


def test_scenario_60_edited_after_the_transfer(world: World) -> None:
    world.shop.put_order(order(1, [line("498.00", 25, 2, sku="A")]))
    world.settle()
    edited = order(1, [line("249.00", 25, 1, sku="A")])
    edited["date_modified_gmt"] = "2027-01-01T10:00:00"
    world.shop.put_order(edited)
    with scope(world.tenant.pk):
        works.ask(world.flow, Kind.ORDER, "1", who="Alice")
    world.drain()
    assert one(world, "order.edited_after").facts["difference"] == "-249.00"
    assert world.erp.one("SE-1")["total"] == "498.00"


def test_scenario_61_twins_of_one_checkout(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")], created="2026-06-15T09:30:00"))
    world.shop.put_order(
        order(2, [line("100.00")], created="2026-06-15T09:31:00", transaction_id="", date_paid_gmt=None)
    )
    world.settle()
    world.erp.one("SE-1")
    assert world.state(2) == (State.HELD, "order.twin")
    assert world.work(2).row.reason.facts["twin"] == "1"
    with scope(world.tenant.pk):
        works.release(world.work(2).row.id, who="Alice", why="två köp")
    world.drain()
    world.erp.one("SE-2")


def test_scenario_61_two_real_purchases_are_no_twins(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")]))
    world.shop.put_order(order(2, [line("100.00")]))
    world.settle()
    assert len(world.erp.orders()) == 2


def test_scenario_62_company_without_number_is_held_until_it_is_typed_in(a_world: Any) -> None:
    world = a_world(company_needs_number=True)
    world.shop.put_order(order(1, [line("100.00")], billing=COMPANY))
    world.settle()
    assert world.state(1) == (State.HELD, "customer.company_without_number")
    with scope(world.tenant.pk):
        works.edit(world.work(1).row.id, {"organisation_no": "556016-0680"}, who="Alice", why="ringde")
    world.drain()
    world.erp.one("SE-1")
    (card,) = world.erp.customers()
    assert card["orgNo"].replace("-", "") == "5560160680"
    assert any(
        entry.step == "by_hand" and "Alice" in entry.message.facts.values() for entry in world.work(1).journal
    )


@pytest.mark.parametrize("choice", ["leave_out", "hold"])
def test_scenario_63_number_with_check_digit_fault(a_world: Any, choice: str) -> None:
    world = a_world(bad_number=choice)
    world.shop.put_order(
        order(1, [line("100.00")], billing=COMPANY, metas={"_billing_organisation_number": "556016-0681"})
    )
    world.settle()
    if choice == "leave_out":
        world.erp.one("SE-1")
        assert world.erp.customers()[0]["orgNo"] == ""
        assert "customer.bad_number_left_out" in world.warnings(1)
    else:
        assert world.state(1) == (State.HELD, "customer.bad_number")


def test_scenario_64_two_companies_with_one_email(world: World) -> None:
    for number, org in ((1, "556016-0680"), (2, "556677-8899")):
        world.shop.put_order(
            order(
                number,
                [line("100.00")],
                billing={"company": f"Bolag {number} AB"},
                metas={"_billing_organisation_number": org},
            )
        )
    world.settle()
    assert {card["orgNo"].replace("-", "") for card in world.erp.customers()} == {"5560160680", "5566778899"}
    assert world.erp.one("SE-1")["customerId"] != world.erp.one("SE-2")["customerId"]


def test_scenario_66_set_article_is_sent_alone_and_stock_falls_once(world: World) -> None:
    for number, stock in (("A", "10"), ("B", "20")):
        world.erp.ask(
            "articles", {"sbmId": world.erp.sbm_id, "articleNo": number, "name": number, "stock": stock}
        )
    world.erp.ask(
        "articles",
        {"sbmId": world.erp.sbm_id, "articleNo": "SET", "name": "Set", "parts": {"A": "1", "B": "2"}},
    )
    world.change(bundles="parent_only")
    children = [
        line("0.00", sku=sku, meta_data=[{"id": 1, "key": "_bundled_by", "value": "k1"}])
        for sku in ("A", "B")
    ]
    parent = line("300.00", sku="SET", meta_data=[{"id": 2, "key": "_bundle_cart_key", "value": "k1"}])
    world.shop.put_order(order(1, [parent, *children]))
    world.settle()
    assert [row["articleNo"] for row in world.erp.one("SE-1")["rows"]] == ["SET"]
    stock = {number: world.erp.articles()[number] for number in ("A", "B")}
    assert {n: Decimal(a["reserved"]["1"]) for n, a in stock.items()} == {"A": Decimal(1), "B": Decimal(2)}


@pytest.mark.parametrize("mode", ["parent_priced", "parent_only", "children_only"])
def test_scenario_67_bundle_is_worth_300_in_each_mode(a_world: Any, mode: str) -> None:
    world = a_world(bundles=mode)
    children = [
        line("0.00", sku=sku, meta_data=[{"id": 1, "key": "_bundled_by", "value": "k1"}]) for sku in "ABC"
    ]
    parent = line("300.00", sku="SET", meta_data=[{"id": 2, "key": "_bundle_cart_key", "value": "k1"}])
    world.shop.put_order(order(1, [parent, *children]))
    world.settle()
    assert world.erp.one("SE-1")["total"] == "300.00"


def test_scenario_71_suspect_numbers_are_reported_not_joined(world: World) -> None:
    world.shop.put_product(product(1, "AB-1", "Mugg"))
    world.shop.put_product(product(2, "ab-1", "Kopp"))
    world.settle(Kind.PRODUCT)
    assert list(world.erp.articles()) == ["AB-1"]
    assert world.state(2, Kind.PRODUCT) == (State.HELD, "product.suspect_sku")
    assert world.work(2, Kind.PRODUCT).row.reason.facts["other"] == "AB-1"


def test_scenario_80_retry_all_of_one_cause(a_world: Any) -> None:
    world = a_world(article_fee="")
    for number in range(1, 13):
        fees = [fee("Fakturaavgift", "23.20", (25, "5.80"))]
        world.shop.put_order(order(number, [line("100.00")], fees=fees))
    world.settle()
    assert {world.state(number)[1] for number in range(1, 13)} == {"order.no_article"}
    world.change(article_fee="AVGIFT")
    assert world.retry(reason="order.no_article") == 12
    assert sorted(made["externalOrderNo"] for made in world.erp.orders()) == sorted(
        f"SE-{n}" for n in range(1, 13)
    )


def test_scenario_82_everything_seen_has_an_outcome_with_a_reason(world: World) -> None:
    statuses = ["processing", "pending", "failed", "cancelled", "completed", "trash", "on-hold", "refunded"]
    for number in range(1, 81):
        total = None if number % 7 else "1.00"
        world.shop.put_order(order(number, [line("100.00")], status=statuses[number % 8], total=total))
    world.settle()
    with scope(world.tenant.pk):
        rows = list(Work.objects.values_list("state", "reason_code"))
    assert len(rows) == 80
    assert all(state in {"done", "held", "ignored"} and reason for state, reason in rows)
    assert len(world.erp.orders()) == sum(state == "done" for state, _ in rows)


def test_scenario_83_a_night_of_outage_drains_in_the_shops_order(world: World) -> None:
    for number in range(60, 0, -1):
        world.shop.put_order(order(number, [line("100.00")], created=f"2026-06-15T09:{number - 1:02}:00"))
    world.settle()
    numbers = [world.erp.one(f"SE-{number}")["orderNo"] for number in range(1, 61)]
    assert numbers == sorted(numbers)


def test_fault_22_no_personal_data_in_what_is_stored_in_the_clear(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")], metas={"_billing_organisation_number": "121212-1212"}))
    world.settle()
    with scope(world.tenant.pk):
        bodies = b"".join(bytes(raw.body) for raw in RawMessage.objects.all())
    assert bodies
    for secret in (b"asa@example.se", "Öberg".encode(), b"1212121212", world.shop.secret.encode()):
        assert secret not in bodies
    told = " ".join(str(entry.message) + str(entry.data) for entry in world.work(1).journal)
    assert "asa@example.se" not in told
    assert "121212" not in told


def test_fault_67_an_order_of_500_rows(world: World) -> None:
    rows = [
        line("10.00", sku=f"A-{n}", name=f"Sak {n} med ett ganska långt namn som ingen läser till slutet" * 3)
        for n in range(500)
    ]
    world.shop.put_order(order(1, rows))
    world.settle()
    made = world.erp.one("SE-1")
    assert (len(made["rows"]), made["total"]) == (500, "5000.00")


def test_scenario_65_an_erased_buyer_is_forgotten_and_the_links_remain(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")]))
    world.settle()
    with scope(world.tenant.pk):
        assert RawMessage.objects.exists()
    erased = {
        "first_name": "[deleted]",
        "last_name": "[deleted]",
        "email": "deleted@site.invalid",
        "city": "[deleted]",
    }
    world.shop.rest(
        "PUT", "orders/1", {"billing": erased, "meta_data": [{"key": "_anonymized", "value": "yes"}]}
    )
    with scope(world.tenant.pk):
        works.ask(world.flow, Kind.ORDER, "1", who="Alice")
    world.drain()
    assert world.state(1) == (State.DONE, "order.erased_after")
    with scope(world.tenant.pk):
        left = [
            raw for raw in world.work(1).journal if raw.exchange and b"asa@example.se" in raw.exchange.answer
        ]
    assert left == []
    made = world.erp.one("SE-1")
    assert made["customerName"] == "Åsa Öberg"
    assert world.work(1).row.target_key == str(made["orderNo"])
    assert world.work(1).links == [("1", str(made["orderNo"]))]


def test_scenario_65_an_erased_order_is_never_sent(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")], billing={"email": "deleted@site.invalid"}))
    world.settle()
    assert world.state(1) == (State.IGNORED, "order.erased")
    assert world.erp.orders() == []


def test_scenario_73_translations_of_one_product_are_one_article(world: World) -> None:
    world.shop.put_product(product(1, "MUGG-1", "Mugg", lang="sv"))
    world.shop.put_product(product(2, "MUGG-1", "Mug", lang="en", translation_of="1"))
    world.settle(Kind.PRODUCT)
    assert world.erp.articles()["MUGG-1"]["name"] == "Mugg"
    assert world.state(2, Kind.PRODUCT) == (State.IGNORED, "product.translation")
