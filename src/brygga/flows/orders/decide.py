"""Which orders are sent, when, and as what: the rules of domain 4.6, each with its reason."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from brygga.domain.document import DocumentKind
from brygga.domain.message import Message, message
from brygga.domain.money import ZERO
from brygga.domain.order import Order
from brygga.domain.outcome import Outcome, State
from brygga.flows.context import RunContext
from brygga.flows.ports import TwinMark, Work
from brygga.flows.settings import FlowSettings, RefundBefore, Trigger

# Never orders, whatever the settings say: a checkout that is under way, and what was thrown away.
NEVER = frozenset({"checkout-draft", "auto-draft", "draft", "trash", "awaiting-svea"})
_REFERENCE_PAUSES = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2))


@dataclass(frozen=True, slots=True)
class Decision:
    """Go on and make `document`, or stop with `outcome`."""

    document: DocumentKind = DocumentKind.ORDER
    outcome: Outcome | None = None


def decide(order: Order, work: Work, ctx: RunContext) -> Decision:
    """Decide what happens to an order that was not yet transferred.

    A person may force an order past start date and status, never past the reasons that would
    make it wrong (drafts, full refunds, a missing reference that can still come).
    """
    settings = ctx.settings
    if order.status in NEVER:
        return _ignore(message("order.never_sent", number=order.number, status=order.status))
    trigger = _trigger(order, settings)
    if not work.forced:
        if settings.start_date and order.created_at.astimezone(ctx.time_zone).date() < settings.start_date:
            return _ignore(message("order.before_start", number=order.number, start=settings.start_date))
        if order.payment.method in settings.excluded_methods:
            return _ignore(message("order.excluded_method", number=order.number, method=order.payment.method))
        if trigger is Trigger.NOTHING:
            return _ignore(message("order.status_waits", number=order.number, status=order.status))
    refunded = _refunds(order, settings)
    if refunded is not None:
        return Decision(outcome=refunded)
    if order.total == ZERO and settings.skip_zero_orders:
        return _ignore(message("order.zero_skipped", number=order.number))
    if not work.forced and _is_test(order, settings):
        return Decision(outcome=Outcome(State.HELD, message("order.test", number=order.number)))
    waiting = _too_young(order, ctx) or _reference_missing(order, work, ctx)
    if waiting is not None:
        return Decision(outcome=waiting)
    twin = _twin(order, work, ctx)
    if twin is not None:
        return Decision(outcome=Outcome(State.HELD, twin))
    return Decision(document=_document(order, trigger, settings))


def _trigger(order: Order, settings: FlowSettings) -> Trigger:
    if order.status == "on-hold" and order.payment.method in settings.on_hold_methods:
        return Trigger.SEND
    return settings.statuses.get(order.status, Trigger.NOTHING)


def _document(order: Order, trigger: Trigger, settings: FlowSettings) -> DocumentKind:
    if trigger is Trigger.INVOICE:
        return DocumentKind.INVOICE
    return settings.document_by_method.get(order.payment.method, settings.document)


def _refunds(order: Order, settings: FlowSettings) -> Outcome | None:
    if not order.refunds:
        return None
    if whole_refund(order):
        return Outcome(
            State.IGNORED, message("order.fully_refunded", number=order.number, amount=order.refunded)
        )
    if settings.refund_before is RefundBefore.HOLD:
        return Outcome(
            State.HELD, message("order.partly_refunded", number=order.number, amount=order.refunded)
        )
    if any(not refund.lines and refund.amount for refund in order.refunds):
        # No rows, so nobody but a person can say which VAT the money belongs to.
        return Outcome(
            State.HELD, message("order.refund_without_rows", number=order.number, amount=order.refunded)
        )
    return None


def whole_refund(order: Order) -> bool:
    """Say that nothing is left to send: all money was paid back, or every piece of a free order."""
    if not order.refunds:
        return False
    if order.total > ZERO:
        return order.refunded >= order.total
    returned: dict[str, Decimal] = {}
    for row in (row for refund in order.refunds for row in refund.lines):
        returned[row.line_id] = returned.get(row.line_id, ZERO) + row.quantity
    return all(returned.get(line.id, ZERO) >= line.quantity for line in order.lines)


def _is_test(order: Order, settings: FlowSettings) -> bool:
    email = order.billing.email.strip().lower()
    codes = {discount.code.lower() for discount in order.discounts}
    return email in {e.lower() for e in settings.test_emails} or bool(
        codes & {c.lower() for c in settings.test_coupons}
    )


def _too_young(order: Order, ctx: RunContext) -> Outcome | None:
    if not ctx.settings.minimum_age_minutes:
        return None
    ready_at = order.created_at + timedelta(minutes=ctx.settings.minimum_age_minutes)
    if ready_at <= ctx.now():
        return None
    too_young = message("order.too_young", number=order.number)
    return Outcome(State.WAITING, too_young, retry_at=ready_at, counts=False)


def _reference_missing(order: Order, work: Work, ctx: RunContext) -> Outcome | None:
    if (
        order.payment.reference
        or order.total == ZERO
        or order.payment.method not in ctx.settings.reference_required
    ):
        return None
    facts = {"number": order.number, "method": order.payment.title or order.payment.method}
    if work.attempt > len(_REFERENCE_PAUSES):
        return Outcome(State.HELD, message("order.reference_missing", **facts))
    retry_at = ctx.now() + _REFERENCE_PAUSES[work.attempt - 1]
    return Outcome(State.WAITING, message("order.reference_awaited", **facts), retry_at=retry_at)


def _twin(order: Order, work: Work, ctx: RunContext) -> Message | None:
    """Return why an order is held as the twin of another one of the same checkout, if it is."""
    if not ctx.settings.twin_minutes or work.released_twin or not order.billing.email:
        return None
    paid = order.payment.paid_at is not None
    secret_of_buyer = f"{order.billing.email.strip().lower()}|{order.total}|{order.currency}"
    mark = TwinMark(
        hashlib.sha256(secret_of_buyer.encode()).hexdigest(), order.payment.reference, order.created_at, paid
    )
    for other in ctx.store.twins(work, mark, ctx.settings.twin_minutes):
        if other.transferred or (other.paid and not paid):
            return message("order.twin", number=order.number, twin=other.key)
    return None


def _ignore(reason: Message) -> Decision:
    return Decision(outcome=Outcome(State.IGNORED, reason))
