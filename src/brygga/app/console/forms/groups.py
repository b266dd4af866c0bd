"""The settings of a flow in groups: each begins with a setting and goes on to the next group's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from brygga.domain.refs import Kind
from brygga.flows.presets import PRESETS
from brygga.flows.settings import KEYS


@dataclass(frozen=True, slots=True)
class Group:
    """A group of settings under one title."""

    key: str
    title: Any
    settings: Sequence[str]


_BEGINS: Mapping[str, tuple[str, Any]] = {
    "statuses": ("which", _("Which orders are sent")),
    "document": ("what", _("What an order becomes")),
    "article_shipping": ("articles", _("Article numbers")),
    "row_comment_keys": ("texts", _("Comments and references")),
    "delivery_date_keys": ("delivery", _("Delivery")),
    "language": ("header", _("Language, stock site and confirmation")),
    "payment_codes": ("payment", _("Payment methods")),
    "matching_private": ("customers", _("Customers")),
    "oss_rates": ("vat", _("VAT")),
    "feedback_note": ("back", _("Back to the shop")),
    "products": ("products", _("Products")),
    "retry_minutes": ("how", _("Retries and storage")),
    "goods": ("goods", _("Products from the ERP")),
    "stock_sites": ("stock", _("Stock from the ERP")),
    "price_list_regular": ("prices", _("Prices from the ERP")),
    "status_by_fact": ("statuses", _("Order status from the ERP")),
    "drawn_by": ("money", _("Money that is drawn later")),
    "masters": ("masters", _("Who leads what")),
}


# Groups about what not every preset brings over.
_ONLY_FOR: Mapping[str, Kind] = {
    "products": Kind.PRODUCT,
    "goods": Kind.GOODS,
    "stock": Kind.ITEM,
    "prices": Kind.ITEM,
    "statuses": Kind.STATUS,
}


def groups() -> list[Group]:
    """Return all groups in the order of the settings, each setting in exactly one."""
    found: list[Group] = []
    members: list[str] = []
    for key in KEYS:
        if key in _BEGINS:
            members = []
            found.append(Group(*_BEGINS[key], members))
        members.append(key)
    return found


def concerns(group: Group, preset: int) -> bool:
    """Say whether a group's settings do anything in a flow of a preset."""
    kind = _ONLY_FOR.get(group.key)
    return kind is None or PRESETS[preset].moves(kind)


def group_of(setting: str) -> Group | None:
    """Return the group that a setting is in."""
    return next((group for group in groups() if setting in group.settings), None)
