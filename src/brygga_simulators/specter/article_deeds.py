"""What staff do with articles: type in, change, renumber, end, delete, and mark all as changed."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from brygga_simulators.specter.books import Books
from brygga_simulators.specter.model import ZERO, Article
from brygga_simulators.specter.price_lists import prices_from
from brygga_simulators.specter.stock import known_site, save_stock
from brygga_simulators.specter.typed_in import CannotDo, decimal, named, whole_number, yes

_TEXTS = {
    "name": "name",
    "barCode": "bar_code",
    "articleGroup": "article_group",
    "parentNo": "parent_no",
    "manufacturingCountryCode": "manufacturing_country_code",
    "supplierNo": "supplier_no",
    "supplierName": "supplier_name",
    "supplierArticleNo": "supplier_article_no",
    "webDescription": "web_description",
    "webShortDescription": "web_short_description",
}
_AMOUNTS = {
    "priceExclVat": "price_excl_vat",
    "buyPrice": "buy_price",
    "stockPrice": "stock_price",
    "productWeight": "product_weight",
    "productVolume": "product_volume",
}
_FLAGS = {"deleted": "deleted", "ended": "ended", "forWeb": "for_web"}


def change_article(books: Books, body: Mapping[str, Any]) -> Article:
    """Create or change an article.

    Besides the article's own fields: `stock` (physical) or `available` set the number at `site`;
    `parts`, `parentNo`, `options` and `priceLists` the structure and further prices. Amounts that
    are empty stay as they are.
    """
    number = str(body.get("articleNo", "")).strip()
    if not number:
        raise CannotDo("articleNo is missing")
    changes = _info_changes(books, body)
    stock = _stock_wish(books, body)
    article = books.articles.get(number)
    is_new = article is None
    if article is None:
        article = Article(books.next_number("article"), number, created_at=books.now())
    for attr, value in changes.items():
        setattr(article, attr, value)
    if stock is not None:
        name, site, wanted = stock
        held_back = article.on_hand.get(site, ZERO) - article.available(site)
        article.on_hand[site] = wanted if name == "stock" else wanted + held_back
        article.keeps_stock = True
    save_stock(books, article, moved=stock is not None, info=bool(changes) or is_new)
    return article


def _info_changes(books: Books, body: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {a: str(body[k]) for k, a in _TEXTS.items() if k in body}
    changes |= {a: decimal(body[k], k) for k, a in _AMOUNTS.items() if str(body.get(k, "")).strip()}
    changes |= {a: yes(body[k], k) for k, a in _FLAGS.items() if k in body}
    if str(body.get("vatPercent", "")).strip():
        changes["vat_percent"] = whole_number(body["vatPercent"], "vatPercent")
    if "parts" in body:
        changes["parts"] = {n: decimal(value, "parts") for n, value in named(body["parts"], "parts").items()}
    if "options" in body:
        changes["options"] = named(body["options"], "options")
    if "priceLists" in body:
        changes["price_lists"] = prices_from(books, body["priceLists"])
    return changes


def _stock_wish(books: Books, body: Mapping[str, Any]) -> tuple[str, str, Decimal] | None:
    for name in ("stock", "available"):
        if str(body.get(name, "")).strip():
            return name, known_site(books, body.get("site")), decimal(body[name], name)
    return None


def rename_article(books: Books, body: Mapping[str, Any]) -> Article:
    """Give an article a new number (`newArticleNo`): it stays the same article, with the same articleId."""
    article = the_article(books, body)
    old, new = article.article_no, str(body.get("newArticleNo", "")).strip()
    if not new:
        raise CannotDo("newArticleNo is missing")
    if new in books.articles:
        raise CannotDo(f"article {new} exists already")
    books.renumber_article(article, new)
    save_stock(books, article, info=True)
    for set_number in books.set_articles.pop(old, set()):
        set_article = books.articles.get(set_number)
        if set_article is None:
            continue
        set_article.parts = {new if n == old else n: need for n, need in set_article.parts.items()}
        books.save_article(set_article, stock=False, info=True)
    for variant in books.articles.values():
        if variant.parent_no == old:
            variant.parent_no = new
            books.save_article(variant, stock=False, info=True)
    _renumber_moves(books, old, new)
    return article


def _renumber_moves(books: Books, old: str, new: str) -> None:
    """Let what orders and parked purchases hold be held of the new number."""
    for order in books.orders.values():
        named_it = [row for row in order.rows if old in row.moves]
        for row in named_it:
            row.moves[new] = row.moves.pop(old)
        if named_it:
            books.save_order(order, feed=False)
    for purchase in books.parked.values():
        for till_row in purchase.rows:
            if old in till_row.moves:
                till_row.moves[new] = till_row.moves.pop(old)
        books.parked.keep(purchase)


def flag_setter(attr: str, *, to: bool) -> Callable[[Books, Mapping[str, Any]], Article]:
    """Return a deed that sets or clears a mark of an article: deleted, ended, for the web."""

    def do(books: Books, body: Mapping[str, Any]) -> Article:
        article = the_article(books, body)
        setattr(article, attr, to)
        books.save_article(article, stock=False, info=True)
        return article

    return do


def mark_all(books: Books, body: Mapping[str, Any]) -> dict[str, int]:
    """Mark everything of one `feed` (stock, articles, orders) as changed: a full read for the shop."""
    feed = str(body.get("feed", ""))
    if feed in ("stock", "articles"):
        for article in books.articles.values():
            books.save_article(article, stock=feed == "stock", info=feed == "articles")
        return {"flagged": len(books.articles)}
    if feed == "orders":
        for order in books.orders.values():
            books.save_order(order, feed=True)
        return {"flagged": len(books.orders)}
    raise CannotDo("feed must be one of stock, articles, orders")


def the_article(books: Books, body: Mapping[str, Any]) -> Article:
    """Return the article that `articleNo` names."""
    number = str(body.get("articleNo", "")).strip()
    article = books.articles.get(number)
    if article is None:
        raise CannotDo(f"article {number} is unknown")
    return article
