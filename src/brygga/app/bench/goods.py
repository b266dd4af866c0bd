"""The range of a measurement: so many articles in the ERP, some of them variants, and the same in the shop.

What both sides are to hold is counted here a second time, in the plainest way, and compared after
each phase: figures of a run that wrote something wrong are worth nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from brygga.app.bench.shops import Lane, Simulators

SIZES = ("XS", "S", "M", "L", "XL", "XXL")
_BLOCK = 28
"""Of so many articles the first six are variants of one product, so that some pages of a hundred split one."""
_AT_ONCE = 500
_VAT = Decimal("1.25")
_FIRST_ID = 1000

FEEDS = ("stock", "articles")
PAGE = 100
"""The most of anything that the shop lists or takes in one call."""
FEED_PAGE = 500
"""Articles in one answer of the ERP's article feed; its stock feed has no limit."""


class WrongNumbers(Exception):
    """The shop does not show what the ERP has."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One article: its place, and whose variant it is."""

    place: int

    @property
    def number(self) -> str:
        """Its number in the ERP and its SKU in the shop."""
        return f"A{self.place:06}"

    @property
    def parent(self) -> str:
        """What it is a variant of; empty for goods of their own."""
        return f"P{self.place // _BLOCK:05}" if self.place % _BLOCK < len(SIZES) else ""

    @property
    def size(self) -> str:
        """What makes it this variant."""
        return SIZES[self.place % _BLOCK]


class Range:
    """The articles of a measurement, and what each costs and how many there are, as it changes."""

    def __init__(self, simulators: Simulators, lane: Lane, count: int) -> None:
        self._simulators = simulators
        self._lane = lane
        self.pieces = [Piece(place) for place in range(count)]
        self._changes = [0] * count

    def fill_erp(self) -> None:
        """Let staff type in every article."""
        for part in _parts(self.pieces):
            self._type_in([{**self._named(piece), **self._valued(piece)} for piece in part])

    def fill_shop(self) -> None:
        """Put every article on the shop's shelf, at an old price and with none in stock."""
        products = list(self._products())
        for start in range(0, len(products), _AT_ONCE):
            part = products[start : start + _AT_ONCE]
            self._simulators.in_shop(self._lane, "raw/products", items=part, quiet=True)

    def change(self, pieces: Sequence[Piece]) -> None:
        """Let price and stock of some articles change in the ERP."""
        for piece in pieces:
            self._changes[piece.place] += 1
        for part in _parts(pieces):
            self._type_in([{"articleNo": piece.number, **self._valued(piece)} for piece in part])

    def tell_again(self, *feeds: str) -> None:
        """Let feeds of the ERP tell of everything once more, as it is."""
        for feed in feeds:
            self._simulators.in_erp(self._lane, "flag-all", feed=feed)

    def compare(self) -> None:
        """Compare all that the shop shows with what it is to show. Raises WrongNumbers."""
        for part in _parts(self.pieces):
            skus = [piece.number for piece in part]
            seen = self._simulators.in_shop(self._lane, "shopfront", skus=skus)
            for piece in part:
                shown = seen.get(piece.number)
                wanted = (self._price(piece), self._stock(piece))
                if shown is None or (_number(shown["regular_price"]), shown["stock_quantity"]) != wanted:
                    raise WrongNumbers(f"{piece.number}: {wanted} in the ERP, {shown} in the shop")

    def _price(self, piece: Piece) -> Decimal:
        """What a consumer pays."""
        return (80 + piece.place % 400 + self._changes[piece.place]) * _VAT

    def _stock(self, piece: Piece) -> int:
        return 5 + piece.place % 40 + self._changes[piece.place]

    def _named(self, piece: Piece) -> dict[str, Any]:
        named = {"articleNo": piece.number, "name": f"Vara {piece.place}", "vatPercent": 25}
        if piece.parent:
            named |= {"parentNo": piece.parent, "options": {"Storlek": piece.size}}
        return named

    def _valued(self, piece: Piece) -> dict[str, Any]:
        return {"priceExclVat": str(self._price(piece) / _VAT), "stock": self._stock(piece)}

    def _type_in(self, articles: list[dict[str, Any]]) -> None:
        self._simulators.in_erp(self._lane, "articles", articles=articles)

    def _products(self) -> Iterator[dict[str, Any]]:
        """Yield products and their variations as the shop keeps them, each product first."""
        made: set[str] = set()
        for piece in self.pieces:
            if piece.parent and piece.parent not in made:
                made.add(piece.parent)
                yield self._variable(piece)
            yield self._item(piece)

    def _variable(self, first: Piece) -> dict[str, Any]:
        family = [p for p in self.pieces[first.place : first.place + len(SIZES)] if p.parent == first.parent]
        sizes = {"id": 0, "name": "Storlek", "position": 0, "visible": True, "variation": True}
        return {
            "id": _parent_id(first),
            "name": first.parent,
            "type": "variable",
            "status": "publish",
            "attributes": [{**sizes, "options": [piece.size for piece in family]}],
            "variations": [_item_id(piece) for piece in family],
        }

    def _item(self, piece: Piece) -> dict[str, Any]:
        price = str(self._price(piece) - 1)
        item = {"id": _item_id(piece), "sku": piece.number, "regular_price": price, "price": price}
        item |= {"name": f"Vara {piece.place}", "status": "publish"}
        item |= {"manage_stock": True, "stock_quantity": 0, "stock_status": "outofstock"}
        if not piece.parent:
            return {**item, "type": "simple"}
        chosen = [{"id": 0, "name": "Storlek", "option": piece.size}]
        return {**item, "type": "variation", "parent_id": _parent_id(piece), "attributes": chosen}


@dataclass(frozen=True, slots=True)
class Shape:
    """What some articles are in the shop, and so the fewest calls that read or write them."""

    articles: int
    simple: int
    parents: int

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> "Shape":
        """Count articles by what they are."""
        simple = sum(not piece.parent for piece in pieces)
        return cls(len(pieces), simple, len({piece.parent for piece in pieces if piece.parent}))

    @property
    def lists(self) -> int:
        """Calls to list the products: a hundred each."""
        return ceil((self.simple + self.parents) / PAGE)

    @property
    def reads(self) -> int:
        """Calls to read the items: the products' lists, and each variable product's variations."""
        return self.lists + self.parents

    @property
    def writes(self) -> int:
        """Calls to write the items: a hundred simple ones each, and one for each variable product."""
        return ceil(self.simple / PAGE) + self.parents

    @property
    def article_feed(self) -> int:
        """Calls to read and confirm what the article feed tells of them."""
        return 2 * ceil(self.articles / FEED_PAGE)

    @property
    def stock_feed(self) -> int:
        """Calls to read and confirm what the stock feed tells of them."""
        return 2 if self.articles else 0


def _parts(pieces: Sequence[Piece]) -> Iterator[Sequence[Piece]]:
    for start in range(0, len(pieces), _AT_ONCE):
        yield pieces[start : start + _AT_ONCE]


def _item_id(piece: Piece) -> int:
    return _FIRST_ID + 2 * piece.place + 1


def _parent_id(piece: Piece) -> int:
    return _FIRST_ID + 2 * (piece.place - piece.place % _BLOCK)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None
