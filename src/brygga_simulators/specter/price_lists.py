"""Price lists: what staff type in of them, in short and in long forms, and what the feed tells."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from brygga_simulators.specter.books import Books
from brygga_simulators.specter.model import Article, ListPrice, PriceList
from brygga_simulators.specter.money import comma
from brygga_simulators.specter.options import Options
from brygga_simulators.specter.typed_in import CannotDo, a_day, decimal

_SWEDEN = ZoneInfo("Europe/Stockholm")
Prices = dict[str, list[ListPrice]]


def define_list(books: Books, body: Mapping[str, Any]) -> PriceList:
    """Make a price list or change its `currency` or `customerGroup`; its articles then count as changed."""
    name = _name(body)
    known = books.price_lists.get(name)
    before = known or PriceList(name)
    currency = str(body.get("currency", before.currency)).strip().upper()
    if currency not in books.options.open_currencies:
        raise CannotDo(f"currency {currency} is not open in this account")
    group = str(body.get("customerGroup", before.customer_group)).strip()
    wanted = PriceList(name, currency, group)
    if known is not None and known != wanted:
        for article in books.articles.values():
            if name in article.price_lists:
                books.save_article(article, stock=False, info=True)
    return books.price_lists.keep(wanted)


def set_price(books: Books, body: Mapping[str, Any]) -> dict[str, int]:
    """Set an article's price in a list (`name`): one, or many as `prices`.

    A price with the same `fromQuantity`, `from` and `to` as one before takes its place.
    """
    name = _name(body)
    if books.price_lists.get(name) is None:
        define_list(books, body)
    many = body.get("prices", [body])
    read = [(_article(books, one), _price(one)) for one in many]
    for article, price in read:
        kept = [p for p in article.price_lists.get(name, []) if _place(p) != _place(price)]
        article.price_lists[name] = sorted([*kept, price], key=_place)
        books.save_article(article, stock=False, info=True)
    return {"changed": len(read)}


def take_away(books: Books, body: Mapping[str, Any]) -> dict[str, int]:
    """Take an article out of a list, or the whole list away when no `articleNo` is said."""
    name = _name(body)
    if books.price_lists.get(name) is None:
        raise CannotDo(f"no price list {name}")
    if body.get("articleNo"):
        chosen = [_article(books, body)]
    else:
        chosen = list(books.articles.values())
        books.price_lists.drop(name)
    changed = [article for article in chosen if article.price_lists.pop(name, None) is not None]
    for article in changed:
        books.save_article(article, stock=False, info=True)
    return {"changed": len(changed)}


def prices_from(books: Books, said: Any) -> Prices:
    """Return an article's prices by list, and make the lists that are new.

    `said` is an object of name to price, to an object with `tiers`, or to a list of prices; or a
    list of prices that each have a `name`.
    """
    if isinstance(said, Mapping):
        by_name = {str(name): list(_entries(value)) for name, value in said.items()}
    else:
        by_name = {}
        for entry in said:
            by_name.setdefault(_name(entry), []).append(entry)
    prices = {name: sorted((_price(e) for e in entries), key=_place) for name, entries in by_name.items()}
    for name, entries in by_name.items():
        about = {k: v for e in entries for k, v in e.items() if k in ("currency", "customerGroup")}
        if about or books.price_lists.get(name) is None:
            define_list(books, {"name": name, **about})
    return prices


def _entries(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from value
    elif not isinstance(value, Mapping):
        yield {"priceExclVat": value}
    elif "tiers" in value:
        rest = {k: v for k, v in value.items() if k not in ("tiers", "priceExclVat")}
        tiers = {"1": value["priceExclVat"]} if "priceExclVat" in value else {}
        for quantity, price in {**tiers, **value["tiers"]}.items():
            yield {**rest, "fromQuantity": quantity, "priceExclVat": price}
    else:
        yield value


def told_prices(books: Books, article: Article) -> list[dict[str, str]]:
    """Return an article's prices as the attributes of `priceList` elements, by the account's options."""
    options, today = books.options, books.now().astimezone(_SWEDEN).date().isoformat()
    told: list[dict[str, str]] = []
    for name, prices in article.price_lists.items():
        about = books.price_lists.get(name) or PriceList(name)
        for price in _told(prices, options, today):
            attributes = {
                "name": name,
                "currency": about.currency,
                "priceExclVat": comma(price.price_excl_vat),
            }
            if options.price_list_group and about.customer_group:
                attributes["customerGroup"] = about.customer_group
            if price.from_quantity != 1:
                attributes["fromQuantity"] = comma(price.from_quantity)
            if options.price_list_dates:
                days = {"from": price.first_day, "to": price.last_day}
                attributes |= {key: day for key, day in days.items() if day}
            told.append(attributes)
    return told


def _told(prices: list[ListPrice], options: Options, today: str) -> Iterator[ListPrice]:
    for price in prices:
        in_force = (price.first_day or today) <= today <= (price.last_day or today)
        if (options.price_list_tiers or price.from_quantity == 1) and (options.price_list_dates or in_force):
            yield price


def _price(said: Mapping[str, Any]) -> ListPrice:
    if "priceExclVat" not in said:
        raise CannotDo("priceExclVat is missing")
    quantity = decimal(said.get("fromQuantity") or 1, "fromQuantity")
    first_day, last_day = a_day(said.get("from"), "from"), a_day(said.get("to"), "to")
    if first_day and last_day and last_day < first_day:
        raise CannotDo(f"to {last_day} is before from {first_day}")
    return ListPrice(decimal(said["priceExclVat"], "priceExclVat"), quantity, first_day, last_day)


def _place(price: ListPrice) -> tuple[str, str, Decimal]:
    return price.first_day, price.last_day, price.from_quantity


def _name(body: Mapping[str, Any]) -> str:
    name = str(body.get("name", "")).strip()
    if not name:
        raise CannotDo("name of the price list is missing")
    return name


def _article(books: Books, body: Mapping[str, Any]) -> Article:
    number = str(body.get("articleNo", "")).strip()
    article = books.articles.get(number)
    if article is None:
        raise CannotDo(f"article {number} is unknown")
    return article
