"""A simulated shop whose shelf a test fills as it likes, and whose calls it can count."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from brygga.connectors.contract.connector import Identity
from brygga.connectors.woocommerce.connector import WooSession
from brygga_simulators.common.process import start_simulator
from tests.connectors.woocommerce.fake_shop import KEY, SECRET
from tests.connectors.woocommerce.test_simulated_shop import Shop

IDENTITY = Identity("shop.example", "Butiken", currency="SEK", time_zone="Europe/Stockholm", weight_unit="g")
_numbers = count(1)


def new_sku(prefix: str = "ART") -> str:
    """A SKU that no other test has."""
    return f"{prefix}-{next(_numbers):05d}"


class ShelfShop(Shop):
    """The merchant's hands on the shelf."""

    def shelf(self) -> WooSession:
        """A session that knows its shop already, so that only the calls in question are made."""
        return self.session(IDENTITY)

    def fill(self, *products: dict[str, Any]) -> list[str]:
        """Put products or variations on the shelf in one go; return their ids."""
        items = [{"name": "Vara", "regular_price": "100", "price": "100", **product} for product in products]
        return [str(row["id"]) for row in self.control("POST", "shop/raw/products", {"items": items})]

    def simple(self, **fields: Any) -> str:
        """One simple product with a number of its own."""
        given = {"sku": new_sku(), "manage_stock": True, "stock_quantity": 5, **fields}
        return self.fill(given)[0]

    def variable(self, size: int, **fields: Any) -> tuple[str, list[str]]:
        """A variable product with this many variations."""
        (parent,) = self.fill({"type": "variable", "name": "Tröja", "regular_price": "", **fields})
        return parent, self.fill(*[self.variation_of(parent, number) for number in range(size)])

    @staticmethod
    def variation_of(parent: str, number: int) -> dict[str, Any]:
        return {
            "type": "variation",
            "parent_id": int(parent),
            "name": f"Storlek {number}",
            "sku": new_sku("VAR"),
            "tax_class": "parent",
            "manage_stock": True,
            "stock_quantity": 5,
        }

    def kept(self, product_id: str) -> dict[str, Any]:
        """What the shop shows of a product or variation now."""
        found: dict[str, Any] = self.call("GET", f"products/{product_id}")
        return found

    @contextmanager
    def counted(self) -> Iterator[Counter[str]]:
        """Count the calls of our sessions by method and path, with digits as #."""
        start = len(self.seen)
        calls: Counter[str] = Counter()
        yield calls
        for exchange in self.seen[start:]:
            calls[re.sub(r"\d+", "#", exchange.label)] += 1


@contextmanager
def running_shop() -> Iterator[ShelfShop]:
    """A shop of its own process."""
    with start_simulator(
        "brygga_simulators.woocommerce",
        "--key", KEY, "--secret", SECRET, "--empty", "--webhook-delay-ms", "0",
    ) as process:  # fmt: skip
        shop = ShelfShop(process)
        yield shop
        shop.close()
