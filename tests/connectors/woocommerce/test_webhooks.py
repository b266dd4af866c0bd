"""A knock is believed only with the shop's signature, and only for which record to look at."""

import json
from typing import Any

import pytest

from brygga.connectors.contract.connector import Hint, Knock
from brygga.connectors.woocommerce.webhooks import answer_knock, signature_of
from tests.connectors.woocommerce.recorded import HERE, names, recording

SECRET = "hemlig-åäö-1"
SHOP = {"url": "http://127.0.0.1:8090"}
DELIVERIES = [
    name
    for name in names()
    if name.startswith("webhook-delivery-")
    and recording(name).get("raw_body")
    and recording(name)["signature_verified"]
]


def knock_of(name: str, **changes: str) -> Knock:
    found = recording(name)
    headers = {key.lower(): value for key, value in found["request"]["headers"].items()}
    return Knock("POST", {**headers, **changes}, {}, found["raw_body"].encode())


def signed(body: Any, topic: str, source: str = "http://127.0.0.1:8090/", secret: str = SECRET) -> Knock:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {
        "content-type": "application/json",
        "x-wc-webhook-source": source,
        "x-wc-webhook-topic": topic,
        "x-wc-webhook-signature": signature_of(raw, secret),
    }
    return Knock("POST", headers, {}, raw)


@pytest.mark.parametrize("name", DELIVERIES)
def test_every_recorded_delivery_is_believed(name: str) -> None:
    answer = answer_knock(knock_of(name), SHOP, SECRET)
    assert (answer.status, answer.remark) == (200, None)


def test_a_whole_recorded_body_with_its_headers_is_believed() -> None:
    found = recording("webhook-delivery-raw-body.headers")
    headers = {key.lower(): value for key, value in found["headers"].items()}
    raw = (HERE / "webhook-delivery-raw-body.bin").read_bytes()
    answer = answer_knock(Knock("POST", headers, {}, raw), SHOP, found["secret"])
    assert answer.hints == (Hint("order", str(json.loads(raw)["id"])),)


@pytest.mark.parametrize(
    ("name", "hints"),
    [
        ("webhook-delivery-order-deleted", (Hint("order", "317", deleted=True),)),
        ("webhook-delivery-product-updated", (Hint("product", "78"),)),
        ("webhook-delivery-product-created", ()),  # gone before it was sent: an error object without id
    ],
)
def test_a_delivery_says_what_to_look_at(name: str, hints: tuple[Hint, ...]) -> None:
    assert answer_knock(knock_of(name), SHOP, SECRET).hints == hints


def test_the_ping_gets_exactly_200_and_means_nothing() -> None:
    answer = answer_knock(knock_of("webhook-delivery-ping"), SHOP, SECRET)
    assert (answer.status, answer.hints, answer.remark) == (200, (), None)


@pytest.mark.parametrize("body", [b'{"id":1}', b"", b"webhook_id=1&id=2", b"webhook_id=x"])
def test_nothing_unsigned_but_a_ping_is_let_in(body: bytes) -> None:
    answer = answer_knock(Knock("POST", {"x-wc-webhook-topic": "order.created"}, {}, body), SHOP, SECRET)
    assert (answer.status, answer.hints) == (401, ())


def test_a_wrong_signature_is_refused() -> None:
    for knock in (
        knock_of("webhook-delivery-order-deleted", **{"x-wc-webhook-signature": "AAAA"}),
        knock_of("webhook-delivery-order-deleted", **{"x-wc-webhook-signature": "ö\udcff"}),
        signed({"id": 1}, "order.created", secret="another"),
    ):
        answer = answer_knock(knock, SHOP, SECRET)
        assert (answer.status, answer.hints) == (401, ())
        assert answer.remark is not None
    assert answer_knock(knock_of("webhook-delivery-order-deleted"), SHOP, "").status == 401


def test_a_body_changed_on_the_way_is_refused() -> None:
    knock = knock_of("webhook-delivery-order-deleted")
    changed = Knock(knock.method, knock.headers, {}, knock.body.replace(b"317", b"318"))
    assert answer_knock(changed, SHOP, SECRET).status == 401


def test_a_variation_points_at_its_parent() -> None:
    body = {"id": 51, "type": "variation", "parent_id": 35}
    for event in ("updated", "created"):
        assert answer_knock(signed(body, f"product.{event}"), SHOP, SECRET).hints == (Hint("product", "35"),)


@pytest.mark.parametrize("source", ["https://staging.butik.example/", "http://127.0.0.1:8091/"])
def test_a_copy_of_the_shop_is_heard_and_not_believed(source: str) -> None:
    answer = answer_knock(signed({"id": 1}, "order.created", source), SHOP, SECRET)
    assert (answer.status, answer.hints) == (200, ())
    assert answer.remark is not None
    assert answer.remark.code == "woocommerce.knock_from_elsewhere"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8090/", "https://127.0.0.1:8090", "http://127.0.0.1:8090/wp-json/wc/v3"]
)
def test_the_same_shop_written_otherwise_is_the_same(url: str) -> None:
    assert answer_knock(signed({"id": 1}, "order.created"), {"url": url}, SECRET).hints


@pytest.mark.parametrize("topic", ["coupon.updated", "customer.created", "action.woo", "", "order"])
def test_other_news_is_none_of_ours(topic: str) -> None:
    hints = answer_knock(signed({"id": 1}, topic), SHOP, SECRET).hints
    assert hints == ((Hint("order", "1"),) if topic == "order" else ())


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"\xff", b'"x"', b'{"id": {"a": 1}}', b'{"id": "../1"}', b"{" * 9000]
)
def test_a_signed_body_that_says_nothing_is_taken_quietly(body: bytes) -> None:
    answer = answer_knock(signed(body, "order.updated"), SHOP, SECRET)
    assert (answer.status, answer.hints) == (200, ())


def test_a_person_with_a_browser_is_turned_away() -> None:
    assert answer_knock(Knock("GET", {}, {}, b""), SHOP, SECRET).status == 405
