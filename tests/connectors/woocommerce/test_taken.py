"""What an order holds of the stock: by recordings of an order's life, and through a simulated shop."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from brygga.connectors.woocommerce.decoding import decode
from brygga.connectors.woocommerce.taken import stock_taken_from_wire
from brygga.connectors.woocommerce.wire_shelf import HoldingOrder
from brygga.domain.shelf import StockTaken
from tests.connectors.woocommerce.recorded import body
from tests.connectors.woocommerce.shelf_shop import ShelfShop, new_sku, running_shop

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
END = datetime(2100, 1, 1, tzinfo=UTC)


def taken_of(order: Any) -> StockTaken:
    found, _ = decode(msgspec.json.encode(order), HoldingOrder)
    return stock_taken_from_wire(found)


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("order-update-status-on-hold-2", 10),
        ("order-update-status-processing-3", 10),
        ("order-update-status-completed-4", 10),
        ("order-update-status-processing-5", 10),
        ("order-update-status-cancelled-6", None),
        ("order-update-status-processing-7", 10),
        ("order-update-status-refunded-8", 10),
        ("order-get-partially-refunded", 8),
        ("order-get-fully-refunded", 8),
        ("order-get-from-real-checkout", 2),
        ("order-update-line-quantity", 5),
    ],
)
def test_a_recorded_order_holds_what_the_shop_had_taken(name: str, held: int | None) -> None:
    taken = taken_of(body(name))
    assert taken.quantities.get("KAFFE-500") == held
    assert taken.status == body(name)["status"]


def line(sku: Any, quantity: int, **metas: Any) -> dict[str, Any]:
    kept = [{"key": key, "value": value} for key, value in metas.items()]
    return {"sku": sku, "quantity": quantity, "meta_data": kept}


def order(status: str, *lines: dict[str, Any]) -> dict[str, Any]:
    when = "2026-06-15T09:30:00"
    return {"id": 7, "number": "1007", "status": status, "date_modified_gmt": when, "line_items": lines}


@pytest.mark.parametrize(
    ("status", "held"),
    [
        ("on-hold", 3),
        ("processing", 3),
        ("completed", 3),
        ("pending", None),
        ("cancelled", None),
        ("failed", None),
        ("refunded", None),
        ("trash", None),
        ("packed", None),
    ],
)
def test_without_the_shops_note_the_status_decides(status: str, held: int | None) -> None:
    assert taken_of(order(status, line("A", 3))).quantities.get("A") == held


@pytest.mark.parametrize("status", ["failed", "refunded", "trash", "packed", "processing"])
def test_the_shops_note_decides_before_the_status(status: str) -> None:
    assert taken_of(order(status, line("A", 3, _reduced_stock="2"))).quantities == {"A": 2}


def test_lines_of_one_sku_are_added_and_lines_without_left_out() -> None:
    lines = [line("00A", 1), line("00A", 2, _reduced_stock="2"), line(None, 4), line("", 4), line("å b,c", 1)]
    assert taken_of(order("processing", *lines)).quantities == {"00A": 3, "å b,c": 1}


@pytest.mark.parametrize("note", ["0", "-2"])
def test_what_was_put_back_is_not_held_any_more(note: str) -> None:
    lines = [line("A", 3, _reduced_stock=note), line("B", 3, _restock_refunded_items="3")]
    assert taken_of(order("processing", *lines)).quantities == {}


@pytest.fixture(scope="module")
def shop() -> Iterator[ShelfShop]:
    with running_shop() as running:
        yield running


def held_now(shop: ShelfShop, order_id: str) -> dict[str, Decimal]:
    (found,) = [order for order in shop.shelf().stock_taken(BEGINNING, END) if order.order_id == order_id]
    return dict(found.quantities)


def test_an_orders_life_is_seen_in_what_it_holds(shop: ShelfShop) -> None:
    product_id = shop.simple(sku=(sku := new_sku()), stock_quantity=50)
    order_id = shop.new_order(status="pending", line_items=[{"product_id": int(product_id), "quantity": 4}])
    assert held_now(shop, order_id) == {}
    for status, held in (
        ("on-hold", 4),
        ("processing", 4),
        ("completed", 4),
        ("cancelled", 0),
        ("processing", 4),
    ):
        shop.call("PUT", f"orders/{order_id}", {"status": status})
        assert held_now(shop, order_id) == ({sku: held} if held else {})
        assert shop.kept(product_id)["stock_quantity"] == 50 - held
    row = shop.call("GET", f"orders/{order_id}")["line_items"][0]
    refund = {"amount": "100.00", "api_refund": False, "line_items": [{"id": str(row["id"]), "quantity": 1}]}
    shop.call("POST", f"orders/{order_id}/refunds", refund)
    assert held_now(shop, order_id) == {sku: 3}
    shop.call("POST", f"orders/{order_id}/refunds", {**refund, "api_restock": False})
    assert held_now(shop, order_id) == {sku: 3}
    shop.call("DELETE", f"orders/{order_id}")
    assert held_now(shop, order_id) == {sku: 3}
    assert shop.kept(product_id)["stock_quantity"] == 47


def test_a_variation_is_held_by_its_own_sku_also_when_the_parent_counts(shop: ShelfShop) -> None:
    parent, (variation,) = shop.variable(1, manage_stock=True, stock_quantity=70)
    shop.call("PUT", f"products/{parent}/variations/{variation}", {"manage_stock": False})
    lines = [{"product_id": int(parent), "variation_id": int(variation), "quantity": 2}]
    assert held_now(shop, shop.new_order(line_items=lines)) == {shop.kept(variation)["sku"]: 2}


def test_only_the_window_is_listed_a_page_a_call(shop: ShelfShop) -> None:
    product_id = shop.simple(stock_quantity=500)
    shop.control("POST", "clock", {"advance_seconds": 60})
    lines = [{"product_id": int(product_id), "quantity": 1}]
    ids = [shop.new_order(line_items=lines) for _ in range(12)]
    session = shop.shelf()
    orders = [order for order in session.stock_taken(BEGINNING, END) if order.order_id in ids]
    first, last = (edge(order.modified_at for order in orders) for edge in (min, max))
    second = timedelta(seconds=1)
    with shop.counted() as calls:
        assert {order.order_id for order in session.stock_taken(first, last)} == set(ids)
    assert calls["GET orders"] == 1
    before = {order.order_id for order in session.stock_taken(BEGINNING, first - second)}
    assert before.isdisjoint(ids)
    assert list(session.stock_taken(last + second, END)) == []
