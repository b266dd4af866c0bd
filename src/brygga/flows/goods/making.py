"""One product on its way: what it should be, what it is, what was noticed, and what is remembered of it.

Writing a product is a step: it is yielded, gathered with those of other groups into one call, and
its answer comes back to the same place; an error is raised there. Whoever has steps says `yield from`.
"""

from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from brygga.domain.goods import Fields, ProductAnswer, ProductWrite, ShopProduct
from brygga.domain.message import Message, message
from brygga.domain.outcome import Outcome, State
from brygga.flows.context import RunContext
from brygga.flows.goods.compare import may_write, told_fields
from brygga.flows.goods.find import Found
from brygga.flows.goods.ports import Made
from brygga.flows.goods.settings import Ended, GoodsMode
from brygga.flows.goods.wish import ItemWish, Wish
from brygga.flows.journal import Step
from brygga.flows.ports import Work

T = TypeVar("T")
Steps: TypeAlias = Generator[ProductWrite, ProductAnswer, T]

PUBLISHED = "publish"


def may_make(ctx: RunContext) -> bool:
    """Say that products and variations may be made and moved in this flow."""
    wanted = ctx.settings.goods in (GoodsMode.CREATE, GoodsMode.BOTH)
    return wanted and may_write(ctx.masters, "product.variants", is_new=True)


@dataclass(slots=True)
class Making:
    """One attempt at one group."""

    work: Work
    wish: Wish
    found: Found
    ctx: RunContext
    product: ShopProduct | None = None
    hidden: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Message] = field(default_factory=dict)  # by article, or by the group's key
    remarks: list[Message] = field(default_factory=list)
    writes: int = 0

    def __post_init__(self) -> None:
        self.product = self.found.product
        self.faults = {**self.wish.faults, **self.found.faults}
        self.remarks = list(self.wish.remarks)
        self.hidden = dict(self.found.made.hidden) if self.found.made is not None else {}

    @property
    def key(self) -> str:
        """The group's key."""
        return self.wish.key

    @property
    def name(self) -> str:
        """What people know the product by."""
        return (self.product.name if self.product is not None else self.wish.name) or self.key

    @property
    def may_make(self) -> bool:
        """Say that products and variations may be made and moved."""
        return may_make(self.ctx)

    @property
    def may_update(self) -> bool:
        """Say that what is there may be changed."""
        return self.ctx.settings.goods in (GoodsMode.UPDATE, GoodsMode.BOTH)

    @property
    def sound(self) -> list[ItemWish]:
        """The articles that are sold and that nothing stands in the way of."""
        return [item for item in self.wish.live if not self.is_out(item.article_no)]

    def is_out(self, article_no: str) -> bool:
        """Say that an article is left out: something is wrong with it, or its place was deleted by hand."""
        return article_no in self.faults or article_no in self.found.deleted

    def fail(self, about: str, fault: Message) -> None:
        """Leave an article, or the whole product, as it is, and say why."""
        self.faults.setdefault(about, fault)

    def remember(self, links: Mapping[str, str] | None = None, unlinked: Collection[str] = ()) -> None:
        """Store which product it is, what is hidden of it, and links of its items."""
        assert self.product is not None
        made = Made(self.product.id, dict(self.hidden))
        self.ctx.goods.keep(self.key, made, links=links, unlinked=unlinked)
        self.found.made = made

    def make(self, fields: Fields) -> Steps[None]:
        """Make the product."""
        self.note("goods.making", self.name, fields)
        self._took((yield ProductWrite("", fields)))

    def change(self, fields: Fields) -> Steps[None]:
        """Write the product's own fields, if there are any, and take the product as it then is."""
        assert self.product is not None
        if fields.is_empty:
            return
        self.note("goods.changing", self.name, fields)
        self._took((yield ProductWrite(self.product.id, fields)))

    def _took(self, answer: ProductAnswer) -> None:
        """Take an answer: the product as it is, and what the shop made otherwise than asked."""
        assert answer.product is not None
        variations = self.product.variations if self.product is not None else ()
        self.product = replace(answer.product, variations=variations)
        for remark in answer.remarks:
            if remark.code == "woocommerce.barcode_taken":
                self.remarks.append(remark)
            else:
                self.fail(f"{self.key}:{remark.facts.get('field', '')}", remark)

    def note(self, code: str, name: str, fields: Fields) -> None:
        """Write in the journal what is about to be written."""
        self.writes += 1
        told = Message(code, {"name": name, "fields": told_fields(fields)})
        self.ctx.journal.add(Step.PLANNED, told)

    def status_of(self, own_id: str, now: str, hidden: str, *, is_live: bool) -> str | None:
        """Return the status to write so that what is ended is hidden, and what is back is shown again.

        Only what is published is hidden, and only what we have hidden is shown: what it was is
        remembered before it is changed.
        """
        if not self.may_update or not may_write(self.ctx.masters, "product.ended"):
            return None
        if not is_live:
            if self.ctx.settings.goods_ended is not Ended.HIDE or now != PUBLISHED:
                return None
            self.hidden[own_id] = now
            self.remember()
            return hidden
        if own_id not in self.hidden:
            return None
        before = self.hidden.pop(own_id)
        return before if now == hidden else None

    def outcome(self) -> Outcome:
        """Say what became of it."""
        product_id = self.product.id if self.product is not None else ""
        if self.faults:
            first, *others = self.faults.values()
            return Outcome(State.HELD, first, product_id, self.key, warnings=(*others, *self.remarks))
        name = self.product.name if self.product is not None else self.key
        reason = (
            message("goods.written", product=name, items=len(self.wish.live))
            if self.writes
            else message("goods.as_it_should_be", product=name)
        )
        return Outcome(State.DONE, reason, product_id, self.key, warnings=tuple(self.remarks))
