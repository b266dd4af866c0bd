"""Meta data lists: set by key or by id, delete by null, hide what the shop keeps for itself."""

from typing import Any

from brygga_simulators.woocommerce.site import Doc, Site

INTERNAL_ORDER_KEYS = {
    "_transaction_id": "transaction_id",
    "_payment_method": "payment_method",
    "_payment_method_title": "payment_method_title",
    "_customer_ip_address": "customer_ip_address",
    "_customer_user_agent": "customer_user_agent",
    "_created_via": "created_via",
    "_cart_hash": "cart_hash",
    "_order_key": "order_key",
}
"""Keys that are an order's own fields: never shown as meta, written through to the field."""

_HIDDEN_ORDER_KEYS = {
    "_customer_user",
    "_order_currency",
    "_order_total",
    "_order_tax",
    "_completed_date",
    "_paid_date",
    "_date_paid",
    "_date_completed",
    "_order_stock_reduced",
    "_new_order_email_sent",
}
HIDDEN_PRODUCT_KEYS = {
    "_sku",
    "_price",
    "_regular_price",
    "_sale_price",
    "_stock",
    "_stock_status",
    "_manage_stock",
    "_tax_class",
    "_tax_status",
    "_weight",
    "_thumbnail_id",
    "_visibility",
    "_product_attributes",
    "_global_unique_id",
}


def merge(site: Site, sequence: str, metas: list[Doc], given: Any, *, on_item: bool = False) -> None:
    """Take over metas: by id, else by key; the last of several wins, null with an id deletes."""
    for entry in given if isinstance(given, list) else []:
        if not isinstance(entry, dict):
            continue
        key, value, meta_id = entry.get("key"), entry.get("value"), entry.get("id")
        found = next((m for m in metas if meta_id and m["id"] == meta_id), None)
        if found is None and not meta_id:
            found = next((m for m in metas if m["key"] == key), None)
        if value is None:
            if found is not None and meta_id:
                metas.remove(found)
            continue
        if found is not None:
            found.update(_texts(key or found["key"], value, on_item=on_item))
        elif key:
            made = {"id": site.next_id(sequence), **_texts(key, value, on_item=on_item)}
            metas.append(made)


def _texts(key: str, value: Any, *, on_item: bool) -> Doc:
    made = {"key": key, "value": value}
    if on_item:
        made |= {"display_key": key, "display_value": value}
    return made


def set_meta(
    site: Site, sequence: str, metas: list[Doc], key: str, value: Any, *, on_item: bool = False
) -> None:
    """Set one meta by key."""
    merge(site, sequence, metas, [{"key": key, "value": value}], on_item=on_item)


def meta_value(metas: list[Doc], key: str) -> Any:
    """Return a meta's value, or None."""
    return next((m["value"] for m in metas if m["key"] == key), None)


def drop_meta(metas: list[Doc], key: str) -> None:
    """Remove every meta with a key."""
    metas[:] = [m for m in metas if m["key"] != key]


def merge_order_metas(site: Site, order: Doc, given: Any) -> None:
    """Take over an order's metas; its own fields among them go where they belong."""
    plain = []
    for entry in given if isinstance(given, list) else []:
        key = entry.get("key") if isinstance(entry, dict) else None
        if key in INTERNAL_ORDER_KEYS:
            order[INTERNAL_ORDER_KEYS[key]] = str(entry.get("value") or "")
        elif key not in _HIDDEN_ORDER_KEYS:
            plain.append(entry)
    merge(site, "order_meta", order["meta_data"], plain)
    order["meta_data"].sort(key=lambda m: (m["key"], m["id"]))
