"""Looks at an order that was transferred before: it is never sent again, but a person is asked.

What is asked, with which figures, is in `changed.py`. A question is withdrawn when its reason goes
away, and what was answered stays answered for as long as the reason lasts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from brygga.domain.errors import RecordGone
from brygga.domain.events import Fact
from brygga.domain.message import Message, message
from brygga.domain.order import Order
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Link
from brygga.flows.context import RunContext
from brygga.flows.journal import Step
from brygga.flows.orders.changed import (
    DONE,
    EDITED,
    REFUND,
    SENT,
    Transferred,
    as_mended,
    asked_for_good,
    deleted,
    edited,
    is_ours,
    refunded,
    refunds_gone,
    stopped,
)
from brygga.flows.orders.fingerprint import fingerprint
from brygga.flows.ports import Work
from brygga.flows.tasks import Question

# What is said after the transfer as a remark: a person must do something in the shop by hand.
NEEDS_PERSON = frozenset({"feedback.not_told"})
# What the flow of statuses tells a contradiction from, when the ERP has sent the goods.
_CONTRADICTING = frozenset({"cancelled", "failed", "trash"})


def look_after_transfer(
    order: Order, work: Work, link: Link, ctx: RunContext, *, told: bool = True
) -> tuple[Outcome, Link]:
    """Ask a person about what has changed; return DONE, and the link as it now is.

    `told` is False when the shop refused to be told, and is not asked again by itself.
    """
    erp_no = link.target_key or link.target_id or "?"
    warnings = _of_transfer(ctx.store.warnings(work))
    if not told:
        warnings.append(message("feedback.not_told", number=order.number, erp_no=erp_no))
    link = ask_what_changed(order, work, link, ctx)
    return _done(message("order.already_there", number=order.number, erp_no=erp_no), link, warnings), link


def ask_what_changed(order: Order, work: Work, link: Link, ctx: RunContext) -> Link:
    """Ask about every difference from what the ERP got; return the link to compare with from now on."""
    asked = ctx.tasks.asked(work.id)
    # Linked by hand: what it is at the first look is what later changes are told against.
    mended = as_mended(replace(link, fingerprint=link.fingerprint or fingerprint(order)), asked)
    sent = _transferred(mended, ctx)
    questions = [
        None if _told_by_statuses(order, sent, ctx) else stopped(order, sent),
        edited(order, sent),
        *refunded(order, sent),
        *refunds_gone(order, sent, asked),
    ]
    wanted = [question for question in questions if question is not None]
    for question in wanted:
        if not asked_for_good(question, asked):
            _ask(question, work, ctx)
    keep = {question.key for question in wanted}
    # What was credited is remembered: its refund may go away. And the answer to an edit stays until
    # the link that follows from it is stored.
    credited = sent.key(REFUND) + ":"
    keep |= {key for key, known in asked.items() if key.startswith(credited) and known.choice == DONE}
    if mended.fingerprint != link.fingerprint:
        keep.add(sent.key(EDITED))
    _withdraw((key for key in asked if key not in keep), ctx)
    return mended


def ask_about_deleted(work: Work, link: Link, ctx: RunContext) -> None:
    """Ask what becomes of an order in the ERP that the shop has deleted."""
    asked = ctx.tasks.asked(work.id)
    sent = _transferred(link, ctx)
    question = deleted(sent)
    if question is not None and not asked_for_good(question, asked):
        _ask(question, work, ctx)
    _withdraw((key for key in asked if key == sent.key(EDITED)), ctx)


def _transferred(link: Link, ctx: RunContext) -> Transferred:
    facts = ctx.events.facts(ctx.erp_id, link.target_id) if link.target_id else frozenset[Fact]()
    return Transferred(link, facts, ctx.settings, ctx.time_zone)


def _told_by_statuses(order: Order, sent: Transferred, ctx: RunContext) -> bool:
    """Leave it to the flow of statuses when the ERP has sent what the shop has stopped: it has both facts."""
    if not sent.facts & SENT or not ctx.masters.erp_leads("order.status"):
        return False
    if order.status != "completed":
        ctx.events.look_again(ctx.flow, ctx.erp_id, sent.link.target_id)
    return order.status in _CONTRADICTING


def _ask(question: Question, work: Work, ctx: RunContext) -> None:
    if ctx.tasks.ask(question, work=work.id):
        ctx.journal.add(Step.DECIDED, question.message)


def _withdraw(keys: Iterable[str], ctx: RunContext) -> None:
    for key in keys:
        if is_ours(key):
            ctx.tasks.withdraw(key)


def still_transferred(failed: Outcome, error: Exception, link: Link, before: Sequence[Message]) -> Outcome:
    """Turn the outcome of a failed second look, or of telling the shop, into that of a sent order."""
    facts = {"number": link.source_key, "erp_no": link.target_key or link.target_id or "?"}
    if isinstance(error, RecordGone):
        return _done(message("order.already_there", **facts), link, _of_transfer(before))
    told = message("feedback.not_told", **facts)
    # Nothing new was learnt, so what was to be done still is. Said as a warning only when nobody tries again.
    left = _of_transfer(before)
    outcome = _done(told, link, left if failed.retry_at else [*left, told])
    return replace(outcome, retry_at=failed.retry_at, system_failed=failed.system_failed)


def _of_transfer(before: Sequence[Message]) -> list[Message]:
    return [warning for warning in before if warning.code not in NEEDS_PERSON]


def _done(reason: Message, link: Link, warnings: Sequence[Message]) -> Outcome:
    return Outcome(
        State.DONE,
        reason,
        target_id=link.target_id,
        target_key=link.target_key,
        fingerprint=link.fingerprint,
        warnings=tuple(warnings),
    )
