"""What staff of the ERP and the shop's merchant do with products, and what the shop then holds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from brygga.app.services import tasks
from brygga.app.store.models import JournalEntry, Task, Work
from brygga.app.store.wake import wake
from brygga.app.tenancy.scope import scope
from brygga.domain.refs import Kind
from tests.journeys.world import Doc, World

_WRITES = ("POST ", "PUT ", "DELETE ")


@dataclass
class Goods:
    """A world in which the ERP leads the range."""

    world: World

    def article(self, **fields: Any) -> None:
        """Type an article into the ERP, or change it."""
        given = {"vatPercent": "25"} if "name" in fields else {}
        self.deed("articles/change", **{**given, **fields})

    def deed(self, path: str, **fields: Any) -> None:
        """Do something by hand in the ERP."""
        self.world.erp.ask(path, {"sbmId": self.world.erp.sbm_id, **fields})

    def product(self, **fields: Any) -> int:
        """Put a product into the shop as the merchant's own; return its id."""
        return int(self.world.shop.put_product({"status": "publish", **fields})["id"])

    def by_hand(self, action: str, **fields: Any) -> Any:
        """Do something by hand in the shop."""
        return self.world.shop.ask(f"{self.world.shop.site}/by-hand/{action}", fields)

    def products(self, skus: str = "") -> list[Doc]:
        """Read the shop's products, all or those of some SKUs."""
        only = f"&sku={quote(skus)}" if skus else ""
        return self.world.shop.rest("GET", f"products?per_page=100&orderby=id&order=asc{only}")

    def variations(self, product: int) -> list[Doc]:
        """Read a product's variations."""
        return self.world.shop.rest("GET", f"products/{product}/variations?per_page=100&orderby=id&order=asc")

    def terms(self, attribute: str) -> list[Doc]:
        """Read the terms of an attribute."""
        found = next(a for a in self.world.shop.rest("GET", "products/attributes") if a["name"] == attribute)
        return self.world.shop.rest("GET", f"products/attributes/{found['id']}/terms?per_page=100")

    def writes(self) -> int:
        """Count the calls that were to change something in the shop."""
        with scope(self.world.tenant.pk):
            told = JournalEntry.objects.filter(message__code="journal.exchange").values_list(
                "message", flat=True
            )
            return sum(1 for message in told if message["facts"]["label"].startswith(_WRITES))

    def again(self) -> None:
        """Make every product due once more, and do it."""
        with scope(self.world.tenant.pk):
            Work.objects.filter(kind=Kind.GOODS.value).update(due_at=datetime.now(UTC))
        wake(self.world.shop_connection)
        self.world.drain()

    def decide(self, choice: str) -> None:
        """Answer the only open task and let its work be done."""
        with scope(self.world.tenant.pk):
            tasks.decide(Task.objects.get(closed_at=None).pk, choice, who="Alice")
        self.world.drain()


def sweater(size: str, colour: str, parent: str = "TROJA") -> Doc:
    """One article of a sweater."""
    return {
        "articleNo": f"{parent}-{size}-{colour.upper()}",
        "name": f"Tröja {colour} {size}",
        "priceExclVat": "199,20",
        "vatPercent": "25",
        "parentNo": parent,
        "options": {"Storlek": size, "Färg": colour},
        "stock": "7",
    }


def by_name(rows: list[Doc]) -> dict[str, Doc]:
    """Return records by name."""
    return {row["name"]: row for row in rows}
