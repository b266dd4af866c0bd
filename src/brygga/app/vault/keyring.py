"""Adds keys to the key file, and takes away those that nothing needs any more.

The file is replaced as a whole, so that a process that reads it never meets half of one, and keeps
its owner and mode: whoever runs the command may be another user than the service.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from brygga.app.settings import Key, new_key, parse_keys, settings
from brygga.app.vault.columns import Use, uses
from brygga.app.vault.keys import current_keys


class NoSuchKey(Exception):
    """There is no key of that id."""


class NewestKey(Exception):
    """The key is the one that encrypts now."""


class KeyInUse(Exception):
    """Rows are still encrypted with the key; `found` says which."""

    def __init__(self, found: list[Use]) -> None:
        super().__init__(", ".join(f"{use.rows} {use.column}" for use in found))
        self.found = found


def key_file() -> Path | None:
    """Return the file that holds the keys; None when the environment does."""
    path = Path(settings().key_source)
    return path if path.is_absolute() else None


def add_key() -> Key:
    """Make a key. With a key file it is in use from now on, else the operator puts it in place."""
    key = new_key()
    path = key_file()
    if path is not None:
        _rewrite(path, lambda lines: [key.line, *lines])
    return key


def drop_key(key_id: str) -> None:
    """Take a key away that nothing needs; of the environment, only say whether it may go.

    Raises NoSuchKey, NewestKey or KeyInUse.
    """
    keys = current_keys()
    if key_id not in {key.id for key in keys}:
        raise NoSuchKey(key_id)
    if key_id == keys[0].id:
        raise NewestKey(key_id)
    found = [use for use in uses() if use.key == key_id]
    if found:
        raise KeyInUse(found)
    path = key_file()
    if path is not None:
        _rewrite(path, lambda lines: [line for line in lines if line.strip().split(":")[0] != key_id])


def _rewrite(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    with _alone(path.parent) as folder:
        lines = change(path.read_text("ascii").splitlines())
        parse_keys(lines)
        before = path.stat()
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write("".join(f"{line}\n" for line in lines))
                file.flush()
                os.fchown(handle, before.st_uid, before.st_gid)
                os.fchmod(handle, before.st_mode & 0o777)
                os.fsync(handle)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        os.fsync(folder)  # the new file keeps its name even after a power cut


@contextmanager
def _alone(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)
