"""What a Swedish bookkeeper would try an order with: odd refunds, bundles, vouchers, currencies, rates."""

from dataclasses import replace
from decimal import Decimal

import pytest

from brygga.connectors.contract.connector import Limits
from brygga.domain.document import Calculation, DocumentRow, RowKind
from brygga.domain.errors import RecordRejected
from brygga.domain.money import ZERO
from brygga.domain.order import GiftCard, Order, OrderLine, Refund, RefundLine, TaxShare
from brygga.domain.party import Buyer
from brygga.flows.orders import decide as deciding
from brygga.flows.orders.card import _shown
from brygga.flows.orders.charges import charges_of
from brygga.flows.orders.control import rows_of
from brygga.flows.orders.numbers import read_swedish_number
from brygga.flows.orders.refunds import net_of_refunds
from brygga.flows.ports import Card
from brygga.flows.settings import BundleMode, DiscountMode, FlowSettings, OddPercent
from tests.builders import a_fee, a_line, a_shipping, an_order

SETTINGS = {
    "article_shipping": "FRAKT",
    "article_fee": "AVGIFT",
    "article_discount": "RABATT",
    "article_gift_card": "PRESENTKORT",
    "article_rounding": "ORESAVR",
    "article_vat": "MOMS",
}
Made = tuple[tuple[DocumentRow, ...], Calculation]


def made(order: Order, limits: Limits | None = None, **settings: object) -> Made:
    chosen = FlowSettings(**{**SETTINGS, **settings})  # type: ignore[arg-type]
    return rows_of(order, charges_of(order, chosen), chosen, limits or Limits())


def refused(order: Order, **settings: object) -> str:
    with pytest.raises(RecordRejected) as stopped:
        made(order, **settings)
    return stopped.value.for_merchant.code


def back(line: OrderLine, quantity: str, gross: str) -> Refund:
    """A refund of some pieces of a row, with its VAT in proportion."""
    total = Decimal(gross)
    percent = line.taxes[0].percent
    vat = (total * percent / (100 + percent)).quantize(Decimal("0.01"))
    share = TaxShare(percent, vat, vat)
    return Refund(
        f"r{quantity}{gross}",
        total,
        lines=(RefundLine(line.id, Decimal(quantity), total - vat, vat, (share,)),),
    )


def after(order: Order, *refunds: Refund) -> Order:
    return net_of_refunds(replace(order, refunds=refunds))


# ---------------------------------------------------------------- nothing to send


def test_an_order_without_rows_is_held_and_never_reaches_the_erp() -> None:
    assert refused(an_order()) == "order.no_rows"


# ---------------------------------------------------------------- refunds before the transfer


def test_pieces_that_all_came_back_are_never_picked_for_the_money_that_was_kept() -> None:
    line = a_line("200.00", 25, 2)
    with pytest.raises(RecordRejected) as stopped:
        after(an_order(line, a_line("50.00", id="2")), back(line, "2", "150.00"))
    assert stopped.value.for_merchant.code == "order.returned_but_paid"
    assert stopped.value.for_merchant.facts["amount"] == "50.00"


def test_more_refunded_than_sold_is_held_rather_than_sent_as_a_negative_row() -> None:
    line = a_line("200.00", 25, 2)
    with pytest.raises(RecordRejected) as stopped:
        after(an_order(line, a_line("500.00", id="2")), back(line, "3", "300.00"))
    assert stopped.value.for_merchant.code == "order.returned_but_paid"


def test_more_pieces_refunded_than_sold_for_their_money_is_a_whole_return() -> None:
    line = a_line("200.00", 25, 2)
    rows, sums = made(after(an_order(line, a_line("500.00", id="2")), back(line, "3", "200.00")))
    assert [str(row.shop_gross) for row in rows] == ["500.00"]
    assert sums.rounding == ZERO


def test_an_ore_left_by_refunds_one_by_one_becomes_a_rounding_row() -> None:
    line = a_line("100.00", 25, 3)
    each = [back(line, "1", "33.33") for _ in range(3)]
    rows, sums = made(after(an_order(line, a_line("500.00", id="2")), *each))
    assert [row.kind for row in rows] == [RowKind.PRODUCT, RowKind.ROUNDING]
    assert (sums.erp_total, sums.rounding) == (Decimal("500.01"), Decimal("0.01"))


def test_a_free_order_is_not_called_refunded_because_nothing_was_paid_back() -> None:
    free = an_order(a_line("0.00", 25, 2, before="498.00"), refunds=(Refund("9", ZERO),))
    assert deciding.whole_refund(free) is False
    line = free.lines[0]
    zero = RefundLine(line.id, Decimal(2), ZERO, ZERO)
    assert deciding.whole_refund(an_order(line, refunds=(Refund("9", ZERO, lines=(zero,)),))) is True
    assert deciding.whole_refund(an_order(a_line("10.00"), refunds=(Refund("9", Decimal("10.00")),))) is True
    assert deciding.whole_refund(an_order(a_line("10.00"))) is False


# ---------------------------------------------------------------- bundles


def bundle(*children: OrderLine) -> Order:
    return an_order(a_line("300.00", sku="SET"), *children)


def test_children_whose_list_prices_cancel_out_share_by_quantity() -> None:
    order = bundle(
        a_line("0.00", id="2", sku="A", bundle_parent="1", subtotal=Decimal(100)),
        a_line("0.00", id="3", sku="B", bundle_parent="1", subtotal=Decimal(-100)),
    )
    rows, sums = made(order, bundles=BundleMode.CHILDREN_ONLY)
    assert [str(row.shop_gross) for row in rows] == ["150.00", "150.00"]
    assert sums.erp_total == order.total


def test_a_choice_that_was_not_taken_carries_no_money() -> None:
    order = bundle(
        a_line("0.00", quantity=0, id="2", sku="A", bundle_parent="1"),
        a_line("0.00", quantity=2, id="3", sku="B", bundle_parent="1"),
    )
    rows, _ = made(order, bundles=BundleMode.CHILDREN_ONLY)
    assert [(row.article_no, str(row.shop_gross)) for row in rows] == [("B", "300.00")]


def test_a_bundle_of_which_no_part_was_taken_is_sent_as_its_parent() -> None:
    order = bundle(a_line("0.00", quantity=0, id="2", sku="A", bundle_parent="1"))
    rows, sums = made(order, bundles=BundleMode.CHILDREN_ONLY)
    assert [row.article_no for row in rows] == ["SET"]
    assert sums.erp_total == Decimal("300.00")


@pytest.mark.parametrize("mode", list(BundleMode))
def test_a_bundle_inside_a_bundle_is_worth_the_same_in_every_mode(mode: BundleMode) -> None:
    order = bundle(
        a_line("40.00", id="2", sku="BOX", bundle_parent="1"),
        a_line("5.00", id="3", sku="A", bundle_parent="2"),
        a_line("5.00", id="4", sku="B", bundle_parent="2"),
    )
    rows, sums = made(order, bundles=mode)
    assert sums.erp_total == order.total == Decimal("350.00")
    skus = {
        BundleMode.PARENT_PRICED: ["SET", "BOX", "A", "B"],
        BundleMode.PARENT_ONLY: ["SET"],
        BundleMode.CHILDREN_ONLY: ["BOX", "A", "B"],
    }
    assert [row.article_no for row in rows] == skus[mode]


@pytest.mark.parametrize("mode", list(BundleMode))
def test_bundles_that_name_each_other_are_rows_of_their_own(mode: BundleMode) -> None:
    order = an_order(
        a_line("30.00", sku="A", bundle_parent="2"), a_line("20.00", id="2", sku="B", bundle_parent="1")
    )
    assert made(order, bundles=mode)[1].erp_total == Decimal("50.00")


# ---------------------------------------------------------------- vouchers, rates, currencies


def test_a_gift_card_and_rounding_at_the_end_do_not_hide_each_other() -> None:
    order = an_order(
        a_line("300.00"),
        a_line("200.00", 12, id="2"),
        total=Decimal("299.99"),
        gift_cards=(GiftCard("ABC", Decimal(200)),),
    )
    rows, sums = made(order)
    assert [row.kind for row in rows[2:]] == [RowKind.GIFT_CARD, RowKind.ROUNDING]
    assert (sums.erp_total, sums.rounding) == (Decimal("299.99"), Decimal("-0.01"))


def test_a_free_row_at_an_odd_percent_needs_no_row_for_its_vat() -> None:
    free = a_line("0.00", Decimal("25.5"), id="2", sku="PROV", taxes=(TaxShare(Decimal("25.5"), ZERO, ZERO),))
    rows, _ = made(an_order(a_line("125.50", Decimal("25.5")), free), odd_percent=OddPercent.VAT_ROW)
    assert [row.article_no for row in rows] == ["MUGG-1", "MOMS", "PROV"]


def test_yen_are_counted_with_the_decimals_the_erp_has() -> None:
    line = a_line("999", 25, 40, total=Decimal(799), total_tax=Decimal(200), subtotal=Decimal(799), subtotal_tax=Decimal(200),
                  taxes=(TaxShare(Decimal(25), Decimal(200), Decimal(200)),))  # fmt: skip
    rows, sums = made(an_order(line, currency="JPY"))
    assert rows[0].unit_price == Decimal("19.980")
    assert sums.erp_total == Decimal(999)
    assert sum((row.unit_price * row.quantity * (100 + row.vat_percent) / 100 for row in rows), ZERO) == 999


def test_dinars_that_the_erp_can_not_hold_are_held_with_both_sums() -> None:
    line = a_line("1.234", 0, total=Decimal("1.234"), total_tax=ZERO, taxes=())
    assert refused(an_order(line, currency="KWD")) in ("order.sums_differ", "order.erp_rounds")
    whole = a_line("1.230", 0, total=Decimal("1.230"), total_tax=ZERO, taxes=())
    assert made(an_order(whole, currency="KWD"))[1].erp_total == Decimal("1.23")


# ---------------------------------------------------------------- whose card it is


@pytest.mark.parametrize(
    ("buyer", "number", "shown"),
    [
        (Buyer.COMPANY, "5560160680", "556016-0680"),
        (Buyer.COMPANY, "1212121212", "XXXXXX-XXXX"),  # a sole trader
        (Buyer.COMPANY, "HRB 99 X", "HRB 99 X"),
        (Buyer.PRIVATE, "191212121212", "XXXXXX-XXXX"),
        (Buyer.COMPANY, "", ""),
    ],
)
def test_a_number_is_shown_unless_it_is_a_persons(buyer: Buyer, number: str, shown: str) -> None:
    assert _shown(Card("1001", buyer, number)) == shown


def test_an_organisation_number_in_the_digits_of_another_script_is_the_same_number() -> None:
    for written in ("٥٥٦٠١٦-٠٦٨٠", "５５６０１６０６８０", "556016-0680"):
        assert read_swedish_number(written).digits == "5560160680"


# ---------------------------------------------------------------- what already held


@pytest.mark.parametrize("mode", list(DiscountMode))
def test_a_percent_coupon_on_mixed_vat_rounded_at_the_end(mode: DiscountMode) -> None:
    goods = [
        a_line("0.00", percent, 3, id=str(n), subtotal=Decimal(net), subtotal_tax=Decimal(vat), total=Decimal(off), total_tax=Decimal(off_vat),
               taxes=(TaxShare(Decimal(percent), Decimal(exact), Decimal(exact_before)),))
        for n, (percent, net, vat, off, off_vat, exact, exact_before) in enumerate(
            [(25, "33.33", "8.33", "28.33", "7.08", "7.082625", "8.3325"), (12, "17.77", "2.13", "15.10", "1.81", "1.812540", "2.1324"),
             (6, "99.99", "6.00", "84.99", "5.10", "5.099490", "5.9994")], 1)
    ]  # fmt: skip
    total = sum((line.total + line.total_tax for line in goods), ZERO)
    for nudge in ("-0.02", "0.00", "0.02"):
        order = an_order(*goods, total=total + Decimal(nudge))
        assert made(order, discounts=mode)[1].erp_total == order.total


def test_freight_follows_goods_at_12_percent() -> None:
    rows, _ = made(an_order(a_line("100.00", 12), shipping_lines=[a_shipping("49.00", 12)]))
    assert [row.vat_percent for row in rows] == [12, 12]


def test_vat_that_was_not_paid_back_stops_the_order() -> None:
    line = a_line("125.00")
    without = Refund("1", Decimal("40.00"), lines=(RefundLine(line.id, ZERO, Decimal("40.00"), ZERO),))
    assert refused(after(an_order(line), without)) == "order.vat_differs"


def test_vat_at_a_rate_of_0_percent_stops_the_order() -> None:
    assert (
        refused(an_order(a_line("10.00", taxes=(TaxShare(ZERO, Decimal("2.00"), Decimal("2.00")),))))
        == "order.vat_without_rate"
    )


def test_a_fee_without_tax_class_is_a_row_at_zero() -> None:
    rows, _ = made(an_order(a_line("100.00"), fees=[a_fee("Expeditionsavgift", "29.00")]))
    assert (rows[1].kind, rows[1].vat_percent) == (RowKind.FEE, 0)


def test_a_free_order_with_freight_and_one_of_only_a_gift_card() -> None:
    free = an_order(a_line("0.00", before="249.00"), shipping_lines=[a_shipping()])
    assert made(free)[1].erp_total == Decimal("49.00")
    card = a_line("500.00", 0, sku="PK-500", taxes=(TaxShare(ZERO, ZERO, ZERO),))
    rows, sums = made(an_order(card))
    assert (rows[0].vat_percent, sums.erp_total) == (0, Decimal("500.00"))
