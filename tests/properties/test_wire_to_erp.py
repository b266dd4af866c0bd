"""Any order a shop can hold as JSON is in the ERP with equal sums, or is rejected by a name.

From the shop's bytes to the ERP's own arithmetic: decoding, mapping, deciding, planning, the form,
its bytes, the signature, the parsing and the sums of the simulated ERP.
"""

import json
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from hypothesis import event, given
from hypothesis import strategies as st

from brygga.connectors.woocommerce.values import amount
from brygga.domain.message import Message
from brygga.flows.settings import BundleMode, DiscountMode, FlowSettings, OddPercent
from tests.properties.erp_in_process import PLAIN, Arrived, InProcessErp
from tests.properties.wire_orders import ShopOrder, bent_orders, shop_orders

ZERO = Decimal(0)
BY_ROW = InProcessErp()
BY_RATE = InProcessErp({"rounding": "rate"}, {"limits.rounding": "rate"})
SETTINGS = st.builds(
    lambda discounts, odd, bundles, zero: replace(
        PLAIN, discounts=discounts, odd_percent=odd, bundles=bundles, zero_shipping_rows=zero
    ),
    st.sampled_from(DiscountMode),
    st.sampled_from(OddPercent),
    st.sampled_from(BundleMode),
    st.booleans(),
)
ERPS = st.sampled_from([BY_ROW, BY_RATE])
# What may stop an order that core WooCommerce made by itself. None of it is about sums.
NOT_ABOUT_SUMS = {
    "customer.no_name", "specter.unwritable", "specter.no_name", "specter.key_unfit", "specter.too_long", "specter.too_many_decimals",
    "woocommerce.bad_order_value",
}  # fmt: skip


def vat_of(order: ShopOrder) -> dict[Decimal, Decimal]:
    """What the shop's rows were taxed, by percent."""
    percents = {row["rate_id"]: Decimal(str(row["rate_percent"])) for row in order.doc["tax_lines"]}
    vat: dict[Decimal, Decimal] = defaultdict(Decimal)
    for row in [*order.doc["line_items"], *order.doc["shipping_lines"], *order.doc["fee_lines"]]:
        for tax in row["taxes"]:
            vat[percents[tax["id"]]] += Decimal(tax["total"])
    return vat


def too_many_pieces(order: ShopOrder) -> bool:
    """Thousands of pieces may miss their sum by more than the merchant lets a rounding row tie."""
    pieces = sum((Decimal(str(line["quantity"])) for line in order.doc["line_items"]), ZERO)
    return pieces * Decimal("0.000625") > PLAIN.rounding_limit - Decimal("0.20")


def assert_vat_per_rate(order: ShopOrder, arrived: Arrived) -> None:
    shop = vat_of(order)
    step = Decimal(1).scaleb(-min(2, order.decimals))
    for percent in {p for p in shop if not p % 1} | {Decimal(s.percent) for s in arrived.order.vat_sums}:
        rows = [row for row in arrived.order.rows if row.vat_percent == percent]
        room = sum(
            (step + Decimal("0.0005") * abs(row.quantity) * (100 + percent) / 100 for row in rows), ZERO
        )
        erp = sum((s.vat for s in arrived.order.vat_sums if s.percent == percent), ZERO)
        # Rows of the shop that were rounded at the end carry another half step each.
        assert abs(erp - shop.get(percent, ZERO)) <= room + step * len(rows), f"VAT at {percent} %"


def assert_well_formed(arrived: Arrived) -> None:
    for row in arrived.order.rows:
        assert row.article_no
        assert row.name
        assert row.discount_sent
    assert not arrived.order.other  # nothing the ERP has no field for


@given(shop_orders(), SETTINGS, ERPS)
def test_an_order_of_core_woocommerce_is_in_the_erp_to_the_ore(
    order: ShopOrder, settings: FlowSettings, erp: InProcessErp
) -> None:
    found = erp.transfer(order.body, order.refund_body, settings)
    if isinstance(found, Message):
        event(found.code)
        assert "." in found.code
        if order.plain and order.decimals == 2 and not too_many_pieces(order):
            assert found.code in NOT_ABOUT_SUMS, found
        return
    event("transferred")
    back = sum((abs(Decimal(refund["amount"])) for refund in order.refunds), ZERO)
    assert found.order.total == Decimal(order.doc["total"]) - back
    assert_well_formed(found)
    if not order.refunds:
        assert_vat_per_rate(order, found)


@given(bent_orders(), SETTINGS, ERPS)
def test_whatever_json_a_shop_answers_the_sums_are_equal_or_the_order_is_held(
    order: ShopOrder, settings: FlowSettings, erp: InProcessErp
) -> None:
    found = erp.transfer(order.body, order.refund_body, settings)
    if isinstance(found, Message):
        event(found.code)
        assert found.code.split(".")[0] in ("order", "customer", "specter", "woocommerce"), found
        return
    event("transferred")
    told = json.loads(order.body, parse_float=Decimal)
    refunds = json.loads(order.refund_body, parse_float=Decimal)
    back = sum((amount(one.get("amount"), "amount") for one in refunds if isinstance(one, dict)), ZERO)
    assert found.order.total == amount(told.get("total"), "total") - back
    assert_well_formed(found)
