"""What can be bought in a shop as the domain's ShopItem, and what it is told, in the shop's words."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import structlog

from brygga.connectors.woocommerce import wire_shelf
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
from brygga.connectors.woocommerce.wire import Loose
from brygga.domain.message import Message, message
from brygga.domain.money import ZERO, plain
from brygga.domain.shelf import ItemWrite, Prices, ShopItem, StockBy, StockStatus, StockWrite

STATUSES = ("draft", "private", "publish")  # of these we know what they mean for a buyer
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # old imports left products without a time of change
_LARGEST = 11  # as in values.py: what is larger is no price and no stock of a shop

_STOCK_STATUSES = {status.value: status for status in StockStatus}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """One item's part of a batch, in the shop's words, and what of the wish could not be sent."""

    fields: dict[str, Any]
    problems: tuple[Message, ...] = ()


def item_from_wire(
    row: wire_shelf.Item, weight_unit: str, parent: wire_shelf.Item | None = None, product_id: str = ""
) -> ShopItem:
    """Map a product or a variation. With its parent it takes over what it inherits from it.

    The answer to a write comes without the parent: then the tax class may be the word `parent`,
    and name and weight are the variation's own. A value that can't be read counts as none, so
    that one spoilt product does not keep the others back; it is logged.
    """
    own_id = id_text(row.id)
    metas = metas_from_wire(row.meta_data)
    tax_class = text(row.tax_class)
    if parent is not None and tax_class == "parent":
        tax_class = text(parent.tax_class)
    stock_by = _stock_by(row.manage_stock)
    return ShopItem(
        product_id=product_id or id_text(row.parent_id) or own_id,
        variant_id=own_id,
        sku=text(row.sku),
        name=_name(row, parent),
        status=text(row.status) or "publish",
        prices=Prices(
            regular=_amount(row, "regular_price"),
            sale=_amount(row, "sale_price"),
            sale_from=_moment(row, "date_on_sale_from_gmt"),
            sale_to=_moment(row, "date_on_sale_to_gmt"),
        ),
        modified_at=_moment(row, "date_modified_gmt") or _NEVER,
        stock=None if stock_by is StockBy.NOBODY else _amount(row, "stock_quantity"),
        stock_by=stock_by,
        stock_status=_stock_status(row.stock_status),
        backorders=allows_backorders(row.backorders),
        tax_class="" if tax_class == "standard" else tax_class,
        barcode=text(row.global_unique_id).strip() or first_of(BARCODE_KEYS, first_by_key(metas)),
        weight_kg=_weight(row, parent, weight_unit),
        type=text(row.type) or ("simple" if parent is None else "variation"),
        metas=first_by_key(metas),
    )


def counts_own_stock(manage_stock: Loose) -> bool:
    """Say that an item has a number of its own."""
    return manage_stock != "parent" and flag(manage_stock)


def allows_backorders(value: Loose) -> bool:
    """Say that a buyer may order what is not there, told of it or not."""
    return text(value) in ("yes", "notify")


def change_from(write: ItemWrite) -> Change:
    """Put a write in the shop's words, with nothing in it that the shop would clean in silence.

    What is not fit to be sent is left out and told; the rest of the item goes. Nothing to send is
    a change with no fields but the id.
    """
    problems: list[Message] = []
    fields: dict[str, Any] = {"id": int(write.variant_id)}
    if write.prices is not None:
        fields |= _price_fields(write, write.prices, problems)
    if write.stock is not None:
        fields |= _stock_fields(write, write.stock, problems)
    if write.status in STATUSES:
        fields["status"] = write.status
    elif write.status:  # the batch would make a draft of it (measured)
        known = ", ".join(STATUSES)
        problems.append(
            message("woocommerce.item_bad_status", item=write.variant_id, status=write.status, known=known)
        )
    return Change(fields, tuple(problems))


def _price_fields(write: ItemWrite, prices: Prices, problems: list[Message]) -> dict[str, Any]:
    amounts = {"regular_price": prices.regular, "sale_price": prices.sale}
    for field, value in amounts.items():
        if value is not None and not (_is_fit(value) and value >= ZERO):
            problems.append(
                message("woocommerce.item_bad_price", item=write.variant_id, field=field, value=value)
            )
            return {}
    if prices.sale is not None and (prices.regular is None or prices.sale >= prices.regular):
        regular = "-" if prices.regular is None else plain(prices.regular)
        problems.append(
            message(
                "woocommerce.item_sale_not_below",
                item=write.variant_id,
                sale=plain(prices.sale),
                regular=regular,
            )
        )
        return {}
    on_sale = prices.sale is not None
    fields: dict[str, Any] = {}
    if not write.keep_regular:
        fields["regular_price"] = "" if prices.regular is None else plain(prices.regular)
    if not write.keep_sale:
        fields["sale_price"] = "" if prices.sale is None else plain(prices.sale)
        # In UTC with a time of day: a bare date would be the shop's midnight, the evening before.
        fields["date_on_sale_from_gmt"] = _gmt(prices.sale_from if on_sale else None)
        fields["date_on_sale_to_gmt"] = _gmt(prices.sale_to if on_sale else None)
    return fields


def _stock_fields(write: ItemWrite, stock: StockWrite, problems: list[Message]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    quantity = stock.quantity
    if quantity is not None and not (_is_fit(quantity) and quantity == quantity.to_integral_value()):
        # Cut off in silence by a batch, refused by a single write (measured).
        problems.append(message("woocommerce.item_bad_stock", item=write.variant_id, value=quantity))
    elif quantity is not None:
        fields = {"manage_stock": True, "stock_quantity": int(quantity)}
    elif stock.status is not None:
        fields = {"stock_status": stock.status.value}
    if stock.backorders is not None:
        fields["backorders"] = "notify" if stock.backorders else "no"
    return fields


def _is_fit(number: Decimal) -> bool:
    return number.is_finite() and number.adjusted() <= _LARGEST


def _gmt(when: datetime | None) -> str:
    return "" if when is None else when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _stock_by(manage_stock: Loose) -> StockBy:
    if manage_stock == "parent":
        return StockBy.PARENT
    return StockBy.ITEM if flag(manage_stock) else StockBy.NOBODY


def _stock_status(value: Loose) -> StockStatus:
    found = text(value)
    if not found:
        return StockStatus.IN_STOCK
    return _STOCK_STATUSES.get(found, StockStatus.OUT_OF_STOCK)  # a plugin's own: not surely there


def _name(row: wire_shelf.Item, parent: wire_shelf.Item | None) -> str:
    own = title(row.name)
    if parent is None:
        return own
    return f"{title(parent.name)} - {own}" if own else title(parent.name)  # as the shop itself joins them


def _weight(row: wire_shelf.Item, parent: wire_shelf.Item | None, unit: str) -> Decimal | None:
    weight = _amount(row, "weight")
    if weight is None and parent is not None:
        weight = _amount(parent, "weight")
    factor = KILOGRAMS.get(unit)
    return None if weight is None or factor is None else weight * factor


def _amount(row: wire_shelf.Item, field: str) -> Decimal | None:
    try:
        return optional_amount(getattr(row, field), field)
    except BadValue as error:
        _log.warning("a value of a product can't be read", product=id_text(row.id), what=str(error)[:200])
        return None


def _moment(row: wire_shelf.Item, field: str) -> datetime | None:
    try:
        return optional_moment(getattr(row, field), field)
    except BadValue as error:
        _log.warning("a time of a product can't be read", product=id_text(row.id), what=str(error)[:200])
        return None
