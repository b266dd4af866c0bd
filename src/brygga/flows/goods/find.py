"""Finds where a group's articles are in the shop: by link, else by exactly the same SKU. Never by likeness.

The SKU is why no create needs an idempotency key or an intent: the shop refuses a second product of
one SKU (measured: of three creates at once exactly one went through), everything we make carries
the SKU it is looked for by (a variable product its group's key), and we look before each create. So
a create whose answer was lost is found at the next attempt, whoever cut it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from brygga.domain.errors import RecordGone
from brygga.domain.goods import ShopProduct
from brygga.domain.message import Message, message
from brygga.domain.shelf import ShopItem
from brygga.flows.context import RunContext
from brygga.flows.goods.ports import Linked, Made
from brygga.flows.goods.seen import TRASH, VARIABLE, Seen
from brygga.flows.goods.wish import Wish


@dataclass(slots=True)
class Found:
    """A group's product and its items, `<product>/<variation>` by article number; `faults` by article."""

    made: Made | None = None
    product: ShopProduct | None = None
    gone: bool = False  # it was made, and is not in the shop any more
    spots: dict[str, Linked] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)  # articles that were found, not linked
    deleted: dict[str, Linked] = field(default_factory=dict)  # linked items that the product lacks now
    replaced: list[str] = field(default_factory=list)  # of those, whose article has another item there
    faults: dict[str, Message] = field(default_factory=dict)
    trashed: dict[str, ShopItem] = field(default_factory=dict)
    taken_over: str = ""  # the group whose product it was


def find(wish: Wish, seen: Seen, ctx: RunContext) -> Found:
    """Find a group's product and items; what was not read of the shop ahead is read now."""
    found = Found(made=ctx.goods.made(wish.key))
    if found.made is not None:
        try:
            found.product = seen.product(found.made.product_id)
        except RecordGone:
            found.gone = True
            return found
    numbers = [item.article_no for item in wish.items]
    for number, links in ctx.goods.linked([*numbers, *([wish.head] if wish.head else [])]).items():
        found.spots[number] = _nearest(links, found.product)
    _set_deleted_aside(found)
    missing = [item.article_no for item in wish.live if item.article_no not in found.spots]
    inside = _inside(found, missing)
    missing = [number for number in missing if number not in inside and number not in found.deleted]
    if missing:
        _not_alike(missing, found, ctx)
        missing = [number for number in missing if number not in found.faults]
    parents = _by_sku(wish, missing, found, seen, ctx) if missing or found.product is None else []
    if found.product is None:
        _choose(wish, parents, found, seen, ctx)
    return found


def _nearest(links: Sequence[Linked], product: ShopProduct | None) -> Linked:
    """Of several links (translations of one product) take the one in the group's own product."""
    inside = [one for one in links if product is not None and one.ref.startswith(f"{product.id}/")]
    alive = [one for one in inside if product is not None and _is_there(one.ref, product)]
    return (alive or inside or list(links))[0]


def _is_there(ref: str, product: ShopProduct) -> bool:
    return not product.is_variable or product.variation(ref.partition("/")[2]) is not None


def _set_deleted_aside(found: Found) -> None:
    """Tell linked variations that somebody has deleted from those that are there.

    A link to the product as a whole is older than its variations, and was cut off on its way to one.
    """
    product = found.product
    if product is None or not product.is_variable or product.status == TRASH:
        return
    for number, spot in list(found.spots.items()):
        product_id, _, variation_id = spot.ref.partition("/")
        if product_id == product.id != variation_id and product.variation(variation_id) is None:
            found.deleted[number] = found.spots.pop(number)


def _inside(found: Found, missing: Sequence[str]) -> list[str]:
    """Find articles among the product's own items: the answer of an earlier write may have been lost."""
    if found.product is None:
        return []
    by_sku = {one.sku: f"{found.product.id}/{one.id}" for one in found.product.variations if one.sku}
    if not found.product.is_variable:
        by_sku = {found.product.sku: f"{found.product.id}/{found.product.id}"}
    inside = [number for number in missing if number in by_sku]
    for number in inside:
        found.spots[number] = Linked(by_sku[number], number)
        found.new.add(number)
        if number in found.deleted:  # somebody made it anew in its place
            found.replaced.append(found.deleted.pop(number).ref)
    return inside


def _not_alike(missing: Sequence[str], found: Found, ctx: RunContext) -> None:
    """Leave out articles whose number is another article's in another spelling: a shop takes them for one."""
    for number, other in ctx.goods.suspects(missing).items():
        found.faults[number] = message("goods.suspect_article", article=number, other=other)


def _by_sku(wish: Wish, missing: Sequence[str], found: Found, seen: Seen, ctx: RunContext) -> list[ShopItem]:
    """Find items by SKU, exactly; return variable products that have the group's own number."""
    asked = [number for number in missing if number.strip()]
    asked += [wish.key] if found.product is None else []
    hits: dict[str, list[ShopItem]] = defaultdict(list)
    parents: list[ShopItem] = []
    for item in seen.by_sku(asked):
        if item.status == TRASH:
            continue
        if item.type == VARIABLE and item.sku == wish.key:
            parents.append(item)
        else:
            hits[item.sku].append(item)
    owners = ctx.goods.articles_of([item.ref for items in hits.values() for item in items])
    for number in missing:
        _take(number, hits.get(number, ()), owners, found, seen)
    others = [item for item in hits.get(wish.key, ()) if wish.key not in missing and item.ref not in owners]
    if others and wish.key not in {item.article_no for item in wish.items}:
        for one in wish.live:
            found.faults[one.article_no] = message(
                "goods.key_taken", group=wish.key, item=others[0].name, ref=others[0].ref
            )
    absent = [n for n in missing if n not in found.spots and n not in found.faults]
    if absent or (found.product is None and not parents):
        keys = [*absent, *([wish.key] if found.product is None and not parents else [])]
        found.trashed = {item.sku: item for item in seen.trashed(keys)}
    for number, item in seen.spelt_otherwise(absent).items():
        found.faults[number] = message(
            "goods.suspect_sku", article=number, item=item.name, sku=item.sku, ref=item.ref
        )
    return parents


def _take(number: str, hits: Sequence[ShopItem], owners: Mapping[str, str], found: Found, seen: Seen) -> None:
    if not hits:
        return
    if len(hits) > 1:
        hits = _original(hits, seen) or hits
    names = ", ".join(f"{item.name} ({item.ref})" for item in hits)
    owner = owners.get(hits[0].ref, number)
    if len(hits) > 1:
        found.faults[number] = message("goods.sku_twice", article=number, items=names)
    elif owner != number:
        found.faults[number] = message("goods.linked_elsewhere", article=number, item=names, other=owner)
    elif hits[0].type not in ("simple", "variation"):
        found.faults[number] = message("goods.wrong_type", article=number, item=names, type=hits[0].type)
    else:
        found.spots[number] = Linked(hits[0].ref, number)
        found.new.add(number)


def _original(hits: Sequence[ShopItem], seen: Seen) -> list[ShopItem]:
    """Of one product in several languages, which share a SKU, take the one the others are translated from."""
    products = {item.product_id: seen.product(item.product_id) for item in hits}
    originals = [one.id for one in products.values() if not one.translation_of]
    others = {one.translation_of for one in products.values() if one.translation_of}
    if len(originals) != 1 or others != set(originals):
        return []
    return [item for item in hits if item.product_id == originals[0]]


def _choose(wish: Wish, parents: Sequence[ShopItem], found: Found, seen: Seen, ctx: RunContext) -> None:
    """Choose the product of a group that has none yet among those its articles are in.

    One whose own group is deserted is taken over (its articles got another number or parent); a
    stranger's is adopted if it is the only one. The others stay where they are: articles in them
    move, or are told of.
    """
    ids = [spot.ref.partition("/")[0] for spot in found.spots.values()]
    ids = list(dict.fromkeys([*ids, *(parent.product_id for parent in parents)]))
    keys = ctx.goods.keys_of(ids)
    deserted = [one for one in ids if one in keys and not ctx.goods.has_members(keys[one])]
    strangers = [one for one in ids if one not in keys]
    chosen = ""
    if deserted:
        chosen = min(deserted, key=int)
        found.taken_over = keys[chosen]
    elif len(strangers) == 1:
        chosen = strangers[0]
    elif strangers:
        for item in wish.live:
            found.faults[item.article_no] = message(
                "goods.scattered", group=wish.key, products=", ".join(strangers)
            )
    if chosen:
        found.product = seen.product(chosen)
        if found.taken_over:
            before = ctx.goods.made(found.taken_over)
            found.made = Made(chosen, before.hidden if before is not None else {})


def product_ids(refs: Collection[Linked]) -> set[str]:
    """Return the products that items are in."""
    return {one.ref.partition("/")[0] for one in refs}
