"""A simulated ERP inside the test's own process: the whole connector speaks with it, but no socket does.

What an order becomes is worked out by the simulator's own code: it parses the bytes, checks the
signature, and does its own sums.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from brygga.connectors.contract.connector import Identity, OpenWith
from brygga.connectors.contract.http import Answer, HttpPolicy, Request
from brygga.connectors.specter import connector as specter
from brygga.connectors.woocommerce import wire
from brygga.connectors.woocommerce.decoding import WrongShape, decode
from brygga.connectors.woocommerce.mapping_orders import order_from_wire
from brygga.domain.errors import RecordGone, RecordRejected
from brygga.domain.message import Message, message
from brygga.domain.order import Order
from brygga.domain.outcome import Outcome, State
from brygga.domain.product import Product
from brygga.domain.refs import Kind, Link, RecordRef
from brygga.flows.context import Recorder, RunContext
from brygga.flows.journal import Journal
from brygga.flows.orders.decide import decide
from brygga.flows.orders.plan import plan_order
from brygga.flows.orders.send import send_order
from brygga.flows.ownership import masters
from brygga.flows.ports import Card, Intent, Work
from brygga.flows.settings import FlowSettings
from brygga_simulators.common.clock import Clock
from brygga_simulators.common.storage import DocumentStore
from brygga_simulators.specter.api import Api
from brygga_simulators.specter.model import Customer
from brygga_simulators.specter.model import Order as ErpOrder
from brygga_simulators.specter.params import read_params
from brygga_simulators.specter.world import World
from tests.builders import ARTICLES

SBM_ID = 9999
SECRETS = {
    "api_user_key": "00112233445566778899aabbccddeeff",
    "integration_key": "11111111-2222-3333-4444-555555555555",
}
SHOP = Identity("https://butik.example/", "Butiken", "SEK", "Europe/Stockholm")
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
PLAIN = FlowSettings(**ARTICLES, reference_required=())


class InProcess:
    """Stands in for the HTTP client: hands the very bytes of a request to the simulator."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def send(self, request: Request) -> Answer:
        parts = urlsplit(request.url)
        params = read_params(parts.query, request.body or b"")
        body, content_type = self.api.answer(parts.path.strip("/"), params)
        return Answer(200, {"content-type": content_type}, body)

    def close(self) -> None:
        pass


class Memory:
    """What a run keeps, in memory and for one order: nothing is known of what was before."""

    def __init__(self) -> None:
        self.outcome: Outcome | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Answer every other question of the port with nothing, and keep nothing."""
        return lambda *_, **__: ()

    def known_articles(self, target: int, article_nos: Sequence[str]) -> Mapping[str, Decimal | None]:
        return {}

    def articles_sold(
        self, target: int, source: int, variants: Sequence[str]
    ) -> Mapping[str, tuple[str, str]]:
        return {}

    def customer_card(self, source: RecordRef, target: int) -> str:
        return ""

    def card(self, target: int, card_id: str) -> Card | None:
        return None

    def intend(self, work: Work, target: int, key: str, fingerprint: str, journal: Journal) -> Intent:
        return Intent(1, key, fingerprint, NOW)

    def settle(self, work: Work, outcome: Outcome, journal: Journal, link: Link | None = None) -> None:
        self.outcome = outcome


class NoProducts:
    """A shop whose products are gone: the rows must say enough of themselves."""

    def product(self, product_id: str) -> Product:
        raise RecordGone(message("woocommerce.product_gone", id=product_id, host="", what="product"))


@dataclass
class Arrived:
    """An order that the ERP holds, as it holds it, and what the shop's order was for us."""

    order: ErpOrder
    customer: Customer
    shop: Order
    warnings: tuple[Message, ...] = ()


@dataclass
class InProcessErp:
    """One account, emptied before each order."""

    options: Mapping[str, str] = field(default_factory=dict)
    dialect: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wishes = {"currencies": "SEK,EUR,NOK,JPY,KWD", **self.options}
        self.world = World(DocumentStore(), Clock(), wishes=wishes)
        opening = OpenWith(
            {"base_url": "http://erp.invalid", "sbm_id": str(SBM_ID), "api_version": "2", "api_user_id": "7"},
            SECRETS,
            HttpPolicy(),
            lambda exchange: None,
            self.dialect,
        )
        api = Api(self.world)
        with patch.object(specter, "HttpClient", lambda *_, **__: InProcess(api)):
            self.session = specter.connector.open(opening)

    def transfer(
        self, order: bytes, refunds: bytes = b"[]", settings: FlowSettings = PLAIN
    ) -> Arrived | Message:
        """Bring one order the whole way from the shop's bytes, or return why it is not sent."""
        self.world.reset()
        store = Memory()
        ctx = RunContext(
            flow=1, shop_id=1, erp_id=2, shop=NoProducts(), erp=self.session, shop_identity=SHOP,  # type: ignore[arg-type]
            settings=settings, store=store, events=None, reservations=None, shelf=None, goods=None, tasks=None, masters=masters(1, {}), recorder=Recorder(), now=lambda: NOW, say=str,  # type: ignore[arg-type]
        )  # fmt: skip
        work = Work(1, 1, RecordRef(1, Kind.ORDER, "1"), "1", 1, NOW)
        try:
            read = order_from_wire(decode(order, wire.Order)[0], decode(refunds, list[wire.Refund])[0])
            decision = decide(read, work, ctx)
            if decision.outcome is not None:
                return decision.outcome.reason
            plan = plan_order(read, decision.document, work, ctx)
            link = send_order(plan, work, ctx)
        except WrongShape as error:
            return message("woocommerce.wrong_shape", what=str(error))  # the session tries again, then holds
        except RecordRejected as rejected:
            return rejected.for_merchant
        books = self.world.books[SBM_ID]
        assert store.outcome is not None
        assert store.outcome.state is State.DONE
        assert len(books.orders) == 1
        held = books.orders[int(link.target_id)]
        return Arrived(held, books.customers[held.customer_id], read, store.outcome.warnings)


def codes(found: Iterable[Message]) -> set[str]:
    return {one.code for one in found}
