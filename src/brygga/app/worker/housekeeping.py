"""Jobs that keep the house: doors looked after, broken connections probed, old things thrown away."""

from datetime import UTC, datetime, timedelta

import structlog

from brygga.app.services import reconciling, reservations
from brygga.app.services.statuses import keep_statuses
from brygga.app.settings import settings
from brygga.app.store import notices
from brygga.app.store.models import Connection, Flow, JournalEntry, RawMessage
from brygga.app.store.models.connections import ConnectionState
from brygga.app.store.models.flows import FlowState
from brygga.app.store.transaction import write
from brygga.app.tenancy.scope import scope
from brygga.app.worker import health
from brygga.app.worker.engine import enqueue, purge_history
from brygga.app.worker.sessions import identity_of, talk_with
from brygga.connectors.contract.connector import HintDoor, Identity, Listens
from brygga.domain.errors import BryggaError, ConnectionBroken, SetupWrong, TryLater
from brygga.domain.message import message

log = structlog.get_logger(__name__)

AT_ONCE = 500
_TAKING = (FlowState.RUNNING.value, FlowState.PAUSED.value)
JOURNAL_DAYS = 7 * 366  # the books are kept seven years


def door_of(connection: Connection) -> HintDoor:
    """Return the address and secret that a system knocks with."""
    return HintDoor(f"{settings().public_url}/door/{connection.door_token}/", connection.door_secret)


def check_hints(connection_id: int) -> None:
    """See to it that a shop still knocks and still is who it was; say what had to be healed."""
    connection = Connection.unscoped.filter(pk=connection_id, state=ConnectionState.ACTIVE.value).first()
    if connection is None:
        return
    now = datetime.now(UTC)
    with scope(connection.tenant_id):
        try:
            with talk_with(connection) as session:
                if not same_system(connection, session.check(), now):
                    return
                keep_statuses(connection.pk, session)
                if isinstance(session, Listens):
                    for healed in session.ensure_hints(door_of(connection)):
                        notices.say(connection.tenant_id, healed, now, connection=connection.pk, passing=True)
        except ConnectionBroken as error:
            health.broken(connection.pk, error, now)
            return
        except BryggaError as error:
            # Polls see an order that no hint tells of: this can wait for the next hour.
            log.warning("hints not checked", connection=connection.pk, error=error.for_us)
        Connection.objects.filter(pk=connection.pk).update(hints_checked_at=now)


def same_system(connection: Connection, answered: Identity, now: datetime) -> bool:
    """Say whether the same system answers as at the first check; pause the connection if not."""
    before = identity_of(connection)
    if before is None or before.key == answered.key:
        return True
    health.other_system(
        connection.pk, f"{before.name} ({before.key})", f"{answered.name} ({answered.key})", now
    )
    return False


def probe(connection_id: int) -> None:
    """Try a broken connection; it goes on by itself when it works and is who it was."""
    connection = Connection.unscoped.filter(pk=connection_id, state=ConnectionState.BROKEN.value).first()
    if connection is None:
        return
    now = datetime.now(UTC)
    with scope(connection.tenant_id):
        try:
            with talk_with(connection) as session:
                answered = session.check()
        except BryggaError as error:
            wait = health.PROBE_EVERY * min(connection.failures, 24)
            after = error.after if isinstance(error, TryLater) and error.after else now + wait
            Connection.objects.filter(pk=connection.pk, state=ConnectionState.BROKEN.value).update(
                not_before=after, failures=connection.failures + 1
            )
            return
        if same_system(connection, answered, now):
            health.heal(connection.pk, now)


def keep_house() -> None:
    """Throw away what has had its time, and see to what is due by the hour: reconciliations, reservations."""
    now = datetime.now(UTC)
    purged = purge_history(now)
    raw = _delete_old_raw(now)
    lines = _delete_old_lines(now - timedelta(days=JOURNAL_DAYS))
    reconcile_due(now)
    ask_about_reservations(now)
    log.info("house kept", engine=purged, raw=raw, journal=lines)


def reconcile_due(now: datetime) -> int:
    """Enqueue the night's reconciliation of each flow whose hour has come."""
    asked = 0
    running = Flow.unscoped.filter(state=FlowState.RUNNING.value).order_by("pk")
    for flow in running.values_list("pk", "tenant_id"):
        with scope(flow[1]):
            try:
                night = reconciling.is_due(Flow.objects.select_related("shop").get(pk=flow[0]), now)
            except SetupWrong:  # polls pause such a flow and say why
                continue
        if night:
            job_id = f"reconcile-{flow[0]}-{night}"
            enqueue("bulk", "reconcile", flow[0], workflow_id=job_id, lane=f"r{flow[0]}")
            asked += 1
    return asked


def ask_about_reservations(now: datetime) -> int:
    """Put orders on the list whose money is held for so long that it may soon be lost."""
    asked = 0
    for flow, tenant in Flow.unscoped.filter(state__in=_TAKING).order_by("pk").values_list("pk", "tenant_id"):
        with scope(tenant):
            try:
                one = Flow.objects.select_related("shop").get(pk=flow)
                asked += reservations.ask_about_reservations(one, now)
            except SetupWrong:  # polls pause such a flow and say why
                continue
    return asked


def reconcile(flow_id: int) -> None:
    """Reconcile a flow at night, once; what stands in the way is noted, and it is tried again in an hour."""
    flow = Flow.unscoped.select_related("shop").filter(pk=flow_id, state=FlowState.RUNNING.value).first()
    if flow is None or flow.shop.state != ConnectionState.ACTIVE.value:
        return
    with scope(flow.tenant_id):
        try:
            if not reconciling.is_due(flow, datetime.now(UTC)):
                return
            report = reconciling.reconcile_flow(flow_id)
        except BryggaError as error:
            told = message("reconcile.failed", name=flow.name)
            notices.say(flow.tenant_id, told, datetime.now(UTC), flow=flow_id)
            log.warning("not reconciled", flow=flow_id, error=error.for_us or error.for_merchant.code)
            return
        notices.over(datetime.now(UTC), flow=flow_id, codes=["reconcile.failed"])
        log.info("reconciled", flow=flow_id, differences=report.total(), calls=report.calls)


def _delete_old_raw(now: datetime) -> int:
    count = 0
    while True:
        old = list(RawMessage.unscoped.filter(expires_at__lte=now).values_list("pk", flat=True)[:AT_ONCE])
        if not old:
            return count
        with write():
            count += RawMessage.unscoped.filter(pk__in=old)._raw_delete("default")


def _delete_old_lines(before: datetime) -> int:
    count = 0
    while True:
        # Lines are written in the order of time, so the oldest have the lowest ids.
        first = JournalEntry.unscoped.order_by("pk").values_list("pk", "at")[:AT_ONCE]
        old = [pk for pk, at in first if at < before]
        if not old:
            return count
        with write():
            count += JournalEntry.unscoped.filter(pk__in=old).delete()[0]
