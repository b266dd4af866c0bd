"""After a new key everything old is encrypted anew, beside whoever else writes and whatever is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from uuid_utils.compat import uuid7

from brygga.app.settings import settings
from brygga.app.store.models import Card, Connection, RawMessage, Work
from brygga.app.store.raw import pack, unpack
from brygga.app.store.transaction import write
from brygga.app.tenancy.scope import scope
from brygga.app.vault import keyring, keys, renewal
from brygga.app.vault.columns import Column, encrypted_columns, uses
from brygga.connectors.contract.http import Exchange
from tests.app.world import World

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def key_file_as_before(database: str) -> Iterator[None]:
    """Put the key file back: other modules' databases were made with its key."""
    path = Path(settings().key_source)
    before = path.read_bytes()
    yield
    path.write_bytes(before)
    keys.forget_keys()


def an_exchange(text: str) -> Exchange:
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    return Exchange("order", "GET", "https://x", b"", 200, text.encode(), moment, 0.5)


def keep_raw(texts: list[str]) -> list[UUID]:
    rows = [
        RawMessage(
            id=uuid7(), body=pack([an_exchange(text)]), expires_at=datetime.now(UTC) + timedelta(days=9)
        )
        for text in texts
    ]
    return [row.pk for row in RawMessage.objects.bulk_create(rows)]


def fill(world: World, name: str) -> None:
    """Have a secret of each kind in a tenant: keys, doors, edits, personal numbers, raw messages."""
    with scope(world.tenant):
        for number in range(1, 6):
            world.see(number)
            Work.objects.filter(source_ref=str(number)).update(edits={"city": f"{name} {number}"})
        Work.objects.filter(source_ref="5").update(edits={})
        for number in range(1, 4):
            Card.objects.create(
                target_id=world.erp, card_id=str(number), buyer="person", number=f"{name}-{number}"
            )
        keep_raw([f"{name} raw {number}" for number in range(4)])


def held(world: World) -> dict[str, Any]:
    """Read everything secret of a tenant in the clear."""
    with scope(world.tenant):
        return {
            "connections": sorted(
                (c.pk, str(c.secrets), c.door_token, c.door_secret) for c in Connection.objects.all()
            ),
            "edits": {w.source_ref: w.edits for w in Work.objects.all()},
            "cards": {c.card_id: c.number for c in Card.objects.all()},
            "raw": {r.pk: unpack(r.body)[0].answer for r in RawMessage.objects.all()},
        }


def by_key() -> dict[str, int]:
    counts: dict[str, int] = {}
    for use in uses():
        counts[use.key] = counts.get(use.key, 0) + use.rows
    return counts


def test_everything_of_every_tenant_is_encrypted_anew_and_reads_as_before(
    alice: World, charlie: World
) -> None:
    fill(alice, "alice")
    fill(charlie, "charlie")
    before = held(alice), held(charlie)
    old = keys.current_keys()[0].id
    rows = by_key()[old]
    newest = keyring.add_key().id

    found = renewal.renew()

    assert by_key() == {newest: rows}
    assert sum(one.rows for one in found) == rows
    assert {str(one.column) for one in found if one.rows} == {str(column) for column in encrypted_columns()}
    assert all(one.left == one.unreadable == 0 for one in found)
    keyring.drop_key(old)
    keys.forget_keys()
    assert (held(alice), held(charlie)) == before


def test_no_column_holds_anything_encrypted_that_a_renewal_does_not_know(alice: World) -> None:
    fill(alice, "alice")
    mark = f"{keys.current_keys()[0].id}:"
    known = {str(column) for column in encrypted_columns()}
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    text = bytes(value[:9]) if isinstance(value, bytes | memoryview) else str(value).encode()
                    if text.startswith(mark.encode()):
                        found.add(f"{table}.{name}")
    assert found == known


def test_a_row_that_changes_under_way_keeps_what_was_written_last(
    alice: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(alice, "alice")
    keyring.add_key()
    replace = renewal._replace

    def change_first(column: Column, anew: Any) -> int:
        # Somebody writes after the old content was read and before the new is stored.
        if column.name == "secrets":
            one = Connection.objects.get(pk=alice.shop)
            one.secrets = {"key": "changed"}
            one.save()
        if column.name == "body":
            RawMessage.objects.filter(pk=anew[0][0]).delete()
        return replace(column, anew)

    monkeypatch.setattr(renewal, "_replace", change_first)
    found = {str(one.column): one for one in renewal.renew()}

    assert Connection.objects.get(pk=alice.shop).secrets == {"key": "changed"}
    assert found["store_connection.secrets"].rows == 1  # the other connection's
    assert found["store_rawmessage.body"].rows == 3
    assert RawMessage.objects.count() == 3
    assert all(one.left == 0 for one in found.values())
    assert len(by_key()) == 1


def test_a_writer_that_knows_only_the_old_key_is_told_of_and_met_again(
    alice: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(alice, "alice")
    monkeypatch.setattr(renewal, "PAUSE", 0)
    content = RawMessage.objects.first()
    assert content is not None
    old = bytes(content.body)
    keyring.add_key()
    replace = renewal._replace

    def write_old_again(column: Column, anew: Any) -> int:
        count = replace(column, anew)
        if column.name == "body":
            RawMessage.objects.create(id=uuid7(), body=old, expires_at=datetime.now(UTC))
        return count

    with monkeypatch.context() as patch:
        patch.setattr(renewal, "_replace", write_old_again)
        found = {str(one.column): one for one in renewal.renew()}
    assert found["store_rawmessage.body"].left == 1
    with pytest.raises(keyring.KeyInUse):
        keyring.drop_key(keys.current_keys()[1].id)
    assert all(one.left == 0 for one in renewal.renew())
    keyring.drop_key(keys.current_keys()[1].id)


def test_rows_whose_key_nobody_has_are_counted_and_left_as_they_are(alice: World) -> None:
    fill(alice, "alice")
    gone = keys.current_keys()[0]
    lost = bytes(RawMessage.objects.values_list("body", flat=True)[0])
    keyring.add_key()
    renewal.renew()
    keyring.drop_key(gone.id)
    (row,) = keep_raw(["x"])
    RawMessage.objects.filter(pk=row).update(body=lost)

    found = {str(one.column): one for one in renewal.renew()}

    assert found["store_rawmessage.body"].unreadable == found["store_rawmessage.body"].left == 1
    assert bytes(RawMessage.objects.get(pk=row).body) == lost
    assert by_key()[gone.id] == 1


def test_large_messages_are_renewed_a_few_at_a_time(alice: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "BYTES", 4000)
    keep_raw([os.urandom(600).hex() for _ in range(9)])
    keep_raw([os.urandom(9000).hex()])
    keyring.add_key()
    seen: list[int] = []
    reseal = renewal._reseal

    def measured(column: Column, batch: Any) -> Any:
        anew, dark = reseal(column, batch)
        if column.raw:
            seen.append(sum(len(old) for _, old, _ in anew))
        return anew, dark

    monkeypatch.setattr(renewal, "_reseal", measured)
    renewal.renew()
    assert sorted(seen)[-1] > 9000  # one that is larger than a batch goes alone
    assert all(size <= 4000 for size in sorted(seen)[:-1])
    assert len(seen) > 3
    assert len(by_key()) == 1


KILLED = """
import os, signal, sys
from brygga.app.commands.session import start
start()
from brygga.app.vault import renewal
renewal.ROWS = 7
done = []
def batch(column, rows):
    done.append(rows)
    if len(done) == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
renewal.renew(batch)
"""


def in_a_process(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run Python beside us, on the same installation."""
    return subprocess.run(
        [sys.executable, *words],
        env={**os.environ, "BRYGGA_LANG": "en", "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_renewal_that_was_killed_goes_on_where_it_was(alice: World, charlie: World) -> None:
    fill(alice, "alice")
    fill(charlie, "charlie")
    keep_raw([f"more {number}" for number in range(60)])
    before = held(alice), held(charlie)
    old = keys.current_keys()[0].id
    newest = keyring.add_key().id

    for batches in (2, 5, 3):
        killed = in_a_process("-c", KILLED, str(batches))
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        rows = by_key()
        assert rows[old] > 0
        assert rows[newest] > 0
        assert (held(alice), held(charlie)) == before

    left = by_key()[old]
    found = renewal.renew()
    assert sum(one.rows for one in found) == left
    assert old not in by_key()
    assert (held(alice), held(charlie)) == before


def test_a_row_that_somebody_holds_is_not_waited_for(
    alice: World, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database == "sqlite":  # a writer is alone there: nobody can hold one row
        return
    import psycopg

    fill(alice, "alice")
    monkeypatch.setattr(renewal, "PAUSE", 0)
    keyring.add_key()
    with psycopg.connect(settings().database_url) as other:
        other.execute("SELECT 1 FROM store_connection WHERE id = %s FOR UPDATE", [alice.shop])
        found = {str(one.column): one for one in renewal.renew()}
        assert found["store_connection.secrets"].rows == 1
        assert found["store_connection.secrets"].left == 1
    assert all(one.left == 0 for one in renewal.renew())


def test_renewal_leaves_alone_what_is_current(alice: World) -> None:
    fill(alice, "alice")
    keyring.add_key()
    renewal.renew()
    with write():
        before = kept()
        assert sum(one.rows for one in renewal.renew()) == 0
        assert kept() == before


def kept() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, body FROM store_rawmessage ORDER BY id")
        return [(key, bytes(body)) for key, body in cursor.fetchall()]


def test_running_processes_use_a_new_key_at_once(alice: World, tmp_path: Path) -> None:
    """A process that had read its keys before goes on with the new one, and reads what others wrote."""
    program = (
        "import sys\n"
        "from brygga.app.vault import keys\n"
        "print(keys.encrypt('a').partition(':')[0], flush=True)\n"
        "told = sys.stdin.readline().strip()\n"
        "print(keys.decrypt(told), keys.encrypt('a').partition(':')[0], flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline().strip() == keys.current_keys()[0].id
        newest = keyring.add_key().id
        other.stdin.write(keys.encrypt("told") + "\n")
        other.stdin.flush()
        assert other.stdout.readline().split() == ["told", newest]


def test_the_key_file_keeps_its_remarks_and_mode_and_loses_only_what_is_dropped(alice: World) -> None:
    path = Path(settings().key_source)
    path.write_text(f"# ours\n{path.read_text()}")
    path.chmod(0o640)
    old = keys.current_keys()[0].id
    newest = keyring.add_key()
    renewal.renew()
    keyring.drop_key(old)
    assert path.read_text() == f"{newest.line}\n# ours\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert not list(path.parent.glob("secret.key.*"))


@pytest.mark.parametrize(
    ("asked", "refused"),
    [(lambda: "nonsense", keyring.NoSuchKey), (lambda: keys.current_keys()[0].id, keyring.NewestKey)],
)
def test_what_may_not_go_stays(alice: World, asked: Callable[[], str], refused: type[Exception]) -> None:
    before = Path(settings().key_source).read_text()
    with pytest.raises(refused):
        keyring.drop_key(asked())
    assert Path(settings().key_source).read_text() == before
