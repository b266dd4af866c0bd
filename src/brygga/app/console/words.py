"""Says messages, states and amounts in the reader's language, numbers written as is the custom there."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from brygga.app.services.task_words import choice_in_words
from brygga.app.texts import texts
from brygga.domain.message import Message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind

HOME = ZoneInfo("Europe/Stockholm")
LAST_PAGE = 10_000

STATES: Mapping[str, Any] = {
    State.WAITING.value: pgettext_lazy("state", "Waiting"),
    State.UNKNOWN.value: pgettext_lazy("state", "Outcome unknown"),
    State.HELD.value: pgettext_lazy("state", "Stopped"),
    State.IGNORED.value: pgettext_lazy("state", "Not sent"),
    State.DONE.value: pgettext_lazy("state", "Sent"),
}

_UP_TO_DATE = pgettext_lazy("state", "Up to date")

ROW_KINDS: Mapping[str, Any] = {
    "product": pgettext_lazy("row", "product"),
    "shipping": pgettext_lazy("row", "shipping"),
    "fee": pgettext_lazy("row", "fee"),
    "discount": pgettext_lazy("row", "discount"),
    "gift_card": pgettext_lazy("row", "gift card"),
    "rounding": pgettext_lazy("row", "rounding"),
    "vat": pgettext_lazy("row", "VAT"),
    "text": pgettext_lazy("row", "text"),
    "collect": pgettext_lazy("row", "unknown articles"),
}

SHOP_STATUSES: Mapping[str, Any] = {
    "pending": gettext_lazy("“awaiting payment”"),
    "processing": gettext_lazy("“processing”"),
    "on-hold": gettext_lazy("“on hold”"),
    "completed": gettext_lazy("“completed”"),
    "cancelled": gettext_lazy("“cancelled”"),
    "refunded": gettext_lazy("“refunded”"),
    "failed": gettext_lazy("“failed”"),
    "trash": gettext_lazy("“in the trash”"),
    "checkout-draft": gettext_lazy("“draft”"),
    "publish": gettext_lazy("“published”"),
    "draft": gettext_lazy("“draft”"),
    "private": gettext_lazy("“private”"),
}

EDITED_FIELDS: Mapping[str, Any] = {
    "organisation_no": gettext_lazy("the organisation number"),
    "number": gettext_lazy("the order number"),
}

VAT_TYPES: Mapping[str, Any] = {
    "home": gettext_lazy("Sweden"),
    "eu_consumer": gettext_lazy("EU, consumer"),
    "eu_company": gettext_lazy("EU, company"),
    "export": gettext_lazy("export"),
}

FACTS: Mapping[str, Any] = {
    "received": pgettext_lazy("fact", "received"),
    "partly_delivered": pgettext_lazy("fact", "partly delivered"),
    "delivered": pgettext_lazy("fact", "delivered"),
    "invoiced": pgettext_lazy("fact", "invoiced"),
    "paid": pgettext_lazy("fact", "paid"),
    "cancelled": pgettext_lazy("fact", "cancelled"),
    "removed": pgettext_lazy("fact", "removed"),
    "parcel": pgettext_lazy("fact", "parcel"),
}

_AMOUNTS = frozenset(
    "total shop erp missing allowed amount vat net difference then now percent rate quantity".split()
)


def state_name(state: str, kind: str = Kind.ORDER) -> str:
    """Name a state; what is kept like the ERP has it is not "sent" but up to date."""
    if state == State.DONE.value and kind in set(Kind) and Kind(kind).to_shop:
        return str(_UP_TO_DATE)
    return str(STATES.get(state, state))


def status_word(key: str) -> str:
    """Name one of the statuses that every shop has, as a choice; another by its key."""
    word = str(SHOP_STATUSES.get(key, key)).strip('“”"')
    return word[:1].upper() + word[1:]


_ITEM_AMOUNTS = frozenset("old new held sale regular price shop erp percent".split())
_COMPARED = frozenset("total shop erp sent file known held".split())  # amounts, some with a currency
_UTC = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")  # also in `249 (199)`, a regular price with a sale price


def language() -> str:
    """Return the reader's language, one of those we speak."""
    return "en" if (get_language() or "sv").startswith("en") else "sv"


def say(message: Message | Mapping[str, Any] | None) -> str:
    """Say a message to the reader; nothing for no message."""
    if not message:
        return ""
    given = message if isinstance(message, Message) else Message.from_data(message)
    facts = {name: _shown(given.code, name, value) for name, value in given.facts.items()}
    return texts().say(Message(given.code, facts), language())


def _shown(code: str, name: str, value: str) -> str:
    if name == "choice" and code.startswith("task.decided") and value:
        return choice_in_words(value, language()).label
    if name == "kind" and value in ROW_KINDS:
        return str(ROW_KINDS[value])
    if name == "status" and value in SHOP_STATUSES:
        return str(SHOP_STATUSES[value])
    if name == "facts" and code.startswith("status."):
        return ", ".join(str(FACTS.get(fact, fact)) for fact in value.split(", "))
    if name == "type" and value in VAT_TYPES:
        return str(VAT_TYPES[value])
    if name == "fields" and code == "work.edited_by_hand":
        return ", ".join(str(EDITED_FIELDS.get(field, field)) for field in value.split(", "))
    if code.startswith("item.") and name in _ITEM_AMOUNTS:
        return _NUMBER.sub(lambda found: number(found[0]), value)
    if code.startswith("reconcile.") and name in _COMPARED:
        return _NUMBER.sub(lambda found: number(found[0]), value)
    if code.startswith("reconcile.") and name == "at" and _UTC.fullmatch(value):
        return moment(datetime.strptime(value, "%Y-%m-%d %H:%M").replace(tzinfo=UTC))
    if name in _AMOUNTS and not code.startswith("journal."):
        return number(value)
    return value


def number(value: Any, decimals: int | None = None) -> str:
    """Write a number as the reader does; what is none is shown as it is."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not amount.is_finite():
        return str(value)
    places = max(-int(amount.as_tuple().exponent), 0) if decimals is None else decimals
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(amount, format=pattern, locale=language())


def zone_of(identity: Mapping[str, Any] | None) -> ZoneInfo:
    """Return a shop's time zone. One that was never set (UTC) counts as Swedish time."""
    name = str((identity or {}).get("time_zone") or "UTC")
    if name == "UTC":
        return HOME
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return HOME


def moment(value: datetime, zone: ZoneInfo = HOME, *, seconds: bool = False) -> str:
    """Write a time as short as it can be: the clock today, else the day too."""
    local = value.astimezone(zone)
    today = timezone.now().astimezone(zone).date()
    clock = format_time(local, "HH:mm:ss" if seconds else "HH:mm", locale=language())
    if local.date() == today:
        return clock
    if local.year == today.year:
        return _("%(day)s at %(clock)s") % {"day": day(local), "clock": clock}
    return format_datetime(local, "yyyy-MM-dd HH:mm", locale=language())


def day(value: datetime) -> str:
    """Write a day of this year."""
    return format_date(value, "d MMM", locale=language())


def number_of_page(text: str) -> int:
    """Read the number of a page out of an address; the first one for what is none."""
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 9 else 1
