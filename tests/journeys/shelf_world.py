"""Price and stock in a journey: an ERP's articles, a shop's products, and what people do with both."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from brygga.app.store.models import ShelfRow, TakenRow, Work
from brygga.app.store.wake_items import wake_range
from brygga.app.tenancy.scope import scope
from brygga.domain.refs import Kind
from tests.journeys.shop_json import ASA, Doc
from tests.journeys.world import Shop, World


def article(world: World, number: str, **fields: Any) -> None:
    """Let staff type in an article, or change it. `available` sets its stock."""
    body = {"articleNo": number, **fields}
    if "name" in fields or "vatPercent" in fields or "priceExclVat" in fields:
        body.setdefault("name", f"Vara {number}")
        body.setdefault("vatPercent", 25)
    world.erp.ask("articles/change", {"sbmId": world.erp.sbm_id, **body})


def deed(world: World, path: str, **body: Any) -> Any:
    """Let staff do something in the ERP."""
    return world.erp.ask(path, {"sbmId": world.erp.sbm_id, **body})


def product(shop: Shop, sku: str, price: str = "", stock: int | None = None, **fields: Any) -> int:
    """Make a simple product in a shop."""
    body = {"name": f"Vara {sku}", "type": "simple", "sku": sku, "regular_price": price, "status": "publish"}
    if stock is not None:
        body |= {"manage_stock": True, "stock_quantity": stock}
    return int(shop.rest("POST", "products", {**body, **fields})["id"])


def by_hand(shop: Shop, action: str, **body: Any) -> Doc:
    """Let the merchant do something in the shop."""
    return shop.ask(f"{shop.site}/by-hand/{action}", body)


def shown(shop: Shop, product_id: int, parent: int = 0) -> Doc:
    """Read a product or a variation of a parent as the shop shows it."""
    path = f"products/{parent}/variations/{product_id}" if parent else f"products/{product_id}"
    return shop.rest("GET", path)


def stock(shop: Shop, product_id: int, parent: int = 0) -> int | None:
    """Read the number that the shop shows."""
    return shown(shop, product_id, parent)["stock_quantity"]


def sell(shop: Shop, product_id: int, quantity: int = 1, status: str = "processing", **fields: Any) -> int:
    """Let a customer buy in the shop, which takes its own stock."""
    lines = [{"product_id": product_id, "quantity": quantity}]
    body = {
        "status": status,
        "line_items": lines,
        "billing": ASA,
        "payment_method": "bacs",
        "currency": "SEK",
        **fields,
    }
    return int(shop.rest("POST", "orders", body)["id"])


def calls(shop: Shop, *, writing: bool = False) -> int:
    """Count the REST calls that a shop got, or those of them that change products."""
    total = 0
    for call, count in shop.ask("calls?limit=0")["counts"].items():
        method, _, path = call.partition(" ")
        if f"/{shop.site}/" in path and (not writing or (method != "GET" and "/products" in path)):
            total += count
    return total


def all_due(world: World) -> int:
    """Make every item due again, as a reconciliation would."""
    with scope(world.tenant.pk):
        return wake_range(world.flow)


def due_items(world: World) -> list[str]:
    """Name the items that are due."""
    with scope(world.tenant.pk):
        found = Work.objects.filter(flow_id=world.flow, kind=Kind.ITEM.value, due_at__isnull=False)
        return sorted(found.values_list("source_ref", flat=True))


def in_flight(world: World) -> Mapping[str, Decimal]:
    """Read what the shop's orders hold and the ERP's numbers do not know of, by article."""
    with scope(world.tenant.pk):
        found: dict[str, Decimal] = {}
        for row in TakenRow.objects.filter(connection_id=world.shop_connection):
            if row.quantity > row.included:
                found[row.sku] = found.get(row.sku, Decimal(0)) + row.quantity
        return found


def remembered(world: World, ref: str) -> ShelfRow:
    """Read what we last wrote on an item."""
    with scope(world.tenant.pk):
        return ShelfRow.objects.get(connection_id=world.shop_connection, item_ref=ref)
