"""What a sent order still asks of a person: shown until someone says that it is done."""

from datetime import UTC, datetime, timedelta

import pytest

from brygga.app.services import works
from brygga.app.store.due import claim
from brygga.app.store.models import JournalEntry, Work
from brygga.app.store.models.works import Remarks
from brygga.app.store.remarks import remarks_of
from brygga.domain.errors import RecordGone, RecordRejected
from brygga.domain.message import Message, message
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Kind, Link, RecordRef
from brygga.flows.journal import Journal
from brygga.flows.orders.after import still_transferred
from tests.app.world import World

SHORTENED = message("specter.text_cut", record="1", field="name", limit=30, value="x", sent="x")


NOT_TOLD = message("feedback.not_told", number="1", erp_no="88")


def seen_again(world: World, *warnings: Message) -> int:
    """Have the sent order 1 looked at once more, with this to say of it."""
    if not world.states():
        world.see(1)
    Work.objects.update(due_at=datetime.now(UTC))
    _held, store = world.hold_lane()
    claims = claim([world.work(1).pk], world.erp, datetime.now(UTC) + timedelta(days=1))
    store.begin(claims)
    told = Outcome(
        State.DONE, message("order.already_there", number="1", erp_no="88"), "88", "88", warnings=warnings
    )
    store.settle(claims[0].work, told, Journal())
    return world.work(1).pk


def open_codes(world: World) -> list[str]:
    return [remark.message.code for remark in remarks_of(world.work(1)) if remark.is_open]


def test_what_the_shop_would_not_be_told_waits_for_a_person(alice: World) -> None:
    seen_again(alice, SHORTENED, NOT_TOLD)
    assert alice.work(1).remarks == Remarks.OPEN
    assert open_codes(alice) == ["feedback.not_told"]


def test_what_is_only_good_to_know_waits_for_nobody(alice: World) -> None:
    seen_again(alice, SHORTENED)
    assert alice.work(1).remarks == Remarks.NOTED
    assert open_codes(alice) == []
    seen_again(alice)
    assert alice.work(1).remarks == Remarks.NONE


def test_done_clears_the_remark_and_says_who_and_why(alice: World) -> None:
    pk = seen_again(alice, NOT_TOLD)
    assert works.acknowledge(pk, "feedback.not_told", who="alice", why="written by hand") == 1
    assert open_codes(alice) == []
    assert alice.work(1).remarks == Remarks.NOTED
    line = JournalEntry.objects.get(step="by_hand", work_id=pk)
    assert line.message["code"] == "work.remark_done"
    assert {name: line.message["facts"][name] for name in ("who", "why")} == {
        "who": "alice",
        "why": "written by hand",
    }
    [done] = remarks_of(alice.work(1))
    assert (done.who, done.why) == ("alice", "written by hand")
    assert done.at is not None


def test_what_is_done_stays_done_when_the_order_is_looked_at_again(alice: World) -> None:
    pk = seen_again(alice, NOT_TOLD)
    works.acknowledge(pk, "feedback.not_told", who="alice")
    seen_again(alice, NOT_TOLD, SHORTENED)
    assert alice.work(1).remarks == Remarks.NOTED
    # The ERP's number became known meanwhile: that is nothing else to do.
    seen_again(alice, message("feedback.not_told", number="#1", erp_no="90001"))
    assert open_codes(alice) == []


def test_a_remark_that_went_away_and_came_back_is_open_again(alice: World) -> None:
    pk = seen_again(alice, NOT_TOLD)
    works.acknowledge(pk, "feedback.not_told", who="alice")
    seen_again(alice)
    seen_again(alice, NOT_TOLD)
    assert open_codes(alice) == ["feedback.not_told"]


@pytest.mark.parametrize("code", ["specter.text_cut", "order.refunded_after", "order.edited_after"])
def test_what_asks_nothing_or_is_a_question_cant_be_marked_as_done(alice: World, code: str) -> None:
    pk = seen_again(alice, SHORTENED)
    assert works.acknowledge(pk, "feedback.not_told", who="alice") == 0
    with pytest.raises(RecordRejected):
        works.acknowledge(pk, code, who="alice")
    assert not JournalEntry.objects.filter(step="by_hand", work_id=pk).exists()


def test_a_look_that_fails_forgets_nothing_that_was_said_of_the_transfer() -> None:
    link = Link(RecordRef(1, Kind.ORDER, "1"), "1", 2, "88", "88", "print")
    later = Outcome(State.WAITING, message("http.no_answer", host="x"), retry_at=datetime.now(UTC))
    before = [SHORTENED, NOT_TOLD]
    assert still_transferred(later, TimeoutError(), link, before).warnings == (SHORTENED,)
    for_good = Outcome(State.HELD, message("x.y"))
    codes = [one.code for one in still_transferred(for_good, ValueError(), link, before).warnings]
    assert codes == ["specter.text_cut", "feedback.not_told"]
    gone = RecordGone(message("woocommerce.order_gone", id="1"))
    assert still_transferred(for_good, gone, link, before).warnings == (SHORTENED,)


def test_the_journal_tells_why_an_order_stopped_and_what_is_left_to_do(alice: World) -> None:
    alice.see(1)
    _held, store = alice.hold_lane()
    claims = claim([alice.work(1).pk], alice.erp, datetime.now(UTC) + timedelta(days=1))
    store.begin(claims)
    store.settle(claims[0].work, Outcome(State.HELD, message("order.no_rows", number="1")), Journal())
    pk = seen_again(alice, NOT_TOLD, SHORTENED)
    seen_again(alice, NOT_TOLD)
    lines = JournalEntry.objects.filter(work_id=pk, step="decided").order_by("pk")
    assert [line.message["code"] for line in lines] == ["order.no_rows", "feedback.not_told"]
