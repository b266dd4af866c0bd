"""The variations of a product: made, changed, hidden and shown again; a simple product becomes variable."""

from dataclasses import dataclass, replace

from brygga.domain.errors import RecordRejected, TryLater
from brygga.domain.goods import Fields, ShopVariation, VariationWrite
from brygga.domain.message import message
from brygga.flows.goods.compare import item_fields, may_write, sku_of
from brygga.flows.goods.grouping import choice_of
from brygga.flows.goods.making import PUBLISHED, Making, Steps
from brygga.flows.goods.seen import VARIABLE
from brygga.flows.goods.settings import Ended
from brygga.flows.goods.shape import changed_offer, offered
from brygga.flows.goods.wish import ItemWish

PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class _Step:
    """One variation that is written: of which article, and how."""

    item: ItemWish
    write: VariationWrite


def spot_here(making: Making, article_no: str) -> bool:
    """Say that an article is in the group's own product."""
    spot = making.found.spots.get(article_no)
    return spot is not None and making.product is not None and spot.ref.startswith(f"{making.product.id}/")


def become_variable(making: Making) -> Steps[None]:
    """Make a simple product variable under the same id. Its SKU moves to the variation that it becomes.

    The product keeps the group's key as its SKU, unless that is an article's number. What it counted
    and its bar code are its variation's from now on.
    """
    product = making.product
    assert product is not None
    sku = "" if making.key in {item.article_no for item in making.wish.items} else making.key
    fields = Fields(
        type=VARIABLE,
        sku=sku if sku != product.sku else None,
        barcode="" if product.barcode else None,
        attributes=offered(making.sound, product, set(), making.ctx),
        uncounted=True,
    )
    yield from making.change(fields)
    making.remember(unlinked=[f"{product.id}/{product.id}"])
    making.product = making.ctx.shop.shop_product(product.id)  # perhaps it was variable once
    making.found.spots = {
        number: spot
        for number, spot in making.found.spots.items()
        if spot.ref != f"{product.id}/{product.id}"
    }


def free_own_sku(making: Making, fields: Fields) -> Steps[None]:
    """Write the product's own fields and its offer; it gives up an SKU that a variation is to have."""
    product = making.product
    assert product is not None
    numbers = {item.article_no for item in making.sound if not spot_here(making, item.article_no)}
    if product.sku in numbers:
        fields = replace(fields, sku="")
    if _keeps_offer(making):
        ours = {spot.ref.partition("/")[2] for spot in making.found.spots.values()}
        shown = [item for item in making.wish.items if _is_offered(making, item)]
        offer = changed_offer(product, offered(shown, product, ours, making.ctx))
        fields = replace(fields, attributes=offer.attributes, defaults=offer.defaults)
    yield from making.change(fields)


def keep_variations(making: Making) -> None:
    """Make and change the variations of a product, and link what was made."""
    assert making.product is not None
    _drop_places_of_the_whole(making)
    steps = [step for item in making.wish.items if (step := _step(making, item)) is not None]
    if not steps:
        return
    for step in steps:
        made = "goods.changing" if step.write.id else "goods.making"
        making.note(made, step.item.article_no, step.write.fields)
    product = making.product
    answers = making.ctx.shop.put_variations(product.id, [step.write for step in steps], product.attributes)
    links: dict[str, str] = {}
    for step, answer in zip(steps, answers, strict=True):
        number = step.item.article_no
        making.remarks += [one for one in answer.remarks if one.code == "woocommerce.barcode_taken"]
        odd = [one for one in answer.remarks if one.code != "woocommerce.barcode_taken"]
        if answer.gone:
            continue
        if answer.fault is not None or odd:
            making.fail(number, answer.fault or odd[0])
        if answer.variation is not None:
            links[f"{making.product.id}/{answer.variation.id}"] = number
    making.remember(links)
    if any(answer.gone for answer in answers):  # deleted since it was read: that is asked about
        raise TryLater(message("goods.deleted_meanwhile", product=product.name), system_away=False)


def _keeps_offer(making: Making) -> bool:
    return bool(making.wish.items) and may_write(
        making.ctx.masters, "product.variants", is_new=making.may_make
    )


def _is_offered(making: Making, item: ItemWish) -> bool:
    """Say that an item's values are among those offered: it is sold, or ended but still to be seen."""
    if making.is_out(item.article_no):
        return spot_here(making, item.article_no)
    if item.is_live:
        return making.may_make or spot_here(making, item.article_no)
    return spot_here(making, item.article_no) and making.ctx.settings.goods_ended is not Ended.HIDE


def _drop_places_of_the_whole(making: Making) -> None:
    """Unlink articles that were the whole product when it was simple: an earlier attempt was cut there."""
    product = making.product
    assert product is not None
    whole = f"{product.id}/{product.id}"
    if any(spot.ref == whole for spot in making.found.spots.values()):
        making.remember(unlinked=[whole])
        making.found.spots = {n: spot for n, spot in making.found.spots.items() if spot.ref != whole}


def _step(making: Making, item: ItemWish) -> _Step | None:
    assert making.product is not None
    if making.is_out(item.article_no):
        return None
    known: ShopVariation | None = None
    if spot_here(making, item.article_no):
        known = making.product.variation(making.found.spots[item.article_no].ref.partition("/")[2])
    try:
        fields = _change(making, item, known) if known is not None else _new(making, item)
    except RecordRejected as error:
        making.fail(item.article_no, error.for_merchant)
        return None
    if fields is None or fields.is_empty:
        return None
    return _Step(item, VariationWrite(known.id if known is not None else "", fields))


def _new(making: Making, item: ItemWish) -> Fields | None:
    """Return what a variation is made with; it is shown at once, but has no price before its item is written."""
    assert making.product is not None
    if not (making.may_make and item.is_live):
        return None
    ours = {spot.ref.partition("/")[2] for spot in making.found.spots.values()}
    for other in making.product.variations:
        if other.id in ours or other.status != PUBLISHED:
            continue
        if choice_of(other.options) == choice_of(item.options):
            raise RecordRejected(
                message(
                    "goods.option_taken",
                    article=item.article_no,
                    product=making.product.name,
                    sku=other.sku or other.id,
                    link=making.ctx.shop.page_of(making.product.id),
                )
            )
    fields = item_fields(item, None, making.product.tax_class, making.ctx)
    return replace(fields, sku=item.article_no, options=item.options, status=PUBLISHED)


def _change(making: Making, item: ItemWish, known: ShopVariation) -> Fields | None:
    fields = Fields()
    if making.may_update:
        fields = item_fields(item, known, None, making.ctx)
        sku, remark = sku_of(item, known.sku, making.found.spots.get(item.article_no))
        if remark is not None:
            making.remarks.append(remark)
        fields = replace(fields, sku=sku)
        differs = choice_of(known.options) != choice_of(item.options)
        if item.options and differs and may_write(making.ctx.masters, "product.variants"):
            fields = replace(fields, options=item.options)
    status = making.status_of(known.id, known.status, PRIVATE, is_live=item.is_live)
    return replace(fields, status=status)
