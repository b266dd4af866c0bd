"""What waits for a person: asked once, listed with its words, decided once, and nobody else's."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from brygga.app.services import tasks
from brygga.app.services.task_words import choice_in_words, figures
from brygga.app.store.due import claim
from brygga.app.store.models import JournalEntry, Lane, Task, Work
from brygga.app.store.tasks import DbTasks
from brygga.app.tenancy.scope import scope
from brygga.domain.errors import RecordRejected
from brygga.domain.message import message
from brygga.domain.outcome import Outcome, State
from brygga.flows.journal import Journal
from brygga.flows.tasks import Question, table
from tests.app.world import World

KEY = "order.refund:2:1:1:311"


def question(amount: str = "249.00", **facts: str) -> Question:
    told = message("order.refunded_after", number="1", erp_no="88", refund="311", amount=amount)
    return Question(
        KEY, told, "1", ("done", "leave"), {"refund": "311", "credit_total": f"-{amount}", **facts}
    )


def settled(world: World, state: State = State.DONE) -> Work:
    """Have order 1 reach an end, with nothing left to do."""
    world.see(1)
    _held, store = world.hold_lane()
    claims = claim([world.work(1).pk], world.erp, datetime.now(UTC))
    store.begin(claims)
    told = message("order.already_there", number="1", erp_no="88")
    store.settle(claims[0].work, Outcome(state, told, "88", "88"), Journal())
    Lane.objects.update(woken_at=None)
    work = world.work(1)
    assert work.due_at is None
    return work


def the_task(world: World) -> tasks.TaskRow:
    (row,) = tasks.open_tasks().rows
    assert row.flow == world.flow
    return row


@pytest.fixture
def asks(alice: World) -> DbTasks:
    return DbTasks(alice.tenant, alice.flow)


def test_a_question_is_asked_once_while_it_is_open_and_shows_the_latest_figures(
    alice: World, asks: DbTasks
) -> None:
    work = settled(alice)
    assert asks.ask(question(), work=work.pk)
    assert not asks.ask(question("250.00"), work=work.pk)
    row = the_task(alice)
    assert (row.work, row.kind, row.object_key, row.flow_name) == (work.pk, "order", "1", "Order")
    assert (row.connection_name, row.facts["credit_total"]) == ("Butiken", "-250.00")
    assert tasks.open_count() == 1


def test_deciding_is_written_down_and_makes_the_work_due(alice: World, asks: DbTasks) -> None:
    work = settled(alice)
    asks.ask(question(), work=work.pk)
    decided = tasks.decide(the_task(alice).id, "done", who="alice@example.se", why="kredit 12")
    assert (decided.choice, decided.who, decided.why, decided.is_open) == (
        "done",
        "alice@example.se",
        "kredit 12",
        False,
    )
    after = alice.work(1)
    assert (after.state, after.forced) == ("done", False)
    assert after.due_at is not None
    assert after.seen_count == work.seen_count + 1
    assert Lane.objects.get(connection=alice.erp).woken_at is not None
    line = JournalEntry.objects.get(work=work, step="by_hand")
    assert line.message["code"] == "task.decided"
    assert line.message["facts"] == {
        "who": "alice@example.se",
        "key": "1",
        "choice": "done",
        "why": "kredit 12",
    }
    assert asks.answer(KEY) == "done"
    assert asks.asked(work.pk)[KEY].choice == "done"
    assert tasks.open_count() == 0
    assert [row.id for row in tasks.closed_tasks().rows] == [decided.id]


def test_a_held_work_waits_for_the_clock_again_and_again_forces_it(alice: World, asks: DbTasks) -> None:
    work = settled(alice, State.HELD)
    asks.ask(replace(question(), choices=("again", "leave")), work=work.pk)
    tasks.decide(the_task(alice).id, "again", who="alice")
    after = alice.work(1)
    assert (after.state, after.reason_code, after.forced) == ("waiting", "task.decided", True)


def test_a_question_about_no_record_is_decided_too(alice: World, asks: DbTasks) -> None:
    asks.ask(question())
    row = the_task(alice)
    assert (row.work, row.kind) == (None, "")
    tasks.decide(row.id, "leave", who="alice")
    assert JournalEntry.objects.get(message__code="task.decided").work_id is None


def test_what_cant_be_decided_is_refused_in_words(alice: World, asks: DbTasks) -> None:
    work = settled(alice)
    asks.ask(question(), work=work.pk)
    task = the_task(alice).id
    with pytest.raises(RecordRejected) as refused:
        tasks.decide(task, "follow_erp", who="alice")
    assert refused.value.for_merchant == message(
        "task.no_such_choice", choice="follow_erp", choices="done, leave"
    )
    with pytest.raises(RecordRejected) as refused:
        tasks.decide(task + 1, "done", who="alice")
    assert refused.value.for_merchant.code == "task.not_found"
    tasks.decide(task, "done", who="alice")
    with pytest.raises(RecordRejected) as refused:
        tasks.decide(task, "leave", who="bob")
    assert refused.value.for_merchant == message("task.decided_before", key="1", choice="done", who="alice")
    assert Task.objects.get(pk=task).who == "alice"
    assert JournalEntry.objects.filter(message__code="task.decided").count() == 1


def test_what_went_away_by_itself_cant_be_decided(alice: World, asks: DbTasks) -> None:
    asks.ask(question())
    task = the_task(alice).id
    assert asks.withdraw(KEY)
    with pytest.raises(RecordRejected) as refused:
        tasks.decide(task, "done", who="alice")
    assert refused.value.for_merchant.code == "task.went_away"
    assert [row.choice for row in tasks.closed_tasks().rows] == [""]


def test_an_answered_question_is_asked_again_only_when_it_differs(alice: World, asks: DbTasks) -> None:
    asks.ask(question())
    tasks.decide(the_task(alice).id, "done", who="alice")
    assert not asks.ask(question())
    renamed = replace(
        question(), message=message("order.refunded_after", **{**question().message.facts, "erp_no": "90"})
    )
    assert not asks.ask(replace(renamed, facts={**question().facts, "erp_no": "90"}))
    assert asks.ask(question("250.00"))


def test_an_answer_is_over_when_the_reason_went_away(alice: World, asks: DbTasks) -> None:
    work = settled(alice)
    asks.ask(question(), work=work.pk)
    tasks.decide(the_task(alice).id, "done", who="alice")
    assert not asks.withdraw(KEY)
    assert asks.answer(KEY) == ""
    assert asks.asked(work.pk) == {}
    assert asks.ask(question(), work=work.pk)


def test_lists_are_narrowed_and_paged(alice: World, asks: DbTasks) -> None:
    for number in range(1, 6):
        told = message(
            "order.refunded_after", number=str(number), erp_no="88", refund=str(number), amount="1.00"
        )
        asks.ask(Question(f"order.refund:2:1:{number}:{number}", told, f"10{number}", ("done",)))
    first = tasks.open_tasks(size=3)
    assert ([row.object_key for row in first.rows], first.more) == (["101", "102", "103"], True)
    rest = tasks.open_tasks(page=2, size=3)
    assert ([row.object_key for row in rest.rows], rest.more) == (["104", "105"], False)
    assert [row.object_key for row in tasks.open_tasks(tasks.Filters(text="#104")).rows] == ["104"]
    assert tasks.open_tasks(tasks.Filters(flow=alice.flow + 1)).rows == []
    assert len(tasks.open_tasks(tasks.Filters(code="order.refunded_after")).rows) == 5


def test_an_orders_questions_are_also_those_about_its_status(alice: World, asks: DbTasks) -> None:
    order = settled(alice)
    status = Work.objects.create(
        flow_id=alice.flow, revision_id=order.revision_id, kind="status", source_id=alice.erp, target_id=alice.shop,
        source_ref="88", key="88", sort="1", first_seen_at=datetime.now(UTC),
    )  # fmt: skip
    asks.ask(question(), work=order.pk)
    told = message("status.removed", number="1", erp_no="88")
    asks.ask(Question("status.removed:1:1", told, "1", ("cancel_in_shop", "leave")), work=status.pk)
    asks.ask(Question("status.removed:1:2", told, "2", ("cancel_in_shop", "leave")), work=status.pk)
    assert {row.message.code for row in tasks.tasks_of(order)} == {"order.refunded_after", "status.removed"}
    assert [row.key for row in tasks.tasks_of(status)] == ["status.removed:1:1", "status.removed:1:2"]


def test_another_tenants_questions_are_neither_listed_nor_decided(
    alice: World, asks: DbTasks, charlie: World
) -> None:
    work = settled(alice)
    asks.ask(question(), work=work.pk)
    task = the_task(alice).id
    with scope(charlie.tenant):
        assert DbTasks(charlie.tenant, charlie.flow).ask(question())  # the same key is another question there
        assert DbTasks(charlie.tenant, charlie.flow).asked(work.pk) == {}
        assert [row.id for row in tasks.open_tasks().rows] != [task]
        assert tasks.open_count() == 1
        with pytest.raises(RecordRejected) as refused:
            tasks.decide(task, "done", who="charlie")
        assert refused.value.for_merchant.code == "task.not_found"
        DbTasks(charlie.tenant, charlie.flow).withdraw(KEY)
    assert the_task(alice).id == task
    assert alice.work(1).due_at is None


def test_choices_and_figures_are_said_in_both_languages() -> None:
    swedish, english = (choice_in_words("follow_erp", language) for language in ("sv", "en"))
    assert (swedish.label, swedish.effect) == ("Gör som affärssystemet", "Dess status skrivs i butiken")
    assert english.label == "Do as the ERP"
    assert choice_in_words("price_write", "sv").effect == "Butiken får det alldeles strax"
    assert choice_in_words("no_such_choice", "sv").label == "no_such_choice"
    rows = [("product", "A", "-1", "-199.20")]
    facts = {
        "paid_back": "no",
        "mark": "x y z",
        "credit_rows": table(("kind", "article", "quantity", "net"), rows),
    }
    shown = figures(facts, "sv", lambda value: value.replace(".", ","))
    assert shown.facts == [("Pengarna återbetalda av betaltjänsten", "nej")]
    (credit,) = shown.tables
    assert [column.label for column in credit.columns] == ["Slag", "Artikel", "Antal", "Exkl. moms"]
    assert [[cell for _, cell in row] for row in credit.rows] == [["vara", "A", "-1", "-199,20"]]
