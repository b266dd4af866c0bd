"""The door: finds out whose it is, has the connector read the knock, and leaves a hint.

Nothing a knock carries is believed for more than what to look at. The hints are committed before
the answer, so a system that was told "fine" may forget that it ever knocked.
"""

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from brygga.app.store.models import Connection
from brygga.app.store.models.connections import door_hash
from brygga.app.tenancy.scope import scope
from brygga.app.webhooks.hints import leave, look_soon
from brygga.app.webhooks.pace import Pace
from brygga.app.worker.sessions import connector_of
from brygga.connectors.contract.connector import DoorAnswer, Knock
from brygga.domain.errors import SetupWrong

log = structlog.get_logger(__name__)

LARGEST = 5 * 1024 * 1024
_METHODS = frozenset({"GET", "POST", "PUT", "HEAD"})
_pace = Pace(per_second=20, burst=200)


@csrf_exempt
def knock(request: HttpRequest, token: str) -> HttpResponse:
    """Answer one knock: 404 for a door that is none, else as the connector says."""
    if request.method not in _METHODS:
        return HttpResponse(status=405)
    connection = Connection.unscoped.filter(door_hash=door_hash(token)).first()
    if connection is None:
        return HttpResponse(status=404)
    body = _body(request)
    if body is None:
        return HttpResponse(status=413)
    with (
        scope(connection.tenant_id),
        structlog.contextvars.bound_contextvars(tenant=connection.tenant_id, connection=connection.pk),
    ):
        try:
            answer = _understood(connection, request, body)
        except SetupWrong:
            return HttpResponse(status=404)
        if answer.remark is not None:
            log.info("knock", status=answer.status, remark=answer.remark.code)
        try:
            if _pace.may_pass(connection.pk):
                leave(connection, answer.hints)
            else:
                # A shop counts every "no" against the webhook and soon switches it off. So a flood
                # is answered well and looked into by one poll.
                look_soon(connection)
        except DatabaseError:
            # Not kept, so not "fine": the system comes back, and polls see it meanwhile.
            log.exception("hint not kept")
            return HttpResponse(status=503, headers={"Retry-After": "30"})
    return HttpResponse(answer.body, status=answer.status, content_type="text/plain; charset=utf-8")


def _body(request: HttpRequest) -> bytes | None:
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return None
    if length > LARGEST:
        return None
    try:
        body = request.body
    except RequestDataTooBig:
        return None
    return body if len(body) <= LARGEST else None


def _understood(connection: Connection, request: HttpRequest, body: bytes) -> DoorAnswer:
    heard = Knock(
        method=request.method or "GET",
        headers={name.lower(): value for name, value in request.headers.items()},
        query={name: value for name, value in request.GET.items() if isinstance(value, str)},
        body=body,
    )
    card = connector_of(connection.connector)
    return card.answer_knock(heard, connection.settings, connection.door_secret)
