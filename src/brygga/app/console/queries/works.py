"""Works for lists: filtered, searched, newest first, a page at a time by place and not by number."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value

from brygga.app.store.models.tasks import Task
from brygga.app.store.models.works import Remarks, Work
from brygga.domain.outcome import State
from brygga.domain.refs import Kind

PAGE_SIZE = 50
WARNED = "warned"  # something is said of it besides what became of it
_COLUMNS = (
    "kind", "key", "source_ref", "target_key", "target_ref", "state", "reason", "reason_code", "warnings", "remarks",
    "first_seen_at", "settled_at", "created_at_source", "due_at", "sort",
    "flow__name", "source__name", "source__identity",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is to show."""

    kind: Kind
    state: str = ""
    text: str = ""
    flow: int | None = None
    cause: Q | None = None


@dataclass(frozen=True, slots=True)
class WorkPage:
    """One page of works, with the places where the pages beside it begin."""

    works: Sequence[Work]
    older: str
    newer: str


def to_do_count() -> int:
    """Count what waits for a person, for the menu: what is stopped, questions, and what sent orders ask for."""
    questions = Task.objects.filter(closed_at=None)
    stopped = Work.objects.filter(state=State.HELD.value).exclude(
        Exists(questions.filter(work=OuterRef("pk")))
    )
    asking = Work.objects.filter(remarks=Remarks.OPEN)
    works = [found.annotate(what=Value("work")).values("pk", "what") for found in (stopped, asking)]
    return works[0].union(works[1], questions.annotate(what=Value("task")).values("pk", "what")).count()


def asking_count() -> int:
    """Count the sent orders that ask something of a person."""
    return Work.objects.filter(remarks=Remarks.OPEN).count()


def noted_count(kind: Kind) -> int:
    """Count the records of a kind that something is said of."""
    return Work.objects.filter(kind=kind.value, remarks__gt=Remarks.NONE).count()


def works_page(wanted: Wanted, before: str = "", after: str = "") -> WorkPage:
    """Return a page of works: the newest, or those before or after a place."""
    found = _filtered(wanted).select_related("flow", "source").only(*_COLUMNS)
    backwards = bool(after)
    place = _place(after or before)
    if place is not None:
        sort, pk = place
        if backwards:
            found = found.filter(Q(sort__gt=sort) | Q(sort=sort, pk__gt=pk)).order_by("sort", "pk")
        else:
            found = found.filter(Q(sort__lt=sort) | Q(sort=sort, pk__lt=pk))
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    if backwards:
        rows.reverse()
    has_older = bool(rows) and (more or backwards)
    has_newer = bool(rows) and (place is not None) and (more or not backwards)
    return WorkPage(
        rows, older=_mark(rows[-1]) if has_older else "", newer=_mark(rows[0]) if has_newer else ""
    )


def counts_by_state(kind: Kind, flow: int | None = None) -> dict[str, int]:
    """Count the works of a kind by state."""
    found = Work.objects.filter(kind=kind.value)
    if flow is not None:
        found = found.filter(flow_id=flow)
    return dict(found.values_list("state").annotate(n=Count("id")).order_by())


def _filtered(wanted: Wanted) -> QuerySet[Work]:
    found = Work.objects.filter(kind=wanted.kind.value).order_by("-sort", "-pk")
    if wanted.flow is not None:
        found = found.filter(flow_id=wanted.flow)
    if wanted.state == WARNED:
        found = found.filter(remarks__gt=Remarks.NONE)
    elif wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.cause is not None:
        found = found.filter(wanted.cause)
    text = wanted.text.strip().lstrip("#")
    if text:
        found = found.filter(
            Q(key__istartswith=text)
            | Q(target_key__istartswith=text)
            | Q(source_ref=text)
            | Q(key__iendswith=text)
        )
    return found


def _mark(work: Work) -> str:
    return f"{work.sort}~{work.pk}"


def _place(mark: str) -> tuple[str, int] | None:
    sort, sign, pk = mark.rpartition("~")
    return (sort, int(pk)) if sign and pk.isascii() and pk.isdigit() and len(pk) < 19 else None
