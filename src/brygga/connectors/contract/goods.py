"""What a shop promises whose products are led from elsewhere: made, changed, never removed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol, runtime_checkable

from brygga.connectors.contract.connector import Session
from brygga.domain.goods import Attribute, Fields, ProductAnswer, ShopProduct, VariationAnswer, VariationWrite
from brygga.domain.shelf import ShopItem


@runtime_checkable
class TakesProducts(Session, Protocol):
    """A shop in which products can be made and kept. A session remembers the shop's own lists."""

    def shop_product(self, product_id: str) -> ShopProduct:
        """Read one product with all its variations, also one in the trash. Raises RecordGone."""

    def create_product(self, fields: Fields) -> ProductAnswer:
        """Make a product.

        Raises DuplicateNumber when the shop has its SKU already, RecordRejected, and OutcomeUnknown
        when it may have been made: then it is found by its SKU.
        """

    def change_product(self, product_id: str, fields: Fields) -> ProductAnswer:
        """Change a product. Raises RecordGone, DuplicateNumber, RecordRejected, TryLater."""

    def put_variations(self, product_id: str, writes: Sequence[VariationWrite]) -> Sequence[VariationAnswer]:
        """Make and change variations of one product; an answer for each, in order.

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
