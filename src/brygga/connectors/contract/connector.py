"""The card a connector shows, and the sessions it opens: one protocol per capability.

A session is one conversation with one system on behalf of one connection. It speaks domain
objects, raises the errors of `domain/errors.py` and decides nothing about flows. Flows ask for
the capability they need (`TakesDocuments`, `GivesOrders`); they never learn whose it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from brygga.connectors.contract.http import Exchange, HttpPolicy
from brygga.connectors.contract.settings import Field
from brygga.domain.document import SalesDocument
from brygga.domain.events import OrderEvent
from brygga.domain.message import Message
from brygga.domain.order import Order, OrderHead
from brygga.domain.party import Customer, CustomerHead, Matching, ShopCustomer
from brygga.domain.product import Article, Product, ProductHead

Row = TypeVar("Row")


class Role(StrEnum):
    """Which side of a flow a system can stand on."""

    SHOP = "shop"
    ERP = "erp"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answered: shown before saving, kept, and compared later so that a copy is noticed.

    `key` is what must stay the same (a shop's site address, an ERP account's number).
    """

    key: str
    name: str
    currency: str = ""
    time_zone: str = "UTC"  # IANA name
    prices_include_tax: bool = True
    language: str = ""
    remarks: tuple[Message, ...] = ()
    weight_unit: str = "kg"  # what a shop's weights are written in: kg, g, lbs, oz
    country: str = ""  # ISO 3166 alpha-2, where the shop is


@dataclass(frozen=True, slots=True)
class OpenWith:
    """What a session is opened with.

    `observe` is called with every exchange, also failed ones; `before_write` right before anything
    is sent that may change something, and what it raises stops the write.
    """

    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    policy: HttpPolicy
    observe: Callable[[Exchange], None]
    dialect: Mapping[str, str] = field(default_factory=dict)
    identity: Identity | None = None  # as remembered from `check`, if the connection was saved
    before_write: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class OrderStatusName:
    """A status the shop has, by the word it uses itself and the word people see."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class HintDoor:
    """Where a system may knock: an address of ours that can't be guessed, and a shared secret."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Hint:
    """News that a record may have changed. Never trusted for more than what to look at.

    What no feed may tell is told here too: that the record is gone, or which invoice was made of it.
    """

    kind: str  # order, product, or a feed's name
    id: str
    deleted: bool = False
    detail: str = ""  # the number of the invoice that was made of the order `id`


@dataclass(frozen=True, slots=True)
class Knock:
    """One arrival at the door, as received: raw body, lower-case header names, query."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """What to answer a knock with, and the hints it brought (none when it proves nothing)."""

    status: int
    body: str
    hints: tuple[Hint, ...] = ()
    remark: Message | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """A record made at the target: its number there, and what had to be adapted on the way."""

    number: str
    warnings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticlesPut:
    """What became of articles: those refused, by number with the reason; all others went in."""

    refused: Mapping[str, Message] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()


class RoundingModel(StrEnum):
    """How a target adds VAT and rounds."""

    ROW = "row"  # each row's gross to the smallest unit
    RATE = "rate"  # each rate's sum to the smallest unit
    WHOLE = "whole"  # per row, and the total to whole units


@dataclass(frozen=True, slots=True)
class Limits:
    """What a target can hold, as its dialect says it."""

    unit_decimals: int = 3
    amount_decimals: int = 2  # of its own sums, in whatever currency
    whole_percent: bool = True
    rounding: RoundingModel = RoundingModel.ROW
    makes_invoices: bool = False
    article_batch: int = 100
    currencies: frozenset[str] = frozenset()  # empty: not known
    knows_articles: bool = False  # can it be asked whether an article exists
    payment_codes: Mapping[str, str] = field(default_factory=dict)  # by the shop's payment method
    prepaid_methods: frozenset[str] = frozenset()  # the shop's methods that are paid in advance


class Feed(StrEnum):
    """The change feeds a target may offer."""

    ORDERS = "orders"
    STOCK = "stock"
    ARTICLES = "articles"


@dataclass(frozen=True, slots=True)
class FeedBatch(Generic[Row]):
    """Rows read under one batch number. They come again until the batch is confirmed."""

    batch: str
    rows: tuple[Row, ...]
    more: bool = False
    from_check: bool = False  # opened by our own account test, not by another integration
    remarks: tuple[
        Message, ...
    ] = ()  # rows that were left out and values that are unsaid, for a person to mend


@dataclass(frozen=True, slots=True)
class Assumption:
    """A name or value of the wire protocol that nobody has seen confirmed but that is in use."""

    key: str
    value: str
    meaning: str


class Session(Protocol):
    """What every session can do."""

    def check(self) -> Identity:
        """Prove that the settings work, with a real call. Raises ConnectionBroken, TryLater."""

    def close(self) -> None:
        """End the conversation and free its sockets."""


@runtime_checkable
class TellsWho(Session, Protocol):
    """A system that may be moved or copied, and says cheaply who it is."""

    def who(self) -> Identity:
        """Return who answers now, by one call; of the identity only key and name are filled in."""


@runtime_checkable
class GivesOrders(Session, Protocol):
    """A system that sells: orders can be listed by change and read one by one."""

    def order(self, order_id: str) -> Order:
        """Read one order as it is now, refunds included. Raises RecordGone."""

    def orders_changed(self, since: datetime, until: datetime) -> Iterator[OrderHead]:
        """List every order changed in a window, bounds included, each once, drafts left out."""

    def order_statuses(self) -> Sequence[OrderStatusName]:
        """List the statuses the shop has, its plugins' included."""


@runtime_checkable
class TakesFeedback(Session, Protocol):
    """A shop that can be told what became of its order."""

    def add_note(self, order_id: str, text: str, *, to_customer: bool = False) -> None:
        """Write a note on an order. A note to the customer is mailed by the shop."""

    def has_note(self, order_id: str, text: str) -> bool:
        """Say whether the order already has a note with exactly this text."""

    def update_order(self, order_id: str, *, metas: Mapping[str, str], status: str = "") -> Order:
        """Set metas, and a status if one is given, in one write; return the order as it then is."""


@runtime_checkable
class GivesProducts(Session, Protocol):
    """A system whose range can be read: products with all their variants."""

    def product(self, product_id: str) -> Product:
        """Read one product with its variants. A variant's own id gives its parent. RecordGone."""

    def products_changed(self, since: datetime | None, until: datetime) -> Iterator[ProductHead]:
        """List every product changed in a window, bounds included, each once; None means all."""


@runtime_checkable
class GivesCustomers(Session, Protocol):
    """A shop whose registered customers can be listed and read."""

    def customer(self, customer_id: str) -> ShopCustomer:
        """Read one customer as it is now. Raises RecordGone."""

    def customers_changed(self, since: datetime) -> Iterator[CustomerHead]:
        """List customers changed since a moment, each once, the shop's own staff left out.

        Shops may have no such filter: then it reads the heads of all of them.
        """


@runtime_checkable
class Listens(Session, Protocol):
    """A system that can knock when something happens."""

    def ensure_hints(self, door: HintDoor) -> tuple[Message, ...]:
        """See to it that the system knocks at this door; say what had to be healed."""


@runtime_checkable
class TakesCustomers(Session, Protocol):
    """An ERP that keeps customer cards."""

    def put_customer(self, customer: Customer, matching: Matching) -> Created:
        """Find or make the card and write the delivery address; return its id.

        Raises CardGone when there is no card under the customer's `known_id` any more.
        """


@runtime_checkable
class TakesDocuments(Session, Protocol):
    """An ERP that makes orders, and invoices if its limits say so."""

    @property
    def limits(self) -> Limits:
        """What a document may hold."""

    def create_document(self, document: SalesDocument, customer_id: str) -> Created:
        """Make the order or invoice, with the ERP's own duplicate control always on.

        Raises DuplicateNumber when the number is taken, ArticleMissing, RecordRejected,
        TryLater when it surely was not made, OutcomeUnknown when it may have been.
        """


@runtime_checkable
class TakesArticles(Session, Protocol):
    """An ERP whose articles can be made and updated, many at a time."""

    def unfit(self, article_no: str) -> str:
        """Return the characters that make an article number unfit, or an empty text."""

    def put_articles(self, articles: Sequence[Article], *, update: bool) -> ArticlesPut:
        """Make articles, and update those that are there only if told to.

        In as few calls as the target's limit allows; a refused call is halved until the refused
        article stands alone. Repeating it changes nothing, so a lost answer raises TryLater.
        """


@runtime_checkable
class FeedsOrders(Session, Protocol):
    """An ERP that tells of changed orders in batches that must be confirmed."""

    def read_orders(self, batch: str) -> FeedBatch[OrderEvent]:
        """Read the changed orders under a batch number of ours.

        If another batch is open, that one is read instead and named in the answer.
        """

    def confirm_orders(self, batch: str) -> None:
        """Tell the ERP that the rows of a batch are safe with us."""


class OpensSession(Protocol):
    """How a session is opened."""

    def __call__(self, opening: OpenWith) -> Session:
        """Open a session. No call is made yet. Raises SetupWrong for impossible settings."""


class AnswersKnock(Protocol):
    """How a knock is understood: pure, no calls."""

    def __call__(self, knock: Knock, settings: Mapping[str, Any], secret: str) -> DoorAnswer:
        """Check the knock and say what to answer and what to look at."""


class ListsAssumptions(Protocol):
    """What of a dialect is assumed rather than seen."""

    def __call__(self, settings: Mapping[str, Any], dialect: Mapping[str, str]) -> Sequence[Assumption]:
        """List the assumed entries that this connection uses with their values."""


@dataclass(frozen=True, slots=True)
class Connector:
    """The card of a connector: what console, command line, flows and tests read."""

    key: str
    title: str
    role: Role
    fields: tuple[Field, ...]
    open: OpensSession
    answer_knock: AnswersKnock
    assumptions: ListsAssumptions
    check_dialect: Callable[[Mapping[str, str]], Mapping[str, str]]
    secret_fields: tuple[str, ...] = ()
    texts: str = "texts.toml"  # beside the connector's code, package named by `package`
    package: str = ""
    door_urls: Callable[[str], Mapping[str, str]] | None = None  # door -> address by kind, if told by hand
