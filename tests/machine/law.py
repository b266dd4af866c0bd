"""What Brygga may change, and what it never may: judged for every step of Brygga's, record by record.

The flow's number decides. What it does not govern has to be the same, to the last field, after each
poll and each drain, under whatever faults. People may change what they like; that is not judged.
"""

from collections.abc import Iterator
from decimal import Decimal

from tests.journeys.shop_json import Doc
from tests.machine.eyes import Place, Sight, changes, fields_changed, number
from tests.machine.market import MAY_SEND, NOT_GOODS, Market, Stand

FORWARD = frozenset(
    (old, new)
    for new, olds in {
        "processing": ("pending", "on-hold"),
        "completed": ("pending", "on-hold", "processing"),
        "cancelled": ("pending", "on-hold", "processing"),
    }.items()
    for old in olds
)
"""The steps of a status that Brygga may take by itself; every other one goes backwards."""

_DATED = frozenset({"date_modified", "date_modified_gmt"})
_FOLLOWS_STATUS = frozenset(
    {"date_paid", "date_paid_gmt", "date_completed", "date_completed_gmt", "is_editable", "needs_payment"}
)
_OUR_METAS = frozenset({"_erp_order_number", "_wc_shipment_tracking_items"})
_STOCK = frozenset({"stock_quantity", "manage_stock", "stock_status", "backordered"})
_PRICE = frozenset({"regular_price", "price", "purchasable"})
_PRODUCT = frozenset({"status", "global_unique_id", "variations", "attributes", "default_attributes", "type"})
_MOVES = frozenset({"reserved", "stockChange", "available"})
_ARTICLE = {
    1: frozenset({"name", "priceExclVat", "vatPercent", "barCode", "productWeight", "infoChange"}),
    2: frozenset[str](),
    3: frozenset({"name", "vatPercent", "barCode", "productWeight", "infoChange"}),
}


def breaches(market: Market, before: Sight, after: Sight) -> Iterator[str]:
    """Return, in words, everything that changed in a step of Brygga's and may not have."""
    stands = {stand.site: stand for stand in market.stands}
    for place, was, now in changes(before, after):
        if place[0] == "erp":
            why = _in_erp(market, place, was, now, before)
        else:
            why = _in_shop(market, stands[place[0]], place, was, now, before, after)
        if why:
            fields = fields_changed(was, now) if was and now else ""
            yield f"{'/'.join(place)}: {why} {sorted(fields)} was {_short(was, fields)} is {_short(now, fields)}"


def _short(doc: Doc | None, fields: set[str] | str) -> str:
    if doc is None:
        return "-"
    return str({name: doc.get(name) for name in sorted(fields)} if fields else doc)[:400]


def _in_shop(
    market: Market, stand: Stand, place: Place, was: Doc | None, now: Doc | None, before: Sight, after: Sight
) -> str:
    kind = place[1]
    if kind == "notes":
        if was is not None or now is None:
            return "a note was changed"
        return "a note went to the customer" if now["customer_note"] else ""
    if kind == "orders":
        return _order(market, was, now)
    if kind == "products":
        return _product(market, stand, was, now, before, after)
    if kind in ("attributes", "terms") and market.preset == 2 and was is None:
        return ""
    return "not the flow's to change"


def _order(market: Market, was: Doc | None, now: Doc | None) -> str:
    if was is None or now is None:
        return "an order was made or removed in the shop"
    fields = fields_changed(was, now) - _DATED
    if "status" in fields:
        if market.preset == 1:
            return "flow 1 writes no status"
        if (was["status"], now["status"]) not in FORWARD:
            return f"the status went from {was['status']} to {now['status']}"
        fields -= {"status", *_FOLLOWS_STATUS}
        if "line_items" in fields and _without_stock_notes(was) == _without_stock_notes(now):
            fields.discard("line_items")
    if "meta_data" in fields:
        old = [meta for meta in was["meta_data"] if meta["key"] not in _OUR_METAS]
        new = [meta for meta in now["meta_data"] if meta["key"] not in _OUR_METAS]
        if old == new:
            fields.discard("meta_data")
    return "fields of an order that no flow governs" if fields else ""


def _without_stock_notes(order: Doc) -> list[Doc]:
    return [
        {**line, "meta_data": [meta for meta in line["meta_data"] if meta["key"] != "_reduced_stock"]}
        for line in order["line_items"]
    ]


def _product(
    market: Market, stand: Stand, was: Doc | None, now: Doc | None, before: Sight, after: Sight
) -> str:
    if now is None:
        return "a product was removed"
    if was is None:
        return "" if market.preset == 2 else "a product was made"
    fields = fields_changed(was, now) - _DATED
    if _shop_itself(stand, before, after):  # a cancelled order gives its goods back, whatever they are
        fields -= _STOCK
    if market.preset == 1:
        return "flow 1 writes no product" if fields else ""
    if was["status"] == "trash":
        return "what is in the trash was changed"
    if not _is_known(market, stand, was, before):
        return "the ERP does not know this product" if fields else ""
    fields -= _STOCK | _PRICE
    if market.preset == 2:
        fields -= _PRODUCT
    return "fields of a product that the flow does not govern" if fields else ""


def _shop_itself(stand: Stand, before: Sight, after: Sight) -> bool:
    """Say that the shop gave goods back in this step, since Brygga cancelled an order."""
    was, now = before.of(stand.site, "orders"), after.of(stand.site, "orders")
    return any(order["status"] == "cancelled" != was[no]["status"] for no, order in now.items() if no in was)


def _is_known(market: Market, stand: Stand, product: Doc, sight: Sight) -> bool:
    articles = sight.of("erp", "articles")
    if product["type"] == "variable":
        children = [sight.records.get((stand.site, "products", str(v))) for v in product["variations"]]
        return any(_is_known(market, stand, child, sight) for child in children if child)
    return market.article_of(stand.site, product) in articles


def _in_erp(market: Market, place: Place, was: Doc | None, now: Doc | None, before: Sight) -> str:
    kind = place[1]
    if kind == "articles":
        return _article(market, was, now, before)
    if kind == "orders":
        return _erp_order(market, now, before) if was is None and now is not None else "an order was changed"
    if kind == "customers":
        return "a customer card was removed" if now is None else ""
    return "no shop's to change"


def _article(market: Market, was: Doc | None, now: Doc | None, before: Sight) -> str:
    if now is None:
        return "an article was removed"
    if was is None:
        if market.preset == 2:
            return "flow 2 makes no article"
        led = [stand for stand in market.stands if market.is_led(stand)]
        sold = {item["sku"] for stand in led for item in before.items(stand.site)}
        sold |= {
            line["sku"]
            for stand in led
            for order in before.of(stand.site, "orders").values()
            for line in order["line_items"]
        }
        return "" if now["articleNo"] in sold | set(NOT_GOODS) else "an article of no product"
    return "fields of an article" if fields_changed(was, now) - _MOVES - _ARTICLE[market.preset] else ""


def _erp_order(market: Market, made: Doc, before: Sight) -> str:
    """Judge an order that has just come to the ERP: whose it is, whether it was to come, and its sums."""
    letter, _, shops_number = made["externalOrderNo"].partition("-")
    stand = next((each for each in market.stands if each.letter == letter), None)
    orders = before.of(stand.site, "orders") if stand else {}
    order = next((each for each in orders.values() if each["number"] == shops_number), None)
    if order is None:
        return "an order of nobody"
    if made["externalOrderNo"] in before.erp_orders():
        return "the order is there twice"
    if order["status"] not in MAY_SEND:
        return f"sent though it is {order['status']}"
    paid_back = sum((number(refund["total"]) for refund in order["refunds"]), Decimal(0))
    if number(made["total"]) != number(order["total"]) + paid_back:
        return f"its total is {made['total']}, the shop's {order['total']} and {paid_back} paid back"
    rows = len(made["rows"])
    if not paid_back and abs(number(made["totalVat"]) - number(order["total_tax"])) > Decimal("0.01") * rows:
        return f"its VAT is {made['totalVat']}, the shop's {order['total_tax']}"
    return ""
