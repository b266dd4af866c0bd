"""Every recorded order becomes a domain order whose sums are the shop's own."""

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from brygga.connectors.woocommerce import wire
from brygga.connectors.woocommerce.decoding import decode
from brygga.connectors.woocommerce.mapping_orders import NamedKeys, order_from_wire
from brygga.connectors.woocommerce.payments import sources_of
from brygga.domain.errors import RecordRejected
from brygga.domain.money import ZERO
from brygga.domain.order import GiftCard, Meta, OptionValue, Order, TaxShare
from tests.connectors.woocommerce.recorded import body, objects, raw

ORDERS = objects("order_key")
NO_KEYS = NamedKeys()


def mapped(
    data: dict[str, Any], refunds: list[dict[str, Any]] | None = None, keys: NamedKeys = NO_KEYS
) -> Order:
    order, noise = decode(raw(data), wire.Order)
    assert not noise
    return order_from_wire(order, decode(raw(refunds or []), list[wire.Refund])[0], keys)


def changed(name: str, **changes: Any) -> dict[str, Any]:
    return {**deepcopy(body(name)), **changes}


@pytest.mark.parametrize("data", [data for _, data in ORDERS], ids=[where for where, _ in ORDERS])
def test_every_recorded_order_adds_up_to_the_shops_own_total(data: dict[str, Any]) -> None:
    order = mapped(data)
    assert order.total == Decimal(data["total"])
    decimals = max(2, -int(order.total.as_tuple().exponent))
    smallest = Decimal(1).scaleb(-min(decimals, 2))
    assert abs(sum((row.total + row.total_tax for row in order.charges()), ZERO) - order.total) < smallest
    assert abs(sum((row.total_tax for row in order.charges()), ZERO) - order.total_tax) < smallest
    for row in order.charges():
        assert abs(sum((share.amount for share in row.taxes), ZERO) - row.total_tax) < smallest
    assert order.created_at.tzinfo is UTC
    assert order.modified_at.tzinfo is UTC
    assert len(order.lines) == len(data["line_items"])


def test_recorded_orders_are_there() -> None:
    assert len(ORDERS) >= 15


def test_an_order_from_the_checkout_is_read_whole() -> None:
    order = mapped(body("order-get-from-real-checkout"))
    assert order.created_at == datetime(2026, 11, 24, 9, 24, 56, tzinfo=UTC)
    assert (order.status, order.currency, order.customer_id) == ("on-hold", "SEK", "")
    assert order.billing.full_name == "Källe Ståhl"
    assert order.note == "Ställ vid dörren 🌲"
    assert order.payment.method == "bacs"
    assert order.payment.paid_at is None
    assert [discount.code for discount in order.discounts] == ["sommar20"]
    coffee, shirt, _ = order.lines
    assert coffee.taxes == (TaxShare(Decimal(12), Decimal("16.63"), Decimal("20.79")),)
    assert (shirt.name, shirt.sku, shirt.variant_id) == ("T-shirt Åre - Blå, L", "VAR-1-BL-L", "42")
    assert shirt.options == (OptionValue("Färg", "Blå"), OptionValue("Storlek", "L"))
    assert order.shipping_lines[0].taxes[0].before_discount == Decimal("9.80")
    assert Meta("is_vat_exempt", "no") in order.metas


def test_a_negative_fee_keeps_its_tax_by_rate() -> None:
    order = mapped(body("order-create-fees"))
    invoice_fee, discount = order.fees
    assert invoice_fee.total == Decimal("23.20")
    assert discount.total == Decimal("-40.00")
    assert [(t.percent, t.amount) for t in discount.taxes] == [(12, Decimal("-4.32")), (25, Decimal("-1.00"))]


def test_refunds_are_positive_and_point_at_their_rows() -> None:
    order = mapped(body("order-get-partially-refunded"), body("order-refunds-list"))
    by_reason = {refund.reason: refund for refund in order.refunds}
    goods = by_reason["Retur 2 st"]
    assert (goods.amount, goods.paid_back) == (Decimal("191.00"), False)
    (line,) = goods.lines
    assert (line.line_id, line.quantity, line.total) == ("285", 2, Decimal("170.54"))
    assert line.taxes == (TaxShare(Decimal(12), Decimal("20.46"), Decimal("20.46")),)
    (shipping,) = by_reason["Frakt"].lines
    assert (shipping.line_id, shipping.quantity, shipping.total, shipping.total_tax) == (
        "287",
        1,
        Decimal("39.20"),
        0,
    )
    assert by_reason["Kulans"].lines == ()
    assert order.refunded == Decimal("280.20")


def test_an_order_in_the_trash_is_still_an_order() -> None:
    assert mapped(body("order-get-trashed")).status == "trash"


def test_a_rate_that_the_order_does_not_list_is_never_guessed() -> None:
    data = changed("order-get-from-real-checkout")
    data["tax_lines"] = [row for row in data["tax_lines"] if row["rate_id"] != 2]
    with pytest.raises(RecordRejected) as caught:
        mapped(data)
    said = caught.value.for_merchant
    assert said.code == "woocommerce.unknown_rate"
    assert said.facts == {"number": "425", "line": "Kaffebönor Mellanrost 500 g", "rate": "2"}


def test_a_listed_rate_without_percent_is_not_guessed_from_its_label() -> None:
    data = changed("order-get-from-real-checkout")
    data["tax_lines"][1]["rate_percent"] = None
    with pytest.raises(RecordRejected):
        mapped(data)


def test_an_unknown_rate_without_money_takes_nothing_away() -> None:
    data = changed("order-get-from-real-checkout")
    data["line_items"][0]["taxes"] += [
        {"id": 99, "total": "", "subtotal": ""},
        {"id": 98, "total": "0.00", "subtotal": ""},
    ]
    assert len(mapped(data).lines[0].taxes) == 1


def test_percent_with_decimals_is_exact() -> None:
    data = changed("order-get-from-real-checkout")
    data["tax_lines"][1]["rate_percent"] = 25.5
    assert mapped(data).lines[1].taxes[0].percent == Decimal("25.5")


def test_a_number_with_the_noise_of_a_float_is_read_as_what_was_meant() -> None:
    data = changed("order-create-eur")
    data["line_items"][0]["total"] = 159.20000000000002
    assert str(mapped(data).lines[0].total) == "159.2"


def test_a_total_that_is_no_amount_names_the_order_and_the_field() -> None:
    with pytest.raises(RecordRejected) as caught:
        mapped(changed("order-create-eur", total="gratis"))
    assert caught.value.for_merchant.code == "woocommerce.bad_order_value"
    assert caught.value.for_merchant.facts == {"number": "259", "field": "total", "value": "gratis"}


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e400", True, ["1"], {"a": 1}])
def test_what_is_no_finite_amount_is_rejected(value: Any) -> None:
    with pytest.raises(RecordRejected):
        mapped(changed("order-create-eur", total_tax=value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("å", "å"), (5, "5"), (True, "true"), (None, ""), (1.10, "1.1"),
        ({"a": [1, "ö"]}, '{"a":[1,"ö"]}'), ([], "[]"), ("", ""),
    ],
)  # fmt: skip
def test_every_meta_is_kept_as_text(value: Any, text: str) -> None:
    order = mapped(changed("order-create-eur", meta_data=[{"id": 1, "key": "_k", "value": value}]))
    assert order.metas == (Meta("_k", text),)


METHODS = [
    ("klarna_payments", "kp-1", {"_wc_klarna_order_id": "K-1"}, "K-1"),
    ("klarna_payments", "kp-1", {}, "kp-1"),
    ("kco", "t", {"_wc_klarna_order_id": "K-2"}, "K-2"),
    ("dibs_easy", "", {"_dibs_payment_id": "D-1"}, "D-1"),
    ("nets_easy_swish", "n-1", {"_dibs_payment_id": "D-1"}, "n-1"),
    ("collector_checkout", "", {"_collector_payment_id": "C-1"}, "C-1"),
    ("svea_checkout", "", {"_svea_co_order_id": "S-1"}, "S-1"),
    ("stripe", "pi_1", {}, "pi_1"),
    ("stripe_klarna", "", {"_stripe_intent_id": "pi_2"}, "pi_2"),
    ("swish", "SW1", {}, "SW1"),
    ("bacs", "x", {}, ""),
    ("cod", "", {}, ""),
    ("", "", {}, ""),
]


@pytest.mark.parametrize(("method", "transaction", "metas", "reference"), METHODS)
def test_the_reference_is_what_the_provider_knows_the_payment_by(
    method: str, transaction: str, metas: dict[str, str], reference: str
) -> None:
    rows = [{"key": key, "value": value} for key, value in metas.items()]
    order = mapped(
        changed("order-create-eur", payment_method=method, transaction_id=transaction, meta_data=rows)
    )
    assert order.payment.reference == reference


def test_every_method_has_sources() -> None:
    assert sources_of("anything at all") == ("transaction_id",)


def test_organisation_number_is_found_under_known_and_named_keys_and_in_the_company_line() -> None:
    assert mapped(body("order-create-company")).organisation_no == "556677-8899"
    metas = [
        {"key": "mitt_orgnr", "value": " 556016-0680 "},
        {"key": "_billing_org_number", "value": "556677-8899"},
    ]
    order = mapped(
        changed("order-create-eur", meta_data=metas), keys=NamedKeys(organisation_no=("mitt_orgnr",))
    )
    assert order.organisation_no == "556016-0680"
    data = changed("order-create-eur")
    data["billing"]["company"] = "Exempel AB (556016-0680)"
    assert mapped(data).organisation_no == "5560160680"
    data["billing"]["company"] = "Exempel AB 070-1234567"
    assert mapped(data).organisation_no == ""


def test_vat_number_and_merchant_account_are_found() -> None:
    metas = [{"key": "_vat_number", "value": "SE556677889901"}, {"key": "_konto", "value": "K100"}]
    order = mapped(changed("order-create-eur", meta_data=metas), keys=NamedKeys(merchant_account=("_konto",)))
    assert order.vat_no == "SE556677889901"
    assert order.payment.merchant_account == "K100"


@pytest.mark.parametrize(
    "extra",
    [
        {"gift_cards": [{"id": 3, "code": "GC-1", "amount": 50.5}]},
        {"pw_gift_card_lines": [{"id": 3, "card_number": "GC-1", "amount": "50.50"}]},
        {"meta_data": [{"key": "_ywgc_applied_gift_cards", "value": {"GC-1": 50.5}}]},
    ],
)
def test_gift_cards_outside_the_rows_are_seen(extra: dict[str, Any]) -> None:
    assert mapped(changed("order-create-eur", **extra)).gift_cards == (GiftCard("GC-1", Decimal("50.5")),)


def test_a_gift_card_that_became_a_fee_is_not_counted_twice() -> None:
    metas = [
        {"key": "_ywgc_applied_gift_cards", "value": {"GC-1": 50}},
        {"key": "ywgc_gift_card_updated_as_fee", "value": "1"},
    ]
    assert mapped(changed("order-create-eur", meta_data=metas)).gift_cards == ()


def test_parts_of_a_bundle_know_their_parent() -> None:
    def line(
        number: int, product: int = 1, metas: dict[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        rows = [{"key": key, "value": value} for key, value in (metas or {}).items()]
        return {
            "id": number,
            "name": f"Rad {number}",
            "product_id": product,
            "quantity": 1,
            "meta_data": rows,
            **more,
        }

    lines = [
        line(1, metas={"_bundle_cart_key": "abc", "_bundled_items": ["x"]}),
        line(2, metas={"_bundled_by": "abc"}),
        line(3, bundled_by=1),
        line(4, product=77, metas={"_woosb_ids": "5,6"}),
        line(5, metas={"_woosb_parent_id": "77"}),
        line(6, metas={"_composite_parent": "gone"}),
        line(7, bundled_by=[]),
    ]
    order = mapped(changed("order-create-eur", line_items=lines))
    assert [row.bundle_parent for row in order.lines] == ["", "1", "1", "", "4", "", ""]


def test_own_attributes_are_options_and_engravings_are_not() -> None:
    line = {
        "id": 1, "name": "Ring - Guld, 54", "parent_name": "Ring", "product_id": 5, "variation_id": 6, "quantity": 1,
        "meta_data": [
            {"key": "metall", "value": "Guld", "display_key": "Metall", "display_value": "Guld"},
            {"key": "storlek", "value": "54", "display_key": "Storlek", "display_value": "54"},
            {"key": "Gravyr", "value": "Åsa &amp; Ö", "display_key": "Gravyr", "display_value": "Åsa &amp; Ö"},
        ],
    }  # fmt: skip
    (row,) = mapped(changed("order-create-eur", line_items=[line])).lines
    assert row.options == (OptionValue("Metall", "Guld"), OptionValue("Storlek", "54"))
    assert Meta("Gravyr", "Åsa &amp; Ö") in row.metas


def test_language_comes_from_translation_plugins() -> None:
    metas = [{"key": "trp_language", "value": "sv_SE"}]
    assert mapped(changed("order-create-eur", meta_data=metas)).language == "sv"
    assert mapped(changed("order-create-eur", lang="en")).language == "en"


def test_a_deleted_products_line_has_no_ids() -> None:
    data = changed("order-create-eur")
    data["line_items"][0].update(product_id=0, variation_id=0, sku=None)
    (row,) = mapped(data).lines
    assert (row.product_id, row.variant_id, row.sku) == ("", "", "")
