"""A market: one or three shops on one ERP account, each with prices and stock by its own settings.

Everything is set up over HTTP as people would, and is at rest before the first step. A `Stand` is
one shop of it; `Ware`s are what is sold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from brygga.app.worker.drain import drain
from brygga.app.worker.poll import poll
from brygga_simulators.common.process import SimulatorProcess
from tests.journeys.shop_json import Doc
from tests.journeys.world import Control, Erp, Shop, World, add_shop, make_world
from tests.machine.eyes import Sight, look

SITES = [f"butik{n}" for n in range(1, 301)]
TAX_CLASS = {25: "", 12: "moms-12", 6: "moms-6"}
LETTERS = "ABC"
MAY_SEND = frozenset({"processing", "completed"})  # an order in one of these goes to the ERP
NOT_GOODS = ("FRAKT", "RABATT", "ORESAVR", "AVGIFT")  # freight and the like: rows that are no goods


@dataclass(frozen=True)
class Ware:
    """Something sold in every shop. `size` makes it a variation of the sweater."""

    number: str
    name: str
    rate: int
    price_ex: Decimal
    size: str = ""

    @property
    def gross(self) -> str:
        """The price with VAT."""
        return f"{self.price_ex * (100 + self.rate) / 100:.2f}"


RANGE = (
    Ware("MUGG", "Mugg", 25, Decimal("100.00")),
    Ware("TE", "Te", 12, Decimal("50.00")),
    Ware("BOK", "Bok", 6, Decimal("80.00")),
    Ware("TROJA-S", "Tröja S", 25, Decimal("199.20"), "S"),
    Ware("TROJA-L", "Tröja L", 25, Decimal("199.20"), "L"),
)


@dataclass(frozen=True)
class Stand:
    """One shop with its flow, and the settings that decide what it shows."""

    world: World
    letter: str
    margin: int = 0
    share: int = 100
    sites: tuple[str, ...] = ()
    whole: bool = False
    with_vat: bool = True

    @property
    def shop(self) -> Shop:
        """The simulated shop."""
        return self.world.shop

    @property
    def site(self) -> str:
        """The shop's name in its simulator."""
        return self.world.shop.site

    def external(self, order: Doc) -> str:
        """Return the number under which an order is known to the ERP."""
        return f"{self.letter}-{order['number']}"

    def by_hand(self, action: str, **body: Any) -> Doc:
        """Do something as the merchant, past all faults."""
        return self.shop.ask(f"{self.site}/by-hand/{action}", body)

    def a_second(self) -> None:
        """Let a second pass in the shops: they date by whole seconds, and no list tells two edits of one apart."""
        self.shop.ask("clock", {"advance_seconds": 1})

    def number_shown(self, free: Decimal) -> int:
        """Return what this shop should show of so many pieces."""
        rest = free - self.margin
        return int(rest * self.share // 100) if rest > 0 else 0

    def price_shown(self, price_ex: Decimal, rate: int) -> Decimal:
        """Return what this shop should ask for an article."""
        price = price_ex * (100 + rate) / 100 if self.with_vat else price_ex
        return price.quantize(Decimal(1) if self.whole else Decimal("0.01"), "ROUND_HALF_UP")


@dataclass
class Market:
    """The shops, the ERP and the flows between them."""

    preset: int
    stands: Sequence[Stand]
    erp: Erp
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    """Articles of items whose SKU somebody has changed: (shop, product id) to article number."""

    @property
    def erp_leads(self) -> bool:
        """Whether prices and stock come from the ERP."""
        return self.preset != 1

    @property
    def erp_connection(self) -> int:
        """Brygga's connection with the ERP."""
        return self.stands[0].world.erp_connection

    def look(self) -> Sight:
        """Read what everybody holds."""
        stand = self.stands[0]
        return look(stand.shop, [each.site for each in self.stands], self.erp, self.erp.sbm_id)

    def deed(self, path: str, **body: Any) -> Any:
        """Do something as staff or cashier of the ERP, past all faults."""
        return self.erp.ask(path, {"sbmId": self.erp.sbm_id, **body})

    def article_of(self, site: str, item: Doc) -> str:
        """Return which article an item of a shop is."""
        return self.aliases.get((site, str(item["id"])), str(item["sku"]))

    def is_led(self, stand: Stand) -> bool:
        """Whether a shop's own range makes the ERP's."""
        return self.preset == 1 or (self.preset == 3 and stand is self.stands[0])

    def prefix(self, stand: Stand) -> str:
        """Return what begins the SKUs of a shop: where each leads its own range, each has its own."""
        alone = self.preset != 1 or len(self.stands) == 1
        return "" if alone else f"{stand.letter}-"

    def items(self, sight: Sight, stand: Stand) -> Iterator[tuple[str, Doc]]:
        """Return what a shop sells, by article."""
        for item in sight.items(stand.site):
            yield self.article_of(stand.site, item), item


class Ground:
    """Where markets are built: two simulator processes, and shops that are used once."""

    def __init__(self, shops: SimulatorProcess, erp: SimulatorProcess) -> None:
        self.shops, self.erp = shops, erp
        self._used = 0

    def heal(self) -> None:
        """Take every fault away."""
        for process in (self.shops, self.erp):
            Control(process.url).heal()

    def build(self, preset: int, count: int, **settings: Any) -> Market:
        """Build a market of so many shops, stocked and at rest."""
        self.heal()
        if self._used + count > len(SITES):  # shrinking an example takes hundreds
            Control(self.shops.url).ask("reset", {})
            self._used = 0
        Control(self.shops.url).ask("clock", {})
        sites = SITES[self._used : self._used + count]
        self._used += count
        erp = Erp(self.erp.url, {} if preset == 1 else {"strict_articles": "1"})
        stands: list[Stand] = []
        for letter, site in zip(LETTERS, sites, strict=False):
            stands.append(_open_stand(Shop(self.shops.url, site), letter, stands, erp, preset, settings))
        market = Market(preset, stands, erp)
        _stock_up(market)
        return market


def _open_stand(
    shop: Shop, letter: str, others: Sequence[Stand], erp: Erp, preset: int, settings: dict[str, Any]
) -> Stand:
    chosen: dict[str, Any] = {"prefix": f"{letter}-", "twin_minutes": 0, **settings}
    ways: dict[str, Any] = {}
    if preset != 1 and letter == "B":
        chosen |= {"stock_margin": "1", "price_rounding": "whole"}
        ways = {"margin": 1, "whole": True}
    if preset != 1 and letter == "C":
        shop.settings(prices_include_tax=False)
        chosen |= {"stock_share": "50", "stock_sites": ["1"]}
        ways = {"share": 50, "sites": ("1",), "with_vat": False}
    if preset == 3 and others:
        chosen["products"] = "off"  # one shop makes the range, the others sell the same articles
    shop.ask(f"{shop.site}/raw/coupons", {"code": "rea10", "discount_type": "percent", "amount": "10"})
    if others:
        world = add_shop(others[0].world, shop, preset, **chosen)
    else:
        world = make_world(shop, erp, settings=chosen, preset=preset)
    return Stand(world, letter, **ways)


def _stock_up(market: Market) -> None:
    """Let the leading side make the range, and bring both sides to rest."""
    if market.preset == 2:
        for ware in RANGE:
            _type_in(market, ware)
    else:
        for stand in market.stands:
            _fill_shelves(market, stand)
    if market.erp_leads:
        for number in NOT_GOODS:
            market.deed(
                "articles/change",
                articleNo=number,
                name=number.title(),
                vatPercent=25,
                priceExclVat="0",
                forWeb=0,
            )
    go_round(market, 2)
    if market.preset != 1:
        rows = {ware.number: quantity for ware, quantity in zip(RANGE, (6, 4, 3, 2, 5), strict=True)}
        market.deed("stock/receive", site="1", rows=rows)
        market.deed("stock/receive", site="2", rows={"MUGG": 2, "BOK": 1})
    for stand in market.stands:
        for product in market.look().of(stand.site, "products").values():
            if product["status"] == "draft":
                stand.by_hand("change-product", id=product["id"], status="publish")
    go_round(market, 2)


def _type_in(market: Market, ware: Ware) -> None:
    structure = {"parentNo": "TROJA", "options": {"Storlek": ware.size}} if ware.size else {}
    market.deed(
        "articles/change",
        articleNo=ware.number,
        name=ware.name,
        vatPercent=ware.rate,
        priceExclVat=str(ware.price_ex),
        **structure,
    )


def _fill_shelves(market: Market, stand: Stand) -> None:
    """Let the merchant make the range, with ten of each."""
    prefix = market.prefix(stand)
    sizes = {"name": "Storlek", "options": ["S", "L"], "variation": True, "visible": True}
    parent = 0
    for ware in RANGE:
        price = ware.gross if stand.with_vat else str(ware.price_ex)
        fields = {
            "sku": prefix + ware.number,
            "regular_price": price,
            "manage_stock": True,
            "stock_quantity": 10,
        }
        if ware.size:
            if not parent:
                made = stand.by_hand(
                    "create-product", name="Tröja", type="variable", status="publish", attributes=[sizes]
                )
                parent = int(made["id"])
            stand.by_hand(
                "add-variation", id=parent, attributes=[{"name": "Storlek", "option": ware.size}], **fields
            )
            continue
        stand.by_hand(
            "create-product",
            name=ware.name,
            type="simple",
            status="publish",
            tax_class=TAX_CLASS[ware.rate],
            **fields,
        )


def go_round(market: Market, turns: int = 1) -> None:
    """Let Brygga look everywhere and do what is due, as in a quiet hour."""
    for _ in range(turns):
        for stand in market.stands:
            poll(stand.world.shop_connection)
        drain(market.erp_connection)
        poll(market.erp_connection)
        for stand in market.stands:
            drain(stand.world.shop_connection)
        drain(market.erp_connection)
