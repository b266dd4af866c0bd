"""Makes and keeps one product of the shop: from the articles of one group, differences only.

Every step may be the last: what was made is linked at once, and an attempt that comes after finds
by link and SKU how far the earlier one got. An article at fault is left out alone; its product and
the others go on.
"""

from collections.abc import Callable
from datetime import timedelta

from brygga.domain.errors import DuplicateNumber, RecordRejected, TryLater
from brygga.domain.goods import Fields
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.flows.context import RunContext
from brygga.flows.goods.find import Found, find
from brygga.flows.goods.keep import SIMPLE, keep_product, new_fields
from brygga.flows.goods.making import Making, Steps, may_make
from brygga.flows.goods.move import is_moving, move_in
from brygga.flows.goods.seen import TRASH, VARIABLE, Seen
from brygga.flows.goods.trash import Asking, settle_deleted, settle_trash, wants_anew
from brygga.flows.goods.vary import free_own_sku, keep_variations
from brygga.flows.goods.wish import Wish
from brygga.flows.ports import Work

LOOK_AGAIN = timedelta(minutes=1)  # a feed that was read to its end wakes us before


def bring_over_group(
    work: Work, wish: Wish, seen: Seen, claim: Callable[[Found], None], ctx: RunContext
) -> Steps[Outcome]:
    """Make or keep one group's product; its writes of products are steps, see `making.py`.

    `claim` is told what was found before anything is written, and may break it off.
    """
    asking = Asking(work, ctx)
    found = find(wish, seen, ctx)
    claim(found)
    if may_make(ctx) and is_moving(wish, found, ctx):
        later = ctx.now() + LOOK_AGAIN
        return Outcome(
            State.WAITING, message("goods.being_told", group=wish.key), retry_at=later, counts=False
        )
    if found.gone and wish.live and may_make(ctx):
        product_id = found.made.product_id if found.made is not None else "-"
        if not wants_anew(wish.key, product_id, asking):
            return Outcome(State.IGNORED, message("goods.product_gone", group=wish.key, id=product_id))
        ctx.goods.unlink(list(ctx.store.product_links(ctx.erp_id, ctx.shop_id, product_id)))
        ctx.goods.give_up(wish.key)
        found = find(wish, Seen(ctx), ctx)
    if found.product is not None and found.product.status == TRASH:
        link = ctx.shop.page_of(found.product.id)
        return Outcome(State.IGNORED, message("goods.product_in_trash", group=wish.key, link=link))
    if _settle_removed(wish, found, asking):
        found = find(wish, Seen(ctx), ctx)
        _settle_removed(wish, found, asking)
    asking.over()
    making = Making(work, wish, found, ctx)
    if wish.key in found.faults and found.product is None:
        return making.outcome()
    if making.product is not None:
        yield from keep_product(making)
    elif not wish.live:
        return Outcome(State.IGNORED, message("goods.nothing_sold", group=wish.key))
    elif not may_make(ctx):
        return Outcome(State.IGNORED, message("goods.not_made", group=wish.key))
    else:
        yield from _make(making)
    return making.outcome()


def _settle_removed(wish: Wish, found: Found, asking: Asking) -> bool:
    """Ask of what somebody removed and do what was decided; say whether anything was done."""
    made = settle_deleted(wish, found, asking, may_make=may_make(asking.ctx))
    return settle_trash(found, asking) or made


def _make(making: Making) -> Steps[None]:
    """Make a product, and link it before anything else is done.

    It is made without price and stock: in WooCommerce what has no price can't be bought, whatever
    its status. Linking makes its items due, and these write both.
    """
    fields = new_fields(making)
    if making.found.spots and fields is not None:  # its articles have a place already, which they leave
        move_in(making)
        fields = new_fields(making)
    if fields is None or not making.sound:
        return
    try:
        yield from making.make(fields)
    except DuplicateNumber as error:
        if making.ctx.shop.items_by_sku([fields.sku or ""]):  # made meanwhile, or by an attempt that was cut
            later = message("goods.found_meanwhile", sku=fields.sku or "-")
            raise TryLater(later, error.for_us, system_away=False) from error
        raise RecordRejected(error.for_merchant, error.for_us) from error
    product = making.product
    assert product is not None
    if fields.type == SIMPLE:
        making.remember({f"{product.id}/{product.id}": making.sound[0].article_no})
        return
    making.remember()
    if fields.type == VARIABLE:
        yield from free_own_sku(making, Fields())
        keep_variations(making)
        making.remember()
