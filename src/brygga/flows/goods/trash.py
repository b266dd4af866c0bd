"""What only a person can say of products that somebody removed: from the trash back, or made anew?

Deleting by hand is an edit like any other: what was ours and was deleted is not made again before
a person says so. An answer holds for exactly what it was given for.
"""

from collections.abc import Mapping

from brygga.domain.goods import Fields, VariationWrite
from brygga.domain.message import message
from brygga.domain.shelf import ShopItem
from brygga.flows.context import RunContext
from brygga.flows.goods.find import Found
from brygga.flows.goods.ports import Linked
from brygga.flows.goods.wish import Wish
from brygga.flows.ports import Work
from brygga.flows.tasks import Question

RESTORE, FREE = "restore_product", "free_sku"
MAKE_AGAIN, LEAVE_OUT = "make_again", "leave_out"
MAKE_VARIATION, LEAVE_VARIATION = "make_variation_again", "leave_variation_out"


class Asking:
    """The questions of one group in one attempt: those not met in it are none any more."""

    def __init__(self, work: Work, ctx: RunContext) -> None:
        self.work = work
        self.ctx = ctx
        self._met: set[str] = set()

    def choice(self, question: Question) -> str:
        """Return what was decided of exactly this question; empty, and it is asked, if nothing was."""
        self._met.add(question.key)
        known = self.ctx.shelf.asked([question.key]).get(question.key)
        if known is not None and known.facts == question.facts:
            return "" if known.is_open else known.choice
        self.ctx.tasks.ask(question, work=self.work.id)
        return ""

    def over(self) -> None:
        """Withdraw what was asked before and is no question any more."""
        for key in self.ctx.tasks.asked(self.work.id):
            if key not in self._met:
                self.ctx.tasks.withdraw(key)


def settle_trash(found: Found, asking: Asking) -> bool:
    """Do what was decided of SKUs in the trash, and ask of the others; say whether anything was done."""
    done = False
    for number, item in found.trashed.items():
        question = _of_trash(number, item, asking)
        choice = asking.choice(question)
        if choice == FREE:
            _free(item, asking.ctx)
        elif choice == RESTORE:
            _restore(item, asking.ctx)
        else:
            found.faults[number] = question.message
            continue
        done = True
    return done


def settle_deleted(wish: Wish, found: Found, asking: Asking, *, may_make: bool) -> bool:
    """Ask of variations that were deleted in the shop; say whether any is to be made once more.

    Of what is not sold any more, or may not be made, nothing is asked.
    """
    ctx = asking.ctx
    done = False
    for number in [item.article_no for item in wish.live if item.article_no in found.deleted]:
        if not may_make:
            continue
        question = _of_variation(number, found.deleted[number], ctx)
        choice = asking.choice(question)
        if choice == MAKE_VARIATION:
            ctx.goods.unlink([found.deleted[number].ref])
            done = True
        elif not choice:
            found.faults[number] = question.message
    return done


def wants_anew(key: str, product_id: str, asking: Asking) -> bool:
    """Ask whether a product that was deleted in the shop is to be made once more; say if so."""
    told = message("goods.product_gone", group=key, id=product_id)
    name = f"goods-gone-{asking.ctx.flow}-{key}"
    question = Question(name, told, key, (MAKE_AGAIN, LEAVE_OUT), {"id": product_id})
    return asking.work.forced or asking.choice(question) == MAKE_AGAIN


def _of_trash(number: str, item: ShopItem, asking: Asking) -> Question:
    ctx = asking.ctx
    facts: Mapping[str, str] = {"sku": number, "ref": item.ref, "link": ctx.shop.page_of(item.product_id)}
    told = message("goods.sku_in_trash", article=number, item=item.name, ref=item.ref, link=facts["link"])
    return Question(f"goods-trash-{ctx.flow}-{number}", told, asking.work.key, (RESTORE, FREE), facts)


def _of_variation(number: str, was: Linked, ctx: RunContext) -> Question:
    link = ctx.shop.page_of(was.ref.partition("/")[0])
    facts: Mapping[str, str] = {"sku": number, "ref": was.ref, "link": link}
    told = message("goods.variation_gone", article=number, ref=was.ref, link=link)
    choices = (MAKE_VARIATION, LEAVE_VARIATION)
    return Question(f"goods-variation-{ctx.flow}-{number}", told, number, choices, facts)


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
