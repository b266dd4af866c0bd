"""Brings many groups over together: read in few calls, each decided by itself, written in few calls.

Each group goes its own course, which stops where a product is to be written. The writes of all
are gathered into one call, and each course goes on with its own answer, until none writes any
more. A group whose products another one touches in the same round waits until the others are done
and is then brought over alone, by what the shop shows then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from brygga.domain.errors import ConnectionBroken, SetupWrong, TryLater
from brygga.domain.goods import ProductAnswer, ProductWrite
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.flows.context import RunContext
from brygga.flows.failures import outcome_of_failure
from brygga.flows.goods.bring import bring_over_group
from brygga.flows.goods.find import Found, product_ids
from brygga.flows.goods.making import Steps
from brygga.flows.goods.ports import Settled
from brygga.flows.goods.seen import Seen, read_ahead
from brygga.flows.goods.settings import GoodsMode
from brygga.flows.goods.wish import Wish, wish_of
from brygga.flows.journal import Entry, Journal
from brygga.flows.ports import LaneLost, Work


class _Touched(Exception):
    """Another group of the round has a product that this one needs."""


@dataclass(slots=True, eq=False)
class _Course:
    """One group on its way, with a journal of its own."""

    work: Work
    steps: Steps[Outcome]
    journal: Journal = field(default_factory=Journal)
    outcome: Outcome | None = None
    written_in: int | None = None

    def settled(self) -> Settled:
        """Return what became of it."""
        assert self.outcome is not None
        return Settled(self.work, self.outcome, self.journal.take(), self.written_in)


def bring_over_goods(works: Sequence[Work], ctx: RunContext) -> None:
    """Make or keep the products of groups, and store what became of each.

    Raises what concerns the connection, the flow or the lane as a whole, with the works still
    waiting that had not come to their end. What goes wrong while all are read is looked for in halves.
    """
    ctx.recorder.start()
    if ctx.settings.goods is GoodsMode.OFF:
        off = Outcome(State.IGNORED, message("goods.off"))
        ctx.goods.settle([Settled(work, off) for work in works])
        return
    try:
        wishes = {work.id: wish_of(ctx.goods.group(work.ref.id), ctx.settings) for work in works}
        seen = read_ahead(list(wishes.values()), ctx)
    except Exception as error:
        if _concerns_all(error, ctx):
            raise
        if len(works) == 1:
            outcome = outcome_of_failure(error, works[0], ctx)
            ctx.goods.settle([Settled(works[0], outcome, ctx.journal.take())])
            return
        half = (len(works) + 1) // 2
        bring_over_goods(works[:half], ctx)
        bring_over_goods(works[half:], ctx)
        return
    together = _Round(ctx, wishes, seen)
    together.bring(works)
    for work in together.late:
        _Round(ctx, wishes, Seen(ctx)).bring([work])


def _concerns_all(error: Exception, ctx: RunContext) -> bool:
    """Say that an error says nothing of one group: it is raised again with its works waiting."""
    away = isinstance(error, TryLater) and error.system_away
    return away or isinstance(error, ConnectionBroken | SetupWrong | LaneLost) or ctx.store.failed(error)


class _Round:
    """Groups that are brought over together."""

    def __init__(self, ctx: RunContext, wishes: dict[int, Wish], seen: Seen) -> None:
        self._ctx = ctx
        self._wishes = wishes
        self._seen = seen
        self._shared = ctx.journal
        self._exchanges: list[Entry] = []
        self._touched: dict[str, int] = {}  # products, and whose they are in this round
        self.late: list[Work] = []

    def bring(self, works: Sequence[Work]) -> None:
        """Bring groups over and store what became of them, also of some when others are broken off."""
        courses = [_Course(work, self._steps(work)) for work in works]
        try:
            self._go(courses)
        except LaneLost:
            raise
        except Exception:
            self._settle(courses)
            raise
        self._exchanges += self._shared.take()
        self._settle(courses)

    def _go(self, courses: Sequence[_Course]) -> None:
        going: list[tuple[_Course, ProductAnswer | None]] = [(course, None) for course in courses]
        while going:
            stopped = [(course, write) for course, answer in going if (write := self._go_on(course, answer))]
            self._ctx.recorder.go_on(self._shared)
            if not stopped:
                return
            answers = self._ctx.shop.put_products([write for _, write in stopped])
            self._exchanges += self._shared.take()
            for course, _ in stopped:
                course.written_in = len(self._exchanges) - 1
            going = [(course, answer) for (course, _), answer in zip(stopped, answers, strict=True)]

    def _go_on(self, course: _Course, answer: ProductAnswer | None) -> ProductWrite | None:
        """Let a course go on with its answer; return what it writes next, None at its end."""
        self._ctx.recorder.go_on(course.journal)
        try:
            if answer is None:
                return next(course.steps)
            if answer.error is not None:
                return course.steps.throw(answer.error)
            return course.steps.send(answer)
        except StopIteration as end:
            course.outcome = end.value
        except _Touched:
            self.late.append(course.work)
        except Exception as error:
            course.outcome = outcome_of_failure(error, course.work, self._ctx)
        return None

    def _steps(self, work: Work) -> Steps[Outcome]:
        def claim(found: Found) -> None:
            ids = product_ids(found.spots.values())
            ids |= {found.product.id} if found.product is not None else set()
            if any(self._touched.get(one, work.id) != work.id for one in ids):
                raise _Touched
            self._touched.update(dict.fromkeys(ids, work.id))

        return bring_over_group(work, self._wishes[work.id], self._seen, claim, self._ctx)

    def _settle(self, courses: Sequence[_Course]) -> None:
        self._ctx.goods.settle(list(_settled(courses)), self._exchanges)


def _settled(courses: Sequence[_Course]) -> Iterator[Settled]:
    return (course.settled() for course in courses if course.outcome is not None)
