"""Which columns are encrypted, and how many rows of each were made with which key.

A model tells by its fields; the bodies of raw messages are encrypted by their writer, outside of
the transaction, and are named here. Every tenant's rows are counted: keys belong to the installation.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from brygga.app.vault.fields import EncryptedJson, EncryptedText

RAW_BODY = "store.RawMessage.body"
_HEAD = 80  # characters that surely hold the id of a key


@dataclass(frozen=True, slots=True)
class Column:
    """One encrypted column: of texts, or of bytes when `raw`."""

    table: str
    name: str
    key: str  # the table's primary key
    raw: bool = False

    @property
    def empty(self) -> str | bytes:
        """What an empty value is kept as: that is not encrypted."""
        return b"" if self.raw else ""

    def mark(self, key_id: str) -> str | bytes:
        """Return what everything begins with that a key encrypted."""
        return f"{key_id}:".encode() if self.raw else f"{key_id}:"

    def is_of(self, key_id: str, kept: Any) -> bool:
        """Say that a key encrypted something."""
        return bool(kept.startswith(self.mark(key_id)))

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True, slots=True)
class Use:
    """How many rows of a column were made with a key."""

    key: str
    column: Column
    rows: int


def encrypted_columns() -> list[Column]:
    """Return every encrypted column of the database."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            raw = f"{model._meta.label}.{field.name}" == RAW_BODY
            if raw or isinstance(field, EncryptedText | EncryptedJson):
                found.append(_column(model, field, raw))
    return found


def _column(model: type[models.Model], field: "models.Field[object, object]", raw: bool) -> Column:
    key = model._meta.pk
    assert key is not None
    assert key.column is not None
    assert field.column is not None
    return Column(model._meta.db_table, field.column, key.column, raw)


def uses() -> list[Use]:
    """Count the rows of each column by the key that encrypted them, also keys nobody has any more."""
    found = []
    with connection.cursor() as cursor:
        for column in encrypted_columns():
            cursor.execute(
                f"SELECT {_key_of(column)}, COUNT(*) FROM {column.table}"  # noqa: S608 - our own names
                f" WHERE {column.name} IS NOT NULL AND {column.name} <> %s GROUP BY 1 ORDER BY 1",
                [column.empty],
            )
            found += [Use(str(key_id), column, int(rows)) for key_id, rows in cursor.fetchall()]
    return found


def _key_of(column: Column) -> str:
    """Return the expression for the id before the first colon."""
    head = f"substr({column.name}, 1, {_HEAD})"
    if connection.vendor == "postgresql":
        text = f"encode({head}, 'escape')" if column.raw else head
        return f"split_part({text}, ':', 1)"
    text = f"CAST({head} AS TEXT)"
    return f"substr({text}, 1, instr({text}, ':') - 1)"
