"""Variations that are counted by their product's number: the product shows the sum of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from brygga.domain.money import ZERO
from brygga.domain.shelf import ItemWrite, ShopItem, StockBy, StockWrite
from brygga.flows.shelf.settings import ParentStock, ShelfSettings
from brygga.flows.shelf.stock import number_to_show
from brygga.flows.shelf.tally import Tally


@dataclass(frozen=True, slots=True)
class ParentPlan:
    """What a product is told for those of its variations that it counts."""

    product_id: str
    members: tuple[ShopItem, ...]
    shown: Decimal | None
    number: Decimal

    @property
    def write(self) -> ItemWrite | None:
        """Return what is to be written, if the number differs."""
        if self.shown == self.number:
            return None
        return ItemWrite(self.product_id, self.product_id, stock=StockWrite(quantity=self.number))


def siblings(items: Sequence[ShopItem], read: Sequence[ShopItem]) -> list[ShopItem]:
    """Return every variation that is counted together with one of these items."""
    products = {item.product_id for item in items if item.stock_by is StockBy.PARENT}
    return [item for item in read if item.product_id in products and item.stock_by is StockBy.PARENT]


def plan_parents(
    members: Sequence[ShopItem], articles: Mapping[str, str], tally: Tally, settings: ShelfSettings
) -> list[ParentPlan]:
    """Plan the number of each product with such variations; one of unknown stock adds nothing."""
    if settings.stock_parent is not ParentStock.SUM:
        return []
    by_product: dict[str, list[ShopItem]] = defaultdict(list)
    for item in members:
        by_product[item.product_id].append(item)
    plans: list[ParentPlan] = []
    for product_id, variations in by_product.items():
        numbers = [tally.there(articles.get(item.ref) or item.sku) for item in variations]
        told = [max(number, ZERO) for number in numbers if number is not None]
        if told:
            backorders = any(item.backorders for item in variations)
            number = number_to_show(sum(told, ZERO), settings, backorders=backorders)
            plans.append(ParentPlan(product_id, tuple(variations), variations[0].stock, number))
    return plans
