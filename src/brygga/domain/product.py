"""Product, its variants and their prices; Article is the ERP's counterpart of one variant."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from brygga.domain.order import Meta, OptionValue
from brygga.domain.refs import Version


@dataclass(frozen=True, slots=True)
class Price:
    """Regular and sale price as the shop stores them; `includes_vat` says which way."""

    regular: Decimal | None
    sale: Decimal | None = None
    sale_from: datetime | None = None
    sale_to: datetime | None = None
    includes_vat: bool = True
    currency: str = "SEK"


@dataclass(frozen=True, slots=True)
class Variant:
    """What can be bought: a simple product has one, a variable product one per choice."""

    id: str
    sku: str
    options: tuple[OptionValue, ...]
    price: Price
    tax_class: str = ""
    vat_percent: Decimal | None = None  # of the shop's own country; None when no rate is set up
    stock: Decimal | None = None  # None when the shop does not count it
    barcode: str = ""
    weight_kg: Decimal | None = None
    status: str = "publish"
    virtual: bool = False
    metas: tuple[Meta, ...] = ()

    @property
    def is_open(self) -> bool:
        """Say that an option is left open ("any size"), so that the SKU means several things."""
        return any(not option.value for option in self.options)

    def meta(self, key: str) -> str:
        """Return the first meta's value under a key, or an empty text."""
        return next((meta.value for meta in self.metas if meta.key == key), "")


@dataclass(frozen=True, slots=True)
class Product:
    """A product with its variants. Times are aware UTC."""

    id: str
    name: str
    type: str  # simple, variable, grouped, external, or a plugin's own
    status: str
    modified_at: datetime
    variants: tuple[Variant, ...]
    sku: str = ""
    categories: tuple[str, ...] = ()
    language: str = ""
    translation_of: str = ""
    metas: tuple[Meta, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductHead:
    """What a list tells of a product: that it is there and when it changed."""

    id: str
    name: str
    sku: str
    status: str
    modified_at: datetime

    @property
    def version(self) -> Version:
        """When it changed; a list shows too little of a product to tell changes of a second apart."""
        return Version(self.modified_at)


@dataclass(frozen=True, slots=True)
class Article:
    """What the ERP is told of one variant. The price excludes VAT.

    `opening_stock` counts only when the article is made; None leaves stock uncounted. An article
    that the ERP has already may be told less: an empty name, None for price or percent leave them.
    """

    article_no: str
    name: str
    price_ex: Decimal | None
    vat_percent: int | None
    barcode: str = ""
    weight_kg: Decimal | None = None
    opening_stock: Decimal | None = None
    buy_price: Decimal | None = None
    supplier_no: str = ""
    supplier_name: str = ""
    supplier_article_no: str = ""
    origin_country: str = ""
