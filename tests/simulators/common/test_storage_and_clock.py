"""The document store keeps what was committed; the clock can be moved."""

from datetime import UTC, datetime, timedelta

from brygga_simulators.common.clock import Clock
from brygga_simulators.common.storage import DocumentStore


def test_what_is_committed_is_there_when_the_file_is_opened_again(tmp_path):
    store = DocumentStore(tmp_path / "x.sqlite3")
    store.put("things", "a", {"n": 1})
    store.put("things", "b", {"n": 2})
    store.commit()
    store.put("things", "c", {"n": 3})

    other = DocumentStore(tmp_path / "x.sqlite3")
    assert other.load("things") == {"a": {"n": 1}, "b": {"n": 2}}
    store.close()
    other.close()


def test_a_deleted_document_is_gone_and_may_come_again():
    store = DocumentStore()
    store.put("things", "a", 1)
    store.commit()
    store.delete("things", "a")
    store.commit()
    assert store.load("things") == {}

    store.put("things", "a", 2)
    store.commit()
    assert store.load("things") == {"a": 2}
    store.close()


def test_a_document_is_written_as_it_is_at_commit():
    store = DocumentStore()
    document = {"n": 1}
    store.put("things", "a", document)
    document["n"] = 2
    store.commit()

    assert store.load("things") == {"a": {"n": 2}}
    store.close()


def test_keys_can_be_narrowed_by_their_beginning():
    store = DocumentStore()
    for key in ("1/a", "1/b", "11/a"):
        store.put("things", key, key)
    store.commit()

    assert list(store.raw("things", "1/")) == ["1/a", "1/b"]
    store.close()


def test_the_clock_can_be_set_moved_and_reset():
    clock = Clock()
    clock.set(datetime(2026, 7, 1, tzinfo=UTC))
    clock.advance(3600)
    moved = clock.now()
    clock.reset()

    assert timedelta(0) <= moved - datetime(2026, 7, 1, 1, tzinfo=UTC) < timedelta(seconds=5)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
