"""An SKU that a product in the trash holds: a person says whether that one comes back or gives it up."""

from collections.abc import Mapping

from brygga.domain.goods import Fields, VariationWrite
from brygga.domain.message import message
from brygga.domain.shelf import ShopItem
from brygga.flows.context import RunContext
from brygga.flows.goods.find import Found
from brygga.flows.ports import Work
from brygga.flows.tasks import Question

RESTORE, FREE = "restore_product", "free_sku"


def settle_trash(found: Found, work: Work, ctx: RunContext) -> bool:
    """Do what was decided of SKUs in the trash, and ask of the others; say whether anything was done."""
    done = False
    for number, item in found.trashed.items():
        question = _question(number, item, work, ctx)
        known = ctx.shelf.asked([question.key]).get(question.key)
        decided = known is not None and not known.is_open and known.facts == question.facts
        choice = known.choice if known is not None and decided else ""
        if choice == FREE:
            _free(item, ctx)
        elif choice == RESTORE:
            _restore(item, ctx)
        else:
            ctx.tasks.ask(question, work=work.id)
            found.faults[number] = question.message
            continue
        done = True
    return done


def _question(number: str, item: ShopItem, work: Work, ctx: RunContext) -> Question:
    facts: Mapping[str, str] = {"sku": number, "ref": item.ref, "link": ctx.shop.page_of(item.product_id)}
    told = message("goods.sku_in_trash", article=number, item=item.name, ref=item.ref, link=facts["link"])
    return Question(f"goods-trash-{ctx.flow}-{number}", told, work.key, (RESTORE, FREE), facts)


def _free(item: ShopItem, ctx: RunContext) -> None:
    """Take the SKU away; without a status in the write the product stays in the trash."""
    nothing = Fields(sku="")
    if item.is_variation:
        ctx.shop.put_variations(item.product_id, [VariationWrite(item.variant_id, nothing)])
    else:
        ctx.shop.change_product(item.product_id, nothing)


def _restore(item: ShopItem, ctx: RunContext) -> None:
    """Take the product out of the trash, as a draft that nobody can buy until it was looked at."""
    ctx.shop.change_product(item.product_id, Fields(status="draft"))
    if item.is_variation:
        shown = Fields(status="publish")
        ctx.shop.put_variations(item.product_id, [VariationWrite(item.variant_id, shown)])
