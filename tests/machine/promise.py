"""What Brygga promises of stock, and how it is checked after each of its steps.

A shop has no conditional write and an ERP tells of its stock only when asked. So nobody can promise
that what a shop shows is there at every moment: a sale over the counter is not known before the
feed is read, one in another shop not before that shop's orders are looked at. What is promised:

    Whenever Brygga says that an item is done, its shop shows at most what is free by what
    Brygga has been told: the ERP's number as it was last told, less what orders hold that
    this number does not know of.

- *Told* is the ERP's number when its feeds were last read. A reading under faults may have come to
  an end or not: then the older number and the newer one both may be what was told, and the larger
  one is the limit.
- *Orders*: of the shop itself all there are at this moment, since it takes its stock itself when it
  sells. Of other shops those that were there when they were last looked at.
- An order counts until a told number knows of it. One in the trash or deleted does not count: nobody
  will ever send it. Nor does one of which all money was paid back.
- When people give goods back in a shop (cancelled, pending, refunded), the shop raises its own
  number at once; the promise holds again when Brygga has looked at that shop's orders and done what
  is due with them. When the
  merchant types in a number, it holds again after a reconciliation.

At rest, with everything told, it is no longer a limit: the shop then shows exactly that number, by
its margin, share and sites (`rest.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from brygga.app.store.models import Work
from brygga.app.tenancy.scope import scope
from brygga.domain.refs import Kind
from tests.journeys.shop_json import Doc
from tests.machine.eyes import Sight, held_by, number
from tests.machine.market import MAY_SEND, Market, Stand

Available = Mapping[str, Mapping[str, Decimal]]


@dataclass(frozen=True)
class Told:
    """One reading: what was available per article and site, and which orders the ERP had."""

    available: Available
    orders: frozenset[str]


@dataclass(frozen=True)
class Claim:
    """What one order holds, by article."""

    of: Mapping[str, Decimal]
    paid_back: bool
    waits: bool


@dataclass
class Promise:
    """What has been told so far, and what nobody could have told yet."""

    market: Market
    told: list[Told] = field(default_factory=list)
    looked: dict[str, Mapping[str, "Claim"]] = field(default_factory=dict)
    by_hand: set[tuple[str, str]] = field(default_factory=set)
    """Items whose number the merchant typed in: (shop, product id)."""
    given_back: dict[tuple[str, str], bool] = field(default_factory=dict)
    """SKUs of which people changed what an order holds: (shop, SKU), and whether Brygga has met that order."""

    def erp_was_read(self, sight: Sight, *, surely: bool) -> None:
        """Take note of a reading of the feeds; of one under faults nobody knows how far it came."""
        now = told_now(sight)
        self.told = [now] if surely else [*self.told, now]

    def shop_was_read(self, stand: Stand, sight: Sight, *, surely: bool) -> None:
        """Take note of a look at a shop's orders."""
        if surely:
            self.looked[stand.site] = claims(self.market, stand, sight)
            self.given_back |= {one: True for one in self.given_back if one[0] == stand.site}

    def orders_were_judged(self) -> None:
        """Take note that Brygga did what was due in the ERP: it knows of orders that it met what they hold."""
        for stand in self.market.stands:
            if not _orders_due(stand):
                self.given_back = {
                    one: met for one, met in self.given_back.items() if one[0] != stand.site or not met
                }

    def gave_back(self, stand: Stand, order: Doc) -> None:
        """Take note that people changed what an order holds."""
        self.given_back |= {(stand.site, line["sku"]): False for line in order["line_items"]}

    def broken(self, sight: Sight) -> list[str]:
        """Return, in words, every item that shows more than is free by what was told."""
        if not self.market.erp_leads:
            return []
        found = []
        for stand in self.market.stands:
            waiting = _not_done(stand)
            for article, item in self.market.items(sight, stand):
                if (
                    article in waiting
                    or item["manage_stock"] is not True
                    or (stand.site, str(item["id"])) in self.by_hand
                    or {(stand.site, article), (stand.site, item["sku"])} & self.given_back.keys()
                ):
                    continue
                free = self.free(stand, article, sight)
                if free is not None and int(item["stock_quantity"]) > stand.number_shown(free):
                    found.append(
                        f"{stand.letter} shows {item['stock_quantity']} of {article}, {free} are free by what was told"
                    )
        return found

    def free(self, stand: Stand, article: str, sight: Sight) -> Decimal | None:
        """Return the most that can be free of an article by what was told; None: never told."""
        return max(
            (
                at_sites(told.available[article], stand.sites) - self._not_in(told, stand, article, sight)
                for told in self.told
                if article in told.available
            ),
            default=None,
        )

    def _not_in(self, told: Told, stand: Stand, article: str, sight: Sight) -> Decimal:
        total = Decimal(0)
        for other in self.market.stands:
            looked = self.looked.get(other.site, {})
            for external, held in claims(self.market, other, sight).items():
                if external in told.orders or held.paid_back:
                    continue
                known = looked.get(external)
                if other is stand:
                    total += held.of.get(article, Decimal(0))
                elif known is not None:
                    total += min(held.of.get(article, Decimal(0)), known.of.get(article, Decimal(0)))
        return total


def told_now(sight: Sight) -> Told:
    """Return what a reading at this moment tells."""
    available = {
        no: {site: number(quantity) for site, quantity in article["available"].items()}
        for no, article in sight.of("erp", "articles").items()
        if article["keepsStock"]
    }
    return Told(available, frozenset(sight.erp_orders()))


def claims(market: Market, stand: Stand, sight: Sight) -> dict[str, Claim]:
    """Return what each order of a shop holds, by the order's number at the ERP."""
    articles = {item["sku"]: article for article, item in market.items(sight, stand)}
    found: dict[str, Claim] = {}
    for order in sight.of(stand.site, "orders").values():
        refunded = -sum((number(refund["total"]) for refund in order["refunds"]), Decimal(0))
        found[stand.external(order)] = Claim(
            {articles.get(sku, sku): quantity for sku, quantity in held_by(order).items()},
            paid_back=bool(order["refunds"]) and refunded >= number(order["total"]),
            waits=order["status"] not in MAY_SEND,
        )
    return found


def at_sites(available: Mapping[str, Decimal], sites: tuple[str, ...]) -> Decimal:
    """Sum what is available at the sites that count for a shop; none named: at all of them."""
    return sum((quantity for site, quantity in available.items() if not sites or site in sites), Decimal(0))


def _orders_due(stand: Stand) -> bool:
    with scope(stand.world.tenant.pk):
        return Work.objects.filter(
            flow_id=stand.world.flow, kind=Kind.ORDER.value, due_at__isnull=False
        ).exists()


def _not_done(stand: Stand) -> set[str]:
    """Return the articles of which Brygga itself says that something is still to be done."""
    with scope(stand.world.tenant.pk):
        rows = Work.objects.filter(flow_id=stand.world.flow, kind=Kind.ITEM.value).values_list(
            "source_ref", "due_at", "state"
        )
        return {ref for ref, due_at, state in rows if due_at is not None or state != "done"}
