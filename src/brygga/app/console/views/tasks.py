"""Questions: all that are open, what was decided, and the button that decides one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from brygga.app.console.access import Visit, action, page
from brygga.app.console.queries.tasks import tell
from brygga.app.console.words import say
from brygga.app.services import tasks as services
from brygga.domain.errors import RecordRejected

PAGE_SIZE = 25
DECIDED = "decided"
_LAST_PAGE = 10_000


@page
def tasks(visit: Visit) -> HttpResponse:
    """Show the open questions, oldest first, or those that were decided, newest first."""
    asked = visit.request.GET
    decided = asked.get("state") == DECIDED
    text = asked.get("q", "").strip()[:100]
    listed = services.closed_tasks if decided else services.open_tasks
    found = listed(services.Filters(text=text), _number(asked.get("page", "")), PAGE_SIZE)
    context = {
        "tasks": tell(found.rows),
        "state": DECIDED if decided else "",
        "text": text,
        "number": found.page,
        "more": found.more,
    }
    return visit.render("console/tasks.html", context)


@action
def decide(visit: Visit, pk: int) -> HttpResponse:
    """Decide one question by one of its choices, with a reason if one is given."""
    if services.find_task(pk) is None:
        raise Http404
    asked = visit.request.POST
    why = asked.get("why", "").strip()[:300]
    try:
        services.decide(pk, asked.get("choice", ""), who=visit.who, why=why)
    except RecordRejected as refused:
        messages.error(visit.request, say(refused.for_merchant))
    else:
        messages.success(visit.request, _("Decided. It is carried out within moments."))
    wanted = asked.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {visit.request.get_host()}, visit.request.is_secure()):
        wanted = reverse("console:attention", args=(visit.tenant.slug,))
    return redirect(wanted)


def _number(text: str) -> int:
    return min(int(text), _LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 9 else 1
