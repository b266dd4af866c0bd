"""Whether all is well, as one sentence: the first thing a merchant reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brygga.app.console.drawing import Drawing, Health, health_of
from brygga.app.console.words import moment, say
from brygga.app.store.models.connections import Connection


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentence, how serious it is (ok, wait, act, stop), what more there is to say, and where to go."""

    tone: str
    sentence: str
    more: str = ""
    link: str = ""
    link_text: str = ""


def verdict(
    slug: str, drawings: Sequence[Drawing], connections: Sequence[Connection], asking: int = 0
) -> Verdict:
    """Judge the whole tenant; `asking` sent orders ask something of a person. The worst thing speaks; what is only slow never hides what needs a person."""
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
    orders, products = sum(d.held for d in drawings), sum(d.products_held for d in drawings)
    if orders or products:
        return Verdict(
            "act",
            _held_sentence(orders, products),
            f"{_asking_sentence(asking)}. {_today(drawings)}" if asking else _today(drawings),
            reverse("console:attention", args=(slug,)),
            _("See what to do"),
        )
    if asking:
        link = reverse("console:attention", args=(slug,))
        return Verdict("act", _asking_sentence(asking), _today(drawings), link, _("See what to do"))
    for connection in connections:
        if health_of(connection) is Health.AWAY:
            return _away(connection)
    return _well(slug, drawings, connections)


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


def _held_sentence(orders: int, products: int) -> str:
    order_words = ngettext("%(n)s order", "%(n)s orders", orders) % {"n": orders}
    product_words = ngettext("%(n)s product", "%(n)s products", products) % {"n": products}
    if orders and products:
        return _("%(orders)s and %(products)s have stopped") % {
            "orders": order_words,
            "products": product_words,
        }
    what = order_words if orders else product_words
    return ngettext("%(what)s has stopped", "%(what)s have stopped", orders or products) % {"what": what}


def _asking_sentence(asking: int) -> str:
    words = ngettext("%(n)s sent order needs something done", "%(n)s sent orders need something done", asking)
    return words % {"n": asking}


def _away(connection: Connection) -> Verdict:
    more = _("Orders wait and are sent by themselves when it answers again. Nothing is lost.")
    if connection.not_before:
        tried = _("We try again at %(when)s.") % {"when": moment(connection.not_before)}
        more = f"{tried} {more}"
    return Verdict("wait", _("%(name)s does not answer just now") % {"name": connection.name}, more)


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
