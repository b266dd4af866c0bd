"""One account's books: its records in memory, their indexes, and writing every change through."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from brygga_simulators.common.clock import Clock
from brygga_simulators.common.storage import DocumentStore
from brygga_simulators.specter.changes import ChangeLog, Reader
from brygga_simulators.specter.kept import Kept
from brygga_simulators.specter.model import Article, Customer, Order, PriceList, Record, Tombstone
from brygga_simulators.specter.options import Options
from brygga_simulators.specter.till_records import DayClose, ParkedPurchase, Receipt

R = TypeVar("R", bound=Record)


class Account(Record):
    """An account as Specter hands it out to a web shop."""

    sbm_id: int
    version: int
    users: dict[str, str]
    """apiUserId to inner secret. Version 1 has one user without a name."""
    outer_secret: str
    options: Options


class Series(Record):
    """The last numbers given out."""

    customer: int = 1000
    order: int = 10000
    article: int = 0
    invoice: int = 50000
    parked: int = 0
    receipt: int = 0
    close: int = 0
    change: int = 0


@dataclass(frozen=True)
class Event:
    """Something a trigger may tell the shop: stock, invoice, removed, order or article."""

    kind: str
    params: tuple[tuple[str, str], ...] = ()


class Books:
    """Everything one account holds. Handlers change records and then call the `save_` methods."""

    def __init__(self, account: Account, store: DocumentStore, clock: Clock) -> None:
        self.account = account
        self.customers: dict[int, Customer] = {}
        self.articles: dict[str, Article] = {}
        self.orders: dict[int, Order] = {}
        self.by_email: dict[str, list[int]] = {}
        self.by_org_no: dict[str, list[int]] = {}
        self.by_external: dict[str, int] = {}
        self.set_articles: dict[str, set[str]] = {}
        """Part to the SET articles it belongs to."""
        self.series = Series()
        self.stock_log = ChangeLog()
        self.article_log = ChangeLog()
        self.order_log = ChangeLog()
        self.readers: dict[str, Reader] = {}
        self.events: list[Event] = []
        self._store = store
        self._clock = clock
        self._prefix = prefix = f"{account.sbm_id}/"
        self.price_lists = Kept(store, "price lists", prefix, PriceList, lambda p: p.name)
        self.tombstones = Kept(store, "tombstones", prefix, Tombstone, lambda t: t.article_no)
        self.parked = Kept(store, "parked", prefix, ParkedPurchase, lambda p: p.parked_no)
        self.receipts = Kept(store, "receipts", prefix, Receipt, lambda r: r.receipt_no)
        self.day_closes = Kept(store, "day closes", prefix, DayClose, lambda d: d.close_no)

    @property
    def options(self) -> Options:
        """How this account behaves."""
        return self.account.options

    def now(self) -> datetime:
        """The simulated moment."""
        return self._clock.now()

    def next_change(self) -> int:
        """Give out the next change number."""
        self.series.change += 1
        self._keep("series", "all", self.series)
        return self.series.change

    def next_number(self, kind: str) -> int:
        """Give out the next number of a series: customer, order, article, invoice, receipt..."""
        number: int = getattr(self.series, kind) + 1
        setattr(self.series, kind, number)
        self._keep("series", "all", self.series)
        return number

    # Customers

    def save_customer(self, customer: Customer, old_email: str = "", old_org_no: str = "") -> None:
        """Keep a new or changed customer; pass the keys it had before."""
        number = customer.customer_id
        self.customers[number] = customer
        _reindex(self.by_email, email_key(old_email), email_key(customer.email_address), number)
        _reindex(self.by_org_no, org_no_key(old_org_no), org_no_key(customer.org_no), number)
        self._keep("customers", str(number), customer)

    # Articles

    def save_article(self, article: Article, *, stock: bool, info: bool) -> None:
        """Keep a new or changed article and say which feeds it concerns."""
        number = article.article_no
        if stock and (self.options.sets_in_stock_feed if article.parts else article.keeps_stock):
            article.stock_change = self.next_change()
            self.stock_log.touch(number, article.stock_change)
            self.events.append(Event("stock"))
        if info:
            article.info_change = self.next_change()
            self.article_log.touch(number, article.info_change)
            self.events.append(Event("article"))
        self._index_article(article)
        self.tombstones.drop(number)
        self._keep("articles", number, article)

    def renumber_article(self, article: Article, number: str) -> None:
        """Move an article to another number; the caller saves it and all that names it."""
        old = article.article_no
        del self.articles[old]
        self.stock_log.forget(old)
        self.article_log.forget(old)
        self._store.delete("articles", self._prefix + old)
        article.article_no = number
        if self.options.renamed_as_deleted:
            grave = Tombstone(old, article.article_id, article.name, self.next_change())
            self.tombstones.keep(grave)
            self.article_log.touch(old, grave.info_change)

    def _index_article(self, article: Article) -> None:
        self.articles[article.article_no] = article
        for part in article.parts:
            self.set_articles.setdefault(part, set()).add(article.article_no)

    # Orders

    def save_order(self, order: Order, *, feed: bool, delivery: bool = False) -> None:
        """Keep a new or changed order; `feed` puts it in the order feed."""
        self.orders[order.order_no] = order
        if feed:
            order.change = self.next_change()
            if delivery:
                order.delivery_change = order.change
            self.order_log.touch(str(order.order_no), order.change)
            self.events.append(Event("order"))
        self._index_external(order)
        self._keep("orders", str(order.order_no), order)

    def _index_external(self, order: Order) -> None:
        """Find an order by its external number, which is free again when the order is removed."""
        if order.external_order_no and not order.removed:
            self.by_external.setdefault(order.external_order_no, order.order_no)
        elif order.removed and self.by_external.get(order.external_order_no) == order.order_no:
            del self.by_external[order.external_order_no]

    def delete_order(self, order: Order) -> None:
        """Take an order away without a trace; its external number is free again."""
        order.removed = True
        self._index_external(order)
        self.orders.pop(order.order_no, None)
        self.order_log.forget(str(order.order_no))
        self._store.delete("orders", self._prefix + str(order.order_no))

    # Feeds and account

    def save_reader(self, reader: Reader) -> None:
        """Keep how far a reader has come."""
        self.readers[reader.name] = reader
        self._keep("readers", reader.name, reader)

    def save_account(self) -> None:
        """Keep the account itself."""
        self._store.put("accounts", str(self.account.sbm_id), self.account)

    def _keep(self, collection: str, key: str, record: Record) -> None:
        self._store.put(collection, self._prefix + key, record)

    def load(self) -> None:
        """Fill the books from the store, as they were committed."""
        for series in self._load("series", Series):
            self.series = series
        for customer in sorted(self._load("customers", Customer), key=lambda c: c.customer_id):
            self._index_customer(customer)
        for article in sorted(self._load("articles", Article), key=lambda a: a.article_id):
            self._index_article(article)
        for order in sorted(self._load("orders", Order), key=lambda o: o.order_no):
            self.orders[order.order_no] = order
        for reader in self._load("readers", Reader):
            self.readers[reader.name] = reader
        for kept in (self.price_lists, self.tombstones, self.parked, self.receipts, self.day_closes):
            kept.load()
        self._rebuild_logs()

    def _index_customer(self, customer: Customer) -> None:
        number = customer.customer_id
        self.customers[number] = customer
        _reindex(self.by_email, "", email_key(customer.email_address), number)
        _reindex(self.by_org_no, "", org_no_key(customer.org_no), number)

    def _rebuild_logs(self) -> None:
        articles = self.articles.values()
        for change, number in sorted((a.stock_change, a.article_no) for a in articles if a.stock_change):
            self.stock_log.touch(number, change)
        told = [(a.info_change, a.article_no) for a in articles if a.info_change]
        told += [(t.info_change, t.article_no) for t in self.tombstones.values()]
        for change, number in sorted(told):
            self.article_log.touch(number, change)
        for change, order_no in sorted((o.change, o.order_no) for o in self.orders.values() if o.change):
            self.order_log.touch(str(order_no), change)
        for order in self.orders.values():
            self._index_external(order)

    def _load(self, collection: str, kind: type[R]) -> list[R]:
        decoder = msgspec.json.Decoder(kind)
        raw = self._store.raw(collection, self._prefix)
        return [decoder.decode(body) for body in raw.values()]


def email_key(email: str) -> str:
    """Return an e-mail address as customers are matched on it."""
    return email.strip().lower()


def org_no_key(org_no: str) -> str:
    """Return an organisation or personal number as customers are matched on it."""
    return "".join(c for c in org_no if c.isalnum()).upper()


def _reindex(index: dict[str, list[int]], old: str, new: str, number: int) -> None:
    if old and old != new and number in index.get(old, ()):
        index[old].remove(number)
    if new and number not in index.setdefault(new, []):
        index[new].append(number)
