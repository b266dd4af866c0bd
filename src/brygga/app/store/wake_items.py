"""Makes items due: of articles that were told of, sold or linked, in every shop they concern."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from brygga.app.store.intake import StoreIntake
from brygga.app.store.models.flows import FlowState
from brygga.app.store.sql import fetch, fetch_one, marks, run, time_in
from brygga.app.store.supply import all_supply
from brygga.app.store.taken import sets_with
from brygga.app.store.transaction import write
from brygga.app.store.wake import wake
from brygga.domain.message import message
from brygga.domain.refs import Kind, Link
from brygga.flows.presets import PRESETS

_AT_ONCE = 200
_ITEM = Kind.ITEM.value
_MOVING = tuple(number for number, preset in PRESETS.items() if preset.moves(Kind.ITEM))


def wake_items(
    tenant: int,
    erp: int,
    article_nos: Sequence[str],
    *,
    but: tuple[int, Collection[str]] | None = None,
) -> int:
    """Make the items of articles due in every flow of an ERP; return how many are.

    `but` names articles of one flow that are being computed anyway.
    """
    article_nos = _known(erp, article_nos)
    intake = StoreIntake()
    woken = 0
    taking = (FlowState.RUNNING.value, FlowState.PAUSED.value)
    for flow, preset in fetch(
        "SELECT id, preset FROM store_flow WHERE tenant_id = %s AND erp_id = %s AND state IN (%s, %s) ORDER BY id",
        (tenant, erp, *taking),
    ):
        if not PRESETS[preset].moves(Kind.ITEM):
            continue
        left_out = but[1] if but is not None and but[0] == flow else ()
        numbers = [number for number in article_nos if number not in left_out]
        woken += intake.seen_many(flow, Kind.ITEM, erp, numbers, message("item.orders_changed"))
    return woken


def wake_held(tenant: int, erp: int, shop: int, order_ref: str) -> None:
    """Make items due of which an order holds some: whether that counts has changed. Call it inside `write`."""
    rows = fetch(
        "SELECT sku FROM store_takenrow WHERE connection_id = %s AND order_ref = %s AND erp_id = %s"
        " AND quantity > included",
        (shop, order_ref, erp),
    )
    held = [sku for (sku,) in rows]
    if held:
        wake_items(tenant, erp, [*held, *sets_with(erp, held)])


def _known(erp: int, article_nos: Sequence[str]) -> list[str]:
    """Leave out what the ERP never told of: SKUs that only the shop has are no articles."""
    found: list[str] = []
    for start in range(0, len(article_nos), _AT_ONCE):
        part = article_nos[start : start + _AT_ONCE]
        rows = fetch(
            f"SELECT article_no FROM store_supplyrow WHERE connection_id = %s AND article_no IN ({marks(len(part))})",
            (erp, *part),
        )
        found += [number for (number,) in rows]
    return found


def wake_range(flow: int) -> int:
    """Make the items of everything an ERP has told of due in one flow: it is new, or its rules are."""
    row = fetch_one("SELECT erp_id, preset FROM store_flow WHERE id = %s", (flow,))
    if row is None or not PRESETS[row[1]].moves(Kind.ITEM):
        return 0
    intake = StoreIntake()
    woken, part = 0, []
    for supply in all_supply(row[0]):
        part.append(supply.article.article_no)
        if len(part) == _AT_ONCE:
            woken += intake.seen_many(flow, Kind.ITEM, row[0], part, message("item.rules_changed"))
            part = []
    return woken + intake.seen_many(flow, Kind.ITEM, row[0], part, message("item.rules_changed"))


def put_right(flow: int, article_nos: Sequence[str]) -> int:
    """Make items due as a reconciliation wants them: prices changed by hand are put back by setting."""
    now = datetime.now(UTC)
    touched = 0
    for start in range(0, len(article_nos), _AT_ONCE):
        part = article_nos[start : start + _AT_ONCE]
        with write():
            touched += run(
                "UPDATE store_work SET forced = TRUE, attempt = 0, seen_count = seen_count + 1, due_at = %s"
                f" WHERE flow_id = %s AND kind = %s AND source_ref IN ({marks(len(part))})",
                (time_in(now), flow, _ITEM, *part),
            )
            row = fetch_one("SELECT shop_id FROM store_flow WHERE id = %s", (flow,))
            if row is not None:
                wake(row[0], now)
    return touched


def linked(link: Link, now: datetime, *, moved: bool = False) -> None:
    """Make an item due that had nothing to be shown on until now. Call it inside `write`.

    `moved` says that the variant was another article's before: then it is due whatever became of it.
    Only flows that bring items to the shop today are concerned, by the settings of today.
    """
    if link.source.kind is not Kind.ARTICLE:
        return
    shop = link.source.connection
    states = "" if moved else " AND state IN ('ignored', 'held')"
    woken = run(
        "UPDATE store_work SET due_at = %s, seen_count = seen_count + 1, attempt = 0, revision_id ="
        " (SELECT MAX(r.id) FROM store_flowrevision r WHERE r.flow_id = store_work.flow_id)"
        " WHERE flow_id IN (SELECT id FROM store_flow WHERE shop_id = %s AND erp_id = %s"
        f" AND preset IN ({marks(len(_MOVING))}) AND state IN ('running', 'paused'))"
        f" AND kind = %s AND source_ref = %s{states}",
        (time_in(now), shop, link.target_connection, *_MOVING, _ITEM, link.target_id),
    )
    if woken:
        wake(shop, now)
