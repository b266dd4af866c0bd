"""Reconciliations on the pages: the runs, one report and its files, one asked for; what only the shop has."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from brygga.app.services.tables import rows_of_file
from tests.app.console.conftest import Town
from tests.app.console.test_pages import page


@pytest.fixture
def charlie(town: Town) -> Client:
    """The browser of an owner whose ERP leads price and stock."""
    return town.sign_in("charlie")


def shown(client: Client, name: str, *args: object, language: str = "sv", **query: str) -> str:
    return " ".join(page(client, name, *args, language=language, slug="granberg", **query).split())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What was put into the engine's queues."""
    from brygga.app.worker import engine

    found: list[tuple[object, ...]] = []
    monkeypatch.setattr(engine, "enqueue", lambda *args, **_options: found.append(args))
    return found


def test_the_runs_are_listed_with_how_fresh_each_side_was_and_what_differed(town: Town, charlie: Client):
    listed = shown(charlie, "reports", town.granberg.flow)
    for text in (
        "Lagersaldon 60",
        "Ordrar 3",
        "Båda sidor stämmer",
        "bara tittat",
        "Lagerflödet läst till slut",
    ):
        assert text in listed, text
    assert "Stock 60" in shown(charlie, "reports", town.granberg.flow, language="en")
    assert "/reports/" in shown(charlie, "flow", town.granberg.flow)


def test_a_report_says_what_differs_why_and_what_was_done(town: Town, charlie: Client):
    report = shown(charlie, "report", town.granberg.flow, town.granberg_range.report)
    for text in (
        "65 skillnader",
        "varken butikens signal eller listningen nådde fram",
        "Skulle rättas",
        "En uppgift är skapad",
        "1 747,00 SEK",
        "498,00 SEK",
        "Äldsta lagersaldot",
        "/tasks/?q=88999",
        f"/orders/{town.granberg.done}/",
        f"/items/{town.granberg_shelf.item}/",
    ):
        assert text in report, text
    assert "2026-11-23 14:10" not in report  # times in sentences are the shop's too
    assert "Båda sidor stämmer" in shown(charlie, "report", town.granberg.flow, town.granberg_range.calm)


def test_a_report_is_cut_to_a_kind_and_into_pages(town: Town, charlie: Client):
    of = (town.granberg.flow, town.granberg_range.report)
    first = shown(charlie, "report", *of, what="stock")
    assert "GLAS-00" in first
    assert "10377" not in first
    assert "GLAS-59" not in first
    assert "GLAS-59" in shown(charlie, "report", *of, what="stock", page="2")
    assert "10377" in shown(charlie, "report", *of, what="nonsense", page="-3")


def test_a_report_is_handed_out_as_spreadsheet_and_as_the_command_prints_it(town: Town, charlie: Client):
    def file(form: str) -> bytes:
        where = reverse(
            "console:report_file", args=("granberg", town.granberg.flow, town.granberg_range.report, form)
        )
        answer = charlie.get(where)
        assert answer.status_code == 200
        assert f".{form}" in answer["Content-Disposition"]
        return answer.content

    for form in ("csv", "xlsx"):
        rows = rows_of_file(f"a.{form}", file(form))
        assert rows[0] == ["Slag", "Nummer", "Skillnad", "Trolig orsak", "Åtgärd"]
        assert len(rows) == 66
        assert rows[1][:2] == ["Ordrar", "10377"]
    told = json.loads(file("json"))
    assert (told["flow"], told["report"]["total"], len(told["report"]["differences"])) == (
        "Ordrar till Specter",
        65,
        65,
    )


def test_a_report_of_another_flow_is_not_shown(town: Town, charlie: Client):
    for name, more in (("report", ()), ("report_file", ("json",))):
        where = reverse(
            f"console:{name}", args=("granberg", town.granberg.flow, town.nordlys_range.report, *more)
        )
        assert charlie.get(where).status_code == 404


@pytest.mark.parametrize(("button", "repair"), [("look", 0), ("repair", 1)])
def test_a_comparison_is_asked_for_once_and_a_worker_makes_it(
    town: Town, charlie: Client, asked: list[tuple[object, ...]], button: str, repair: int
):
    where = reverse("console:compare", args=("granberg", town.granberg.flow))
    for _press in range(2):
        charlie.post(where, {button: "yes"})
    assert asked == [("bulk", "compare", town.granberg.flow, repair)]
    listed = shown(charlie, "reports", town.granberg.flow)
    assert "Båda sidor jämförs just nu" in listed
    assert 'name="look"' not in listed


def test_a_comparison_that_can_t_be_made_says_why_and_may_be_asked_for_again(
    town: Town, charlie: Client, asked: list[tuple[object, ...]]
):
    from brygga.app.store.models import Connection
    from brygga.app.worker.range import compare

    charlie.post(reverse("console:compare", args=("granberg", town.granberg.flow)), {"look": "yes"})
    Connection.unscoped.filter(pk=town.granberg.shop).update(identity={})
    compare(town.granberg.flow, 0)
    listed = shown(charlie, "reports", town.granberg.flow)
    assert "gick inte att göra" in listed
    assert "är inte kontrollerad än" in listed
    assert 'name="look"' in listed


def test_an_engine_that_is_away_is_told_of_and_nothing_stays_asked(
    town: Town, charlie: Client, monkeypatch: pytest.MonkeyPatch
):
    from brygga.app.worker import engine

    def away(*_args: object, **_options: object) -> None:
        raise OSError("away")

    monkeypatch.setattr(engine, "enqueue", away)
    where = reverse("console:compare", args=("granberg", town.granberg.flow))
    answer = charlie.post(where, {"look": "yes"}, follow=True)
    assert "kunde inte begäras just nu" in answer.content.decode()
    assert 'name="look"' in answer.content.decode()


def test_a_viewer_can_t_ask_and_a_stopped_flow_only_looks(
    town: Town, charlie: Client, asked: list[tuple[object, ...]]
):
    from brygga.app.store.models import Flow

    vera = town.sign_in("vera")
    assert "En ägare eller medlem kan begära det" in page(vera, "reports", town.nordlys.flow)
    assert vera.post(reverse("console:compare", args=("nordlys", town.nordlys.flow))).status_code == 403
    Flow.unscoped.filter(pk=town.granberg.flow).update(state="stopped")
    assert 'name="repair"' not in shown(charlie, "reports", town.granberg.flow)
    charlie.post(reverse("console:compare", args=("granberg", town.granberg.flow)), {"repair": "yes"})
    assert asked == []


def test_what_only_the_shop_has_is_listed_searched_and_never_what_is_linked_by_now(
    town: Town, charlie: Client
):
    from brygga.app.store.models import LinkRow

    listed = shown(charlie, "strangers", town.granberg.flow)
    for text in (
        "Presentkort",
        "Kurs i drejning",
        "EGEN-1",
        "900/900",
        "3 hittade",
        "Skrivs nästan som TE-BLAND",
    ):
        assert text in listed, text
    assert "post=900" in listed
    for query, found in (("EGEN", "Presentkort"), ("drejning", "Kurs i drejning"), ("902", "Teblandning")):
        part = shown(charlie, "strangers", town.granberg.flow, q=query)
        assert found in part
        assert "1 hittad" in part
    LinkRow.unscoped.create(
        tenant_id=town.granberg.tenant,
        source_id=town.granberg.shop,
        kind="article",
        source_ref="900/900",
        target_id=town.granberg.erp,
        target_ref="EGEN-1",
        at=LinkRow.unscoped.first().at,  # type: ignore[union-attr]
    )
    assert "Presentkort" not in shown(charlie, "strangers", town.granberg.flow)
    assert "känner till allt" in page(town.sign_in("alice"), "strangers", town.nordlys.flow)


@pytest.mark.parametrize("name", ["reports", "report", "strangers", "grouping"])
def test_these_pages_take_few_queries(town: Town, charlie: Client, name: str):
    args = [town.granberg.flow, *([town.granberg_range.report] if name == "report" else [])]
    shown(charlie, name, *args)
    with CaptureQueriesContext(connection) as queries:
        shown(charlie, name, *args)
    assert len(queries) <= 10, [query["sql"][:120] for query in queries]


def test_statuses_are_offered_by_the_names_the_shop_has_for_them(town: Town, charlie: Client):
    group = page(charlie, "setting", town.granberg.flow, "status_by_fact", slug="granberg")
    field = group.partition('id="field-status_by_fact"')[2].partition('id="field-status_notes"')[0]
    assert re.findall(r"<label for=\"id_status_by_fact_\d\">([^<]*)<", field) == [
        "Mottagen", "Dellevererad", "Levererad", "Fakturerad", "Betald", "Makulerad", "Borttagen",
    ]  # fmt: skip
    assert '<option value="packed"' in field
    assert "Färdigbehandlad" in field
    assert "Utkast" not in field
    assert "delivered (levererad)" not in field


def test_statuses_chosen_by_name_are_kept_and_one_the_shop_lost_stays(town: Town, charlie: Client):
    from brygga.app.store.models import Connection, FlowRevision

    where = reverse("console:setting", args=("granberg", town.granberg.flow, "status_by_fact"))
    group = next(one for one in charlie.get(where).context["groups"] if one["group"].key == "statuses")
    typed = {
        name: field.initial
        if (field := group["form"].fields[name]).initial is not None
        else group["form"].initial[name]
        for name in group["form"].fields
    }
    typed = {name: value for name, value in typed.items() if isinstance(value, str | int | bool)}
    typed |= {
        "status_by_fact-key": ["received", "delivered", "removed"],
        "status_by_fact-value": ["", "packed", "cancelled"],
        "customer_notes": ["delivered"],
    }
    answer = charlie.post(where, typed)
    assert answer.status_code == 302, answer.context and [
        one["form"].errors for one in answer.context["groups"]
    ]
    latest = FlowRevision.unscoped.filter(flow_id=town.granberg.flow).order_by("-number").first()
    assert latest is not None
    assert latest.settings["status_by_fact"] == {"delivered": "packed", "removed": "cancelled"}
    assert latest.settings["customer_notes"] == ["delivered"]
    Connection.unscoped.filter(pk=town.granberg.shop).update(statuses=[["processing", "Behandlas"]])
    shown_again = page(charlie, "setting", town.granberg.flow, "status_by_fact", slug="granberg")
    assert re.search(r'<option value="packed"\s+selected>packed<', shown_again)
    assert "levererad = packed" in shown_again  # in the history, by name
