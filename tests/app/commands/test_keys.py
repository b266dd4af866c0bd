"""`brygga keys` as an operator uses it: a new key, everything renewed, the old one dropped."""

import pytest

from tests.app.commands.terminal import Terminal

pytestmark = pytest.mark.timeout(300)

# The same goods for the same buyer within minutes would be held as a twin.
SOMEBODY_ELSE = {
    "first_name": "Bo",
    "last_name": "Ek",
    "address_1": "Gatan 2",
    "postcode": "903 25",
    "city": "Umeå",
    "country": "SE",
    "email": "bo@example.se",
    "phone": "0701111111",
}


def keys_of(terminal: Terminal, **environ: str) -> dict[str, tuple[str, int]]:
    """Return what each key is used for, and how many rows need it."""
    found = terminal.brygga("keys", "list", "--json", **environ).data
    return {one["id"]: (one["use"], one["rows"]) for one in found}


def secrets_in(terminal: Terminal) -> list[str]:
    text = (terminal.folder / "secret.key").read_text()
    return [line.split(":")[1] for line in text.splitlines()]


def test_a_key_is_rotated_from_new_to_dropped(linked: Terminal) -> None:
    ((old, (use, rows)),) = keys_of(linked).items()
    assert use == "encrypts"
    assert rows == 6  # keys, door and secret of two connections

    made = linked.brygga("keys", "new", "--json")
    new = made.data["id"]
    assert not any(secret in made.out + made.err for secret in secrets_in(linked))
    assert keys_of(linked) == {new: ("encrypts", 0), old: ("reads", rows)}
    doctor = {one["code"]: one["detail"] for one in linked.brygga("doctor", "--json", code=None).data}
    assert "brygga keys renew" in doctor["keys_old"]

    refused = linked.brygga("keys", "drop", old, "--json", code=1)
    assert refused.data["error"]["code"] == "cli.key_in_use"
    assert "store_connection.secrets: 2" in refused.data["error"]["message"]

    renewed = linked.brygga("keys", "renew", "--json").data
    assert (renewed["key"], renewed["renewed"], renewed["left"]) == (new, rows, 0)
    assert keys_of(linked) == {new: ("encrypts", rows), old: ("reads", 0)}
    assert linked.brygga("keys", "drop", new, code=1).out == ""

    linked.brygga("keys", "drop", old)
    assert keys_of(linked) == {new: ("encrypts", rows)}
    linked.brygga("connect", "recheck", "Butiken")


def test_keys_of_the_environment_are_put_in_place_by_the_operator(linked: Terminal) -> None:
    before = (linked.folder / "secret.key").read_text().strip()
    (old,) = keys_of(linked)

    made = linked.brygga("keys", "new", BRYGGA_SECRET_KEY=before)
    line = made.out.strip()
    assert line.count("\n") == 0
    assert line.startswith(linked.brygga("keys", "list", "--json", BRYGGA_SECRET_KEY=line).data[0]["id"])
    assert (linked.folder / "secret.key").read_text().strip() == before

    both = f"{line},{before}"
    new = line.partition(":")[0]
    linked.brygga("keys", "renew", BRYGGA_SECRET_KEY=both)
    assert keys_of(linked, BRYGGA_SECRET_KEY=both)[old] == ("reads", 0)
    dropped = linked.brygga("keys", "drop", old, "--json", BRYGGA_SECRET_KEY=both).data
    assert dropped == {"id": old, "dropped": False}
    assert keys_of(linked, BRYGGA_SECRET_KEY=line) == {new: ("encrypts", 6)}


def test_a_key_that_was_lost_is_named_with_what_needs_it(linked: Terminal) -> None:
    (old,) = keys_of(linked)
    path = linked.folder / "secret.key"
    kept = path.read_text()
    path.unlink()

    found = keys_of(linked)
    assert found[old] == ("missing", 6)
    renewed = linked.brygga("keys", "renew", "--json", code=1).data
    assert (renewed["renewed"], renewed["unreadable"], renewed["left"]) == (0, 6, 6)

    path.write_text(path.read_text() + kept)
    assert linked.brygga("keys", "renew", "--json").data["renewed"] == 6


def test_an_unknown_key_is_a_wrong_command(linked: Terminal) -> None:
    (old,) = keys_of(linked)
    refused = linked.brygga("keys", "drop", "nonsense", code=2)
    assert old in refused.err


def test_a_running_worker_goes_over_to_a_new_key_and_the_old_one_is_kept_for_a_while(
    linked: Terminal,
) -> None:
    linked.set_up()
    (old,) = keys_of(linked)
    worker = linked.start("worker")
    try:
        linked.wait_for_worker()
        number = linked.buy()
        linked.brygga("sync", "--until-quiet")
        linked.brygga("keys", "new")
        refused = linked.brygga("keys", "drop", old, "--json", code=1)
        assert refused.data["error"]["code"] == "cli.key_still_in_hand"
        linked.brygga("keys", "renew")
        second = linked.buy(billing=SOMEBODY_ELSE)
        linked.brygga("sync", "--until-quiet")
        assert {order["externalOrderNo"] for order in linked.erp_orders()} == {f"W-{number}", f"W-{second}"}
        assert keys_of(linked)[old] == ("reads", 0)
    finally:
        worker.terminate()
        worker.wait(60)
    linked.brygga("keys", "drop", old)
    linked.brygga("journal", second, "--raw")
