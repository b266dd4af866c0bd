"""What waits for a person: every cause across the flows, oldest first, and one button for each."""

from django.http import HttpResponse
from django.utils.translation import ngettext

from brygga.app.console.access import Visit, page
from brygga.app.console.drawing import Health, flow_health, health_of
from brygga.app.console.headlines import BY_ANSWER, BY_ITSELF, headline, headline_of, may_help, setting_of
from brygga.app.console.kinds import PAGES
from brygga.app.console.queries import systems
from brygga.app.console.queries.causes import Cause, causes
from brygga.app.console.queries.remarks import Errand, open_remarks
from brygga.app.console.queries.tasks import tell
from brygga.app.services.tasks import open_count, open_tasks
from brygga.domain.outcome import State

AT_ONCE = 50  # questions shown, and orders of one errand


def told(cause: Cause) -> dict[str, object]:
    """Return a cause with its words for a template."""
    facts = dict(cause.sample.facts) if cause.sample else {}
    only_flow = next(iter(cause.flows)) if len(cause.flows) == 1 else None
    return {
        "cause": cause,
        "headline": headline(cause),
        "how_many": PAGES[cause.kind].counted(cause.count),
        "setting": setting_of(cause.code, facts | dict(cause.facts)),
        "flow": only_flow,
        "again": may_help(cause),
        "answer": cause.state is State.HELD and cause.code in BY_ANSWER,
        "by_itself": cause.state is State.HELD and cause.code in BY_ITSELF,
    }


@page
def attention(visit: Visit) -> HttpResponse:
    """Show what is to be decided, what is stopped by which cause, and what sent orders ask for."""
    found = causes(questions=False)
    questions = open_tasks(size=AT_ONCE)
    stopped = [c for c in systems.connections() if health_of(c) in {Health.BROKEN, Health.PAUSED}]
    paused = [flow for flow in systems.flows() if flow_health(flow) is Health.BROKEN]
    errands = open_remarks()
    context = {
        "causes": [told(cause) for cause in found],
        "stopped": stopped,
        "paused": paused,
        "errands": [_told(errand) for errand in errands],
        "tasks": tell(questions.rows),
        "more_tasks": questions.more,
        "at": visit.request.GET.get("at", ""),
    }
    asking = {one.work.pk for errand in errands for one in errand.asking}
    open_questions = open_count() if questions.more else len(questions.rows)
    to_do = sum(cause.count for cause in found) + len(asking) + open_questions
    return visit.render("console/attention.html", context, to_do=to_do)


def _told(errand: Errand) -> dict[str, object]:
    count = len(errand.asking)
    return {
        "errand": errand,
        "name": errand.code.replace(".", "-"),
        "headline": headline_of(errand.code),
        "how_many": ngettext("%(n)s order", "%(n)s orders", count) % {"n": count},
        "asking": errand.asking[:AT_ONCE],
        "more": max(count - AT_ONCE, 0),
    }
