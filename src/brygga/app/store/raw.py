"""Raw exchanges on their way into the database and back: packed, compressed, encrypted."""

import zlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from brygga.app.vault.keys import decrypt_bytes, encrypt_bytes
from brygga.connectors.contract.http import Exchange

LARGEST = 256 * 1024  # of each body; the rest of a longer one is not kept


class RawExchange(msgspec.Struct, frozen=True, array_like=True):
    """One request and its answer as kept."""

    label: str
    method: str
    url: str
    request: bytes
    status: int
    answer: bytes
    at: datetime
    seconds: float
    fault: str


_decode = msgspec.msgpack.Decoder(list[RawExchange]).decode  # once, before there are threads


def pack(exchanges: Sequence[Exchange]) -> bytes:
    """Return the exchanges of one stretch as one encrypted body."""
    kept = [
        RawExchange(
            e.label,
            e.method,
            e.url,
            e.request[:LARGEST],
            e.status,
            e.answer[:LARGEST],
            e.started_at,
            e.seconds,
            e.fault,
        )
        for e in exchanges
    ]
    return encrypt_bytes(zlib.compress(msgspec.msgpack.encode(kept), 1))


def unpack(body: bytes) -> list[RawExchange]:
    """Return what `pack` made. Raises KeyMissing."""
    return _decode(zlib.decompress(decrypt_bytes(body)))
