"""What a shop shows of one thing that can be bought, and what it is told to show instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from brygga.domain.message import Message


class StockBy(StrEnum):
    """Who counts an item's stock."""

    ITEM = "item"
    PARENT = "parent"  # the product's own number serves all its variations
    NOBODY = "nobody"  # only the stock status says something


class StockStatus(StrEnum):
    """What a shop says to its buyers where stock is not counted."""

    IN_STOCK = "instock"
    OUT_OF_STOCK = "outofstock"
    BACKORDER = "onbackorder"


@dataclass(frozen=True, slots=True)
class Prices:
    """Regular and sale price as the shop keeps them, with or without VAT as the shop has it.

    `sale_to` is the last moment of the sale. None takes a price or date away.
    """

    regular: Decimal | None
    sale: Decimal | None = None
    sale_from: datetime | None = None
    sale_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShopItem:
    """A simple product or one variation, as the shop shows it. Times are aware UTC.

    `variant_id` is the product's own id for a simple product, so that `ref` is what links know.
    """

    product_id: str
    variant_id: str
    sku: str
    name: str
    status: str  # publish, draft, private, pending, trash
    prices: Prices
    modified_at: datetime
    stock: Decimal | None = None
    stock_by: StockBy = StockBy.NOBODY
    stock_status: StockStatus = StockStatus.IN_STOCK
    backorders: bool = False
    tax_class: str = ""
    barcode: str = ""
    weight_kg: Decimal | None = None
    type: str = "simple"  # simple, variation, or a plugin's own
    metas: Mapping[str, str] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """How links name it: `<product>/<variant>`."""
        return f"{self.product_id}/{self.variant_id}"

    @property
    def is_variation(self) -> bool:
        """Say that it is one of several of its product."""
        return self.variant_id != self.product_id


@dataclass(frozen=True, slots=True)
class StockWrite:
    """A number to show (its item then counts its own stock), or a status where nobody counts."""

    quantity: Decimal | None = None
    status: StockStatus | None = None
    backorders: bool | None = None


@dataclass(frozen=True, slots=True)
class ItemWrite:
    """What one item is to show from now on; None leaves it as it is.

    `keep_regular` and `keep_sale` leave one of the prices exactly as the shop has it: then it is in
    `prices` only to be compared with.
    """

    product_id: str
    variant_id: str
    prices: Prices | None = None
    stock: StockWrite | None = None
    status: str = ""
    keep_regular: bool = False
    keep_sale: bool = False

    @property
    def ref(self) -> str:
        """How links name it."""
        return f"{self.product_id}/{self.variant_id}"


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """What became of one write: the item as the shop then shows it, or why not.

    `remarks` name what the shop made of a value in silence.
    """

    ref: str
    item: ShopItem | None = None
    fault: Message | None = None
    gone: bool = False  # the item is not there any more
    remarks: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class StockTaken:
    """How many of each SKU one order of the shop holds of the shop's stock right now.

    `items` says which item of the shop (`<product>/<variant>`) is sold under a SKU, where it is there.
    """

    order_id: str
    number: str
    status: str
    modified_at: datetime
    quantities: Mapping[str, Decimal] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)
