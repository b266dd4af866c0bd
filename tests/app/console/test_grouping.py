"""The page of the grouping: what is understood, what is wrong, what would change; then it is taken, or not."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from brygga.app.services.tables import as_excel, rows_of_file
from tests.app.console.conftest import Town
from tests.app.console.test_pages import page

FILE = [
    ["Artnr", "Produkt", "Färg", "Storlek"],
    ["MUGG-BLA", "MUGGAR", "Blå", ""],
    ["MUGG-GRA", "MUGGAR", "Grå", ""],
    ["MUGG-GRA", "ANNAN", "Grå", ""],
    ["", "MUGGAR", "Gul", ""],
    ["SKAL-S", "SKALAR", "", "Liten"],
    ["SAKNAS-1", "SAKER", "Grön", "L"],
]


@pytest.fixture
def charlie(town: Town) -> Client:
    """The owner of a tenant whose ERP makes the shop's products."""
    from brygga.app.store.models import Flow

    Flow.unscoped.filter(pk=town.granberg.flow).update(preset=2)
    return town.sign_in("charlie")


def here(town: Town, name: str = "grouping", *more: object) -> str:
    return reverse(f"console:{name}", args=("granberg", town.granberg.flow, *more))


def upload(client: Client, where: str, body: bytes, name: str = "grupper.csv") -> str:
    answer = client.post(where, {"file": SimpleUploadedFile(name, body)})
    return " ".join(answer.content.decode().split())


def as_csv(rows: list[list[str]]) -> bytes:
    return "\r\n".join(";".join(row) for row in rows).encode("utf-8-sig")


def plan_of(shown: str) -> str:
    found = re.search(r'name="plan" value="([^"]+)"', shown)
    assert found is not None, shown
    return found[1]


def groups(town: Town) -> dict[str, str]:
    from brygga.app.store.models import GroupRow

    rows = GroupRow.unscoped.filter(flow_id=town.granberg.flow)
    return dict(rows.values_list("article_no", "group_key"))


BEFORE = {"SKAL-S": "SKALAR", "SKAL-M": "SKALAR"}


def test_a_file_is_shown_as_it_is_understood_and_changes_nothing_yet(town: Town, charlie: Client):
    shown = upload(charlie, here(town), as_csv(FILE))
    for text in (
        "Så läses grupper.csv",
        "är artikelnumret",
        "2 rader räknas inte förrän de är rättade",
        "artikel MUGG-GRA står redan på rad 3",
        "Rad 5, Artnr: cellen är tom",
        "affärssystemet har inte berättat om artikel ”SAKNAS-1”",
        "2 artiklar byter produkt eller val",
        "<strong>MUGGAR</strong>",
    ):
        assert text in shown, text
    assert groups(town) == BEFORE


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_was_shown_is_taken_and_a_worker_looks_the_products_through(
    town: Town, charlie: Client, form: str
):
    from brygga.app.store.models import GroupMember, Work
    from brygga.app.worker.range import look_over

    body = as_csv(FILE) if form == "csv" else as_excel(FILE, "x")
    shown = upload(charlie, here(town), body, f"g.{form}")
    answer = charlie.post(here(town), {"plan": plan_of(shown)})
    assert answer["Location"] == here(town)
    assert groups(town) == {
        "MUGG-BLA": "MUGGAR",
        "MUGG-GRA": "MUGGAR",
        "SKAL-S": "SKALAR",
        "SAKNAS-1": "SAKER",
    }
    look_over(town.granberg.flow)
    members = GroupMember.unscoped.filter(flow_id=town.granberg.flow, group_key="MUGGAR")
    assert set(members.values_list("article_no", flat=True)) == {"MUGG-BLA", "MUGG-GRA"}
    goods = Work.unscoped.get(flow_id=town.granberg.flow, kind="goods", source_ref="MUGGAR")
    assert goods.due_at is not None


def test_somebody_else_s_upload_meanwhile_shows_the_plan_anew(town: Town, charlie: Client):
    plan = plan_of(upload(charlie, here(town), as_csv(FILE)))
    other = upload(charlie, here(town), as_csv([["A", "B", "C"], ["MUGG-VIT", "VITT", "x"]]))
    charlie.post(here(town), {"plan": plan_of(other)})
    again = charlie.post(here(town), {"plan": plan})
    assert "Någon har lagt upp en annan gruppering" in again.content.decode()
    assert groups(town) == {"MUGG-VIT": "VITT"}
    charlie.post(here(town), {"plan": plan_of(" ".join(again.content.decode().split()))})
    assert "MUGG-BLA" in groups(town)


def test_a_plan_is_good_for_its_own_flow_only_and_as_it_was_shown(town: Town, charlie: Client):
    from brygga.app.store.models import Flow

    Flow.unscoped.filter(pk=town.nordlys.flow).update(preset=2)
    plan = plan_of(upload(charlie, here(town), as_csv(FILE)))
    alice = town.sign_in("alice")
    answer = alice.post(reverse("console:grouping", args=("nordlys", town.nordlys.flow)), {"plan": plan})
    assert answer.status_code == 422
    assert "Välj filen en gång till" in answer.content.decode()
    assert charlie.post(here(town), {"plan": f"{plan}x"}).status_code == 422
    assert groups(town) == BEFORE


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.csv", b"Artikelnummer;Grupp\n1;2\n", "minst tre kolumner"),
        ("a.csv", "Nr;Grupp;Färg;färg\n1;2;3;4\n".encode(), "Två kolumner heter ”Färg”"),
        ("a.xlsx", b"no spreadsheet", "Filen a.xlsx går inte att läsa"),
        ("a.csv", b"", "minst tre kolumner"),
    ],
)
def test_a_file_that_can_t_be_understood_is_told_of(
    town: Town, charlie: Client, name: str, body: bytes, said: str
):
    answer = charlie.post(here(town), {"file": SimpleUploadedFile(name, body or b"\n")})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert groups(town) == BEFORE


def test_no_file_at_all_asks_for_one(town: Town, charlie: Client):
    answer = charlie.post(here(town), {})
    assert answer.status_code == 422
    assert "Välj en fil" in answer.content.decode()


def test_what_is_wrong_is_told_by_row_column_and_value(town: Town, charlie: Client):
    from datetime import datetime

    import openpyxl

    book = openpyxl.Workbook()
    for row in (
        ["Nr", "Grupp", "Val", None],
        ["MUGG-BLA", "M", "1", "tappad"],
        ["MUGG-GRA", "M", datetime(2026, 1, 2), None],  # noqa: DTZ001 - as Excel has it
        ["MUGG-ROD", "M", "1", None],
        ["N" * 201, "M", "2", None],
    ):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    shown = upload(charlie, here(town), out.getvalue(), "g.xlsx")
    for text in (
        "Kolumn 4 har ingen rubrik",
        "gjort cellen till ett datum (2026-01-02)",
        "MUGG-ROD har samma val som MUGG-BLA i gruppen M",
        "längre än 200 tecken",
    ):
        assert text in shown, text


def test_what_goes_before_the_file_is_said(town: Town, charlie: Client):
    from brygga.app.store.models import FlowRevision

    latest = FlowRevision.unscoped.filter(flow_id=town.granberg.flow).order_by("-number").first()
    assert latest is not None
    rule = {"goods_separator": "-", "goods_number_parts": ["parent", "Färg"]}
    FlowRevision.unscoped.filter(pk=latest.pk).update(settings={**latest.settings, **rule})
    shown = upload(charlie, here(town), as_csv(FILE))
    assert "3 artiklar placeras av affärssystemets egen struktur eller av regeln" in shown
    assert "MUGG-BLA, MUGG-GRA, SKAL-S" in shown


def test_what_is_uploaded_is_listed_searched_and_handed_out(town: Town, charlie: Client):
    where = ("granberg", town.granberg.flow)
    listed = page(charlie, "grouping", where[1], slug="granberg")
    assert "SKAL-M" in listed
    assert "SKAL-M" not in page(charlie, "grouping", where[1], slug="granberg", q="SKAL-S")
    assert "SKAL-M" not in page(charlie, "grouping", where[1], slug="granberg", q="x")
    for form in ("csv", "xlsx"):
        answer = charlie.get(here(town, "grouping_file", form))
        assert f".{form}" in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
        rows = rows_of_file(f"a.{form}", answer.content)
        assert rows == [
            ["Artikelnummer", "Grupp", "Storlek"],
            ["SKAL-M", "SKALAR", "Mellan"],
            ["SKAL-S", "SKALAR", "Liten"],
        ]
    assert charlie.get(here(town, "grouping_file", "exe")).status_code == 404


def test_the_same_file_again_has_nothing_to_take(town: Town, charlie: Client):
    shown = upload(charlie, here(town), charlie.get(here(town, "grouping_file", "csv")).content)
    assert "Inget behöver göras" in shown
    assert 'name="plan"' not in shown


def test_a_viewer_sees_what_is_uploaded_and_uploads_nothing(town: Town, charlie: Client):
    from brygga.app.tenancy.models import Membership

    Membership.objects.filter(user__username="charlie@example.se").update(role="viewer")
    shown = page(charlie, "grouping", town.granberg.flow, slug="granberg")
    assert "SKAL-M" in shown
    assert "Ladda upp en fil" not in shown
    answer = charlie.post(here(town), {"file": SimpleUploadedFile("a.csv", as_csv(FILE))})
    assert answer.status_code == 403


def test_a_flow_that_makes_no_products_says_why_there_is_nothing_to_upload(town: Town):
    shown = page(town.sign_in("alice"), "grouping", town.nordlys.flow)
    assert "skapar inga produkter" in shown
    assert 'type="file"' not in shown


def test_a_stopped_flow_takes_it_and_follows_when_it_is_started(town: Town, charlie: Client):
    from brygga.app.store.models import Flow, GroupMember

    Flow.unscoped.filter(pk=town.granberg.flow).update(state="stopped")
    shown = upload(charlie, here(town), as_csv(FILE))
    assert "Flödet är stoppat" in shown
    charlie.post(here(town), {"plan": plan_of(shown)})
    assert "MUGG-BLA" in groups(town)
    members = GroupMember.unscoped.filter(flow_id=town.granberg.flow, group_key="MUGGAR")
    assert not members.exists()  # it is grouped at the start, when it can be acted on
