"""How the tenant's connections and flows are doing: last success, what waits and since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Min

from brygga.app.store.models import Connection, Flow, Notice, Work
from brygga.app.store.shelf import drained_at
from brygga.domain.message import Message
from brygga.domain.refs import Kind
from brygga.flows.presets import PRESETS


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """One connection and how it answered lately."""

    id: int
    name: str
    connector: str
    role: str
    state: str
    reason: Message | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    not_before: datetime | None
    next_poll_at: datetime | None
    stock_read_at: datetime | None = None  # of an ERP: when the last look began that read all stock changes


@dataclass(frozen=True, slots=True)
class FlowStatus:
    """One flow: counts by kind and state, the oldest that waits, and how late that is."""

    id: int
    name: str
    state: str
    reason: Message | None
    counts: Mapping[str, Mapping[str, int]]
    oldest_due_at: datetime | None
    lag: timedelta


@dataclass(frozen=True, slots=True)
class Cause:
    """Records that are held for the same reason."""

    flow: int
    kind: str
    reason_code: str
    count: int
    example: Message | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice; over when it has an end."""

    id: int
    message: Message
    at: datetime
    last_at: datetime
    count: int
    over_at: datetime | None
    seen: bool


@dataclass(frozen=True, slots=True)
class Status:
    """Everything at a glance."""

    connections: Sequence[ConnectionStatus]
    flows: Sequence[FlowStatus]
    causes: Sequence[Cause]
    notices: Sequence[NoticeView]


def status() -> Status:
    """Return how everything is doing."""
    now = datetime.now(UTC)
    return Status(
        connections=[_connection(one) for one in Connection.objects.order_by("role", "name")],
        flows=[_flow(one, now) for one in Flow.objects.order_by("name")],
        causes=causes(),
        notices=recent_notices(),
    )


def causes() -> list[Cause]:
    """Group what is held by reason, most first."""
    groups = (
        Work.objects.filter(state="held")
        .values("flow_id", "kind", "reason_code")
        .annotate(count=Count("pk"), example=Min("pk"))
        .order_by("-count")[:100]
    )
    examples = dict(
        Work.objects.filter(pk__in=[group["example"] for group in groups]).values_list("pk", "reason")
    )
    return [
        Cause(
            group["flow_id"],
            group["kind"],
            group["reason_code"],
            group["count"],
            Message.from_data(examples[group["example"]]) if examples.get(group["example"]) else None,
        )
        for group in groups
    ]


def recent_notices(most: int = 50) -> list[NoticeView]:
    """Return the newest notices."""
    return [
        NoticeView(n.pk, Message.from_data(n.message), n.at, n.last_at, n.count, n.over_at, n.seen)
        for n in Notice.objects.order_by("-at", "-pk")[:most]
    ]


def mark_seen(notices: Sequence[int]) -> None:
    """Note that these notices were read."""
    Notice.objects.filter(pk__in=notices).update(seen=True)


def _connection(one: Connection) -> ConnectionStatus:
    return ConnectionStatus(
        id=one.pk,
        name=one.name,
        connector=one.connector,
        role=one.role,
        state=one.state,
        reason=Message.from_data(one.reason) if one.reason else None,
        last_success_at=one.last_success_at,
        last_failure_at=one.last_failure_at,
        not_before=one.not_before,
        next_poll_at=one.next_poll_at,
        stock_read_at=drained_at(one.pk),
    )


def kinds_shown(preset: int) -> Sequence[str]:
    """Name the kinds that a flow is asked for; customers alone travel by choice, and show when they do."""
    return [kind.value for kind in PRESETS[preset].kinds if kind is not Kind.CUSTOMER]


def _flow(one: Flow, now: datetime) -> FlowStatus:
    counts: dict[str, dict[str, int]] = {kind: {} for kind in kinds_shown(one.preset)}
    for kind, state, count in (
        Work.objects.filter(flow=one).values_list("kind", "state").annotate(Count("pk")).order_by()
    ):
        counts.setdefault(kind, {})[state] = count
    oldest = Work.objects.filter(flow=one, due_at__isnull=False).aggregate(Min("due_at"))["due_at__min"]
    late = now - oldest if oldest is not None and oldest < now else timedelta(0)
    return FlowStatus(
        id=one.pk,
        name=one.name,
        state=one.state,
        reason=Message.from_data(one.reason) if one.reason else None,
        counts=counts,
        oldest_due_at=oldest,
        lag=late,
    )
