"""A shop's product and its variations as the domain's Product: pure functions, no calls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from brygga.connectors.woocommerce import wire, wire_shop
from brygga.connectors.woocommerce.finds import first_of, language
from brygga.connectors.woocommerce.mapping_rows import first_by_key, metas_from_wire
from brygga.connectors.woocommerce.values import (
    BadValue,
    amount,
    flag,
    id_text,
    moment,
    optional_amount,
    optional_moment,
    text,
    title,
)
from brygga.domain.errors import RecordRejected
from brygga.domain.message import message
from brygga.domain.money import ZERO
from brygga.domain.order import OptionValue
from brygga.domain.product import Price, Product, ProductHead, Variant

# `global_unique_id` came with WooCommerce 9.2; before it every plugin had a key of its own.
BARCODE_KEYS = (
    "_global_unique_id",
    "_ean",
    "ean",
    "_gtin",
    "gtin",
    "hwp_product_gtin",
    "_alg_ean",
    "_wpm_gtin_code",
    "_ts_gtin",
    "_barcode",
    "barcode",
)
KILOGRAMS = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """One of the shop's VAT rates, as far as a product's class chooses it."""

    tax_class: str
    country: str
    percent: Decimal
    priority: str = "1"
    narrow: bool = False  # only for some region, city or postcode


@dataclass(frozen=True, slots=True)
class Range:
    """What of the shop a product is read with: currency, how prices are kept, units and rates."""

    currency: str = "SEK"
    prices_include_tax: bool = True
    weight_unit: str = "kg"
    country: str = "SE"
    rates: Sequence[Rate] = ()

    def percent_of(self, tax_class: str) -> Decimal | None:
        """Return the VAT percent of a class in the shop's own country; None if none or several."""
        fitting = [r for r in self.rates if r.tax_class == tax_class and not r.narrow]
        own = [r for r in fitting if r.country == self.country] or [r for r in fitting if not r.country]
        return own[0].percent if len({rate.percent for rate in own}) == 1 and _one_tax(own) else None


def _one_tax(rates: Iterable[Rate]) -> bool:
    # Rates of different priority are added to each other: such a product has no single percent.
    return len({rate.priority for rate in rates}) == 1


def rate_from_wire(row: wire_shop.TaxRate) -> Rate:
    """Map a rate; the class 'standard' is the class '' of products. Raises BadValue."""
    tax_class = text(row.tax_class)
    return Rate(
        tax_class="" if tax_class == "standard" else tax_class,
        country=text(row.country).upper(),
        percent=amount(row.rate, "rate"),
        priority=text(row.priority) or "1",
        narrow=bool(row.state or row.postcode or row.city or row.postcodes or row.cities),
    )


def head_from_wire(row: wire.ProductHead) -> ProductHead:
    """Map a row of the list. Raises BadValue when it has no time."""
    return ProductHead(
        id=id_text(row.id),
        name=title(row.name),
        sku=text(row.sku),
        status=text(row.status),
        modified_at=moment(row.date_modified_gmt, "date_modified_gmt"),
    )


def has_variations(product: wire.Product) -> bool:
    """Say that a product's variations are what is bought."""
    return text(product.type).startswith("variable") or bool(product.variations)


def product_from_wire(product: wire.Product, variations: Sequence[wire.Product], shop: Range) -> Product:
    """Map a product with its variations. Raises RecordRejected for a value that can't be read."""
    try:
        return _product(product, variations, shop)
    except BadValue as error:
        name = text(product.sku) or id_text(product.id)
        raise RecordRejected(
            message(
                "woocommerce.bad_product_value",
                sku=name,
                field=error.field,
                value=str(error.value)[:60],
            ),
            str(error),
        ) from error


def _product(product: wire.Product, variations: Sequence[wire.Product], shop: Range) -> Product:
    head = head_from_wire(product)
    metas = metas_from_wire(product.meta_data)
    by_key = first_by_key(metas)
    kind = text(product.type)
    if has_variations(product):
        variants = tuple([_variant(variation, product, shop) for variation in variations])
    else:
        variants = () if kind == "grouped" else (_variant(product, product, shop),)
    return Product(
        id=head.id,
        name=head.name,
        type=kind,
        status=head.status,
        modified_at=head.modified_at,
        variants=variants,
        sku=head.sku,
        categories=tuple([title(category.name) for category in product.categories]),
        language=language(product.lang, by_key),
        translation_of=id_text(product.translation_of),
        metas=metas,
    )


def _variant(own: wire.Product, parent: wire.Product, shop: Range) -> Variant:
    metas = metas_from_wire(own.meta_data)
    by_key = first_by_key(metas)
    tax_class = text(own.tax_class)
    if tax_class == "parent":
        tax_class = text(parent.tax_class)
    tax_class = "" if tax_class == "standard" else tax_class
    taxable = (text(own.tax_status) or "taxable") == "taxable"
    return Variant(
        id=id_text(own.id),
        sku=text(own.sku),
        options=() if own is parent else _options(own, parent),
        price=Price(
            regular=optional_amount(own.regular_price, "regular_price"),
            sale=optional_amount(own.sale_price, "sale_price"),
            sale_from=optional_moment(own.date_on_sale_from_gmt, "date_on_sale_from_gmt"),
            sale_to=optional_moment(own.date_on_sale_to_gmt, "date_on_sale_to_gmt"),
            includes_vat=shop.prices_include_tax,
            currency=shop.currency,
        ),
        tax_class=tax_class,
        vat_percent=shop.percent_of(tax_class) if taxable else ZERO,
        stock=_stock(own),
        barcode=text(own.global_unique_id).strip() or first_of(BARCODE_KEYS, by_key),
        weight_kg=_weight(own, parent, shop.weight_unit),
        status=text(own.status) or "publish",
        virtual=flag(own.virtual),
        metas=metas,
    )


def _options(variation: wire.Product, parent: wire.Product) -> tuple[OptionValue, ...]:
    """Return a variation's choices; one that the parent offers and the variation lacks is open."""
    chosen = {_attribute_key(a): OptionValue(title(a.name), title(a.option)) for a in variation.attributes}
    for attribute in parent.attributes:
        if flag(attribute.variation):
            chosen.setdefault(_attribute_key(attribute), OptionValue(title(attribute.name), ""))
    return tuple(chosen.values())


def _attribute_key(attribute: wire.Attribute) -> str:
    return id_text(attribute.id) or title(attribute.name).casefold()


def _stock(own: wire.Product) -> Decimal | None:
    # "parent" means one number shared by all variations: given to each it would count many times.
    if own.manage_stock == "parent" or not flag(own.manage_stock):
        return None
    return optional_amount(own.stock_quantity, "stock_quantity")


def _weight(own: wire.Product, parent: wire.Product, unit: str) -> Decimal | None:
    weight = optional_amount(own.weight, "weight")
    if weight is None:
        weight = optional_amount(parent.weight, "weight")
    factor = KILOGRAMS.get(unit)
    return None if weight is None or factor is None else weight * factor
