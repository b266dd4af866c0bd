"""Products, items and goods: what the flows read of a shop's range and write on it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

from brygga.connectors.contract.connector import OpenWith
from brygga.connectors.woocommerce import mapping_products, wire
from brygga.connectors.woocommerce.goods import GoodsDesk
from brygga.connectors.woocommerce.goods_terms import Terms
from brygga.connectors.woocommerce.item_writes import ItemWriter
from brygga.connectors.woocommerce.items import TRASH, ItemReader
from brygga.connectors.woocommerce.lists import Window, rows_by_id
from brygga.connectors.woocommerce.mapping_products import Range
from brygga.connectors.woocommerce.session import ShopTalk, digits
from brygga.connectors.woocommerce.values import id_text
from brygga.connectors.woocommerce.values import text as as_text
from brygga.domain.goods import (
    Attribute,
    Fields,
    ProductAnswer,
    ProductWrite,
    ShopProduct,
    VariationAnswer,
    VariationWrite,
)
from brygga.domain.product import Product, ProductHead
from brygga.domain.shelf import ItemAnswer, ItemWrite, ShopItem


class RangeTalk(ShopTalk):
    """The part of a session that is about products, their items, and what is made and written of both.

    VAT rates and tax classes are asked for once.
    """

    def __init__(self, opening: OpenWith) -> None:
        super().__init__(opening)
        self._range: Range | None = None
        self._reader: ItemReader | None = None
        self._writer: ItemWriter | None = None
        self._desk: GoodsDesk | None = None
        self._terms = Terms(self._client)
        self._classes: Mapping[Decimal, Sequence[str]] | None = None

    def product(self, product_id: str) -> Product:
        """Read a product with its variants; a variation's own id gives its parent."""
        found = self._client.product(digits(product_id, "product"))
        if as_text(found.type) == "variation":
            found = self._client.product(digits(id_text(found.parent_id), "product"))
        own_id = id_text(found.id)
        variations: list[wire.Product] = []
        if mapping_products.has_variations(found):
            variations = list(
                rows_by_id(partial(self._client.variations, own_id), f"products/{own_id}/variations")
            )
        return mapping_products.product_from_wire(found, variations, self._shop_range())

    def products_changed(self, since: datetime | None, until: datetime) -> Iterator[ProductHead]:
        """List products changed in a window. A variation's change touches its parent (measured)."""
        window = Window.of(since, until)
        return self._heads(
            self._client.products, window.query(), mapping_products.head_from_wire, window, "products"
        )

    def items_of(self, product_ids: Sequence[str]) -> Sequence[ShopItem]:
        """Read all items of these products, in their order; variations by id behind each other.

        A call for each hundred products, one more for each hundred that are not there (they may be
        in the trash, and then have that status), and one for each product with variations, and
        hundred of them. A product that is neither simple nor variable comes as itself with its
        type; so does a variable one in the trash, or without variations. A variation's id gives
        nothing: ask for its product.
        """
        return self._items().of_products(product_ids)

    def items_by_sku(self, skus: Sequence[str]) -> Sequence[ShopItem]:
        """Find every item with one of these SKUs, to the letter, in a call for each hundred or so.

        A variable product that has such a SKU itself is among them with its type. A SKU with a
        comma takes a call of its own. One with `<`, a code like `%41` or double spaces can't be
        asked for: only `all_items` finds it. The trash is not searched.
        """
        return self._items().by_sku(skus)

    def trashed_by_sku(self, skus: Sequence[str]) -> Sequence[ShopItem]:
        """Find the items in the trash with one of these SKUs: they keep others from having it."""
        return self._items().by_sku(skus, TRASH)

    def all_items(self, after: str = "") -> Iterator[ShopItem]:
        """Read the whole range but the trash, page by page by rising product id, with flat memory.

        `after` is the product id at which an earlier reading stopped, perhaps in the middle of its
        variations: that product comes again, and all behind it. A call for each 99 products and
        one for each product with variations; finding the place again takes some ten small calls.
        """
        return self._items().everything(after)

    def put_items(self, writes: Sequence[ItemWrite]) -> Sequence[ItemAnswer]:
        """Tell items what to show: a call for each hundred products, and one for each parent.

        What is not fit to be sent is a fault, and the rest of that item is sent. Every value of
        the answer is compared with what was asked: the first difference is the fault, more are
        remarks. An item in the trash takes values and has a fault; do not write a status to it,
        which would take it out. A write of nothing makes no call and has neither item nor fault.
        A status of stock does not stop the counting of stock. Raises TryLater for an unclear end.
        """
        if self._writer is None:
            self._writer = ItemWriter(self._client, self._weight_unit())
        return self._writer.put(writes)

    def shop_product(self, product_id: str) -> ShopProduct:
        """Read a product for comparing, with all its variations, also one in the trash."""
        return self._goods().product(digits(product_id, "product"))

    def shop_products(self, product_ids: Sequence[str]) -> Mapping[str, ShopProduct]:
        """Read products for comparing: a call for each hundred, and one for each that has variations."""
        return self._goods().products(product_ids)

    def put_products(self, writes: Sequence[ProductWrite]) -> Sequence[ProductAnswer]:
        """Make and change products, a hundred a call. A bar code that another has is left out, and told."""
        return self._goods().put_products(writes)

    def change_product(self, product_id: str, fields: Fields) -> ProductAnswer:
        """Change a product; one in the trash stays there unless a status is written."""
        return self._goods().change(digits(product_id, "product"), fields)

    def put_variations(
        self,
        product_id: str,
        writes: Sequence[VariationWrite],
        attributes: Sequence[Attribute] | None = None,
    ) -> Sequence[VariationAnswer]:
        """Make and change variations, fifty a call; the product's attributes are read if they must be."""
        return self._goods().put_variations(digits(product_id, "product"), writes, attributes)

    def attribute(self, name: str, values: Sequence[str], order: Sequence[str]) -> Attribute:
        """Find or make a global attribute with these values; the shop's lists are read once."""
        return self._terms.attribute(name, values, order)

    def category(self, path: str, *, make: bool) -> str:
        """Find or make a category; the shop's list is read once."""
        return self._terms.category(path, make=make)

    def tax_classes(self) -> Mapping[Decimal, Sequence[str]]:
        """Return the tax classes by percent; asked for once."""
        if self._classes is None:
            self._classes = self._terms.tax_classes(self._shop_range())
        return self._classes

    def page_of(self, product_id: str) -> str:
        """Return where the shop's people edit a product."""
        return f"{self._settings.url}/wp-admin/post.php?post={product_id}&action=edit"

    def _goods(self) -> GoodsDesk:
        if self._desk is None:
            self._desk = GoodsDesk(self._client, self._weight_unit())
        return self._desk

    def _items(self) -> ItemReader:
        if self._reader is None:
            self._reader = ItemReader(self._client, self._weight_unit())
        return self._reader

    def _weight_unit(self) -> str:
        return (self._identity or self.check()).weight_unit

    def _shop_range(self) -> Range:
        if self._range is None:
            identity = self._identity or self.check()
            self._range = Range(
                currency=identity.currency,
                prices_include_tax=identity.prices_include_tax,
                weight_unit=identity.weight_unit,
                country=identity.country,
                rates=[
                    mapping_products.rate_from_wire(row) for row in rows_by_id(self._client.taxes, "taxes")
                ],
            )
        return self._range
