"""A fake shop and a fake ERP as connectors; their state is a file, so that processes share it."""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from brygga.connectors.contract.connector import (
    ArticlesPut,
    Connector,
    Created,
    DoorAnswer,
    FeedBatch,
    Hint,
    HintDoor,
    Identity,
    Knock,
    Limits,
    OpenWith,
    OrderStatusName,
    Role,
)
from brygga.connectors.contract.http import Exchange
from brygga.connectors.contract.settings import Field
from brygga.connectors.registry import connectors
from brygga.domain.document import SalesDocument
from brygga.domain.errors import (
    ConnectionBroken,
    DuplicateNumber,
    OutcomeUnknown,
    RecordGone,
    RecordRejected,
    TryLater,
)
from brygga.domain.events import OrderEvent
from brygga.domain.message import Message, message
from brygga.domain.order import Order, OrderHead
from brygga.domain.party import Customer, Matching
from brygga.domain.product import Article, Product, ProductHead
from tests.builders import a_line, an_order

_TABLES = """
CREATE TABLE IF NOT EXISTS shop (id TEXT PRIMARY KEY, modified TEXT, meta TEXT DEFAULT '', notes INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS erp (no INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT UNIQUE, at REAL);
CREATE TABLE IF NOT EXISTS calls (id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT, about TEXT);
CREATE TABLE IF NOT EXISTS faults (what TEXT, fault TEXT, times INTEGER);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS feed (batch TEXT, order_no TEXT, external_no TEXT);
"""


class Place:
    """What the two fake systems hold, seen from a test or from inside a session."""

    def __init__(self, file: str) -> None:
        self.file = file
        with closing(self.open()) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_TABLES)

    def open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.file, timeout=30, isolation_level=None)
        db.execute("PRAGMA synchronous=OFF")
        return db

    def run(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with closing(self.open()) as db:
            return db.execute(sql, params).fetchall()

    def sell(self, *ids: int, at: datetime | None = None) -> None:
        """Have the shop sell orders."""
        stamp = (at or datetime.now(UTC)).isoformat()
        with closing(self.open()) as db:
            db.executemany(
                "INSERT INTO shop (id, modified) VALUES (?, ?)"
                " ON CONFLICT (id) DO UPDATE SET modified = excluded.modified",
                [(str(number), stamp) for number in ids],
            )

    def fail(self, what: str, fault: str, times: int = 1) -> None:
        """Have the next calls of a kind fail: away, gone, broken, lost, rejected, bug, hang, die."""
        self.run("INSERT INTO faults VALUES (?, ?, ?)", what, fault, times)

    def heal(self) -> None:
        """Have everything work again."""
        self.run("DELETE FROM faults")

    def set(self, name: str, value: str) -> None:
        """Set a fact, as a site's address or a delay."""
        self.run(
            "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value,
        )

    def fact(self, name: str, default: str = "") -> str:
        rows = self.run("SELECT value FROM facts WHERE name = ?", name)
        return rows[0][0] if rows else default

    @property
    def numbers(self) -> list[str]:
        """The ERP's orders by the number they were sent under, in the order they came."""
        return [row[0] for row in self.run("SELECT number FROM erp ORDER BY no")]

    def count(self, what: str) -> int:
        """How many calls of a kind there were."""
        return int(self.run("SELECT COUNT(*) FROM calls WHERE what = ?", what)[0][0])


class _Session:
    def __init__(self, opening: OpenWith) -> None:
        self._observe = opening.observe
        self.place = Place(opening.settings["file"])
        self._db = self.place.open()
        self._key = opening.secrets.get("key", "")

    def close(self) -> None:
        self._db.close()

    def _call(self, what: str, about: str = "") -> str:
        """Note a call; return a fault that is to happen after it was carried out."""
        self._db.execute("INSERT INTO calls (what, about) VALUES (?, ?)", (what, about))
        delay = self.place.fact("delay")
        if delay:
            time.sleep(float(delay))
        fault = self._fault(what)
        now = datetime.now(UTC)
        self._observe(
            Exchange(
                what,
                "POST",
                f"https://fake/{what}",
                about.encode(),
                0 if fault else 200,
                b'{"ok": true}',
                now,
                0.01,
            )
        )
        match fault:
            case "away":
                raise TryLater(message("http.not_reached", host="fake", reason="away"))
            case "busy":
                raise TryLater(message("http.no_answer", host="fake"), after=now + timedelta(seconds=1))
            case "later":
                raise TryLater(message("http.no_answer", host="fake"), system_away=False)
            case "broken":
                raise ConnectionBroken(message("http.private_address", host="fake"))
            case "rejected":
                raise RecordRejected(message("fake.rejected", about=about))
            case "gone":
                raise RecordGone(message("fake.gone", about=about))
            case "bug":
                raise KeyError("fake bug with secret=hunter2")
            case "hang":
                time.sleep(3600)
        return fault

    def _fault(self, what: str) -> str:
        row = self._db.execute(
            "SELECT rowid, fault, times FROM faults WHERE what = ? LIMIT 1", (what,)
        ).fetchone()
        if row is None:
            return ""
        rowid, fault, times = row
        self._db.execute("UPDATE faults SET times = times - 1 WHERE rowid = ?", (rowid,))
        if times <= 1:
            self._db.execute("DELETE FROM faults WHERE rowid = ?", (rowid,))
        return str(fault)


class ShopSession(_Session):
    """A shop whose orders are all alike."""

    def check(self) -> Identity:
        self._call("check")
        site = self.place.fact("site", "https://alice.example")
        if self.place.fact("key", self._key) != self._key:
            raise ConnectionBroken(message("http.private_address", host="fake"))
        return Identity(site, "Alice butik", "SEK", "Europe/Stockholm")

    def order(self, order_id: str) -> Order:
        self._call("order", order_id)
        row = self._db.execute("SELECT modified FROM shop WHERE id = ?", (order_id,)).fetchone()
        if row is None:
            raise RecordGone(message("fake.gone", about=order_id))
        modified = datetime.fromisoformat(row[0])
        # Each buyer another sum and address, so that no two look like one checkout.
        line = a_line(f"{int(order_id) % 9000 + 100}.00")
        order = an_order(line, id=order_id, number=order_id, created_at=modified, modified_at=modified)
        return replace(order, billing=replace(order.billing, email=f"buyer{order_id}@example.se"))

    def orders_changed(self, since: datetime, until: datetime) -> Iterator[OrderHead]:
        self._call("orders_changed")
        rows = self._db.execute(
            "SELECT id, modified FROM shop WHERE modified BETWEEN ? AND ? ORDER BY CAST(id AS INTEGER)",
            (since.isoformat(), until.isoformat()),
        ).fetchall()
        for order_id, modified in rows:
            when = datetime.fromisoformat(modified)
            yield OrderHead(order_id, order_id, "processing", when, when)

    def order_statuses(self) -> Sequence[OrderStatusName]:
        return [OrderStatusName("processing", "Behandlas")]

    def add_note(self, order_id: str, text: str, *, to_customer: bool = False) -> None:
        self._call("note", order_id)
        self._db.execute("UPDATE shop SET notes = notes + 1 WHERE id = ?", (order_id,))

    def has_note(self, order_id: str, text: str) -> bool:
        row = self._db.execute("SELECT notes FROM shop WHERE id = ?", (order_id,)).fetchone()
        return bool(row and row[0])

    def update_order(self, order_id: str, *, metas: Mapping[str, str], status: str = "") -> Order:
        self._call("update", order_id)
        stamp = datetime.now(UTC).isoformat()
        self._db.execute(
            "UPDATE shop SET meta = ?, modified = ? WHERE id = ?", (str(dict(metas)), stamp, order_id)
        )
        return self.order(order_id)

    def reserves(self, method: str) -> bool:
        return False

    def product(self, product_id: str) -> Product:
        raise RecordGone(message("fake.gone", about=product_id))

    def products_changed(self, since: datetime | None, until: datetime) -> Iterator[ProductHead]:
        yield from ()

    def ensure_hints(self, door: HintDoor) -> tuple[Message, ...]:
        self._call("ensure_hints")
        self.place.set("door", door.url)
        healed = self.place.fact("webhook") == "off"
        self.place.set("webhook", "on")
        return (message("fake.healed"),) if healed else ()


class ErpSession(_Session):
    """An ERP that numbers orders from one and has duplicate control."""

    limits = Limits()

    def check(self) -> Identity:
        self._call("check_erp")
        return Identity(self.place.fact("account", "erp-1"), "Alice AB", "SEK")

    def put_customer(self, customer: Customer, matching: Matching) -> Created:
        self._call("customer", customer.email)
        return Created(f"K{abs(hash(customer.email)) % 10_000_000}")

    def create_document(self, document: SalesDocument, customer_id: str) -> Created:
        fault = self._call("create", document.number)
        if fault == "die":
            # Made, and the answer never reaches anyone: the process is gone.
            self._insert(document.number)
            import os

            os._exit(9)
        row = self._db.execute("SELECT no FROM erp WHERE number = ?", (document.number,)).fetchone()
        if row is not None:
            raise DuplicateNumber(message("fake.duplicate", number=document.number), existing=str(row[0]))
        number = self._insert(document.number)
        if fault == "lost":
            raise OutcomeUnknown(message("http.answer_lost", host="fake"))
        return Created(str(number))

    def _insert(self, number: str) -> int:
        made = self._db.execute("INSERT INTO erp (number, at) VALUES (?, ?)", (number, time.time()))
        return int(made.lastrowid or 0)

    def unfit(self, article_no: str) -> str:
        return ""

    def put_articles(self, articles: Sequence[Article], *, update: bool) -> ArticlesPut:
        self._call("articles", ",".join(article.article_no for article in articles))
        return ArticlesPut()

    def read_orders(self, batch: str) -> FeedBatch[OrderEvent]:
        self._call("read_orders", batch)
        open_one = self.place.fact("open_batch")
        if open_one:
            batch = open_one
        else:
            self._db.execute("UPDATE feed SET batch = ? WHERE batch = ''", (batch,))
        self.place.set("open_batch", batch)
        rows = self._db.execute("SELECT order_no, external_no FROM feed WHERE batch = ?", (batch,)).fetchall()
        events = tuple(OrderEvent(no, external, delivered=True) for no, external in rows if no != "?")
        unread = tuple(message("fake.row_unreadable") for no, _ in rows if no == "?")
        return FeedBatch(batch, events, remarks=unread)

    def confirm_orders(self, batch: str) -> None:
        self._call("confirm_orders", batch)
        self._db.execute("DELETE FROM feed WHERE batch = ?", (batch,))
        self.place.set("open_batch", "")


def answer_knock(knock: Knock, settings: Mapping[str, Any], secret: str) -> DoorAnswer:
    """`?order=1042` or `?feed=orders`, with the secret in a header."""
    if knock.headers.get("x-secret") != secret:
        return DoorAnswer(401, "no")
    hints = tuple(
        Hint("orders" if name == "feed" else name, value)
        for name, value in knock.query.items()
        if name in ("order", "product", "feed")
    )
    return DoorAnswer(200, "ok", hints)


def _fields() -> tuple[Field, ...]:
    words = {"sv": "Fil", "en": "File"}
    return (
        Field("file", words, words),
        Field("key", words, words, secret=True, required=False),
    )


def install() -> None:
    """Make both connectors known in this process."""
    for key, role, session in (("fakeshop", Role.SHOP, ShopSession), ("fakeerp", Role.ERP, ErpSession)):
        connectors()[key] = Connector(
            key=key,
            title=key,
            role=role,
            fields=_fields(),
            open=session,
            answer_knock=answer_knock,
            assumptions=lambda settings, dialect: [],
            check_dialect=lambda dialect: dialect,
            package="brygga.connectors.contract",
        )
