"""What staff do with an order: deliver it in parts, number parcels, invoice, pay, cancel, remove."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from brygga_simulators.specter.books import Books, Event
from brygga_simulators.specter.model import Delivery, Invoice, Order
from brygga_simulators.specter.stock import deliver, release
from brygga_simulators.specter.typed_in import CannotDo, decimal, several, whole_number

STATUSES = ("delivered", "partly_delivered", "invoiced", "paid", "cancelled", "removed", "deleted")
_CANCELLED = 5


def set_status(books: Books, order: Order, status: str, body: Mapping[str, Any]) -> None:
    """Do to an order what the status says.

    `trackingNo` (a text or a list) goes with deliveries; `rows` ({row number: quantity}) says what
    a part delivery holds, by default one of the first row. `deleted` leaves no trace in any feed.
    """
    if status not in STATUSES:
        raise CannotDo(f"status must be one of {', '.join(STATUSES)}")
    if order.status_id == _CANCELLED and status != "deleted":
        raise CannotDo(f"order {order.order_no} is removed")
    if status == "delivered":
        _deliver(books, order, _left(order), body)
    elif status == "partly_delivered":
        quantities = _one_of_first(order) if body.get("rows") is None else _chosen(order, body["rows"])
        _deliver(books, order, quantities, body)
    elif status == "invoiced":
        make_invoice(books, order)
    elif status == "paid":
        mark_paid(books, order)
    elif status == "cancelled":
        cancel(books, order)
    else:
        _remove(books, order, in_feed=status == "removed" and books.options.removed_in_feed)


def deliver_rows(books: Books, order: Order, body: Mapping[str, Any]) -> Order:
    """Deliver `rows` ({row number: quantity}), or all that is left, with parcel numbers or without."""
    _refuse_cancelled(order)
    rows = body.get("rows")
    quantities = _left(order) if rows is None else _chosen(order, rows)
    if not any(quantities.values()):
        raise CannotDo(f"order {order.order_no} has nothing left to deliver")
    _deliver(books, order, quantities, body)
    return order


def number_parcels(books: Books, order: Order, body: Mapping[str, Any]) -> Order:
    """Add parcel numbers to what has left already, or take wrong ones back (`void`)."""
    if not order.deliveries:
        raise CannotDo(f"order {order.order_no} has no delivery")
    void = set(several(body.get("void", "")))
    known = {parcel.tracking_no for parcel in order.deliveries}
    if void - known:
        raise CannotDo(f"no parcel {', '.join(sorted(void - known))}")
    new = several(body.get("trackingNo", ""))
    if not new and not void:
        raise CannotDo("trackingNo is missing")
    for parcel in order.deliveries:
        if parcel.tracking_no in void:
            parcel.tracking_no = ""
    for number in new:
        blank = next((parcel for parcel in order.deliveries if not parcel.tracking_no), None)
        if blank is None:
            order.deliveries.append(Delivery(number, books.now(), order.deliveries[-1].delivery_no))
        else:
            blank.tracking_no = number
    order.deliveries = [p for p in order.deliveries if p.tracking_no or p.quantities]
    books.save_order(order, feed=True, delivery=True)
    return order


def make_invoice(books: Books, order: Order) -> Order:
    """Invoice an order, delivered or not."""
    _refuse_cancelled(order)
    invoice(books, order)
    books.save_order(order, feed=True)
    return order


def invoice(books: Books, order: Order) -> Invoice:
    """Make an invoice of an order and let the trigger know; the caller saves the order."""
    made = Invoice(books.next_number("invoice"), books.now())
    order.invoices.append(made)
    ids = (("orderId", str(order.order_no)), ("invoiceId", str(made.invoice_no)))
    books.events.append(Event("invoice", ids))
    return made


def mark_paid(books: Books, order: Order) -> Order:
    """Note that an order is paid. Whether anybody is told is an option."""
    _refuse_cancelled(order)
    order.paid_at = books.now()
    books.save_order(order, feed=books.options.paid_in_feed)
    return order


def cancel(books: Books, order: Order) -> Order:
    """Stop an order: it is kept, with statusId 5, and gives back the stock it has not delivered."""
    _refuse_cancelled(order)
    release(books, order)
    order.status_id = _CANCELLED
    books.save_order(order, feed=True)
    return order


def remove(books: Books, order: Order) -> Order:
    """Take an order away, as if it had never been; whether the feed tells of it is an option."""
    if order.removed:
        raise CannotDo(f"order {order.order_no} is removed")
    _remove(books, order, in_feed=books.options.removed_in_feed)
    return order


def _remove(books: Books, order: Order, *, in_feed: bool) -> None:
    if order.status_id != _CANCELLED:
        release(books, order)
    books.events.append(Event("removed", (("orderNo", str(order.order_no)),)))
    order.status_id = _CANCELLED
    order.removed = True
    if in_feed:
        books.save_order(order, feed=True)
    else:
        books.delete_order(order)


def _deliver(books: Books, order: Order, quantities: dict[int, Decimal], body: Mapping[str, Any]) -> None:
    numbers = several(body.get("trackingNo", body.get("trackingNos", [])))
    delivery_no = max((parcel.delivery_no for parcel in order.deliveries), default=0) + 1
    moved = {str(number): quantity for number, quantity in quantities.items() if quantity}
    deliver(books, order, quantities)
    for position, number in enumerate(numbers or [""]):
        held = moved if position == 0 else {}
        order.deliveries.append(Delivery(number, books.now(), delivery_no, held))
    is_all = all(row.delivered == row.quantity for row in order.rows)
    order.delivery_status, order.status_id = ("D", 4) if is_all else ("P", 3)
    if is_all and books.options.invoice_on_delivery and not order.invoices:
        invoice(books, order)
    books.save_order(order, feed=True, delivery=True)


def _left(order: Order) -> dict[int, Decimal]:
    return {row.number: row.quantity - row.delivered for row in order.rows}


def _one_of_first(order: Order) -> dict[int, Decimal]:
    open_rows = [row for row in order.rows if row.delivered < row.quantity]
    return {row.number: min(Decimal(1), row.quantity - row.delivered) for row in open_rows[:1]}


def _chosen(order: Order, asked: object) -> dict[int, Decimal]:
    """Return quantities by row number; each must be left to deliver. Negative rows are brought back."""
    if not isinstance(asked, Mapping):
        raise CannotDo("rows must be an object of row number to quantity")
    left = _left(order)
    chosen = {whole_number(n, "rows"): decimal(quantity, "rows") for n, quantity in asked.items()}
    for number, quantity in chosen.items():
        most = left.get(number)
        if most is None or not min(most, Decimal(0)) <= quantity <= max(most, Decimal(0)):
            raise CannotDo(f"row {number} has no {quantity} left to deliver")
    return chosen


def _refuse_cancelled(order: Order) -> None:
    if order.status_id == _CANCELLED:
        raise CannotDo(f"order {order.order_no} is cancelled")
