"""Rows whose sums equal the shop's: the worked examples of the trade, and what must stop."""

from decimal import Decimal

import pytest

from brygga.connectors.contract.connector import Limits, RoundingModel
from brygga.domain.document import Calculation, DocumentRow, RowKind
from brygga.domain.errors import RecordRejected
from brygga.domain.order import Discount, GiftCard, Order, TaxShare
from brygga.flows.orders.charges import charges_of
from brygga.flows.orders.control import rows_of
from brygga.flows.settings import BundleMode, DiscountMode, FlowSettings, OddPercent
from tests.builders import ARTICLES, a_fee, a_line, a_shipping, an_order


def rows(
    order: Order, limits: Limits | None = None, **settings: object
) -> tuple[tuple[DocumentRow, ...], Calculation]:
    chosen = FlowSettings(**{**ARTICLES, **settings})  # type: ignore[arg-type]
    return rows_of(order, charges_of(order, chosen), chosen, limits or Limits())


def figures(made: tuple[DocumentRow, ...]) -> list[tuple[str, str, str, int]]:
    return [(row.article_no, str(row.quantity), str(row.unit_price), row.vat_percent) for row in made]


@pytest.mark.parametrize(
    ("gross", "percent", "quantity", "unit", "back"),
    [
        ("249.00", 25, 1, "199.200", "249.00"),
        ("59.70", 12, 3, "17.768", "59.70"),
        ("53.73", 6, 3, "16.896", "53.73"),
        ("999.00", 25, 7, "114.171", "999.00"),
        ("100.00", 25, 3, "26.667", "100.00"),
        ("0.99", 25, 100, "0.008", "1.00"),
        ("1249.50", 12, 1000, "1.116", "1249.92"),
    ],
)
def test_worked_examples_give_back_their_gross(
    gross: str, percent: int, quantity: int, unit: str, back: str
) -> None:
    order = an_order(a_line(gross, percent, quantity))
    made, sums = rows(order)
    assert str(made[0].unit_price) == unit
    assert sums.erp_total == Decimal(gross)
    assert sums.rounding == Decimal(gross) - Decimal(back)
    assert len(made) == (1 if gross == back else 2)


def test_order_1042_of_the_trade_has_no_rounding_row() -> None:
    order = an_order(
        a_line("498.00", 25, 2, sku="A"), a_line("100.00", 12, 1, sku="B"), shipping_lines=[a_shipping()]
    )
    made, sums = rows(order)
    assert figures(made) == [
        ("A", "2", "199.200", 25),
        ("B", "1", "89.286", 12),
        ("FRAKT", "1", "39.200", 25),
    ]
    assert sums.erp_total == Decimal("647.00")
    assert [(rate.percent, str(rate.erp_vat)) for rate in sums.rates] == [(25, "109.40"), (12, "10.71")]


def test_negative_fee_is_split_over_the_rates_it_was_taxed_with() -> None:
    order = an_order(
        a_line("200.00", 25),
        a_line("500.00", 12),
        fees=[a_fee("Kampanj", "-40.00", (12, "-4.32"), (25, "-1.00"))],
    )
    made, sums = rows(order)
    assert figures(made)[2:] == [("RABATT", "1", "-4.000", 25), ("RABATT", "1", "-36.000", 12)]
    assert sums.erp_total == order.total


@pytest.mark.parametrize("mode", list(DiscountMode))
def test_a_coupon_gives_the_same_sums_in_both_discount_modes(mode: DiscountMode) -> None:
    order = an_order(
        a_line("199.20", 25, 2, before="249.00"),
        a_line("80.01", 12, 1, before="100.00", id="2"),
        discounts=(Discount("sommar20", Decimal("57.69"), Decimal("12.10")),),
    )
    made, sums = rows(order, discounts=mode)
    assert sums.erp_total == order.total
    kinds = [row.kind for row in made]
    assert (RowKind.DISCOUNT in kinds) is (mode is DiscountMode.ROWS)


def test_everything_off_keeps_the_rows_at_their_rate() -> None:
    order = an_order(
        a_line("0.00", 25, 1, before="249.00", taxes=(TaxShare(Decimal(25), Decimal(0), Decimal("49.80")),))
    )
    made, sums = rows(order)
    assert figures(made) == [("MUGG-1", "1", "0.000", 25)]
    assert sums.erp_total == 0


@pytest.mark.parametrize(
    "order",
    [
        an_order(a_line("500.00"), fees=[a_fee("Presentkort ABC", "-200.00")]),
        an_order(
            a_line("500.00"), total=Decimal("300.00"), discounts=(Discount("ABC", Decimal(200), Decimal(0)),)
        ),
        an_order(a_line("500.00"), total=Decimal("300.00"), gift_cards=(GiftCard("ABC", Decimal(200)),)),
    ],
    ids=["as a fee", "as a store-credit coupon", "as a list beside the rows"],
)
def test_gift_card_pays_part_and_leaves_the_vat_alone(order: Order) -> None:
    made, sums = rows(order)
    assert figures(made) == [("MUGG-1", "1", "400.000", 25), ("PRESENTKORT", "1", "-200.000", 0)]
    assert sums.erp_total == Decimal("300.00")
    assert sums.rates[0].erp_vat == Decimal("100.00")


def test_a_total_that_no_row_explains_is_stopped_with_both_sums() -> None:
    order = an_order(a_line("500.00"), total=Decimal("463.00"))
    with pytest.raises(RecordRejected) as stopped:
        rows(order)
    assert stopped.value.for_merchant.code == "order.total_unexplained"
    facts = stopped.value.for_merchant.facts
    assert (facts["shop"], facts["erp"], facts["missing"]) == ("463.00", "500.00", "-37.00")


def test_finnish_vat_is_stopped_or_sent_with_equal_sums() -> None:
    order = an_order(a_line("125.50", Decimal("25.5")))
    with pytest.raises(RecordRejected) as stopped:
        rows(order)
    assert stopped.value.for_merchant.code == "order.odd_percent"
    made, sums = rows(order, odd_percent=OddPercent.VAT_ROW)
    assert figures(made) == [("MUGG-1", "1", "100.000", 0), ("MOMS", "1", "25.500", 0)]
    assert sums.erp_total == Decimal("125.50")


def test_shipping_taxed_at_two_rates_becomes_two_rows() -> None:
    shipping = a_shipping(
        total=Decimal("39.20"),
        total_tax=Decimal("6.08"),
        taxes=(
            TaxShare(Decimal(25), Decimal("4.90"), Decimal(0)),
            TaxShare(Decimal(6), Decimal("1.18"), Decimal(0)),
        ),
    )
    order = an_order(a_line("100.00"), a_line("50.00", 6, id="2"), shipping_lines=[shipping])
    made, sums = rows(order)
    assert [row.vat_percent for row in made if row.kind is RowKind.SHIPPING] == [25, 6]
    assert sums.erp_total == order.total


def test_free_shipping_makes_no_row_and_a_free_sample_does() -> None:
    order = an_order(
        a_line("100.00"), a_line("0.00", sku="PROV", id="2"), shipping_lines=[a_shipping("0.00")]
    )
    made, _ = rows(order)
    assert [row.article_no for row in made] == ["MUGG-1", "PROV"]


@pytest.mark.parametrize(
    ("mode", "articles"),
    [
        (BundleMode.PARENT_PRICED, ["SET", "A", "B", "C"]),
        (BundleMode.PARENT_ONLY, ["SET"]),
        (BundleMode.CHILDREN_ONLY, ["A", "B", "C"]),
    ],
)
def test_a_bundle_is_worth_the_same_however_it_is_sent(mode: BundleMode, articles: list[str]) -> None:
    children = [a_line("0.00", id=f"{n}", sku=sku, bundle_parent="1") for n, sku in enumerate("ABC", 2)]
    order = an_order(a_line("300.00", sku="SET"), *children)
    made, sums = rows(order, bundles=mode)
    assert [row.article_no for row in made if row.kind is RowKind.PRODUCT] == articles
    assert sums.erp_total == Decimal("300.00")


@pytest.mark.parametrize("model", [RoundingModel.ROW, RoundingModel.RATE])
def test_every_rounding_model_of_an_erp_is_met(model: RoundingModel) -> None:
    order = an_order(*[a_line("33.33", 25, 3, id=str(n)) for n in range(5)])
    _, sums = rows(order, Limits(rounding=model))
    assert sums.erp_total == order.total


def test_an_erp_that_rounds_to_whole_kronor_stops_what_it_would_change() -> None:
    limits = Limits(rounding=RoundingModel.WHOLE)
    _, sums = rows(an_order(a_line("249.00")), limits)
    assert sums.erp_total == Decimal("249.00")
    with pytest.raises(RecordRejected) as stopped:
        rows(an_order(a_line("33.33")), limits)
    assert stopped.value.for_merchant.code == "order.sums_differ"


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (an_order(a_line("10.00", sku="")), "order.line_without_sku"),
        (an_order(a_line("10.00", taxes=())), "order.vat_without_rate"),
        (an_order(a_line("10.00", quantity=0)), "order.money_without_quantity"),
    ],
)
def test_a_row_that_can_not_be_sent_names_itself(order: Order, code: str) -> None:
    with pytest.raises(RecordRejected) as stopped:
        rows(order)
    assert stopped.value.for_merchant.code == code
    assert stopped.value.for_merchant.facts["row"] == "Mugg"


def test_a_kind_of_row_without_article_number_holds_the_order() -> None:
    order = an_order(a_line("10.00"), fees=[a_fee("Fakturaavgift", "23.20", (25, "5.80"))])
    with pytest.raises(RecordRejected) as stopped:
        rows(order, article_fee="")
    assert stopped.value.for_merchant.code == "order.no_article"
    assert stopped.value.for_merchant.facts["row"] == "Fakturaavgift"
