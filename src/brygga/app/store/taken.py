"""What shops' orders hold of their stock, and which of it the ERP's numbers already know of."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from brygga.app.store.renumbered import new_numbers
from brygga.app.store.sql import fetch, marks, run, time_in, time_out
from brygga.app.store.supply import supply_of
from brygga.app.store.transaction import write
from brygga.domain.money import ZERO
from brygga.domain.refs import Kind
from brygga.domain.shelf import StockTaken
from brygga.flows.shelf.in_flight import GONE, MAY_COME, Flight, is_included
from brygga.flows.statuses.reserved import QUESTION as RESERVATION

_AT_ONCE = 200
KEPT_FOR = timedelta(days=120)  # an order that gives back must still be known then
_ORDER = Kind.ORDER.value
_TAKING_FLOWS = "('running', 'paused')"


def keep_taken(tenant: int, shop: int, erp: int, orders: Sequence[StockTaken]) -> list[str]:
    """Keep what orders hold; return the articles of which an order now holds more or less.

    What is known of an order from a later change stays: looks of several processes may cross.
    """
    changed: dict[str, None] = {}
    for start in range(0, len(orders), _AT_ONCE):
        latest: dict[str, StockTaken] = {}
        for order in orders[start : start + _AT_ONCE]:
            known = latest.get(order.order_id)
            if known is None or known.modified_at <= order.modified_at:
                latest[order.order_id] = order
        sold = {sku: order.items.get(sku, "") for order in latest.values() for sku in order.quantities}
        articles = _articles_of(shop, erp, sold)
        with write():
            before = _rows_of(shop, erp, list(latest))
            links = _links_of(shop, erp, list(latest))
            for ref, order in latest.items():
                rows = before.get(ref, {})
                if any(at > order.modified_at for _, _, at in rows.values()):
                    continue
                holds = _held(order, articles)
                for article in {*rows, *holds}:
                    now, (was, sent_with, at) = (
                        holds.get(article, ZERO),
                        rows.get(article, (ZERO, None, order.modified_at)),
                    )
                    if now == was and (article not in rows or at == order.modified_at):
                        continue
                    accepted_at = links.get(ref)
                    if now != was and sent_with is None and article in rows and accepted_at is not None:
                        # A shop keeps whole seconds: of the same second is after it, to be sure.
                        sent_with = was if order.modified_at >= accepted_at.replace(microsecond=0) else now
                    kept = _keep(tenant, shop, erp, ref, article, now, sent_with, order.modified_at)
                    if kept and now != was:
                        changed[article] = None
    return list(changed)


def in_flight(
    erp: int, articles: Collection[str], shops: Sequence[int] | None = None
) -> dict[str, list[Flight]]:
    """Return what orders of an ERP's shops, or of some of them, hold of these articles and may be in flight."""
    shops = shops_of(erp) if shops is None else shops
    found: dict[str, list[Flight]] = defaultdict(list)
    if not shops:
        return found
    for part in _parts(list(articles)):
        for row in _flights(erp, shops, f" AND t.sku IN ({marks(len(part))})", part):
            found[row[1]].append(_flight(row))
    return found


def on_their_way(shop: int, erp: int, articles: Collection[str]) -> dict[str, Decimal]:
    """Return how many of these articles one shop's orders hold that the ERP has not accepted yet."""
    return {
        article: sum((max(one.quantity, ZERO) for one in flights if one.accepted_at is None), ZERO)
        for article, flights in in_flight(erp, articles, [shop]).items()
    }


def settle_taken(erp: int, drained_at: datetime | None, now: datetime | None = None) -> list[str]:
    """Mark what the ERP's numbers know of by now, and forget what is old and settled.

    Returns articles that are free without a new number having told so: their items are due.
    """
    free: dict[str, None] = {}
    shops = shops_of(erp)
    if not shops:
        return []
    rows = _flights(erp, shops, "", ())
    supplies = supply_of(erp, list({row[1] for row in rows}))
    for part in _parts(rows):
        with write():
            for row in part:
                flight = _flight(row)
                supply = supplies.get(row[1])
                read_at = supply.stock_read_at if supply is not None else None
                if flight.quantity <= ZERO or not is_included(flight, read_at, drained_at):
                    continue
                known = flight.quantity
                if flight.is_open and flight.sent_with is not None:
                    known = min(known, flight.sent_with)
                if known == row[9]:
                    continue
                touched = run(
                    "UPDATE store_takenrow SET included = %s WHERE id = %s AND quantity = %s",
                    (str(known), row[0], str(flight.quantity)),
                )
                if touched and not (read_at and flight.accepted_at and read_at > flight.accepted_at):
                    free[row[1]] = None
    old = (now or datetime.now(UTC)) - KEPT_FOR
    with write():
        run(
            "DELETE FROM store_takenrow WHERE erp_id = %s AND modified_at < %s AND quantity <= included",
            (erp, time_in(old)),
        )
    return list(free)


def rename_taken(shop: int, erp: int, sku: str, article: str) -> int:
    """Let what orders hold under a SKU of the shop count for the article it is. Call it inside `write`."""
    return run(
        "UPDATE store_takenrow SET sku = %s WHERE connection_id = %s AND erp_id = %s AND sku = %s"
        " AND quantity > included AND NOT EXISTS (SELECT 1 FROM store_takenrow o"
        " WHERE o.connection_id = store_takenrow.connection_id AND o.erp_id = store_takenrow.erp_id"
        " AND o.order_ref = store_takenrow.order_ref AND o.sku = %s)",
        (article, shop, erp, sku, article),
    )


def shops_of(erp: int) -> list[int]:
    """Return the shops that an ERP's stock is for."""
    rows = fetch(
        f"SELECT DISTINCT shop_id FROM store_flow WHERE erp_id = %s AND state IN {_TAKING_FLOWS}", (erp,)
    )
    return [shop for (shop,) in rows]


def sets_with(erp: int, parts: Sequence[str]) -> list[str]:
    """Return the set articles that any of these articles is a part of."""
    found: dict[str, None] = {}
    for part in _parts(list(parts)):
        rows = fetch(
            f"SELECT set_no FROM store_setpart WHERE connection_id = %s AND part_no IN ({marks(len(part))})",
            (erp, *part),
        )
        found.update((number, None) for (number,) in rows)
    return list(found)


def _flights(erp: int, shops: Sequence[int], more: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Read rows that may be in flight: not those of orders that the merchant keeps out for good."""
    keeps_out = ", ".join(f"'{code}'" for code in sorted(MAY_COME))
    work = (
        " FROM store_work w JOIN store_flow f ON f.id = w.flow_id WHERE f.shop_id = t.connection_id"
        f" AND f.erp_id = l_erp.id AND w.flow_id = f.id AND w.kind = '{_ORDER}' AND w.source_ref = t.order_ref"
    )
    return fetch(
        "SELECT t.id, t.sku, t.quantity, l.at,"
        f" (SELECT MIN(i.begun_at) FROM store_intentrow i WHERE i.target_id = l_erp.id AND i.work_id IN (SELECT w.id{work})),"
        " t.sent_with,"
        f" EXISTS (SELECT 1{work} AND (EXISTS (SELECT 1 FROM store_task k WHERE k.work_id = w.id AND k.closed_at IS NULL"
        f" AND k.code <> '{RESERVATION}')"
        " OR w.due_at IS NOT NULL OR w.looked_at < t.modified_at)),"
        " t.order_ref, t.modified_at, t.included, t.connection_id"
        " FROM store_takenrow t JOIN store_connection l_erp ON l_erp.id = %s"
        f" LEFT JOIN store_linkrow l ON l.source_id = t.connection_id AND l.kind = '{_ORDER}'"
        " AND l.source_ref = t.order_ref AND l.target_id = l_erp.id"
        f" WHERE t.erp_id = l_erp.id AND t.connection_id IN ({marks(len(shops))}){more} AND t.quantity > t.included"
        f" AND (l.id IS NOT NULL OR NOT EXISTS (SELECT 1{work} AND w.state = 'ignored'"
        f" AND w.reason_code NOT IN ({keeps_out})))",
        (erp, *shops, *params),
    )


def _flight(row: tuple[Any, ...]) -> Flight:
    return Flight(
        quantity=_number(row[2]),
        accepted_at=time_out(row[3]),
        sent_at=time_out(row[4]),
        sent_with=None if row[5] is None else _number(row[5]),
        is_open=bool(row[6]),
    )


def _held(order: StockTaken, articles: Mapping[str, Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """Return what an order holds by article: of a set also its parts."""
    holds: dict[str, Decimal] = {}
    if order.status in GONE:
        return holds
    for sku, quantity in order.quantities.items():
        for article, need in articles.get(sku, {sku: Decimal(1)}).items():
            holds[article] = holds.get(article, ZERO) + quantity * need
    return holds


def _articles_of(shop: int, erp: int, sold: Mapping[str, str]) -> dict[str, dict[str, Decimal]]:
    """Say which articles a SKU of the shop takes, and how many: itself, and the parts of a set.

    `sold` are SKUs with the item that each is on. One that is no article's number is the article
    that its item is linked to, or that was linked under this SKU.
    """
    found: dict[str, dict[str, Decimal]] = {}
    numbers = {sku: sku for sku in sold}
    supplies = supply_of(erp, list(sold))
    unknown = [sku for sku in sold if sku not in supplies]
    for column, asked in (
        ("source_key", {sku: sku for sku in unknown}),
        ("source_ref", {sold[sku]: sku for sku in unknown if sold[sku]}),
    ):
        for part in _parts(list(asked)):
            rows = fetch(
                f"SELECT {column}, target_ref FROM store_linkrow WHERE source_id = %s AND kind = %s AND target_id = %s"
                f" AND {column} IN ({marks(len(part))}) ORDER BY id DESC",
                (shop, Kind.ARTICLE.value, erp, *part),
            )
            numbers.update((asked[key], number) for key, number in rows if number)
    if unknown:
        supplies |= supply_of(erp, [numbers[sku] for sku in unknown])
    renamed = new_numbers(erp, supplies)
    if renamed:
        numbers = {sku: renamed.get(number, number) for sku, number in numbers.items()}
        supplies |= supply_of(erp, list(renamed.values()))
    for sku, number in numbers.items():
        supply = supplies.get(number)
        parts = supply.article.parts if supply is not None else {}
        found[sku] = {number: Decimal(1), **{part: need for part, need in parts.items() if part != number}}
    return found


def _rows_of(
    shop: int, erp: int, orders: Sequence[str]
) -> dict[str, dict[str, tuple[Decimal, Decimal | None, datetime]]]:
    found: dict[str, dict[str, tuple[Decimal, Decimal | None, datetime]]] = defaultdict(dict)
    if not orders:
        return found
    for ref, sku, quantity, sent_with, at in fetch(
        "SELECT order_ref, sku, quantity, sent_with, modified_at FROM store_takenrow"
        f" WHERE connection_id = %s AND erp_id = %s AND order_ref IN ({marks(len(orders))})",
        (shop, erp, *orders),
    ):
        when = time_out(at)
        assert when is not None
        found[ref][sku] = (_number(quantity), None if sent_with is None else _number(sent_with), when)
    return found


def _links_of(shop: int, erp: int, orders: Sequence[str]) -> dict[str, datetime]:
    if not orders:
        return {}
    rows = fetch(
        "SELECT source_ref, at FROM store_linkrow WHERE source_id = %s AND kind = %s AND target_id = %s"
        f" AND source_ref IN ({marks(len(orders))})",
        (shop, _ORDER, erp, *orders),
    )
    return {ref: when for ref, at in rows if (when := time_out(at)) is not None}


def _keep(
    tenant: int,
    shop: int,
    erp: int,
    ref: str,
    article: str,
    quantity: Decimal,
    sent_with: Decimal | None,
    at: datetime,
) -> bool:
    """Keep how many of an article an order holds, unless a later look at the order has been kept meanwhile."""
    return bool(
        run(
            "INSERT INTO store_takenrow"
            " (tenant_id, connection_id, erp_id, order_ref, sku, quantity, sent_with, included, modified_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, 0, %s) ON CONFLICT (connection_id, order_ref, erp_id, sku)"
            " DO UPDATE SET quantity = excluded.quantity, sent_with = excluded.sent_with,"
            " modified_at = excluded.modified_at WHERE store_takenrow.modified_at <= excluded.modified_at",
            (
                tenant,
                shop,
                erp,
                ref[:100],
                article[:200],
                str(quantity),
                None if sent_with is None else str(sent_with),
                time_in(at),
            ),
        )
    )


def _number(value: Any) -> Decimal:
    return Decimal(str(value)).normalize() + ZERO


def _parts(rows: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield list(rows[start : start + _AT_ONCE])
