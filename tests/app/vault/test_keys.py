"""Secrets are encrypted with a named key, and old keys go on opening what they closed."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from brygga.app import settings as settings_module
from brygga.app.settings import new_key, parse_keys, read
from brygga.app.store.models import Connection
from brygga.app.store.raw import pack, unpack
from brygga.app.vault import keys
from tests.app.world import World


@pytest.fixture(autouse=True)
def own_keys():
    keys.forget_keys()
    yield
    keys.forget_keys()


def test_what_was_encrypted_with_an_old_key_opens_after_a_new_one_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = new_key(), new_key()
    ours = settings_module.settings()
    ours = replace(ours, key_source="BRYGGA_SECRET_KEY")
    monkeypatch.setattr(keys, "settings", lambda: replace(ours, keys=(old,)))
    closed, closed_bytes = keys.encrypt("hemligt å"), keys.encrypt_bytes(b"raw")
    keys.forget_keys()
    monkeypatch.setattr(keys, "settings", lambda: replace(ours, keys=(new, old)))
    assert keys.decrypt(closed) == "hemligt å"
    assert keys.decrypt_bytes(closed_bytes) == b"raw"
    assert not keys.is_newest(closed)
    assert keys.is_newest(keys.encrypt("x"))
    keys.forget_keys()
    monkeypatch.setattr(keys, "settings", lambda: replace(ours, keys=(new,)))
    with pytest.raises(keys.KeyMissing):
        keys.decrypt(closed)


def test_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = read({"BRYGGA_DATA": str(tmp_path)})
    again = read({"BRYGGA_DATA": str(tmp_path)})
    assert first.keys == again.keys
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_keys_are_checked_when_they_are_read() -> None:
    with pytest.raises(ValueError, match="id:key"):
        parse_keys(["k1:short"])
    with pytest.raises(ValueError, match="no key"):
        parse_keys(["# nothing"])


def test_no_secret_stands_in_the_clear_in_the_database(alice: World) -> None:
    assert Connection.objects.get(pk=alice.shop).secrets == {"key": "k1"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM store_connection")
        everything = repr(cursor.fetchall())
    door = Connection.objects.get(pk=alice.shop)
    assert '"k1"' not in everything
    assert door.door_token not in everything
    assert door.door_secret not in everything


def test_raw_messages_come_back_as_they_were(alice: World) -> None:
    from datetime import UTC, datetime

    from brygga.connectors.contract.http import Exchange

    exchange = Exchange(
        "order", "GET", "https://x", b"", 200, "å".encode() * 1000, datetime(2026, 6, 1, tzinfo=UTC), 0.5
    )
    body = pack([exchange])
    assert "å".encode() not in body
    assert unpack(body)[0].answer == exchange.answer
