"""The overview: whether all is well, each flow as a drawing, notices and connections."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from brygga.app.console.access import Visit, page
from brygga.app.console.drawing import Drawing, draw, health_of
from brygga.app.console.queries import systems
from brygga.app.console.queries.tasks import count
from brygga.app.console.queries.works import asking_count
from brygga.app.console.verdict import verdict
from brygga.app.console.words import HOME
from brygga.app.store.models.flows import Flow


@page
def overview(visit: Visit) -> HttpResponse:
    """Show the overview."""
    context, to_do = _overview(visit)
    return visit.render("console/overview.html", context | live(visit, "overview", context), to_do=to_do)


@page
def overview_live(visit: Visit) -> HttpResponse:
    """Show the overview's moving part, or nothing if it is as the page has it already."""
    context, _ = _overview(visit)
    return only_news(visit, "overview", context)


def drawings(flows: list[Flow]) -> list[Drawing]:
    """Draw flows, with two queries for all their counts."""
    counts = systems.open_counts(flow.pk for flow in flows)
    sent = systems.sent_since(systems.midnight(HOME)) if flows else {}
    return [draw(flow, counts, sent) for flow in flows]


def live(visit: Visit, part: str, context: Mapping[str, Any]) -> dict[str, str]:
    """Render a moving part with a mark of what it shows, so that news can be told from none."""
    shared = {"visit": visit, "tenant": visit.tenant, "may_change": visit.may_change}
    shown = render_to_string(f"console/live/{part}.html", {**shared, **context}, visit.request)
    return {"live": shown, "mark": hashlib.sha256(shown.encode()).hexdigest()[:16]}


def only_news(visit: Visit, part: str, context: Mapping[str, Any]) -> HttpResponse:
    """Answer htmx with the moving part, or with 204 when nothing has changed."""
    fresh = live(visit, part, context)
    if visit.request.GET.get("seen") == fresh["mark"]:
        return HttpResponse(status=204)
    return visit.render_part("console/live/frame.html", {**context, **fresh, "news": True})


def _overview(visit: Visit) -> tuple[dict[str, Any], int]:
    connections = systems.connections()
    drawn = drawings(systems.flows())
    asking, questions = asking_count(), count()
    context = {
        "drawings": drawn,
        "connections": [(connection, health_of(connection)) for connection in connections],
        "notices": systems.notices(),
        "verdict": verdict(visit.tenant.slug, drawn, connections, asking, questions.open - questions.held),
        "live_url": "console:overview_live",
    }
    held = sum(sum(drawing.held_by_kind.values()) for drawing in drawn)
    return context, held - questions.held + questions.open + asking
