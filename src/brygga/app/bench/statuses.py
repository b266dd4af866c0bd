"""`brygga bench status`: the warehouse delivers orders that came from the shop, and the shop is told."""

from pathlib import Path

from brygga.app.bench.figures import Size, Told
from brygga.app.bench.goods import WrongNumbers
from brygga.app.bench.merchant import SHOP_AND_ERP, Merchant, at_work, patience_for

FEEDS = ("orders",)
_SETTINGS = {
    "prefix": "W-",
    "products": "off",
    "feedback_note": "false",
    "feedback_meta": "",
    "twin_minutes": "0",
    "in_flight_hold": "false",  # what orders hold of the stock is no part of what a status costs
    "article_shipping": "FRAKT",
    "article_rounding": "ORESAVR",
}
# As dear as in the shop, with VAT: other prices would be written there, or asked about.
_ARTICLES = {"MUGG-1": "103.20", "MUGG-2": "63.92", "MUGG-3": "199.20", "FRAKT": "39.20", "ORESAVR": "0"}
_PLENTY = 10_000_000
_FEED_CALLS = 2  # the order feed has no limit: read, confirm
_CALLS_EACH = 3  # read the order, put the note, write the status with the parcel


def measure(folder: Path, place: int, count: int, told: Told) -> Size:
    """Measure one size."""
    with at_work(folder, place, _SETTINGS, SHOP_AND_ERP) as merchant:
        label = f"{count} orders"
        told(f"{label}: sent", 0, 3)
        _send(merchant, count)
        told(f"{label}: delivered", 1, 3)
        _deliver_all(merchant)
        delivered = merchant.measure("delivered", count, _FEED_CALLS + _CALLS_EACH * count, FEEDS)
        _compare(merchant, count)
        told(f"{label}: same", 2, 3)
        merchant.simulators.in_erp(merchant.lane, "flag-all", feed="orders")
        same = merchant.measure("same", count, _FEED_CALLS, FEEDS)
        _compare(merchant, count)
    return Size(count, [delivered, same])


def _send(merchant: Merchant, count: int) -> None:
    """Bring orders from the shop to the ERP, by Brygga itself."""
    simulators, lane = merchant.simulators, merchant.lane
    feeds = (*FEEDS, "articles", "stock")
    common = {"vatPercent": 25, "stock": _PLENTY}
    articles = [
        {"articleNo": number, "name": number, "priceExclVat": price, **common}
        for number, price in _ARTICLES.items()
    ]
    simulators.in_erp(lane, "articles", articles=articles)
    simulators.open_shop(lane)
    merchant.hear_erp(feeds, patience_for(count))
    simulators.put_orders(lane, count, fresh=True)
    merchant.hear_shop(count, patience_for(count))
    merchant.hear_erp(feeds, patience_for(count))


def _deliver_all(merchant: Merchant) -> None:
    """Let the warehouse deliver every order, each in a parcel of its own."""
    simulators, lane = merchant.simulators, merchant.lane
    for order in simulators.call("GET", f"{simulators.erp}/_control/orders?sbmId={lane.sbm_id}"):
        parcel = f"SE{order['orderNo']:010}"
        simulators.in_erp(lane, f"orders/{order['orderNo']}/deliver", trackingNo=[parcel])


def _compare(merchant: Merchant, count: int) -> None:
    """Count the shop's completed orders. Raises WrongNumbers."""
    completed = merchant.simulators.count_orders(merchant.lane, "completed")
    if completed != count:
        raise WrongNumbers(f"{completed} of {count} orders are completed in the shop")
