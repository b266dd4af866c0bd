"""Records of one kind by key, in memory and written through to the store."""

from collections.abc import Callable, Collection
from typing import Generic, TypeVar

import msgspec

from brygga_simulators.common.storage import DocumentStore
from brygga_simulators.specter.model import Record

R = TypeVar("R", bound=Record)


class Kept(Generic[R]):
    """One collection of an account. Keys are texts; those that are numbers keep their order."""

    def __init__(
        self, store: DocumentStore, collection: str, prefix: str, kind: type[R], key: Callable[[R], object]
    ) -> None:
        self._records: dict[str, R] = {}
        self._store, self._collection, self._prefix = store, collection, prefix
        self._kind, self._key = kind, key

    def get(self, key: object) -> R | None:
        """Return the record with a key, or None."""
        return self._records.get(str(key))

    def values(self) -> Collection[R]:
        """Return all records, the oldest first."""
        return self._records.values()

    def keep(self, record: R) -> R:
        """Keep a new or changed record, and return it."""
        key = str(self._key(record))
        self._records[key] = record
        self._store.put(self._collection, self._prefix + key, record)
        return record

    def drop(self, key: object) -> None:
        """Take a record away; one that is not there is no error."""
        if self._records.pop(str(key), None) is not None:
            self._store.delete(self._collection, self._prefix + str(key))

    def load(self) -> None:
        """Take in what was committed."""
        decoder = msgspec.json.Decoder(self._kind)
        found = [decoder.decode(body) for body in self._store.raw(self._collection, self._prefix).values()]
        keyed = {str(self._key(record)): record for record in found}
        self._records = {key: keyed[key] for key in sorted(keyed, key=lambda key: (len(key), key))}
