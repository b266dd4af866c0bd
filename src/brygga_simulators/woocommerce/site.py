"""One shop's state: every record in memory, written through to the store, and its id sequences."""

import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from brygga_simulators.common.clock import Clock
from brygga_simulators.common.storage import DocumentStore
from brygga_simulators.woocommerce import dates
from brygga_simulators.woocommerce.product_index import ProductIndex
from brygga_simulators.woocommerce.settings import ShopSettings

Doc = dict[str, Any]

KINDS = (
    "orders",
    "refunds",
    "products",
    "customers",
    "coupons",
    "webhooks",
    "notes",
    "categories",
    "tags",
    "attributes",
    "terms",
    "keys",
    "outbox",
    "queue",
    "draws",
    "capture_plans",
)


MOST_RENDERED = 20_000


class Events(Protocol):
    """What hears about changes: the webhook queue."""

    def happened(self, site: "Site", resource: str, event: str, record_id: int) -> None:
        """Take note that something was created, updated or deleted."""


@dataclass(frozen=True)
class ApiKey:
    """A consumer key with its secret and what it may do: read, write or read_write."""

    key: str
    secret: str
    permissions: str
    user_id: int = 1


class Site:
    """A shop of its own: records, settings, keys and counters. Below `/` or `/<name>/`."""

    def __init__(self, name: str, prefix: str, store: DocumentStore, clock: Clock, events: Events) -> None:
        self.name = name
        self.prefix = prefix
        self.url = ""
        """The shop's own address without a slash at the end; links are made from it."""
        self.settings = ShopSettings()
        self.clock = clock
        self.random = random.Random(f"site {name}")  # noqa: S311 - repeatable, not secret
        self.counters: dict[str, int] = {}
        self.nonces: dict[str, int] = {}
        """OAuth nonces used lately, with their timestamps."""
        self.deliveries: deque[Doc] = deque(maxlen=2000)
        self.cache: dict[tuple[str, int, int], bytes] = {}
        """Rendered records by kind, id and decimals, kept until the record changes."""
        self.keys: dict[str, ApiKey] = {}
        self.last_sale_day = ""
        self.clear_records()
        self._store = store
        self._events = events

    def clear_records(self) -> None:
        """Make all collections empty."""
        self.records: dict[str, dict[int, Doc]] = {kind: {} for kind in KINDS}
        self.orders = self.records["orders"]
        self.refunds = self.records["refunds"]
        self.products = self.records["products"]
        self.customers = self.records["customers"]
        self.coupons = self.records["coupons"]
        self.webhooks = self.records["webhooks"]
        self.notes = self.records["notes"]
        self.notes_of: dict[int, list[int]] = {}
        self.refunds_of: dict[int, list[int]] = {}
        self.drawn: set[str] = set()
        """What the payment providers have drawn: references, or order ids where there is none."""
        self.index = ProductIndex()
        self.changes = dict.fromkeys(KINDS, 0)
        """How many times something of a kind was saved or removed."""
        self.listings: dict[tuple[Any, ...], tuple[int, list[Doc]]] = {}
        """Rows that lists were made of lately; see `listing.remembered`."""

    # Time and ids

    def now(self) -> datetime:
        """Return the moment, by the simulator's clock."""
        return self.clock.now()

    def stamp(self, moment: datetime | None = None) -> tuple[str, str]:
        """Return a moment (now) as local text and as GMT text."""
        when = moment or self.now()
        return dates.local_text(when, self.settings.zone), dates.gmt_text(when)

    def set_date(self, doc: Doc, field: str, moment: datetime | None = None) -> None:
        """Set a date field and its `_gmt` twin."""
        doc[field], doc[f"{field}_gmt"] = self.stamp(moment)

    def next_id(self, sequence: str) -> int:
        """Take the next number of a sequence; posts of all kinds share `post`."""
        number = self.counters.get(sequence, 0) + 1
        self.counters[sequence] = number
        return number

    def saw_id(self, sequence: str, number: Any) -> None:
        """Make sure that a number from outside is never given out again."""
        if isinstance(number, int) and number > self.counters.get(sequence, 0):
            self.counters[sequence] = number

    # Keeping records

    def save(self, kind: str, doc: Doc) -> None:
        """Keep a record and write it through."""
        record_id: int = doc["id"]
        self.records[kind][record_id] = doc
        self.forget_rendered(kind, record_id)
        self.changes[kind] += 1
        if kind == "products":
            self.index.put(record_id, doc)
        self._store.put(f"{self.name}/{kind}", f"{record_id:09d}", doc)

    def remove(self, kind: str, record_id: int) -> None:
        """Forget a record for good."""
        self.records[kind].pop(record_id, None)
        self.forget_rendered(kind, record_id)
        self.changes[kind] += 1
        if kind == "products":
            self.index.drop(record_id)
        self._store.delete(f"{self.name}/{kind}", f"{record_id:09d}")

    def forget_rendered(self, kind: str, record_id: int) -> None:
        """Drop what was rendered of a record."""
        for places in (2, 0, 1, 3, 4, 5, 6):
            self.cache.pop((kind, record_id, places), None)

    def remember_rendered(self, key: tuple[str, int, int], body: bytes) -> None:
        """Keep what was rendered, for as long as there is room."""
        if len(self.cache) >= MOST_RENDERED:
            self.cache.clear()
        self.cache[key] = body

    def happened(self, resource: str, event: str, record_id: int) -> None:
        """Tell the webhooks that something happened."""
        self._events.happened(self, resource, event, record_id)

    def commit(self) -> None:
        """Write everything to disk, counters and settings too."""
        self._store.put(
            f"{self.name}/shop",
            "state",
            {
                "counters": self.counters,
                "settings": self.settings.dump(),
                "last_sale_day": self.last_sale_day,
            },
        )
        self._store.commit()

    def load(self) -> bool:
        """Take up what an earlier process kept. False when there is nothing."""
        kept: Any = self._store.load(f"{self.name}/shop").get("state")
        if not isinstance(kept, dict):
            return False
        self.counters = {str(k): int(v) for k, v in kept["counters"].items()}
        self.settings = ShopSettings(**kept["settings"])
        self.last_sale_day = str(kept.get("last_sale_day", ""))
        for kind in KINDS:
            loaded: Iterable[Any] = self._store.load(f"{self.name}/{kind}").values()
            for doc in loaded:
                self.records[kind][doc["id"]] = doc
        for doc in self.products.values():
            self.index.put(doc["id"], doc)
        for doc in self.notes.values():
            self.notes_of.setdefault(doc["_order"], []).append(doc["id"])
        for doc in self.refunds.values():
            self.refunds_of.setdefault(doc["parent_id"], []).append(doc["id"])
        for doc in self.records["keys"].values():
            self._take_key(doc)
        # What comes after a restart shall not be what came after the first start.
        self.random.seed(f"site {self.name} {self.counters}")
        return True

    # Keys

    def add_key(self, key: str, secret: str, permissions: str) -> ApiKey:
        """Give out an API key."""
        doc = {
            "id": self.next_id("key"),
            "key": key,
            "secret": secret,
            "permissions": permissions,
        }
        self.save("keys", doc)
        return self._take_key(doc)

    def _take_key(self, doc: Doc) -> ApiKey:
        made = ApiKey(doc["key"], doc["secret"], doc["permissions"])
        self.keys[made.key] = made
        return made
