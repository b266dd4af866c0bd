"""What a shop's answers mean: who acts, and what the merchant is told."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.resources import files
from typing import Any

import pytest

from brygga.connectors.contract.http import Answer
from brygga.connectors.woocommerce.answers import Asked, error_for
from brygga.domain.errors import (
    BryggaError,
    ConnectionBroken,
    OutcomeUnknown,
    RecordGone,
    RecordRejected,
    SetupWrong,
    TryLater,
)
from brygga.domain.message import Texts
from tests.connectors.woocommerce.recorded import recording

TEXTS = Texts(
    files(f"brygga.connectors.{area}").joinpath("texts.toml") for area in ("contract", "woocommerce")
)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HOST = "butik.example"
LIST = Asked("orders", HOST)
ORDER = Asked("orders/7", HOST, "order", "7")
PRODUCT = Asked("products/7", HOST, "product", "7")
WRITE = Asked("orders/7", HOST, "order", "7", changes=True)
HOOK = Asked("webhooks", HOST, changes=True)
HTML = b"<html><body>No</body></html>"


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def recorded(name: str) -> Answer:
    response = recording(name)["response"]
    return answer(response["status"], response["body"])


def coded(status: int, code: str, **data: Any) -> Answer:
    return answer(
        status, {"code": code, "message": "På svenska &amp; HTML", "data": {"status": status, **data}}
    )


TABLE: list[tuple[str, Answer, Asked, type[BryggaError], str]] = [
    # recorded answers
    ("unknown key", recorded("auth-wrong-key"), LIST, ConnectionBroken, "unknown_key"),
    ("no key", recorded("auth-none"), LIST, ConnectionBroken, "unknown_key"),
    ("wrong secret", recorded("auth-wrong-secret"), LIST, ConnectionBroken, "key_refused"),
    ("read key writes", recorded("auth-read-key-writes"), WRITE, ConnectionBroken, "write_refused"),
    ("write key reads", recorded("auth-write-key-reads"), PRODUCT, ConnectionBroken, "key_refused"),
    ("order missing", recorded("order-get-missing"), ORDER, RecordGone, "order_gone"),
    ("order deleted", recorded("order-get-deleted"), ORDER, RecordGone, "order_gone"),
    ("product missing", recorded("product-get-missing"), PRODUCT, RecordGone, "product_gone"),
    ("route missing", recorded("route-missing"), LIST, ConnectionBroken, "no_route"),
    ("bad status", recorded("order-update-status-bad"), WRITE, RecordRejected, "invalid_field"),
    ("bad date in a list", recorded("orders-list-bad-date"), LIST, ConnectionBroken, "question_refused"),
    ("PHP crash on a write", recorded("order-create-quantity-zero"), WRITE, OutcomeUnknown, "write_unclear"),
    ("PHP crash on a read", recorded("order-create-quantity-zero"), ORDER, TryLater, "server_error"),
    ("hook topic", recorded("webhook-create-bad-topic"), HOOK, SetupWrong, "hook_refused"),
    ("hook address", recorded("webhook-create-bad-url"), HOOK, SetupWrong, "hook_refused"),
    # a missing id is 400 when it is written to (measured)
    ("write to missing", coded(400, "woocommerce_rest_shop_order_invalid_id"), WRITE, RecordGone, "order_gone"),
    ("role", coded(403, "woocommerce_rest_cannot_view"), LIST, ConnectionBroken, "role_missing"),
    ("role of settings", coded(403, "rest_forbidden"), LIST, ConnectionBroken, "role_missing"),
    ("security plugin", coded(401, "rest_login_required"), LIST, ConnectionBroken, "rest_blocked"),
    ("unknown 401", coded(401, "some_plugin_says_no"), LIST, ConnectionBroken, "rest_blocked"),
    ("too large", coded(413, "woocommerce_rest_request_entity_too_large"), WRITE, RecordRejected, "too_large"),
    ("other 400", coded(400, "woocommerce_rest_something"), WRITE, RecordRejected, "refused"),
    ("200 with an error inside", coded(200, "woocommerce_rest_shop_order_invalid_id"), ORDER, RecordGone, "order_gone"),
    # something in front of the shop
    ("moved", answer(301, b"", location="https://www.butik.example/wp-json/x?oauth_signature=s"), LIST, ConnectionBroken, "moved"),
    ("moved on a write", answer(302, b"", location="/login"), WRITE, ConnectionBroken, "moved"),
    ("plain permalinks", answer(404, HTML), LIST, ConnectionBroken, "no_rest"),
    ("no page for one order", answer(404, HTML), ORDER, ConnectionBroken, "no_rest"),
    ("site password", answer(401, HTML), LIST, ConnectionBroken, "site_password"),
    ("captcha", answer(403, HTML), LIST, TryLater, "blocked"),
    ("captcha on a write", answer(403, HTML), WRITE, TryLater, "blocked"),
    ("mod_security", answer(406, HTML), LIST, TryLater, "blocked"),
    ("rate limit", answer(429, b""), LIST, TryLater, "busy"),
    ("rate limit on a write", answer(429, b""), WRITE, TryLater, "busy"),
    ("maintenance", answer(503, HTML), LIST, TryLater, "busy"),
    ("maintenance on a write", answer(503, HTML), WRITE, OutcomeUnknown, "write_unclear"),
    ("proxy gave up", answer(504, HTML), WRITE, OutcomeUnknown, "write_unclear"),
    ("cloudflare", answer(522, HTML), LIST, TryLater, "busy"),
    ("crash", answer(500, b""), LIST, TryLater, "server_error"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "asked", "error", "code"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_an_answer_means(said: Answer, asked: Asked, error: type[BryggaError], code: str) -> None:
    meant = error_for(said, asked, NOW)
    assert type(meant) is error
    assert meant.for_merchant.code.split(".")[1] == code
    for language in ("sv", "en"):
        sentence = TEXTS.say(meant.for_merchant, language)
        assert not sentence.startswith(meant.for_merchant.code), "nobody wrote a sentence for it"
        assert "?" not in sentence, "a fact is missing"


def test_every_status_of_every_question_means_something() -> None:
    for status in range(300, 600):
        for body in (HTML, b"", b'{"code": "x"}', b"[]", b'"x"', b"null", b'{"code": {"a": 1}, "data": 500}'):
            for asked in (LIST, ORDER, WRITE, HOOK):
                assert isinstance(error_for(answer(status, body), asked, NOW), BryggaError)


def test_the_message_is_never_what_decides() -> None:
    body = {"code": "woocommerce_rest_authentication_error", "data": {"status": 401}}
    meanings = {
        error_for(answer(401, {**body, "message": text}), LIST, NOW).for_merchant.code
        for text in ("Consumer key is invalid.", "Hemlig kundnyckel är ogiltig.", "")
    }
    assert meanings == {"woocommerce.key_refused"}


def test_retry_after_is_honoured() -> None:
    for status in (429, 503):
        error = error_for(answer(status, b"", retry_after="90"), LIST, NOW)
        assert isinstance(error, TryLater)
        assert error.after == NOW + timedelta(seconds=90)
        assert error.system_away


def test_one_record_that_crashes_the_shop_spends_its_attempts() -> None:
    one, many = error_for(answer(500, b""), ORDER, NOW), error_for(answer(500, b""), LIST, NOW)
    assert isinstance(one, TryLater)
    assert isinstance(many, TryLater)
    assert (one.system_away, many.system_away) == (False, True)


def test_a_new_address_is_named_without_our_signature() -> None:
    moved = TABLE[[row[0] for row in TABLE].index("moved")][1]
    facts = error_for(moved, LIST, NOW).for_merchant.facts
    assert facts["address"] == "https://www.butik.example"
    assert "oauth" not in str(facts)


def test_the_refused_field_is_named() -> None:
    error = error_for(recorded("order-update-status-bad"), WRITE, NOW)
    assert error.for_merchant.facts == {"what": "orders/7", "field": "status"}


def test_a_clock_that_is_off_is_seen_when_requests_are_signed() -> None:
    signed = Asked("orders", HOST, signed=True)
    body = recorded("auth-wrong-secret").body
    off = answer(401, body, date=format_datetime(NOW - timedelta(hours=1), usegmt=True))
    right = answer(401, body, date=format_datetime(NOW, usegmt=True))
    assert error_for(off, signed, NOW).for_merchant.code == "woocommerce.clock_off"
    assert error_for(right, signed, NOW).for_merchant.code == "woocommerce.key_refused"
