"""What a person does with works: try again, skip, edit, link, release, ask for one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.db import IntegrityError
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from brygga.app.services.journal import by_hand
from brygga.app.store.intake import StoreIntake
from brygga.app.store.links import put_link
from brygga.app.store.models import Flow, FlowRevision, IntentRow, LinkRow, Work
from brygga.app.store.models.works import IntentState
from brygga.app.store.remarks import mark_done
from brygga.app.store.transaction import write
from brygga.app.store.wake import wake
from brygga.domain.errors import RecordRejected
from brygga.domain.message import Message, message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind, Link, RecordRef
from brygga.flows.intake import take_hint
from brygga.flows.orders.after import NEEDS_PERSON
from brygga.flows.orders.feedback import REFUSED

EDITABLE = ("organisation_no", "number")


def retry(
    works: Sequence[int] | None = None,
    *,
    who: str,
    why: str = "",
    reason_code: str = "",
    flow: int | None = None,
    force: bool = False,
) -> int:
    """Try works again by the settings of today; return how many.

    Either these works, or all that are held for one cause (`reason_code`, in a flow or in all).
    `force` sends past start date and status.
    """
    wanted = Work.objects.all()
    if works is not None:
        wanted = wanted.filter(pk__in=works)
    else:
        wanted = wanted.filter(state=State.HELD.value, reason_code=reason_code)
    if flow is not None:
        wanted = wanted.filter(flow_id=flow)
    return due_again(wanted, message("work.tried_by_hand", who=who, why=why), forced=force)


def ignore(work: int, *, who: str, why: str = "") -> None:
    """Skip a work; it is looked at again when it changes at the source. Raises RecordRejected."""
    told = message("work.ignored_by_hand", who=who, why=why)
    with write():
        one = _one(work)
        if one.state == State.DONE.value:
            raise RecordRejected(message("work.already_linked", key=one.key, number=one.target_key))
        Work.objects.filter(pk=work).update(
            state=State.IGNORED.value,
            reason=told.as_data(),
            reason_code=told.code,
            due_at=None,
            attempt=0,
            settled_at=datetime.now(UTC),
        )
        by_hand(told, [work])


def edit(work: int, values: Mapping[str, str], *, who: str, why: str = "") -> None:
    """Set values for this record alone and try it again.

    Raises RecordRejected for a field unknown, and for another number while it is not known whether
    the record was made under the first one.
    """
    for name in values:
        if name not in EDITABLE:
            raise RecordRejected(message("work.no_such_field", field=name))
    with write():
        one = _one(work)
        unsettled = one.intents.filter(state=IntentState.OPEN).order_by("pk").first()
        if "number" in values and unsettled is not None:
            # It may be in the ERP already: under another number it could become two.
            raise RecordRejected(message("work.unsettled", key=one.key, external=unsettled.key))
        one.edits = {**(one.edits or {}), **values}
        one.save(update_fields=["edits"])
        told = message("work.edited_by_hand", who=who, fields=", ".join(sorted(values)), why=why)
        due_again(Work.objects.filter(pk=work), told)


def release(work: int, *, who: str, why: str = "") -> None:
    """Say that an order held as another's twin is an order of its own, and send it."""
    with write():
        Work.objects.filter(pk=work).update(released_twin=True)
        due_again(Work.objects.filter(pk=work), message("work.released_by_hand", who=who, why=why))


def link_by_hand(work: int, number: str, *, who: str, why: str = "") -> None:
    """Say that a record is that record at the target. Raises RecordRejected.

    Open intents end with it: the question what became of them is answered.
    """
    number = number.strip()
    now = datetime.now(UTC)
    told = message("work.linked_by_hand", who=who, number=number, why=why)
    try:
        with write():
            one = Work.objects.select_for_update().get(pk=work)
            kept = LinkRow.objects.filter(
                source_id=one.source_id, kind=one.kind, source_ref=one.source_ref, target_id=one.target_id
            ).first()
            if kept is not None and kept.target_ref and kept.target_ref != number:
                raise RecordRejected(message("work.already_linked", key=one.key, number=kept.target_key))
            ref = RecordRef(one.source_id, Kind(one.kind), one.source_ref)
            put_link(one.tenant_id, Link(ref, one.key, one.target_id, number, number, ""), now)
            IntentRow.objects.filter(work=one, state=IntentState.OPEN).update(state=IntentState.DONE)
            Work.objects.filter(pk=work).update(
                state=State.DONE.value,
                reason=told.as_data(),
                reason_code=told.code,
                target_ref=number,
                target_key=number,
                attempt=0,
                due_at=now,  # the shop is to be told
                seen_count=F("seen_count") + 1,
                settled_at=now,
            )
            by_hand(told, [work])
            wake(one.target_id, now)
    except IntegrityError as error:
        raise RecordRejected(message("store.number_taken", number=number, order=f"{work}")) from error


def acknowledge(work: int, code: str, *, who: str, why: str = "") -> int:
    """Say that what a sent order asks of a person is done; return how many remarks that cleared.

    It is shown again only if its facts change. Raises RecordRejected for a code nobody has to act on.
    """
    if code not in NEEDS_PERSON:
        raise RecordRejected(message("work.no_such_remark", remark=code))
    with write():
        one = _one(work)
        cleared = mark_done(one, code, who, why)
        if cleared:
            one.save(update_fields=["acknowledged", "remarks"])
            by_hand(message("work.remark_done", who=who, why=why, key=one.key), [work])
    return cleared


def ask(flow: int, kind: Kind, source_ref: str, *, who: str, force: bool = False) -> int:
    """Take one record in by its id at the source, whatever its age; return its work."""
    with write():
        one = Flow.objects.get(pk=flow)
        source = one.erp_id if kind.to_shop else one.shop_id
        take_hint(StoreIntake(), flow, source, kind, source_ref, datetime.now(UTC))
        found = Work.objects.filter(flow=one, kind=kind.value, source_ref=source_ref)
        work = found.values_list("pk", flat=True).first()
        if work is None:  # the flow is stopped and takes nothing in
            raise RecordRejected(message("work.not_found", id=source_ref))
        due_again(found, message("work.asked_by_hand", who=who, id=source_ref), forced=force)
    return work


def _one(work: int) -> Work:
    return Work.objects.select_for_update().get(pk=work)


def due_again(wanted: QuerySet[Work], told: Message, *, forced: bool = False) -> int:
    """Make works due now, by the latest revision unless something of theirs may have been sent."""
    now = datetime.now(UTC)
    with write():
        found = dict(wanted.values_list("pk", "target_id"))
        latest = FlowRevision.objects.filter(flow=OuterRef("flow")).order_by("-number").values("pk")[:1]
        unsettled = IntentRow.objects.filter(work=OuterRef("pk"), state=IntentState.OPEN)
        ids = list(found)
        for start in range(0, len(ids), 500):
            part = Work.objects.filter(pk__in=ids[start : start + 500])
            part.filter(~Exists(unsettled)).update(revision=Subquery(latest))
            changes = {"forced": True} if forced else {}
            part.update(due_at=now, attempt=0, seen_count=F("seen_count") + 1, **changes)
            for refused in part.filter(feedback__all=REFUSED):  # a person asks: so does the shop again
                left = {step: state for step, state in refused.feedback.items() if step != "all"}
                Work.objects.filter(pk=refused.pk).update(feedback=left)
            # Waits for the clock again, and says so; what is transferred stays transferred.
            part.filter(state__in=[State.HELD.value, State.IGNORED.value]).update(
                state=State.WAITING.value, reason=told.as_data(), reason_code=told.code
            )
        by_hand(told, ids)
        for lane in set(found.values()):
            wake(lane, now)
    return len(found)
