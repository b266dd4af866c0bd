"""What a product should be by its articles: its name and texts, its items and their choices. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from brygga.domain.message import Message, message
from brygga.domain.order import OptionValue
from brygga.domain.supply import ArticleInfo
from brygga.flows.goods.grouping import Place, Rules, place, same_choices
from brygga.flows.goods.ports import Group
from brygga.flows.goods.settings import GoodsSettings
from brygga.flows.products.articles import is_barcode

_SPARE = " ,;:-–/("  # what a common beginning of names may end in


@dataclass(frozen=True, slots=True)
class ItemWish:
    """One article as it should be sold: alone, or as a variation by its choices."""

    article: ArticleInfo
    options: tuple[OptionValue, ...] = ()
    barcode: str | None = None  # None: not to be written
    is_live: bool = True  # sold at all: not ended, and for the web

    @property
    def article_no(self) -> str:
        """The ERP's number, which is the SKU."""
        return self.article.article_no


@dataclass(slots=True)
class Wish:
    """A product as it should be. `faults` are articles left out of it, by number."""

    key: str
    name: str = ""
    description: str = ""
    short_description: str = ""
    article_group: str = ""
    percent: Decimal | None = None
    weight_kg: Decimal | None = None
    items: list[ItemWish] = field(default_factory=list)
    head: str = ""  # an article that stands for the whole product and is not sold itself
    faults: dict[str, Message] = field(default_factory=dict)
    remarks: list[Message] = field(default_factory=list)

    @property
    def live(self) -> list[ItemWish]:
        """The articles that are sold."""
        return [item for item in self.items if item.is_live]

    @property
    def names(self) -> list[str]:
        """The names of all choices, in the order they are first met."""
        return list(dict.fromkeys(option.name for item in self.items for option in item.options))


def wish_of(group: Group, settings: GoodsSettings) -> Wish:
    """Work out what a group's product should be; an article at fault is left out alone."""
    rules = Rules.of(settings)
    articles = sorted(group.articles, key=lambda article: article.article_no)
    places = {one.article_no: place(one, rules, group.rows.get(one.article_no)) for one in articles}
    wish = Wish(group.key)
    head = _head(group.key, articles, places)
    wish.head = head.article_no if head is not None else ""
    sold = [one for one in articles if one is not head]
    for article in sold:
        wish.items.append(
            ItemWish(
                article,
                places[article.article_no].options,
                _barcode(article, wish),
                is_live=is_sold(article, settings),
            )
        )
    _leave_out_odd_choices(wish)
    about = [head] if head is not None else []
    about += [item.article for item in wish.live] or [item.article for item in wish.items]
    wish.name = _name(group.key, head, [one.name for one in about])
    wish.description = _first(about, "description")
    wish.short_description = _first(about, "short_description")
    wish.article_group = _first(about, "group")
    wish.percent = next((one.vat_percent for one in about if one.vat_percent is not None), None)
    wish.weight_kg = next((one.weight_kg for one in about if one.weight_kg is not None), None)
    return wish


def is_sold(article: ArticleInfo, settings: GoodsSettings) -> bool:
    """Say that an article belongs in the shop. A feed that does not tell leaves none out."""
    return not article.ended and not (settings.goods_only_web and article.for_web is False)


def _head(key: str, articles: Sequence[ArticleInfo], places: Mapping[str, Place]) -> ArticleInfo | None:
    """Return the article that has the product's own number and no choices, if others belong to it."""
    if len(articles) < 2:
        return None
    return next(
        (one for one in articles if one.article_no == key and not places[one.article_no].options), None
    )


def _leave_out_odd_choices(wish: Wish) -> None:
    """Leave out articles that can't be told apart from another, or that lack a choice the others have."""
    if len(wish.live) < 2:
        return
    names = {name.casefold(): name for item in wish.live for name in (option.name for option in item.options)}
    for item in wish.live:
        own = {option.name.casefold() for option in item.options if option.value}
        missing = [name for key, name in names.items() if key not in own]
        if missing or not own:
            wish.faults[item.article_no] = message(
                "goods.no_option", article=item.article_no, group=wish.key, option=", ".join(missing) or "-"
            )
    told = {item.article_no: item.options for item in wish.live if item.article_no not in wish.faults}
    for numbers in same_choices(told):
        said = ", ".join(f"{one.name}: {one.value}" for one in told[numbers[0]])
        for number in numbers:
            wish.faults[number] = message(
                "goods.same_options",
                article=number,
                articles=", ".join(numbers),
                group=wish.key,
                options=said,
            )


def _barcode(article: ArticleInfo, wish: Wish) -> str | None:
    barcode = article.barcode.strip()
    if not barcode or is_barcode(barcode):
        return barcode
    wish.remarks.append(message("goods.bad_barcode", article=article.article_no, barcode=barcode))
    return None


def _name(key: str, head: ArticleInfo | None, names: Sequence[str]) -> str:
    """Name a product: by its head, else by what its articles' names have in common, whole words only."""
    if head is not None and head.name.strip():
        return head.name.strip()
    told = [name.strip() for name in names if name.strip()]
    if not told:
        return key
    common = _common(told)
    if any(len(name) > len(common) and name[len(common)].isalnum() for name in told) and len(set(told)) > 1:
        common = common[: len(common) - len(_last_word(common))]
    return common.rstrip(_SPARE) or told[0]


def _common(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)  # what these two share all of them share
    for at, letter in enumerate(first):
        if at >= len(last) or last[at] != letter:
            return first[:at]
    return first


def _last_word(text: str) -> str:
    at = len(text)
    while at and text[at - 1].isalnum():
        at -= 1
    return text[at:]


def _first(articles: Sequence[ArticleInfo], field_name: str) -> str:
    return next((text for one in articles if (text := str(getattr(one, field_name)).strip())), "")
