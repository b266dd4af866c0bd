"""Whether all is well, as one sentence: the first thing a merchant reads."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from babel.lists import format_list
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brygga.app.console.drawing import Drawing, Health, health_of
from brygga.app.console.kinds import PAGES
from brygga.app.console.words import language, moment, say
from brygga.app.store.models.connections import Connection
from brygga.domain.refs import Kind

LATE = timedelta(minutes=30)  # a stock reading that is older is told of


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentence, how serious it is (ok, wait, act, stop), what more there is to say, and where to go."""

    tone: str
    sentence: str
    more: str = ""
    link: str = ""
    link_text: str = ""


def verdict(
    slug: str,
    drawings: Sequence[Drawing],
    connections: Sequence[Connection],
    asking: int = 0,
    questions: int = 0,
) -> Verdict:
    """Judge the whole tenant. The worst thing speaks; what is only slow never hides what needs a person.

    `asking` sent orders ask something of a person, and `questions` wait for an answer that hold no record.
    """
    for connection in connections:
        health = health_of(connection)
        if health in {Health.BROKEN, Health.PAUSED}:
            return _stopped_connection(slug, connection, health)
    for drawing in drawings:
        if drawing.health is Health.BROKEN:
            return Verdict(
                "stop",
                _("The flow %(name)s stands still") % {"name": drawing.flow.name},
                say(drawing.flow.reason),
                reverse("console:flow", args=(slug, drawing.flow.pk)),
                _("To the flow"),
            )
    held: Counter[Kind] = Counter()
    for drawing in drawings:
        held.update(drawing.held_by_kind)
    waiting = [_held_sentence(held)] if held.total() else []
    waiting += [_question_sentence(questions)] if questions else []
    waiting += [_asking_sentence(asking)] if asking else []
    if waiting:
        more = " ".join([*(f"{sentence}." for sentence in waiting[1:]), _today(drawings)])
        link = reverse("console:attention", args=(slug,))
        return Verdict("act", waiting[0], more, link, _("See what to do"))
    for connection in connections:
        if health_of(connection) is Health.AWAY:
            return _away(connection)
    late = _late_stock(drawings, connections)
    return late or _well(slug, drawings, connections)


def _stopped_connection(slug: str, connection: Connection, health: Health) -> Verdict:
    sentence = (
        _("The connection %(name)s has stopped")
        if health is Health.BROKEN
        else _("The connection %(name)s is paused")
    )
    more = say(connection.reason) or _("Orders wait until it goes on. Nothing is lost.")
    link = reverse("console:connection", args=(slug, connection.pk))
    tone = "stop" if health is Health.BROKEN else "act"
    return Verdict(tone, sentence % {"name": connection.name}, more, link, _("To the connection"))


def _held_sentence(held: Counter[Kind]) -> str:
    what = [page.counted(held[kind]) for kind, page in PAGES.items() if held[kind]]
    words = format_list(what, locale=language())
    return ngettext("%(what)s has stopped", "%(what)s have stopped", held.total()) % {"what": words}


def _question_sentence(questions: int) -> str:
    words = ngettext(
        "%(n)s question waits for your decision", "%(n)s questions wait for your decision", questions
    )
    return words % {"n": questions}


def _asking_sentence(asking: int) -> str:
    words = ngettext("%(n)s sent order needs something done", "%(n)s sent orders need something done", asking)
    return words % {"n": asking}


def _away(connection: Connection) -> Verdict:
    more = _("Orders wait and are sent by themselves when it answers again. Nothing is lost.")
    if connection.not_before:
        tried = _("We try again at %(when)s.") % {"when": moment(connection.not_before)}
        more = f"{tried} {more}"
    return Verdict("wait", _("%(name)s does not answer just now") % {"name": connection.name}, more)


def _late_stock(drawings: Sequence[Drawing], connections: Sequence[Connection]) -> Verdict | None:
    """Say that the shop shows old stock, when a flow that shows it runs and its ERP was not read for long."""
    shown = {d.flow.erp_id for d in drawings if d.two_way and d.health is Health.WELL}
    for connection in connections:
        read_at = getattr(connection, "stock_read_at", None)
        if connection.pk not in shown or read_at is None:
            continue
        late_after = max(LATE, timedelta(seconds=3 * (connection.poll_seconds or 0)))
        if timezone.now() - read_at > late_after:
            sentence = _("The shop's stock is as it was %(when)s") % {"when": moment(read_at)}
            more = _("Stock changes could not be fetched from %(name)s since. It is tried again by itself.")
            return Verdict("wait", sentence, more % {"name": connection.name})
    return None


def _well(slug: str, drawings: Sequence[Drawing], connections: Sequence[Connection]) -> Verdict:
    if not connections:
        link = reverse("console:connection_new", args=(slug,))
        return Verdict("wait", _("Begin by connecting your shop"), "", link, _("Add a connection"))
    if not drawings:
        link = reverse("console:flow_new", args=(slug,))
        return Verdict("wait", _("There is no flow yet"), "", link, _("Create a flow"))
    if not any(drawing.health is Health.WELL for drawing in drawings):
        link = reverse("console:flow", args=(slug, drawings[0].flow.pk))
        return Verdict("wait", _("Nothing is sent: no flow is started"), "", link, _("To the flow"))
    return Verdict("ok", _("All is well"), _today(drawings))


def _today(drawings: Sequence[Drawing]) -> str:
    sent = sum(drawing.sent_today for drawing in drawings)
    words = ngettext("%(n)s order sent today.", "%(n)s orders sent today.", sent) % {"n": sent}
    return f"{words} {_last(drawings)}".strip()


def _last(drawings: Sequence[Drawing]) -> str:
    """Say when an order last crossed any bridge."""
    sent = [drawing for drawing in drawings if drawing.last_sent is not None]
    newest = max(sent, key=lambda drawing: str(drawing.last_sent), default=None)
    return f"{newest.last_words}." if newest else ""
