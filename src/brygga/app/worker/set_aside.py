"""Sets works aside for a person, so that one that can't be finished does not stop its lane."""

from datetime import UTC, datetime

import structlog

from brygga.app.store import lanes
from brygga.app.store.due import Claim, claim
from brygga.app.store.runs import LaneStore
from brygga.domain.message import Message, message
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Kind
from brygga.flows.journal import Journal, Step
from brygga.flows.orders.after import still_transferred

log = structlog.get_logger(__name__)


def hold(held: lanes.HeldLane, works: list[int], code: str, **facts: str) -> None:
    """Let works wait for a person, with a reason that is not about them alone."""
    store = LaneStore(held)
    now = datetime.now(UTC)
    claims = claim(works, held.connection, now) if works else []
    store.begin(claims)
    for each in claims:
        reason = message(code, key=each.work.key, **facts)
        journal = Journal()
        journal.add(Step.SETTLED, reason)
        # What was sent stays open as an intent: it is settled when a person asks for a new try.
        store.settle(each.work, for_a_person(each, reason), journal)
        log.error("work set aside", work=each.work.id, code=code)


def for_a_person(each: Claim, reason: Message) -> Outcome:
    """Say what becomes of a work that is set aside: held, or sent but with something left to do."""
    held = Outcome(State.HELD, reason)
    if each.link is None or each.link.source.kind is not Kind.ORDER:
        return held
    return still_transferred(held, RuntimeError(reason.code), each.link, each.warnings)
