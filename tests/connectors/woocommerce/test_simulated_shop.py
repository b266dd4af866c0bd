"""The connector against a whole simulated shop over HTTP: what the shop ends up holding, and what we read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import urllib3

from brygga.connectors.contract.connector import HintDoor, Identity
from brygga.connectors.contract.http import Exchange
from brygga.connectors.woocommerce.auth import OAuth1
from brygga.connectors.woocommerce.connector import WooSession
from brygga.connectors.woocommerce.webhooks import TOPICS
from brygga.domain.errors import (
    BryggaError,
    ConnectionBroken,
    OutcomeUnknown,
    RecordGone,
    SetupWrong,
    TryLater,
)
from brygga.domain.money import ZERO
from brygga_simulators.common.process import SimulatorProcess, start_simulator
from tests.connectors.woocommerce.fake_shop import KEY, SECRET, session_for

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Shop:
    """A simulated shop, and the merchant's own hands in it."""

    def __init__(self, process: SimulatorProcess) -> None:
        self.url = process.url.rstrip("/")
        self._pool = urllib3.PoolManager(retries=False)
        self._signer = OAuth1(KEY, SECRET)
        self.sessions: list[WooSession] = []
        self.seen: list[Exchange] = []

    def call(self, method: str, path: str, data: Any = None, **query: str) -> Any:
        """Call the shop's REST interface as the merchant; return the answer's data."""
        signed = self._signer.sign(method, f"{self.url}/wp-json/wc/v3/{path}", query)
        return self._send(method, signed.url, data)

    def control(self, method: str, path: str, data: Any = None) -> Any:
        """Call the simulator's control routes."""
        return self._send(method, f"{self.url}/_control/{path}", data)

    def _send(self, method: str, url: str, data: Any) -> Any:
        body = None if data is None else json.dumps(data).encode()
        answer = self._pool.request(
            method, url, body=body, headers={"Content-Type": "application/json"}, timeout=20
        )
        assert answer.status < 400, answer.data[:500]
        return json.loads(answer.data) if answer.data else None

    def fault(self, kind: str, match: str, **more: Any) -> None:
        self.control(
            "POST", "faults", {"name": f"test-{kind}", "kind": kind, "match": match, "times": 1, **more}
        )

    def session(self, identity: Identity | None = None, **settings: str) -> WooSession:
        self.sessions.append(session_for(self.url, self.seen, identity, **settings))
        return self.sessions[-1]

    def close(self) -> None:
        for session in self.sessions:
            session.close()
        self._pool.clear()

    def new_order(self, **changes: Any) -> str:
        order = {
            "billing": {
                "first_name": "Åsa",
                "last_name": "Öberg",
                "country": "SE",
                "email": "asa@example.se",
            },
            "payment_method": "bacs",
            "status": "processing",
            "line_items": [{"product_id": self.product_id(), "quantity": 2}],
            **changes,
        }
        return str(self.call("POST", "orders", order)["id"])

    def product_id(self) -> int:
        return int(
            self.call("GET", "products", type="simple", per_page="1", orderby="id", order="asc")[0]["id"]
        )


@pytest.fixture(scope="module")
def process() -> Iterator[SimulatorProcess]:
    with start_simulator(
        "brygga_simulators.woocommerce",
        "--key", KEY, "--secret", SECRET, "--seed-products", "30", "--seed-orders", "60", "--webhook-delay-ms", "0",
    ) as started:  # fmt: skip
        yield started


@pytest.fixture
def shop(process: SimulatorProcess) -> Iterator[Shop]:
    found = Shop(process)
    found.control("DELETE", "faults")
    yield found
    found.control("DELETE", "faults")
    found.control("POST", "clock", {})
    found.close()


def test_the_shop_is_known_by_name_currency_and_zone(shop: Shop) -> None:
    identity = shop.session().check()
    assert identity.key == shop.url.removeprefix("http://")
    assert (identity.currency, identity.time_zone, identity.country) == ("SEK", "Europe/Stockholm", "SE")
    assert identity.name
    assert [remark.code for remark in identity.remarks] == ["woocommerce.plain_http"]


def test_checking_leaves_no_trace(shop: Shop) -> None:
    before = shop.control("GET", "state")
    shop.session().check()
    assert shop.control("GET", "state") == before


@pytest.mark.parametrize(
    "secrets",
    [{"consumer_key": "ck_" + "0" * 40}, {"consumer_secret": "cs_" + "0" * 40}],
    ids=["key", "secret"],
)
def test_a_wrong_key_or_secret_is_refused(shop: Shop, secrets: dict[str, str]) -> None:
    with pytest.raises(ConnectionBroken) as caught:
        shop.session(**secrets).check()
    assert caught.value.for_merchant.code in ("woocommerce.key_or_secret", "woocommerce.unknown_key")


def test_every_order_of_the_shop_is_listed_read_and_adds_up(shop: Shop) -> None:
    session = shop.session()
    heads = list(session.orders_changed(BEGINNING, datetime.now(UTC) + timedelta(days=3650)))
    assert len({head.id for head in heads}) == len(heads) >= 30
    assert "checkout-draft" not in {head.status for head in heads}
    for head in heads:
        order = session.order(head.id)
        assert order.head == head
        assert sum((row.total + row.total_tax for row in order.charges()), ZERO) == order.total
        assert sum((row.total_tax for row in order.charges()), ZERO) == order.total_tax


def test_a_changed_order_is_in_its_second_and_in_no_other(shop: Shop) -> None:
    session = shop.session()
    order_id = shop.new_order()
    when = session.order(order_id).modified_at
    second = timedelta(seconds=1)
    assert order_id in [head.id for head in session.orders_changed(when, when)]
    assert order_id not in [head.id for head in session.orders_changed(when + second, when + 9 * second)]
    assert order_id not in [head.id for head in session.orders_changed(when - 9 * second, when - second)]


def test_an_order_in_the_trash_is_listed_and_read_as_trash(shop: Shop) -> None:
    session = shop.session()
    order_id = shop.new_order()
    shop.call("DELETE", f"orders/{order_id}")
    assert session.order(order_id).status == "trash"
    shop.call("DELETE", f"orders/{order_id}", force="true")
    with pytest.raises(RecordGone):
        session.order(order_id)


def test_a_refund_is_read_with_its_rows(shop: Shop) -> None:
    order_id = shop.new_order()
    line = shop.call("GET", f"orders/{order_id}")["line_items"][0]
    refunded = {"id": str(line["id"]), "quantity": 1, "refund_total": float(line["total"]) / 2}
    shop.call(
        "POST",
        f"orders/{order_id}/refunds",
        {"amount": "10.00", "api_refund": False, "line_items": [refunded]},
    )
    (refund,) = shop.session().order(order_id).refunds
    assert refund.amount == Decimal("10.00")
    assert [(row.line_id, row.quantity) for row in refund.lines] == [(str(line["id"]), 1)]


def test_feedback_ends_up_in_the_shop_once(shop: Shop) -> None:
    session = shop.session()
    order_id = shop.new_order()
    order = session.update_order(order_id, metas={"_specter_order_no": "F-1001"}, status="completed")
    assert order.status == "completed"
    session.update_order(order_id, metas={"_specter_order_no": "F-1002"})
    session.add_note(order_id, "Order F-1002 i Specter")
    assert session.has_note(order_id, "Order F-1002 i Specter")
    kept = shop.call("GET", f"orders/{order_id}")
    assert kept["status"] == "completed"
    assert [meta["value"] for meta in kept["meta_data"] if meta["key"] == "_specter_order_no"] == ["F-1002"]


def test_an_unknown_status_never_reaches_the_shop(shop: Shop) -> None:
    order_id = shop.new_order()
    with pytest.raises(SetupWrong):
        shop.session().update_order(order_id, metas={}, status="skickad")
    assert shop.call("GET", f"orders/{order_id}")["status"] == "processing"


def test_every_product_is_listed_and_read_with_its_variants(shop: Shop) -> None:
    session = shop.session()
    heads = list(session.products_changed(None, datetime.now(UTC) + timedelta(days=3650)))
    assert len({head.id for head in heads}) == len(heads) >= 20
    products = [session.product(head.id) for head in heads]
    assert any(len(product.variants) > 1 for product in products)
    for product in products:
        for variant in product.variants:
            assert variant.price.currency == "SEK"
            assert variant.vat_percent is not None
    variable = next(product for product in products if len(product.variants) > 1)
    assert session.product(variable.variants[-1].id).id == variable.id


FAULTS: list[tuple[str, type[BryggaError]]] = [
    ("rate_limited", TryLater),
    ("server_error", TryLater),
    ("unavailable", TryLater),
    ("maintenance", TryLater),
    ("cut_before", TryLater),
    ("cut_body", TryLater),
    ("garbage", TryLater),
]


@pytest.mark.parametrize(("kind", "error"), FAULTS)
def test_a_read_that_goes_wrong_may_be_tried_again(shop: Shop, kind: str, error: type[BryggaError]) -> None:
    order_id = shop.new_order()
    session = shop.session()
    shop.fault(kind, f"GET /wp-json/wc/v3/orders/{order_id}")
    with pytest.raises(error):
        session.order(order_id)
    assert session.order(order_id).id == order_id


@pytest.mark.parametrize("kind", ["error_after", "cut_after", "cut_body", "garbage", "server_error"])
def test_a_write_whose_answer_is_lost_is_unknown(shop: Shop, kind: str) -> None:
    order_id = shop.new_order()
    shop.fault(kind, f"POST /wp-json/wc/v3/orders/{order_id}/notes")
    session = shop.session()
    with pytest.raises(OutcomeUnknown):
        session.add_note(order_id, "En gång")
    if not session.has_note(order_id, "En gång"):
        session.add_note(order_id, "En gång")
    notes = shop.call("GET", f"orders/{order_id}/notes")
    assert [note["note"] for note in notes].count("En gång") == 1


def test_notices_around_the_answer_are_read_past(shop: Shop) -> None:
    order_id = shop.new_order()
    shop.fault("bom", f"GET /wp-json/wc/v3/orders/{order_id}")
    assert shop.session().order(order_id).id == order_id


def test_pages_hold_on_while_orders_are_changed_between_them(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from brygga.connectors.woocommerce import lists

    monkeypatch.setattr(lists.rows_by_id, "__defaults__", (7,))
    session = shop.session()
    until = max(session.order(shop.new_order()).modified_at, datetime.now(UTC).replace(microsecond=0))
    everything = [head.id for head in session.orders_changed(BEGINNING, until)]
    shop.control("POST", "clock", {"advance_seconds": 120})
    listed, moved = [], set()
    for place, head in enumerate(session.orders_changed(BEGINNING, until)):
        listed.append(head.id)
        if place % 5 == 0:  # read already: touching it moves it out of the window and shifts the pages
            shop.call("PUT", f"orders/{head.id}", {})
            moved.add(head.id)
    assert len(listed) == len(set(listed))
    assert set(listed) == set(everything)
    assert moved
    assert any("per_page=7" in exchange.url and "offset=" in exchange.url for exchange in shop.seen)


def test_the_shop_knocks_at_our_door_and_only_once_for_each_topic(shop: Shop) -> None:
    door = HintDoor("http://127.0.0.1:9/door", "hemlig-åäö")
    session = shop.session()
    session.ensure_hints(door)
    session.ensure_hints(door)
    hooks = [
        hook for hook in shop.call("GET", "webhooks", per_page="100") if hook["delivery_url"] == door.url
    ]
    assert sorted((hook["topic"], hook["status"]) for hook in hooks) == sorted(
        (topic, "active") for topic in TOPICS
    )
    dead = hooks[0]
    shop.call("PUT", f"webhooks/{dead['id']}", {"status": "disabled"})
    said = session.ensure_hints(door)
    assert dead["topic"] in next(m for m in said if m.code == "woocommerce.hooks_healed").facts["topics"]
    kept = [hook for hook in shop.call("GET", "webhooks", per_page="100") if hook["delivery_url"] == door.url]
    assert len(kept) == len(TOPICS)
    assert dead["id"] not in [hook["id"] for hook in kept]


def test_no_secret_is_in_any_exchange(shop: Shop) -> None:
    session = shop.session()
    session.check()
    session.ensure_hints(HintDoor("http://127.0.0.1:9/other", "annan-hemlighet"))
    for exchange in shop.seen:
        for hidden in (KEY, SECRET, "annan-hemlighet", "oauth_"):
            assert hidden not in exchange.url
            assert hidden.encode() not in exchange.request
