"""What the buttons do, seen in what the store then holds."""

import pytest
from django.test import Client
from django.urls import reverse

from brygga.app.store.models import Connection, Flow, FlowRevision, JournalEntry, Work
from brygga.app.tenancy.scope import scope
from tests.app.console.conftest import Town


def press(client: Client, button: str, /, *args: object, **typed: str) -> str:
    """Press a button and return the page one lands on."""
    return client.post(
        reverse(f"console:{button}", args=("nordlys", *args)), typed, follow=True
    ).content.decode()


def work(pk: int) -> Work:
    return Work.unscoped.get(pk=pk)


def last_by_hand(pk: int) -> dict[str, str]:
    line = JournalEntry.unscoped.filter(work_id=pk, step="by_hand").last()
    assert line is not None
    facts: dict[str, str] = line.message["facts"]
    return facts


def test_a_stopped_order_is_tried_again_and_the_journal_says_who(town: Town, alice: Client):
    shown = press(alice, "retry", "order", town.nordlys.held, why="artikeln finns nu")
    assert work(town.nordlys.held).state == "waiting"
    assert last_by_hand(town.nordlys.held) == {"who": "alice@example.se", "why": "artikeln finns nu"}
    assert "Ett nytt försök görs alldeles strax" in shown
    assert "artikeln finns nu" in shown


def test_all_orders_of_one_cause_are_tried_again_and_no_others(town: Town, alice: Client):
    shown = alice.get(reverse("console:attention", args=("nordlys",))).content.decode()
    token = shown.split("cause=")[1].split('"')[0]
    press(alice, "retry_cause", cause=token, kind="order", state="held")
    with scope(town.nordlys.tenant):
        assert Work.objects.filter(reason_code="order.no_article", state="held").count() == 0
        assert Work.objects.filter(kind="order", state="held").count() == 4


def test_a_sent_order_is_not_tried_again(town: Town, alice: Client):
    press(alice, "retry", "order", town.nordlys.done)
    assert (work(town.nordlys.done).state, work(town.nordlys.done).due_at) == ("done", None)


def test_an_order_is_left_out_only_with_a_reason(town: Town, alice: Client):
    assert "Skriv varför" in press(alice, "ignore", "order", town.nordlys.held)
    assert work(town.nordlys.held).state == "held"
    press(alice, "ignore", "order", town.nordlys.held, why="makulerad per telefon")
    assert work(town.nordlys.held).state == "ignored"
    assert last_by_hand(town.nordlys.held)["why"] == "makulerad per telefon"


def test_a_missing_organisation_number_is_typed_in_and_the_order_goes(town: Town, alice: Client):
    shown = press(alice, "edit", "order", town.nordlys.company, organisation_no="556016-0681")
    assert "Numret stämmer inte" in shown
    assert 'value="556016-0681"' in shown
    press(alice, "edit", "order", town.nordlys.company, organisation_no="556016-0680")
    assert work(town.nordlys.company).edits == {"organisation_no": "5560160680"}
    assert work(town.nordlys.company).state == "waiting"


def test_an_order_is_linked_to_a_number_in_the_erp_once(town: Town, alice: Client):
    press(alice, "link", "order", town.nordlys.taken, number="99001", why="samma kund")
    assert (work(town.nordlys.taken).state, work(town.nordlys.taken).target_key) == ("done", "99001")
    shown = press(alice, "link", "order", town.nordlys.held, number="99001")
    assert "hör redan till en annan order" in shown
    assert work(town.nordlys.held).state == "held"


def test_a_setting_is_changed_checked_and_put_back(town: Town, alice: Client):
    flow = town.nordlys.flow
    where = reverse("console:setting", args=("nordlys", flow, "article_shipping"))
    shown = alice.get(where).context["groups"]
    form = next(part["form"] for part in shown if part["group"].key == "articles")
    typed = {name: value for name, value in form.initial.items() if isinstance(value, str)}
    typed |= {"gift_card_names": "presentkort\nkupong", "article_fee": "AVGIFT", "why": "ny artikel"}
    typed |= {"article_fee_by_name-key": "Fakturaavgift", "article_fee_by_name-value": "FAKT"}
    alice.post(where, typed)
    with scope(town.nordlys.tenant):
        latest = FlowRevision.objects.filter(flow_id=flow).latest("number")
    assert (latest.who, latest.why) == ("alice@example.se", "ny artikel")
    assert latest.settings["article_fee"] == "AVGIFT"
    assert latest.settings["article_fee_by_name"] == {"Fakturaavgift": "FAKT"}
    assert latest.settings["gift_card_names"] == ["presentkort", "kupong"]
    assert "article_discount" not in latest.settings
    alice.post(where, {"reset": "article_fee"})
    with scope(town.nordlys.tenant):
        assert "article_fee" not in FlowRevision.objects.filter(flow_id=flow).latest("number").settings


@pytest.mark.parametrize(
    ("group", "key", "bad", "complaint"),
    [
        ("statuses", "minimum_age_minutes", "ofta", "Skriv ett heltal"),
        ("statuses", "start_date", "igår", "Skriv datumet som år-månad-dag"),
        ("document", "rounding_limit", "mycket", "Skriv ett tal"),
        ("retry_minutes", "retry_minutes", "2\nsnart", "Skriv bara tal"),
    ],
)
def test_a_wrong_setting_is_told_beside_its_field(
    town: Town, alice: Client, group: str, key: str, bad: str, complaint: str
):
    where = reverse("console:setting", args=("nordlys", town.nordlys.flow, group))
    answer = alice.post(where, {key: bad})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert complaint in shown.partition(f'id="id_{key}_error"')[2][:200]
    assert FlowRevision.unscoped.filter(flow_id=town.nordlys.flow).count() == 2


def test_a_decimal_is_read_as_swedes_write_it(town: Town, alice: Client):
    where = reverse("console:setting", args=("nordlys", town.nordlys.flow, "document"))
    form = next(g["form"] for g in alice.get(where).context["groups"] if g["group"].key == "what")
    typed = {name: str(value) for name, value in form.initial.items() if not isinstance(value, dict)}
    alice.post(where, {**typed, "rounding_limit": "0,50"})
    latest = FlowRevision.unscoped.filter(flow_id=town.nordlys.flow).latest("number")
    assert float(latest.settings["rounding_limit"]) == 0.5


def test_a_flow_is_stopped_and_started(town: Town, alice: Client):
    press(alice, "stop", town.nordlys.flow, why="inventering")
    assert Flow.unscoped.get(pk=town.nordlys.flow).state == "stopped"
    shown = press(alice, "start", town.nordlys.flow)
    assert Flow.unscoped.get(pk=town.nordlys.flow).state == "running"
    assert "är igång" in shown


def test_a_flow_is_made_from_the_form(town: Town, alice: Client):
    seeded = town.nordlys
    shown = press(
        alice,
        "flow_new_of",
        1,
        name="Andra",
        shop=str(seeded.shop),
        erp=str(seeded.erp),
        start_date="2026-12-01",
    )
    assert "Flödet är skapat" in shown
    with scope(seeded.tenant):
        made = Flow.objects.get(name="Andra")
        assert made.state == "stopped"
        assert made.revisions.get().settings == {"start_date": "2026-12-01"}
    again = press(
        alice,
        "flow_new_of",
        1,
        name="Andra",
        shop=str(seeded.shop),
        erp=str(seeded.erp),
        start_date="2026-12-01",
    )
    assert "Det finns redan ett flöde som heter ”Andra”" in again


def test_another_tenant_s_connection_is_no_choice_for_a_flow(town: Town, alice: Client):
    typed = {"name": "Stulen", "shop": str(town.granberg.shop), "erp": str(town.nordlys.erp)}
    answer = alice.post(reverse("console:flow_new_of", args=("nordlys", 1)), typed)
    assert answer.status_code == 422
    assert not Flow.unscoped.filter(name="Stulen").exists()


def test_a_connection_is_shown_before_it_is_kept(town: Town, alice: Client, tmp_path):
    typed = {"name": "Butik 2", "file": str(tmp_path / "place.sqlite3"), "key": "k1"}
    where = reverse("console:connection_new_of", args=("nordlys", "fakeshop"))
    asked = alice.post(where, typed).content.decode()
    assert "Stämmer det här?" in asked
    assert "Alice butik" in asked
    assert not Connection.unscoped.filter(name="Butik 2").exists()
    alice.post(where, {**typed, "confirmed": "yes"})
    made = Connection.unscoped.get(name="Butik 2")
    assert made.tenant_id == town.nordlys.tenant
    assert made.secrets == {"key": "k1"}


def test_a_connection_that_does_not_answer_is_not_kept_and_says_why(town: Town, alice: Client, tmp_path):
    from tests.app.fakes import Place

    file = str(tmp_path / "place.sqlite3")
    Place(file).fail("check", "away")
    where = reverse("console:connection_new_of", args=("nordlys", "fakeshop"))
    answer = alice.post(where, {"name": "Butik 2", "file": file})
    assert answer.status_code == 422
    assert "gick inte att nå" in answer.content.decode()


def test_a_missing_field_is_told_beside_it(town: Town, alice: Client):
    where = reverse("console:connection_new_of", args=("nordlys", "woocommerce"))
    shown = alice.post(where, {"name": "Butik 2", "url": ""}).content.decode()
    assert 'id="id_url_error"' in shown


def test_a_kept_key_is_never_shown(town: Town, alice: Client):
    shown = alice.get(reverse("console:connection", args=("nordlys", town.nordlys.shop))).content.decode()
    assert "ck_x" not in shown
    assert "cs_x" not in shown


def test_a_connection_is_paused_and_goes_on_after_a_check(town: Town, alice: Client, tmp_path):
    with scope(town.nordlys.tenant):
        from brygga.app.services.connecting import connect

        made = connect("fakeshop", "Butik 2", {"file": str(tmp_path / "p.sqlite3"), "key": "k"}, who="a")
    press(alice, "pause", made.id, why="flyttar servern")
    assert Connection.unscoped.get(pk=made.id).state == "paused"
    shown = press(alice, "recheck", made.id)
    assert Connection.unscoped.get(pk=made.id).state == "active"
    assert "svarar som den ska" in shown
    where = reverse("console:connection", args=("nordlys", made.id))
    alice.post(where, {"file": str(tmp_path / "p.sqlite3"), "key": "new"})
    assert Connection.unscoped.get(pk=made.id).secrets == {"key": "new"}


def test_after_a_button_nobody_is_sent_to_another_site(town: Town, alice: Client):
    answer = alice.post(reverse("console:retry_cause", args=("nordlys",)), {"next": "https://evil.example/"})
    assert answer["Location"] == "/t/nordlys/attention/"


def test_a_taken_number_is_replaced_by_one_that_a_person_chooses(town: Town, alice: Client):
    where = ("order", town.nordlys.taken)
    assert "Skriv ett nummer" in press(alice, "renumber", *where, number=" ", why="krockar med kassan")
    shown = press(alice, "renumber", *where, number="N" * 51, why="krockar med kassan")
    assert "högst 50 tecken" in shown
    assert 'value="' + "N" * 51 in shown
    assert "Skriv varför" in press(alice, "renumber", *where, number="N10472-B")
    assert work(town.nordlys.taken).state == "held"
    press(alice, "renumber", *where, number=" N10472-B ", why="krockar med kassan")
    assert work(town.nordlys.taken).edits == {"number": "N10472-B"}
    assert work(town.nordlys.taken).state == "waiting"
    assert last_by_hand(town.nordlys.taken)["why"] == "krockar med kassan"


def test_only_an_order_whose_number_is_taken_gets_another(town: Town, alice: Client):
    press(alice, "renumber", "order", town.nordlys.held, number="N1", why="nej")
    assert (work(town.nordlys.held).state, work(town.nordlys.held).edits) == ("held", {})


def test_a_twin_is_sent_as_an_order_of_its_own_with_a_reason(town: Town, alice: Client):
    assert "Skriv varför" in press(alice, "release", "order", town.nordlys.twin)
    assert work(town.nordlys.twin).released_twin is False
    press(alice, "release", "order", town.nordlys.twin, why="kunden ville ha två")
    assert (work(town.nordlys.twin).released_twin, work(town.nordlys.twin).state) == (True, "waiting")
    press(alice, "release", "order", town.nordlys.held, why="nej")
    assert work(town.nordlys.held).released_twin is False


def test_what_a_sent_order_asks_for_is_done_and_leaves_the_list(town: Town, alice: Client):
    pk = town.nordlys.untold
    shown = alice.get(reverse("console:attention", args=("nordlys",))).content.decode()
    assert "2 ordrar</a>:" in shown
    assert "Butiken kunde inte få veta ordernumret" in shown
    assert "Kryssa för" in press(alice, "done", code="feedback.not_told", why="inskrivet")
    shown = press(alice, "done", code="feedback.not_told", work=str(pk), why="inskrivet för hand")
    assert "Klart" in shown
    assert "1 order</a>:" in shown
    assert work(pk).remarks == 1
    assert last_by_hand(pk)["why"] == "inskrivet för hand"
    page = alice.get(reverse("console:order", args=("nordlys", pk))).content.decode()
    assert "alice@example.se" in page
    assert "inskrivet för hand" in page


def test_orders_with_remarks_have_a_tab_of_their_own(town: Town, alice: Client):
    shown = alice.get(reverse("console:orders", args=("nordlys",)), {"state": "warned"}).content.decode()
    assert shown.partition("<tbody")[2].count("<tr") == 2
    assert "Med anmärkning" in shown


def test_a_viewer_may_not_say_that_it_is_done(town: Town):
    answer = town.sign_in("vera").post(
        reverse("console:done", args=("nordlys",)),
        {"code": "feedback.not_told", "work": town.nordlys.untold},
    )
    assert answer.status_code == 403
    answer = town.sign_in("charlie").post(
        reverse("console:done", args=("granberg",)),
        {"code": "feedback.not_told", "work": town.nordlys.untold},
    )
    assert work(town.nordlys.untold).remarks == 2
