"""What of the shop's own lists a product gets: its tax class by percent, its category by article group."""

from decimal import Decimal

from brygga.domain.errors import RecordRejected
from brygga.domain.message import message
from brygga.domain.money import plain
from brygga.flows.context import RunContext
from brygga.flows.goods.wish import Wish

STANDARD = "standard"


def tax_class_of(article_no: str, percent: Decimal | None, ctx: RunContext) -> str:
    """Return the shop's class for a percent, by the table or by the shop's own rates.

    Raises RecordRejected where there is none: a wrong class is a wrong price.
    """
    if percent is None:
        raise RecordRejected(message("goods.no_percent", article=article_no))
    for text, tax_class in ctx.settings.goods_vat_classes.items():
        if _percent(text) == percent:
            return "" if tax_class.strip() == STANDARD else tax_class.strip()
    for known, classes in ctx.shop.tax_classes().items():
        if known == percent and classes:
            return classes[0]
    raise RecordRejected(message("goods.no_vat_class", article=article_no, percent=plain(percent)))


def category_of(wish: Wish, ctx: RunContext) -> str:
    """Return the category of a new product; empty: the shop's own default."""
    settings = ctx.settings
    group = wish.article_group.strip()
    by_group = {name.casefold(): path for name, path in settings.goods_categories.items()}
    path = by_group.get(group.casefold(), "") if group else ""
    if not path and group and settings.goods_make_categories:
        path = group
    if path:
        found = ctx.shop.category(path, make=settings.goods_make_categories)
        if found:
            return found
        wish.remarks.append(message("goods.no_category", group=wish.key, category=path))
    if not settings.goods_category.strip():
        return ""
    found = ctx.shop.category(settings.goods_category, make=settings.goods_make_categories)
    if not found:
        wish.remarks.append(message("goods.no_category", group=wish.key, category=settings.goods_category))
    return found


def _percent(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip().removesuffix("%").strip().replace(",", "."))
    except ArithmeticError:
        return None
