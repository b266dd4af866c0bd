"""Flows: made, set up by revisions, started and stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import Q

from brygga.app.services import goods
from brygga.app.services.journal import by_hand
from brygga.app.services.looking_over import ask_worker
from brygga.app.store import notices
from brygga.app.store.models import Connection, Flow, FlowRevision, Lane, Work
from brygga.app.store.models.connections import ConnectionState
from brygga.app.store.models.flows import FlowState
from brygga.app.store.models.works import IntentState
from brygga.app.store.transaction import write
from brygga.app.store.wake import wake
from brygga.app.store.wake_items import wake_range
from brygga.app.store.wake_statuses import wake_statuses
from brygga.app.worker.context import settings_of
from brygga.app.worker.sessions import talk_with
from brygga.connectors.contract.connector import Role, TakesDocuments
from brygga.connectors.contract.tracking import DrawsMoney
from brygga.domain.errors import SetupWrong
from brygga.domain.message import Message, message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.flows.possible import refuse_impossible, refuse_two_drawers
from brygga.flows.presets import PRESETS
from brygga.flows.settings import FlowSettings, plain
from brygga.flows.shelf.settings import ShelfSettings

_DRAWING = frozenset({"drawn_by", "status_by_fact", "feedback_status"})
_RANGE = (Kind.ITEM, Kind.GOODS)
_SHELF = frozenset({"masters", *(each.name for each in fields(ShelfSettings))})


@dataclass(frozen=True, slots=True)
class FlowView:
    """A flow with the settings in force. `changed` holds only what differs from the defaults."""

    id: int
    name: str
    preset: int
    shop: int
    shop_name: str
    erp: int
    erp_name: str
    state: str
    reason: Message | None
    started_at: datetime | None
    revision: int
    changed: Mapping[str, Any]
    settings: FlowSettings


def flows() -> list[FlowView]:
    """List the tenant's flows by name."""
    return [_view(flow) for flow in Flow.objects.select_related("shop", "erp").order_by("name")]


def flow(flow_id: int) -> FlowView:
    """Return one flow. Raises Flow.DoesNotExist."""
    return _view(Flow.objects.select_related("shop", "erp").get(pk=flow_id))


def create_flow(
    name: str,
    *,
    shop: int,
    erp: int,
    who: str,
    preset: int = 1,
    changed: Mapping[str, Any] | None = None,
) -> FlowView:
    """Make a flow that is not yet started. Raises SetupWrong."""
    if preset not in PRESETS:
        raise SetupWrong(message("flow.no_preset", preset=preset), setting="preset")
    given = {key: plain(key, value) for key, value in (changed or {}).items()}
    settings_of(preset, given)
    with write():
        sides = {Role.SHOP: Connection.objects.get(pk=shop), Role.ERP: Connection.objects.get(pk=erp)}
        for role, connection in sides.items():
            if connection.role != role.value:
                raise SetupWrong(
                    message("flow.wrong_role", name=connection.name, role=role.value), setting=role.value
                )
        try:
            with write():
                made = Flow.objects.create(
                    name=name.strip(), preset=preset, shop=sides[Role.SHOP], erp=sides[Role.ERP]
                )
        except IntegrityError as error:
            raise SetupWrong(message("flow.name_taken", name=name), setting="name") from error
        FlowRevision.objects.create(flow=made, number=1, preset=preset, settings=given, who=who)
        for side in sides.values():
            Lane.objects.get_or_create(connection=side)
        refuse_impossible_in(made, given)
    return flow(made.pk)


def change_settings(
    flow_id: int,
    changes: Mapping[str, Any],
    *,
    who: str,
    why: str = "",
    also_waiting: bool = False,
    here: bool = True,
) -> FlowView:
    """Change settings from now on; None puts one back to its default. Raises SetupWrong.

    Works taken in before end by the settings they were taken in with, unless `also_waiting`; those
    that may already have been sent always do. Not `here`: a worker goes through the range.
    """
    with write():
        one = Flow.objects.select_for_update().get(pk=flow_id)
        latest = FlowRevision.objects.filter(flow=one).order_by("-number").first()
        assert latest is not None
        given = {
            **latest.settings,
            **{key: plain(key, value) for key, value in changes.items() if value is not None},
        }
        given = {key: value for key, value in given.items() if changes.get(key, "") is not None}
        refuse_impossible_in(one, given)
        if one.state != FlowState.STOPPED and not _DRAWING.isdisjoint(changes):
            _refuse_two_drawers(one, settings_of(one.preset, given))
        if given != latest.settings:
            latest = FlowRevision.objects.create(
                flow=one, number=latest.number + 1, preset=one.preset, settings=given, who=who, why=why
            )
            by_hand(message("services.changed_settings", who=who, fields=", ".join(sorted(changes)), why=why))
        if also_waiting:
            _restamp(one, latest)
        concerned = [] if _SHELF.isdisjoint(changes) else [Kind.ITEM]  # what the shop shows follows from them
        concerned += [] if goods.GROUPING.isdisjoint(changes) else [Kind.GOODS]
        _look_over(one, concerned, here=here)
    if here:
        _look_over_here(flow_id, concerned)
    return flow(flow_id)


def start_flow(flow_id: int, *, who: str, why: str = "", here: bool = True) -> FlowView:
    """Start a flow, or let a paused one go on. Not `here`: a worker goes through the range.

    Raises SetupWrong when a connection is not ready, or another flow does the same already.
    """
    now = datetime.now(UTC)
    with write():
        one = Flow.objects.select_related("shop", "erp").select_for_update(of=("self",)).get(pk=flow_id)
        latest = FlowRevision.objects.filter(flow=one).order_by("-number").first()
        assert latest is not None
        settings = settings_of(one.preset, latest.settings)
        for connection in (one.shop, one.erp):
            if not connection.identity:
                raise SetupWrong(
                    message("connection.not_checked", name=connection.name), setting="connection"
                )
            if connection.state != ConnectionState.ACTIVE:
                raise SetupWrong(
                    message("flow.connection_not_ready", name=connection.name, state=connection.state),
                    setting="connection",
                )
        _refuse_twice(one)
        _refuse_two_drawers(one, settings)
        if one.state == FlowState.PAUSED:
            # What waited was stopped by a setting: it goes on by the settings of today.
            _restamp(one, latest)
        one.state = FlowState.RUNNING
        one.reason = {}
        one.started_at = one.started_at or now
        one.save(update_fields=["state", "reason", "started_at"])
        Connection.objects.filter(pk__in=[one.shop_id, one.erp_id]).update(next_poll_at=now)
        Connection.objects.filter(pk=one.shop_id).update(hints_checked_at=None)
        notices.over(now, flow=one.pk)
        by_hand(message("services.flow_started", who=who, name=one.name, why=why))
        for to_shop in {movement.kind.to_shop for movement in PRESETS[one.preset].movements}:
            wake(one.shop_id if to_shop else one.erp_id, now)
        _look_over(one, _RANGE, here=here)
    wake_statuses(flow_id)
    if here:
        _look_over_here(flow_id, _RANGE)  # what the feeds told while it did not run is in the mirror
    return flow(flow_id)


def stop_flow(flow_id: int, *, who: str, why: str = "") -> FlowView:
    """Stop a flow; its works wait, and what changes meanwhile is found when it is started again."""
    with write():
        one = Flow.objects.select_for_update().get(pk=flow_id)
        one.state = FlowState.STOPPED
        one.save(update_fields=["state"])
        for connection in (one.shop_id, one.erp_id):
            others = Flow.objects.filter(Q(shop_id=connection) | Q(erp_id=connection))
            if not others.exclude(state=FlowState.STOPPED).exists():
                Connection.objects.filter(pk=connection).update(next_poll_at=None)
        by_hand(message("services.flow_stopped", who=who, name=one.name, why=why))
    return flow(flow_id)


def revisions(flow_id: int) -> list[FlowRevision]:
    """Return a flow's settings through time, newest first: who changed what, when and why."""
    return list(FlowRevision.objects.filter(flow_id=flow_id).order_by("-number"))


def _look_over(one: Flow, kinds: Sequence[Kind], *, here: bool) -> None:
    """Have a worker go through the range, unless it is done here or the flow takes nothing in."""
    moved = [kind for kind in kinds if PRESETS[one.preset].moves(kind)]
    if moved and not here and one.state != FlowState.STOPPED:
        ask_worker(one.pk, moved)


def _look_over_here(flow_id: int, kinds: Sequence[Kind]) -> None:
    if Kind.ITEM in kinds:
        wake_range(flow_id)
    if Kind.GOODS in kinds:
        goods.regroup(flow_id)


def _refuse_twice(one: Flow) -> None:
    """Refuse to bring the same over twice: each flow would tell the shop of it. Raises SetupWrong."""
    others = Flow.objects.filter(shop=one.shop_id, erp=one.erp_id).exclude(pk=one.pk)
    for other in others.exclude(state=FlowState.STOPPED).order_by("pk"):
        if any(PRESETS[other.preset].moves(movement.kind) for movement in PRESETS[one.preset].movements):
            raise SetupWrong(message("flow.moved_twice", name=one.name, other=other.name), setting="state")


def _refuse_two_drawers(one: Flow, settings: FlowSettings) -> None:
    """Ask the shop whether its plugins draw what the ERP is to draw. Raises SetupWrong."""
    if not settings.drawn_by:
        return
    with talk_with(one.shop) as session:
        if isinstance(session, DrawsMoney):
            refuse_two_drawers(settings, session)


def refuse_impossible_in(one: Flow, given: dict[str, Any]) -> None:
    """Check settings, and whether the ERP can follow them; no call is made. Raises SetupWrong."""
    with talk_with(one.erp) as session:
        if isinstance(session, TakesDocuments):
            refuse_impossible(settings_of(one.preset, given), session.limits)


def _restamp(one: Flow, latest: FlowRevision) -> None:
    open_intents = Q(intents__state=IntentState.OPEN)
    # Of what is transferred only the shop's being told is left, and that too may have been the fault.
    states = [State.WAITING.value, State.DONE.value]
    waiting = Work.objects.filter(flow=one, state__in=states, due_at__isnull=False).exclude(open_intents)
    waiting.update(revision=latest)


def _view(one: Flow) -> FlowView:
    latest = FlowRevision.objects.filter(flow=one).order_by("-number").first()
    assert latest is not None
    return FlowView(
        id=one.pk,
        name=one.name,
        preset=one.preset,
        shop=one.shop_id,
        shop_name=one.shop.name,
        erp=one.erp_id,
        erp_name=one.erp.name,
        state=one.state,
        reason=Message.from_data(one.reason) if one.reason else None,
        started_at=one.started_at,
        revision=latest.number,
        changed=latest.settings,
        settings=settings_of(one.preset, latest.settings),
    )
