"""The demo's judge must find faults: a judge that always nods proves nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

from brygga.app.commands.demo_check import Verdict, compare_orders, compare_products, expect

START = date(2026, 9, 1)


def an_order(number: str = "10", **changes: Any) -> dict[str, Any]:
    return {
        "id": int(number),
        "number": number,
        "status": "processing",
        "currency": "SEK",
        "date_created": "2026-10-01T10:00:00",
        "date_created_gmt": f"2026-10-01T08:{int(number) % 60:02}:00",
        "date_paid": "2026-10-01T10:00:00",
        "total": "125.00",
        "payment_method": "swish",
        "transaction_id": f"T{number}",
        "customer_id": 0,
        "billing": {"email": f"{number}@example.se", "company": ""},
        "meta_data": [],
        "refunds": [],
        "tax_lines": [{"rate_id": 1, "rate_percent": 25}],
        "line_items": [{"id": 1, "sku": "A", "quantity": 1, "taxes": [{"id": 1, "total": "25.00"}]}],
        "shipping_lines": [],
        "fee_lines": [],
        **changes,
    }


def an_erp_order(number: str = "10", total: str = "125.00", vat: str = "25.00") -> dict[str, Any]:
    return {"externalOrderNo": f"W-{number}", "total": total, "vatSums": [{"percent": 25, "vat": vat}]}


def judge(orders: list[Any], erp: list[Any], held: dict[str, str] | None = None) -> Verdict:
    verdict = Verdict()
    compare_orders(expect(orders, START), erp, held or {}, "W-", verdict)
    return verdict


def test_an_order_that_arrived_whole_is_fine():
    verdict = judge([an_order()], [an_erp_order()])
    assert (verdict.eligible, verdict.transferred, verdict.faults) == (1, 1, [])
    assert verdict.as_data(1.0)["sums_equal"] is True
    assert verdict.vat == {Decimal(25): (Decimal("25.00"), Decimal("25.00"))}


def test_a_missing_doubled_unasked_or_wrong_order_is_a_fault():
    assert judge([an_order()], []).faults
    doubled = judge([an_order()], [an_erp_order(), an_erp_order()])
    assert doubled.doubled == 1
    assert judge([an_order()], [an_erp_order(), an_erp_order("11")]).faults
    wrong = judge([an_order()], [an_erp_order(total="125.01")])
    assert wrong.faults
    assert wrong.as_data(1.0)["sums_equal"] is False
    assert judge([an_order()], [an_erp_order(vat="24.00")]).faults


def test_a_held_order_needs_a_reason_that_the_shop_s_own_data_gives():
    assert judge([an_order()], [], {"10": "because"}).faults
    klarna = an_order(payment_method="kco", transaction_id="")
    assert judge([klarna], [], {"10": "no reference"}).faults == []
    assert judge([klarna], [an_erp_order()]).faults


def test_what_is_not_to_be_sent_counts_as_left_out():
    for changes in (
        {"status": "pending"},
        {"date_created": "2026-08-31T23:59:00"},
        {
            "refunds": [
                {"amount": "125.00", "line_items": [{"id": 9, "quantity": -1, "taxes": [], "meta_data": []}]}
            ]
        },
    ):
        verdict = judge([an_order(**changes)], [])
        assert (verdict.eligible, sum(verdict.left.values()), verdict.faults) == (0, 1, [])


def test_refunds_are_taken_off_totals_and_vat():
    back = {
        "amount": "50.00",
        "line_items": [{"id": 9, "quantity": 0, "taxes": [{"id": 1, "total": "-10.00"}], "meta_data": []}],
    }
    verdict = judge([an_order(refunds=[back])], [an_erp_order(total="75.00", vat="15.00")])
    assert verdict.faults == []


def test_the_second_of_two_alike_orders_must_wait():
    same = {"billing": {"email": "a@example.se", "company": ""}, "transaction_id": "T"}
    orders = [an_order("10", **same), an_order("11", **same)]
    assert judge(orders, [an_erp_order("10")], {"11": "twin"}).faults == []
    assert judge(orders, [an_erp_order("10"), an_erp_order("11")]).faults


def test_products_arrive_whole_or_not_at_all():
    variations = [{"sku": "A-1", "status": "publish"}, {"sku": "A-2", "status": "publish"}]
    tree = {"name": "A", "type": "variable", "status": "publish", "sku": "A", "variations": variations}
    verdict = Verdict()
    compare_products([tree], [{"articleNo": "A-1"}], verdict)
    assert (verdict.products_eligible, verdict.products_transferred) == (1, 0)
    assert verdict.faults
    whole = Verdict()
    compare_products([tree], [{"articleNo": "A-1"}, {"articleNo": "A-2"}], whole)
    assert whole.complete
    drafts = Verdict()
    compare_products([{**tree, "status": "draft"}, {**tree, "type": "grouped"}], [], drafts)
    assert drafts.products_eligible == 0
