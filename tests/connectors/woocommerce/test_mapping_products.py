"""Every recorded product and variation becomes a domain product."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from brygga.connectors.woocommerce import wire, wire_shop
from brygga.connectors.woocommerce.decoding import decode
from brygga.connectors.woocommerce.mapping_products import Range, product_from_wire, rate_from_wire
from brygga.domain.order import OptionValue
from brygga.domain.product import Product
from tests.connectors.woocommerce.recorded import body, objects, raw

RATES = [rate_from_wire(rate) for rate in decode(raw(body("taxes-list")), list[wire_shop.TaxRate])[0]]
SHOP = Range(currency="SEK", prices_include_tax=True, weight_unit="kg", country="SE", rates=RATES)
RECORDED = objects("regular_price")


def mapped(
    data: dict[str, Any], variations: list[dict[str, Any]] | None = None, shop: Range = SHOP
) -> Product:
    product, _ = decode(raw(data), wire.Product)
    return product_from_wire(product, decode(raw(variations or []), list[wire.Product])[0], shop)


def simple(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(body("product-get-simple")), **changes}


@pytest.mark.parametrize("data", [data for _, data in RECORDED], ids=[where for where, _ in RECORDED])
def test_every_recorded_product_and_variation_is_read(data: dict[str, Any]) -> None:
    if data.get("type") == "variation":
        (variant,) = mapped(body("product-get-variable"), [data]).variants
    elif data.get("type") == "variable":
        assert mapped(data).variants == ()
        return
    else:
        (variant,) = mapped(data).variants
    assert variant.sku == data["sku"]
    assert variant.id == str(data["id"])
    expected = Decimal(data["regular_price"]) if data["regular_price"] else None
    assert variant.price.regular == expected
    assert variant.vat_percent is not None


def test_a_variable_product_has_a_variant_for_each_choice() -> None:
    product = mapped(body("product-get-variable"), body("variations-list"))
    assert (product.type, product.sku, product.name) == ("variable", "VAR-1", "T-shirt Åre")
    assert product.categories == ("Kläder & Skor", "Tröjor")
    assert product.modified_at == datetime(2026, 11, 24, 9, 9, 54, tzinfo=UTC)
    first = product.variants[0]
    assert first.options == (OptionValue("Färg", "Svart"), OptionValue("Storlek", "XL"))
    assert (first.barcode, first.stock, first.weight_kg) == ("7350000150001", 25, Decimal("0.30"))
    assert first.price.regular == Decimal("199.00")
    assert first.price.includes_vat
    assert first.vat_percent == 25


def test_a_choice_left_open_is_open() -> None:
    variation = {
        **deepcopy(body("variation-get")),
        "attributes": [{"id": 3, "name": "Färg", "option": "Svart"}],
    }
    (variant,) = mapped(body("product-get-variable"), [variation]).variants
    assert variant.is_open
    assert variant.options[1] == OptionValue("Storlek", "")


def test_stock_shared_by_all_variations_is_given_to_none_of_them() -> None:
    variation = body("variation-get-parent-managed-stock")
    (variant,) = mapped(body("product-get-variable"), [variation]).variants
    assert variation["stock_quantity"] == 70
    assert variant.stock is None


@pytest.mark.parametrize(
    ("unit", "weight", "kilograms"),
    [
        ("kg", "0.5", "0.5"),
        ("g", "350", "0.350"),
        ("lbs", "2", "0.90718474"),
        ("oz", "1", "0.028349523125"),
        ("st", "1", None),
    ],
)
def test_weight_is_in_kilograms(unit: str, weight: str, kilograms: str | None) -> None:
    (variant,) = mapped(simple(weight=weight), shop=replace(SHOP, weight_unit=unit)).variants
    assert variant.weight_kg == (Decimal(kilograms) if kilograms else None)


@pytest.mark.parametrize(
    ("changes", "percent"),
    [
        ({"tax_class": ""}, 25), ({"tax_class": "standard"}, 25), ({"tax_class": "moms-6"}, 6),
        ({"tax_class": "momsfri"}, 0), ({"tax_status": "none"}, 0), ({"tax_status": "shipping"}, 0),
        ({"tax_class": "unknown"}, None),
    ],
)  # fmt: skip
def test_vat_percent_comes_from_the_class(changes: dict[str, Any], percent: int | None) -> None:
    (variant,) = mapped(simple(**changes)).variants
    assert variant.vat_percent == percent


def test_a_class_with_two_taxes_or_only_regional_ones_has_no_percent() -> None:
    two = [*RATES, replace(RATES[0], percent=Decimal(5), priority="2")]
    assert replace(SHOP, rates=two).percent_of("") is None
    assert replace(SHOP, rates=[replace(RATES[0], narrow=True)]).percent_of("") is None
    assert replace(SHOP, rates=[replace(RATES[0], country="")]).percent_of("") == 25
    assert replace(SHOP, rates=[replace(RATES[0], country="FI")]).percent_of("") is None


@pytest.mark.parametrize("key", ["_ean", "_gtin", "hwp_product_gtin", "_alg_ean", "_wpm_gtin_code"])
def test_a_barcode_of_a_plugin_is_found(key: str) -> None:
    (variant,) = mapped(
        simple(global_unique_id="", meta_data=[{"key": key, "value": "7350012345678"}])
    ).variants
    assert variant.barcode == "7350012345678"


def test_sale_prices_keep_their_dates() -> None:
    (variant,) = mapped(body("product-create-with-sale-dates")).variants
    assert variant.price.sale is not None
    assert variant.price.sale_to is not None
    assert variant.price.sale_to.tzinfo is UTC


def test_grouped_products_cannot_be_bought_by_themselves() -> None:
    assert mapped(simple(type="grouped")).variants == ()


def test_stock_that_is_not_counted_is_none() -> None:
    (variant,) = mapped(simple(manage_stock=False, stock_quantity=None)).variants
    assert variant.stock is None
    (variant,) = mapped(simple(manage_stock=True, stock_quantity=-16)).variants
    assert variant.stock == -16


def test_a_translation_knows_its_original() -> None:
    product = mapped(simple(lang="en", translation_of=78))
    assert (product.language, product.translation_of) == ("en", "78")
