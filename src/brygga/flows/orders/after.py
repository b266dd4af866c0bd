"""Looks at an order that was transferred before: it is never sent again, but changes are told."""

from collections.abc import Sequence
from dataclasses import replace

from brygga.domain.errors import RecordGone
from brygga.domain.message import Message, message
from brygga.domain.order import Order
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Link
from brygga.flows.orders.fingerprint import fingerprint, is_same_content, refunds_then, total_then

# What is said after the transfer: a person must do something in the ERP or the shop by hand.
NEEDS_PERSON = frozenset(
    {
        "order.stopped_after",
        "order.edited_after",
        "order.refunded_after",
        "order.deleted_after",
        "feedback.not_told",
    }
)
_STOPPED = frozenset({"cancelled", "failed", "trash"})


def look_after_transfer(order: Order, link: Link, before: Sequence[Message], *, told: bool = True) -> Outcome:
    """Return DONE with a warning for each thing a person must now do in the ERP by hand.

    `before` is what was said of the order until now; what was said at its transfer still is.
    `told` is False when the shop refused to be told, and is not asked again by itself.
    """
    erp_no = link.target_key or link.target_id or "?"
    warnings = _of_transfer(before)
    if not told:
        warnings.append(message("feedback.not_told", number=order.number, erp_no=erp_no))
    if order.status in _STOPPED:
        warnings.append(
            message("order.stopped_after", number=order.number, status=order.status, erp_no=erp_no)
        )
    warnings += changed_since(order, link)
    return _done(message("order.already_there", number=order.number, erp_no=erp_no), link, warnings)


def changed_since(order: Order, link: Link) -> list[Message]:
    """Say how an order differs from what the ERP got of it; nothing when that is not known."""
    if not link.fingerprint:
        return []
    erp_no = link.target_key or link.target_id or "?"
    known = refunds_then(link.fingerprint)
    return _edited(order, link, erp_no) + [
        message(
            "order.refunded_after",
            number=order.number,
            erp_no=erp_no,
            refund=refund.id,
            amount=refund.amount,
        )
        for refund in order.refunds
        if refund.id not in known
    ]


def still_transferred(failed: Outcome, error: Exception, link: Link, before: Sequence[Message]) -> Outcome:
    """Turn the outcome of a failed second look, or of telling the shop, into that of a sent order."""
    facts = {"number": link.source_key, "erp_no": link.target_key or link.target_id or "?"}
    if isinstance(error, RecordGone):
        told = message("order.deleted_after", **facts)
        left = [one for one in before if one.code not in NEEDS_PERSON - {"order.refunded_after"}]
        return _done(message("order.already_there", **facts), link, [*left, told])
    told = message("feedback.not_told", **facts)
    # Nothing new was learnt, so what was to be done still is. Said as a warning only when nobody tries again.
    left = [one for one in before if one.code != told.code]
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


def _edited(order: Order, link: Link, erp_no: str) -> list[Message]:
    if is_same_content(link.fingerprint, fingerprint(order)):
        return []
    then = total_then(link.fingerprint)
    return [
        message(
            "order.edited_after",
            number=order.number,
            erp_no=erp_no,
            then=then,
            now=order.total,
            difference=order.total - then,
        )
    ]
