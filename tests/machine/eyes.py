"""What both simulators hold at one moment, record by record, read past their APIs and past all faults."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.journeys.shop_json import Doc
from tests.journeys.world import Control

Place = tuple[str, str, str]
"""Where a record is: the shop's name or `erp`, the kind of record, its number."""

_OF_SHOP = (
    "orders",
    "refunds",
    "products",
    "customers",
    "coupons",
    "notes",
    "categories",
    "attributes",
    "terms",
)
_OF_ERP = {
    "orders": "orderNo",
    "articles": "articleNo",
    "customers": "customerId",
    "priceLists": "name",
    "parked": "parkedNo",
    "receipts": "receiptNo",
    "dayCloses": "closeNo",
    "tombstones": "articleNo",
}


@dataclass(frozen=True)
class Sight:
    """Everything that a market's shops and their ERP hold at one moment."""

    records: Mapping[Place, Doc]

    def of(self, holder: str, kind: str) -> dict[str, Doc]:
        """Return all records of a kind, by number."""
        return {
            number: doc for (who, what, number), doc in self.records.items() if (who, what) == (holder, kind)
        }

    def erp_orders(self) -> dict[str, list[Doc]]:
        """Return the ERP's orders by the number that the shop gave them, those taken away too."""
        found: dict[str, list[Doc]] = {}
        for order in self.of("erp", "orders").values():
            found.setdefault(order["externalOrderNo"], []).append(order)
        return found

    def items(self, site: str) -> Iterator[Doc]:
        """Return what a shop sells: simple products and variations outside the trash."""
        for product in self.of(site, "products").values():
            if product["type"] in ("simple", "variation") and product["status"] != "trash":
                yield product


def look(shops: Control, sites: Sequence[str], erp: Control, sbm_id: int) -> Sight:
    """Read everything anew."""
    records: dict[Place, Doc] = {}
    for site in sites:
        state = shops.ask(f"state?site={site}")[site]
        for kind in _OF_SHOP:
            records.update({(site, kind, str(doc["id"])): doc for doc in state[kind]})
    account = erp.ask(f"state?sbmId={sbm_id}")["accounts"][0]
    for kind, key in _OF_ERP.items():
        records.update({("erp", kind, str(doc[key])): doc for doc in account[kind]})
    return Sight(records)


def changes(before: Sight, after: Sight) -> Iterator[tuple[Place, Doc | None, Doc | None]]:
    """Return every record that was made, changed or removed, with what it was and what it is."""
    for place in sorted(before.records.keys() | after.records.keys()):
        was, now = before.records.get(place), after.records.get(place)
        if was != now:
            yield place, was, now


def fields_changed(was: Doc, now: Doc) -> set[str]:
    """Name the fields of a record that differ."""
    return {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}


def held_by(order: Doc) -> dict[str, Decimal]:
    """Return how many of each SKU an order holds of its shop's stock: what its lines say, else what they ask.

    An order in the trash holds nothing, though the shop gives nothing back: nobody will ever send it.
    """
    held: dict[str, Decimal] = {}
    if order["status"] == "trash":
        return held
    for line in order["line_items"]:
        metas = {meta["key"]: meta["value"] for meta in line["meta_data"]}
        if "_reduced_stock" in metas:
            quantity = Decimal(str(metas["_reduced_stock"]))
        elif order["status"] in ("on-hold", "processing", "completed"):
            quantity = Decimal(str(line["quantity"])) - Decimal(
                str(metas.get("_restock_refunded_items") or 0)
            )
        else:
            continue
        if line["sku"] and quantity > 0:
            held[line["sku"]] = held.get(line["sku"], Decimal(0)) + quantity
    return held


def number(value: Any) -> Decimal:
    """Read an amount as either side writes it; nothing is zero."""
    return Decimal(str(value or 0))
