"""The settings of what an ERP's facts do to an order in the shop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Drawer(StrEnum):
    """Who draws the money that a payment provider holds for an order."""

    SHOP = "shop"  # the shop's gateway, at a status
    ERP = "erp"  # the ERP, when the invoice is made
    NOBODY = "nobody"  # it is drawn at once, or there is nothing to draw


@dataclass(frozen=True)
class StatusSettings:
    """What each fact of the ERP does in the shop.

    `status_by_fact` names the shop's status for a fact; a fact that is not named, or has no status,
    changes none. Of all facts of an order the most advanced one that names a status counts.
    """

    status_by_fact: Mapping[str, str] = field(
        default_factory=lambda: {"paid": "processing", "delivered": "completed", "cancelled": "cancelled"}
    )
    status_notes: bool = True
    customer_notes: tuple[str, ...] = ()
    tracking_metas: bool = True
    carriers_by_method: Mapping[str, str] = field(default_factory=dict)
    carrier_default: str = ""
    tracking_links: Mapping[str, str] = field(default_factory=dict)
    drawn_by: Mapping[str, Drawer] = field(default_factory=dict)
    draw_wait_minutes: int = 10
    reservation_days: int = 21
