"""The demo's two further tenants: an ERP that leads its shop, and a shop and an ERP that share the lead."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from brygga.app.commands.demo_range import RangeVerdict, compare_range
from brygga.app.commands.demo_read import ErpReader, NotRead, ShopReader
from brygga.app.commands.demo_world import ACCOUNT, ARTICLES, World, ask, tell_to

if TYPE_CHECKING:
    from brygga.app.commands.tree import Stop
    from brygga.app.store.models import Flow

_SEEDED = 60
_LOOK_EVERY = 0.3
_PATIENCE = 120.0
# Customers are to buy at once; in real life pictures and texts come first.
_SETTINGS = {"goods_draft": "false"}
_PRODUCTS = (
    ("MUGG-1", "Mugg Vättern", "129"),
    ("MUGG-2", "Mugg Vänern", "139"),
    ("TERMOS-05", "Termos 0,5 l", "249"),
    ("TERMOS-1", "Termos 1 l", "329"),
    ("KNIV-8", "Skalkniv 8 cm", "199"),
    ("KNIV-20", "Kockkniv 20 cm", "895"),
    ("BRADA-EK", "Skärbräda ek", "449"),
    ("FILT-ULL", "Ullfilt Österlen", "1295"),
    ("LJUS-6", "Antikljus, sex stycken", "75"),
    ("STAKE-1", "Ljusstake mässing", "549"),
)
_SIZES = ("S", "M", "L")
_DEARER = Decimal("1.10")


@dataclass(frozen=True, slots=True)
class Stage:
    """One tenant to be: its preset, and its name on all sides."""

    preset: int
    slug: str
    name: str
    sbm_id: str
    prefix: str


STAGES = (
    Stage(2, "erp-leads", "Affärssystemet styr", "9001", "E-"),
    Stage(3, "combined", "Butik och affärssystem", "9002", "K-"),
)


class Play:
    """One of these tenants at work, with its shop and its ERP account."""

    def __init__(self, world: World, stage: Stage) -> None:
        self.stage = stage
        self.erp_url = world.erp_url
        site = next(s for s in ask(f"{world.stages_url}/_control/sites") if s["name"] == stage.slug)
        self.shop_url: str = site["url"]
        self.shop_control = f"{world.stages_url}/_control/{stage.slug}"
        self._keys = site["keys"][0]
        self._goods_to_come = stage.preset == 3
        self.tenant = 0
        self.flow: Flow

    def set_up(self) -> None:
        """Fill shop and ERP, make the tenant, connect and start the flow."""
        from brygga.app.commands.history import look_back
        from brygga.app.commands.session import who
        from brygga.app.services import flows
        from brygga.app.tenancy.models import Tenant
        from brygga.app.tenancy.scope import scope

        self._fill()
        tenant = Tenant.objects.create(slug=self.stage.slug, name=self.stage.name)
        self.tenant = tenant.pk
        with scope(tenant.pk):
            self.flow = self._connect()
            flows.start_flow(self.flow.pk, who=who())
            self.flow.refresh_from_db()
            look_back(self.flow, lambda _kind, _seen: None)

    def in_erp(self, path: str, **body: Any) -> Any:
        """Let staff of this ERP account do something; the answer has `error` if it can't be done."""
        return tell_to(f"{self.erp_url}/_control/{path}", {"sbmId": self.stage.sbm_id, **body})

    def in_shop(self, path: str, **body: Any) -> Any:
        """Let customers or staff of the shop do something; the answer has `error` if it can't be done."""
        return tell_to(f"{self.shop_control}/{path}", body)

    def shown(self) -> dict[str, Any]:
        """Return what a buyer sees in the shop, by SKU."""
        seen: dict[str, Any] = ask(f"{self.shop_control}/shopfront")
        return seen

    def articles(self) -> list[dict[str, Any]]:
        """Return the ERP's articles."""
        return ErpReader(self.erp_url, self.stage.sbm_id).articles()

    def orders(self) -> list[dict[str, Any]]:
        """Return the ERP's orders."""
        return ErpReader(self.erp_url, self.stage.sbm_id).orders()

    def hears(self) -> bool:
        """Say whether the shop knocks at our door by now: orders made before wait for the next poll."""
        from brygga.app.store.models import Connection
        from brygga.app.tenancy.scope import scope

        with scope(self.tenant):
            shop = Connection.objects.filter(pk=self.flow.shop_id)
            return shop.filter(hints_checked_at__isnull=False).exists()

    def is_over(self) -> bool:
        """Say whether nothing is left to do; once the shop's products are in the ERP, goods arrive."""
        if not self._at_rest():
            return False
        if self._goods_to_come:
            self._goods_to_come = False
            self._receive_goods()
            return False
        return True

    def check(self) -> RangeVerdict:
        """Read both sides back and compare them."""
        shop = ShopReader(self.shop_url, self._keys["key"], self._keys["secret"])
        times: Counter[str] = Counter()
        for product in shop.products():
            times.update(item["sku"] for item in product["variations"] or [product] if item["sku"])
        return compare_range(self.articles(), self.shown(), times, self.stage.slug)

    def _fill(self) -> None:
        self._erp(
            "accounts",
            version=int(ACCOUNT["api_version"]),
            apiUserId=ACCOUNT["api_user_id"],
            innerSecret=ACCOUNT["api_user_key"],
            outerSecret=ACCOUNT["integration_key"],
        )
        charges = [
            {"articleNo": no, "name": no, "vatPercent": 25, "forWeb": False} for no in ARTICLES.values()
        ]
        self._erp("articles", articles=charges)
        if self.stage.preset == 2:
            self._erp("seed", articles=_SEEDED)
            return
        common = {"status": "publish", "manage_stock": True}
        for sku, name, price in _PRODUCTS:
            body = {"name": name, "sku": sku, "regular_price": price, "stock_quantity": 1, **common}
            self._shop("by-hand/create-product", type="simple", **body)
        sizes = [{"name": "Storlek", "options": _SIZES, "variation": True, "visible": True}]
        made = self._shop(
            "by-hand/create-product", name="Förkläde", type="variable", status="publish", attributes=sizes
        )
        for size in _SIZES:
            chosen = [{"name": "Storlek", "option": size}]
            body = {"sku": f"FORKLADE-{size}", "regular_price": "349", "stock_quantity": 1, **common}
            self._shop("by-hand/add-variation", id=made["id"], attributes=chosen, **body)

    def _connect(self) -> "Flow":
        from brygga.app.commands.session import who
        from brygga.app.services import connecting, flows
        from brygga.app.store.models import Flow
        from brygga.connectors.registry import connector
        from brygga.flows.typed import parse

        me = who()
        keys = {
            "url": self.shop_url,
            "consumer_key": self._keys["key"],
            "consumer_secret": self._keys["secret"],
        }
        account = {**ACCOUNT, "sbm_id": self.stage.sbm_id, "base_url": self.erp_url}
        shop = connecting.connect("woocommerce", "Butiken", keys, who=me)
        erp = connecting.connect("specter", "Specter", account, who=me)
        given = {**ARTICLES, **_SETTINGS, "prefix": self.stage.prefix}
        changed = {key: parse(key, value) for key, value in given.items()}
        preset = self.stage.preset
        made = flows.create_flow("Demo", shop=shop.id, erp=erp.id, who=me, preset=preset, changed=changed)
        urls = connector("specter").door_urls
        assert urls is not None
        for kind, url in urls(connecting.door_address(erp.id)).items():
            self._erp("triggers/add", kind=kind, url=url)
        return Flow.objects.select_related("shop", "erp").get(pk=made.id)

    def _at_rest(self) -> bool:
        """Say that the feeds are read to their end, and then that no work is left: what was read is kept."""
        from brygga.app.store.models import Work
        from brygga.app.tenancy.scope import scope

        feeds = ask(f"{self.erp_url}/_control/feeds?sbmId={self.stage.sbm_id}")
        read = {feed["reader"].partition("/")[0] for feed in feeds}
        if not {"stock", "articles"} <= read or any(feed["waiting"] or feed["openBatch"] for feed in feeds):
            return False
        with scope(self.tenant):
            works = Work.objects.filter(flow=self.flow)
            return works.exists() and not works.filter(due_at__isnull=False).exists()

    def _receive_goods(self) -> None:
        """Let the first goods come in, and some prices rise."""
        own = [a for a in self.articles() if a["forWeb"]]
        self._erp("stock/receive", rows={a["articleNo"]: 3 + place for place, a in enumerate(own)})
        for article in own[:4]:
            price = (Decimal(article["priceExclVat"]) * _DEARER).quantize(Decimal("0.01"))
            self._erp("articles/change", articleNo=article["articleNo"], priceExclVat=str(price))

    def _erp(self, path: str, **body: Any) -> Any:
        return _done(self.in_erp(path, **body))

    def _shop(self, path: str, **body: Any) -> Any:
        return _done(self.in_shop(path, **body))


def _done(told: Any) -> Any:
    """Return what was answered. Raises NotRead if a simulator did not do what the demo is built on."""
    if isinstance(told, dict) and "error" in told:
        raise NotRead(str(told["error"]))
    return told


def set_up(world: World) -> list[Play]:
    """Make both tenants and start their flows."""
    plays = [Play(world, stage) for stage in STAGES]
    for play in plays:
        play.set_up()
    return plays


def finish(plays: Sequence[Play], stop: "Stop") -> dict[str, RangeVerdict]:
    """Wait until every flow is at rest, however long within reason, and judge each by its preset."""
    deadline = time.monotonic() + _PATIENCE
    left = list(plays)
    while left and time.monotonic() < deadline and not stop.wanted:
        left = [play for play in left if not play.is_over()]
        if left:
            stop.wait(_LOOK_EVERY)
    found = {str(play.stage.preset): play.check() for play in plays}
    for play in left:
        found[str(play.stage.preset)].faults.append(f"{play.stage.slug}: still busy after {_PATIENCE:.0f} s")
    return found
