"""What only a person can say of products that somebody removed: from the trash back, or made anew?"""

from collections.abc import Mapping

from brygga.domain.goods import Fields, VariationWrite
from brygga.domain.message import message
from brygga.domain.shelf import ShopItem
from brygga.flows.context import RunContext
from brygga.flows.goods.find import Found
from brygga.flows.goods.wish import Wish
from brygga.flows.ports import Work
from brygga.flows.tasks import Question

RESTORE, FREE = "restore_product", "free_sku"
MAKE_AGAIN, LEAVE_OUT = "make_again", "leave_out"


def settle_trash(found: Found, work: Work, ctx: RunContext) -> bool:
    """Do what was decided of SKUs in the trash, and ask of the others; say whether anything was done."""
    done = False
    for number, item in found.trashed.items():
        question = _question(number, item, work, ctx)
        choice = _choice_of(question, ctx)
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


def wants_anew(key: str, product_id: str, work: Work, ctx: RunContext) -> bool:
    """Ask whether a product that was deleted in the shop is to be made once more; say if so."""
    told = message("goods.product_gone", group=key, id=product_id)
    question = Question(
        f"goods-gone-{ctx.flow}-{key}", told, key, (MAKE_AGAIN, LEAVE_OUT), {"id": product_id}
    )
    choice = MAKE_AGAIN if work.forced else _choice_of(question, ctx)
    if not choice:
        ctx.tasks.ask(question, work=work.id)
    return choice == MAKE_AGAIN


def _choice_of(question: Question, ctx: RunContext) -> str:
    """Return what was decided of exactly this question, if it was."""
    known = ctx.shelf.asked([question.key]).get(question.key)
    decided = known is not None and not known.is_open and known.facts == question.facts
    return known.choice if known is not None and decided else ""


def forget_trash(wish: Wish, found: Found, ctx: RunContext) -> None:
    """Withdraw questions of new articles whose SKU nothing in the trash holds any more."""
    for item in wish.live:
        number = item.article_no
        if number not in found.trashed and (number in found.new or number not in found.spots):
            ctx.tasks.withdraw(_key(number, ctx))


def _key(number: str, ctx: RunContext) -> str:
    return f"goods-trash-{ctx.flow}-{number}"


def _question(number: str, item: ShopItem, work: Work, ctx: RunContext) -> Question:
    facts: Mapping[str, str] = {"sku": number, "ref": item.ref, "link": ctx.shop.page_of(item.product_id)}
    told = message("goods.sku_in_trash", article=number, item=item.name, ref=item.ref, link=facts["link"])
    return Question(_key(number, ctx), told, work.key, (RESTORE, FREE), facts)


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
