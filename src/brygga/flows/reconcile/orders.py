"""Orders of both sides: day by day, and each that is missing, gone, ended or no longer as it was sent."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice

from brygga.domain.errors import RecordGone
from brygga.domain.message import Message, message
from brygga.domain.money import ZERO
from brygga.domain.order import OrderHead
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.flows.catch_up import AHEAD
from brygga.flows.intake import take_order
from brygga.flows.orders.changed import LEAVE, REFUND, REFUND_GONE, STOPPED
from brygga.flows.orders.decide import NEVER
from brygga.flows.orders.fingerprint import refunds_then, total_then
from brygga.flows.reconcile.context import ReconcileContext
from brygga.flows.reconcile.ports import KnownOrder
from brygga.flows.reconcile.report import Difference, Done, Report, What
from brygga.flows.settings import Trigger
from brygga.flows.tasks import Question

_AT_ONCE = 100
_LOOKED_FOR = 100  # orders read one by one because no list had them
_STOPPED = frozenset({"cancelled", "refunded", "failed", "trash"})
_TRASH = "trash"
_LOOK_BACK = timedelta(minutes=10)  # as polls do: a shop keeps whole seconds, and its clock may be slow
SEEN_TO, LET_BE = "seen_to", "let_be"


def reconcile_orders(ctx: ReconcileContext, report: Report) -> None:
    """Compare the orders of the last days; take in what is missing, and ask about the rest."""
    until = ctx.now()
    first = (until - timedelta(days=ctx.settings.reconcile_days)).astimezone(ctx.time_zone)
    since = first.replace(hour=0, minute=0, second=0, microsecond=0)
    seen: set[str] = set()
    for heads in _some(ctx.shop.orders_changed(since, until + AHEAD)):
        known = ctx.store.orders([head.id for head in heads])
        for head in heads:
            seen.add(head.id)
            report.counts["orders"] += 1
            _judge(head, known.get(head.id), since, ctx, report)
    _look_for_gone(seen, since, ctx, report)
    _look_for_held(seen, ctx)


def _judge(
    head: OrderHead, known: KnownOrder | None, since: datetime, ctx: ReconcileContext, report: Report
) -> None:
    if known is None or (known.state is None and not known.linked):
        if head.modified_at >= ctx.begins - _LOOK_BACK and head.status not in NEVER:
            _missing(head, since, ctx, report)
        return
    if known.linked:
        _sent(head, known, since, ctx, report)
    elif known.state in (State.HELD, State.UNKNOWN, State.WAITING):
        _count(head, None, since, ctx, report)
        if known.state is not State.WAITING and known.reason is not None:
            report.add(_about(head, "reconcile.order_waits", known.reason, Done.WAITS))
    if known.version is not None and head.version.differs_from(known.version):
        # Its own news, or an echo of ours: intake knows which.
        unnoticed = not ctx.repair or take_order(ctx.intake, ctx.flow, ctx.shop_id, head)
        if unnoticed and head.version.is_later_than(known.version) and not known.linked:
            cause = message("reconcile.cause_unnoticed", at=f"{head.modified_at:%Y-%m-%d %H:%M}")
            report.add(_about(head, "reconcile.order_changed", cause, ctx.mended))


def _missing(head: OrderHead, since: datetime, ctx: ReconcileContext, report: Report) -> None:
    """Take in an order that nobody has told of; whether it is sent is the flow's to decide."""
    if ctx.repair:
        take_order(ctx.intake, ctx.flow, ctx.shop_id, head)
    report.counts["orders_taken_in"] += 1
    if not _counts(head, ctx):
        return
    _count(head, None, since, ctx, report)
    report.add(_about(head, "reconcile.order_missing", message("reconcile.cause_never_told"), ctx.mended))


def _counts(head: OrderHead, ctx: ReconcileContext) -> bool:
    """Say that an order is one to send, as far as a list tells it."""
    settings = ctx.settings
    created = head.created_at.astimezone(ctx.time_zone).date()
    if settings.start_date is not None and created < settings.start_date:
        return False
    return settings.statuses.get(head.status, Trigger.NOTHING) is not Trigger.NOTHING


def _sent(head: OrderHead, known: KnownOrder, since: datetime, ctx: ReconcileContext, report: Report) -> None:
    sum_sent = total_then(known.fingerprint) if known.fingerprint else _amount(head.total)
    _count(head, sum_sent, since, ctx, report)
    if head.status == _TRASH:
        _gone(head.id, head.number, known, ctx, report)
        return
    if _amount(head.total) != sum_sent:
        told = message(
            "reconcile.order_sum", number=head.number, erp_no=known.erp_no, shop=head.total, sent=sum_sent
        )
        report.add(Difference(What.ORDER, head.number, told, message("reconcile.cause_edited"), Done.WAITS))
    if known.ended and head.status not in _STOPPED:
        _ended_there(head, known, ctx, report)
    _refunds(head, known, ctx, report)


def _ended_there(head: OrderHead, known: KnownOrder, ctx: ReconcileContext, report: Report) -> None:
    """The ERP has stopped or removed it, and the shop's order lives on."""
    facts = ", ".join(sorted(fact.value for fact in known.ended))
    told = message(
        "reconcile.order_ended", number=head.number, erp_no=known.erp_no, facts=facts, status=head.status
    )
    if not (ctx.preset.moves(Kind.STATUS) and ctx.masters.erp_leads("order.status")):
        key = f"order-ended-{ctx.flow}-{head.id}"
        done = _ask(key, told, head.number, ctx)
        cause = message("reconcile.cause_status_off")
    elif known.ended_told:
        done, cause = Done.WAITS, message("reconcile.cause_decided")
    else:
        if ctx.repair:
            ctx.store.wake(Kind.STATUS, [known.erp_no])
        done, cause = ctx.mended, message("reconcile.cause_due")
    report.add(Difference(What.ORDER, head.number, told, cause, done))


def _refunds(head: OrderHead, known: KnownOrder, ctx: ReconcileContext, report: Report) -> None:
    """A refund that we knew of and the shop no longer has: nothing tells of that."""
    taken_off = refunds_then(known.fingerprint) if known.fingerprint else frozenset[str]()
    asked = _refunds_of(known, REFUND)
    # One that nobody credited is over with its question; the order's own look asks about the others.
    for refund in sorted({*taken_off, *asked} - {*head.refunds, ""}):
        if asked.get(refund) == LEAVE:
            continue
        told = message("reconcile.refund_gone", number=head.number, erp_no=known.erp_no, refund=refund)
        answer = _refunds_of(known, REFUND_GONE).get(refund)
        if answer is not None:
            done = Done.LEFT if answer else Done.WAITS
        else:
            if ctx.repair:
                ctx.store.wake(Kind.ORDER, [head.id])
            done = Done.ASKED if ctx.repair else Done.WOULD
        report.add(Difference(What.REFUND, head.number, told, message("reconcile.cause_deleted"), done))


def _refunds_of(known: KnownOrder, what: str) -> dict[str, str]:
    """Return the refunds that a kind of question is about, with what was chosen."""
    found = [(key, choice) for key, choice in known.questions.items() if key.startswith(f"{what}:")]
    return {key.rpartition(":")[2]: choice for key, choice in found}


def _look_for_gone(seen: set[str], since: datetime, ctx: ReconcileContext, report: Report) -> None:
    """Find orders that we brought over in this time and that no list of the shop has any more."""
    looked = 0
    for rows in ctx.store.linked_orders(since):
        unseen = [(ref, number) for ref, number in rows if ref not in seen]
        known = ctx.store.orders([ref for ref, _ in unseen]) if unseen else {}
        for ref, number in unseen:
            if looked >= _LOOKED_FOR:
                report.counts["orders_not_looked_for"] += 1
                continue
            looked += 1
            try:
                order = ctx.shop.order(ref)
            except RecordGone:
                _gone(ref, number, known[ref], ctx, report)
                continue
            if order.status == _TRASH:
                _gone(ref, number, known[ref], ctx, report)


def _look_for_held(seen: set[str], ctx: ReconcileContext) -> None:
    """Have orders read that were never sent, hold stock, and are in no list: what is gone holds nothing."""
    if not ctx.repair:
        return
    unseen = (ref for refs in ctx.store.orders_holding() for ref in refs if ref not in seen)
    looked_for = list(islice(unseen, _LOOKED_FOR))
    if looked_for:
        ctx.store.wake(Kind.ORDER, looked_for)


def _gone(ref: str, number: str, known: KnownOrder, ctx: ReconcileContext, report: Report) -> None:
    told = message("reconcile.order_gone", number=number, erp_no=known.erp_no or "?")
    is_told = any(key.startswith(f"{STOPPED}:") for key in known.questions)
    if is_told:
        done = Done.WAITS
    elif ctx.repair:
        ctx.store.wake(Kind.ORDER, [ref])  # its own look says what a person is to do in the ERP
        done = Done.ASKED
    else:
        done = Done.WOULD
    report.add(Difference(What.ORDER, number, told, message("reconcile.cause_deleted"), done))


def _ask(key: str, told: Message, number: str, ctx: ReconcileContext) -> Done:
    if ctx.tasks.answer(key):
        return Done.LEFT
    if not ctx.repair:
        return Done.WOULD
    ctx.tasks.ask(Question(key[:200], told, number, (SEEN_TO, LET_BE), dict(told.facts)))
    return Done.ASKED


def _count(
    head: OrderHead, sent: Decimal | None, since: datetime, ctx: ReconcileContext, report: Report
) -> None:
    if head.created_at < since:
        return
    day = report.day(head.created_at.astimezone(ctx.time_zone).date(), head.currency)
    day.expected += 1
    day.expected_sum += _amount(head.total)
    if sent is not None:
        day.sent += 1
        day.sent_sum += sent


def _about(head: OrderHead, code: str, cause: Message, done: Done) -> Difference:
    told = message(code, number=head.number, status=head.status, total=head.total)
    return Difference(What.ORDER, head.number, told, cause, done)


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return ZERO


def _some(heads: Iterator[OrderHead]) -> Iterator[Sequence[OrderHead]]:
    while part := list(islice(heads, _AT_ONCE)):
        yield part
