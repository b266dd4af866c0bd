"""Looks at an order that was transferred before: it is never sent again, but changes are told."""

from brygga.domain.message import Message, message
from brygga.domain.order import Order
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Link
from brygga.flows.orders.fingerprint import fingerprint, is_same_content, refunds_then, total_then

_STOPPED = frozenset({"cancelled", "failed", "trash"})


def look_after_transfer(order: Order, link: Link) -> Outcome:
    """Return DONE with a warning for each thing a person must now do in the ERP by hand."""
    erp_no = link.target_key or link.target_id or "?"
    warnings: list[Message] = []
    if order.status in _STOPPED:
        warnings.append(
            message("order.stopped_after", number=order.number, status=order.status, erp_no=erp_no)
        )
    if link.fingerprint:
        warnings += _edited(order, link, erp_no)
        known = refunds_then(link.fingerprint)
        warnings += [
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
    return Outcome(
        State.DONE,
        message("order.already_there", number=order.number, erp_no=erp_no),
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
