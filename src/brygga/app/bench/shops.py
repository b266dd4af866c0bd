"""The two simulators of a measurement: as many shops and ERP accounts as there are lanes."""

import copy
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import urllib3

from brygga.app.bench.figures import Calls
from brygga.app.commands.demo_read import signed_url
from brygga.app.commands.tree import Tree

Doc = dict[str, Any]

LONG_AGO = "2020-01-01T00:00:00"
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Lane:
    """One shop and the one ERP account its orders go to."""

    number: int
    shop_url: str
    key: str
    secret: str
    sbm_id: str
    inner: str
    outer: str

    @property
    def site(self) -> str:
        """Its shop's name in the simulator."""
        return f"s{self.number}"

    @property
    def name(self) -> str:
        """Its tenant's name."""
        return f"t{self.number}"


class Simulators:
    """One process for all shops and one for all accounts, as small as they can be."""

    def __init__(self, tree: Tree, files: ExitStack, folder: Path, lanes: int, first: int = 1) -> None:
        log = files.enter_context((folder / "simulators.log").open("ab"))
        numbers = range(first, first + lanes)
        names = ",".join(f"s{number}" for number in numbers)
        accounts = [_account(number) for number in numbers]
        given = [part for account in accounts for part in ("--account", account)]
        shop = ["brygga_simulators.woocommerce", "--port", "0", "--empty", "--sites", names]
        self.shop = tree.start_simulator("shop", shop, log)
        self.erp = tree.start_simulator("erp", ["brygga_simulators.specter", "--port", "0", *given], log)
        self._http = urllib3.PoolManager()
        sites = {site["name"]: site for site in self.call("GET", f"{self.shop}/_control/sites")}
        self.lanes = [_lane(number, sites[f"s{number}"]) for number in numbers]
        self._patterns: dict[int, Doc] = {}
        self._fresh: list[tuple[Lane, list[Doc]]] = []
        self._next_id = 10_000

    def latency(self, milliseconds: float) -> None:
        """Make every call take so much longer, as a network does."""
        for url in (self.shop, self.erp):
            self.call("POST", f"{url}/_control/faults", {"latency_ms": milliseconds})

    def open_shop(self, lane: Lane) -> None:
        """Give a shop its goods, and keep what a checkout makes of an order as the pattern for more."""
        url = f"{self.shop}/_control/{lane.site}"
        goods = [
            {"name": f"Mugg {n}", "sku": f"MUGG-{n}", "type": "simple", "status": "publish"}
            | {"regular_price": price, "price": price, "manage_stock": False}
            for n, price in enumerate(("129.00", "79.90", "249.00"), start=1)
        ]
        kept = self.call("POST", f"{url}/raw/products", {"items": goods})
        address = {
            "first_name": "Åsa",
            "last_name": "Öberg",
            "address_1": "Storgatan 1",
            "postcode": "903 25",
        }
        wish = {
            "date": LONG_AGO,
            "billing": {
                **address,
                "city": "Umeå",
                "country": "SE",
                "email": "x@example.se",
                "phone": "0701234567",
            },
            "payment_method": "swish",
            "payment_method_title": "Swish",
            "transaction_id": "A1",
            "lines": [
                {"product_id": product["id"], "quantity": n} for n, product in enumerate(kept, start=1)
            ],
            "shipping_method": {"method_id": "flat_rate", "method_title": "PostNord", "total": "39.20"},
        }
        self._patterns[lane.number] = self.call("POST", f"{url}/orders", wish)

    def put_orders(self, lane: Lane, count: int, *, fresh: bool) -> list[tuple[str, str]]:
        """Put orders in a shop, alike but for number and buyer; return their ids and numbers.

        Those that are not fresh look so old that no poll tells of them.
        """
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        orders = [self._order(lane, now if fresh else LONG_AGO) for _ in range(count)]
        self._load(lane, orders)
        if fresh:
            self._fresh.append((lane, orders))
        return [(str(order["id"]), order["number"]) for order in orders]

    def age_orders(self) -> None:
        """Let orders that were fresh look old, so that the next poll does not list them once more."""
        for lane, orders in self._fresh:
            for order in orders:
                order["date_modified_gmt"] = LONG_AGO
            self._load(lane, orders)
        self._fresh.clear()

    def _load(self, lane: Lane, orders: list[Doc]) -> None:
        url = f"{self.shop}/_control/{lane.site}/raw/orders"
        for start in range(0, len(orders), _AT_ONCE):
            self.call("POST", url, {"items": orders[start : start + _AT_ONCE], "quiet": True})

    def _order(self, lane: Lane, moment: str) -> Doc:
        self._next_id += 1
        order = copy.deepcopy(self._patterns[lane.number])
        order |= {"id": self._next_id, "number": str(self._next_id), "transaction_id": f"T{self._next_id}"}
        order["billing"]["email"] = f"buyer{self._next_id}@example.se"
        for name in ("date_created", "date_modified", "date_paid"):
            order[f"{name}_gmt"] = moment
            order[name] = ""
        return order

    def calls(self) -> int:
        """Count calls of both since the last clearing."""
        return sum(
            self.call("GET", f"{url}/_control/calls?limit=0")["total"] for url in (self.shop, self.erp)
        )

    def calls_by_kind(self) -> Calls:
        """Count calls of both since the last clearing, by what they were for."""
        kinds = {"shop_reads": 0, "shop_orders": 0, "shop_writes": 0}
        for key, count in self.call("GET", f"{self.shop}/_control/calls?limit=0")["counts"].items():
            method, _, path = key.partition(" ")
            reads = "shop_orders" if path.endswith("/orders") else "shop_reads"
            kinds[reads if method == "GET" else "shop_writes"] += count
        erp = self.call("GET", f"{self.erp}/_control/calls?limit=0")["total"]
        return Calls(erp=erp, **kinds)

    def clear_calls(self) -> None:
        """Start counting anew."""
        for url in (self.shop, self.erp):
            self.call("DELETE", f"{url}/_control/calls")

    def arrivals(self, lanes: list[Lane], prefix: str, numbers: set[str]) -> list[datetime]:
        """Return when the orders of these numbers were made, by the ERP's clock, in order."""
        wanted = {f"{prefix}{number}" for number in numbers}
        made = [
            datetime.fromisoformat(order["createdAt"].replace("Z", "+00:00"))
            for lane in lanes
            for order in self.call("GET", f"{self.erp}/_control/orders?sbmId={lane.sbm_id}")
            if order["externalOrderNo"] in wanted
        ]
        return sorted(made)

    def in_shop(self, lane: Lane, path: str, **body: Any) -> Any:
        """Let somebody do something in a lane's shop."""
        return self.call("POST", f"{self.shop}/_control/{lane.site}/{path}", body)

    def in_erp(self, lane: Lane, path: str, **body: Any) -> Any:
        """Let staff of a lane's ERP account do something."""
        return self.call("POST", f"{self.erp}/_control/{path}", {"sbmId": lane.sbm_id, **body})

    def feeds_are_read(self, lane: Lane, feeds: Sequence[str]) -> bool:
        """Say whether these feeds of an account have been read and confirmed to their end."""
        readers = self.call("GET", f"{self.erp}/_control/feeds?sbmId={lane.sbm_id}")
        read = {reader["reader"].partition("/")[0]: reader for reader in readers}
        return all(
            feed in read and not read[feed]["waiting"] and not read[feed]["openBatch"] for feed in feeds
        )

    def count_orders(self, lane: Lane, status: str) -> int:
        """Count a shop's orders of one status, as its REST API does."""
        asked = {"status": status, "per_page": "1"}
        url = signed_url(f"{lane.shop_url}/wp-json/wc/v3/orders", lane.key, lane.secret, asked)
        return int(self._http.request("GET", url, timeout=120.0).headers["X-WP-Total"])

    def call(self, method: str, url: str, body: Any = None) -> Any:
        """Call a control route, and return what it answered."""
        answer = self._http.request(method, url, json=body, timeout=120.0)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {url}: {answer.status} {answer.data[:300]!r}")
        return answer.json()


def _account(number: int) -> str:
    return f"{8000 + number}:2:7:inner-{number:04d}:outer-{number:04d}"


def _lane(number: int, site: Doc) -> Lane:
    key = site["keys"][0]
    return Lane(
        number=number,
        shop_url=site["url"],
        key=key["key"],
        secret=key["secret"],
        sbm_id=str(8000 + number),
        inner=f"inner-{number:04d}",
        outer=f"outer-{number:04d}",
    )
