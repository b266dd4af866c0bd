"""Webhooks: ping, signature, coalescing, what fires what, failures and what they lead to."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from brygga_simulators.woocommerce.delivery import signature
from tests.simulators.woocommerce import recordings
from tests.simulators.woocommerce.shop_client import Shop, start_shop

SECRET = "hemlig-åäö-1"
TOPICS = (
    "order.created",
    "order.updated",
    "order.deleted",
    "product.created",
    "product.updated",
    "product.deleted",
)


class Receiver:
    """Takes deliveries and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def deliveries(self) -> list[tuple[dict[str, str], Any]]:
        return [(h, json.loads(b)) for h, b in self.got if "X-WC-Webhook-Topic" in h]

    @property
    def events(self) -> list[tuple[str, int]]:
        return [(h["X-WC-Webhook-Topic"], b.get("id")) for h, b in self.deliveries]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def subscribe(shop: Shop, receiver: Receiver, *topics: str) -> list[int]:
    ids = []
    for topic in topics or TOPICS:
        reply = shop.post("/webhooks", {"topic": topic, "delivery_url": receiver.url, "secret": SECRET})
        assert reply.status == 201
        ids.append(reply.body["id"])
    receiver.got.clear()
    return ids


def deliver(shop: Shop) -> int:
    return int(shop.control("/deliver")["shop"])


def goods(shop: Shop) -> int:
    body = {"sku": "K", "regular_price": "100", "manage_stock": True, "stock_quantity": 9}
    return int(shop.post("/products", body).body["id"])


def test_the_ping_is_a_form_without_signature(shop: Shop, receiver: Receiver) -> None:
    made = shop.post("/webhooks", {"topic": "order.created", "delivery_url": receiver.url, "secret": SECRET})
    headers, body = receiver.got[0]
    assert body == f"webhook_id={made.body['id']}".encode()
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert not [h for h in headers if h.startswith("X-WC")]
    assert "secret" not in made.body


def test_a_failed_ping_is_no_error_and_is_sent_again_after_each_delivery(
    shop: Shop, receiver: Receiver
) -> None:
    receiver.status = 500
    (hook,) = subscribe(shop, receiver, "order.created")
    assert shop.get(f"/webhooks/{hook}").body["status"] == "active"
    shop.post("/orders", {})
    deliver(shop)
    assert [len(b) > 20 for _, b in receiver.got] == [True, False]


def test_signature_and_headers(shop: Shop, receiver: Receiver) -> None:
    subscribe(shop, receiver, "order.created")
    made = shop.post("/orders", {"customer_note": "Smörgås/🌲"}).body
    deliver(shop)
    headers, raw = receiver.got[0]
    digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()
    assert headers["X-WC-Webhook-Signature"] == base64.b64encode(digest).decode()
    assert headers["X-WC-Webhook-Source"] == f"{shop.url}/"
    assert (headers["X-WC-Webhook-Resource"], headers["X-WC-Webhook-Event"]) == ("order", "created")
    assert "Hookshot" in headers["User-Agent"]
    assert raw.isascii()
    assert rb"Sm\u00f6rg\u00e5s\/" in raw
    assert json.loads(raw) == shop.get(f"/orders/{made['id']}").body


@pytest.mark.skipif(recordings.folder() is None, reason="no recordings: set BRYGGA_SHARED")
def test_signature_as_the_real_shop_made_it() -> None:
    checked = 0
    for data in recordings.deliveries().values():
        wanted = data["request"]["headers"].get("X-WC-Webhook-Signature")
        body = data.get("raw_body")
        length = int(data["request"]["headers"]["Content-Length"])
        if wanted and isinstance(body, str) and len(body) == length:
            assert signature(data["secret_used"], body.encode()) == wanted
            checked += 1
    assert checked >= 3


def test_several_changes_are_one_delivery_of_the_last_state(shop: Shop, receiver: Receiver) -> None:
    subscribe(shop, receiver, "product.updated")
    product = goods(shop)
    for quantity in (1, 2, 3):
        shop.put(f"/products/{product}", {"stock_quantity": quantity})
    assert receiver.got == []
    assert deliver(shop) == 1
    assert receiver.deliveries[0][1]["stock_quantity"] == 3


def test_an_order_fires_created_updated_and_its_goods(shop: Shop, receiver: Receiver) -> None:
    product = goods(shop)
    subscribe(shop, receiver)
    made = shop.post("/orders", {"status": "processing", "line_items": [{"product_id": product}]}).body["id"]
    deliver(shop)
    wanted = [("order.created", made), ("order.updated", made), ("product.updated", product)]
    assert sorted(receiver.events) == wanted


def test_notes_fire_nothing_refunds_and_empty_puts_do(shop: Shop, receiver: Receiver) -> None:
    product = goods(shop)
    order = shop.post("/orders", {"line_items": [{"product_id": product}]}).body["id"]
    subscribe(shop, receiver)
    shop.post(f"/orders/{order}/notes", {"note": "x"})
    assert deliver(shop) == 0
    shop.post(f"/orders/{order}/refunds", {"amount": "1", "api_refund": False})
    assert deliver(shop) == 1
    shop.put(f"/orders/{order}", {})
    assert deliver(shop) == 1
    assert receiver.events == [("order.updated", order)] * 2


def test_deleted_is_the_trash_and_a_forced_deletion_is_silent(shop: Shop, receiver: Receiver) -> None:
    order, product = shop.post("/orders", {}).body["id"], goods(shop)
    other = shop.post("/orders", {}).body["id"]
    subscribe(shop, receiver)
    for path in (f"/orders/{order}", f"/products/{product}"):
        shop.delete(path)
    shop.delete(f"/orders/{other}", force="true")
    deliver(shop)
    assert [b for _, b in receiver.deliveries] == [{"id": order}, {"id": product}]
    assert [e for e, _ in receiver.events] == ["order.deleted", "product.deleted"]


def test_what_is_gone_at_delivery_is_a_signed_error(shop: Shop, receiver: Receiver) -> None:
    subscribe(shop, receiver, "order.created")
    order = shop.post("/orders", {}).body["id"]
    shop.delete(f"/orders/{order}", force="true")
    deliver(shop)
    headers, body = receiver.deliveries[0]
    assert (body["code"], body["data"]) == ("woocommerce_rest_shop_order_invalid_id", {"status": 404})
    assert headers["X-WC-Webhook-Signature"]


def test_variations_use_the_product_topics(shop: Shop, receiver: Receiver) -> None:
    parent = shop.post("/products", {"type": "variable"}).body["id"]
    subscribe(shop, receiver)
    variation = shop.post(f"/products/{parent}/variations", {"regular_price": "1"}).body["id"]
    shop.put(f"/products/{parent}/variations/{variation}", {"regular_price": "2"})
    deliver(shop)
    assert receiver.events == [("product.created", variation), ("product.updated", variation)]
    assert receiver.deliveries[0][1]["parent_id"] == parent


def test_delivery_ids_repeat_within_a_second(shop: Shop, receiver: Receiver) -> None:
    subscribe(shop, receiver, "order.created")
    for _ in range(20):
        shop.post("/orders", {})
    deliver(shop)
    ids = [h["X-WC-Webhook-Delivery-ID"] for h, _ in receiver.deliveries]
    assert len(set(ids)) < len(ids) == 20


def test_the_seventh_failure_disables_and_reactivating_forgives_nothing(
    shop: Shop, receiver: Receiver
) -> None:
    (hook,) = subscribe(shop, receiver, "product.updated")
    product = goods(shop)

    def fail_once(status: int) -> tuple[str, int]:
        receiver.status = status
        shop.put(f"/products/{product}", {})
        deliver(shop)
        (row,) = shop.control("/shop/webhooks", method="GET")
        return row["status"], row["_failures"]

    assert [fail_once(500) for _ in range(3)] == [("active", 1), ("active", 2), ("active", 3)]
    assert fail_once(302) == ("active", 0)
    assert fail_once(303) == ("active", 1)
    assert [fail_once(404) for _ in range(6)][-2:] == [("active", 6), ("disabled", 6)]
    got = len(receiver.got)
    assert fail_once(500) == ("disabled", 6)
    assert len(receiver.got) == got
    assert shop.put(f"/webhooks/{hook}", {"status": "active"}).body["status"] == "active"
    assert fail_once(500) == ("disabled", 6)
    shop.put(f"/webhooks/{hook}", {"status": "active"})
    assert fail_once(200) == ("active", 0)


def test_a_delivery_is_tried_once(shop: Shop, receiver: Receiver) -> None:
    receiver.status = 500
    subscribe(shop, receiver, "order.created")
    shop.post("/orders", {})
    assert (deliver(shop), deliver(shop)) == (1, 0)


def test_nobody_listening_is_no_error(shop: Shop) -> None:
    body = {"topic": "order.created", "delivery_url": "http://127.0.0.1:9/none", "secret": "s"}
    assert shop.post("/webhooks", body).status == 201


def test_the_queue_runs_by_itself_and_survives_a_restart(receiver: Receiver, tmp_path: Any) -> None:
    where = ("--empty", "--data-dir", str(tmp_path))
    process, client = start_shop(*where, "--webhook-delay-ms", "3600000")
    with process:
        subscribe(client, receiver, "order.created")
        client.post("/orders", {})
        process.kill()
    assert receiver.got == []
    process, client = start_shop(*where, "--webhook-delay-ms", "0")
    with process:
        deadline = time.monotonic() + 10
        while not receiver.deliveries and time.monotonic() < deadline:
            time.sleep(0.01)
        assert [e for e, _ in receiver.events] == ["order.created"]


def test_moving_the_clock_makes_the_queue_due(shop: Shop, receiver: Receiver) -> None:
    subscribe(shop, receiver, "order.created")
    shop.post("/orders", {})
    assert shop.control("/shop/queue", method="GET")[0]["event"] == "created"
    shop.control("/shop/advance", {"hours": 2})
    assert [e for e, _ in receiver.events] == ["order.created"]
