"""Encrypts anew what an older key encrypted, row by row, beside whoever else writes.

What is done is told by the rows themselves: each names its key. So a renewal that was killed is
begun again and finds what is left. A row is only replaced while it still holds what was read; one
that changed meanwhile was encrypted by its writer, or is met again on the next round.
"""
# ruff: noqa: S608 - names are those of our own tables; values are always parameters

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from brygga.app.vault.columns import Column, encrypted_columns
from brygga.app.vault.keys import (
    KeyMissing,
    current_keys,
    decrypt,
    decrypt_bytes,
    encrypt,
    encrypt_bytes,
)

ROWS = 200
BYTES = 4 << 20  # raw messages may be large: memory is bounded by what they hold, not by their number
ROUNDS = 5
PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Renewed:
    """What became of a column: rows encrypted anew, rows nobody can open, rows still on an older key."""

    column: Column
    rows: int
    unreadable: int
    left: int


def renew(done: Callable[[Column, int], None] = lambda _column, _rows: None) -> list[Renewed]:
    """Encrypt every row of an older key with the newest; `done` is told of each batch.

    Rows of processes that don't know the newest key yet may be left: then it is said how many.
    """
    return [_renew(column, done) for column in encrypted_columns()]


def _renew(column: Column, done: Callable[[Column, int], None]) -> Renewed:
    renewed = unreadable = left = 0
    for round_ in range(ROUNDS):
        if round_:
            time.sleep(PAUSE)  # for a row that somebody holds just now
        unreadable = 0
        for batch in _batches(column):
            anew, dark = _reseal(column, batch)
            renewed += _replace(column, anew)
            unreadable += dark
            done(column, len(batch))
        left = _count_old(column)
        if left <= unreadable:
            break
    return Renewed(column, renewed, unreadable, left)


def _count_old(column: Column) -> int:
    condition, values = _old(column)
    return int(_fetch(f"SELECT COUNT(*) FROM {column.table} WHERE {condition}", values)[0][0])


def _batches(column: Column) -> Iterator[Sequence[Any]]:
    """Yield the primary keys of rows to renew, so few at once that their content is small."""
    condition, values = _old(column)
    # A round ends with what there was when it began: whoever goes on writing with an older key must
    # not keep us for ever.
    last = _fetch(f"SELECT {column.key} FROM {column.table} ORDER BY {column.key} DESC LIMIT 1", [])
    after: Any = None
    while last:
        place, more = ("", []) if after is None else (f" AND {column.key} > %s", [after])
        found = _fetch(
            f"SELECT {column.key}, length({column.name}) FROM {column.table}"
            f" WHERE {condition} AND {column.key} <= %s{place} ORDER BY {column.key} LIMIT {ROWS}",
            [*values, last[0][0], *more],
        )
        if not found:
            return
        keys: list[Any] = []
        size = 0
        for key, length in found:
            size += length
            if keys and size > BYTES:
                break
            keys.append(key)
        yield keys
        after = keys[-1]


def _reseal(column: Column, keys: Sequence[Any]) -> tuple[list[tuple[Any, Any, Any]], int]:
    """Return key, old and new content of rows, and how many nobody can open."""
    marks = ", ".join(["%s"] * len(keys))
    rows = _fetch(
        f"SELECT {column.key}, {column.name} FROM {column.table} WHERE {column.key} IN ({marks})", keys
    )
    anew, dark = [], 0
    for key, content in rows:
        old: Any = bytes(content) if column.raw else content
        if not old or column.is_of(current_keys()[0].id, old):
            continue
        try:
            new = encrypt_bytes(decrypt_bytes(old)) if column.raw else encrypt(decrypt(old))
        except KeyMissing:
            dark += 1
            continue
        anew.append((key, old, new))
    return anew, dark


def _replace(column: Column, anew: Sequence[tuple[Any, Any, Any]]) -> int:
    """Store what was encrypted anew where the old is still there; return how many rows that were."""
    if not anew:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        free = _lock(column, [key for key, _, _ in anew])
        count = 0
        for key, old, new in anew:
            if free is None or key in free:
                cursor.execute(
                    f"UPDATE {column.table} SET {column.name} = %s"
                    f" WHERE {column.key} = %s AND {column.name} = %s",
                    [new, key, old],
                )
                count += cursor.rowcount
    return count


def _lock(column: Column, keys: Sequence[Any]) -> set[Any] | None:
    # We never wait for a row that a worker holds, so that no worker can end in a deadlock with us.
    # On SQLite a writer is alone anyway.
    if connection.vendor != "postgresql":
        return None
    marks = ", ".join(["%s"] * len(keys))
    rows = _fetch(
        f"SELECT {column.key} FROM {column.table} WHERE {column.key} IN ({marks})"
        " FOR NO KEY UPDATE SKIP LOCKED",
        keys,
    )
    return {key for (key,) in rows}


def _old(column: Column) -> tuple[str, list[Any]]:
    mark = column.mark(current_keys()[0].id)
    return (
        f"{column.name} IS NOT NULL AND {column.name} <> %s AND substr({column.name}, 1, {len(mark)}) <> %s",
        [column.empty, mark],
    )


def _fetch(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
