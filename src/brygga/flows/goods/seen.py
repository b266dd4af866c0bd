"""What the shop shows of many groups, read together: their products, items by SKU, the trash, spellings.

What was not read ahead, or may have changed since, is read when it is asked for. So nothing
depends on what is read ahead but the number of calls.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from brygga.domain.goods import ShopProduct
from brygga.domain.shelf import ShopItem
from brygga.flows.context import RunContext
from brygga.flows.goods.ports import Linked, Made
from brygga.flows.goods.wish import Wish
from brygga.flows.shelf.match import spelt_otherwise

TRASH = "trash"
VARIABLE = "variable"


@dataclass(slots=True)
class Seen:
    """What of the shop was read so far."""

    ctx: RunContext
    products: dict[str, ShopProduct] = field(default_factory=dict)
    items: dict[str, list[ShopItem]] = field(default_factory=dict)  # by SKU, empty: there is none
    in_trash: dict[str, list[ShopItem]] = field(default_factory=dict)
    spelt: dict[str, ShopItem | None] = field(default_factory=dict)  # by article

    def product(self, product_id: str) -> ShopProduct:
        """Return a product with its variations. Raises RecordGone."""
        known = self.products.get(product_id)
        return known if known is not None else self.ctx.shop.shop_product(product_id)

    def by_sku(self, skus: Collection[str]) -> list[ShopItem]:
        """Return every item with one of these SKUs, also those of the trash that are found so."""
        unknown = [sku for sku in dict.fromkeys(skus) if sku not in self.items]
        self.items |= _by_sku(unknown, self.ctx.shop.items_by_sku(unknown) if unknown else ())
        return [item for sku in dict.fromkeys(skus) for item in self.items[sku]]

    def trashed(self, skus: Collection[str]) -> list[ShopItem]:
        """Return what is in the trash with one of these SKUs."""
        unknown = [sku for sku in dict.fromkeys(skus) if sku not in self.in_trash]
        self.in_trash |= _by_sku(unknown, self.ctx.shop.trashed_by_sku(unknown) if unknown else ())
        return [item for sku in dict.fromkeys(skus) for item in self.in_trash[sku]]

    def spelt_otherwise(self, article_nos: Collection[str]) -> dict[str, ShopItem]:
        """Return items whose SKU differs from an article's number in its spelling only."""
        unknown = [number for number in article_nos if number not in self.spelt]
        found = spelt_otherwise(unknown, self.ctx) if unknown else {}
        self.spelt |= {number: found.get(number) for number in unknown}
        return {number: item for number in article_nos if (item := self.spelt[number]) is not None}


def read_ahead(wishes: Sequence[Wish], ctx: RunContext) -> Seen:
    """Read for many groups at once what finding them will ask for."""
    seen = Seen(ctx)
    made = {wish.key: ctx.goods.made(wish.key) for wish in wishes}
    linked = ctx.goods.linked([item.article_no for wish in wishes for item in wish.items])
    seen.products |= ctx.shop.shop_products(_product_ids(wishes, made, linked))
    absent: list[str] = []
    keys: list[str] = []
    for wish in wishes:
        known = made[wish.key]
        product = seen.products.get(known.product_id) if known is not None else None
        inside = {product.sku, *(one.sku for one in product.variations)} if product is not None else set()
        numbers = [item.article_no for item in wish.live if item.article_no.strip()]
        absent += [number for number in numbers if number not in linked and number not in inside]
        keys += [wish.key] if known is None else []
    found = {item.sku for item in seen.by_sku([*absent, *keys]) if item.status != TRASH}
    absent = [number for number in absent if number not in found]
    seen.trashed([*absent, *(key for key in keys if key not in found)])
    seen.spelt_otherwise(absent)
    return seen


def _product_ids(
    wishes: Sequence[Wish], made: Mapping[str, Made | None], linked: Mapping[str, Sequence[Linked]]
) -> list[str]:
    """Return the products that groups are, and those that the articles of new groups are in."""
    ids: dict[str, None] = {}
    for wish in wishes:
        known = made[wish.key]
        if known is not None:
            ids[known.product_id] = None
            continue
        for item in wish.items:
            ids.update((link.ref.partition("/")[0], None) for link in linked.get(item.article_no, ()))
    return list(ids)


def _by_sku(asked: Sequence[str], items: Sequence[ShopItem]) -> dict[str, list[ShopItem]]:
    found: dict[str, list[ShopItem]] = {sku: [] for sku in asked}
    for item in items:
        found.setdefault(item.sku, []).append(item)
    return found
