"""Articles that belong to another product now: the old place is retired, never deleted, for orders refer to it."""

from brygga.domain.errors import RecordGone
from brygga.domain.goods import Fields, VariationWrite
from brygga.domain.message import message
from brygga.flows.context import RunContext
from brygga.flows.goods.find import Found, product_ids
from brygga.flows.goods.making import Making
from brygga.flows.goods.ports import Linked
from brygga.flows.goods.wish import Wish
from brygga.flows.journal import Step


def is_moving(wish: Wish, found: Found, ctx: RunContext) -> bool:
    """Say that articles come or go of which the ERP may have more to tell: its feed is being read.

    A product whose every variation gets another parent is the same product still, but that is seen
    only when all are told of; until then one after the other would be taken out of it.
    """
    moving = [number for number in found.spots if is_away(found, number)]
    if found.product is not None:
        ids = [one.id for one in found.product.variations] or [found.product.id]
        held = ctx.goods.articles_of([f"{found.product.id}/{one}" for one in ids])
        ours = {item.article_no for item in wish.items} | {wish.head}
        moving += [number for number in held.values() if number not in ours]
    return bool(moving) and ctx.goods.is_being_told(moving)


def is_away(found: Found, article_no: str) -> bool:
    """Say that an article is in another product than its group's, or its group has none yet."""
    return found.product is None or not found.spots[article_no].ref.startswith(f"{found.product.id}/")


def move_in(making: Making) -> None:
    """Retire the places that we gave articles in another product; a stranger's is left and told of.

    The old place gives up SKU and bar code first: the shop lets nothing else have them before.
    """
    away = {
        item.article_no: making.found.spots[item.article_no]
        for item in making.sound
        if item.article_no in making.found.spots and is_away(making.found, item.article_no)
    }
    if not away:
        return
    keys = making.ctx.goods.keys_of(product_ids(away.values()))
    left: set[str] = set()
    for number, spot in away.items():
        product_id = spot.ref.partition("/")[0]
        if product_id not in keys or not spot.sku:  # found there, never put there by us
            link = making.ctx.shop.page_of(product_id)
            told = message("goods.elsewhere", article=number, product=making.name, link=link)
            making.fail(number, told)
            continue
        _retire(number, spot, making)
        del making.found.spots[number]
        if spot.ref == f"{product_id}/{product_id}":
            making.ctx.goods.give_up(keys[product_id])
        left.add(keys[product_id])
    making.ctx.goods.wake(sorted(left - {making.key}))


def _retire(number: str, spot: Linked, making: Making) -> None:
    """Take an item out of sale at its old place and unlink it."""
    product_id, _, variant_id = spot.ref.partition("/")
    making.writes += 1
    making.ctx.journal.add(Step.PLANNED, message("goods.retiring", article=number, ref=spot.ref))
    try:
        old = making.ctx.shop.shop_product(product_id)
        if variant_id != product_id:
            known = old.variation(variant_id)
            fields = _out(known.barcode if known is not None else "")
            (answer,) = making.ctx.shop.put_variations(product_id, [VariationWrite(variant_id, fields)])
            if answer.fault is not None and not answer.gone:
                making.fail(number, answer.fault)
                return
        elif not old.is_variable:
            making.ctx.shop.change_product(product_id, _out(old.barcode))
    except RecordGone:
        pass  # deleted by hand: there is nothing to retire
    making.ctx.goods.unlink([spot.ref])


def _out(barcode: str) -> Fields:
    return Fields(sku="", status="private", barcode="" if barcode else None, out_of_sale=True)
