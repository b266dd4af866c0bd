"""What waits for a person to decide: listed with reason, figures and choices, and decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from brygga.app.services.journal import by_hand
from brygga.app.services.works import due_again
from brygga.app.store.models import Task, Work
from brygga.app.store.transaction import write
from brygga.domain.errors import RecordRejected
from brygga.domain.message import Message, message
from brygga.domain.refs import Kind

PAGE = 50
_TOGETHER = 200  # decided in one go
# Choices that mean "do it all the same": what holds such a work back on its own no longer does.
_FORCING = frozenset({"again"})


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. `text` is the number that people know the object by."""

    flow: int | None = None
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One question as it stands; `choices` are codes, their words are in `task_words.py`."""

    id: int
    key: str
    message: Message
    object_key: str
    flow: int | None
    flow_name: str
    connection_name: str
    work: int | None
    kind: str  # of the work; empty without one
    time_zone_of: Mapping[str, Any] | None  # identity of the shop
    choices: Sequence[str]
    facts: Mapping[str, str]
    asked_at: datetime
    last_at: datetime
    closed_at: datetime | None
    choice: str
    who: str
    why: str

    @property
    def is_open(self) -> bool:
        """Say that it waits for a person."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Page:
    """Some questions, and whether there are more."""

    rows: Sequence[TaskRow]
    page: int
    more: bool


def open_tasks(filters: Filters | None = None, page: int = 1, size: int = PAGE) -> Page:
    """List what waits for a person, oldest first."""
    return _page(_filtered(filters, closed=False).order_by("asked_at", "pk"), page, size)


def closed_tasks(filters: Filters | None = None, page: int = 1, size: int = PAGE) -> Page:
    """List what was decided, or went away by itself, newest first."""
    return _page(_filtered(filters, closed=True).order_by("-closed_at", "-pk"), page, size)


def tasks_of(work: Work) -> list[TaskRow]:
    """List the questions of a work: open ones oldest first, then the others, newest first.

    An order's are also those about its status.
    """
    about = Q(work=work)
    if work.kind == Kind.ORDER.value and work.key:
        about |= Q(work__kind=Kind.STATUS.value, flow_id=work.flow_id, object_key=work.key)
    found = [_row(one) for one in _shown(Task.objects.filter(about)).order_by("-pk")[:PAGE]]
    waiting = [row for row in reversed(found) if row.is_open]
    return waiting + [row for row in found if not row.is_open]


def open_count(code: str = "") -> int:
    """Count what waits for a person to decide, all of it or of one kind."""
    found = Task.objects.filter(closed_at=None)
    return found.filter(code=code).count() if code else found.count()


def find_task(task: int) -> TaskRow | None:
    """Return one question of the tenant in scope."""
    one = _shown(Task.objects.filter(pk=task)).first()
    return _row(one) if one is not None else None


def decide(task: int, choice: str, *, who: str, why: str = "") -> TaskRow:
    """Decide a question; its work is due again and acts on the answer. Returns it as it now is.

    Raises RecordRejected when there is none, it is closed already, or offers no such choice.
    """
    with write():
        one = Task.objects.select_for_update().filter(pk=task).first()
        if one is None:
            raise RecordRejected(message("task.not_found", id=task))
        if one.closed_at is not None:
            code = "task.decided_before" if one.choice else "task.went_away"
            raise RecordRejected(message(code, key=one.object_key, choice=one.choice, who=one.who))
        if choice not in one.choices:
            choices = ", ".join(one.choices)
            raise RecordRejected(message("task.no_such_choice", choice=choice, choices=choices))
        one.closed_at = datetime.now(UTC)
        one.choice, one.who, one.why = choice, who[:200], why
        one.save(update_fields=["closed_at", "choice", "who", "why"])
        told = message("task.decided", who=who, key=one.object_key, choice=choice, why=why)
        if one.work_id is None:
            by_hand(told)
        else:
            due_again(Work.objects.filter(pk=one.work_id), told, forced=choice in _FORCING)
    decided = find_task(task)
    assert decided is not None
    return decided


def decide_all(code: str, choice: str, *, who: str, why: str) -> tuple[int, int]:
    """Decide the oldest open questions of one kind alike; return how many were, and how many are left.

    Raises RecordRejected when one offers no such choice; what was decided until then stays so.
    """
    waiting = Task.objects.filter(closed_at=None, code=code).order_by("asked_at", "pk")
    ids = list(waiting.values_list("pk", flat=True)[:_TOGETHER])
    for task in ids:
        decide(task, choice, who=who, why=why)
    return len(ids), open_count(code)


def _filtered(filters: Filters | None, *, closed: bool) -> QuerySet[Task]:
    wanted = filters or Filters()
    found = _shown(Task.objects.filter(closed_at__isnull=not closed))
    if wanted.flow is not None:
        found = found.filter(flow_id=wanted.flow)
    if wanted.code:
        found = found.filter(code=wanted.code)
    text = wanted.text.strip().lstrip("#")
    if text:
        found = found.filter(object_key__istartswith=text)
    return found


def _shown(found: QuerySet[Task]) -> QuerySet[Task]:
    return found.select_related("flow", "flow__shop", "connection", "work").only(
        "key", "message", "object_key", "choices", "facts", "asked_at", "last_at", "closed_at", "choice",
        "who", "why", "flow__name", "flow__shop__name", "flow__shop__identity", "connection__name",
        "work__kind",
    )  # fmt: skip


def _page(found: QuerySet[Task], page: int, size: int) -> Page:
    start = (max(page, 1) - 1) * size
    rows = list(found[start : start + size + 1])
    return Page([_row(one) for one in rows[:size]], page, len(rows) > size)


def _row(one: Task) -> TaskRow:
    shop = one.flow.shop if one.flow is not None else None
    system = one.connection or shop
    return TaskRow(
        id=one.pk,
        key=one.key,
        message=Message.from_data(one.message),
        object_key=one.object_key,
        flow=one.flow_id,
        flow_name=one.flow.name if one.flow is not None else "",
        connection_name=system.name if system is not None else "",
        work=one.work_id,
        kind=one.work.kind if one.work is not None else "",
        time_zone_of=shop.identity if shop is not None else None,
        choices=list(one.choices),
        facts=dict(one.facts),
        asked_at=one.asked_at,
        last_at=one.last_at,
        closed_at=one.closed_at,
        choice=one.choice,
        who=one.who,
        why=one.why,
    )
