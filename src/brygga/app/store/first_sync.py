"""PlanStore for one plan: what `flows/first_sync/ports.py` promises, a part of the range at a time."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from brygga.app.store.groups import groups_of
from brygga.app.store.intake import StoreIntake
from brygga.app.store.links import put_link
from brygga.app.store.reconcile import DbReconcile
from brygga.app.store.sql import fetch, fetch_one, json_in, json_out, marks, run
from brygga.app.store.supply import supply_of
from brygga.app.store.transaction import write
from brygga.domain.message import message
from brygga.domain.refs import Kind, Link, RecordRef
from brygga.domain.supply import Supply
from brygga.flows.first_sync.rows import Action, Result, Row, Verdict
from brygga.flows.intake import take_hint

_AT_ONCE = 200
_PAGE = 1000
_COLUMNS = "place, verdict, action, article_no, item_ref, barcode, facts, result"


class DbPlan(DbReconcile):
    """The rows of one plan, and what is known of the articles and items they are about."""

    plan: int = 0

    def for_plan(self, plan: int) -> "DbPlan":
        """Say which plan it is."""
        self.plan = plan
        return self

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows to the plan."""
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            with write():
                last = fetch_one("SELECT MAX(place) FROM store_firstsyncrow WHERE plan_id = %s", (self.plan,))
                place = (last[0] if last else None) or 0
                params: list[Any] = []
                for row in part:
                    place += 1
                    row.place = place
                    params += (self._tenant, self.plan, place, row.verdict.value, row.action.value)
                    params += (row.article_no[:200], row.item_ref[:100], row.barcode[:20])
                    params += (json_in(dict(row.facts)), row.result.value)
                run(
                    "INSERT INTO store_firstsyncrow (tenant_id, plan_id, place, verdict, action, article_no, item_ref,"
                    f" barcode, facts, result) VALUES {', '.join([f'({marks(10)})'] * len(part))}",
                    params,
                )

    def twice(self) -> int:
        """Make rows ambiguous whose article more than one item would be; return how many."""
        rows = fetch(
            f"SELECT {_COLUMNS} FROM store_firstsyncrow WHERE plan_id = %s AND action = %s AND article_no IN"
            " (SELECT article_no FROM store_firstsyncrow WHERE plan_id = %s AND verdict = %s"
            " GROUP BY article_no HAVING COUNT(*) > 1)",
            (self.plan, Action.LINK.value, self.plan, Verdict.MATCHED.value),
        )
        found = [_row(row) for row in rows]
        for row in found:
            row.verdict, row.action, row.result = Verdict.AMBIGUOUS, Action.NOTHING, Result.LISTED
            row.facts = {**row.facts, "why": "twice"}
        self.change(found)
        return len(found)

    def articles_left(self) -> Iterator[Sequence[Supply]]:
        """Yield articles, not ended, that no row of the plan is about, some at a time."""
        after = ""
        while rows := fetch(
            "SELECT s.article_no FROM store_supplyrow s WHERE s.connection_id = %s AND s.article_no > %s"
            " AND s.ended = FALSE AND s.article_read_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM store_firstsyncrow r"
            " WHERE r.plan_id = %s AND r.article_no = s.article_no) ORDER BY s.article_no LIMIT %s",
            (self._erp, after, self.plan, _PAGE),
        ):
            numbers = [number for (number,) in rows]
            yield list(supply_of(self._erp, numbers).values())
            after = numbers[-1]

    def rows_with_barcode(self, barcodes: Collection[str]) -> Mapping[str, Sequence[Row]]:
        """Return rows of items that have one of these bar codes and no number that the ERP knows."""
        found: dict[str, list[Row]] = {}
        wanted = sorted(barcodes)
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            for row in fetch(
                f"SELECT {_COLUMNS} FROM store_firstsyncrow WHERE plan_id = %s AND barcode IN ({marks(len(part))})",
                (self.plan, *part),
            ):
                one = _row(row)
                found.setdefault(one.barcode, []).append(one)
        return found

    def change(self, rows: Sequence[Row]) -> None:
        """Store rows anew that were added before."""
        with write():
            for row in rows:
                run(
                    "UPDATE store_firstsyncrow SET verdict = %s, action = %s, article_no = %s, facts = %s, result = %s"
                    " WHERE plan_id = %s AND place = %s",
                    (
                        row.verdict.value, row.action.value, row.article_no[:200], json_in(dict(row.facts)),
                        row.result.value, self.plan, row.place,
                    ),
                )  # fmt: skip

    def left(self, most: int) -> Sequence[Row]:
        """Return the first rows that were not yet carried out."""
        rows = fetch(
            f"SELECT {_COLUMNS} FROM store_firstsyncrow WHERE plan_id = %s AND result = '' ORDER BY place LIMIT %s",
            (self.plan, most),
        )
        return [_row(row) for row in rows]

    def listed(self, verdict: Verdict | None = None, result: Result | None = None) -> Iterator[Row]:
        """Yield rows in their order, of one list or end, with flat memory."""
        place = 0
        more, params = "", []
        if verdict is not None:
            more, params = " AND verdict = %s", [verdict.value]
        if result is not None:
            more, params = f"{more} AND result = %s", [*params, result.value]
        while rows := fetch(
            f"SELECT {_COLUMNS} FROM store_firstsyncrow WHERE plan_id = %s AND place > %s{more} ORDER BY place LIMIT %s",
            (self.plan, place, *params, _PAGE),
        ):
            yield from (_row(row) for row in rows)
            place = rows[-1][0]

    def counts(self) -> list[tuple[str, str, str, int]]:
        """Count rows by verdict, action and result."""
        return fetch(
            "SELECT verdict, action, result, COUNT(*) FROM store_firstsyncrow WHERE plan_id = %s"
            " GROUP BY verdict, action, result ORDER BY verdict, action, result",
            (self.plan,),
        )

    def carry_out(self, rows: Sequence[Row], sends: Collection[str], leads_items: bool) -> None:
        """Join, wake and settle rows as they say, in one transaction."""
        now = datetime.now(UTC)
        done = [row for row in rows if row.result is Result.DONE]
        makes = [row.article_no for row in done if row.action is Action.MAKE]
        joined = [row for row in done if row.action is Action.LINK]
        intake, note = StoreIntake(), message("first_sync.woken")
        with write():
            for row in joined:
                ref = RecordRef(self._shop, Kind.ARTICLE, row.item_ref)
                sku = row.facts.get("sku", "")
                put_link(self._tenant, Link(ref, sku, self._erp, row.article_no, row.article_no, ""), now)
            if leads_items:
                shown = [row.article_no for row in joined] + makes
                intake.seen_many(self._flow, Kind.ITEM, self._erp, shown, note)
            for product in sorted(sends):
                take_hint(intake, self._flow, self._shop, Kind.PRODUCT, product, now)
            if makes:
                intake.seen_many(self._flow, Kind.GOODS, self._erp, self._groups(makes), note)
            for row in rows:
                run(
                    "UPDATE store_firstsyncrow SET result = %s WHERE plan_id = %s AND place = %s",
                    (row.result.value, self.plan, row.place),
                )

    def _groups(self, article_nos: Sequence[str]) -> list[str]:
        """Return the products that articles are, by the flow's rules."""
        groups = groups_of(self._tenant, self._flow)
        if groups is None:
            return []
        groups.regroup(article_nos)
        keys: dict[str, None] = {}
        for start in range(0, len(article_nos), _AT_ONCE):
            part = article_nos[start : start + _AT_ONCE]
            for (key,) in fetch(
                f"SELECT group_key FROM store_groupmember WHERE flow_id = %s AND article_no IN ({marks(len(part))})",
                (self._flow, *part),
            ):
                keys[key] = None
        return list(keys)


def _row(row: Sequence[Any]) -> Row:
    place, verdict, action, article_no, item_ref, barcode, facts, result = row
    return Row(
        Verdict(verdict),
        Action(action),
        article_no,
        item_ref,
        barcode,
        json_out(facts),
        place,
        Result(result),
    )
