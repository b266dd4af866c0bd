"""Keeps a product's own fields: of a simple one all of them, of a variable one what is not its variations'."""

from dataclasses import replace

from brygga.domain.errors import RecordRejected
from brygga.domain.goods import Fields
from brygga.domain.message import message
from brygga.flows.goods.compare import item_fields, may_write, product_fields, sku_of
from brygga.flows.goods.lists import tax_class_of
from brygga.flows.goods.making import PUBLISHED, Making, Steps
from brygga.flows.goods.move import move_in
from brygga.flows.goods.seen import VARIABLE
from brygga.flows.goods.shape import offered
from brygga.flows.goods.vary import become_variable, free_own_sku, keep_variations, spot_here
from brygga.flows.goods.wish import ItemWish

SIMPLE = "simple"
DRAFT = "draft"


def keep_product(making: Making) -> Steps[None]:
    """Bring a product that is there to what it should be, with differences only."""
    product, found, ctx = making.product, making.found, making.ctx
    assert product is not None
    if product.type not in (SIMPLE, VARIABLE):
        wrong = message("goods.wrong_type", article=making.key, item=product.name, type=product.type)
        making.fail(making.key, wrong)
        return
    is_adopted = found.made is None
    inside = {
        spot.ref: number
        for number, spot in found.spots.items()
        if (is_adopted or number in found.new) and spot.ref.startswith(f"{product.id}/")
    }
    if found.taken_over:
        ctx.goods.give_up(found.taken_over)
    if is_adopted or found.taken_over or inside:
        making.remember(inside, found.replaced)
    hidden = dict(making.hidden)
    if making.may_make:
        move_in(making)
    if not product.is_variable and _needs_variations(making):
        yield from become_variable(making)
    product = making.product
    assert product is not None
    if product.is_variable:
        shown = any(spot_here(making, item.article_no) for item in making.wish.live) or making.sound
        yield from _keep_variable(making, is_live=bool(shown) or _has_strangers(making))
    else:
        yield from _keep_simple(making)
    if making.hidden != hidden:
        making.remember()


def new_fields(making: Making) -> Fields | None:
    """Return what a product is made with; None when no article is left to make it of."""
    sound = making.sound
    wants = len(making.wish.live) > 1 or bool(
        sound and sound[0].options and not making.ctx.settings.goods_alone_simple
    )
    status = DRAFT if making.ctx.settings.goods_draft else PUBLISHED
    fields = replace(product_fields(making.wish, None, making.ctx), status=status)
    if not wants:
        try:
            return (
                _with(fields, item_fields(sound[0], None, "", making.ctx), sku=sound[0].article_no)
                if sound
                else None
            )
        except RecordRejected as error:
            making.fail(sound[0].article_no, error.for_merchant)
            return None
    for item in sound:  # each whose tax class is unknown is left out before anything is made
        try:
            item_fields(item, None, "", making.ctx)
        except RecordRejected as error:
            making.fail(item.article_no, error.for_merchant)
    sound = making.sound
    if not sound:
        return None
    fields = replace(
        fields, type=VARIABLE, sku=making.key, attributes=offered(sound, None, set(), making.ctx)
    )
    if may_write(making.ctx.masters, "product.vat_class", is_new=True):
        fields = replace(
            fields, tax_class=tax_class_of(sound[0].article_no, sound[0].article.vat_percent, making.ctx)
        )
    return fields


def _with(fields: Fields, own: Fields, *, sku: str) -> Fields:
    return replace(
        fields,
        type=SIMPLE,
        sku=sku,
        barcode=own.barcode,
        weight_kg=own.weight_kg,
        tax_class=own.tax_class,
    )


def _needs_variations(making: Making) -> bool:
    """Say that a simple product has to become variable: more than one article is to be sold in it."""
    here = next((n for n in making.found.spots if spot_here(making, n)), "")
    if not making.may_make or making.is_out(here):
        return False
    others = [item for item in making.sound if item.article_no != here]
    return bool(others) if here else len(others) > 1


def _keep_simple(making: Making) -> Steps[None]:
    product, ctx = making.product, making.ctx
    assert product is not None
    item = next((one for one in making.wish.items if spot_here(making, one.article_no)), None)
    fields = Fields()
    if making.may_update and item is not None and not making.is_out(item.article_no):
        fields = product_fields(making.wish, product, ctx)
        fields = _item_on_product(making, item, fields)
    status = making.status_of(product.id, product.status, DRAFT, is_live=item is not None and item.is_live)
    sku = fields.sku
    yield from making.change(replace(fields, status=status))
    if item is not None and sku is not None:
        making.remember({f"{product.id}/{product.id}": item.article_no})


def _item_on_product(making: Making, item: ItemWish, fields: Fields) -> Fields:
    assert making.product is not None
    sku, remark = sku_of(item, making.product.sku, making.found.spots.get(item.article_no))
    if remark is not None:
        making.remarks.append(remark)
    try:
        own = item_fields(item, making.product, None, making.ctx)
    except RecordRejected as error:
        making.fail(item.article_no, error.for_merchant)
        own = Fields()
    return replace(fields, sku=sku, barcode=own.barcode, weight_kg=own.weight_kg, tax_class=own.tax_class)


def _keep_variable(making: Making, *, is_live: bool) -> Steps[None]:
    product = making.product
    assert product is not None
    fields = (
        product_fields(making.wish, product, making.ctx)
        if making.may_update and making.wish.items
        else Fields()
    )
    status = making.status_of(product.id, product.status, DRAFT, is_live=is_live)
    yield from free_own_sku(making, replace(fields, status=status))
    keep_variations(making)


def _has_strangers(making: Making) -> bool:
    """Say that the product has shown variations that are none of the group's articles: others sell in it."""
    assert making.product is not None
    ours = {spot.ref for spot in making.found.spots.values()}
    shown = [one for one in making.product.variations if one.status == PUBLISHED]
    return any(f"{making.product.id}/{one.id}" not in ours for one in shown)
