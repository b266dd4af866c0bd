"""Who carries a parcel and where it can be followed: a table, and what the merchant lays over it.

The ERP's feed tells a number and no carrier, so the carrier is chosen by delivery method, else by
what the number looks like, else it is the default.
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from brygga.domain.order import Order, Shipment
from brygga.flows.statuses.settings import StatusSettings


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier: how its numbers look, and its page for following a parcel (`{number}`)."""

    key: str
    name: str
    link: str
    numbers: str = ""  # a pattern that only its numbers have; empty: too many look alike


CARRIERS = {
    carrier.key: carrier
    for carrier in (
        Carrier("postnord", "PostNord", "https://tracking.postnord.com/se/?id={number}", r"[A-Z]{2}\d{9}SE"),
        Carrier("dhl", "DHL", "https://www.dhl.com/se-sv/home/tracking.html?tracking-id={number}", r"JJD\d{14,18}"),
        Carrier("schenker", "DB Schenker", "https://www.dbschenker.com/app/tracking-public/?refNumber={number}"),
        Carrier("bring", "Bring", "https://tracking.bring.se/tracking/{number}"),
        Carrier("dsv", "DSV", "https://www.dsv.com/tracking/?q={number}"),
        Carrier("ups", "UPS", "https://www.ups.com/track?loc=sv_SE&tracknum={number}", r"1Z[0-9A-Z]{16}"),
        Carrier("fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr={number}"),
        Carrier("budbee", "Budbee", "https://tracking.budbee.com/{number}"),
        Carrier("instabee", "Instabee", "https://track.instabee.com/{number}"),
        Carrier("airmee", "Airmee", "https://tracking.airmee.com/{number}"),
        Carrier("earlybird", "Early Bird", "https://tracking.earlybird.se/{number}"),
    )
}  # fmt: skip


def parcel_of(shipment: Shipment, order: Order, settings: StatusSettings) -> Shipment:
    """Return a parcel as buyers see it: with its carrier's name, and a link if one is known."""
    key = shipment.carrier or _by_method(order, settings) or _by_number(shipment.tracking_no)
    key = key or settings.carrier_default
    known = CARRIERS.get(key.lower())
    link = shipment.link or settings.tracking_links.get(key, known.link if known else "")
    return replace(
        shipment,
        carrier=known.name if known else key,
        link=link.replace("{number}", quote(shipment.tracking_no, safe="")),
    )


def _by_method(order: Order, settings: StatusSettings) -> str:
    for line in order.shipping_lines:
        for name in (line.method, line.method.partition(":")[0], line.title):
            if name and name in settings.carriers_by_method:
                return settings.carriers_by_method[name]
    return ""


def _by_number(number: str) -> str:
    for carrier in CARRIERS.values():
        if carrier.numbers and re.fullmatch(carrier.numbers, number.strip().upper()):
            return carrier.key
    return ""
