"""What waits for a person: every cause across the flows, oldest first, and one button for each."""

from django.http import HttpResponse
from django.utils.translation import ngettext

from brygga.app.console.access import Visit, page
from brygga.app.console.drawing import Health, flow_health, health_of
from brygga.app.console.headlines import headline, headline_of, setting_of
from brygga.app.console.queries import systems
from brygga.app.console.queries.causes import Cause, causes
from brygga.app.console.queries.remarks import Errand, open_remarks
from brygga.domain.refs import Kind

AT_ONCE = 50  # orders shown of one errand


def told(cause: Cause) -> dict[str, object]:
    """Return a cause with its words for a template."""
    facts = dict(cause.sample.facts) if cause.sample else {}
    only_flow = next(iter(cause.flows)) if len(cause.flows) == 1 else None
    return {
        "cause": cause,
        "headline": headline(cause),
        "how_many": _how_many(cause),
        "setting": setting_of(cause.code, facts | dict(cause.facts)),
        "flow": only_flow,
    }


def _how_many(cause: Cause) -> str:
    if cause.kind is Kind.ORDER:
        return ngettext("%(n)s order", "%(n)s orders", cause.count) % {"n": cause.count}
    return ngettext("%(n)s product", "%(n)s products", cause.count) % {"n": cause.count}


@page
def attention(visit: Visit) -> HttpResponse:
    """Show what is stopped, grouped by what stopped it, and what sent orders ask for."""
    found = causes()
    stopped = [c for c in systems.connections() if health_of(c) in {Health.BROKEN, Health.PAUSED}]
    paused = [flow for flow in systems.flows() if flow_health(flow) is Health.BROKEN]
    errands = open_remarks()
    context = {
        "causes": [told(cause) for cause in found],
        "stopped": stopped,
        "paused": paused,
        "errands": [_told(errand) for errand in errands],
        "at": visit.request.GET.get("at", ""),
    }
    asking = {one.work.pk for errand in errands for one in errand.asking}
    return visit.render(
        "console/attention.html", context, to_do=sum(cause.count for cause in found) + len(asking)
    )


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
