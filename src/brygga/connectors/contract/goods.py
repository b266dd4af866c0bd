"""What a shop promises whose products are led from elsewhere: made, changed, never removed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol, runtime_checkable

from brygga.connectors.contract.connector import Session
from brygga.domain.goods import (
    Attribute,
    Fields,
    ProductAnswer,
    ProductWrite,
    ShopProduct,
    VariationAnswer,
    VariationWrite,
)
from brygga.domain.shelf import ShopItem


@runtime_checkable
class TakesProducts(Session, Protocol):
    """A shop in which products can be made and kept. A session remembers the shop's own lists."""

    def shop_product(self, product_id: str) -> ShopProduct:
        """Read one product with all its variations, also one in the trash. Raises RecordGone."""

    def shop_products(self, product_ids: Sequence[str]) -> Mapping[str, ShopProduct]:
        """Read many products in few calls, with all their variations; those not found are left out.

        One in the trash comes without its variations. One left out may still be there, in a status
        that no list shows: `shop_product` knows.
        """

    def put_products(self, writes: Sequence[ProductWrite]) -> Sequence[ProductAnswer]:
        """Make and change many products in few calls; an answer for each, in order.

        Each stands for itself. Its error is DuplicateNumber when the shop has its SKU already,
        RecordGone, RecordRejected, or OutcomeUnknown when it may have been done: what may have been
        made is found by its SKU, so what is made needs one.
        """

    def change_product(self, product_id: str, fields: Fields) -> ProductAnswer:
        """Change a product at once. Raises RecordGone, DuplicateNumber, RecordRejected, OutcomeUnknown."""

    def put_variations(
        self,
        product_id: str,
        writes: Sequence[VariationWrite],
        attributes: Sequence[Attribute] | None = None,
    ) -> Sequence[VariationAnswer]:
        """Make and change variations of one product; an answer for each, in order.

        `attributes` are the product's, if they are known: they are read where options are written.
        Raises RecordGone when the product is, OutcomeUnknown when some may have been made.
        """

    def trashed_by_sku(self, skus: Sequence[str]) -> Sequence[ShopItem]:
        """Find the products in the trash that have one of these SKUs."""

    def attribute(self, name: str, values: Sequence[str], order: Sequence[str]) -> Attribute:
        """Find a global attribute and these of its values by name, whatever the case; make what is missing.

        New values stand in the given order, those not in it behind them.
        """

    def category(self, path: str, *, make: bool) -> str:
        """Find a category by id, by name, or by names with ` > ` between; empty if it is not there.

        `make` makes what is missing.
        """

    def tax_classes(self) -> Mapping[Decimal, Sequence[str]]:
        """Return the shop's tax classes by the percent each has in the shop's own country."""

    def page_of(self, product_id: str) -> str:
        """Return the address at which the shop's people edit a product."""
