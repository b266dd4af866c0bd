"""Fills an account with a believable Swedish range: the same one for the same number of articles.

Clothes and the like are variants by structure, one article for each size and colour, with numbers
like TROJA-BIRKA-RED-L; their parent has no article of its own.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

from brygga_simulators.specter.books import Books
from brygga_simulators.specter.model import Article, ListPrice
from brygga_simulators.specter.money import half_up
from brygga_simulators.specter.price_lists import define_list
from brygga_simulators.specter.seed_words import COLOURS, LINES, MODELS, Line

RESELLERS, EUROS = "Återförsäljare", "Export EUR"
_LOW_FOOD = (date(2026, 4, 1), date(2027, 12, 31))
_PLAIN = str.maketrans("åäöÅÄÖ", "aaoAAO")
_ONE, _TEN = Decimal(1), Decimal(10)
_EUR = Decimal("0.09")


@dataclass(frozen=True, slots=True)
class _Planned:
    """An article before it has price and stock."""

    number: str
    name: str
    line: Line
    parent: str
    options: dict[str, str]
    model: int


def seed(books: Books, wanted: int) -> int:
    """Add articles until there are `wanted` of this range; those that exist stay as they are.

    Returns how many were added.
    """
    if wanted < 0:
        raise ValueError("articles must not be below 0")
    chance = random.Random(1)  # noqa: S311 - repeatable, not secret
    groups = (RESELLERS, "SEK", "20"), (EUROS, "EUR", "30")
    for name, currency, group in groups:
        if currency in books.options.open_currencies:
            define_list(books, {"name": name, "currency": currency, "customerGroup": group})
    added = 0
    for running, planned in zip(range(wanted), _range(), strict=False):
        article = _article(books, planned, running, chance)
        if planned.number not in books.articles:
            article.article_id = books.next_number("article")
            books.save_article(article, stock=True, info=True)
            added += 1
    return added


def ean13(first_twelve: str) -> str:
    """Return a bar code with its check digit."""
    odd, even = (sum(int(digit) for digit in first_twelve[start::2]) for start in (0, 1))
    return f"{first_twelve}{-(odd + 3 * even) % 10}"


def _range() -> Iterator[_Planned]:
    """Yield articles without end: every line in every model, and then again as the next season's."""
    for season in count(1):
        for model, place in enumerate(MODELS):
            for line in LINES:
                name = f"{line.name} {place}" + (f" {season}" if season > 1 else "")
                stem = f"{line.stem}-{place.translate(_PLAIN).upper()}" + (str(season) if season > 1 else "")
                yield from _variants(line, stem, name, model)


def _variants(line: Line, stem: str, name: str, model: int) -> Iterator[_Planned]:
    colours = list(COLOURS.items()) if line.coloured else [("", "")]
    for code, colour in colours:
        for size in line.sizes or ("",):
            options = {k: v for k, v in (("Färg", colour), ("Storlek", size)) if v}
            number = "-".join(part for part in (stem, code, size) if part)
            text = ", ".join([name, *options.values()])
            yield _Planned(number, text, line, stem if options else "", options, model)


def _article(books: Books, planned: _Planned, running: int, chance: random.Random) -> Article:
    line = planned.line
    percent = _vat(line.vat, books.now().date())
    step = (line.dearest - line.cheapest) // 10
    kronor = line.cheapest + step * (planned.model * 7 % 11)
    price = half_up(Decimal(kronor) * 100 / (100 + percent), 2)
    article = Article(
        0, planned.number, planned.name, price, percent,
        buy_price=half_up(price * 45 / 100, 2),
        bar_code=ean13(f"735{running:09}"),
        product_weight=Decimal(line.grams) / 1000,
        product_volume=Decimal("0.002"),
        supplier_no=str(500 + planned.model % 9),
        supplier_article_no=f"L{running:06}",
        manufacturing_country_code="SE",
        article_group=line.group,
        parent_no=planned.parent,
        options=planned.options,
        keeps_stock=True,
        created_at=books.now(),
        web_short_description=f"{planned.name}.",
    )  # fmt: skip
    article.price_lists = _prices(books, price)
    article.on_hand = {
        site: Decimal(_stock(chance, place)) for place, site in enumerate(books.options.sites[:3])
    }
    return article


def _prices(books: Books, price: Decimal) -> dict[str, list[ListPrice]]:
    prices: dict[str, list[ListPrice]] = {}
    if books.price_lists.get(RESELLERS) is not None:
        reseller = half_up(price * 70 / 100, 2)
        prices[RESELLERS] = [ListPrice(reseller), ListPrice(half_up(reseller * 90 / 100, 2), _TEN)]
    if books.price_lists.get(EUROS) is not None:
        prices[EUROS] = [ListPrice(half_up(price * _EUR, 2), _ONE)]
    return prices


def _stock(chance: random.Random, place: int) -> int:
    """Return a number for a site: the first is the warehouse, the others are shops; some are empty."""
    if chance.random() < 0.12:
        return 0
    return chance.randint(1, 60 if place == 0 else 8)


def _vat(kind: str, today: date) -> int:
    if kind == "food":
        return 6 if _LOW_FOOD[0] <= today <= _LOW_FOOD[1] else 12
    return {"full": 25, "reduced": 12, "books": 6}[kind]
