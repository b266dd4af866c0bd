"""Products as the shop keeps them, and what one is told to be, in the shop's words. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from brygga.connectors.woocommerce import wire_goods
from brygga.connectors.woocommerce.finds import first_of
from brygga.connectors.woocommerce.mapping_products import BARCODE_KEYS, KILOGRAMS
from brygga.connectors.woocommerce.mapping_rows import first_by_key, metas_from_wire
from brygga.connectors.woocommerce.values import (
    BadValue,
    flag,
    id_text,
    optional_amount,
    optional_moment,
    text,
    title,
)
from brygga.domain.errors import RecordRejected
from brygga.domain.goods import Attribute, Fields, ShopProduct, ShopVariation
from brygga.domain.message import message
from brygga.domain.money import ZERO, plain
from brygga.domain.order import OptionValue

STATUSES = ("draft", "pending", "private", "publish")
_TYPES = ("simple", "variable")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_WEIGHT_STEP = Decimal("0.0001")
_HEAVIEST = 6  # digits before the point: what is heavier is no weight of goods


def product_from_wire(
    row: wire_goods.Goods, variations: Sequence[wire_goods.Goods], weight_unit: str
) -> ShopProduct:
    """Map a product with its variations; a value that can't be read counts as none."""
    tax_class = _tax_class(row, "")
    return ShopProduct(
        id=id_text(row.id),
        type=text(row.type) or "simple",
        status=text(row.status) or "publish",
        name=title(row.name),
        modified_at=_moment(row) or _NEVER,
        sku=text(row.sku),
        description=text(row.description),
        short_description=text(row.short_description),
        barcode=_barcode(row),
        weight_kg=_weight(row, weight_unit),
        tax_class=tax_class,
        categories=tuple(id_text(category.id) for category in row.categories),
        attributes=tuple(_attribute(attribute) for attribute in row.attributes),
        defaults=_options(row.default_attributes),
        variations=tuple(variation_from_wire(one, weight_unit, tax_class) for one in variations),
        metas=first_by_key(metas_from_wire(row.meta_data)),
        translation_of=id_text(row.translation_of),
        stock_shown=text(row.stock_status) != "outofstock",
    )


def variation_from_wire(row: wire_goods.Goods, weight_unit: str, parents_class: str = "") -> ShopVariation:
    """Map a variation; it takes over the tax class of its product where it has none of its own."""
    return ShopVariation(
        id=id_text(row.id),
        sku=text(row.sku),
        status=text(row.status) or "publish",
        options=_options(row.attributes),
        barcode=_barcode(row),
        weight_kg=_weight(row, weight_unit),
        tax_class=_tax_class(row, parents_class),
        metas=first_by_key(metas_from_wire(row.meta_data)),
        stock_shown=text(row.stock_status) != "outofstock",
    )


def json_from(fields: Fields, weight_unit: str) -> dict[str, Any]:
    """Put a wish in the shop's words, with nothing in it that the shop would clean in silence.

    Raises RecordRejected naming the field and the value.
    """
    sent: dict[str, Any] = {}
    for name in ("name", "description", "short_description", "tax_class"):
        value = getattr(fields, name)
        if value is not None:
            sent[name] = value
    if fields.name is not None and not fields.name.strip():
        raise _bad("name", "")  # the shop would call it "Produkt"
    if fields.sku is not None:
        if fields.sku != fields.sku.strip():
            raise _bad("sku", fields.sku)  # the shop cuts it off
        sent["sku"] = fields.sku
    if fields.type is not None:
        sent["type"] = _one_of("type", fields.type, _TYPES)
    if fields.status is not None:
        sent["status"] = _one_of("status", fields.status, STATUSES)
    if fields.weight_kg is not None:
        sent["weight"] = _weight_text(fields.weight_kg, weight_unit)
    if fields.barcode is not None:
        sent |= _barcode_fields(fields)
    return {**sent, **_lists_json(fields), **_sale_json(fields)}


def _lists_json(fields: Fields) -> dict[str, Any]:
    """Each of these replaces the whole list that the product has."""
    sent: dict[str, Any] = {}
    if fields.categories is not None:
        sent["categories"] = [{"id": int(category)} for category in fields.categories]
    if fields.attributes is not None:
        sent["attributes"] = [_attribute_json(at, one) for at, one in enumerate(fields.attributes)]
    if fields.defaults is not None:
        sent["default_attributes"] = [{"name": one.name, "option": one.value} for one in fields.defaults]
    return sent


def _sale_json(fields: Fields) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    if fields.out_of_sale or fields.uncounted:
        sent["manage_stock"] = False
    if fields.out_of_sale:
        sent["stock_status"] = "outofstock"
    return sent


def choices_json(options: Sequence[OptionValue], attributes: Sequence[Attribute]) -> list[dict[str, Any]]:
    """Return a variation's choices by the ids of its product's attributes; by name only they are not found."""
    ids = {one.name.casefold(): one.id for one in attributes if one.id}
    return [
        {"id": int(ids[one.name.casefold()]), "option": one.value}
        if one.name.casefold() in ids
        else {"name": one.name, "option": one.value}
        for one in options
    ]


def _attribute_json(position: int, attribute: Attribute) -> dict[str, Any]:
    named: dict[str, Any] = {"id": int(attribute.id)} if attribute.id else {"name": attribute.name}
    return {
        **named,
        "position": position,
        "visible": attribute.visible,
        "variation": attribute.varies,
        "options": list(attribute.values),
    }


def _barcode_fields(fields: Fields) -> dict[str, Any]:
    if fields.barcode_meta:
        return {"meta_data": [{"key": fields.barcode_meta, "value": fields.barcode}]}
    return {"global_unique_id": fields.barcode}


def _weight_text(weight_kg: Decimal, unit: str) -> str:
    factor = KILOGRAMS.get(unit)
    if factor is None or not weight_kg.is_finite() or weight_kg < ZERO or weight_kg.adjusted() >= _HEAVIEST:
        raise _bad("weight", f"{weight_kg} kg ({unit})")
    return plain((weight_kg / factor).quantize(_WEIGHT_STEP).normalize() + ZERO)


def _one_of(field: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise _bad(field, value)
    return value


def _bad(field: str, value: str) -> RecordRejected:
    return RecordRejected(message("woocommerce.product_bad_value", field=field, value=value[:60] or "-"))


def _attribute(row: wire_goods.Attribute) -> Attribute:
    values = row.options if isinstance(row.options, list) else []
    return Attribute(
        id=id_text(row.id),
        name=title(row.name),
        values=tuple(title(value) for value in values),
        varies=flag(row.variation),
        visible=flag(row.visible),
        slug=text(row.slug),
    )


def _options(rows: Sequence[wire_goods.Attribute]) -> tuple[OptionValue, ...]:
    return tuple(OptionValue(title(row.name), title(row.option)) for row in rows)


def _tax_class(row: wire_goods.Goods, parents_class: str) -> str:
    found = text(row.tax_class)
    if found == "parent":
        return parents_class
    return "" if found == "standard" else found


def _barcode(row: wire_goods.Goods) -> str:
    metas = first_by_key(metas_from_wire(row.meta_data))
    return text(row.global_unique_id).strip() or first_of(BARCODE_KEYS, metas)


def _weight(row: wire_goods.Goods, unit: str) -> Decimal | None:
    try:
        weight = optional_amount(row.weight, "weight")
    except BadValue:
        return None
    factor = KILOGRAMS.get(unit)
    return None if weight is None or factor is None else weight * factor


def _moment(row: wire_goods.Goods) -> datetime | None:
    try:
        return optional_moment(row.date_modified_gmt, "date_modified_gmt")
    except BadValue:
        return None
