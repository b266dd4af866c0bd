"""From an article's prices to those the shop should show: list, currency, VAT, rounding. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from zoneinfo import ZoneInfo

from brygga.domain.message import Message, message
from brygga.domain.money import ZERO, round_money, with_vat
from brygga.domain.shelf import Prices
from brygga.domain.supply import ArticleInfo, ListPrice
from brygga.flows.shelf.settings import PriceRounding, ShelfSettings

_STEPS = {  # from one price to the next, and what they end in
    PriceRounding.HALF: (Decimal("0.50"), ZERO),
    PriceRounding.WHOLE: (Decimal(1), ZERO),
    PriceRounding.NINE: (Decimal(10), Decimal(9)),
    PriceRounding.NINETY: (Decimal(1), Decimal("0.90")),
}
_LAST_SECOND = time(23, 59, 59)  # a bare date would end the sale the evening before


@dataclass(frozen=True, slots=True)
class PriceRules:
    """What a shop's prices are like, and in which currency the ERP's own prices are."""

    currency: str
    include_tax: bool
    time_zone: ZoneInfo
    erp_currency: str = ""


@dataclass(slots=True)
class PriceWish:
    """What the ERP says a price should be. Without `regular` it says nothing that can be shown.

    Faults stop the prices of this item, never its stock; remarks stop nothing.
    """

    regular: Decimal | None = None
    sale: Decimal | None = None
    sale_from: datetime | None = None
    sale_to: datetime | None = None
    faults: list[Message] = field(default_factory=list)
    remarks: list[Message] = field(default_factory=list)

    @property
    def prices(self) -> Prices:
        """Return them as the shop keeps them."""
        return Prices(self.regular, self.sale, self.sale_from, self.sale_to)


def wanted_prices(
    article: ArticleInfo, settings: ShelfSettings, rules: PriceRules, now: datetime
) -> PriceWish:
    """Return the prices an article should have in a shop at this moment."""
    wish = PriceWish()
    today = now.astimezone(rules.time_zone).date()
    if settings.price_list_regular:
        entry = _in_force(article, settings.price_list_regular, today, wish)
        if entry is None:
            wish.remarks.append(
                message("item.not_in_list", article=article.article_no, list=settings.price_list_regular)
            )
            return wish
        wish.regular = _shown(entry.price_ex, entry.currency, entry.name, article, settings, rules, wish)
    elif article.price_ex is not None:
        wish.regular = _shown(article.price_ex, "", "", article, settings, rules, wish)
    if wish.regular is None or not settings.price_list_sale:
        return wish
    entry = _in_force(article, settings.price_list_sale, today, wish) or _next(
        article, settings.price_list_sale, today
    )
    if entry is None:
        return wish
    sale = _shown(entry.price_ex, entry.currency, entry.name, article, settings, rules, wish)
    if sale is None:
        return wish
    if sale >= wish.regular:
        wish.remarks.append(
            message("item.sale_not_below", article=article.article_no, sale=sale, regular=wish.regular)
        )
        return wish
    wish.sale = sale
    wish.sale_from = _moment(entry.starts, time(), rules.time_zone)
    wish.sale_to = _moment(entry.ends, _LAST_SECOND, rules.time_zone)
    return wish


def round_price(price: Decimal, rounding: PriceRounding, currency: str) -> Decimal:
    """Round a price of the shop by a rule; never to nothing what was something."""
    exact = round_money(price, currency)
    if rounding is PriceRounding.SMALLEST or exact <= ZERO:
        return exact
    step, ending = _STEPS[rounding]
    return round_money(max(_nearest(exact, step, ending), ending or step), currency)


def _nearest(price: Decimal, step: Decimal, ending: Decimal) -> Decimal:
    """Return the nearest price with an ending, the higher one of two that are as near."""
    below = ((price - ending) / step).to_integral_value(ROUND_FLOOR) * step + ending
    above = below + step
    return below if price - below < above - price else above


def _shown(
    price_ex: Decimal, currency: str, name: str, article: ArticleInfo, settings: ShelfSettings, rules: PriceRules,
    wish: PriceWish,
) -> Decimal | None:  # fmt: skip
    given = currency or rules.erp_currency
    if given and rules.currency and given != rules.currency:
        wish.faults.append(
            message(
                "item.other_currency",
                article=article.article_no,
                list=name or "-",
                currency=given,
                shop=rules.currency,
            )
        )
        return None
    if price_ex < ZERO:
        wish.faults.append(message("item.price_below_zero", article=article.article_no, price=price_ex))
        return None
    price = price_ex
    if rules.include_tax:
        if article.vat_percent is None:
            wish.faults.append(message("item.no_percent", article=article.article_no))
            return None
        price = with_vat(price_ex, article.vat_percent)
    return round_price(price, settings.price_rounding, rules.currency)


def _in_force(article: ArticleInfo, name: str, today: date, wish: PriceWish) -> ListPrice | None:
    """Return the price of a list that counts today: the one that began last. Tiers are told of once."""
    entries, tiers = _entries(article.lists, name)
    told = message("item.tiers", article=article.article_no, list=name, tiers=len(tiers))
    if tiers and told not in wish.remarks:
        wish.remarks.append(told)
    running = [
        entry
        for entry in entries
        if (entry.starts is None or entry.starts <= today) and (entry.ends is None or today <= entry.ends)
    ]
    return max(running, key=lambda entry: entry.starts or date.min, default=None)


def _next(article: ArticleInfo, name: str, today: date) -> ListPrice | None:
    """Return the price of a list that begins next, if one does: the shop keeps it until its day."""
    coming = [entry for entry in _entries(article.lists, name)[0] if entry.starts and entry.starts > today]
    return min(coming, key=lambda entry: entry.starts or date.max, default=None)


def _entries(lists: Sequence[ListPrice], name: str) -> tuple[list[ListPrice], list[ListPrice]]:
    named = [entry for entry in lists if entry.name == name]
    return [e for e in named if e.from_quantity <= 1], [e for e in named if e.from_quantity > 1]


def _moment(day: date | None, at: time, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, at, zone)


def look_again_at(wish: PriceWish, now: datetime) -> datetime | None:
    """Return when the clock alone changes what should be shown: when a sale is over."""
    if wish.sale_to is None or wish.sale_to < now:
        return None
    return wish.sale_to + timedelta(seconds=1)
