"""What an article is part of and made of: its parent and options, the parts of a set, its list prices.

Half a structure is worse than none: a set with a part that can't be read has no parts, with a
remark; a list price with an unreadable value is left out alone.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from lxml import etree

from brygga.connectors.specter.answers import local_name
from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.dialect_parts import Words
from brygga.connectors.specter.feed_rows import Remarks, shown
from brygga.connectors.specter.feed_values import Told, first_of, read_day, read_number, text_of, values_of
from brygga.domain.message import message
from brygga.domain.order import OptionValue
from brygga.domain.supply import ListPrice

_ONE = Decimal(1)


def structure(
    number: str, told: Told, rich: Sequence[etree._Element], dialect: Dialect, remarks: Remarks
) -> tuple[str, tuple[OptionValue, ...]]:
    """Return an article's parent number and its options, from itself or its variant element."""
    names = dialect.xml_article
    parent = first_of(told, names.parent_no)
    options: list[OptionValue] = []
    holders = [rich]
    for variant in _named(rich, names.variant):
        parent = parent or first_of(values_of(variant)[0], names.parent_no)
        holders.append(list(variant))
    for holder in holders:
        for item in [*_named(holder, names.option), *_inside(holder, names.options, names.option)]:
            said = values_of(item)[0]
            name = first_of(said, names.option_name)
            value = first_of(said, names.option_value) or ("" if len(item) else text_of(item))
            if name and value:
                options.append(OptionValue(name, value))
            else:
                remarks.add(
                    message("specter.option_unread", article=number, name=name or "-", value=value or "-")
                )
    return parent, tuple(options)


def set_parts(
    number: str, rich: Sequence[etree._Element], dialect: Dialect, remarks: Remarks
) -> dict[str, Decimal]:
    """Return how many of each part a set needs; nothing if one of them can't be read."""
    names = dialect.xml_article
    parts: dict[str, Decimal] = {}
    for item in _inside(rich, names.parts, names.part):
        told = values_of(item)[0]
        part, text = first_of(told, dialect.xml.article_no), first_of(told, names.part_quantity)
        quantity = read_number(text)
        if not part or quantity is None or quantity <= 0:
            remarks.add(
                message("specter.part_unread", article=number, part=part or "-", value=shown(text or "-"))
            )
            return {}
        parts[part] = parts.get(part, Decimal(0)) + quantity
    return parts


def list_prices(
    number: str, rich: Sequence[etree._Element], dialect: Dialect, remarks: Remarks
) -> tuple[ListPrice, ...]:
    """Return the article's prices in price lists, tiers and days included."""
    names = dialect.xml_article
    prices: list[ListPrice] = []
    for item in [*_named(rich, names.price_list), *_inside(rich, names.price_lists, names.price_list)]:
        told = values_of(item)[0]
        name, text = first_of(told, names.list_name), first_of(told, names.list_price)
        unread: list[str] = []
        price = read_number(text)
        if price is None or not name:
            unread.append(text)
        quantity = _quantity(first_of(told, names.from_quantity), unread)
        starts, ends = (_day(first_of(told, which), unread) for which in (names.starts, names.ends))
        if unread or price is None:
            value = shown(", ".join(filter(None, unread)) or "-")
            remarks.add(message("specter.list_price_unread", article=number, name=name or "-", value=value))
            continue
        currency = first_of(told, names.list_currency).upper()
        prices.append(ListPrice(name, price, currency, quantity, starts, ends))
    return tuple(prices)


def _quantity(text: str, unread: list[str]) -> Decimal:
    number = read_number(text) if text else _ONE
    if number is None or number < 0:
        unread.append(text)
        return _ONE
    return number or _ONE  # from none on is from the first one on


def _day(text: str, unread: list[str]) -> date | None:
    day = read_day(text) if text else None
    if text and day is None:
        unread.append(text)
    return day


def _named(items: Sequence[etree._Element], names: Words) -> Iterator[etree._Element]:
    return (item for item in items if local_name(item) in names)


def _inside(items: Sequence[etree._Element], outer: Words, inner: Words) -> Iterator[etree._Element]:
    return (item for holder in _named(items, outer) for item in _named(list(holder), inner))
