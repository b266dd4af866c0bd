"""What becomes of an order that ends in the shop while nobody knows whether it is in the ERP.

Its create was sent and the answer was lost. To send it again only to find out could make an
order that nobody wants any more, and to ignore it could leave one in the ERP: a person looks.
"""

from dataclasses import replace

from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.flows.context import RunContext
from brygga.flows.journal import Step
from brygga.flows.ports import Work


def ask_person_if_unsettled(outcome: Outcome, work: Work, ctx: RunContext) -> Outcome:
    """Return the outcome of an order without a link; held and told if it may have been made."""
    if outcome.state not in (State.IGNORED, State.HELD):
        return outcome
    unsettled = ctx.store.open_intents(work)
    if not unsettled:
        return outcome
    told = message("order.ended_unsettled", number=work.key, external=unsettled[0].key)
    if outcome.state is State.HELD:
        return replace(outcome, warnings=(*outcome.warnings, told))
    ctx.journal.add(Step.DECIDED, outcome.reason)
    return replace(outcome, state=State.HELD, reason=told)
