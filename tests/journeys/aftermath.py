"""Ways to speak of orders after their transfer: what staff do in shop and ERP, and what is asked."""

from decimal import Decimal
from typing import Any

from brygga.app.services import tasks, works
from brygga.app.store.models import Work
from brygga.app.tenancy.scope import scope
from brygga.domain.refs import Kind
from brygga.flows.tasks import Table, read_table
from tests.journeys.world import World


def by_hand(world: World, action: str, **fields: Any) -> Any:
    """Do something in the shop's admin."""
    return world.shop.ask(f"{world.shop.site}/by-hand/{action}", fields)


def look_again(world: World, number: int = 1) -> None:
    """Have an order read again, as a hint would, and let everything be done."""
    with scope(world.tenant.pk):
        works.ask(world.flow, Kind.ORDER, str(number), who="Alice")
    world.drain()


def erp_says(world: World, status: str, external: str = "SE-1") -> None:
    """Have the ERP's staff move an order on, and hear of it."""
    number = world.erp.one(external)["orderNo"]
    world.erp.ask(f"orders/{number}/status", {"sbmId": world.erp.sbm_id, "status": status})
    world.hear()


def asked(world: World) -> list[tasks.TaskRow]:
    """Return what waits for a person."""
    with scope(world.tenant.pk):
        return list(tasks.open_tasks().rows)


def codes(world: World) -> list[str]:
    """Return the codes of what waits for a person."""
    return [row.message.code for row in asked(world)]


def one(world: World, code: str = "") -> tasks.TaskRow:
    """Return the only question there is, or the only one of a code."""
    found = [row for row in asked(world) if not code or row.message.code == code]
    assert len(found) == 1, codes(world)
    return found[0]


def decide(world: World, choice: str, code: str = "") -> None:
    """Answer the only question there is, and let the flow act on it."""
    row = one(world, code)
    with scope(world.tenant.pk):
        tasks.decide(row.id, choice, who="Alice", why="test")
        assert row.work is None or Work.objects.get(pk=row.work).due_at is not None
    world.drain()


def figures(row: tasks.TaskRow, name: str) -> list[dict[str, str]]:
    """Return a table among a question's figures, each row by its columns."""
    found = read_table(row.facts[name])
    assert isinstance(found, Table)
    return [dict(zip(found.columns, cells, strict=True)) for cells in found.rows]


def total(rows: list[dict[str, str]], column: str) -> Decimal:
    """Add up a column."""
    return sum((Decimal(row[column]) for row in rows), Decimal(0))
