"""The outbox: which mails go out when, their switches, and what the completed mail knew."""

from typing import Any

from tests.simulators.woocommerce.shop_client import Shop

BUYER = {"first_name": "Åsa", "country": "SE", "email": "asa@example.se"}
TRACKING = {
    "key": "_wc_shipment_tracking_items",
    "value": [{"tracking_provider": "PostNord", "tracking_number": "SE123", "date_shipped": "1764000000"}],
}


def place(shop: Shop, **more: Any) -> str:
    body = {"billing": BUYER, "line_items": [{"sku": "K", "quantity": 1}], **more}
    return f"/orders/{shop.post('/orders', body).body['id']}"


def outbox(shop: Shop, **query: Any) -> list[dict[str, Any]]:
    asked = "&".join(f"{k}={v}" for k, v in query.items())
    return list(shop.control(f"/outbox?{asked}", method="GET"))


def kinds(shop: Shop) -> list[str]:
    return [m["kind"] for m in outbox(shop)]


def test_the_path_of_statuses_sends_what_the_real_shop_sent(shop: Shop) -> None:
    shop.post("/products", {"sku": "K", "regular_price": "100"})
    path = place(shop)
    for status in ("on-hold", "processing", "completed", "processing", "cancelled", "processing", "refunded"):
        shop.put(path, {"status": status})
    assert [(m["kind"], m["to"]) for m in outbox(shop)] == [
        ("new_order", "admin@example.se"),
        ("customer_on_hold_order", "asa@example.se"),
        ("customer_processing_order", "asa@example.se"),
        ("customer_completed_order", "asa@example.se"),
        ("cancelled_order", "admin@example.se"),
        ("customer_processing_order", "asa@example.se"),
        ("customer_refunded_order", "asa@example.se"),
    ]


def test_the_same_status_again_sends_nothing(shop: Shop) -> None:
    path = place(shop)
    for _ in range(3):
        shop.put(path, {"status": "completed"})
    assert kinds(shop) == ["new_order", "customer_completed_order"]


def test_the_completed_mail_holds_the_tracking_numbers_of_that_moment(shop: Shop) -> None:
    late, early = place(shop), place(shop)
    shop.put(late, {"status": "completed"})
    shop.put(late, {"meta_data": [TRACKING]})
    shop.put(early, {"meta_data": [TRACKING]})
    shop.put(early, {"status": "completed"})
    seen = outbox(shop, kind="customer_completed_order")
    assert [m["tracking"] for m in seen] == [[], ["SE123"]]
    assert [f"/orders/{m['order_id']}" for m in seen] == [late, early]
    assert all(m["at"] and m["subject"] and m["order"] for m in seen)


def test_tracking_in_the_same_write_as_the_status_is_in_the_mail(shop: Shop) -> None:
    shop.put(place(shop), {"status": "completed", "meta_data": [TRACKING]})
    assert outbox(shop, kind="customer_completed_order")[0]["tracking"] == ["SE123"]


def test_a_mail_can_be_switched_off_and_the_switch_be_read(shop: Shop) -> None:
    path = "/settings/email_customer_completed_order"
    assert shop.get(f"{path}/enabled").body["value"] == "yes"
    shop.control("/shop/settings", {"mails": {"customer_completed_order": False}})
    assert shop.get(path).body[0]["value"] == "no"
    shop.put(place(shop), {"status": "completed"})
    assert kinds(shop) == ["new_order"]
    shop.put(f"{path}/enabled", {"value": "yes"})
    shop.put(place(shop), {"status": "completed"})
    assert kinds(shop)[-1] == "customer_completed_order"


def test_only_notes_to_the_customer_are_mailed(shop: Shop) -> None:
    path = place(shop)
    shop.post(f"{path}/notes", {"note": "Internt"})
    shop.post(f"{path}/notes", {"note": "På väg", "customer_note": True})
    assert [(m["kind"], m["text"]) for m in outbox(shop)] == [("customer_note", "På väg")]


def test_a_failed_drawing_does_not_stop_the_completed_mail(shop: Shop) -> None:
    shop.control("/shop/gateways", {"klarna": True})
    shop.post("/products", {"sku": "K", "regular_price": "100"})
    wish = {"lines": [{"sku": "K", "quantity": 1}], "billing": BUYER, "payment_method": "kco"}
    order = shop.control("/shop/orders", wish)
    shop.control("/shop/captures", {"outcome": "refused"})
    assert shop.put(f"/orders/{order['id']}", {"status": "completed"}).body["status"] == "on-hold"
    mail = outbox(shop, order_id=order["id"], kind="customer_completed_order")
    assert len(mail) == 1


def test_the_page_shows_the_outbox(shop: Shop) -> None:
    shop.put(place(shop), {"status": "completed", "meta_data": [TRACKING]})
    page = shop.call("GET", "/", auth=False).body.decode()
    assert "customer_completed_order" in page
    assert "SE123" in page
