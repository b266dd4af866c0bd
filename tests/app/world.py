"""One tenant's world: a shop, an ERP, a flow between them, and short ways to work with it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection as database

from brygga.app.services.connecting import connect
from brygga.app.services.flows import create_flow, start_flow
from brygga.app.store.intake import StoreIntake
from brygga.app.store.lanes import HeldLane, take
from brygga.app.store.models import Work
from brygga.app.store.runs import LaneStore
from brygga.app.tenancy.models import Tenant
from brygga.app.tenancy.scope import scope
from brygga.domain.message import message
from brygga.domain.refs import Kind, RecordRef, Version
from brygga.flows.intake import sort_key
from tests.app.fakes import Place

WHO = "alice@example.se"


@dataclass(frozen=True)
class World:
    """Ids of what a tenant has, and the place where its two systems keep theirs."""

    tenant: int
    shop: int
    erp: int
    flow: int
    place: Place

    def see(self, number: int, changed_at: datetime | None = None) -> bool:
        """Have an order told of, by a poll if there is a time, else by a hint."""
        return StoreIntake().seen(
            self.flow,
            RecordRef(self.shop, Kind.ORDER, str(number)),
            str(number),
            Version(changed_at) if changed_at else None,
            sort_key(Kind.ORDER, datetime(2026, 6, 1, tzinfo=UTC), str(number)),
            message("journal.hint"),
        )

    def work(self, number: int) -> Work:
        """Return an order's work as the database has it."""
        with scope(self.tenant):
            return Work.objects.get(flow=self.flow, kind="order", source_ref=str(number))

    def states(self) -> dict[str, int]:
        """Count works by state."""
        with scope(self.tenant):
            found: dict[str, int] = {}
            for state in Work.objects.filter(flow=self.flow).values_list("state", flat=True):
                found[state] = found.get(state, 0) + 1
            return found

    def hold_lane(self, owner: str = "test") -> tuple[HeldLane, LaneStore]:
        """Take the lane as a drain would."""
        held = take(self.erp, owner, datetime.now(UTC))
        assert held is not None
        return held, LaneStore(held)


def make_world(name: str, folder: Path, **changed: Any) -> World:
    """Make a tenant with a running flow."""
    place = Place(str(folder / f"{name}.sqlite3"))
    tenant = Tenant.objects.create(slug=name, name=name)
    with scope(tenant.pk):
        shop = connect("fakeshop", "Butiken", {"file": place.file, "key": "k1"}, who=WHO)
        erp = connect("fakeerp", "Specter", {"file": place.file}, who=WHO)
        flow = create_flow("Order", shop=shop.id, erp=erp.id, who=WHO, changed={"products": "off", **changed})
        start_flow(flow.id, who=WHO)
    return World(tenant.pk, shop.id, erp.id, flow.id, place)


def sweep_out() -> None:
    """Empty every table of ours."""
    from django.apps import apps

    tables = [
        model._meta.db_table
        for label in ("store", "tenancy")
        for model in apps.get_app_config(label).get_models()
    ]
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        else:
            cursor.execute("PRAGMA foreign_keys=OFF")
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")
            cursor.execute("PRAGMA foreign_keys=ON")
