"""Compares what an item of a shop shows with what it was told: a batch cleans values in silence."""

from collections.abc import Callable, Mapping
from typing import Any

from brygga.connectors.woocommerce import wire_shelf
from brygga.connectors.woocommerce.mapping_items import allows_backorders, counts_own_stock
from brygga.connectors.woocommerce.values import (
    BadValue,
    flag,
    id_text,
    optional_amount,
    optional_moment,
    text,
)
from brygga.connectors.woocommerce.wire import Loose
from brygga.domain.message import Message, message


def differences(sent: Mapping[str, Any], row: wire_shelf.Item) -> tuple[Message, ...]:
    """Say for each field that was sent and is shown otherwise what was sent and what is shown."""
    return tuple(
        _difference(field, value, row)
        for field, value in sent.items()
        if field != "id" and not _is_same(field, value, getattr(row, field))
    )


def _is_same(field: str, sent: Any, got: Loose) -> bool:
    try:
        return _SAME[field](sent, got)
    except BadValue:
        return False


def _difference(field: str, sent: Any, row: wire_shelf.Item) -> Message:
    item = text(row.sku) or id_text(row.id)
    if field == "manage_stock":
        return message("woocommerce.item_not_counted", item=item)
    got = text(getattr(row, field)) or "-"
    if field == "stock_status" and flag(row.manage_stock):
        return message("woocommerce.item_counted", item=item, sent=sent, got=got)
    return message("woocommerce.item_not_kept", item=item, field=field, sent=_shown(sent), got=got)


def _shown(sent: Any) -> str:
    return "-" if sent == "" else str(sent)


def _amounts(sent: Any, got: Loose) -> bool:
    return optional_amount(sent, "sent") == optional_amount(got, "got")


def _moments(sent: Any, got: Loose) -> bool:
    return optional_moment(sent, "sent") == optional_moment(got, "got")


def _texts(sent: Any, got: Loose) -> bool:
    return bool(sent == text(got))


_SAME: Mapping[str, Callable[[Any, Loose], bool]] = {
    "regular_price": _amounts,
    "sale_price": _amounts,
    "date_on_sale_from_gmt": _moments,
    "date_on_sale_to_gmt": _moments,
    "manage_stock": lambda sent, got: bool(sent == counts_own_stock(got)),
    "stock_quantity": _amounts,
    "stock_status": _texts,
    "backorders": lambda sent, got: allows_backorders(sent) == allows_backorders(got),
    "status": _texts,
}
