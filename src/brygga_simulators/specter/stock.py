"""Moves stock: orders reserve it, deliveries take it, removals give it back."""

from decimal import ROUND_FLOOR, Decimal

from brygga_simulators.specter.books import Books
from brygga_simulators.specter.model import ZERO, Article, Order, OrderRow

_ONE = Decimal(1)
_DEEPEST_SET = 5


def moves_of(books: Books, article: Article | None, depth: int = 0) -> dict[str, Decimal]:
    """Return what one of an article moves: itself, or its parts when it is a SET article."""
    if article is None or depth > _DEEPEST_SET:
        return {}
    if not article.parts:
        return {article.article_no: _ONE} if article.keeps_stock else {}
    moves: dict[str, Decimal] = {}
    for part, need in article.parts.items():
        for number, quantity in moves_of(books, books.articles.get(part), depth + 1).items():
            moves[number] = moves.get(number, ZERO) + quantity * need
    return moves


def reserve(books: Books, order: Order) -> None:
    """Take an order's rows off the available stock."""
    _move(books, order, {r.number: r.quantity for r in order.rows}, on_hand=ZERO, reserved=_ONE)


def release(books: Books, order: Order) -> None:
    """Give back what an order has reserved and not delivered."""
    open_rows = {r.number: r.quantity - r.delivered for r in order.rows}
    _move(books, order, open_rows, on_hand=ZERO, reserved=-_ONE)


def deliver(books: Books, order: Order, quantities: dict[int, Decimal]) -> None:
    """Take delivered quantities, by row number, out of the physical stock."""
    _move(books, order, quantities, on_hand=-_ONE, reserved=-_ONE)
    for row in order.rows:
        row.delivered += quantities.get(row.number, ZERO)


def shown_available(books: Books, article: Article, site: str) -> Decimal:
    """Return an article's available number; a SET article has as many as its parts suffice for."""
    if not article.parts:
        return article.available(site)
    possible: list[Decimal] = []
    for number, need in moves_of(books, article).items():
        part = books.articles.get(number)
        if part is not None and need > 0:
            possible.append((part.available(site) / need).to_integral_value(ROUND_FLOOR))
    return min(possible, default=ZERO)


def _move(
    books: Books, order: Order, quantities: dict[int, Decimal], *, on_hand: Decimal, reserved: Decimal
) -> None:
    site = order.stock_site_id or books.options.sites[0]
    totals = _totals(order.rows, quantities)
    for number, quantity in totals.items():
        article = books.articles.get(number)
        if article is None or not quantity:
            continue
        before = article.available(site)
        if on_hand:
            article.on_hand[site] = article.on_hand.get(site, ZERO) + on_hand * quantity
        article.reserved[site] = article.reserved.get(site, ZERO) + reserved * quantity
        moved = article.available(site) != before
        books.save_article(article, stock=moved, info=False)
        if moved and books.options.sets_in_stock_feed:
            touch_sets(books, number)


def touch_sets(books: Books, part: str) -> None:
    """Put the SET articles of a part in the stock feed."""
    for set_number in books.set_articles.get(part, ()):
        books.touch_set_stock(books.articles[set_number])


def _totals(rows: list[OrderRow], quantities: dict[int, Decimal]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for row in rows:
        quantity = quantities.get(row.number, ZERO)
        if quantity:
            for number, each in row.moves.items():
                totals[number] = totals.get(number, ZERO) + quantity * each
    return totals
