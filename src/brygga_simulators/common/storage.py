"""A small persistent store of JSON documents, kept in one SQLite file.

The simulators hold their state in memory and write every change through to this store. Writes
are gathered and reach the file in `commit()`, which a handler calls before its answer leaves:
what a client has been told about survives the death of the process.
"""

import sqlite3
from pathlib import Path

import msgspec

Document = object  # anything msgspec can encode: dicts, lists, dataclasses, structs


class DocumentStore:
    """Documents keyed by (collection, key)."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        self._db = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
        # WAL with NORMAL survives a killed process without a disk flush for every answer.
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA wal_autocheckpoint=4000")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS documents ("
            " collection TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,"
            " PRIMARY KEY (collection, key)) WITHOUT ROWID"
        )
        self._encoder = msgspec.json.Encoder()
        self._puts: dict[tuple[str, str], Document] = {}
        self._deletes: set[tuple[str, str]] = set()

    def put(self, collection: str, key: str, document: Document) -> None:
        """Remember a document to be written. It is encoded first at `commit()`."""
        self._puts[(collection, key)] = document
        self._deletes.discard((collection, key))

    def delete(self, collection: str, key: str) -> None:
        """Remember a document to be deleted; one that is not there is no error."""
        self._puts.pop((collection, key), None)
        self._deletes.add((collection, key))

    def commit(self) -> None:
        """Write everything that waits, in one transaction."""
        if not self._puts and not self._deletes:
            return
        encode = self._encoder.encode
        self._db.execute("BEGIN")
        if self._puts:
            self._db.executemany(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)",
                [(c, k, encode(document)) for (c, k), document in self._puts.items()],
            )
        if self._deletes:
            self._db.executemany(
                "DELETE FROM documents WHERE collection = ? AND key = ?", list(self._deletes)
            )
        self._db.execute("COMMIT")
        self._puts.clear()
        self._deletes.clear()

    def raw(self, collection: str, prefix: str = "") -> dict[str, bytes]:
        """Return a collection's committed documents as JSON bytes, in key order.

        With a prefix only those whose key begins with it.
        """
        rows = self._db.execute(
            "SELECT key, body FROM documents WHERE collection = ? AND substr(key, 1, ?) = ? ORDER BY key",
            (collection, len(prefix), prefix),
        )
        return {key: bytes(body) for key, body in rows}

    def load(self, collection: str) -> dict[str, object]:
        """Return a collection's committed documents, decoded to plain values."""
        return {key: msgspec.json.decode(body) for key, body in self.raw(collection).items()}

    def clear(self) -> None:
        """Forget everything, at once and also on disk."""
        self._puts.clear()
        self._deletes.clear()
        self._db.execute("DELETE FROM documents")

    def close(self) -> None:
        """Write what waits and close the file."""
        self.commit()
        self._db.close()
