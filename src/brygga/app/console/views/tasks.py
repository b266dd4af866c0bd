"""Questions: all that are open, what was decided, and the button that decides one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brygga.app.console.access import Visit, action, page
from brygga.app.console.headlines import HEADLINES
from brygga.app.console.queries.tasks import tell
from brygga.app.console.words import language, number, number_of_page, say
from brygga.app.services import tasks as services
from brygga.app.services.task_words import choice_in_words
from brygga.domain.errors import RecordRejected

PAGE_SIZE = 25
DECIDED = "decided"
TOGETHER = frozenset({"item.price_guarded"})  # questions that may be answered alike, all at once


@page
def tasks(visit: Visit) -> HttpResponse:
    """Show the open questions, oldest first, or those that were decided, newest first."""
    asked = visit.request.GET
    decided = asked.get("state") == DECIDED
    text = asked.get("q", "").strip()[:100]
    listed = services.closed_tasks if decided else services.open_tasks
    code = asked.get("code", "")[:80]
    filters = services.Filters(code=code, text=text)
    found = listed(filters, number_of_page(asked.get("page", "")), PAGE_SIZE)
    context = {
        "tasks": tell(found.rows),
        "state": DECIDED if decided else "",
        "text": text,
        "code": code,
        "code_title": str(HEADLINES.get(code, "")),
        "together": _together(code) if code in TOGETHER and not decided and not text else None,
        "number": found.page,
        "more": found.more,
    }
    return visit.render("console/tasks.html", context)


@action
def decide_all(visit: Visit) -> HttpResponse:
    """Decide all open questions of one kind alike, with a reason: it is many prices at once."""
    asked = visit.request.POST
    code, choice, why = asked.get("code", ""), asked.get("choice", ""), asked.get("why", "").strip()[:300]
    where = f"{reverse('console:tasks', args=(visit.tenant.slug,))}?{urlencode({'code': code})}"
    if code not in TOGETHER:
        raise Http404
    if not why:
        messages.error(visit.request, _("Write why, so that others understand."))
        return redirect(where)
    try:
        decided, left = services.decide_all(code, choice, who=visit.who, why=why)
    except RecordRejected as refused:
        messages.error(visit.request, say(refused.for_merchant))
        return redirect(where)
    told = ngettext("%(n)s question decided.", "%(n)s questions decided.", decided) % {"n": number(decided)}
    if left:
        told += " " + ngettext("%(n)s is left.", "%(n)s are left.", left) % {"n": number(left)}
    messages.success(visit.request, told)
    return redirect(where if left else reverse("console:attention", args=(visit.tenant.slug,)))


def _together(code: str) -> dict[str, object] | None:
    """Return what may be decided of all questions of one kind at once; None for less than two."""
    first = services.open_tasks(services.Filters(code=code), size=1)
    if not first.more:
        return None
    choices = [choice_in_words(choice, language()) for choice in first.rows[0].choices]
    return {"count": services.open_count(code), "choices": choices}


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
