"""Rest: everything healed, told and done; then both sides have to agree on all that the flow governs."""

from collections.abc import Iterator
from decimal import Decimal

from brygga.app.services import works
from brygga.app.store.models import Connection, Flow, Work
from brygga.app.tenancy.scope import scope
from brygga.domain.refs import Kind
from tests.journeys.shop_json import Doc
from tests.machine.book import Book
from tests.machine.eyes import Sight, number
from tests.machine.in_brygga import go_round_once, heal, pauses_over, reconcile_one
from tests.machine.law import FORWARD
from tests.machine.market import MAY_SEND, Market, Stand
from tests.machine.promise import at_sites, claims, told_now

TURNS = 8
# Why an order that should be sent may be held: each is checked to be true of it.
_HELD = {
    "specter.article_unknown": "unknown",
    "order.refund_without_rows": "refund",
    "order.no_sku": "no number",
}


def rest(book: Book) -> None:
    """Bring the market to rest and check it: before the night's reconciliation and after it."""
    market = book.market
    heal(market)
    _quiet(book)
    book.judge([*_orders(book), *_stock(book, by_night=False), *_prices(book, by_night=False)])
    for stand in market.stands:
        assert reconcile_one(book, stand), f"no reconciliation of {stand.letter}"
    book.promise.by_hand.clear()
    _quiet(book)
    book.judge(
        [
            *_orders(book),
            *_stock(book, by_night=True),
            *_prices(book, by_night=True),
            *_range(book),
            *_statuses(book),
            *_well(market),
        ]
    )


def _quiet(book: Book) -> None:
    """Look everywhere and do what is due until nothing is, in a bounded number of turns."""
    market = book.market
    for turn in range(TURNS):
        pauses_over(market)
        _try_again(market)
        go_round_once(book)
        if turn and not _due(market) and not _untold(book):
            return
    book.judge([f"not at rest after {TURNS} turns: {_due(market)} {_untold(book)}"])


def _try_again(market: Market) -> None:
    """Press "try again" for what may go now, as a person does: the fault is over, the article is there."""
    with scope(_tenant(market)):
        held = Work.objects.filter(reason_code__in=["flow.gave_up", "specter.article_unknown"], due_at=None)
        if held:
            works.retry([work.pk for work in held], who="Alice", why="it may go now")


def _due(market: Market) -> list[str]:
    with scope(_tenant(market)):
        rows = Work.objects.filter(due_at__isnull=False)
        return [f"{work.kind} {work.source_ref} {work.state} {work.reason_code}" for work in rows]


def _untold(book: Book) -> list[str]:
    """Return the readers of the ERP's feeds that have not come to the end."""
    readers = book.market.erp.ask(f"feeds?sbmId={book.market.erp.sbm_id}")
    return [each["reader"] for each in readers if each["waiting"] and each["openBatch"] is not None]


def _well(market: Market) -> Iterator[str]:
    """No connection is broken and no flow stopped: nothing that happened here is a reason for it."""
    with scope(_tenant(market)):
        for connection in Connection.objects.all():
            if connection.state != "active":
                yield f"{connection.name} is {connection.state}: {connection.reason}"
        for flow in Flow.objects.all():
            if flow.state != "running":
                yield f"{flow.name} is {flow.state}: {flow.reason}"


def _orders(book: Book) -> Iterator[str]:
    """Every order that counts is in the ERP exactly once, or held for a reason that is true."""
    market, sight = book.market, book.look()
    there = sight.erp_orders()
    for external, made in there.items():
        if len(made) > 1:
            yield f"{external}: {len(made)} times in the ERP"
    for stand in market.stands:
        known = _works(stand, Kind.ORDER)
        for order_id, order in sight.of(stand.site, "orders").items():
            external = stand.external(order)
            work = known.get(order_id)
            if order["status"] in ("trash", "checkout-draft"):
                continue
            if work is None:
                yield f"{external} ({order['status']}): never taken in"
                continue
            if work.reason_code == "flow.bug" or any(w["code"] == "flow.bug" for w in work.warnings):
                yield f"{external}: {work.state} {work.reason}"
            if external in there:
                if work.state != "done" and not _is_open_question(work):
                    yield f"{external}: in the ERP, and {work.state} {work.reason_code}"
            elif order["status"] in MAY_SEND and not _is_held_rightly(order, work, sight):
                yield f"{external} ({order['status']}): not in the ERP, {work.state} {work.reason}"
            elif work.state == "unknown":
                yield f"{external}: still unknown"


def _is_open_question(work: Work) -> bool:
    """Say that a person is told to look whether the order is in the ERP: it ended while nobody knew."""
    said = {work.reason_code, *(each["code"] for each in work.warnings)}
    return work.state == "held" and "order.ended_unsettled" in said


def _is_held_rightly(order: Doc, work: Work, sight: Sight) -> bool:
    paid_back = -sum((number(refund["total"]) for refund in order["refunds"]), Decimal(0))
    if work.state == "ignored":
        return work.reason_code == "order.fully_refunded" and paid_back >= number(order["total"])
    if work.state != "held":
        return False
    match _HELD.get(work.reason_code):
        case "unknown":
            articles = sight.of("erp", "articles")
            return any(line["sku"] not in articles for line in order["line_items"])
        case "no number":
            return any(not line["sku"] for line in order["line_items"])
        case "refund":
            return bool(order["refunds"])
    return False


def _stock(book: Book, *, by_night: bool) -> Iterator[str]:
    """Every item shows the ERP's number less what is in flight, by the shop's margin, share and sites."""
    market, sight = book.market, book.look()
    if not market.erp_leads:
        return
    told = told_now(sight)
    articles = sight.of("erp", "articles")
    # One that is in the ERP without Brygga's knowing, and of which a person is asked, stays in flight.
    settled = {key for stand in market.stands for key in _settled(stand, sight)}
    doubtful = any(_gone_in_doubt(stand, sight) for stand in market.stands)
    for stand in market.stands:
        held = _held_items(stand)
        for article, item in market.items(sight, stand):
            if article not in told.available or article in held:
                continue
            if not by_night and (stand.site, str(item["id"])) in book.promise.by_hand:
                continue
            if (not by_night or doubtful) and {article, item["sku"]} & book.vanished:
                continue
            flying = sum(
                (
                    claim.of.get(article, Decimal(0))
                    for other in market.stands
                    for external, claim in claims(market, other, sight).items()
                    # All money paid back, and not waiting for anything: kept out for good.
                    if external not in settled and (claim.waits or not claim.paid_back)
                ),
                Decimal(0),
            )
            free = at_sites(told.available[article], stand.sites) - flying
            wanted = stand.number_shown(free)
            if item["stock_quantity"] != wanted or item["manage_stock"] is not True:
                yield (
                    f"{stand.letter} shows {item['stock_quantity']} of {article}, not {wanted}"
                    f" ({articles[article]['available']}, {flying} in flight, {by_night=})"
                )


def _prices(book: Book, *, by_night: bool) -> Iterator[str]:
    """Every item asks the ERP's price, with or without VAT and rounded as the shop's settings say."""
    market, sight = book.market, book.look()
    if not market.erp_leads:
        return
    articles = sight.of("erp", "articles")
    for stand in market.stands:
        held = _held_items(stand)
        for article, item in market.items(sight, stand):
            if article not in articles or article in held:
                continue
            if not by_night and (stand.site, str(item["id"])) in book.typed_prices:
                continue
            row = articles[article]
            wanted = stand.price_shown(number(row["priceExclVat"]), row["vatPercent"])
            if number(item["regular_price"]) != wanted:
                yield f"{stand.letter} asks {item['regular_price']} for {article}, not {wanted} ({by_night=})"


def _range(book: Book) -> Iterator[str]:
    """Where the shop leads, its published products are the ERP's articles; where the ERP does, the reverse."""
    market, sight = book.market, book.look()
    articles = sight.of("erp", "articles")
    for stand in market.stands:
        if market.is_led(stand):
            yield from _articles_of(book, stand, sight, articles)
        elif market.preset == 2:
            sold = {article for article, _ in market.items(sight, stand)}
            trashed = {
                market.article_of(stand.site, product)
                for product in sight.of(stand.site, "products").values()
                if product["status"] == "trash"
            }
            for no, article in articles.items():
                if article["forWeb"] and not article["ended"] and no not in sold | trashed:
                    yield f"{stand.letter} does not sell {no}"


def _articles_of(book: Book, stand: Stand, sight: Sight, articles: dict[str, Doc]) -> Iterator[str]:
    products = sight.of(stand.site, "products")
    for article, item in book.market.items(sight, stand):
        parent = products.get(str(item["parent_id"])) if item["type"] == "variation" else item
        if not item["sku"] or item["status"] != "publish" or not parent or parent["status"] != "publish":
            continue
        if article not in articles:
            yield f"{stand.letter} sells {article}, which is no article"
            continue
        if item["sku"] != article:
            continue  # respelt: a suspect that a person has to look at; the article stays as it was
        row = articles[article]
        size = "".join(
            f", {each['name']}: {each['option']}" for each in item.get("attributes") or [] if "option" in each
        )
        wanted = parent["name"] + size
        if row["name"] != wanted and (article, "name") not in book.typed_articles:
            yield f"article {article} is called {row['name']}, not {wanted}"
        if book.market.preset == 1 and (article, "priceExclVat") not in book.typed_articles:
            rate = row["vatPercent"]
            price = (number(item["regular_price"]) * 100 / (100 + rate)).quantize(
                Decimal("0.01"), "ROUND_HALF_UP"
            )
            if number(row["priceExclVat"]) != price:
                yield f"article {article} costs {row['priceExclVat']}, not {price}"


def _statuses(book: Book) -> Iterator[str]:
    """Every order of the shop has come as far as what has happened to it in the ERP says."""
    market, sight = book.market, book.look()
    if not market.erp_leads:
        return
    there = sight.erp_orders()
    for stand in market.stands:
        for order_id, order in sight.of(stand.site, "orders").items():
            made = there.get(stand.external(order), [])
            wanted = _status_of(made[0]) if made else ""
            now = order["status"]
            if not wanted or (now, wanted) not in FORWARD:
                continue
            if (stand.site, order_id, wanted) in book.wrote:
                continue  # somebody has gone another way since
            yield f"{stand.external(order)} is {now}, and {wanted} in the ERP"


def _status_of(order: Doc) -> str:
    """Return the shop's status for what has happened to an order; empty when nothing asks for one."""
    if order["statusId"] == 5:
        return "" if order["deliveries"] else "cancelled"
    return "completed" if order["deliveryStatus"] == "D" else ""


def _settled(stand: Stand, sight: Sight) -> set[str]:
    """Return the orders of a shop that Brygga knows to be in the ERP."""
    done = {ref for ref, work in _works(stand, Kind.ORDER).items() if work.state == "done"}
    orders = sight.of(stand.site, "orders")
    return {stand.external(order) for order_id, order in orders.items() if order_id in done}


def _gone_in_doubt(stand: Stand, sight: Sight) -> bool:
    """Say that an order is gone from a shop while nobody knows whether it is in the ERP: it still holds goods."""
    orders = sight.of(stand.site, "orders")
    return any(
        _is_open_question(work) and (ref not in orders or orders[ref]["status"] == "trash")
        for ref, work in _works(stand, Kind.ORDER).items()
    )


def _held_items(stand: Stand) -> set[str]:
    """Return the articles that wait for a person: a price that may be a slip, say."""
    return {ref for ref, work in _works(stand, Kind.ITEM).items() if work.state == "held"}


def _works(stand: Stand, kind: Kind) -> dict[str, Work]:
    with scope(stand.world.tenant.pk):
        found = Work.objects.filter(flow_id=stand.world.flow, kind=kind.value)
        return {work.source_ref: work for work in found}


def _tenant(market: Market) -> int:
    return int(market.stands[0].world.tenant.pk)
