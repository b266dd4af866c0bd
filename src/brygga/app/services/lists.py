"""Lists of works and the story of one, as console and command line show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from brygga.app.store.models import IntentRow, JournalEntry, LinkRow, RawMessage, Work
from brygga.app.store.models.works import IntentState
from brygga.app.store.raw import RawExchange, unpack
from brygga.domain.message import Message
from brygga.domain.refs import Kind

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. `text` is a number or id, at the shop or the ERP."""

    state: str = ""
    reason_code: str = ""
    flow: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One line of a list."""

    id: int
    flow: int
    flow_name: str
    kind: str
    source_ref: str
    key: str
    state: str
    reason: Message | None
    warnings: Sequence[Message]
    target_key: str
    attempt: int
    due_at: datetime | None
    first_seen_at: datetime
    settled_at: datetime | None
    seen_count: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, newest first, and whether there are more."""

    rows: Sequence[WorkRow]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a story; `exchange` is the raw one, if it was asked for and is still kept."""

    id: int
    at: datetime
    step: str
    message: Message
    data: dict[str, Any]
    has_raw: bool
    exchange: RawExchange | None = None


@dataclass(frozen=True, slots=True)
class WorkDetail:
    """One work with its story."""

    row: WorkRow
    edits: dict[str, str]
    forced: bool
    unsettled: Sequence[str]  # numbers under which a create was sent whose end is not known
    links: Sequence[tuple[str, str]]  # (source id, number at the target)
    journal: Sequence[JournalLine]


def orders(filters: Filters | None = None, page: int = 1, size: int = PAGE) -> Page:
    """List orders, newest first."""
    return _works(Kind.ORDER, filters or Filters(), page, size)


def products(filters: Filters | None = None, page: int = 1, size: int = PAGE) -> Page:
    """List products, newest first."""
    return _works(Kind.PRODUCT, filters or Filters(), page, size)


def records(kind: Kind, filters: Filters | None = None, page: int = 1, size: int = PAGE) -> Page:
    """List the records of any kind, newest first."""
    return _works(kind, filters or Filters(), page, size)


def order_detail(work: int, *, raw: bool = False) -> WorkDetail:
    """Return a work with its story, and the raw exchanges too if asked for. Raises Work.DoesNotExist."""
    one = Work.objects.select_related("flow").get(pk=work)
    lines = list(JournalEntry.objects.filter(work=one).order_by("id"))
    bodies: dict[UUID, list[RawExchange]] = {}
    if raw:
        wanted = {line.raw_id for line in lines if line.raw_id}
        bodies = {kept.pk: unpack(bytes(kept.body)) for kept in RawMessage.objects.filter(pk__in=wanted)}
    intents = IntentRow.objects.filter(work=one, state=IntentState.OPEN)
    ends = (one.target_id, one.source_id) if Kind(one.kind).to_shop else (one.source_id, one.target_id)
    links = LinkRow.objects.filter(source_id=ends[0], target_id=ends[1])  # from the shop, whoever leads
    mine = Q(kind=one.kind, source_ref=one.source_ref)
    if one.kind == Kind.ITEM.value:
        mine = Q(kind=Kind.ARTICLE.value, target_ref=one.source_ref)
    if one.kind == Kind.STATUS.value:
        mine = Q(kind=Kind.ORDER.value, target_ref=one.source_ref)
    if one.kind == Kind.GOODS.value:
        links = LinkRow.objects.filter(source_id=one.source_id, target_id=one.target_id)
    if one.kind == Kind.PRODUCT.value:
        mine = Q(kind=Kind.ARTICLE.value, source_ref__startswith=f"{one.source_ref}/")
    return WorkDetail(
        row=_row(one),
        edits=one.edits or {},
        forced=one.forced,
        unsettled=list(intents.values_list("key", flat=True)),
        links=list(links.filter(mine).values_list("source_ref", "target_key")),
        journal=[_line(line, bodies) for line in lines],
    )


def find(text: str) -> list[WorkRow]:
    """Find works by number or id at the shop, or by number at the ERP."""
    return list(_works(None, Filters(text=text), 1, 20).rows)


def _works(kind: Kind | None, filters: Filters, page: int, size: int) -> Page:
    found = Work.objects.select_related("flow").order_by("-sort", "-id")
    if kind is not None:
        found = found.filter(kind=kind.value)
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.reason_code:
        found = found.filter(reason_code=filters.reason_code)
    if filters.flow is not None:
        found = found.filter(flow_id=filters.flow)
    text = filters.text.strip().lstrip("#")
    if text:
        targets = LinkRow.objects.filter(target_key=text).values("source_ref")
        found = found.filter(
            Q(key=text) | Q(source_ref=text) | Q(source_ref__in=targets) | Q(target_key=text)
        )
    start = (max(page, 1) - 1) * size
    rows = list(found[start : start + size + 1])
    return Page([_row(one) for one in rows[:size]], page, len(rows) > size)


def _row(one: Work) -> WorkRow:
    return WorkRow(
        id=one.pk,
        flow=one.flow_id,
        flow_name=one.flow.name,
        kind=one.kind,
        source_ref=one.source_ref,
        key=one.key,
        state=one.state,
        reason=Message.from_data(one.reason) if one.reason else None,
        warnings=[Message.from_data(warning) for warning in one.warnings],
        target_key=one.target_key,
        attempt=one.attempt,
        due_at=one.due_at,
        first_seen_at=one.first_seen_at,
        settled_at=one.settled_at,
        seen_count=one.seen_count,
    )


def _line(line: JournalEntry, bodies: dict[UUID, list[RawExchange]]) -> JournalLine:
    exchange = None
    kept = bodies.get(line.raw_id, []) if line.raw_id else []
    if line.raw_index < len(kept):
        exchange = kept[line.raw_index]
    return JournalLine(
        id=line.pk,
        at=line.at,
        step=line.step,
        message=Message.from_data(line.message),
        data=line.data,
        has_raw=line.raw_id is not None,
        exchange=exchange,
    )
