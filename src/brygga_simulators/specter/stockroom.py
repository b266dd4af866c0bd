"""What staff in the stock room do: receive goods, correct numbers, move goods between sites."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from brygga_simulators.specter.books import Books
from brygga_simulators.specter.model import ZERO, Article
from brygga_simulators.specter.stock import known_site, save_stock
from brygga_simulators.specter.typed_in import CannotDo, Goods, goods


def receive(books: Books, body: Mapping[str, Any]) -> dict[str, int]:
    """Take goods in at a site: the stock rises by the quantities."""
    site = known_site(books, body.get("site"))
    received = _known(books, _above_zero(goods(body)))
    for article, quantity in received:
        article.on_hand[site] = article.on_hand.get(site, ZERO) + quantity
        article.keeps_stock = True
        save_stock(books, article)
    return {"changed": len(received)}


def adjust(books: Books, body: Mapping[str, Any]) -> dict[str, int]:
    """Correct the stock at a site to what was counted: `stock` is absolute, and may be negative."""
    site = known_site(books, body.get("site"))
    counted = _known(books, goods(body, "stock"))
    for article, quantity in counted:
        before = article.on_hand.get(site)
        article.on_hand[site] = quantity
        article.keeps_stock = True
        save_stock(books, article, moved=quantity != before)
    return {"changed": len(counted)}


def move(books: Books, body: Mapping[str, Any]) -> dict[str, int]:
    """Move goods from one site to another. Nobody checks that they are there."""
    source, target = known_site(books, body.get("from")), known_site(books, body.get("to"))
    if source == target:
        raise CannotDo("from and to are the same stock site")
    moved = _known(books, _above_zero(goods(body)))
    for article, quantity in moved:
        article.on_hand[source] = article.on_hand.get(source, ZERO) - quantity
        article.on_hand[target] = article.on_hand.get(target, ZERO) + quantity
        article.keeps_stock = True
        save_stock(books, article)
    return {"changed": len(moved)}


def _above_zero(rows: Sequence[Goods]) -> Sequence[Goods]:
    for row in rows:
        if row.quantity <= 0:
            raise CannotDo(f"quantity of {row.article_no} must be above 0")
    return rows


def _known(books: Books, rows: Sequence[Goods]) -> list[tuple[Article, Decimal]]:
    """Find the articles before anything is changed."""
    found: list[tuple[Article, Decimal]] = []
    for row in rows:
        article = books.articles.get(row.article_no)
        if article is None:
            raise CannotDo(f"article {row.article_no} is unknown")
        if article.parts:
            raise CannotDo(f"article {row.article_no} is a SET: its parts have the stock")
        found.append((article, row.quantity))
    return found
