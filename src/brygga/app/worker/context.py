"""Builds what flows need for a lane: sessions, settings by revision, store and recorder.

Sessions live as long as the drain, so that sockets are reused; all flows of the lane share the
ERP's.
"""

from datetime import UTC, datetime, time
from typing import cast
from zoneinfo import ZoneInfo

from brygga.app.store.due import Claim
from brygga.app.store.events import DbEvents
from brygga.app.store.goods import DbGoods
from brygga.app.store.lanes import HeldLane, prove
from brygga.app.store.models import Connection, Flow, FlowRevision
from brygga.app.store.reservations import DbReservations
from brygga.app.store.runs import LaneStore
from brygga.app.store.shelf import DbShelf
from brygga.app.store.tasks import DbTasks
from brygga.app.tenancy.models import Tenant
from brygga.app.texts import say
from brygga.app.worker.fan_out import FanOut
from brygga.app.worker.sessions import Watch, identity_of, open_session
from brygga.connectors.contract.connector import Identity, Session
from brygga.domain.errors import BryggaError, SetupWrong
from brygga.domain.message import Message, message
from brygga.flows.context import Erp, Recorder, RunContext, Shop
from brygga.flows.ownership import masters
from brygga.flows.presets import PRESETS
from brygga.flows.settings import FlowSettings, read


def settings_of(preset: int, changed: dict[str, object]) -> FlowSettings:
    """Lay what a merchant changed over the preset's and the product's defaults. Raises SetupWrong."""
    return read({**PRESETS[preset].defaults, **changed})


def begins_at(flow: Flow, settings: FlowSettings, shop: Identity) -> datetime:
    """Return from when on a flow's orders count: its start, or its start date if that is earlier."""
    started = flow.started_at or datetime.now(UTC)
    if settings.start_date is None:
        return started
    return min(started, datetime.combine(settings.start_date, time.min, ZoneInfo(shop.time_zone)))


class LaneContext:
    """Everything one drain has open. Made inside the tenant's scope; must be closed."""

    def __init__(self, lane: HeldLane) -> None:
        self._lane = lane
        self.recorder = Recorder()
        self.watch = Watch(self.recorder.observe)
        self._sessions: dict[int, Session] = {}
        self._connections: dict[int, Connection] = {}
        self._runs: dict[tuple[int, int], RunContext] = {}
        self._stores: dict[int, LaneStore] = {}
        self._language = Tenant.objects.values_list("language", flat=True).get(pk=lane.tenant)

    def close(self) -> None:
        """End every session."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        self._runs.clear()

    def run_for(self, flow_id: int, revision_id: int) -> tuple[RunContext, LaneStore]:
        """Return the context of one flow by one revision of its settings. Raises SetupWrong."""
        run = self._runs.get((flow_id, revision_id))
        if run is None:
            run = self._runs[flow_id, revision_id] = self._make(flow_id, revision_id)
        return run, self._stores[revision_id]

    def claims_begin(self, store: LaneStore, claims: list[Claim]) -> None:
        """Start an attempt: a fresh journal, and nobody blamed for anything yet."""
        self.recorder.start()
        self.watch.begin()
        store.begin(claims)

    def _make(self, flow_id: int, revision_id: int) -> RunContext:
        flow = Flow.objects.get(pk=flow_id)
        revision = FlowRevision.objects.get(pk=revision_id, flow_id=flow_id)
        preset = revision.preset or flow.preset  # what is on its way ends by what was decided then
        settings = settings_of(preset, revision.settings)
        store = self._stores[revision_id] = LaneStore(
            self._lane, settings.keep_messages_days, FanOut(self._lane.tenant, flow.erp_id).linked
        )
        shop = self._session(flow.shop_id)
        erp = self._session(flow.erp_id)
        identity = identity_of(self._connections[flow.shop_id])
        if identity is None:
            raise SetupWrong(
                message("connection.not_checked", name=self._connections[flow.shop_id].name),
                setting="connection",
            )
        erp_identity = identity_of(self._connections[flow.erp_id])
        return RunContext(
            flow=flow_id,
            shop_id=flow.shop_id,
            erp_id=flow.erp_id,
            shop=cast(Shop, shop),
            erp=cast(Erp, erp),
            shop_identity=identity,
            settings=settings,
            store=store,
            events=DbEvents(self._lane),
            shelf=DbShelf(
                store,
                self._lane.tenant,
                flow.shop_id,
                flow.erp_id,
                flow_id,
                begins_at(flow, settings, identity),
            ),
            reservations=DbReservations(self._lane, flow_id),
            goods=DbGoods(store, self._lane.tenant, flow.shop_id, flow.erp_id, flow_id),
            tasks=DbTasks(self._lane.tenant, flow_id),
            masters=masters(preset, settings.masters),
            recorder=self.recorder,
            now=lambda: datetime.now(UTC),
            say=self._say,
            erp_currency=erp_identity.currency if erp_identity is not None else "",
        )

    def _say(self, told: Message) -> str:
        return say(told, self._language)

    def _session(self, connection_id: int) -> Session:
        session = self._sessions.get(connection_id)
        if session is None:
            connection = self._connections[connection_id] = Connection.objects.get(pk=connection_id)
            try:
                session = open_session(
                    connection, self.watch.for_connection(connection_id), lambda: prove(self._lane)
                )
            except BryggaError:
                self.watch.last = connection_id
                raise
            self._sessions[connection_id] = session
        return session
