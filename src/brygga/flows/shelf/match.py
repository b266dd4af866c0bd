"""Finds the shop's items that articles are: by link, else by exactly the same SKU."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from brygga.domain.message import Message, message
from brygga.domain.shelf import ShopItem
from brygga.domain.supply import ArticleInfo, Supply
from brygga.flows.context import RunContext
from brygga.flows.products.suspects import spelling


@dataclass(slots=True)
class Match:
    """What an article is in the shop: its items, links new and broken, or why it is none."""

    article_no: str
    items: list[ShopItem] = field(default_factory=list)
    found: list[ShopItem] = field(default_factory=list)  # of these the link is new
    gone: list[str] = field(default_factory=list)  # linked, but not there any more
    absent: Message | None = None  # not in the shop: nothing is wrong
    clash: Message | None = None  # a person must say which it is


def find_items(article_nos: Sequence[str], ctx: RunContext) -> tuple[dict[str, Match], list[ShopItem]]:
    """Match articles with items, read as they are now; return all items of the products read, too."""
    matches = {number: Match(number) for number in article_nos}
    linked = ctx.shelf.items_of(article_nos)
    by_sku = _by_sku([number for number in article_nos if number not in linked], ctx)
    owners = ctx.shelf.articles_of([item.ref for items in by_sku.values() for item in items])
    wanted = {ref for refs in linked.values() for ref in refs}
    wanted |= {item.ref for items in by_sku.values() for item in items}
    product_ids = dict.fromkeys(ref.partition("/")[0] for ref in sorted(wanted))
    read = list(ctx.shop.items_of(list(product_ids))) if product_ids else []
    now = {item.ref: item for item in read}
    told = ctx.shelf.supply(list(by_sku)) if by_sku else {}
    for number, match in matches.items():
        refs = linked.get(number, ())
        if refs:
            _follow(match, refs, now)
        else:
            hits = [now.get(item.ref, item) for item in by_sku.get(number, ())]
            _join(match, hits, owners, told.get(number))
    unmatched = [number for number, match in matches.items() if match.absent and not match.gone]
    for number, other in spelt_otherwise(unmatched, ctx).items():
        matches[number].clash = message(
            "item.suspect", article=number, item=other.name, sku=other.sku, ref=other.ref
        )
    return matches, read


def _follow(match: Match, refs: Sequence[str], now: Mapping[str, ShopItem]) -> None:
    """Take the items of links; one that was moved to the trash is as good as gone, but stays linked."""
    for ref in refs:
        item = now.get(ref)
        if item is None:
            match.gone.append(ref)
        elif item.status != "trash":
            match.items.append(item)
    if match.items:
        return
    if len(match.gone) == len(refs):
        match.absent = message("item.gone", article=match.article_no, ref=", ".join(match.gone))
    else:
        match.absent = message("item.in_trash", article=match.article_no, ref=", ".join(refs))


def _join(match: Match, hits: Sequence[ShopItem], owners: Mapping[str, str], supply: Supply | None) -> None:
    hits = [item for item in hits if item.status != "trash" and item.sku == match.article_no]
    hits = [item for item in hits if item.type != "variable"]  # a product's own number is nothing to buy
    if not hits:
        match.absent = message("item.not_in_shop", article=match.article_no)
    elif len(hits) > 1:
        names = ", ".join(f"{item.name} ({item.ref})" for item in hits)
        match.clash = message("item.sku_twice", article=match.article_no, items=names)
    elif (owner := owners.get(hits[0].ref)) is not None and owner != match.article_no:
        match.clash = message(
            "item.linked_elsewhere", article=match.article_no, item=hits[0].name, ref=hits[0].ref, other=owner
        )
    elif supply is not None and is_other_goods(hits[0], supply.article):
        match.clash = message(
            "item.other_goods",
            article=match.article_no,
            item=hits[0].name,
            ref=hits[0].ref,
            name=supply.article.name,
            here=hits[0].barcode,
            there=supply.article.barcode,
        )
    else:
        match.items = match.found = list(hits)


def is_other_goods(item: ShopItem, article: ArticleInfo) -> bool:
    """Say that name and bar code both differ: one number that stands for two things."""
    here, there = barcode_digits(item.barcode), barcode_digits(article.barcode)
    if not here or not there or here == there:
        return False
    return not _words(item.name) & _words(article.name)


def barcode_digits(barcode: str) -> str:
    """Return a bar code for comparing, or an empty text when it is none."""
    compact = "".join(barcode.split())
    return compact.lstrip("0") if compact.isdigit() and len(compact) in (8, 12, 13, 14) else ""


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in name.casefold().replace(",", " ").split() if len(word) > 2)


def _by_sku(article_nos: Sequence[str], ctx: RunContext) -> dict[str, list[ShopItem]]:
    asked = [number for number in article_nos if number.strip()]
    found: dict[str, list[ShopItem]] = defaultdict(list)
    for item in ctx.shop.items_by_sku(asked) if asked else ():
        found[item.sku].append(item)
    return found


def spelt_otherwise(article_nos: Sequence[str], ctx: RunContext) -> dict[str, ShopItem]:
    """Find items whose SKU differs from an article's number in its spelling only. Never joined."""
    wanted = {spelling(number): number for number in article_nos if number.strip()}
    asked: set[str] = set()
    for number in wanted.values():
        compact = number.strip()
        asked |= {compact, compact.lower(), compact.upper(), compact.lstrip("0")}
    asked -= {"", *wanted.values()}
    found: dict[str, ShopItem] = {}
    for item in ctx.shop.items_by_sku(sorted(asked)) if asked else ():
        number = wanted.get(spelling(item.sku), "")
        if number and item.status != "trash":
            found[number] = item
    return found
