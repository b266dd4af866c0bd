"""What Brygga does, part by part, and what stands in its way: polls, drains, hints, pauses, faults."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from brygga.app.services import reconciling
from brygga.app.store.models import Connection, Cursor, Work
from brygga.app.tenancy.scope import scope
from brygga.app.webhooks.hints import leave
from brygga.app.worker.drain import drain
from brygga.app.worker.poll import poll
from brygga.connectors.contract.connector import Hint
from brygga.domain.errors import BryggaError
from tests.machine.book import Book
from tests.machine.in_shops import PICK
from tests.machine.market import Market, Stand

STRIKES = (
    "rate_limited",
    "unavailable",
    "server_error",
    "maintenance",
    "timeout_before",
    "timeout_after",
    "cut_after",
    "cut_body",
    "garbage",
    "error_after",
)
AIMS = {"shops": ("", "orders", "products", "PUT|POST|DELETE"), "erp": ("", "Submit", "newOrder", "Batch")}


class Bryggas:
    """The parts of Brygga, each for itself and in any order."""

    book: Book
    buy_one: Callable[[int, int, str], None]
    sell_at_till: Callable[[int, str, int], None]
    receive: Callable[[int, str, int], None]

    @rule(n=PICK)
    def poll_shop(self, n: int) -> None:
        """A shop is polled."""
        stand = self.book.stand(n)
        read_shop(self.book, stand)

    @rule()
    def poll_erp(self) -> None:
        """The ERP's feeds are read."""
        read_erp(self.book)

    @rule()
    def drain_erp(self) -> None:
        """What is due goes into the ERP."""
        write_erp(self.book)

    @rule(n=PICK)
    def drain_shop(self, n: int) -> None:
        """What is due goes into a shop."""
        write_shop(self.book, self.book.stand(n))

    @rule()
    def go_round(self) -> None:
        """Everything is looked at and done once."""
        go_round_once(self.book)

    @rule(well=st.booleans())
    def later(self, well: bool) -> None:
        """Time passes: all pauses are over, and perhaps all systems are well again."""
        if well:
            heal(self.book.market)
        pauses_over(self.book.market)
        self.book.done("later", "all are well" if well else "")

    @rule(n=PICK, k=PICK)
    def hint(self, n: int, k: int) -> None:
        """A shop's webhook tells of an order."""
        stand = self.book.stand(n)
        order = self.book.order(stand, k)
        if order:
            said = f"{stand.letter}-{order['number']}"
            self.book.brygga("hint", said, lambda: _knock(stand, str(order["id"])))

    @rule(n=PICK)
    def reconcile(self, n: int) -> None:
        """The night's reconciliation runs in one flow."""
        reconcile_one(self.book, self.book.stand(n))

    @rule(n=PICK, k=PICK, at=st.integers(0, 9), what=st.sampled_from(["sale", "sale", "till", "receive"]))
    def go_round_amid(self, n: int, k: int, at: int, what: str) -> None:
        """Everything is done once, and between two calls of it somebody sells or receives something."""
        deeds = {
            "sale": lambda: self.buy_one(n, k, "swish"),
            "till": lambda: self.sell_at_till(k, "1", 1),
            "receive": lambda: self.receive(k, "1", 2),
        }
        with self.book.amid(at, deeds[what]):
            go_round_once(self.book)


class Faults:
    """What goes wrong between Brygga and the systems."""

    book: Book

    @rule(
        who=st.sampled_from(["shops", "erp"]),
        how=st.sampled_from(STRIKES),
        aim=st.integers(0, 3),
        times=st.integers(1, 3),
        after=st.integers(0, 3),
    )
    def strike(self, who: str, how: str, aim: int, times: int, after: int) -> None:
        """A system will misbehave, a few times, before or after it has done what it was asked."""
        stand = self.book.market.stands[0]
        simulator = stand.shop if who == "shops" else self.book.market.erp
        fault: dict[str, Any] = {
            "kind": how,
            "match": AIMS[who][aim],
            "times": times,
            "after": after,
            "ms": 20,
        }
        if how == "rate_limited":
            fault["retry_after"] = 1
        simulator.fault(how, **fault)
        self.book.done("fault", f"{who} {how} {AIMS[who][aim]!r} {times=} {after=}")


def read_shop(book: Book, stand: Stand) -> None:
    """Poll a shop and take note of what it told."""
    calm = book.is_calm(stand.shop, stand.world.shop_connection)
    after = book.brygga("poll shop", stand.letter, lambda: poll(stand.world.shop_connection))
    calm = calm and not book.interrupted and book.is_calm(stand.shop, stand.world.shop_connection)
    book.promise.shop_was_read(stand, after, surely=calm)


def read_erp(book: Book) -> None:
    """Read the ERP's feeds and take note of what they told."""
    connection = book.market.erp_connection
    calm = book.is_calm(book.market.erp, connection)
    after = book.brygga("poll ERP", "", lambda: poll(connection))
    calm = calm and not book.interrupted and book.is_calm(book.market.erp, connection)
    book.promise.erp_was_read(after, surely=calm)


def write_erp(book: Book) -> None:
    """Do what is due in the ERP."""
    after = book.brygga("drain", "ERP", lambda: drain(book.market.erp_connection))
    book.judge(book.promise.broken(after))
    if not book.interrupted:
        book.promise.orders_were_judged()


def write_shop(book: Book, stand: Stand) -> None:
    """Do what is due in a shop, and look whether the promise is kept."""
    after = book.brygga("drain", stand.letter, lambda: drain(stand.world.shop_connection))
    book.judge(book.promise.broken(after))


def go_round_once(book: Book) -> None:
    """Look everywhere and do what is due, each part judged by itself."""
    for stand in book.market.stands:
        read_shop(book, stand)
    write_erp(book)
    read_erp(book)
    for stand in book.market.stands:
        write_shop(book, stand)


def reconcile_one(book: Book, stand: Stand) -> bool:
    """Reconcile a flow; False when a system did not let it."""
    ended = False

    def job() -> None:
        nonlocal ended
        with suppress(BryggaError), scope(stand.world.tenant.pk):
            reconciling.reconcile_flow(stand.world.flow)
            ended = True

    book.brygga("reconcile", stand.letter, job)
    return ended


def heal(market: Market) -> None:
    """Take every fault away."""
    market.stands[0].shop.heal()
    market.erp.heal()


def pauses_over(market: Market) -> None:
    """Let all pauses of records and connections be over, and the next look at products be due."""
    now = datetime.now(UTC)
    with scope(market.stands[0].world.tenant.pk):
        Work.objects.filter(due_at__gt=now).update(due_at=now)
        Connection.objects.update(not_before=None)
        for cursor in Cursor.objects.filter(name__startswith="products-"):
            cursor.value = min(cursor.value, now - timedelta(minutes=11))
            cursor.save()


def _knock(stand: Stand, order: str) -> None:
    with scope(stand.world.tenant.pk):
        leave(Connection.objects.get(pk=stand.world.shop_connection), [Hint("order", order)])
