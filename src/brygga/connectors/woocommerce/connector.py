"""The card of the WooCommerce connector, and the session that joins its parts."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from brygga.connectors.contract.connector import (
    Assumption,
    Connector,
    HintDoor,
    Identity,
    OpenWith,
    OrderStatusName,
    Role,
)
from brygga.connectors.contract.http import HttpClient
from brygga.connectors.woocommerce import mapping_customers, mapping_orders, mapping_products, wire
from brygga.connectors.woocommerce.auth import signer_for
from brygga.connectors.woocommerce.client import WooClient
from brygga.connectors.woocommerce.drawing import drawing_of, is_drawn
from brygga.connectors.woocommerce.goods import GoodsDesk
from brygga.connectors.woocommerce.goods_terms import Terms
from brygga.connectors.woocommerce.hooks import ensure_hooks
from brygga.connectors.woocommerce.item_writes import ItemWriter
from brygga.connectors.woocommerce.items import TRASH, ItemReader
from brygga.connectors.woocommerce.lists import HasId, Page, Window, rows_by_id
from brygga.connectors.woocommerce.mapping_products import Range
from brygga.connectors.woocommerce.settings import FIELDS, SECRET_FIELDS, woo_settings
from brygga.connectors.woocommerce.shop import identify, site_of
from brygga.connectors.woocommerce.taken import stock_taken_from_wire
from brygga.connectors.woocommerce.tracking import ITEMS, items_with
from brygga.connectors.woocommerce.values import BadValue, flag, id_text, meta_text, same_text, title
from brygga.connectors.woocommerce.values import text as as_text
from brygga.connectors.woocommerce.webhooks import answer_knock
from brygga.domain.errors import RecordGone, RecordRejected, SetupWrong, StatusNotKept, TryLater
from brygga.domain.goods import Attribute, Fields, ProductAnswer, ShopProduct, VariationAnswer, VariationWrite
from brygga.domain.message import Message, message
from brygga.domain.order import Order, OrderHead, Shipment
from brygga.domain.party import CustomerHead, ShopCustomer
from brygga.domain.product import Product, ProductHead
from brygga.domain.refs import Version
from brygga.domain.shelf import ItemAnswer, ItemWrite, ShopItem, StockTaken

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_LAST_NOTES = 3
DRAFTS = frozenset({"checkout-draft", "auto-draft"})  # carts under way in the checkout, never orders

# How long lists of orders go by the statuses last read. A poll looks back longer than this, so that an
# order in a status that a plugin has just brought is listed by a later one.
STATUSES_FOR = 300.0

_statuses: dict[tuple[str, str], tuple[float, tuple[OrderStatusName, ...]]] = {}  # by site and key, with time

R = TypeVar("R", bound=HasId)
H = TypeVar("H", OrderHead, ProductHead, StockTaken)


class WooSession:
    """One conversation with a shop: orders and feedback, products, items and stock, and hints.

    It is GivesOrders, TakesFeedback, GivesProducts, GivesItems, TakesItems and Listens. Every
    method raises the errors of `answers.py`; what more it may raise stands at the method.
    Statuses and VAT rates are asked for once.
    """

    def __init__(self, opening: OpenWith) -> None:
        self._settings = woo_settings(opening.settings, opening.secrets)
        self._http = HttpClient(opening.policy, opening.observe, opening.before_write)
        self._client = WooClient(self._settings.url, signer_for(self._settings), self._http)
        self._identity = opening.identity
        self._account = (self._settings.url, self._settings.consumer_key)
        self._statuses: tuple[OrderStatusName, ...] = ()
        self._range: Range | None = None
        self._reader: ItemReader | None = None
        self._writer: ItemWriter | None = None
        self._desk: GoodsDesk | None = None
        self._terms = Terms(self._client)
        self._classes: Mapping[Decimal, Sequence[str]] | None = None
        self._keys = mapping_orders.NamedKeys(
            self._settings.organisation_no_keys,
            self._settings.vat_no_keys,
            self._settings.merchant_account_keys,
        )

    def check(self) -> Identity:
        """Prove address, key and both permissions with real calls; say who answered."""
        self._identity = identify(self._client, self._settings)
        return self._identity

    def who(self) -> Identity:
        """Say which site answers at the address now."""
        return site_of(self._client.index(), self._settings)

    def close(self) -> None:
        """Free the sockets."""
        self._http.close()

    def order(self, order_id: str) -> Order:
        """Read an order with its refunds; one in the trash has the status `trash`.

        Raises RecordGone, and RecordRejected for what must not be guessed.
        """
        found = self._client.order(_digits(order_id, "order"))
        return self._with_refunds(found, order_id)

    def orders_changed(self, since: datetime, until: datetime) -> Iterator[OrderHead]:
        """List orders changed in a window, the trash included, drafts left out."""
        window = Window.of(since, until)
        query = self._orders_in(window)
        heads = self._heads(self._client.orders, query, mapping_orders.head_from_wire, window, "orders")
        return (head for head in heads if head.status not in DRAFTS)

    def order_statuses(self) -> Sequence[OrderStatusName]:
        """List the shop's statuses, its plugins' and the drafts' included."""
        if not self._statuses:
            self._statuses = self._read_statuses()
        return self._statuses

    def add_note(self, order_id: str, text: str, *, to_customer: bool = False) -> None:
        """Write a note on an order. A note to the customer is mailed by the shop.

        Raises RecordRejected for an empty note and for one that came back otherwise.
        """
        if not text.strip():
            raise RecordRejected(message("woocommerce.empty_note", id=order_id))
        note = self._client.add_note(_digits(order_id, "order"), text, to_customer)
        if not same_text(meta_text(note.note), text) or flag(note.customer_note) != to_customer:
            raise RecordRejected(
                message("woocommerce.note_not_kept", id=order_id), f"asked {text!r}, got {note!r}"
            )

    def has_note(self, order_id: str, text: str) -> bool:
        """Say whether the order has this note; white space and HTML entities do not count."""
        notes = self._client.notes(_digits(order_id, "order"))
        return any(same_text(meta_text(note.note), text) for note in notes)

    def update_order(self, order_id: str, *, metas: Mapping[str, str], status: str = "") -> Order:
        """Set metas and perhaps a status in one write; return the order as it then is.

        Never call it for an order read as trashed: a write would take it out of the trash. Raises
        SetupWrong for a status the shop does not know, RecordGone for an order that is away,
        RecordRejected when the shop kept something else than was asked, such as `on-hold` for
        `completed` when a payment could not be drawn.
        """
        found = self._client.put_order(_digits(order_id, "order"), self._change(metas, status))
        if status and as_text(found.status) != status:
            became = as_text(found.status)
            raise StatusNotKept(
                message("woocommerce.status_not_kept", id=order_id, asked=status, became=became),
                became=became,
            )
        kept = {(as_text(meta.key), meta_text(meta.value)) for meta in found.meta_data}
        for key, value in metas.items():
            if (key, value) not in kept:
                raise RecordRejected(message("woocommerce.meta_not_kept", id=order_id, field=key))
        return self._with_refunds(found, order_id)

    def customer(self, customer_id: str) -> ShopCustomer:
        """Read a registered customer."""
        found = self._client.customer(_digits(customer_id, "customer"))
        try:
            return mapping_customers.customer_from_wire(found, self._keys)
        except BadValue as error:
            raise RecordRejected(
                message(
                    "woocommerce.bad_customer_value",
                    id=customer_id,
                    field=error.field,
                    value=str(error.value)[:60],
                ),
                str(error),
            ) from error

    def customers_changed(self, since: datetime) -> Iterator[CustomerHead]:
        """List customers changed since a moment; the shop knows no such filter, so all heads are read."""
        for row in rows_by_id(self._client.customers, "customers"):
            if as_text(row.role) in mapping_customers.STAFF:
                continue
            try:
                head = mapping_customers.head_from_wire(row)
            except BadValue:
                # Told of once, as if it had never changed; it is read and judged when its turn comes.
                yield CustomerHead(id_text(row.id), Version(_NEVER))
                continue
            if head.version.changed_at >= since:
                yield head

    def put_parcels(self, order_id: str, parcels: Sequence[Shipment]) -> Order:
        """Add parcels to the list that tracking plugins read; those it has are left as they are."""
        found = self._client.order(_digits(order_id, "order"))
        items = items_with(found, parcels, datetime.now(UTC))
        if items is not None:
            found = self._client.put_order(order_id, {"meta_data": [{"key": ITEMS, "value": items}]})
            if items_with(found, parcels, datetime.now(UTC)) is not None:
                raise RecordRejected(message("woocommerce.meta_not_kept", id=order_id, field=ITEMS))
        return self._with_refunds(found, order_id)

    def draws_at(self, method: str) -> Sequence[str]:
        """Return the statuses at which a payment method's plugin draws."""
        known = drawing_of(method)
        return known.at if known is not None else ()

    def draws_itself(self, method: str) -> bool | None:
        """Say whether a payment method's plugin is set to draw, as its own settings in the shop say."""
        known = drawing_of(method)
        gateway, key, on = known.switch if known is not None else ("", "", "")
        for row in self._client.gateways():
            if as_text(row.id) == gateway and key in row.settings:
                return (
                    as_text(row.settings[key].get("value")) == on
                )  # it manages orders even when not offered
        return None

    def is_drawn(self, order: Order) -> bool | None:
        """Say whether an order bears its plugin's sign that the money was drawn."""
        return is_drawn(order)

    def last_notes(self, order_id: str) -> str:
        """Return the newest private notes on an order, newest last, without markup.

        A change of status is a note of the shop's own, so a plugin's is seldom the very last.
        """
        notes = self._client.notes(_digits(order_id, "order"))
        private = sorted((int(id_text(n.id) or 0), title(n.note)) for n in notes if not flag(n.customer_note))
        return " / ".join(text for _, text in private[-_LAST_NOTES:])

    def product(self, product_id: str) -> Product:
        """Read a product with its variants; a variation's own id gives its parent."""
        found = self._client.product(_digits(product_id, "product"))
        if as_text(found.type) == "variation":
            found = self._client.product(_digits(id_text(found.parent_id), "product"))
        own_id = id_text(found.id)
        variations: list[wire.Product] = []
        if mapping_products.has_variations(found):
            variations = list(
                rows_by_id(partial(self._client.variations, own_id), f"products/{own_id}/variations")
            )
        return mapping_products.product_from_wire(found, variations, self._shop_range())

    def products_changed(self, since: datetime | None, until: datetime) -> Iterator[ProductHead]:
        """List products changed in a window. A variation's change touches its parent (measured)."""
        window = Window.of(since, until)
        return self._heads(
            self._client.products, window.query(), mapping_products.head_from_wire, window, "products"
        )

    def items_of(self, product_ids: Sequence[str]) -> Sequence[ShopItem]:
        """Read all items of these products, in their order; variations by id behind each other.

        A call for each hundred products, one more for each hundred that are not there (they may be
        in the trash, and then have that status), and one for each product with variations, and
        hundred of them. A product that is neither simple nor variable comes as itself with its
        type; so does a variable one in the trash, or without variations. A variation's id gives
        nothing: ask for its product.
        """
        return self._items().of_products(product_ids)

    def items_by_sku(self, skus: Sequence[str]) -> Sequence[ShopItem]:
        """Find every item with one of these SKUs, to the letter, in a call for each hundred or so.

        A variable product that has such a SKU itself is among them with its type. A SKU with a
        comma takes a call of its own. One with `<`, a code like `%41` or double spaces can't be
        asked for: only `all_items` finds it. The trash is not searched.
        """
        return self._items().by_sku(skus)

    def trashed_by_sku(self, skus: Sequence[str]) -> Sequence[ShopItem]:
        """Find the items in the trash with one of these SKUs: they keep others from having it."""
        return self._items().by_sku(skus, TRASH)

    def all_items(self, after: str = "") -> Iterator[ShopItem]:
        """Read the whole range but the trash, page by page by rising product id, with flat memory.

        `after` is the product id at which an earlier reading stopped, perhaps in the middle of its
        variations: that product comes again, and all behind it. A call for each 99 products and
        one for each product with variations; finding the place again takes some ten small calls.
        """
        return self._items().everything(after)

    def stock_taken(self, since: datetime, until: datetime) -> Iterator[StockTaken]:
        """List orders changed in a window, the trash included, with what each holds of the stock.

        A call for each 99 orders. Orders in the trash go on holding what they took. What can't be
        seen: orders deleted for good, which leave no trace and do not give back; lines without
        SKU, as of products deleted since; and what a checkout under way has reserved, which the
        shop does not take off its number.
        """
        window = Window.of(since, until)
        query = self._orders_in(window)
        held = self._heads(self._client.orders_holding, query, stock_taken_from_wire, window, "orders")
        return (order for order in held if order.status not in DRAFTS)

    def put_items(self, writes: Sequence[ItemWrite]) -> Sequence[ItemAnswer]:
        """Tell items what to show: a call for each hundred products, and one for each parent.

        What is not fit to be sent is a fault, and the rest of that item is sent. Every value of
        the answer is compared with what was asked: the first difference is the fault, more are
        remarks. An item in the trash takes values and has a fault; do not write a status to it,
        which would take it out. A write of nothing makes no call and has neither item nor fault.
        A status of stock does not stop the counting of stock. Raises TryLater for an unclear end.
        """
        if self._writer is None:
            self._writer = ItemWriter(self._client, self._weight_unit())
        return self._writer.put(writes)

    def shop_product(self, product_id: str) -> ShopProduct:
        """Read a product for comparing, with all its variations, also one in the trash."""
        return self._goods().product(_digits(product_id, "product"))

    def create_product(self, fields: Fields) -> ProductAnswer:
        """Make a product. A bar code that another has is left out, and told."""
        return self._goods().create(fields)

    def change_product(self, product_id: str, fields: Fields) -> ProductAnswer:
        """Change a product; one in the trash stays there unless a status is written."""
        return self._goods().change(_digits(product_id, "product"), fields)

    def put_variations(self, product_id: str, writes: Sequence[VariationWrite]) -> Sequence[VariationAnswer]:
        """Make and change variations: a call for each fifty, and one that reads the product's attributes."""
        return self._goods().put_variations(_digits(product_id, "product"), writes)

    def attribute(self, name: str, values: Sequence[str], order: Sequence[str]) -> Attribute:
        """Find or make a global attribute with these values; the shop's lists are read once."""
        return self._terms.attribute(name, values, order)

    def category(self, path: str, *, make: bool) -> str:
        """Find or make a category; the shop's list is read once."""
        return self._terms.category(path, make=make)

    def tax_classes(self) -> Mapping[Decimal, Sequence[str]]:
        """Return the tax classes by percent; asked for once."""
        if self._classes is None:
            self._classes = self._terms.tax_classes(self._shop_range())
        return self._classes

    def page_of(self, product_id: str) -> str:
        """Return where the shop's people edit a product."""
        return f"{self._settings.url}/wp-admin/post.php?post={product_id}&action=edit"

    def ensure_hints(self, door: HintDoor) -> tuple[Message, ...]:
        """See to it that the shop knocks at this door; say what was made, healed or removed."""
        return ensure_hooks(self._client, door, self._settings.url)

    def _goods(self) -> GoodsDesk:
        if self._desk is None:
            self._desk = GoodsDesk(self._client, self._weight_unit())
        return self._desk

    def _items(self) -> ItemReader:
        if self._reader is None:
            self._reader = ItemReader(self._client, self._weight_unit())
        return self._reader

    def _weight_unit(self) -> str:
        return (self._identity or self.check()).weight_unit

    def _orders_in(self, window: Window) -> Mapping[str, str]:
        # Named one by one: `any` has the drafts of carts in it, and not the trash.
        names = [status.key for status in self._statuses_lately() if status.key not in DRAFTS]
        return {"status": ",".join([*names, TRASH]), **window.query()}

    def _with_refunds(self, found: wire.Order, order_id: str) -> Order:
        refunds: list[wire.Refund] = []
        if found.refunds:
            refunds = list(rows_by_id(partial(self._client.refunds, order_id), f"orders/{order_id}/refunds"))
        return mapping_orders.order_from_wire(found, refunds, self._keys)

    def _heads(
        self, read: Callable[[Mapping[str, str]], Page[R]], query: Mapping[str, str], map_row: Callable[[R], H],
        window: Window, what: str,
    ) -> Iterator[H]:  # fmt: skip
        for row in rows_by_id(lambda paging: read({**query, **paging}), what):
            try:
                head = map_row(row)
            except BadValue as error:  # a head only points: the record itself is read and judged later
                raise TryLater(
                    message("woocommerce.unreadable", what=f"{what}/{row.id}"), str(error), system_away=False
                ) from error
            if window.holds(head.modified_at):
                yield head

    def _change(self, metas: Mapping[str, str], status: str) -> dict[str, Any]:
        if status and status not in self._known_statuses(status):
            known = ", ".join(sorted(self._known_statuses(status)))
            raise SetupWrong(
                message("woocommerce.unknown_status", status=status, known=known), setting="status"
            )
        change: dict[str, Any] = {
            "meta_data": [{"key": key, "value": str(value)} for key, value in metas.items()]
        }
        return {**change, "status": status} if status else change

    def _known_statuses(self, wanted: str) -> set[str]:
        known = {status.key for status in self.order_statuses()} - DRAFTS
        if wanted not in known:  # a plugin may have been installed since we asked
            self._statuses = self._read_statuses()
            known = {status.key for status in self._statuses} - DRAFTS
        return known

    def _statuses_lately(self) -> Sequence[OrderStatusName]:
        read_at, statuses = _statuses.get(self._account, (0.0, ()))
        if statuses and time.monotonic() - read_at < STATUSES_FOR:
            return statuses
        return self.order_statuses()

    def _read_statuses(self) -> tuple[OrderStatusName, ...]:
        statuses = tuple(
            OrderStatusName(as_text(row.slug).removeprefix("wc-"), title(row.name))
            for row in self._client.order_statuses()
            if row.slug
        )
        _statuses[self._account] = (time.monotonic(), statuses)
        return statuses

    def _shop_range(self) -> Range:
        if self._range is None:
            identity = self._identity or self.check()
            self._range = Range(
                currency=identity.currency,
                prices_include_tax=identity.prices_include_tax,
                weight_unit=identity.weight_unit,
                country=identity.country,
                rates=[
                    mapping_products.rate_from_wire(row) for row in rows_by_id(self._client.taxes, "taxes")
                ],
            )
        return self._range


def _digits(record_id: str, kind: str) -> str:
    # An id is part of an address; anything but digits was never a record of this shop.
    if not (record_id.isascii() and record_id.isdigit()):
        raise RecordGone(message(f"woocommerce.{kind}_gone", id=record_id[:40], host="", what=kind))
    return record_id


def _no_assumptions(settings: Mapping[str, Any], dialect: Mapping[str, str]) -> Sequence[Assumption]:  # noqa: ARG001
    return ()  # what is used of the shop's interface was measured


def _no_dialect(dialect: Mapping[str, str]) -> Mapping[str, str]:
    if dialect:
        name = next(iter(dialect))
        raise SetupWrong(message("setup.unknown_field", field=name), setting=name)
    return {}


connector = Connector(
    key="woocommerce",
    title="WooCommerce",
    role=Role.SHOP,
    fields=FIELDS,
    open=WooSession,
    answer_knock=answer_knock,
    assumptions=_no_assumptions,
    check_dialect=_no_dialect,
    secret_fields=SECRET_FIELDS,
    package="brygga.connectors.woocommerce",
)
