"""Acceptance scenarios 11-20: money, VAT and papers are right to the öre."""

from decimal import Decimal
from typing import Any

import pytest

from brygga.domain.errors import SetupWrong
from brygga.domain.outcome import State
from tests.journeys.aftermath import asked, codes
from tests.journeys.shop_json import fee, line, order, product, shipping
from tests.journeys.world import World

NO_RATE: dict[str, Any] = {"taxes": [], "total_tax": "0.00", "subtotal_tax": "0.00"}


def equal_sums(world: World, number: int, rates: dict[int, str] | None = None) -> dict[str, Any]:
    """Assert that the ERP's order has the shop's total, and the VAT per rate if given."""
    made = world.erp.one(f"SE-{number}")
    assert Decimal(made["total"]) == Decimal(world.shop.order(number)["total"])
    if rates is not None:
        assert {row["percent"]: row["vat"] for row in made["vatSums"] if Decimal(row["gross"])} == rates
    return made


def coupon(code: str, discount: str, tax: str) -> dict[str, Any]:
    return {"id": 9, "code": code, "discount": discount, "discount_tax": tax, "meta_data": []}


@pytest.mark.parametrize("mode", ["net", "rows"])
def test_scenario_11_coupons_free_shipping_and_everything_off(a_world: Any, mode: str) -> None:
    world = a_world(discounts=mode)
    percent = [line("199.20", 25, 2, before="249.00", sku="A"), line("80.00", 12, before="100.00", sku="B")]
    fixed = [line("219.00", 25, before="249.00", sku="A"), line("70.00", 6, before="80.00", sku="C")]
    world.shop.put_order(order(1, percent, coupon_lines=[coupon("sommar20", "57.70", "12.10")]))
    world.shop.put_order(order(2, fixed, coupon_lines=[coupon("minus40", "33.43", "6.57")]))
    world.shop.put_order(order(3, [line("500.00", sku="A")], shipping_lines=[shipping("0.00")]))
    world.shop.put_order(
        order(4, [line("0.00", before="249.00", sku="A")], coupon_lines=[coupon("gratis", "199.20", "49.80")])
    )
    world.settle()
    equal_sums(world, 1, {25: "39.84", 12: "8.57"})
    equal_sums(world, 2, {25: "43.80", 6: "3.96"})
    assert [row["articleNo"] for row in equal_sums(world, 3)["rows"]] == ["A"]
    assert equal_sums(world, 4)["rows"][0]["quantity"] == "1"


def test_scenario_12_negative_fee_on_mixed_vat(world: World) -> None:
    world.shop.put_order(
        order(
            1,
            [line("200.00", 25, sku="A"), line("500.00", 12, sku="B")],
            fees=[fee("Kampanj", "-40.00", (12, "-4.32"), (25, "-1.00"))],
        )
    )
    world.settle()
    made = equal_sums(world, 1)
    discounts = {
        row["vatPercent"]: row["priceExclVat"] for row in made["rows"] if row["articleNo"] == "RABATT"
    }
    assert discounts == {12: "-36", 25: "-4"}


def test_scenario_13_prices_without_vat_and_subtotal_rounding(world: World) -> None:
    rows = []
    for place in range(3):
        row = line("33.33", 25, 3, sku=f"A{place}")
        # 26.664 net and 6.666 VAT: shown rounded on the row, added up unrounded
        row.update(subtotal="26.66", total="26.66", subtotal_tax="6.67", total_tax="6.67")
        row["taxes"] = [{"id": 1, "total": "6.666", "subtotal": "6.666"}]
        rows.append(row)
    world.shop.put_order(order(1, rows, total="99.98", prices_include_tax=False))
    world.settle()
    made = equal_sums(world, 1)
    rounding = [row for row in made["rows"] if row["articleNo"] == "ORESAVR"]
    assert len(rounding) <= 1
    assert all(abs(Decimal(row["gross"])) <= Decimal("0.06") for row in rounding)


def test_scenario_14_eur_order_from_germany(world: World) -> None:
    german = {"country": "DE", "city": "Berlin", "postcode": "10115"}
    world.shop.put_order(order(1, [line("119.00", 19, sku="A")], billing=german, currency="EUR"))
    world.settle()
    made = equal_sums(world, 1, {19: "19.00"})
    assert made["currency"] == "EUR"
    assert world.work(1).journal[0].message
    planned = next(entry for entry in world.work(1).journal if entry.step == "planned")
    assert planned.data["vat_type"] == "eu_consumer"
    assert "order.odd_rate" not in world.warnings(1)


def test_scenario_14_a_currency_that_is_not_open_holds(a_world: Any) -> None:
    world = a_world(erp_options={"currencies": "SEK"})
    world.shop.put_order(order(1, [line("119.00", 19, sku="A")], billing={"country": "DE"}, currency="EUR"))
    world.shop.put_order(order(2, [line("100.00", sku="A")]))
    world.settle()
    assert world.state(1)[0] is State.HELD
    assert "EUR" in world.work(1).row.reason.facts.values() or "currency" in world.state(1)[1]
    assert world.erp.orders("SE-1") == []
    world.erp.one("SE-2")


def test_scenario_15_eu_company_with_vat_number(world: World) -> None:
    danish = {"country": "DK", "company": "Dansk ApS", "city": "København", "postcode": "1050"}
    world.shop.put_order(
        order(1, [line("100.00", 0, sku="A")], billing=danish, metas={"_billing_vat_number": "dk 12345678"})
    )
    world.settle()
    made = equal_sums(world, 1)
    assert [row["vatPercent"] for row in made["rows"]] == [0]
    (card,) = world.erp.customers()
    assert (card["vatNo"], card["organizationalForm"], card["name"]) == ("DK12345678", "C", "Dansk ApS")
    planned = next(entry for entry in world.work(1).journal if entry.step == "planned")
    assert planned.data["vat_type"] == "eu_company"


def test_scenario_16_gift_card_pays_part(world: World) -> None:
    as_fee = order(1, [line("500.00", sku="A")], fees=[fee("Presentkort 77", "-200.00")])
    as_coupon = order(
        2, [line("500.00", sku="A")], total="300.00", coupon_lines=[coupon("kort-77", "200.00", "0.00")]
    )
    hidden = order(
        3, [line("500.00", sku="A")], total="300.00", gift_cards=[{"id": 1, "code": "77", "amount": 200}]
    )
    for each in (as_fee, as_coupon, hidden):
        world.shop.put_order(each)
    world.settle()
    for number in (1, 2, 3):
        made = equal_sums(world, number, {25: "100.00", 0: "0.00"})
        assert made["rows"][-1]["articleNo"] == "PRESENTKORT"
        assert (made["rows"][-1]["priceExclVat"], made["rows"][-1]["vatPercent"]) == ("-200", 0)


def test_scenario_17_emoji_swedish_and_polish_letters(world: World) -> None:
    world.shop.put_order(
        order(
            1,
            [line("100.00", sku="A", name="Mugg “Æther” – 5 €")],
            billing={"first_name": "Zofia", "last_name": "Łęcka-Öberg 🌸", "city": "Łódź"},
            customer_note="Ställ vid dörren 🌲… tack",
        )
    )
    world.settle()
    made = equal_sums(world, 1)
    assert made["customerName"] == "Zofia Lecka-Öberg"
    assert made["delivery"]["city"] == "Lodz"
    assert made["publishedComment"] == "Ställ vid dörren ... tack"
    assert made["rows"][0]["name"] == 'Mugg "Æther" - 5 EUR'
    assert "?" not in str(made)


def test_scenario_18_orders_that_are_never_sent_have_a_reason(a_world: Any) -> None:
    world = a_world(start_date="2026-06-01")
    world.shop.put_order(order(1, [line("100.00")], created="2026-05-31T21:59:00"))  # 23:59 in Stockholm
    world.shop.put_order(order(2, [line("100.00")], created="2026-05-31T22:01:00"))  # 00:01 on 1 June
    for number, status in (
        (3, "checkout-draft"),
        (4, "failed"),
        (5, "trash"),
        (6, "pending"),
        (7, "cancelled"),
    ):
        world.shop.put_order(order(number, [line("100.00")], status=status))
    world.settle()
    assert [made["externalOrderNo"] for made in world.erp.orders()] == ["SE-2"]
    assert world.state(1) == (State.IGNORED, "order.before_start")
    assert world.state(4) == (State.IGNORED, "order.status_waits")
    assert world.state(5) == (State.IGNORED, "order.never_sent")
    assert world.state(6) == (State.IGNORED, "order.status_waits")


def test_scenario_19_invoice_is_made_where_the_dialect_knows_how(a_world: Any) -> None:
    world = a_world(
        erp_options={"invoice_action": "newInvoiceSubmit"},
        dialect={"actions.new_invoice": "newInvoiceSubmit"},
        document_by_method={"invoice": "invoice"},
    )
    world.shop.put_order(order(1, [line("100.00")], payment_method="invoice", payment_method_title="Faktura"))
    world.shop.put_order(order(2, [line("100.00")]))
    world.settle()
    assert equal_sums(world, 1)["documentType"] == "invoice"
    assert equal_sums(world, 2)["documentType"] == "order"


def test_scenario_19_invoice_is_refused_before_it_can_be_saved(a_world: Any) -> None:
    with pytest.raises(SetupWrong) as wrong:
        a_world(document="invoice")
    assert wrong.value.for_merchant.code == "flow.no_invoices"


def refund(number: int, amount: str, *lines: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": number,
        "amount": amount,
        "reason": "Retur",
        "line_items": list(lines),
        "shipping_lines": [],
        "fee_lines": [],
    }


def back(line_id: int, quantity: int, total: str, tax: str) -> dict[str, Any]:
    return {
        "id": line_id + 50,
        "quantity": -quantity,
        "total": f"-{total}",
        "total_tax": f"-{tax}",
        "taxes": [{"id": 1, "total": f"-{tax}"}],
        "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": str(line_id)}],
    }


def test_scenario_20_refunds_before_the_transfer(world: World) -> None:
    partly = order(1, [line("498.00", 25, 2, sku="A")])
    partly["refunds"] = [{"id": 301, "reason": "Retur", "total": "-249.00"}]
    fully = order(2, [line("249.00", sku="A")])
    fully["refunds"] = [{"id": 302, "reason": "Retur", "total": "-249.00"}]
    vague = order(3, [line("249.00", sku="A")])
    vague["refunds"] = [{"id": 303, "reason": "Kulans", "total": "-50.00"}]
    for each in (partly, fully, vague):
        world.shop.put_order(each)
    world.shop.put_refund(1, refund(301, "249.00", back(100, 1, "199.20", "49.80")))
    world.shop.put_refund(2, refund(302, "249.00", back(200, 1, "199.20", "49.80")))
    world.shop.put_refund(3, refund(303, "50.00"))
    world.settle()
    made = world.erp.one("SE-1")
    assert (made["total"], made["rows"][0]["quantity"]) == ("249.00", "1")
    assert "249.00" in made["internalComment"]
    assert world.state(2) == (State.IGNORED, "order.fully_refunded")
    assert world.state(3) == (State.HELD, "order.refund_without_rows")
    assert len(world.erp.orders()) == 1


def test_scenario_20_refunds_after_the_transfer_ask_a_person(world: World) -> None:
    world.shop.put_product(product(10, "A"))
    world.shop.put_order(order(1, [line("498.00", 25, 2, sku="A", product_id=10)]))
    world.settle()
    for amount in ("100.00", "398.00"):
        world.shop.rest("POST", "orders/1/refunds", {"amount": amount, "api_refund": False})
    world.settle()
    assert codes(world) == ["order.refunded_after", "order.refunded_after"]
    assert {row.message.facts["amount"] for row in asked(world)} == {"100.00", "398.00"}
    assert world.erp.one("SE-1")["total"] == "498.00"
