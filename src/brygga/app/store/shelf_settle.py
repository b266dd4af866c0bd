"""Stores what became of items that were tried together: one transaction, few statements.

Most items of a batch end alike (written, or as they should be), so their works are updated
together. A work that was told of during the attempt is due again: it carries no version that
could say whether the news was seen.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from brygga.app.store.goods_gone import kept_by_goods, wake_goods
from brygga.app.store.lines import Lines, RawGathering, insert, prepare
from brygga.app.store.remarks import keep_remarks
from brygga.app.store.runs import ECHO_FOR, LaneStore
from brygga.app.store.sql import fetch, json_in, marks, message_in, run, time_in, time_out
from brygga.domain.money import plain
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.flows.journal import Entry, Step
from brygga.flows.ports import LaneLost
from brygga.flows.shelf.ports import Echo, Settled, Settlement, Written

_ARTICLE = Kind.ARTICLE.value


def settle(store: LaneStore, settlement: Settlement, shop: int, erp: int) -> None:
    """Store outcomes, links, what was written, lines and echoes. Raises LaneLost."""
    settled = settlement.settled
    if not settled:
        return
    tenant, keep_days = store.tenant, store.keep_days
    gathering = RawGathering()
    # Where nothing was written and nothing stands in the way there is nothing to look up later.
    tells = any(each.lines or each.outcome.state is not State.DONE for each in settled)
    exchanges = prepare(settlement.exchanges if tells else (), gathering)
    lines = {each.work.id: _pointing(prepare(each.lines), exchanges) for each in settled}
    now = datetime.now(UTC)
    with store.writing():
        told_before = _reasons(settled)
        _outcomes(store, settled, now)
        kept = kept_by_goods(shop, erp, settled)
        wake_goods(
            erp, [one for one in settled if told_before.get(one.work.id) != one.outcome.reason.code], kept
        )
        for each in settled:
            keep_remarks(each.work.id, store.warnings(each.work), each.outcome.warnings)
            _links(tenant, each, shop, erp, kept.keys(), now)
            _parts(tenant, each, erp)
        _written(tenant, shop, settlement)
        _echoes(shop, settlement.echoes, now)
        with_exchanges = _first_told(settled)
        if exchanges.rows:
            insert(exchanges, tenant, with_exchanges, keep_days, now)
        for each in settled:
            if lines[each.work.id].rows:
                insert(lines[each.work.id], tenant, each.work.id, keep_days, now)
            reason = each.outcome.reason
            if each.outcome.state is not State.DONE and told_before.get(each.work.id) != reason.code:
                decided = prepare([Entry(now, Step.DECIDED, reason)])
                insert(decided, tenant, each.work.id, keep_days, now)
    store.settled.update({each.work.id: each.outcome for each in settled})


def _pointing(lines: Lines, exchanges: Lines) -> Lines:
    """Let each line point to the write that it is about, which is kept once for the whole batch."""
    if not lines.rows or not exchanges.rows:
        return lines
    raw_id, index = exchanges.rows[-1][4:]
    return Lines([(*row[:4], raw_id, index) for row in lines.rows])


def _first_told(settled: Sequence[Settled]) -> int:
    """Return the work that the batch's exchanges are shown with: the first that was written."""
    return next((each.work.id for each in settled if each.lines), settled[0].work.id)


def _reasons(settled: Sequence[Settled]) -> dict[int, str]:
    ids = [each.work.id for each in settled if each.outcome.state is not State.DONE]
    if not ids:
        return {}
    return dict(fetch(f"SELECT id, reason_code FROM store_work WHERE id IN ({marks(len(ids))})", ids))


def _outcomes(store: LaneStore, settled: Sequence[Settled], now: datetime) -> None:
    alike: dict[tuple[Any, ...], list[tuple[int, int]]] = defaultdict(list)
    for each in settled:
        outcome, work = each.outcome, each.work
        claim = store.claim_of(work)
        waits = outcome.retry_at is not None and outcome.state is not State.DONE
        key = (
            outcome.state.value,
            message_in(outcome.reason),
            outcome.reason.code,
            json_in([warning.as_data() for warning in outcome.warnings]),
            work.attempt - (not outcome.counts) if waits else 0,
            outcome.retry_at,
        )
        alike[key].append((work.id, claim.seen_count if claim is not None else -1))
    touched = 0
    for (state, reason, code, warnings, attempt, retry_at), works in alike.items():
        pairs = ", ".join(["(%s, %s)"] * len(works))
        flat = [value for pair in works for value in pair]
        touched += run(
            "UPDATE store_work SET state = %s, reason = %s, reason_code = %s, warnings = %s, attempt = %s,"
            " forced = FALSE, settled_at = %s,"
            f" due_at = CASE WHEN (id, seen_count) IN (VALUES {pairs}) THEN %s ELSE %s END"
            f" WHERE id IN ({marks(len(works))})",
            (
                state, reason, code, warnings, attempt, time_in(now), *flat, time_in(retry_at), time_in(now),
                *(work for work, _ in works),
            ),
        )  # fmt: skip
    if touched != len({each.work.id for each in settled}):
        raise LaneLost("works are gone")
    for each in settled:
        if each.outcome.target_id:
            run(
                "UPDATE store_work SET target_ref = %s, target_key = %s WHERE id = %s"
                " AND (target_ref <> %s OR target_key <> %s)",
                (
                    each.outcome.target_id[:100], each.outcome.target_key, each.work.id,
                    each.outcome.target_id[:100], each.outcome.target_key,
                ),
            )  # fmt: skip


def _links(tenant: int, each: Settled, shop: int, erp: int, kept: Collection[str], now: datetime) -> None:
    number = each.work.ref.id
    for ref in each.unlinked:
        if ref in kept:
            continue
        run(
            "DELETE FROM store_linkrow WHERE source_id = %s AND kind = %s AND source_ref = %s AND target_id = %s"
            " AND target_ref = %s",
            (shop, _ARTICLE, ref, erp, number[:100]),
        )
    for ref, sku in each.links:
        run(
            "INSERT INTO store_linkrow (tenant_id, source_id, kind, source_ref, source_key, target_id, target_ref,"
            " target_key, fingerprint, at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', %s)"
            " ON CONFLICT (source_id, kind, source_ref, target_id) DO NOTHING",
            (tenant, shop, _ARTICLE, ref, sku[:200], erp, number[:100], number, time_in(now)),
        )


def _parts(tenant: int, each: Settled, erp: int) -> None:
    if each.parts is None:
        return
    number = each.work.ref.id
    known = {
        part
        for (part,) in fetch(
            "SELECT part_no FROM store_setpart WHERE connection_id = %s AND set_no = %s", (erp, number)
        )
    }
    if known == set(each.parts):
        return
    run("DELETE FROM store_setpart WHERE connection_id = %s AND set_no = %s", (erp, number))
    for part in each.parts:
        run(
            "INSERT INTO store_setpart (tenant_id, connection_id, part_no, set_no) VALUES (%s, %s, %s, %s)",
            (tenant, erp, part, number),
        )


def _written(tenant: int, shop: int, settlement: Settlement) -> None:
    if not settlement.written:
        return
    params: list[Any] = []
    for ref, row in settlement.written.items():
        params += (tenant, shop, ref[:100], _text(row, "regular"), _text(row, "sale"), time_in(row.prices_at))
        params += (_text(row, "stock"), time_in(row.stock_at), time_in(row.stock_read_at))
    row_marks = f"({marks(9)})"
    run(
        "INSERT INTO store_shelfrow (tenant_id, connection_id, item_ref, regular, sale, prices_at, stock, stock_at,"
        f" stock_read_at) VALUES {', '.join([row_marks] * len(settlement.written))}"
        " ON CONFLICT (connection_id, item_ref) DO UPDATE SET regular = excluded.regular, sale = excluded.sale,"
        " prices_at = excluded.prices_at, stock = excluded.stock, stock_at = excluded.stock_at,"
        " stock_read_at = excluded.stock_read_at",
        params,
    )


def _text(row: Written, name: str) -> str:
    value = getattr(row, name)
    return "" if value is None else plain(value)


def _echoes(shop: int, echoes: Sequence[Echo], now: datetime) -> None:
    """Let the shop's news of what we wrote start nothing on the products' way to the ERP.

    Only where the product was as we knew it right before the write: a change by others in between
    is still news.
    """
    if not echoes:
        return
    known = fetch(
        "SELECT w.id, w.source_ref, w.looked_at, w.echo_changed_at FROM store_work w"
        " JOIN store_flow f ON f.id = w.flow_id WHERE f.shop_id = %s AND w.kind = %s AND w.due_at IS NULL"
        f" AND w.source_ref IN ({marks(len(echoes))})",
        (shop, Kind.PRODUCT.value, *(echo.product_id for echo in echoes)),
    )
    by_product = {echo.product_id: echo for echo in echoes}
    for work, ref, looked_at, echo_at in known:
        echo = by_product[ref]
        seen = max((at for at in (time_out(looked_at), time_out(echo_at)) if at is not None), default=None)
        if seen is not None and echo.before <= seen:
            run(
                "UPDATE store_work SET echo_changed_at = %s, echo_mark = '', echo_until = %s WHERE id = %s",
                (time_in(echo.after), time_in(now + ECHO_FOR), work),
            )
