"""Products as a shop keeps them, and what one is told to be: for ranges that are led from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from brygga.domain.errors import BryggaError
from brygga.domain.message import Message
from brygga.domain.order import OptionValue


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing a product may be chosen by, with the values it offers; an empty id is the product's own."""

    id: str
    name: str
    values: tuple[str, ...]
    varies: bool = True
    visible: bool = True
    slug: str = ""


@dataclass(frozen=True, slots=True)
class ShopVariation:
    """One variation of a product, as the shop keeps it."""

    id: str
    sku: str = ""
    status: str = "publish"
    options: tuple[OptionValue, ...] = ()
    barcode: str = ""
    weight_kg: Decimal | None = None
    tax_class: str = ""
    metas: Mapping[str, str] = field(default_factory=dict)
    stock_shown: bool = True  # it says that it is in stock


@dataclass(frozen=True, slots=True)
class ShopProduct:
    """A product with all its variations, as the shop keeps it. Times are aware UTC."""

    id: str
    type: str
    status: str  # publish, draft, private, pending, trash
    name: str
    modified_at: datetime
    sku: str = ""
    description: str = ""
    short_description: str = ""
    barcode: str = ""
    weight_kg: Decimal | None = None
    tax_class: str = ""
    categories: tuple[str, ...] = ()  # their ids
    attributes: tuple[Attribute, ...] = ()
    defaults: tuple[OptionValue, ...] = ()
    variations: tuple[ShopVariation, ...] = ()
    metas: Mapping[str, str] = field(default_factory=dict)
    translation_of: str = ""
    stock_shown: bool = True

    @property
    def is_variable(self) -> bool:
        """Say that its variations are what is bought."""
        return self.type == "variable"

    def variation(self, variation_id: str) -> ShopVariation | None:
        """Return one of its variations."""
        return next((one for one in self.variations if one.id == variation_id), None)


@dataclass(frozen=True, slots=True)
class Fields:
    """What a product or a variation is to have; None leaves a field as it is.

    `out_of_sale` says that it can't be bought any more: its stock is not counted and it is out.
    `barcode_meta` is where the bar code goes in a shop that has no field of its own for it.
    """

    type: str | None = None
    sku: str | None = None
    name: str | None = None
    status: str | None = None
    description: str | None = None
    short_description: str | None = None
    barcode: str | None = None
    barcode_meta: str = ""
    weight_kg: Decimal | None = None
    tax_class: str | None = None
    categories: tuple[str, ...] | None = None
    attributes: tuple[Attribute, ...] | None = None
    defaults: tuple[OptionValue, ...] | None = None
    options: tuple[OptionValue, ...] | None = None
    out_of_sale: bool = False
    uncounted: bool = False  # its own stock is counted no more: its variations' is

    @property
    def is_empty(self) -> bool:
        """Say that nothing is to be written."""
        return self == Fields(barcode_meta=self.barcode_meta)


@dataclass(frozen=True, slots=True)
class ProductWrite:
    """A change of one product's own fields; without an id it is made."""

    id: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class VariationWrite:
    """A change of one variation; without an id it is made."""

    id: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class ProductAnswer:
    """A product as it is after a write, without its variations, or why it was not done.

    `remarks` name what the shop made of it otherwise than asked.
    """

    product: ShopProduct | None = None
    error: BryggaError | None = None
    remarks: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class VariationAnswer:
    """A variation as it is after a write, or why it was not done; `gone`: it is not there any more.

    `sku_taken` says that another product of the shop has its SKU.
    """

    variation: ShopVariation | None = None
    fault: Message | None = None
    remarks: tuple[Message, ...] = ()
    gone: bool = False
    sku_taken: bool = False
