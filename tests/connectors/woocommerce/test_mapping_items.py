"""Recorded products and variations become items, and writes become what the shop takes literally."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brygga.connectors.woocommerce.decoding import decode
from brygga.connectors.woocommerce.item_checks import differences
from brygga.connectors.woocommerce.mapping_items import change_from, item_from_wire
from brygga.connectors.woocommerce.wire_shelf import Item
from brygga.domain.shelf import ItemWrite, Prices, StockBy, StockStatus, StockWrite
from tests.connectors.woocommerce.recorded import body, objects, recording


def item(data: Any) -> Item:
    found, _ = decode(msgspec.json.encode(data), Item)
    return found


@pytest.mark.parametrize(("name", "data"), objects("manage_stock"))
def test_every_recorded_product_is_an_item(name: str, data: dict[str, Any]) -> None:
    found = item_from_wire(item(data), "kg")
    assert found.variant_id == str(data["id"])
    assert found.product_id == str(data["parent_id"] or data["id"])
    assert found.sku == data["sku"]
    assert found.modified_at.tzinfo is UTC
    assert (found.stock is None) == (found.stock_by is StockBy.NOBODY)
    assert found.is_variation == (data["type"] == "variation")


def test_a_variation_inherits_from_its_parent() -> None:
    parent = {**body("product-get-variable"), "tax_class": "moms-6", "weight": "500"}
    variation = {**body("variation-update"), "weight": ""}
    assert variation["tax_class"] == "parent"
    found = item_from_wire(item(variation), "g", item(parent), "35")
    assert (found.tax_class, found.weight_kg, found.ref) == ("moms-6", Decimal("0.5"), "35/51")
    assert found.name == f"{parent['name']} - {variation['name']}"
    alone = item_from_wire(item(variation), "g", product_id="35")
    assert (alone.tax_class, alone.weight_kg) == ("parent", None)


def test_the_parents_stock_is_the_parents() -> None:
    found = item_from_wire(item(body("variation-get-parent-managed-stock")), "kg")
    assert (found.stock_by, found.stock) == (StockBy.PARENT, Decimal(70))


def test_a_spoilt_product_is_an_item_all_the_same() -> None:
    data = {
        "id": 1,
        "regular_price": "199 kr",
        "sale_price": ["x"],
        "date_on_sale_to_gmt": "i morgon",
        "date_modified_gmt": None,
        "stock_status": "preorder",
        "weight": "ett kilo",
        "meta_data": [{"key": "_ean", "value": "7350000150001"}],
    }
    found = item_from_wire(item(data), "kg")
    assert (found.prices, found.weight_kg) == (Prices(None), None)
    assert found.modified_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert found.stock_status is StockStatus.OUT_OF_STOCK
    assert found.barcode == "7350000150001"


def test_the_recorded_cleaning_of_a_batch_is_noticed() -> None:
    asked = recording("product-batch-invalid-values")["request"]["body"]["update"][0]
    row = item(body("product-batch-invalid-values")["update"][0])
    assert [message.facts["field"] for message in differences(asked, row)] == ["stock_quantity"]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("product-update-sale-price-above-regular", "sale_price"),
        ("variation-update-stock-when-parent-managed", "stock_quantity"),
        ("product-update-stock-unmanaged", "stock_quantity"),
    ],
)
def test_recorded_values_that_were_dropped_in_silence_are_noticed(name: str, field: str) -> None:
    asked = recording(name)["request"]["body"]
    assert field in {
        message.facts["field"] for message in differences({field: asked[field]}, item(body(name)))
    }


def test_a_number_for_an_item_whose_stock_is_the_parents_is_noticed() -> None:
    sent = change_from(ItemWrite("65", "66", stock=StockWrite(Decimal(5)))).fields
    row = item(body("variation-update-stock-when-parent-managed"))
    assert [m.code for m in differences(sent, row)] == [
        "woocommerce.item_not_counted",
        "woocommerce.item_not_kept",
    ]


def test_a_change_holds_only_what_was_asked() -> None:
    assert change_from(ItemWrite("1", "2")).fields == {"id": 2}
    assert change_from(ItemWrite("1", "2", status="draft")).fields == {"id": 2, "status": "draft"}
    only = StockWrite(backorders=False)
    assert change_from(ItemWrite("1", "2", stock=only)).fields == {"id": 2, "backorders": "no"}
    both = StockWrite(Decimal("4.00"), StockStatus.OUT_OF_STOCK)
    assert change_from(ItemWrite("1", "2", stock=both)).fields == {
        "id": 2,
        "manage_stock": True,
        "stock_quantity": 4,
    }


def test_times_are_sent_in_utc_with_a_time_of_day_and_no_mark() -> None:
    summer = timezone(timedelta(hours=2))
    prices = Prices(
        Decimal(100),
        Decimal(80),
        datetime(2027, 6, 1, tzinfo=summer),
        datetime(2027, 6, 30, 23, 59, 59, 999, tzinfo=summer),
    )
    fields = change_from(ItemWrite("1", "1", prices)).fields
    assert fields["date_on_sale_from_gmt"] == "2027-05-31T22:00:00"
    assert fields["date_on_sale_to_gmt"] == "2027-06-30T21:59:59"


def test_dates_without_a_sale_are_taken_away() -> None:
    fields = change_from(ItemWrite("1", "1", Prices(None, None, datetime(2027, 6, 1, tzinfo=UTC)))).fields
    assert fields == {
        "id": 1,
        "regular_price": "",
        "sale_price": "",
        "date_on_sale_from_gmt": "",
        "date_on_sale_to_gmt": "",
    }


@given(st.decimals(allow_nan=True, allow_infinity=True), st.none() | st.decimals(allow_nan=True))
def test_no_price_is_sent_that_the_shop_would_read_otherwise(regular: Decimal, sale: Decimal | None) -> None:
    change = change_from(ItemWrite("1", "1", Prices(regular, sale)))
    sent = change.fields.get("regular_price")
    assert (sent is None) == bool(change.problems)
    if sent is not None:
        assert Decimal(sent) == regular
        assert set(sent) <= set("0123456789.")
        assert len(sent) < 400


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_only_whole_numbers_of_pieces_are_sent(quantity: Decimal) -> None:
    change = change_from(ItemWrite("1", "1", stock=StockWrite(quantity)))
    if change.problems:
        assert "stock_quantity" not in change.fields
    else:
        assert change.fields["stock_quantity"] == quantity
