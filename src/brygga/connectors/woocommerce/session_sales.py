"""Orders and customers: what the flows read of a shop's sales, and what is told the shop of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from brygga.connectors.contract.connector import OpenWith
from brygga.connectors.woocommerce import mapping_customers, mapping_orders, wire
from brygga.connectors.woocommerce.drawing import drawing_of, is_drawn, reserves
from brygga.connectors.woocommerce.lists import Window, rows_by_id
from brygga.connectors.woocommerce.session import DRAFTS, ShopTalk, digits
from brygga.connectors.woocommerce.taken import stock_taken_from_wire
from brygga.connectors.woocommerce.tracking import ITEMS, items_with
from brygga.connectors.woocommerce.values import BadValue, flag, id_text, meta_text, same_text, title
from brygga.connectors.woocommerce.values import text as as_text
from brygga.domain.errors import RecordRejected, SetupWrong, StatusNotKept
from brygga.domain.message import message
from brygga.domain.order import Order, OrderHead, Shipment
from brygga.domain.party import CustomerHead, ShopCustomer
from brygga.domain.refs import Version
from brygga.domain.shelf import StockTaken

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_LAST_NOTES = 3


class SalesTalk(ShopTalk):
    """The part of a session that is about orders and customers, parcels, money, and stock that orders hold."""

    def __init__(self, opening: OpenWith) -> None:
        super().__init__(opening)
        self._keys = mapping_orders.NamedKeys(
            self._settings.organisation_no_keys,
            self._settings.vat_no_keys,
            self._settings.merchant_account_keys,
        )

    def order(self, order_id: str) -> Order:
        """Read an order with its refunds; one in the trash has the status `trash`.

        Raises RecordGone, and RecordRejected for what must not be guessed.
        """
        found = self._client.order(digits(order_id, "order"))
        return self._with_refunds(found, order_id)

    def orders_changed(self, since: datetime, until: datetime) -> Iterator[OrderHead]:
        """List orders changed in a window, the trash included, drafts left out."""
        window = Window.of(since, until)
        query = self._orders_in(window)
        heads = self._heads(self._client.orders, query, mapping_orders.head_from_wire, window, "orders")
        return (head for head in heads if head.status not in DRAFTS)

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

    def add_note(self, order_id: str, text: str, *, to_customer: bool = False) -> None:
        """Write a note on an order. A note to the customer is mailed by the shop.

        Raises RecordRejected for an empty note and for one that came back otherwise.
        """
        if not text.strip():
            raise RecordRejected(message("woocommerce.empty_note", id=order_id))
        note = self._client.add_note(digits(order_id, "order"), text, to_customer)
        if not same_text(meta_text(note.note), text) or flag(note.customer_note) != to_customer:
            raise RecordRejected(
                message("woocommerce.note_not_kept", id=order_id), f"asked {text!r}, got {note!r}"
            )

    def has_note(self, order_id: str, text: str) -> bool:
        """Say whether the order has this note; white space and HTML entities do not count."""
        notes = self._client.notes(digits(order_id, "order"))
        return any(same_text(meta_text(note.note), text) for note in notes)

    def update_order(self, order_id: str, *, metas: Mapping[str, str], status: str = "") -> Order:
        """Set metas and perhaps a status in one write; return the order as it then is.

        Never call it for an order read as trashed: a write would take it out of the trash. Raises
        SetupWrong for a status the shop does not know, RecordGone for an order that is away,
        RecordRejected when the shop kept something else than was asked, such as `on-hold` for
        `completed` when a payment could not be drawn.
        """
        found = self._client.put_order(digits(order_id, "order"), self._change(metas, status))
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
        found = self._client.customer(digits(customer_id, "customer"))
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
        found = self._client.order(digits(order_id, "order"))
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

    def reserves(self, method: str) -> bool:
        """Say whether a payment method is known to hold the money until it is drawn."""
        return reserves(method)

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
        notes = self._client.notes(digits(order_id, "order"))
        private = sorted((int(id_text(n.id) or 0), title(n.note)) for n in notes if not flag(n.customer_note))
        return " / ".join(text for _, text in private[-_LAST_NOTES:])

    def _with_refunds(self, found: wire.Order, order_id: str) -> Order:
        refunds: list[wire.Refund] = []
        if found.refunds:
            refunds = list(rows_by_id(partial(self._client.refunds, order_id), f"orders/{order_id}/refunds"))
        return mapping_orders.order_from_wire(found, refunds, self._keys)

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
