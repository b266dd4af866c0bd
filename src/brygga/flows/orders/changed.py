"""How an order differs from what the ERP got of it, and what a person is to be asked. Pure.

Whoever asks has the answer to carry out by hand: an ERP takes neither changes nor credits.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from brygga.domain.events import Fact
from brygga.domain.message import message
from brygga.domain.money import ONE, ZERO, plain
from brygga.domain.order import Order, OrderLine, Refund, ShippingLine
from brygga.domain.refs import Link
from brygga.flows.orders.charges import line_name
from brygga.flows.orders.credit import COLUMNS, PROPOSAL, PutBack, credit_rows, put_back
from brygga.flows.orders.fingerprint import (
    RowThen,
    fingerprint,
    is_same_content,
    parts_changed,
    refunds_then,
    rows_then,
    total_then,
    with_refunds_of,
)
from brygga.flows.settings import FlowSettings
from brygga.flows.tasks import Known, Question, table

DONE, LEAVE = "done", "leave"
STOPPED, EDITED, REFUND, REFUND_GONE = "order.stopped", "order.edited", "order.refund", "order.refund_gone"
OURS = (STOPPED, EDITED, REFUND, REFUND_GONE)
ENDED = frozenset({Fact.CANCELLED, Fact.REMOVED})
SENT = frozenset({Fact.DELIVERED, Fact.PARTLY_DELIVERED})


@dataclass(frozen=True, slots=True)
class Transferred:
    """An order that is in the ERP: its link, what the ERP has told of it, and how it was sent."""

    link: Link
    facts: AbstractSet[Fact]
    settings: FlowSettings
    time_zone: ZoneInfo

    @property
    def erp_no(self) -> str:
        """The ERP's number, or what stands for one that is not known yet."""
        return self.link.target_key or self.link.target_id or "?"

    def key(self, what: str, more: str = "") -> str:
        """Return what makes a question about this order one."""
        return key_of(
            what, self.link.target_connection, self.link.source.connection, self.link.source.id, more
        )

    def figures(self, number: str) -> dict[str, str]:
        """Return what every question says: both numbers, and what the ERP has told."""
        return {"number": number, "erp_no": self.erp_no, "erp_facts": _listed(self.facts)}


def key_of(what: str, erp: int, shop: int, order_id: str, more: str = "") -> str:
    """Return the key of a question about an order of a shop that is in an ERP."""
    return ":".join([what, str(erp), str(shop), order_id, *([more] if more else [])])[:200]


def _listed(facts: AbstractSet[Fact]) -> str:
    return ", ".join(fact.value for fact in Fact if fact in facts)


def stopped(order: Order, sent: Transferred) -> Question | None:
    """Ask for the ERP's order to be cancelled, unless the ERP ended it itself."""
    if order.status not in sent.settings.cancel_statuses or sent.facts & ENDED:
        return None
    code = "order.stopped_when_sent" if sent.facts & SENT else "order.stopped_after"
    facts = {**sent.figures(order.number), "status": order.status, **_worth(order)}
    told = message(code, number=order.number, status=order.status, erp_no=sent.erp_no)
    return Question(sent.key(STOPPED), told, order.number, (DONE, LEAVE), facts)


def deleted(sent: Transferred) -> Question | None:
    """Ask for the ERP's order to be cancelled when the shop has none any more."""
    if sent.facts & ENDED:
        return None
    number = sent.link.source_key
    told = message("order.deleted_after", number=number, erp_no=sent.erp_no)
    return Question(sent.key(STOPPED), told, number, (DONE, LEAVE), sent.figures(number))


def edited(order: Order, sent: Transferred) -> Question | None:
    """Ask for the ERP's order to be changed as the shop's was."""
    then, now = sent.link.fingerprint, fingerprint(order)
    if is_same_content(then, now):
        return None
    difference = order.total - total_then(then)
    told = message(
        "order.edited_after",
        number=order.number,
        erp_no=sent.erp_no,
        then=total_then(then),
        now=order.total,
        difference=difference,
    )
    facts = {
        "number": order.number,
        "erp_no": sent.erp_no,
        "changed": ", ".join(parts_changed(then, now)),
        "currency": order.currency,
        "then": str(total_then(then)),
        "now": str(order.total),
        "difference": str(difference),
        "mark": now,
    }
    rows = list(_rows_changed(then, order))
    if rows:
        columns = ("article", "name", "quantity_then", "quantity_now", "gross_then", "gross_now")
        facts["rows_changed"] = table(columns, rows)
    return Question(sent.key(EDITED), told, order.number, (DONE, LEAVE), facts)


def as_mended(link: Link, asked: Mapping[str, Known]) -> Link:
    """Return the link with what a person has brought the ERP's order up to since it was sent."""
    key = key_of(EDITED, link.target_connection, link.source.connection, link.source.id)
    known = asked.get(key)
    if known is None or known.choice != DONE or not link.fingerprint or not known.facts.get("mark"):
        return link
    return replace(link, fingerprint=with_refunds_of(known.facts["mark"], link.fingerprint))


def _rows_changed(then: str, order: Order) -> Iterator[tuple[str, ...]]:
    before = rows_then(then)
    for charge in order.charges():
        was = before.pop(charge.id, None)
        article, name, quantity = "", "", ONE
        if isinstance(charge, OrderLine):
            article, name, quantity = charge.sku, line_name(charge), charge.quantity
        else:
            name = charge.title if isinstance(charge, ShippingLine) else charge.name
        now = RowThen(article, quantity, charge.total + charge.total_tax)
        if was != now:
            yield _row(name, was, now)
    for was in before.values():
        yield _row("", was, None)


def _row(name: str, was: RowThen | None, now: RowThen | None) -> tuple[str, ...]:
    article = now.article_no if now else was.article_no if was else ""
    quantities = tuple(plain(one.quantity) if one else "-" for one in (was, now))
    grosses = tuple(str(one.gross) if one else "-" for one in (was, now))
    return (article, name, *quantities, *grosses)


def refunded(order: Order, sent: Transferred) -> list[Question]:
    """Ask for a credit for each refund that was not taken off before the transfer."""
    known = refunds_then(sent.link.fingerprint)
    return [_refund(refund, order, sent) for refund in order.refunds if refund.id not in known]


def _refund(refund: Refund, order: Order, sent: Transferred) -> Question:
    rows = credit_rows(refund, order, sent.settings)
    back = put_back(refund, order)
    told = message(
        "order.refunded_after" if back is PutBack.NO else "order.refunded_restocked",
        number=order.number,
        erp_no=sent.erp_no,
        refund=refund.id,
        amount=refund.amount,
    )
    made = refund.created_at
    facts = {
        **sent.figures(order.number),
        "refund": refund.id,
        "refund_date": made.astimezone(sent.time_zone).date().isoformat() if made else "",
        "refund_reason": refund.reason,
        "currency": order.currency,
        "credit_net": str(sum((row.net for row in rows), ZERO)),
        "credit_vat": str(sum((row.vat for row in rows), ZERO)),
        "credit_total": str(-refund.amount),
        "proposal": "yes" if any(row.kind == PROPOSAL for row in rows) else "",
        "payment": order.payment.title or order.payment.method,
        "payment_reference": order.payment.reference or order.payment.transaction_id,
        "paid_back": "yes" if refund.paid_back else "no",
        "put_back": back.value,
        "credit_rows": table(COLUMNS, (row.cells() for row in rows)),
    }
    return Question(sent.key(REFUND, refund.id), told, order.number, (DONE, LEAVE), facts)


def refunds_gone(order: Order, sent: Transferred, asked: Mapping[str, Known]) -> list[Question]:
    """Ask for credits to be taken back whose refund the shop has deleted; it tells nobody of that."""
    there = {refund.id for refund in order.refunds}
    start = sent.key(REFUND) + ":"
    credited = {
        key.removeprefix(start)
        for key, known in asked.items()
        if key.startswith(start) and known.choice == DONE
    }
    questions = [_gone(refund, "order.refund_gone", order, sent) for refund in sorted(credited - there)]
    taken_off = refunds_then(sent.link.fingerprint) - credited - there
    return questions + [
        _gone(refund, "order.refund_gone_before", order, sent) for refund in sorted(taken_off)
    ]


def _gone(refund: str, code: str, order: Order, sent: Transferred) -> Question:
    told = message(code, number=order.number, erp_no=sent.erp_no, refund=refund)
    facts = {**sent.figures(order.number), "refund": refund, **_worth(order)}
    return Question(sent.key(REFUND_GONE, refund), told, order.number, (DONE, LEAVE), facts)


def _worth(order: Order) -> dict[str, str]:
    return {"currency": order.currency, "total": str(order.total)}


def is_ours(key: str) -> bool:
    """Say whether a question is one of those that are asked here."""
    return key.partition(":")[0] in OURS


def asked_for_good(question: Question, asked: Mapping[str, Known]) -> bool:
    """Say that a question was answered and is not asked again while its reason lasts.

    Only an edit is: by another edit. A cancelled order that is then thrown away is no news.
    """
    known = asked.get(question.key)
    return known is not None and bool(known.choice) and not question.key.startswith(EDITED + ":")
