"""What a person has to decide, in the reader's words: for the list, for an order's page, and counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from brygga.app.console.kinds import PAGES, KindPage
from brygga.app.console.words import language, number, zone_of
from brygga.app.services.task_words import Choice, Figures, choice_in_words, figures
from brygga.app.services.tasks import TaskRow
from brygga.app.store.models import Task
from brygga.domain.outcome import State
from brygga.domain.refs import Kind


@dataclass(frozen=True, slots=True)
class Told:
    """One question with its words for a template."""

    row: TaskRow
    choices: Sequence[Choice]
    figures: Figures
    chosen: str  # what was chosen, in words; empty while it is open, or when it went away by itself
    page: KindPage | None
    zone: ZoneInfo

    @property
    def why_id(self) -> str:
        """What the field for a reason is called on the page."""
        return f"task-{self.row.id}-why"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many questions are open, and how many works they hold, which are not to be counted twice."""

    open: int
    held: int


def tell(rows: Iterable[TaskRow]) -> list[Told]:
    """Put questions into the reader's words."""
    return [_told(row) for row in rows]


def count() -> Waiting:
    """Count the open questions. One query."""
    found = Task.objects.filter(closed_at=None).aggregate(
        open=Count("pk"), held=Count("work", filter=Q(work__state=State.HELD.value), distinct=True)
    )
    return Waiting(found["open"], found["held"])


def _told(row: TaskRow) -> Told:
    return Told(
        row,
        [choice_in_words(code, language()) for code in row.choices],
        figures(row.facts, language(), number),
        choice_in_words(row.choice, language()).label if row.choice else "",
        PAGES.get(Kind(row.kind)) if row.kind else None,
        zone_of(row.time_zone_of),
    )
