"""What is known of one article and its place in a shop: told, computed, and last written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from brygga.app.store.models import Work
from brygga.app.store.shelf import drained_at
from brygga.app.store.sql import fetch, time_out
from brygga.app.store.supply import supply_of
from brygga.app.store.taken import in_flight
from brygga.app.worker.context import settings_of
from brygga.app.worker.sessions import identity_of
from brygga.domain.errors import SetupWrong
from brygga.domain.refs import Kind
from brygga.domain.supply import ArticleInfo, Supply
from brygga.flows.ownership import Masters, masters
from brygga.flows.settings import FlowSettings
from brygga.flows.shelf.prices import PriceRules, PriceWish, wanted_prices
from brygga.flows.shelf.stock import number_to_show
from brygga.flows.shelf.tally import Tally


@dataclass(frozen=True, slots=True)
class Shown:
    """What we last wrote on one item of the shop, or found as we would have written it."""

    ref: str
    regular: str
    sale: str
    prices_at: datetime | None
    stock: str
    stock_at: datetime | None


@dataclass(frozen=True, slots=True)
class Site:
    """How many are available at one of the ERP's stock sites, and whether it counts for this shop."""

    name: str
    available: Decimal
    counts: bool


@dataclass(frozen=True, slots=True)
class ItemStory:
    """One article: what the ERP has told, the way from there to the shop, and what the shop was told.

    `there` is what can be sold, None while the ERP has told of no stock; `number` what the shop
    shows of it by the settings the article was last looked at with.
    """

    supply: Supply
    sites: Sequence[Site]
    held: Decimal
    there: Decimal | None
    number: Decimal | None
    wish: PriceWish
    currency: str
    leads_price: bool
    leads_stock: bool
    drained_at: datetime | None
    shown: Sequence[Shown]


def item_story(work: Work) -> ItemStory:
    """Return what is known of the article that a work of kind ITEM is about."""
    flow, number = work.flow, work.source_ref
    settings, leads = _by_revision(work)
    supplies: dict[str, Supply] = dict(supply_of(flow.erp_id, [number]))
    supply = supplies.get(number) or Supply(ArticleInfo(number))
    if supply.article.parts:
        supplies |= supply_of(flow.erp_id, list(supply.article.parts))
    flights = in_flight(flow.erp_id, list(supplies or [number])) if settings.in_flight_hold else {}
    drained = drained_at(flow.erp_id)
    tally = Tally(supplies, flights, drained, settings)
    there = tally.there(number)
    identity = identity_of(flow.shop)
    rules = PriceRules(
        identity.currency if identity else "",
        identity.prices_include_tax if identity else True,
        _zone(identity.time_zone if identity else ""),
    )
    return ItemStory(
        supply=supply,
        sites=_sites(supply.stock, settings),
        held=tally.in_flight(number),
        there=there,
        number=None if there is None else number_to_show(there, settings),
        wish=wanted_prices(supply.article, settings, rules, datetime.now(UTC)),
        currency=rules.currency,
        leads_price=leads.erp_leads("price.regular"),
        leads_stock=leads.erp_leads("stock.quantity"),
        drained_at=drained,
        shown=_shown(flow.shop_id, flow.erp_id, number),
    )


def _by_revision(work: Work) -> tuple[FlowSettings, Masters]:
    """Return the settings a work is brought over by, and who leads what by them."""
    preset = work.revision.preset or work.flow.preset
    try:
        settings = settings_of(preset, work.revision.settings)
        return settings, masters(preset, settings.masters)
    except SetupWrong:  # the flow stands still and says why; the page shows what it can
        return FlowSettings(), masters(preset, {})


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _sites(stock: Mapping[str, Decimal], settings: FlowSettings) -> list[Site]:
    counted = settings.stock_sites
    found = [Site(name, number, not counted or name in counted) for name, number in sorted(stock.items())]
    return sorted(found, key=lambda site: not site.counts)


def _shown(shop: int, erp: int, number: str) -> list[Shown]:
    rows = fetch(
        "SELECT l.source_ref, s.regular, s.sale, s.prices_at, s.stock, s.stock_at FROM store_linkrow l"
        " LEFT JOIN store_shelfrow s ON s.connection_id = l.source_id AND s.item_ref = l.source_ref"
        " WHERE l.target_id = %s AND l.kind = %s AND l.target_ref = %s AND l.source_id = %s ORDER BY l.id",
        (erp, Kind.ARTICLE.value, number[:100], shop),
    )
    return [
        Shown(ref, regular or "", sale or "", time_out(prices_at), stock or "", time_out(stock_at))
        for ref, regular, sale, prices_at, stock, stock_at in rows
    ]
