"""Questions on the pages: shown with figures and choices, decided by a button, and only by whoever may."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from brygga.app.services import tasks as services
from brygga.app.store.models import JournalEntry, Task, Work
from brygga.app.store.tasks import DbTasks
from brygga.app.tenancy.scope import scope
from brygga.domain.message import message
from brygga.flows.tasks import Question
from tests.app.console.conftest import Town

PLAIN = re.compile(r"<[^>]+>|&nbsp;|\s|\u00a0|\u202f")


def shown(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(f"console:{name}", args=("nordlys", *args)), query)
    assert answer.status_code == 200
    return answer.content.decode()


def text(page: str) -> str:
    return PLAIN.sub("", page)


def press(client: Client, pk: int, slug: str = "nordlys", **fields: str) -> str:
    where = reverse("console:decide", args=(slug, pk))
    answer = client.post(where, fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def task(pk: int) -> Task:
    return Task.unscoped.get(pk=pk)


def test_the_list_shows_reason_figures_and_what_each_choice_does(town: Town, alice: Client):
    page = shown(alice, "attention")
    assert page.index("Ni bestämmer") < page.index("Stoppat")
    assert "har fått en återbetalning på 259,00 (nummer 311)" in page
    seen = text(page)
    assert "Attkreditera,inklusivemoms−259,00" in seen.replace("-", "−")
    assert "Pengarnaåterbetaldaavbetaltjänstennej" in seen
    assert "MUGG-BLAMuggNordlys−1−199,2025−49,80−249,00" in seen.replace("-", "−").replace(
        "MUGG−BLA", "MUGG-BLA"
    )
    assert "förslag−1−5,9925−1,50−7,49" in seen.replace("-", "−")
    assert 'name="choice"' in page
    assert 'value="done"' in page
    assert "Ni har gjort det för hand, och uppgiften stängs" in page
    assert "Mugg Nordlys" in page
    assert "order.refunded_after" not in page


def test_a_choice_is_decided_with_its_reason_and_leaves_the_list(town: Town, alice: Client):
    pk = town.nordlys_tasks.refund
    page = press(alice, pk, choice="done", why="kredit 12", next="/t/nordlys/attention/")
    assert "Bestämt." in page
    assert f'id="task-{pk}"' not in page
    kept = task(pk)
    assert (kept.choice, kept.who, kept.why) == ("done", "alice@example.se", "kredit 12")
    assert Work.unscoped.get(pk=town.nordlys_tasks.order).due_at is not None
    line = JournalEntry.unscoped.filter(work_id=town.nordlys_tasks.order, step="by_hand").get()
    assert line.message["facts"]["why"] == "kredit 12"
    order = shown(alice, "order", town.nordlys_tasks.order)
    assert "valde ”Klart”" in order
    decided = shown(alice, "tasks", state="decided")
    assert "kredit 12" in decided
    assert "alice@example.se" in decided


def test_an_order_shows_its_own_questions_and_others_none(town: Town, alice: Client):
    page = shown(alice, "order", town.nordlys_tasks.order)
    for pk in (town.nordlys_tasks.refund, town.nordlys_tasks.edited, town.nordlys_tasks.stopped):
        assert f'id="task-{pk}"' in page
    assert f'id="task-{town.nordlys_tasks.free}"' not in page
    assert "task-" not in shown(alice, "order", town.nordlys.held)


def test_what_is_decided_already_or_offered_by_nobody_is_said_in_words(town: Town, alice: Client):
    pk = town.nordlys_tasks.free
    assert "går inte att välja här" in press(alice, pk, choice="follow_erp")
    assert task(pk).closed_at is None
    press(alice, pk, choice="seen_to")
    assert "redan avgjord" in press(alice, pk, choice="let_be")
    assert task(pk).choice == "seen_to"


def test_the_overview_and_the_menu_count_questions_once(town: Town, alice: Client):
    count = re.compile(r'<span class="badge">\s*(\d+)')
    for pk in Task.unscoped.filter(tenant_id=town.nordlys.tenant).values_list("pk", flat=True):
        assert task(pk).closed_at is None
    badges = {
        name: count.findall(shown(alice, name)) for name in ("overview", "attention", "orders", "connections")
    }
    assert len({tuple(found) for found in badges.values()}) == 1, badges
    assert "4 frågor väntar på ditt svar" in shown(alice, "overview")


def test_a_stopped_record_that_waits_for_an_answer_is_shown_once(town: Town, alice: Client):
    with scope(town.nordlys.tenant):
        asks = DbTasks(town.nordlys.tenant, town.nordlys.flow)
        asks.ask(
            Question("test:1", message("order.test", number="1"), "1", ("again", "leave")),
            work=town.nordlys.company,
        )
    page = shown(alice, "attention")
    assert "Organisationsnummer saknas" not in page
    with scope(town.nordlys.tenant):
        asks.withdraw("test:1")
    assert "Organisationsnummer saknas" in shown(alice, "attention")


def test_many_questions_are_shown_a_page_at_a_time(town: Town, alice: Client):
    with scope(town.nordlys.tenant):
        asks = DbTasks(town.nordlys.tenant, town.nordlys.flow)
        for number in range(60):
            asks.ask(
                Question(f"test:{number}", message("order.test", number=number), f"T{number}", ("leave",))
            )
    page = shown(alice, "attention")
    assert page.count('class="card task open"') == 50
    assert "Fler frågor" in page
    first, last = shown(alice, "tasks"), shown(alice, "tasks", page="3")
    assert first.count('class="card task open"') == 25
    assert last.count('class="card task open"') == 14
    assert shown(alice, "tasks", q="T59").count('class="card task open"') == 1
    assert shown(alice, "tasks", page="x", q="nothing").count("task open") == 0


def test_the_enter_key_presses_no_choice(town: Town, alice: Client):
    page = shown(alice, "tasks")
    form = page.partition(f'id="task-{town.nordlys_tasks.refund}"')[2].partition("</form>")[0]
    buttons = re.findall(r"<button[^>]*>", form)
    assert re.search(r"\bdisabled\b", buttons[0])
    assert not any(re.search(r"\bdisabled\b", button) for button in buttons[1:])


def test_a_viewer_sees_questions_but_decides_none(town: Town):
    vera, pk = town.sign_in("vera"), town.nordlys_tasks.refund
    page = shown(vera, "attention")
    assert f'id="task-{pk}"' in page
    assert 'name="choice"' not in page
    answer = vera.post(reverse("console:decide", args=("nordlys", pk)), {"choice": "done"})
    assert answer.status_code == 403
    assert task(pk).closed_at is None


@pytest.mark.parametrize("slug", ["nordlys", "granberg"])
def test_another_tenants_question_is_not_found(town: Town, slug: str):
    answer = town.sign_in("charlie").post(
        reverse("console:decide", args=(slug, town.nordlys_tasks.refund)), {"choice": "done"}
    )
    assert answer.status_code == 404
    assert task(town.nordlys_tasks.refund).closed_at is None
    with scope(town.granberg.tenant):
        assert town.nordlys_tasks.refund not in {row.id for row in services.open_tasks().rows}


def test_a_decision_needs_a_csrf_token_and_never_leads_to_another_site(town: Town, alice: Client):
    where = reverse("console:decide", args=("nordlys", town.nordlys_tasks.refund))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.cookies
    assert strict.post(where, {"choice": "done"}).status_code == 403
    assert task(town.nordlys_tasks.refund).closed_at is None
    answer = alice.post(where, {"choice": "done", "next": "https://evil.example/"})
    assert answer["Location"] == "/t/nordlys/attention/"


def test_questions_are_said_in_english_too(town: Town, alice: Client):
    alice.cookies["django_language"] = "en"
    page = shown(alice, "attention")
    assert "You decide" in page
    assert "To credit, with VAT" in page
    assert "Let it be" in page
