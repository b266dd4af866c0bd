"""Tells the shop what has become of its order in the ERP: parcels, then notes, then the status.

In that order, or the mail that a status sends would go without its tracking number. Each step is
remembered before and after it is done, so that none is done twice however the telling is cut.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from brygga.domain.errors import StatusNotKept
from brygga.domain.events import Fact
from brygga.domain.message import message
from brygga.domain.order import Shipment
from brygga.domain.outcome import Outcome, State
from brygga.flows.context import RunContext
from brygga.flows.journal import Step
from brygga.flows.ports import Work
from brygga.flows.statuses.carriers import parcel_of
from brygga.flows.statuses.decide import NextStep, Verdict, next_step
from brygga.flows.statuses.drawn import ask_for_money, look_for_money
from brygga.flows.statuses.ports import Told
from brygga.flows.statuses.reserved import watch_reservation
from brygga.flows.statuses.telling import DONE, SENDING, Telling

SOON, SELDOM = timedelta(seconds=5), timedelta(minutes=15)
TRASH = "trash"
ON_HOLD = "on-hold"
ENDED = frozenset({"completed", "cancelled", "refunded", "failed", TRASH})


def tell_status(work: Work, ctx: RunContext) -> Outcome:
    """Tell the shop of one order; what was told before is not told again."""
    if not ctx.masters.erp_leads("order.status"):
        return Outcome(State.IGNORED, message("status.off", erp_no=work.ref.id))
    known = ctx.events.known(ctx.flow, ctx.erp_id, ctx.shop_id, work.ref.id)
    if known.order is None:
        return Outcome(State.IGNORED, message("status.no_order", erp_no=work.ref.id))
    if not known.ready:
        # It is woken when the order is through: this is for the case that it is not, ever more seldom.
        waits = message("status.waits", erp_no=work.ref.id)
        pause = min(max((ctx.now() - work.first_seen) / 4, SOON), SELDOM)
        return Outcome(State.WAITING, waits, retry_at=ctx.now() + pause, counts=False)
    if not known.facts and not known.parcels:  # linked just now: what is told later wakes it
        return Outcome(State.DONE, message("status.nothing_told", erp_no=work.ref.id))
    order = ctx.shop.order(known.order.id)
    telling = Telling(work, known, order, dict(ctx.store.feedback_state(work)), ctx)
    ctx.journal.add(
        Step.READ,
        message(
            "status.known",
            number=order.number,
            status=order.status,
            facts=", ".join(dict.fromkeys(told.fact.value for told in known.facts)),
        ),
    )
    if order.status != TRASH:  # a shop takes an order out of the trash when it is written to
        parcels = _tell_parcels(telling)
        _tell_notes(telling, parcels)
    again_at = _tell_status(telling)
    watch_reservation(telling.order, ctx)  # our own write does not wake the order, which would look itself
    reason = message("status.told", number=order.number, status=telling.order.status)
    return Outcome(State.DONE, reason, target_id=order.id, target_key=order.number, retry_at=again_at)


def _tell_parcels(telling: Telling) -> Sequence[Shipment]:
    """Put parcels where tracking plugins look for them; return those the buyer has not heard of."""
    settings = telling.ctx.settings
    new = [
        parcel_of(Shipment(number), telling.order, settings)
        for number in telling.known.parcels
        if telling.told.get(f"parcel:{number}") != DONE
    ]
    if (
        new
        and settings.tracking_metas
        and any(telling.told.get(f"meta:{p.tracking_no}") != DONE for p in new)
    ):
        telling.wrote(telling.ctx.shop.put_parcels(telling.order.id, new))
        telling.ctx.events.remember(telling.work.id, {f"meta:{p.tracking_no}": DONE for p in new})
    return new


def _tell_notes(telling: Telling, parcels: Sequence[Shipment]) -> None:
    settings = telling.ctx.settings
    fresh = [told for told in telling.known.facts if f"fact:{told.fact}:{told.detail}" not in telling.told]
    fresh += [
        told for told in telling.known.facts if telling.told.get(f"fact:{told.fact}:{told.detail}") == SENDING
    ]
    carried = False
    for told in fresh:
        sent = told.fact in (Fact.DELIVERED, Fact.PARTLY_DELIVERED)
        with_parcels = parcels if sent and not carried else ()
        carried = carried or bool(with_parcels)
        _tell_fact(telling, told, with_parcels)
    if parcels and not carried:
        text = _parcels_text(telling, parcels)
        if _buyer_hears(telling, Fact.DELIVERED) or _buyer_hears(telling, Fact.PARTLY_DELIVERED):
            # The buyer first: the private note has the same text, and a doubtful one is looked for by it.
            _note(telling, "parcels-buyer:" + parcels[-1].tracking_no, text, True, to_customer=True)
        _note(telling, "parcels:" + parcels[-1].tracking_no, text, settings.status_notes)
    if parcels:
        telling.told.update({f"parcel:{p.tracking_no}": DONE for p in parcels})
        telling.ctx.events.remember(telling.work.id, {f"parcel:{p.tracking_no}": DONE for p in parcels})


def _tell_fact(telling: Telling, told: Told, parcels: Sequence[Shipment]) -> None:
    key = f"fact:{told.fact}:{told.detail}"
    if told.fact is Fact.RECEIVED:  # the transfer has told of it
        telling.end(key)
        return
    day = told.at.astimezone(telling.ctx.time_zone).date().isoformat()
    text = telling.ctx.say(
        message(f"status.note_{told.fact}", erp_no=telling.work.ref.id, day=day, detail=told.detail)
    )
    if parcels:
        text = f"{text} {_parcels_text(telling, parcels)}"
    if _buyer_hears(telling, told.fact):
        _note(telling, f"buyer:{told.fact}:{told.detail}", text, True, to_customer=True)
    _note(telling, key, text, telling.ctx.settings.status_notes)


def _note(telling: Telling, key: str, text: str, wanted: bool, *, to_customer: bool = False) -> None:
    if telling.told.get(key) == DONE:
        return
    shop, order = telling.ctx.shop, telling.order
    if wanted:
        doubtful = telling.begin(key)
        if not doubtful or not shop.has_note(order.id, text):
            shop.add_note(order.id, text, to_customer=to_customer)
        telling.ctx.journal.add(Step.FEEDBACK, message("status.noted", number=order.number, note=text))
    telling.end(key)


def _buyer_hears(telling: Telling, fact: Fact) -> bool:
    return fact.value in telling.ctx.settings.customer_notes


def _parcels_text(telling: Telling, parcels: Sequence[Shipment]) -> str:
    shown = [" ".join(part for part in (p.carrier, p.tracking_no, p.link) if part) for p in parcels]
    return telling.ctx.say(message("status.note_parcels", parcels="; ".join(shown)))


def _tell_status(telling: Telling) -> datetime | None:
    """Write the status that the facts ask for; return when to look for the money, if that is to be done."""
    facts = {told.fact for told in telling.known.facts}
    table = telling.ctx.settings.status_by_fact
    current = telling.order.status
    ours = current if telling.told.get(f"status:{current}") == DONE else ""
    step = next_step(current, facts, table, ours)
    if current == "refunded" and telling.told.get("status:completed") == DONE:
        step = NextStep(
            Verdict.LEAVE
        )  # goods came back after we completed it: the credit is asked for elsewhere
    if step.verdict is Verdict.CONTRADICTS:
        step = _contradiction(telling, step, facts)
    else:
        telling.withdraw("status.contradicts")
    if Fact.REMOVED in facts and not table.get(Fact.REMOVED):
        if current in ENDED:
            telling.withdraw("status.removed")
        elif step.verdict is Verdict.LEAVE:
            step = _removed(telling)
    wanted = step.status if step.verdict is Verdict.WRITE else ""
    if wanted and telling.told.get(f"status:{wanted}") != DONE and not _write_status(telling, wanted):
        return None
    return look_for_money(telling)


def _contradiction(telling: Telling, step: NextStep, facts: set[Fact]) -> NextStep:
    """Ask a person which side is right, or do what was answered."""
    table = telling.ctx.settings.status_by_fact
    if step.fact is not None and telling.answer("status.contradicts") == "follow_erp":
        telling.withdraw("status.contradicts")  # an answer is used once
        telling.told.pop(
            f"status:{table[step.fact]}", None
        )  # chosen anew, though we may have written it before
        return NextStep(Verdict.WRITE, table[step.fact], step.fact)
    told = message(
        "status.contradicts",
        number=telling.order.number,
        status=telling.order.status,
        erp_no=telling.work.ref.id,
        facts=", ".join(fact.value for fact in Fact if fact in facts),
    )
    telling.ask("status.contradicts", told, *(("follow_erp", "leave") if step.fact else ("leave",)))
    return NextStep(Verdict.LEAVE)


def _removed(telling: Telling) -> NextStep:
    """Ask what becomes of an order that is gone from the ERP, or do what was answered."""
    match telling.answer("status.removed"):
        case "cancel_in_shop":
            return NextStep(Verdict.WRITE, "cancelled", Fact.REMOVED)
        case "":
            told = message("status.removed", number=telling.order.number, erp_no=telling.work.ref.id)
            telling.ask("status.removed", told, "cancel_in_shop", "leave")
    return NextStep(Verdict.LEAVE)


def _write_status(telling: Telling, status: str) -> bool:
    """Write a status, once; False when the shop made something else of it."""
    key, before = f"status:{status}", f"before:{status}"
    order = telling.order
    unclear = telling.told.get(key) == SENDING
    if (
        unclear
        and order.status == ON_HOLD != telling.told.get(before)
        and status in telling.ctx.shop.draws_at(order.payment.method)
    ):  # nobody heard the answer, and the shop has put the order on hold: its plugin could not draw
        ask_for_money(telling, status, order.status)
        telling.end(key)
        return False
    if not unclear:
        telling.end(before, order.status)
    telling.begin(key)
    try:
        became = telling.ctx.shop.update_order(telling.order.id, metas={}, status=status)
    except StatusNotKept as refused:
        telling.ctx.journal.add(Step.FEEDBACK, refused.for_merchant, for_us=refused.for_us[:500])
        ask_for_money(telling, status, refused.became)
        telling.end(key)  # written again it would only be refused again
        return False
    telling.wrote(became)
    telling.end(key)
    telling.ctx.journal.add(
        Step.FEEDBACK, message("status.written", number=telling.order.number, status=status)
    )
    return True
