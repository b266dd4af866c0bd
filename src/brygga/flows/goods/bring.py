"""Makes and keeps one product of the shop: from the articles of one group, differences only.

Every step may be the last: what was made is linked at once, and an attempt that comes after finds
by link and SKU how far the earlier one got. An article at fault is left out alone; its product and
the others go on.
"""

from brygga.domain.errors import DuplicateNumber, RecordRejected, TryLater
from brygga.domain.goods import Fields
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.flows.context import RunContext
from brygga.flows.failures import outcome_of_failure
from brygga.flows.goods.find import TRASH, VARIABLE, find
from brygga.flows.goods.keep import SIMPLE, keep_product, new_fields
from brygga.flows.goods.making import Making
from brygga.flows.goods.settings import GoodsMode
from brygga.flows.goods.trash import forget_trash, settle_trash, wants_anew
from brygga.flows.goods.vary import free_own_sku, keep_variations
from brygga.flows.goods.wish import wish_of
from brygga.flows.ports import Work


def bring_over_goods(work: Work, ctx: RunContext) -> None:
    """Make or keep a group's product, and store what became of it.

    Raises what concerns the connection, the flow or the lane as a whole, with the work still waiting.
    """
    journal = ctx.recorder.start()
    try:
        outcome = _bring(work, ctx)
    except Exception as error:
        outcome = outcome_of_failure(error, work, ctx)
    ctx.goods.settle(work, outcome, journal)


def _bring(work: Work, ctx: RunContext) -> Outcome:
    if ctx.settings.goods is GoodsMode.OFF:
        return Outcome(State.IGNORED, message("goods.off"))
    wish = wish_of(ctx.goods.group(work.ref.id), ctx.settings)
    found = find(wish, ctx)
    if found.gone:
        product_id = found.made.product_id if found.made is not None else "-"
        if not wants_anew(wish.key, product_id, work, ctx):
            return Outcome(State.IGNORED, message("goods.product_gone", group=wish.key, id=product_id))
        ctx.goods.unlink(list(ctx.store.product_links(ctx.erp_id, ctx.shop_id, product_id)))
        ctx.goods.give_up(wish.key)
        found = find(wish, ctx)
    if found.product is not None and found.product.status == TRASH:
        link = ctx.shop.page_of(found.product.id)
        return Outcome(State.IGNORED, message("goods.product_in_trash", group=wish.key, link=link))
    if settle_trash(found, work, ctx):
        found = find(wish, ctx)
        settle_trash(found, work, ctx)
    forget_trash(wish, found, ctx)
    making = Making(work, wish, found, ctx)
    if wish.key in found.faults and found.product is None:
        return making.outcome()
    if making.product is not None:
        keep_product(making)
    elif not wish.live:
        return Outcome(State.IGNORED, message("goods.nothing_sold", group=wish.key))
    elif not making.may_make:
        return Outcome(State.IGNORED, message("goods.not_made", group=wish.key))
    else:
        _make(making)
    return making.outcome()


def _make(making: Making) -> None:
    """Make a product, and link it before anything else is done.

    It is made without price and stock: in WooCommerce what has no price can't be bought, whatever
    its status. Linking makes its items due, and these write both.
    """
    fields = new_fields(making)
    if fields is None or not making.sound:
        return
    making.note("goods.making", making.wish.name or making.key, fields)
    try:
        answer = making.ctx.shop.create_product(fields)
    except DuplicateNumber as error:
        if making.ctx.shop.items_by_sku([fields.sku or ""]):  # made meanwhile, or by an attempt that was cut
            later = message("goods.found_meanwhile", sku=fields.sku or "-")
            raise TryLater(later, error.for_us, system_away=False) from error
        raise RecordRejected(error.for_merchant, error.for_us) from error
    making.took(answer)
    product = answer.product
    if fields.type == SIMPLE:
        making.remember({f"{product.id}/{product.id}": making.sound[0].article_no})
        return
    making.remember()
    if fields.type == VARIABLE:
        free_own_sku(making, Fields())
        keep_variations(making)
        making.remember()
