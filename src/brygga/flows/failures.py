"""Turns an error into what becomes of the record; what concerns more than it is passed on."""

import traceback
from dataclasses import replace
from datetime import timedelta

from brygga.domain.errors import (
    ConnectionBroken,
    OutcomeUnknown,
    RecordGone,
    RecordRejected,
    SetupWrong,
    TryLater,
)
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.flows.context import RunContext
from brygga.flows.journal import Step
from brygga.flows.ports import LaneLost, Work


def outcome_of_failure(error: Exception, work: Work, ctx: RunContext) -> Outcome:
    """Say what becomes of a record whose attempt ended with this error.

    Raises the error again when it is about the connection, the flow or the lane as a whole.
    """
    match error:
        case ConnectionBroken() | SetupWrong() | LaneLost():
            raise error
        case TryLater() if error.system_away:
            raise error
        case TryLater():
            return _again(State.WAITING, error, work, ctx)
        case OutcomeUnknown():
            return _again(State.UNKNOWN, error, work, ctx)
        case RecordGone():
            return Outcome(State.IGNORED, error.for_merchant)
        case RecordRejected():
            return Outcome(State.HELD, error.for_merchant)
        case _ if ctx.store.failed(error):
            later = TryLater(message("flow.store_failed"), type(error).__name__)
            return replace(_again(State.WAITING, later, work, ctx), system_failed=False)
        case _:
            # A fault of ours: the record waits with everything we know, the others go on.
            trace = "".join(traceback.format_exception(error))
            ctx.journal.add(Step.DECIDED, message("flow.bug", error=type(error).__name__), traceback=trace)
            return Outcome(State.HELD, message("flow.bug", error=type(error).__name__))


def _again(state: State, error: TryLater | OutcomeUnknown, work: Work, ctx: RunContext) -> Outcome:
    pauses = ctx.settings.retry_minutes
    if work.attempt > len(pauses):
        gave_up = message("flow.gave_up", attempts=work.attempt, key=work.key)
        return Outcome(State.HELD, gave_up, system_failed=True)
    retry_at = ctx.now() + timedelta(minutes=float(pauses[work.attempt - 1]))
    if isinstance(error, TryLater) and error.after is not None:
        retry_at = max(retry_at, error.after)
    return Outcome(state, error.for_merchant, retry_at=retry_at, system_failed=True)
