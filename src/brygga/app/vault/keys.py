"""Encrypts and decrypts with the installation's keys; each text names the key it was made with.

Form: `<key id>:<Fernet token>` for texts, the same without base64 for bytes.

A key that is added to the key file is used by running processes from the next encryption on, so
that none of them meets something it can't open. Keys of the environment change with a restart.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from cryptography.fernet import Fernet, InvalidToken

from brygga.app.settings import Key, parse_keys, settings

log = structlog.get_logger(__name__)


class KeyMissing(Exception):
    """Something was encrypted with a key that this installation does not have."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    keys: tuple[Key, ...]
    boxes: Mapping[str, Fernet]  # newest first
    stamp: object  # tells whether the key file is still the one that was read


_loaded: dict[str, _Loaded] = {}  # by where the keys came from


def current_keys() -> tuple[Key, ...]:
    """Return the keys in use, newest first: the first encrypts, all decrypt."""
    return _now().keys


def encrypt_bytes(clear: bytes) -> bytes:
    """Encrypt with the newest key."""
    key_id, box = next(iter(_now().boxes.items()))
    token = box.encrypt(clear)
    return key_id.encode() + b":" + base64.urlsafe_b64decode(token)


def decrypt_bytes(kept: bytes) -> bytes:
    """Decrypt what `encrypt_bytes` made. Raises KeyMissing."""
    key_id, _, token = bytes(kept).partition(b":")
    return _open(key_id.decode("ascii", "replace"), base64.urlsafe_b64encode(token))


def encrypt(clear: str) -> str:
    """Encrypt a text with the newest key; an empty text stays empty."""
    if not clear:
        return ""
    key_id, box = next(iter(_now().boxes.items()))
    return f"{key_id}:{box.encrypt(clear.encode()).decode()}"


def decrypt(kept: str) -> str:
    """Decrypt what `encrypt` made. Raises KeyMissing."""
    if not kept:
        return ""
    key_id, _, token = kept.partition(":")
    return _open(key_id, token.encode()).decode()


def is_newest(kept: str) -> bool:
    """Say that a text was made with the key that encrypts now."""
    return not kept or kept.partition(":")[0] == current_keys()[0].id


def forget_keys() -> None:
    """Read the keys anew at the next use."""
    _loaded.clear()


def _open(key_id: str, token: bytes) -> bytes:
    box = _now().boxes.get(key_id)
    if box is None:
        raise KeyMissing(f"no key {key_id}: it was taken away before everything was encrypted anew")
    try:
        return box.decrypt(token)
    except InvalidToken as error:
        raise KeyMissing(f"key {key_id} does not fit what it encrypted") from error


def _now() -> _Loaded:
    ours = settings()
    path = Path(ours.key_source)
    have = _loaded.get(ours.key_source)
    stamp = _stamp(path)
    if have is not None and (stamp is None or stamp == have.stamp):
        return have
    if stamp is None:
        keys = ours.keys
    else:
        try:
            keys = parse_keys(path.read_text("ascii").splitlines())
        except (OSError, ValueError) as error:
            if have is None:
                raise
            log.warning("key file can't be read, going on with the keys read before", why=str(error))
            return have
    read = _Loaded(keys, {key.id: Fernet(key.value) for key in keys}, stamp)
    _loaded[ours.key_source] = read
    return read


def _stamp(path: Path) -> object:
    """Return what changes when the file is replaced or written; None when the keys are in no file."""
    if not path.is_absolute():
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
