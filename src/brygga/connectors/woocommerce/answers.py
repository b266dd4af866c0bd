"""What the shop's statuses and error bodies mean: for the merchant, and for us.

Decided on the HTTP status and on `code`, never on `message`, which the shop translates. Two tables
cover what was measured; what they do not know falls back on the status. A write that ends in a 5xx
may have been done; a 429 was not let in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import msgspec

from brygga.connectors.contract.http import USER_AGENT, Answer, retry_after
from brygga.connectors.woocommerce.decoding import NotJson, WrongShape, decode
from brygga.connectors.woocommerce.values import text
from brygga.connectors.woocommerce.wire_shop import ErrorBody
from brygga.domain.errors import (
    BryggaError,
    ConnectionBroken,
    OutcomeUnknown,
    RecordGone,
    RecordRejected,
    SetupWrong,
    TryLater,
)
from brygga.domain.message import Message, message

CANNOT_VIEW = "woocommerce_rest_cannot_view"
AUTHENTICATION = "woocommerce_rest_authentication_error"
_CLOCK_LIMIT = timedelta(minutes=14)  # WooCommerce refuses signatures that are 15 minutes off
_AWAY = frozenset({502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is an answer to. `kind` and `id` are set when one record was asked for."""

    what: str  # the path below /wc/v3, as in "orders/310/refunds"
    host: str
    kind: str = ""
    id: str = ""
    changes: bool = False
    signed: bool = False  # by OAuth, whose errors do not tell an unknown key from a wrong secret


@dataclass(frozen=True, slots=True)
class Meaning:
    """An error class, and the message that says it."""

    error: type[BryggaError]
    code: str


# By the shop's own code, whatever the status.
BY_CODE: Mapping[str, Meaning] = {
    "rest_no_route": Meaning(ConnectionBroken, "woocommerce.no_route"),
    "rest_disabled": Meaning(ConnectionBroken, "woocommerce.rest_blocked"),
    "rest_cannot_access": Meaning(ConnectionBroken, "woocommerce.rest_blocked"),
    "rest_login_required": Meaning(ConnectionBroken, "woocommerce.rest_blocked"),
    "rest_not_logged_in": Meaning(ConnectionBroken, "woocommerce.rest_blocked"),
    "itsec_rest_api_access_restricted": Meaning(ConnectionBroken, "woocommerce.rest_blocked"),
    "woocommerce_rest_request_entity_too_large": Meaning(RecordRejected, "woocommerce.too_large"),
    "woocommerce_rest_shop_webhook_invalid_topic": Meaning(SetupWrong, "woocommerce.hook_refused"),
    "woocommerce_rest_shop_webhook_invalid_delivery_url": Meaning(SetupWrong, "woocommerce.hook_refused"),
}

# By status, when the code says nothing more. Those of writes and 5xx are decided below.
BY_STATUS: Mapping[int, Meaning] = {
    400: Meaning(RecordRejected, "woocommerce.refused"),
    401: Meaning(ConnectionBroken, "woocommerce.key_refused"),
    403: Meaning(ConnectionBroken, "woocommerce.role_missing"),
    404: Meaning(RecordGone, "woocommerce.gone"),
    405: Meaning(ConnectionBroken, "woocommerce.rest_blocked"),
    410: Meaning(RecordGone, "woocommerce.gone"),
    413: Meaning(RecordRejected, "woocommerce.too_large"),
}

# By status, when the body is no JSON: then something in front of the shop answered.
WITHOUT_JSON: Mapping[int, Meaning] = {
    401: Meaning(ConnectionBroken, "woocommerce.site_password"),
    403: Meaning(TryLater, "woocommerce.blocked"),
    404: Meaning(ConnectionBroken, "woocommerce.no_rest"),
    405: Meaning(TryLater, "woocommerce.blocked"),
    406: Meaning(TryLater, "woocommerce.blocked"),
    407: Meaning(ConnectionBroken, "woocommerce.site_password"),
    410: Meaning(ConnectionBroken, "woocommerce.no_rest"),
    413: Meaning(RecordRejected, "woocommerce.too_large"),
    418: Meaning(TryLater, "woocommerce.blocked"),
}


def error_body(answer: Answer) -> ErrorBody | None:
    """Return the shop's error object, if the body holds one."""
    try:
        found, _ = decode(answer.body, ErrorBody)
    except (NotJson, WrongShape, msgspec.MsgspecError):
        return None
    return found if found.code else None


def error_for(answer: Answer, asked: Asked, now: datetime) -> BryggaError:
    """Return the error that an answer means. Nothing is raised here: the caller knows where."""
    body = error_body(answer)
    code = text(body.code) if body else ""
    for_us = f"{asked.what} -> {answer.status} {code} {answer.body[:300]!r}"
    status = answer.status if answer.status >= 300 else _status_inside(body)
    if 300 <= status < 400:
        moved = message("woocommerce.moved", host=asked.host, address=_address(answer))
        return ConnectionBroken(moved, for_us)
    if status == 429:
        return _wait(answer, asked, now, for_us)
    if status >= 500 or status == 408:
        return _server_failed(answer, status, asked, now, for_us)
    if body is None:
        meaning = WITHOUT_JSON.get(status, Meaning(TryLater, "woocommerce.blocked"))
        return _made(meaning, asked, status, code, for_us)
    if status == 401 and code not in BY_CODE:
        return ConnectionBroken(_refused(answer, code, asked, now), for_us)
    return _said_no(body, code, status, asked, for_us)


def _said_no(body: ErrorBody, code: str, status: int, asked: Asked, for_us: str) -> BryggaError:
    if code.endswith("_invalid_id") and asked.kind and status in (400, 404):
        return RecordGone(gone(asked), for_us)
    if code in BY_CODE:
        return _made(BY_CODE[code], asked, status, code, for_us)
    if code == "rest_invalid_param":
        return _invalid(body, asked, for_us)
    if status in (404, 410) and asked.kind:
        return RecordGone(gone(asked), for_us)
    return _made(BY_STATUS.get(status, BY_STATUS[400]), asked, status, code, for_us)


def not_json(asked: Asked, for_us: str) -> BryggaError:
    """Return what a web page with status 200 means: a maintenance page, or a wall in front."""
    said = message("woocommerce.not_json", host=asked.host, what=asked.what)
    return OutcomeUnknown(said, for_us) if asked.changes else TryLater(said, for_us)


def unreadable(asked: Asked, for_us: str) -> BryggaError:
    """Return what JSON of another shape than promised means: this record can't be trusted."""
    said = message("woocommerce.unreadable", what=asked.what)
    if asked.changes:
        return OutcomeUnknown(said, for_us)
    return RecordRejected(said, for_us) if asked.kind else TryLater(said, for_us, system_away=False)


def gone(asked: Asked) -> Message:
    """Say that a record is not in the shop."""
    known = asked.kind if asked.kind in ("order", "product", "customer") else "record"
    return message(f"woocommerce.{known}_gone", id=asked.id, what=asked.what, host=asked.host)


def _made(meaning: Meaning, asked: Asked, status: int, code: str, for_us: str) -> BryggaError:
    said = message(
        meaning.code,
        host=asked.host,
        what=asked.what,
        status=status,
        cause=code or "-",
        user_agent=USER_AGENT,
    )
    if meaning.error is RecordGone and asked.kind:
        return RecordGone(gone(asked), for_us)
    if meaning.error in (RecordGone, RecordRejected) and not asked.kind and not asked.changes:
        # A list has no record to hold: the shop does not understand the question.
        refused = message(
            "woocommerce.question_refused", host=asked.host, what=asked.what, cause=code or status
        )
        return ConnectionBroken(refused, for_us)
    return meaning.error(said, for_us)


def _refused(answer: Answer, code: str, asked: Asked, now: datetime) -> Message:
    if asked.signed and code == AUTHENTICATION and _clock_off(answer, now):
        return message("woocommerce.clock_off", host=asked.host, theirs=answer.headers.get("date", ""))
    if code == AUTHENTICATION:
        return message(
            "woocommerce.write_refused" if asked.changes else "woocommerce.key_refused", host=asked.host
        )
    if code.startswith("woocommerce_rest_cannot_"):
        return message("woocommerce.unknown_key", host=asked.host)
    return message("woocommerce.rest_blocked", host=asked.host, cause=code)


def _invalid(body: ErrorBody, asked: Asked, for_us: str) -> BryggaError:
    params = body.data.get("params") if isinstance(body.data, dict) else None
    fields = ", ".join(params) if isinstance(params, dict) else "?"
    if asked.changes or asked.kind:
        return RecordRejected(message("woocommerce.invalid_field", what=asked.what, field=fields), for_us)
    refused = message("woocommerce.question_refused", host=asked.host, what=asked.what, cause=fields)
    return ConnectionBroken(refused, for_us)


def _wait(answer: Answer, asked: Asked, now: datetime, for_us: str) -> TryLater:
    busy = message("http.busy", host=asked.host, status=answer.status)
    return TryLater(busy, for_us, after=retry_after(answer, now))


def _server_failed(answer: Answer, status: int, asked: Asked, now: datetime, for_us: str) -> BryggaError:
    if asked.changes:
        # A proxy may give up while the shop goes on: also a 503 says nothing certain of a write.
        return OutcomeUnknown(
            message("woocommerce.write_unclear", host=asked.host, what=asked.what, status=status), for_us
        )
    if status in _AWAY:
        return _wait(answer, asked, now, for_us)
    failed = message("woocommerce.server_error", host=asked.host, what=asked.what, status=status)
    # One record that makes the shop crash must not be tried for ever as if the shop were away.
    return TryLater(failed, for_us, after=retry_after(answer, now), system_away=not asked.kind)


def _status_inside(body: ErrorBody | None) -> int:
    # Some hosts turn every answer into a 200; the status is in the error object too.
    inside = body.data.get("status") if body and isinstance(body.data, dict) else None
    return inside if isinstance(inside, int) and inside >= 400 else 400


def _clock_off(answer: Answer, now: datetime) -> bool:
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except (TypeError, ValueError):
        return False
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    return abs(theirs - now) > _CLOCK_LIMIT


def _address(answer: Answer) -> str:
    parts = urlsplit(answer.headers.get("location", ""))  # its query may hold our signature
    return (
        f"{parts.scheme}://{parts.netloc}{parts.path.split('/wp-json')[0]}"
        if parts.netloc
        else parts.path or "?"
    )
