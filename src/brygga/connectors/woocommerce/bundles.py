"""Which line of an order is a part of which other line, by the marks that bundle plugins leave.

Read in the plugins' source and documents: Product Bundles and Composite Products put the parent's
line id in `bundled_by` and `composite_parent`, and cart keys in metas; Mix and Match puts cart keys
in metas; WPC Product Bundles puts the parent's product id in a meta.
"""

from collections.abc import Sequence

from brygga.connectors.woocommerce.values import id_text, text
from brygga.connectors.woocommerce.wire import Line

# A child's meta holds the value that one of the parent's metas has.
CART_KEYS = {
    "_bundled_by": ("_bundle_cart_key", "_yith_bundle_cart_key"),
    "_composite_parent": ("_composite_cart_key",),
    "_mnm_container": ("_mnm_cart_key",),
}
_PARENT_KEYS = frozenset(key for keys in CART_KEYS.values() for key in keys)
PRODUCT_ID_KEY = "_woosb_parent_id"  # a child's meta holds the parent's product id


def bundle_parents(lines: Sequence[Line]) -> dict[str, str]:
    """Return the parent's line id by the child's. A mark that leads nowhere is left out."""
    by_cart_key: dict[tuple[str, str], str] = {}
    children: list[tuple[str, str, str]] = []
    found: dict[str, str] = {}
    for line in lines:
        if line.bundled_by or line.composite_parent:
            found[id_text(line.id)] = id_text(line.bundled_by or line.composite_parent)
        for meta in line.meta_data:
            key = text(meta.key)
            if key in _PARENT_KEYS:
                by_cart_key[key, text(meta.value)] = id_text(line.id)
            elif key in CART_KEYS or key == PRODUCT_ID_KEY:
                children.append((id_text(line.id), key, text(meta.value)))
    for child, key, value in children:
        if key == PRODUCT_ID_KEY:
            parent = _last_before(lines, child, value)
        else:
            parent = next((by_cart_key[k, value] for k in CART_KEYS[key] if (k, value) in by_cart_key), "")
        if parent:
            found.setdefault(child, parent)
    ids = {id_text(line.id) for line in lines}
    return {child: parent for child, parent in found.items() if parent in ids and parent != child}


def _last_before(lines: Sequence[Line], child: str, product_id: str) -> str:
    # The same bundle may be in the order twice; its parts follow it.
    parent = ""
    for line in lines:
        if id_text(line.id) == child:
            break
        if id_text(line.product_id) == product_id:
            parent = id_text(line.id)
    return parent
