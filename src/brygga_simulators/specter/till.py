"""What a cashier does: sells over the counter, parks a purchase, takes it up, closes the day."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from brygga_simulators.specter.books import Books
from brygga_simulators.specter.model import ZERO
from brygga_simulators.specter.money import half_up
from brygga_simulators.specter.stock import known_site, moves_of, shift, times, total
from brygga_simulators.specter.till_records import DayClose, ParkedPurchase, Receipt, TillRow
from brygga_simulators.specter.typed_in import CannotDo, Goods, decimal, goods, whole_number

_ONE = Decimal(1)
_HUNDRED = Decimal(100)


def sell(books: Books, body: Mapping[str, Any]) -> Receipt:
    """Sell over the counter: the stock falls at once. A negative quantity is goods brought back."""
    site, rows = known_site(books, body.get("site")), _rows(books, body)
    shift(books, site, _totals(rows), on_hand=-_ONE)
    return _receipt(books, site, rows, body)


def park(books: Books, body: Mapping[str, Any]) -> ParkedPurchase:
    """Put a purchase aside: nothing leaves, but what it holds is no longer available."""
    site, rows = known_site(books, body.get("site")), _rows(books, body)
    shift(books, site, _totals(rows), parked=_ONE)
    number, note = books.next_number("parked"), str(body.get("note", ""))
    return books.parked.keep(ParkedPurchase(number, site, rows, books.now(), note))


def take_up(books: Books, body: Mapping[str, Any]) -> Receipt:
    """Take up a parked purchase: it becomes a sale. What is available was lowered when it was parked."""
    purchase = _parked(books, body)
    books.parked.drop(purchase.parked_no)
    shift(books, purchase.site, _totals(purchase.rows), on_hand=-_ONE, parked=-_ONE)
    return _receipt(books, purchase.site, purchase.rows, body, purchase.parked_no)


def put_back(books: Books, body: Mapping[str, Any]) -> ParkedPurchase:
    """Give up a parked purchase: its goods are available again."""
    purchase = _parked(books, body)
    _release(books, purchase)
    return purchase


def close_day(books: Books) -> DayClose:
    """End the till's day: all parked purchases give their goods back, the receipts are summed up."""
    released = list(books.parked.values())
    for purchase in released:
        _release(books, purchase)
    closes = list(books.day_closes.values())
    since = closes[-1].last_receipt_no if closes else 0
    receipts = [r for r in books.receipts.values() if r.receipt_no > since]
    made = DayClose(
        books.next_number("close"),
        books.now(),
        len(receipts),
        sum((r.total for r in receipts), ZERO),
        receipts[-1].receipt_no if receipts else since,
        [purchase.parked_no for purchase in released],
    )
    return books.day_closes.keep(made)


def _rows(books: Books, body: Mapping[str, Any]) -> list[TillRow]:
    return [_row(books, one) for one in goods(body)]


def _row(books: Books, one: Goods) -> TillRow:
    article = books.articles.get(one.article_no)
    if article is None or article.deleted:
        raise CannotDo(f"article {one.article_no} is unknown")
    if not one.quantity:
        raise CannotDo(f"quantity of {one.article_no} is 0")
    said = one.said.get("priceExclVat")
    price = article.price_excl_vat if said is None else decimal(said, "priceExclVat")
    gross = half_up(price * one.quantity * (_HUNDRED + article.vat_percent) / _HUNDRED, 2)
    moves = moves_of(books, article)
    return TillRow(article.article_no, article.name, one.quantity, price, article.vat_percent, gross, moves)


def _receipt(
    books: Books, site: str, rows: list[TillRow], body: Mapping[str, Any], parked_no: int = 0
) -> Receipt:
    gross = sum((row.gross for row in rows), ZERO)
    number, paid_by = books.next_number("receipt"), str(body.get("paidBy", ""))
    return books.receipts.keep(Receipt(number, site, rows, gross, books.now(), paid_by, parked_no))


def _parked(books: Books, body: Mapping[str, Any]) -> ParkedPurchase:
    number = whole_number(body.get("parkedNo", ""), "parkedNo")
    purchase = books.parked.get(number)
    if purchase is None:
        raise CannotDo(f"no parked purchase {number}")
    return purchase


def _release(books: Books, purchase: ParkedPurchase) -> None:
    books.parked.drop(purchase.parked_no)
    shift(books, purchase.site, _totals(purchase.rows), parked=-_ONE)


def _totals(rows: Iterable[TillRow]) -> dict[str, Decimal]:
    return total(times(row.quantity, row.moves) for row in rows)
