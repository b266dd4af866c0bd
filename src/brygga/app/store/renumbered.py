"""Articles that got another number in the ERP: what shops sold, and go on selling, under the old one."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from brygga.app.store.sql import fetch, fetch_one, marks, run
from brygga.domain.money import ZERO
from brygga.domain.supply import Supply

_AT_ONCE = 200


def new_numbers(erp: int, supplies: Mapping[str, Supply]) -> dict[str, str]:
    """Return of numbers that articles had before those that they have now, as the ERP's own ids tell."""
    ids = {number: supply.article.id[:100] for number, supply in supplies.items() if supply.article.id}
    now: dict[str, set[str]] = defaultdict(set)
    found = sorted(set(ids.values()))
    for start in range(0, len(found), _AT_ONCE):
        part = found[start : start + _AT_ONCE]
        for article_id, number in fetch(
            "SELECT DISTINCT m.article_id, m.article_no FROM store_groupmember m"
            " JOIN store_flow f ON f.id = m.flow_id"
            f" WHERE f.erp_id = %s AND m.article_id <> '' AND m.article_id IN ({marks(len(part))})",
            (erp, *part),
        ):
            now[article_id].add(number)
    return {
        number: next(iter(now[own]))
        for number, own in ids.items()
        if len(now[own]) == 1 and number not in now[own]
    }


def renumber_taken(erp: int, old: str, new: str) -> None:
    """Let what orders of all shops hold of an article count under its new number. Call it inside `write`."""
    for row, shop, ref, quantity, included in fetch(
        "SELECT id, connection_id, order_ref, quantity, included FROM store_takenrow"
        " WHERE erp_id = %s AND sku = %s",
        (erp, old),
    ):
        other = fetch_one(
            "SELECT id, quantity, included FROM store_takenrow"
            " WHERE connection_id = %s AND order_ref = %s AND erp_id = %s AND sku = %s",
            (shop, ref, erp, new),
        )
        if other is None:
            run("UPDATE store_takenrow SET sku = %s WHERE id = %s", (new[:200], row))
            continue
        total, known = _number(quantity) + _number(other[1]), _number(included) + _number(other[2])
        run("DELETE FROM store_takenrow WHERE id = %s", (row,))
        run(
            "UPDATE store_takenrow SET quantity = %s, included = %s WHERE id = %s",
            (str(total), str(known), other[0]),
        )


def _number(value: Any) -> Decimal:
    return Decimal(str(value)).normalize() + ZERO
