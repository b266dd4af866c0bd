"""The demo's world: a shop, an ERP and Brygga in one process tree, set up as a merchant would."""

import os
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import urllib3

from brygga.app.commands.tree import Tree

if TYPE_CHECKING:
    from brygga.app.store.models import Flow

HOST = "127.0.0.1"
PREFIX = "W-"
DAYS_BACK = 90
SITES = ("erp-leads", "combined")  # the other tenants' shops, by the tenants' names
ARTICLES = {
    "article_shipping": "FRAKT",
    "article_fee": "AVGIFT",
    "article_discount": "RABATT",
    "article_gift_card": "PRESENTKORT",
    "article_rounding": "ORESAVR",
}
ACCOUNT = {
    "sbm_id": "9999",
    "api_version": "2",
    "api_user_id": "7",
    "api_user_key": "00112233445566778899aabbccddeeff",
    "integration_key": "11111111-2222-3333-4444-555555555555",
}
# What would lead the demo's processes to somebody's real installation.
_NOT_OURS = ("BRYGGA_DATABASE_URL", "BRYGGA_SECRET_KEY", "BRYGGA_TENANT", "BRYGGA_PUBLIC_URL", "BRYGGA_NODE")


@dataclass(frozen=True, slots=True)
class Size:
    """How much the shop has to begin with."""

    orders: int
    products: int


class World:
    """Everything the demo runs. Entering `tree` and leaving it is up to the caller."""

    def __init__(self, folder: Path, tree: Tree, files: ExitStack) -> None:
        self._folder = folder
        self._tree = tree
        self._files = files
        self.shop_url = self.erp_url = self.web_url = self.stages_url = ""
        self.key = self.secret = ""

    def start_simulators(self, size: Size, port_base: int) -> None:
        """Start shop and ERP, and a second server with the other tenants' shops. Raises NotStarted."""
        shop = [
            *("brygga_simulators.woocommerce", "--port", str(free_port(port_base + 1))),
            *("--data-dir", str(self._folder / "shop"), "--webhook-delay-ms", "300"),
            *("--seed-orders", str(size.orders), "--seed-products", str(size.products)),
        ]
        erp = [
            *("brygga_simulators.specter", "--port", str(free_port(port_base + 2))),
            *("--data-dir", str(self._folder / "erp")),
        ]
        # These begin empty, and what a shop begins with holds for all of one server.
        stages = [
            *("brygga_simulators.woocommerce", "--port", str(free_port(port_base + 3))),
            *("--data-dir", str(self._folder / "shops"), "--webhook-delay-ms", "300"),
            *("--empty", "--sites", ",".join(SITES)),
        ]
        self.shop_url = self._tree.start_simulator("shop", shop, self._log("shop"))
        self.erp_url = self._tree.start_simulator("erp", erp, self._log("erp"))
        self.stages_url = self._tree.start_simulator("shops", stages, self._log("shops"))
        sites = ask(f"{self.shop_url}/_control/sites")
        given = sites[0]["keys"][0]
        self.key, self.secret = given["key"], given["secret"]

    def enter_environment(self, port_base: int) -> None:
        """Point this process, and the children to come, at the demo's own data folder."""
        listen = f"{HOST}:{free_port(port_base)}"
        self.web_url = f"http://{listen}"
        for name in _NOT_OURS:
            os.environ.pop(name, None)
        os.environ |= {
            "BRYGGA_DATA": str(self._folder / "brygga"),
            "BRYGGA_LISTEN": listen,
            "BRYGGA_ALLOW_HOSTS": HOST,
        }

    def start_brygga(self) -> None:
        """Start worker and web server, just as `brygga run` does."""
        self._tree.start("brygga", ["brygga.app.commands", "run"], log=self._log("brygga"))

    def connect(self) -> "Flow":
        """Connect both systems and make the flow. Runs inside the tenant's scope."""
        from brygga.app.commands.session import who
        from brygga.app.services import connecting, flows
        from brygga.app.store.models import Flow
        from brygga.flows.typed import parse

        me = who()
        keys = {"url": self.shop_url, "consumer_key": self.key, "consumer_secret": self.secret}
        shop = connecting.connect("woocommerce", "Butiken", keys, who=me)
        erp = connecting.connect("specter", "Specter", {**ACCOUNT, "base_url": self.erp_url}, who=me)
        given = {**ARTICLES, "prefix": PREFIX, "start_date": start_date().isoformat()}
        changed = {key: parse(key, value) for key, value in given.items()}
        made = flows.create_flow("Demo", shop=shop.id, erp=erp.id, who=me, changed=changed)
        return Flow.objects.select_related("shop", "erp").get(pk=made.id)

    def somebody_buys(self) -> str:
        """Let a customer place an order in the shop; return its number."""
        placed = tell_to(f"{self.shop_url}/_control/shop/random-order", {})
        return str(placed["number"])

    def _log(self, name: str) -> IO[bytes]:
        return self._files.enter_context((self._folder / f"{name}.log").open("ab"))


def start_date() -> date:
    """Return the demo's start date by the shop's calendar."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo("Europe/Stockholm")).date() - timedelta(days=DAYS_BACK)


def free_port(wished: int) -> int:
    """Return the wished port if it is free, else any that is."""
    for port in (wished, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port is free")


def ask(url: str) -> Any:
    """Ask a simulator's control route."""
    return urllib3.request("GET", url, timeout=30.0).json()


def tell_to(url: str, body: Mapping[str, Any]) -> Any:
    """Tell a simulator's control route to do something; return what it answers, also when it can't."""
    return urllib3.request("POST", url, json=body, timeout=30.0).json()
