"""The merchant in wp-admin: edits that fire webhooks and move dates, trash, refunds, own statuses."""

from typing import Any

import pytest

from tests.simulators.woocommerce.shop_client import Shop

BUYER = {"first_name": "Åsa", "country": "SE", "email": "asa@example.se"}
TOPICS = ("order.updated", "order.deleted", "product.created", "product.updated", "product.deleted")


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.control("/clock", {"now": "2026-03-01T12:00:00Z"})
    shop.post(
        "/products",
        {"sku": "K", "name": "Kaffe", "regular_price": "100", "stock_quantity": 9, "manage_stock": True},
    )
    for topic in (*TOPICS, "product.restored", "order.restored"):
        shop.post("/webhooks", {"topic": topic, "delivery_url": "http://127.0.0.1:9/", "secret": "x"})
    return shop


def hand(shop: Shop, action: str, **body: Any) -> dict[str, Any]:
    shop.control("/shop/advance", {"seconds": 5})
    return dict(shop.control(f"/shop/by-hand/{action}", body))


def refused(shop: Shop, action: str, **body: Any) -> str:
    reply = shop.call("POST", f"/_control/shop/by-hand/{action}", body, auth=False)
    assert reply.status == 400
    return str(reply.body["error"])


def events(shop: Shop) -> set[tuple[str, int]]:
    """Return what waits to be delivered: topic and record."""
    topics = {w["id"]: w["topic"] for w in shop.get("/webhooks", per_page=100).body}
    waiting = shop.control("/shop/queue", method="GET")
    return {(topics[w["webhook_id"]], w["record_id"]) for w in waiting}


def by_sku(shop: Shop, sku: str) -> dict[str, Any]:
    return dict(shop.get("/products", sku=sku).body[0])


def buy(shop: Shop, **more: Any) -> dict[str, Any]:
    wish = {"lines": [{"sku": "K", "quantity": 2}], "billing": BUYER, **more}
    return dict(shop.control("/shop/orders", wish))


def variable(shop: Shop, *skus: str) -> int:
    size = {"name": "Storlek", "visible": True, "variation": True, "options": ["S", "M", "L"]}
    parent = hand(shop, "create-product", name="Tröja", sku="T", type="variable", attributes=[size])["id"]
    for sku in skus:
        choice = [{"name": "Storlek", "option": sku[-1]}]
        hand(
            shop,
            "add-variation",
            id=parent,
            sku=sku,
            regular_price="200",
            attributes=choice,
            manage_stock=True,
            stock_quantity=5,
        )
    return int(parent)


@pytest.mark.parametrize(
    "change",
    [
        {"regular_price": "120"},
        {"sale_price": "80"},
        {"name": "Te"},
        {"description": "<p>Gott</p>\n"},
        {"status": "draft"},
        {"stock_quantity": 3},
        {"sku": "K2", "find": "K"},
    ],
)
def test_an_edit_is_kept_dated_and_told(shop: Shop, change: dict[str, Any]) -> None:
    before = by_sku(shop, "K")
    pointer = {} if "find" in change else {"id": before["id"]}
    hand(shop, "change-product", **pointer, **change)
    after = shop.get(f"/products/{before['id']}").body
    wanted = {k: v for k, v in change.items() if k != "find"}
    assert {k: after[k] for k in wanted} == wanted
    assert after["date_modified_gmt"] > before["date_modified_gmt"]
    assert ("product.updated", before["id"]) in events(shop)


def test_a_sale_with_dates_and_a_category(shop: Shop) -> None:
    category = shop.post("/products/categories", {"name": "Kaffe"}).body["id"]
    done = hand(
        shop,
        "change-product",
        find="K",
        sale_price="80",
        date_on_sale_from="2026-03-10",
        date_on_sale_to="2026-03-12T23:59:59",
        categories=[{"id": category}],
    )
    assert (done["on_sale"], done["price"], done["date_on_sale_to"]) == (False, "100", "2026-03-12T23:59:59")
    assert [c["id"] for c in by_sku(shop, "K")["categories"]] == [category]


def test_stock_can_be_added_to(shop: Shop) -> None:
    assert hand(shop, "change-product", find="K", add_stock=-4)["stock_quantity"] == 5


def test_a_taken_sku_is_refused_by_hand_too(shop: Shop) -> None:
    hand(shop, "create-product", name="Te", sku="TE")
    assert "product_invalid_sku" in refused(shop, "change-product", find="TE", sku="K")
    assert "no_such_product" in refused(shop, "change-product", find="NOPE", name="x")


def test_trash_restore_and_delete_of_a_product(shop: Shop) -> None:
    product = by_sku(shop, "K")["id"]
    hand(shop, "trash-product", id=product)
    assert shop.get("/products").ids == []
    assert shop.get(f"/products/{product}").body["status"] == "trash"
    assert ("product.deleted", product) in events(shop)
    restored = hand(shop, "restore-product", id=product)
    assert (restored["status"], restored["slug"]) == ("publish", "kaffe")
    assert ("product.restored", product) in events(shop)
    assert "not_trashed" in refused(shop, "restore-product", id=product)
    hand(shop, "delete-product", id=product)
    assert shop.get(f"/products/{product}").status == 404


def test_variations_go_to_the_trash_and_come_back_with_their_parent(shop: Shop) -> None:
    parent = variable(shop, "T-S", "T-M")
    children = shop.get(f"/products/{parent}/variations").ids
    hand(shop, "trash-product", id=parent)
    assert {shop.get(f"/products/{c}").body["status"] for c in children} == {"trash"}
    hand(shop, "restore-product", id=parent)
    assert sorted(shop.get(f"/products/{parent}/variations").ids) == sorted(children)


def test_one_variation_is_deleted_by_hand(shop: Shop) -> None:
    parent = variable(shop, "T-S", "T-M")
    gone = by_sku(shop, "T-S")["id"]
    hand(shop, "delete-product", id=gone)
    seen = shop.get(f"/products/{parent}").body
    assert gone not in seen["variations"]
    assert len(seen["variations"]) == 1


def test_a_variation_is_switched_to_its_parents_stock(shop: Shop) -> None:
    parent = variable(shop, "T-S")
    child = by_sku(shop, "T-S")["id"]
    seen = hand(shop, "use-parent-stock", id=child, stock_quantity=40)
    assert (seen["manage_stock"], seen["stock_quantity"]) == ("parent", 40)
    assert shop.get(f"/products/{parent}/variations/{child}").body["manage_stock"] == "parent"
    ignored = shop.put(f"/products/{parent}/variations/{child}", {"stock_quantity": 3})
    assert ignored.body["stock_quantity"] == 40


def test_an_order_is_moved_edited_and_told(shop: Shop) -> None:
    order = buy(shop)
    done = hand(shop, "order-status", id=order["id"], status="completed")
    assert (done["status"], done["date_modified_gmt"] > order["date_modified_gmt"]) == ("completed", True)
    assert ("order.updated", order["id"]) in events(shop)
    line = {"id": order["line_items"][0]["id"], "quantity": 1, "subtotal": "80", "total": "80"}
    changed = hand(shop, "change-order", id=order["id"], line_items=[line], shipping={"city": "Umeå"})
    assert (changed["total"], changed["shipping"]["city"]) == ("100.00", "Umeå")
    assert by_sku(shop, "K")["stock_quantity"] == 8
    assert "no_such_status" in refused(shop, "order-status", id=order["id"], status="skickad")


def test_an_order_is_trashed_restored_and_deleted(shop: Shop) -> None:
    order = buy(shop)
    hand(shop, "trash-order", id=order["id"])
    assert ("order.deleted", order["id"]) in events(shop)
    assert shop.get("/orders").body == []
    assert hand(shop, "restore-order", number=order["number"])["status"] == "processing"
    hand(shop, "delete-order", id=order["id"])
    assert shop.get(f"/orders/{order['id']}").status == 404


def test_notes_are_written_changed_and_deleted(shop: Shop) -> None:
    order = buy(shop)
    note = hand(shop, "add-note", id=order["id"], note="Ring", customer=True)
    assert (note["author"], note["customer_note"]) == ("admin", True)
    assert shop.control("/outbox?kind=customer_note", method="GET")[0]["text"] == "Ring"
    hand(shop, "change-note", note_id=note["id"], note="Ring inte")
    path = f"/orders/{order['id']}/notes"
    assert shop.get(f"{path}/{note['id']}").body["note"] == "Ring inte"
    hand(shop, "delete-note", note_id=note["id"])
    assert note["id"] not in shop.get(path).ids


@pytest.mark.parametrize(("restock", "left"), [(True, 9), (False, 7)])
def test_a_whole_refund_with_or_without_restock(shop: Shop, *, restock: bool, left: int) -> None:
    order = buy(shop)
    refund = hand(shop, "refund", id=order["id"], restock=restock, reason="Retur")
    assert (refund["amount"], refund["line_items"][0]["quantity"]) == ("200.00", -2)
    assert by_sku(shop, "K")["stock_quantity"] == left
    assert shop.get(f"/orders/{order['id']}").body["status"] == "refunded"
    assert ("order.updated", order["id"]) in events(shop)


def test_a_refund_of_an_amount_and_its_deletion(shop: Shop) -> None:
    order = buy(shop)
    refund = hand(shop, "refund", id=order["id"], amount="30")
    path = f"/orders/{order['id']}/refunds"
    assert shop.get(path).body[0]["line_items"] == []
    before = shop.get(f"/orders/{order['id']}").body["date_modified"]
    hand(shop, "delete-refund", id=order["id"], refund_id=refund["id"])
    assert shop.get(path).body == []
    assert shop.get(f"/orders/{order['id']}").body["date_modified"] == before


def test_a_status_whose_plugin_is_removed(shop: Shop) -> None:
    hand(shop, "register-status", slug="wc-packas", name="Packas")
    order = buy(shop)
    assert hand(shop, "order-status", id=order["id"], status="packas")["status"] == "packas"
    assert "packas" in [s["slug"] for s in shop.get("/orders/statuses").body]
    hand(shop, "unregister-status", slug="packas")
    assert "packas" not in [s["slug"] for s in shop.get("/orders/statuses").body]
    assert shop.get(f"/orders/{order['id']}").body["status"] == "packas"
    assert shop.get("/orders").ids == []
    assert shop.put(f"/orders/{order['id']}", {"status": "packas"}).status == 400
    in_batch = shop.post("/orders/batch", {"update": [{"id": order["id"], "status": "packas"}]})
    assert in_batch.body["update"][0]["status"] == "pending"


def test_all_actions_are_listed_and_unknown_ones_refused(shop: Shop) -> None:
    assert {"refund", "change-product"} <= set(shop.control("/shop/by-hand", method="GET"))
    assert "no action" in refused(shop, "dance")


def test_the_pages_buttons_do_the_same(shop: Shop) -> None:
    product = by_sku(shop, "K")["id"]
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    def press(action: str, body: str) -> str:
        reply = shop.call("POST", f"/_do/{action}", raw=body.encode(), headers=form, auth=False)
        return str(reply.body.decode())

    press("change-product", f"id={product}&regular_price=150&sale_price=&stock_quantity=4")
    seen = by_sku(shop, "K")
    assert (seen["regular_price"], seen["stock_quantity"]) == ("150", 4)
    assert "product_invalid_sku" in press("create-product", "name=Dubblett&sku=K")
    order = buy(shop)
    press("order-status", f"id={order['id']}&status=completed")
    press("refund", f"id={order['id']}&amount=")
    assert shop.get(f"/orders/{order['id']}").body["status"] == "refunded"
    press("trash-order", f"id={order['id']}")
    assert "Återställ" in shop.call("GET", "/", auth=False).body.decode()
