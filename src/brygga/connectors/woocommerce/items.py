"""Reads what can be bought in a shop: of some products, by SKU, or all of it.

Products come a hundred a call. Variations are in no common list: they are read parent by parent,
except that the list of products finds them by their SKU (measured).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from urllib.parse import quote

import structlog

from brygga.connectors.woocommerce import wire_shelf
from brygga.connectors.woocommerce.client import WooClient
from brygga.connectors.woocommerce.lists import (
    PER_PAGE,
    Page,
    parts_of,
    place_after,
    rows_by_id,
    rows_of_few,
)
from brygga.connectors.woocommerce.mapping_items import item_from_wire
from brygga.connectors.woocommerce.values import id_text, text
from brygga.domain.errors import RecordGone
from brygga.domain.shelf import ShopItem

TRASH = "trash"
_LONGEST = 1800  # of the SKUs in an address: some hosts stop at 2048 letters, with our signature in it
_CLEANED = re.compile(r"<|%[0-9a-fA-F]{2}")  # WordPress takes these for tags and codes

_log = structlog.get_logger(__name__)


class ItemReader:
    """Reads items of one shop. Raises what the client raises."""

    def __init__(self, client: WooClient, weight_unit: str) -> None:
        self._client = client
        self._unit = weight_unit

    def of_products(self, product_ids: Sequence[str]) -> list[ShopItem]:
        """Read all items of these products, in this order. See `WooSession.items_of`."""
        asked = [product_id for product_id in dict.fromkeys(product_ids) if _is_id(product_id)]
        found = self._by_id(asked, {})
        missing = [product_id for product_id in asked if product_id not in found]
        found |= self._by_id(missing, {"status": TRASH})
        return [
            item for product_id in asked if product_id in found for item in self._items_in(found[product_id])
        ]

    def by_sku(self, skus: Sequence[str], status: str = "") -> list[ShopItem]:
        """Find every item with one of these SKUs. See `WooSession.items_by_sku`."""
        wanted = {sku for sku in skus if sku.strip()}
        more = {"status": status} if status else {}
        found: dict[str, wire_shelf.Item] = {}
        for question in questions(wanted):
            read = partial(self._read, {"sku": question, **more})
            # The shop compares without regard to case, accents and spaces at the end.
            found |= {
                id_text(row.id): row for row in rows_of_few(read, "products") if text(row.sku) in wanted
            }
        return [item_from_wire(row, self._unit) for row in found.values()]

    def everything(self, after: str) -> Iterator[ShopItem]:
        """Read the whole range by rising product id. See `WooSession.all_items`."""
        read = partial(self._read, {})
        # The product itself comes again: whoever stopped may have been in the middle of it.
        last = int(after) - 1 if _is_id(after) else 0
        start = place_after(read, "products", last) if last > 0 else 0
        for row in rows_by_id(read, "products", after=last, start=start):
            yield from self._items_in(row)

    def _read(self, query: Mapping[str, str], paging: Mapping[str, str]) -> Page[wire_shelf.Item]:
        return self._client.items({**query, **paging})

    def _by_id(self, ids: Sequence[str], query: Mapping[str, str]) -> dict[str, wire_shelf.Item]:
        found: dict[str, wire_shelf.Item] = {}
        for part in parts_of(ids):
            read = partial(self._read, {"include": ",".join(part), **query})
            found |= {id_text(row.id): row for row in rows_of_few(read, "products")}
        return found

    def _items_in(self, row: wire_shelf.Item) -> Iterable[ShopItem]:
        """Return a product's variations, or the product itself if it has none to show."""
        product_id = id_text(row.id)
        is_parent = text(row.type).startswith("variable") or bool(row.variations)
        if is_parent and text(row.status) != TRASH:
            what = f"products/{product_id}/variations"
            try:
                rows = rows_of_few(partial(self._client.item_variations, product_id), what)
            except RecordGone:  # deleted since the list was read
                return []
            if rows:
                return [item_from_wire(variation, self._unit, row, product_id) for variation in rows]
        return [item_from_wire(row, self._unit)]


def questions(skus: Iterable[str]) -> Iterator[str]:
    """Join SKUs to as few questions as an address can hold.

    WooCommerce splits a question at commas but tries the whole as well, so a SKU with a comma is
    asked for alone. WordPress first cleans the whole of tags, codes like %C3 and double spaces: a
    SKU that this changes goes alone too, is hardly found, and is logged.
    """
    part: list[str] = []
    length = 0
    for sku in sorted(skus):
        is_cleaned = bool(_CLEANED.search(sku)) or sku != " ".join(sku.split())
        if is_cleaned:
            _log.warning("a SKU can't be asked for as it is written", sku=sku[:80])
        if is_cleaned or "," in sku:
            yield sku
            continue
        size = len(quote(sku, safe="")) + len("%2C")
        if part and (length + size > _LONGEST or len(part) == PER_PAGE):
            yield _unlike_nothing(",".join(part))
            part, length = [], 0
        part.append(sku)
        length += size
    if part:
        yield _unlike_nothing(",".join(part))


def _unlike_nothing(question: str) -> str:
    # PHP takes "0" for an empty question, which would be answered with the whole range.
    return "0,0" if question == "0" else question


def _is_id(text_id: str) -> bool:
    return text_id.isascii() and text_id.isdigit()
