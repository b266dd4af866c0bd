"""One order under way to the shop: what is known, what of it the shop has heard, and what is asked."""

from dataclasses import dataclass

from brygga.domain.message import Message
from brygga.domain.order import Order
from brygga.flows.context import RunContext
from brygga.flows.journal import Step
from brygga.flows.orders.fingerprint import fingerprint
from brygga.flows.ports import Work
from brygga.flows.statuses.ports import Known
from brygga.flows.tasks import Question

SENDING, DONE = "sending", "done"


@dataclass(slots=True)
class Telling:
    """One order under way: what is known, what of it the shop has been told, and the order as it now is."""

    work: Work
    known: Known
    order: Order
    told: dict[str, str]
    ctx: RunContext

    def begin(self, step: str) -> bool:
        """Say durably that a step is about to be done; True when an earlier try may have done it."""
        before = self.told.get(step) == SENDING
        self._remember(step, SENDING)
        return before

    def end(self, step: str, value: str = DONE) -> None:
        """Say durably that a step is done."""
        self._remember(step, value)

    def wrote(self, order: Order) -> None:
        """Take the order as our write left it: that is no news."""
        before, self.order = self.order, order
        # An edit by others since we read it comes back with our own write, and is news all the same.
        if self.known.order_work is not None and fingerprint(order) == fingerprint(before):
            self.ctx.events.echo(self.known.order_work, before.version, order.version)

    def ask(self, what: str, told: Message, *choices: str) -> None:
        """Ask a person about this order, once."""
        self.ctx.journal.add(Step.DECIDED, told)
        question = Question(
            key=f"{what}:{self.ctx.shop_id}:{self.order.id}",
            message=told,
            object_key=self.order.number,
            choices=choices,
            facts={"erp_no": self.work.ref.id, "status": self.order.status},
        )
        self.ctx.tasks.ask(question, work=self.work.id)

    def answer(self, what: str) -> str:
        """Return what a person chose when asked."""
        return self.ctx.tasks.answer(f"{what}:{self.ctx.shop_id}:{self.order.id}")

    def withdraw(self, what: str) -> None:
        """Ask no longer."""
        self.ctx.tasks.withdraw(f"{what}:{self.ctx.shop_id}:{self.order.id}")

    def _remember(self, step: str, value: str) -> None:
        self.told[step] = value
        self.ctx.events.remember(self.work.id, {step: value})
