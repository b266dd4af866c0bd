"""Encrypts and decrypts with the installation's keys; each text names the key it was made with.

Form: `<key id>:<Fernet token>` for texts, the same without base64 for bytes.
"""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken

from brygga.app.settings import settings


class KeyMissing(Exception):
    """Something was encrypted with a key that this installation does not have."""


@cache
def _boxes() -> dict[str, Fernet]:
    return {key.id: Fernet(key.value) for key in settings().keys}


def encrypt_bytes(clear: bytes) -> bytes:
    """Encrypt with the newest key."""
    key_id, box = next(iter(_boxes().items()))
    token = box.encrypt(clear)
    return key_id.encode() + b":" + base64.urlsafe_b64decode(token)


def decrypt_bytes(kept: bytes) -> bytes:
    """Decrypt what `encrypt_bytes` made. Raises KeyMissing."""
    key_id, _, token = bytes(kept).partition(b":")
    return _box(key_id.decode("ascii", "replace")).decrypt(base64.urlsafe_b64encode(token))


def encrypt(clear: str) -> str:
    """Encrypt a text with the newest key; an empty text stays empty."""
    if not clear:
        return ""
    key_id, box = next(iter(_boxes().items()))
    return f"{key_id}:{box.encrypt(clear.encode()).decode()}"


def decrypt(kept: str) -> str:
    """Decrypt what `encrypt` made. Raises KeyMissing."""
    if not kept:
        return ""
    key_id, _, token = kept.partition(":")
    try:
        return _box(key_id).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise KeyMissing(f"key {key_id} does not fit what it encrypted") from error


def is_newest(kept: str) -> bool:
    """Say that a text was made with the key that encrypts now."""
    return not kept or kept.partition(":")[0] == next(iter(_boxes()))


def forget_keys() -> None:
    """Read the keys anew at the next use, after a rotation."""
    _boxes.cache_clear()


def _box(key_id: str) -> Fernet:
    try:
        return _boxes()[key_id]
    except KeyError:
        raise KeyMissing(f"no key {key_id}: it was taken away before everything was encrypted anew") from None
