"""Moves stock: orders reserve it, deliveries and the till take it, removals give it back."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, Decimal

from brygga_simulators.specter.books import Books
from brygga_simulators.specter.model import ZERO, Article, Order, OrderRow
from brygga_simulators.specter.typed_in import CannotDo

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
    totals = _totals(order.rows, {r.number: r.quantity for r in order.rows})
    shift(books, _site(books, order), totals, reserved=_ONE)


def release(books: Books, order: Order) -> None:
    """Give back what an order has reserved and not delivered."""
    totals = _totals(order.rows, {r.number: r.quantity - r.delivered for r in order.rows})
    shift(books, _site(books, order), totals, reserved=-_ONE)


def deliver(books: Books, order: Order, quantities: dict[int, Decimal]) -> None:
    """Take delivered quantities, by row number, out of the physical stock."""
    shift(books, _site(books, order), _totals(order.rows, quantities), on_hand=-_ONE, reserved=-_ONE)
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


def available_at(books: Books, article: Article) -> dict[str, Decimal]:
    """Return an article's available number at each site where it has, or had, stock."""
    sites = article.sites()
    if article.parts:
        parts = [books.articles[n] for n in moves_of(books, article)]
        sites = sorted({site for part in parts for site in part.sites()})
    return {site: shown_available(books, article, site) for site in sites or [books.options.sites[0]]}


def shift(
    books: Books,
    site: str,
    totals: Mapping[str, Decimal],
    *,
    on_hand: Decimal = ZERO,
    reserved: Decimal = ZERO,
    parked: Decimal = ZERO,
) -> None:
    """Move quantities of articles at a site; the signs say what grows and what shrinks."""
    for number, quantity in totals.items():
        article = books.articles.get(number)
        if article is None or not quantity:
            continue
        before = article.available(site)
        if on_hand:
            article.on_hand[site] = article.on_hand.get(site, ZERO) + on_hand * quantity
        if reserved:
            article.reserved[site] = article.reserved.get(site, ZERO) + reserved * quantity
        if parked:
            article.parked[site] = article.parked.get(site, ZERO) + parked * quantity
        save_stock(books, article, moved=article.available(site) != before)


def save_stock(books: Books, article: Article, *, moved: bool = True, info: bool = False) -> None:
    """Keep an article; when its available number moved, it and the SETs it is in are told of."""
    books.save_article(article, stock=moved, info=info)
    if moved and books.options.sets_in_stock_feed:
        _touch_sets(books, article.article_no)


def _touch_sets(books: Books, part: str, depth: int = 0) -> None:
    """Put the SET articles of a part in the stock feed, and the SETs that those are in."""
    for number in books.set_articles.get(part, ()):
        set_article = books.articles.get(number)
        if set_article is not None and part in set_article.parts and depth <= _DEEPEST_SET:
            books.save_article(set_article, stock=True, info=False)
            _touch_sets(books, number, depth + 1)


def times(quantity: Decimal, moves: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return what a quantity moves, of what one moves."""
    return {number: quantity * each for number, each in moves.items()}


def total(parts: Iterable[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """Return quantities added up by article."""
    totals: dict[str, Decimal] = {}
    for part in parts:
        for number, quantity in part.items():
            totals[number] = totals.get(number, ZERO) + quantity
    return totals


def known_site(books: Books, said: object) -> str:
    """Return a stock site that was named, or the default one when none was."""
    site = str(said or "").strip() or books.options.sites[0]
    if site not in books.options.sites:
        raise CannotDo(f"stock site {site} is unknown, known: {', '.join(books.options.sites)}")
    return site


def _site(books: Books, order: Order) -> str:
    return order.stock_site_id or books.options.sites[0]


def _totals(rows: list[OrderRow], quantities: dict[int, Decimal]) -> dict[str, Decimal]:
    return total(times(quantities.get(row.number, ZERO), row.moves) for row in rows)
