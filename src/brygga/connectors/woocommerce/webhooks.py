"""What a knock from a shop means: is it ours, and which record should be looked at.

A delivery is signed with base64(HMAC-SHA256(secret, raw body)); a ping is a form with the hook's
number and no signature, and must get exactly 200 (both measured). The body is read for the
record's id only: it may be old, and the same news comes again by polling. Everything that is not
a forgery is answered with 200, since seven failures in a row disable a hook.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

from brygga.connectors.contract.connector import DoorAnswer, Hint, Knock
from brygga.connectors.woocommerce.decoding import NotJson, WrongShape, decode
from brygga.connectors.woocommerce.settings import site_key
from brygga.connectors.woocommerce.values import id_text
from brygga.connectors.woocommerce.wire_shop import Delivery
from brygga.domain.message import Message, message

TOPICS = (
    "order.created",
    "order.updated",
    "order.deleted",
    "product.created",
    "product.updated",
    "product.deleted",
)
_PING = re.compile(rb"webhook_id=\d{1,20}")
_KINDS = ("order", "product")


def signature_of(body: bytes, secret: str) -> str:
    """Return the signature that the shop puts in `X-WC-Webhook-Signature`."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode("ascii")


def answer_knock(knock: Knock, settings: Mapping[str, Any], secret: str) -> DoorAnswer:
    """Check a knock and say what to answer and what to look at. Pure; never raises."""
    if knock.method != "POST":
        return DoorAnswer(405, "")
    given = knock.headers.get("x-wc-webhook-signature", "")
    if not given:
        if _PING.fullmatch(knock.body.strip()):
            return DoorAnswer(200, "ok")
        return DoorAnswer(401, "", remark=message("woocommerce.knock_unsigned"))
    if not secret or not hmac.compare_digest(
        signature_of(knock.body, secret).encode(), given.encode("utf-8", "replace")
    ):
        return DoorAnswer(401, "", remark=message("woocommerce.knock_forged"))
    if remark := _stranger(knock, settings):
        return DoorAnswer(200, "ok", remark=remark)
    return DoorAnswer(200, "ok", hints=_hints(knock))


def _stranger(knock: Knock, settings: Mapping[str, Any]) -> Message | None:
    # A copy of the shop has its hooks and their secrets too, and would knock with test orders.
    source = knock.headers.get("x-wc-webhook-source", "")
    ours = str(settings.get("url", ""))
    if not source or not ours or site_key(source) == _without_api(ours):
        return None
    return message("woocommerce.knock_from_elsewhere", source=site_key(source), ours=_without_api(ours))


def _without_api(url: str) -> str:
    return site_key(url.strip().split("/wp-json")[0])


def _hints(knock: Knock) -> tuple[Hint, ...]:
    kind, _, event = knock.headers.get("x-wc-webhook-topic", "").partition(".")
    if kind not in _KINDS:
        return ()
    try:
        body, _ = decode(knock.body, Delivery)
    except (NotJson, WrongShape):
        return ()
    parent = id_text(body.parent_id) if kind == "product" and body.type == "variation" else ""
    record = parent or id_text(body.id)
    # An error object instead of a record: it was gone before the shop came to send it.
    if not record.isdigit():
        return ()
    return (Hint(kind, record, deleted=event == "deleted" and not parent),)
