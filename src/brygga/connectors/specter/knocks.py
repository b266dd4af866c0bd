"""When Specter knocks: which feed to look at, and the two facts that no feed may tell.

An invoice's number and a removal come by the knock, so the hint carries them (`detail`, `deleted`);
of all else the content is only a hint, the feed tells the truth.

The door's address can't be guessed and was checked before; the kind of news is our own `kind`
in the address that was handed to Specter. It is always answered with `1;Done`, as the ERP expects.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from brygga.connectors.contract.connector import DoorAnswer, Feed, Hint, Knock
from brygga.domain.message import message

DONE = "1;Done"
_NUMBER = re.compile(r"[\w./-]{1,50}")
_LARGEST_FORM = 64 * 1024

# Kind in our address -> the feed to read, and the parameter that names the order, if it has one.
KINDS = {
    "stock": (Feed.STOCK, ""),
    "article": (Feed.ARTICLES, ""),
    "order": (Feed.ORDERS, "orderno"),
    "removed": (Feed.ORDERS, "orderno"),
    "invoice": (Feed.ORDERS, "orderid"),
}


def answer_knock(
    knock: Knock,
    settings: Mapping[str, Any],  # noqa: ARG001 - part of the contract
    secret: str,  # noqa: ARG001 - the web layer has checked the address
) -> DoorAnswer:
    """Say what to look at. An invoice's number is in the hint, and in a remark for people to read."""
    told = _told(knock)
    kind = told.get("kind", "").lower()
    if kind not in KINDS:
        return DoorAnswer(200, DONE, remark=message("specter.knock_unknown", kind=kind[:50] or "-"))
    feed, parameter = KINDS[kind]
    number = _number(told.get(parameter, "")) if parameter else ""
    invoice = _number(told.get("invoiceid", "")) if kind == "invoice" else ""
    # Without an order's number there is nothing that a fact could be about.
    hint = Hint(feed.value, number, deleted=kind == "removed" and bool(number), detail=number and invoice)
    remark = None
    if kind == "invoice":
        remark = message("specter.invoice_told", order=number or "-", invoice=invoice or "-")
    return DoorAnswer(200, DONE, (hint,), remark)


def door_urls(door_url: str) -> Mapping[str, str]:
    """Return the address to hand to Specter for each kind of news."""
    sign = "&" if urlsplit(door_url).query else "?"
    return {kind: f"{door_url}{sign}kind={kind}" for kind in KINDS}


def _told(knock: Knock) -> dict[str, str]:
    # Our own query wins over the form: `kind` is ours to say.
    told: dict[str, str] = {}
    body = knock.body[:_LARGEST_FORM]
    if b"=" in body:
        form = parse_qsl(body.decode("iso-8859-1"), keep_blank_values=True, encoding="iso-8859-1")
        told = {name.lower(): value for name, value in form}
    return told | {name.lower(): value for name, value in knock.query.items()}


def _number(text: str) -> str:
    return text.strip() if _NUMBER.fullmatch(text.strip()) else ""
