"""How templates write times, amounts, messages and states."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from brygga.app.console import words
from brygga.app.console.kinds import page_of
from brygga.domain.message import Message
from brygga.domain.money import exponent

register = template.Library()


@register.simple_tag
def when(value: datetime | None, zone: ZoneInfo | None = None, *, seconds: bool = False) -> str | SafeString:
    """Write a time in the shop's or Swedish time, with UTC as a tooltip; a dash for none."""
    if value is None:
        return "–"
    utc = value.astimezone(UTC)
    shown = words.moment(value, zone or words.HOME, seconds=seconds)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>', utc.isoformat(), f"{utc:%Y-%m-%d %H:%M:%S}", shown
    )


@register.filter
def say(message: Message | Mapping[str, Any] | None) -> str:
    """Say a message in the reader's language."""
    return words.say(message)


@register.filter
def state_name(state: str, kind: str = "order") -> str:
    """Name a state of a kind of record."""
    return words.state_name(state, kind)


@register.filter
def amount(value: Any, decimals: int | None = None) -> str:
    """Write a number in the reader's way."""
    return words.number(value, decimals)


@register.filter
def money(value: Any, currency: str = "") -> str:
    """Write an amount with its currency."""
    return f"{words.number(value, exponent(currency))}\N{NO-BREAK SPACE}{currency}".rstrip()


@register.filter
def row_kind(kind: str) -> str:
    """Name what a row stands for."""
    return str(words.ROW_KINDS.get(kind, kind))


@register.filter
def vat_type(kind: str) -> str:
    """Name where an order's VAT belongs."""
    return str(words.VAT_TYPES.get(kind, kind))


@register.filter
def role_name(role: str) -> str:
    """Name a member's role or a system's side."""
    return {
        "owner": pgettext("role", "Owner"),
        "member": pgettext("role", "Member"),
        "viewer": pgettext("role", "Viewer"),
        "shop": pgettext("role", "Shop"),
        "erp": pgettext("role", "ERP"),
    }.get(role, role)


@register.filter
def fact_name(fact: str) -> str:
    """Name what an ERP has told of an order."""
    return str(words.FACTS.get(fact, fact)).capitalize()


@register.filter
def page_url(kind: str) -> str:
    """Name the address of the page of one record of a kind."""
    return page_of(kind).page_url


@register.filter
def list_url(kind: str) -> str:
    """Name the address of the list of a kind."""
    return page_of(kind).list_url


@register.filter
def zone(identity: Mapping[str, Any] | None) -> ZoneInfo:
    """Return a shop's time zone."""
    return words.zone_of(identity)
