"""What can be bought, and what orders hold of it, in JSON: few fields, as `wire.py` explains them."""

from typing import Any

import msgspec

from brygga.connectors.woocommerce.wire import Line, Loose, Meta


class ItemError(msgspec.Struct):
    """Why one item of a batch failed; `data` holds the status that a single write would have had."""

    code: Loose = None
    message: Loose = None
    data: Any = None


class Item(msgspec.Struct):
    """A product or a variation; in a batch perhaps an error in its place, with id 0 or null."""

    id: Loose = None
    parent_id: Loose = None
    type: Loose = None
    status: Loose = None
    name: Loose = None
    sku: Loose = None
    regular_price: Loose = None
    sale_price: Loose = None
    date_on_sale_from_gmt: Loose = None
    date_on_sale_to_gmt: Loose = None
    date_modified_gmt: Loose = None
    tax_class: Loose = None  # "parent" in the answer to a write of a variation
    manage_stock: Loose = None  # true, false, or "parent" for a variation
    stock_quantity: Loose = None
    stock_status: Loose = None
    backorders: Loose = None
    weight: Loose = None
    global_unique_id: Loose = None
    variations: Loose = None
    meta_data: list[Meta] = []
    error: ItemError | None = None


class Batch(msgspec.Struct):
    """The answer to a batch: every update in its place."""

    update: list[Item] = []


class HoldingOrder(msgspec.Struct):
    """A row of the orders list with the goods in it."""

    id: Loose = None
    number: Loose = None
    status: Loose = None
    date_modified_gmt: Loose = None
    line_items: list[Line] = []
