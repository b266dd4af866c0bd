"""Compares what a shop kept of a product with what it was told: it cleans values in silence."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any

from brygga.connectors.woocommerce import wire_goods
from brygga.connectors.woocommerce.values import (
    BadValue,
    flag,
    id_text,
    meta_text,
    optional_amount,
    same_text,
    text,
    title,
)
from brygga.domain.message import Message, message

_MARKUP = re.compile(r"</?p[^>]*>|<br\s*/?>|\s+")


def differences(sent: Mapping[str, Any], row: wire_goods.Goods) -> tuple[Message, ...]:
    """Return a message for each value that the shop did not keep as it was sent."""
    told: list[Message] = []
    for field, value in sent.items():
        same = _SAME.get(field)
        if same is not None and not same(value, row):
            got = getattr(row, field, None)
            shown = str(got)[:80] if isinstance(got, str | int | bool) else "-"
            told.append(
                message(
                    "woocommerce.product_not_kept",
                    product=text(row.sku) or title(row.name) or id_text(row.id),
                    field=field,
                    sent=_shown(value),
                    got=shown or "-",
                )
            )
    return tuple(told)


def same_html(one: str, other: str) -> bool:
    """Say that two texts are the same but for paragraphs and spaces, which the shop adds when it shows them."""
    return _MARKUP.sub("", unescape(one)) == _MARKUP.sub("", unescape(other))


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one.get("option") or one.get("name") or one.get("id")) for one in value)[:80]
    return str(value)[:80] or "-"


def _plain(field: str) -> Callable[[Any, wire_goods.Goods], bool]:
    return lambda sent, row: text(getattr(row, field)) == text(sent)


def _html(field: str) -> Callable[[Any, wire_goods.Goods], bool]:
    return lambda sent, row: same_html(text(getattr(row, field)), sent)


def _same_weight(sent: Any, row: wire_goods.Goods) -> bool:
    try:
        return optional_amount(row.weight, "weight") == optional_amount(sent, "weight")
    except BadValue:
        return False


def _same_class(sent: Any, row: wire_goods.Goods) -> bool:
    return text(row.tax_class) in (sent, "standard") if sent == "" else text(row.tax_class) == sent


def _same_categories(sent: Any, row: wire_goods.Goods) -> bool:
    return {str(one["id"]) for one in sent} <= {id_text(one.id) for one in row.categories}


def _same_attributes(sent: Any, row: wire_goods.Goods) -> bool:
    kept = {id_text(one.id) or title(one.name).casefold(): one for one in row.attributes}
    for wish in sent:
        one = kept.get(str(wish.get("id") or "") or str(wish.get("name", "")).casefold())
        if one is None:
            return False
        if "option" in wish:
            if title(one.option).casefold() != str(wish["option"]).casefold():
                return False
            continue
        values = one.options if isinstance(one.options, list) else []
        if {title(v).casefold() for v in values} != {str(v).casefold() for v in wish["options"]}:
            return False
        if flag(one.variation) != wish["variation"]:
            return False
    return True


def _same_metas(sent: Any, row: wire_goods.Goods) -> bool:
    kept = {(text(meta.key), meta_text(meta.value)) for meta in row.meta_data}
    return all((meta["key"], meta["value"]) in kept for meta in sent)


_SAME: Mapping[str, Callable[[Any, wire_goods.Goods], bool]] = {
    "type": _plain("type"),
    "status": _plain("status"),
    "sku": _plain("sku"),
    "stock_status": _plain("stock_status"),
    "global_unique_id": _plain("global_unique_id"),
    "name": lambda sent, row: same_text(text(row.name), sent),
    "description": _html("description"),
    "short_description": _html("short_description"),
    "tax_class": _same_class,
    "weight": _same_weight,
    "categories": _same_categories,
    "attributes": _same_attributes,
    "meta_data": _same_metas,
    "manage_stock": lambda sent, row: flag(row.manage_stock) == sent,
}
