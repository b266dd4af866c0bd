"""A merchant's whole world: a simulated shop, a simulated ERP, a tenant and a flow between them.

Everything goes over HTTP. Tests say what happens in the shop, let Brygga work, and read what the
ERP ends up holding.
"""

import base64
import itertools
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from brygga.app.services import connecting, flows, lists, syncing, works
from brygga.app.store.models import Connection, Lane, Work
from brygga.app.tenancy.models import Tenant
from brygga.app.tenancy.scope import scope
from brygga.app.worker.drain import drain
from brygga.app.worker.poll import poll
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.builders import ARTICLES
from tests.journeys.shop_json import Doc

USER_KEY = "00112233445566778899aabbccddeeff"
INTEGRATION_KEY = "11111111-2222-3333-4444-555555555555"

_accounts = itertools.count(20_000)
_names = itertools.count(1)


def _answer(request: Request) -> Any:
    try:
        with urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")
    except HTTPError as error:
        raise AssertionError(f"{request.full_url}: {error.code} {error.read().decode()[:500]}") from error


class Control:
    """Speaks with a simulator's control routes."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, body: Any = None, method: str = "") -> Any:
        """Ask a control route; a body makes it a POST."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/_control/{path}", data, {"Content-Type": "application/json"})
        request.method = method or ("GET" if body is None else "POST")
        return _answer(request)

    def fault(self, name: str, **changes: Any) -> None:
        """Arm a fault by its name."""
        self.ask("faults", {"name": name, **changes})

    def heal(self) -> None:
        """Take every fault away."""
        self.ask("faults", method="DELETE")


class Shop(Control):
    """One simulated shop of the process at `url`."""

    def __init__(self, url: str, site: str) -> None:
        super().__init__(url)
        self.site = site
        self.address = f"{url}/{site}"
        key = self.ask(f"{site}/keys", {"permissions": "read_write"})
        self.key, self.secret = key["key"], key["secret"]

    def put_order(self, order: Doc) -> Doc:
        """Put an order into the shop exactly as it is."""
        return self.ask(f"{self.site}/raw/orders", order)

    def put_refund(self, order: int, refund: Doc) -> Doc:
        """Put a refund of an order into the shop exactly as it is."""
        return self.ask(f"{self.site}/raw/refunds", {"parent_id": order, **refund})

    def put_product(self, product: Doc) -> Doc:
        """Put a product or variation into the shop exactly as it is."""
        return self.ask(f"{self.site}/raw/products", product)

    def settings(self, **changes: Any) -> None:
        """Change the shop's settings."""
        self.ask(f"{self.site}/settings", changes)

    def order(self, number: int) -> Doc:
        """Read an order as the shop's own REST shows it."""
        return self.rest("GET", f"orders/{number}")

    def notes(self, number: int) -> list[str]:
        """Read an order's notes."""
        return [note["note"] for note in self.rest("GET", f"orders/{number}/notes")]

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        """Act in the shop by its REST, as its own people and plugins do."""
        token = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        request = Request(
            f"{self.address}/wp-json/wc/v3/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Basic {token}"},
            method=method,
        )
        return _answer(request)


class Erp(Control):
    """One account of the simulated ERP at `url`."""

    def __init__(self, url: str, options: Mapping[str, str] | None = None) -> None:
        super().__init__(url)
        self.sbm_id = next(_accounts)
        self.ask(
            "accounts",
            {
                "sbmId": self.sbm_id,
                "version": 2,
                "apiUserId": "7",
                "innerSecret": USER_KEY,
                "outerSecret": INTEGRATION_KEY,
                "options": dict(options or {}),
            },
        )

    def orders(self, external: str = "") -> list[Doc]:
        """Read the orders it holds, all or those of one external number."""
        return self.ask(f"orders?sbmId={self.sbm_id}{f'&external={external}' if external else ''}")

    def one(self, external: str) -> Doc:
        """Read the only order of an external number; more or none is a failure."""
        found = self.orders(external)
        assert len(found) == 1, f"{external}: {len(found)} orders in the ERP"
        return found[0]

    def customers(self) -> list[Doc]:
        """Read the customer cards."""
        return self.ask(f"customers?sbmId={self.sbm_id}")

    def articles(self) -> dict[str, Doc]:
        """Read the articles by number."""
        return {article["articleNo"]: article for article in self.ask(f"articles?sbmId={self.sbm_id}")}


@dataclass
class World:
    """One tenant with its shop, ERP and flow. Every method runs as that tenant."""

    tenant: Tenant
    shop: Shop
    erp: Erp
    shop_connection: int
    erp_connection: int
    flow: int

    def take_in(self, kind: Kind = Kind.ORDER) -> None:
        """Let Brygga list everything the shop has, as a poll with an old cursor would."""
        with scope(self.tenant.pk):
            syncing.sync_range(self.flow, kind)

    def poll(self) -> None:
        """Poll the shop once."""
        poll(self.shop_connection)

    def hear(self) -> None:
        """Read what the ERP's feeds tell, and do what is due."""
        poll(self.erp_connection)
        self.drain()

    def drain(self) -> None:
        """Let Brygga do what is due, in the ERP and in the shop."""
        drain(self.erp_connection)
        drain(self.shop_connection)

    def settle(self, kind: Kind = Kind.ORDER) -> None:
        """Take in everything and do what is due."""
        self.take_in(kind)
        self.drain()

    def later(self) -> None:
        """Let all pauses be over, of records and connections, and go on."""
        now = datetime.now(UTC)
        with scope(self.tenant.pk):
            Work.objects.filter(due_at__gt=now).update(due_at=now)
            Connection.objects.update(not_before=None)
        self.drain()

    def work(self, number: object, kind: Kind = Kind.ORDER) -> lists.WorkDetail:
        """Return what Brygga says of a record, with its story."""
        with scope(self.tenant.pk):
            found = Work.objects.get(kind=kind.value, source_ref=str(number))
            return lists.order_detail(found.pk, raw=True)

    def state(self, number: object, kind: Kind = Kind.ORDER) -> tuple[State, str]:
        """Return a record's state and the code of its reason."""
        row = self.work(number, kind).row
        return State(row.state), row.reason.code if row.reason else ""

    def warnings(self, number: object, kind: Kind = Kind.ORDER) -> list[str]:
        """Return the codes of a record's warnings."""
        return [warning.code for warning in self.work(number, kind).row.warnings]

    def retry(self, *numbers: int, reason: str = "") -> int:
        """Press "try again" and let it work."""
        with scope(self.tenant.pk):
            ids = [self.work(number).row.id for number in numbers] if numbers else None
            count = works.retry(ids, who="Alice", why="test", reason_code=reason)
        self.drain()
        return count

    def change(self, **settings: Any) -> None:
        """Change settings of the flow."""
        with scope(self.tenant.pk):
            flows.change_settings(self.flow, settings, who="Alice")


def make_world(
    shop: Shop,
    erp: Erp,
    *,
    settings: Mapping[str, Any] | None = None,
    dialect: Mapping[str, str] | None = None,
    preset: int = 1,
) -> World:
    """Connect a shop and an ERP for a tenant, just as the command line does, and start a flow."""
    number = next(_names)
    tenant = Tenant.objects.create(slug=f"tenant-{number}", name=f"Handlare {number}")
    with scope(tenant.pk):
        account = connecting.connect(
            "specter",
            f"Specter {number}",
            {
                "base_url": erp.url,
                "sbm_id": str(erp.sbm_id),
                "api_version": "2",
                "api_user_id": "7",
                "api_user_key": USER_KEY,
                "integration_key": INTEGRATION_KEY,
            },
            dialect,
            who="Alice",
        )
        assert Lane.objects.filter(connection=account.id).exists()
    return _with_shop(tenant, shop, erp, account.id, settings or {}, preset)


def add_shop(world: World, shop: Shop, preset: int = 1, **settings: Any) -> World:
    """Connect another shop to a world's ERP, with a flow of its own."""
    return _with_shop(world.tenant, shop, world.erp, world.erp_connection, settings, preset)


def _with_shop(
    tenant: Tenant, shop: Shop, erp: Erp, account: int, settings: Mapping[str, Any], preset: int
) -> World:
    number = next(_names)
    chosen = {**ARTICLES, "prefix": "SE-", "reference_required": [], **settings}
    with scope(tenant.pk):
        connected = connecting.connect(
            "woocommerce",
            f"Butik {number}",
            {"url": shop.address, "consumer_key": shop.key, "consumer_secret": shop.secret},
            who="Alice",
        )
        flow = flows.create_flow(
            f"Flöde {number}", shop=connected.id, erp=account, who="Alice", changed=chosen, preset=preset
        )
        flows.start_flow(flow.id, who="Alice")
    return World(tenant, shop, erp, connected.id, account, flow.id)


def at_once(*jobs: Any) -> None:
    """Run jobs in threads at the same time and wait for all of them."""
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
