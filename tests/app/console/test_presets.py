"""Who leads: a new flow by preset, the table of fields, and changing to another preset."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.app.console.conftest import Town
from tests.app.console.test_pages import page


def test_a_new_flow_begins_with_who_is_to_lead_in_words(town: Town, alice: Client):
    shown = page(alice, "flow_new")
    for text in (
        "Butiken styr",
        "Affärssystemet styr",
        "Butiken styr sortimentet, affärssystemet pris och lager",
        "Pris och lager, från affärssystemet till butiken",
    ):
        assert text in shown
    assert "The ERP leads" in page(alice, "flow_new", language="en")


@pytest.mark.parametrize(("preset", "asks", "not_asked"), [(1, "opening_stock", "stock_sites"), (2, "stock_sites", "opening_stock")])  # fmt: skip
def test_the_questions_are_those_of_the_preset(
    town: Town, alice: Client, preset: int, asks: str, not_asked: str
):
    shown = page(alice, "flow_new_of", preset)
    assert f'id="field-{asks}"' in shown
    assert f'id="field-{not_asked}"' not in shown
    assert alice.get(reverse("console:flow_new_of", args=("nordlys", 9))).status_code == 404


def test_a_flow_the_erp_leads_is_made_with_what_was_answered(town: Town, alice: Client):
    from brygga.app.store.models import Flow, FlowRevision

    where = reverse("console:flow_new_of", args=("nordlys", 2))
    form = alice.get(where).context["form"]
    typed: dict[str, object] = {
        "name": "Pris och lager",
        "shop": town.nordlys.shop,
        "erp": town.nordlys.erp,
        "stock_margin": "2",
        "stock_sites": "Huvudlager\nButik",
        "status_by_fact-key": ["delivered", ""],
        "status_by_fact-value": ["completed", ""],
        "statuses-key": ["processing"],
        "statuses-value": ["send"],
        "customer_notes": ["delivered"],
    }
    for name in ("goods", "goods_draft", "document", "matching_private", "confirmation", "feedback_note"):
        typed[name] = form.fields[name].initial
    answer = alice.post(where, typed)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Flow.unscoped.get(name="Pris och lager")
    revision = FlowRevision.unscoped.get(flow=made)
    assert (made.preset, revision.preset, made.state) == (2, 2, "stopped")
    assert revision.settings == {
        "stock_margin": "2",
        "stock_sites": ["Huvudlager", "Butik"],
        "status_by_fact": {"delivered": "completed"},
        "statuses": {"processing": "send"},
        "customer_notes": ["delivered"],
    }


def test_settings_show_the_preset_s_own_defaults_and_only_what_concerns_it(town: Town, alice: Client):
    from brygga.app.store.models import Flow

    def chosen() -> str:
        shown = page(alice, "setting", town.nordlys.flow, "unknown_article")
        return shown.partition('id="field-unknown_article"')[2].partition("selected>")[2].partition("<")[0]

    assert chosen() == "Lägg upp artikeln, skicka sedan ordern"
    assert 'id="group-stock"' not in page(alice, "flow", town.nordlys.flow)
    Flow.unscoped.filter(pk=town.nordlys.flow).update(preset=2)
    assert chosen() == "Stoppa ordern"
    shown = page(alice, "flow", town.nordlys.flow)
    assert 'id="group-stock"' in shown
    assert 'id="group-goods"' in shown
    assert 'id="group-products"' not in shown


def test_every_setting_has_a_name_a_help_and_choices_in_words_in_both_languages():
    from django.utils import translation

    from brygga.app.console.forms.settings import defaults_of, field_of
    from brygga.flows.settings import KEYS

    for language in ("sv", "en"):
        with translation.override(language):
            for key in KEYS:
                field = field_of(key, defaults_of(1)[key])
                assert field.label, key
                assert field.label != key, (language, key)
                assert field.help_text, (language, key)
                for value, label in [*getattr(field, "choices", ()), *getattr(field.widget, "choices", ())]:
                    assert label, (language, key, value)
                    assert str(label) != str(value) or language == "en", (language, key, value)


def test_the_table_says_who_leads_each_field(town: Town, alice: Client):
    shown = page(alice, "setting", town.nordlys.flow, "masters")
    assert "Ordinarie pris" in shown
    assert "Butiken styr: alltid" in shown
    assert "The shop leads: always" in page(alice, "setting", town.nordlys.flow, "masters", language="en")


def test_a_single_cell_is_changed_and_all_are_put_back(town: Town):
    from brygga.app.store.models import FlowRevision

    charlie = town.sign_in("charlie")
    where = reverse("console:setting", args=("granberg", town.granberg.flow, "masters"))

    def own() -> object:
        latest = FlowRevision.unscoped.filter(flow_id=town.granberg.flow).order_by("-number").first()
        assert latest is not None
        return latest.settings.get("masters")

    form = next(
        part["form"] for part in charlie.get(where).context["groups"] if part["group"].key == "masters"
    )
    typed = {name: field.initial for name, field in form.fields.items()}
    charlie.post(where, typed)
    assert own() is None  # nothing was changed
    charlie.post(where, {**typed, "price.sale": "erp:never"})
    assert own() == {"price.sale": "erp:never"}
    again = charlie.get(where).content.decode()
    assert "Utan ändring: Affärssystemet styr: alltid" in " ".join(again.split())
    wrong = charlie.post(where, {**typed, "price.sale": "shop:always"})
    assert wrong.status_code == 422
    charlie.post(where, {"reset": "masters"})
    assert own() is None


def test_a_field_offers_only_what_something_carries(town: Town, alice: Client):
    from brygga.app.console.forms.masters import MastersForm

    def cells(preset: int, field: str) -> list[str]:
        return [value for value, _ in MastersForm({}, preset).fields[field].choices]  # type: ignore[attr-defined]

    assert cells(1, "order.status") == ["erp:never"]  # nothing brings it
    assert cells(2, "order.status") == ["erp:overwrite", "erp:never"]
    assert not any(cell.startswith("shop") for cell in cells(2, "price.regular"))
    assert "shop:create" in cells(3, "stock.quantity")


def test_another_preset_shows_its_plan_first_and_changes_nothing(town: Town):
    from brygga.app.store.models import Flow, FlowRevision

    charlie = town.sign_in("charlie")
    before = FlowRevision.unscoped.filter(flow_id=town.granberg.flow).count()
    shown = page(charlie, "flow_preset", town.granberg.flow, 1, slug="granberg")
    assert "Inget är ändrat än" in shown
    assert "2 som är på väg avslutas som det var bestämt när de kom in" in " ".join(shown.split())
    assert "3 ordrar, 1 artikel" in " ".join(shown.split())
    assert Flow.unscoped.get(pk=town.granberg.flow).preset == 3
    assert FlowRevision.unscoped.filter(flow_id=town.granberg.flow).count() == before
    same = charlie.get(reverse("console:flow_preset", args=("granberg", town.granberg.flow, 3)))
    assert same.status_code == 404


def test_a_yes_changes_the_preset_and_keeps_links_and_what_is_on_its_way(town: Town):
    from brygga.app.store.models import Flow, LinkRow, Work
    from brygga.app.tenancy.scope import scope
    from brygga.app.worker.context import settings_of

    flow, charlie = town.granberg.flow, town.sign_in("charlie")
    links = set(LinkRow.unscoped.filter(tenant_id=town.granberg.tenant).values_list("pk", flat=True))
    waiting = set(
        Work.unscoped.filter(flow_id=flow, kind="item", state="waiting").values_list("pk", "revision")
    )
    where = reverse("console:flow_preset", args=("granberg", flow, 1))
    assert charlie.post(where, {"why": "vi byter kassa"}).status_code == 302
    one = Flow.unscoped.get(pk=flow)
    latest = one.revisions(manager="unscoped").order_by("-number").first()
    assert (one.preset, latest.preset, latest.why, latest.who) == (
        1,
        1,
        "vi byter kassa",
        "charlie@example.se",
    )
    assert set(LinkRow.unscoped.filter(tenant_id=town.granberg.tenant).values_list("pk", flat=True)) == links
    still = Work.unscoped.filter(flow_id=flow, kind="item", state="waiting")
    assert set(still.values_list("pk", "revision")) == waiting
    # What is on its way ends by the preset it came in with.
    assert {work.revision.preset for work in still.select_related("revision")} == {3}
    with scope(town.granberg.tenant):
        assert settings_of(3, {}).unknown_article != settings_of(1, {}).unknown_article


def test_where_the_erp_begins_to_lead_what_is_known_of_it_is_looked_at_at_once(town: Town, alice: Client):
    from brygga.app.store.models import Work
    from brygga.app.worker.range import look_over

    flow = town.nordlys.flow
    shown = page(alice, "flow_preset", flow, 3)
    assert "5 kända artiklar i affärssystemet gås igenom direkt" in " ".join(shown.split())
    alice.post(reverse("console:flow_preset", args=("nordlys", flow, 3)))
    # No page waits for a hundred thousand articles: a worker goes through them, and the page says so.
    assert not Work.unscoped.filter(flow_id=flow, kind="item", due_at__isnull=False).exists()
    assert "Alla artiklar gås igenom" in page(alice, "flow", flow)
    look_over(flow)
    assert "Alla artiklar gås igenom" not in page(alice, "flow", flow)
    due = Work.unscoped.filter(flow_id=flow, kind="item", due_at__isnull=False)
    assert set(due.values_list("source_ref", flat=True)) == {
        "MUGG-BLA", "MUGG-GRA", "MUGG-ROD", "MUGG-VIT", "SKAL-S",
    }  # fmt: skip
    assert {work.revision.preset for work in due.select_related("revision")} == {3}
