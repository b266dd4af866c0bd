"""Changes who leads in a flow: a plan to look at first, and the change itself once somebody says yes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count

from brygga.app.services import goods
from brygga.app.services.flows import FlowView, flow, refuse_impossible_in
from brygga.app.services.journal import by_hand
from brygga.app.services.looking_over import ask_worker
from brygga.app.store.models import Connection, Flow, FlowRevision, LinkRow, SupplyRow, Work
from brygga.app.store.models.flows import FlowState
from brygga.app.store.transaction import write
from brygga.app.store.wake import wake
from brygga.app.store.wake_items import wake_range
from brygga.domain.errors import SetupWrong
from brygga.domain.message import message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.flows.ownership import TABLE, Cell, masters
from brygga.flows.presets import PRESETS


@dataclass(frozen=True, slots=True)
class Moved:
    """One kind that begins or ends to be brought over.

    `open` are works of it on their way: they end as was decided when they were taken in. `known`
    are records that would be looked at at once; None: they come as they are told of.
    """

    kind: Kind
    open: int
    known: int | None


@dataclass(frozen=True, slots=True)
class Led:
    """One field whose cell of the table would change."""

    field: str
    before: Cell
    after: Cell


@dataclass(frozen=True, slots=True)
class PresetPlan:
    """What a change of preset would do. `links` are kept, as is all that has happened."""

    before: int
    after: int
    begins: Sequence[Moved]
    ends: Sequence[Moved]
    stays: Sequence[Kind]
    led: Sequence[Led]
    orders: int
    articles: int


def plan_preset(flow_id: int, preset: int) -> PresetPlan:
    """Return what changing a flow's preset would do; nothing is changed. Raises SetupWrong."""
    one = Flow.objects.get(pk=flow_id)
    given = _latest(one).settings
    if preset not in PRESETS:
        raise SetupWrong(message("flow.no_preset", preset=preset), setting="preset")
    before, after = (
        [movement.kind for movement in PRESETS[number].movements] for number in (one.preset, preset)
    )
    waiting = dict(
        Work.objects.filter(flow=one, due_at__isnull=False)
        .values_list("kind")
        .annotate(Count("pk"))
        .order_by()
    )
    links = dict(
        LinkRow.objects.filter(source=one.shop_id, target=one.erp_id)
        .values_list("kind")
        .annotate(Count("pk"))
        .order_by()
    )
    known = SupplyRow.objects.filter(connection=one.erp_id).count() if Kind.ITEM in after else 0

    def moved(kinds: Sequence[Kind], others: Sequence[Kind]) -> list[Moved]:
        return [
            Moved(kind, waiting.get(kind.value, 0), known if kind is Kind.ITEM else None)
            for kind in kinds
            if kind not in others
        ]

    own = given.get("masters", {})
    cells, would_be = masters(one.preset, own).cells, masters(preset, own).cells
    return PresetPlan(
        before=one.preset,
        after=preset,
        begins=moved(after, before),
        ends=moved(before, after),
        stays=[kind for kind in after if kind in before],
        led=[Led(field, cells[field], would_be[field]) for field in TABLE if cells[field] != would_be[field]],
        orders=links.get(Kind.ORDER.value, 0),
        articles=links.get(Kind.ARTICLE.value, 0),
    )


def change_preset(flow_id: int, preset: int, *, who: str, why: str = "", here: bool = True) -> FlowView:
    """Let a flow bring over what another preset says, from now on. Raises SetupWrong.

    Settings, links and history stay; works on their way end by the preset they were taken in with.
    What the ERP has told of price and stock is looked at at once where it begins to lead them;
    order statuses begin with what it tells from now on, so that no old delivery mails a buyer. Not `here`: a worker
    goes through the range, which takes half a minute for a hundred thousand articles.
    """
    if preset not in PRESETS:
        raise SetupWrong(message("flow.no_preset", preset=preset), setting="preset")
    now = datetime.now(UTC)
    with write():
        one = Flow.objects.select_for_update().get(pk=flow_id)
        before, latest = one.preset, _latest(one)
        if preset == before:
            return flow(flow_id)
        FlowRevision.objects.filter(flow=one, preset__isnull=True).update(preset=before)
        one.preset = preset
        refuse_impossible_in(one, latest.settings)
        one.save(update_fields=["preset"])
        FlowRevision.objects.create(
            flow=one, number=latest.number + 1, preset=preset, settings=latest.settings, who=who, why=why
        )
        by_hand(message("services.changed_preset", who=who, name=one.name, old=before, new=preset, why=why))
        if not PRESETS[preset].moves(Kind.ITEM):
            # What waits for a sale to begin or end would be written long after the ERP led it.
            ended = Work.objects.filter(flow=one, kind=Kind.ITEM.value, state=State.DONE.value)
            ended.update(due_at=None)
        if one.state != FlowState.STOPPED:
            Connection.objects.filter(pk__in=[one.shop_id, one.erp_id]).update(next_poll_at=now)
            Connection.objects.filter(pk=one.shop_id).update(hints_checked_at=None)
            for connection in (one.shop_id, one.erp_id):
                wake(connection, now)
        fresh = [
            k for k in (Kind.ITEM, Kind.GOODS) if PRESETS[preset].moves(k) and not PRESETS[before].moves(k)
        ]
        if fresh and not here and one.state != FlowState.STOPPED:
            ask_worker(flow_id, fresh)
    if here and Kind.ITEM in fresh:
        wake_range(flow_id)
    if here and Kind.GOODS in fresh:
        goods.regroup(flow_id)
    return flow(flow_id)


def _latest(one: Flow) -> FlowRevision:
    found = FlowRevision.objects.filter(flow=one).order_by("-number").first()
    assert found is not None
    return found
