"""The shop's webhooks end up one for each topic, active and ours."""

from collections.abc import Iterator

import pytest

from brygga.connectors.contract.connector import HintDoor
from brygga.connectors.woocommerce.webhooks import TOPICS
from brygga.domain.message import Message
from tests.connectors.woocommerce.fake_shop import Call, FakeShop, Reply, session_for

DOOR = HintDoor("https://brygga.example/door/abc", "hemlig-åäö")


class Hooks:
    """A shop that keeps webhooks."""

    def __init__(self) -> None:
        self.kept: dict[int, dict[str, object]] = {}
        self.next_id = 1
        self.shop = FakeShop(self.answer)

    def add(self, topic: str, url: str = DOOR.url, status: str = "active") -> int:
        number, self.next_id = self.next_id, self.next_id + 1
        self.kept[number] = {"id": number, "topic": topic, "delivery_url": url, "status": status}
        return number

    def answer(self, call: Call) -> Reply:
        if call.method == "POST":
            assert call.data["secret"] == DOOR.secret
            number = self.add(call.data["topic"], call.data["delivery_url"])
            return Reply(self.kept[number], 201)
        if call.method == "DELETE":
            assert call.query["force"] == "true"
            found = self.kept.pop(int(call.path.rsplit("/", 1)[1]), None)
            missing = {
                "code": "woocommerce_rest_shop_webhook_invalid_id",
                "message": "",
                "data": {"status": 404},
            }
            return Reply(found) if found else Reply(missing, 404)
        rows = [self.kept[number] for number in sorted(self.kept)]
        return Reply(rows[int(call.query.get("offset", 0)) :], headers={"X-WP-Total": str(len(rows))})

    def ensure(self, door: HintDoor = DOOR) -> dict[str, Message]:
        session = session_for(self.shop.url)
        try:
            return {said.code.split(".")[1]: said for said in session.ensure_hints(door)}
        finally:
            session.close()

    def ours(self) -> list[tuple[object, object]]:
        return sorted(
            (str(h["topic"]), h["status"]) for h in self.kept.values() if h["delivery_url"] == DOOR.url
        )


ALL_ACTIVE = sorted((topic, "active") for topic in TOPICS)


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    found = Hooks()
    yield found
    found.shop.close()


def test_all_topics_are_made_at_first_and_left_alone_afterwards(hooks: Hooks) -> None:
    assert list(hooks.ensure()) == ["hooks_made"]
    assert hooks.ours() == ALL_ACTIVE
    hooks.shop.calls.clear()
    assert hooks.ensure() == {}
    assert [call.method for call in hooks.shop.calls] == ["GET"]


@pytest.mark.parametrize("status", ["disabled", "paused"])
def test_a_hook_that_was_switched_off_is_made_anew(hooks: Hooks, status: str) -> None:
    hooks.ensure()
    dead = next(number for number, hook in hooks.kept.items() if hook["topic"] == "order.updated")
    hooks.kept[dead]["status"] = status
    said = hooks.ensure()
    assert said["hooks_healed"].facts == {"topics": "order.updated"}
    assert dead not in hooks.kept
    assert hooks.ours() == ALL_ACTIVE


def test_surplus_hooks_are_removed_and_others_are_not_touched(hooks: Hooks) -> None:
    hooks.ensure()
    hooks.add("order.created")
    hooks.add("coupon.created")
    other = hooks.add("order.created", "https://brygga.example/door/abcdef")
    theirs = hooks.add("order.created", "https://other.example/hook", "disabled")
    assert hooks.ensure()["hooks_removed"].facts == {"count": "2"}
    assert hooks.ours() == ALL_ACTIVE
    assert {other, theirs} <= set(hooks.kept)


def test_a_hook_somebody_else_just_deleted_is_no_error(hooks: Hooks) -> None:
    hooks.ensure()
    hooks.add("order.created")
    first_answer = hooks.shop.answers

    def gone_meanwhile(call: Call) -> Reply:
        if call.method == "DELETE":
            hooks.kept.pop(int(call.path.rsplit("/", 1)[1]), None)
        return first_answer(call)

    hooks.shop.answers = gone_meanwhile
    hooks.ensure()
    assert hooks.ours() == ALL_ACTIVE


def test_a_port_that_wordpress_never_sends_to_is_remarked_on(hooks: Hooks) -> None:
    assert hooks.ensure(HintDoor("https://brygga.example:8443/x", DOOR.secret))["hook_port"].facts == {
        "port": "8443"
    }
    for port in (80, 443, 8080):
        assert "hook_port" not in hooks.ensure(HintDoor(f"https://brygga.example:{port}/x", DOOR.secret))


def test_the_secret_is_in_no_journal(hooks: Hooks) -> None:
    seen: list[object] = []
    session = session_for(hooks.shop.url, seen)  # type: ignore[arg-type]
    session.ensure_hints(DOOR)
    session.close()
    assert DOOR.secret not in str(seen)
    assert "hemlig" not in str(seen)
