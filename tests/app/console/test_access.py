"""Who gets in where: strangers, other tenants, viewers, and what every answer carries."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from brygga.app.console import urls
from tests.app.console.conftest import Town
from tests.app.console.seed import Seeded

PATTERNS = [one for one in urls._tenant if isinstance(one, URLPattern)]
NAMES = [str(one.name) for one in PATTERNS]
BUTTONS = [
    *("retry_cause", "decide", "decide_all", "done", "recheck", "pause", "start", "stop", "compare"),
    *("retry", "ignore", "edit", "link", "renumber", "release"),
]
FORMS = [
    "connection_new",
    "connection_new_of",
    "connection",
    "flow_new_of",
    "flow_preset",
    "grouping",
    "setting",
]
OWNERS = ["raw"]
WITH_IDS = [name for name, one in zip(NAMES, PATTERNS, strict=True) if "pk" in one.pattern.converters]


OF_FLOW = {
    *("flow", "flow_live", "flow_preset", "setting", "start", "stop", "reports", "compare", "report"),
    *("report_file", "strangers", "grouping", "grouping_file"),
}
OF_KIND = ("item", "goods", "status", "customer")


def address(name: str, slug: str, of: Seeded) -> str:
    """Return the address of a page about something of a tenant, under a tenant's name."""
    pattern = PATTERNS[NAMES.index(name)]
    pk: int = of.product if name == "product" else of.held
    if name == "decide":
        pk = question_of(of)
    if name in OF_KIND:
        pk = work_of(of, name)
    if name in {"connection", "recheck", "pause"}:
        pk = of.shop
    if name in OF_FLOW:
        pk = of.flow
    values: dict[str, Any] = {"slug": slug, "pk": pk, "kind": "order", "line": raw_line(of)}
    values["preset"] = 2
    values["report"] = report_of(of)
    values["form"] = "csv"
    values["key"] = "prefix" if name == "setting" else "woocommerce"
    return reverse(f"console:{name}", kwargs={k: values[k] for k in [*pattern.pattern.converters, "slug"]})


def work_of(of: Seeded, kind: str) -> int:
    from brygga.app.store.models import Work

    found = Work.unscoped.filter(tenant_id=of.tenant, kind=kind).order_by("pk").first()
    assert found is not None
    return int(found.pk)


def report_of(of: Seeded) -> int:
    from brygga.app.store.models import ReconcileReport

    found = ReconcileReport.unscoped.filter(tenant_id=of.tenant).order_by("pk").first()
    assert found is not None
    return int(found.pk)


def question_of(of: Seeded) -> int:
    from brygga.app.store.models import Task

    found = Task.unscoped.filter(tenant_id=of.tenant).order_by("pk").first()
    assert found is not None
    return int(found.pk)


def raw_line(of: Seeded) -> int:
    from brygga.app.store.models import JournalEntry

    line = JournalEntry.unscoped.filter(tenant_id=of.tenant, work_id=of.held, raw_id__isnull=False).first()
    assert line is not None
    return int(line.pk)


def test_this_file_knows_every_page():
    assert len(set(NAMES)) == len(NAMES)
    assert set(BUTTONS) | set(FORMS) | set(OWNERS) < set(NAMES)


def test_a_stranger_is_sent_to_sign_in(town: Town):
    for name in NAMES:
        where = address(name, "nordlys", town.nordlys)
        answer = Client().post(where) if name in BUTTONS else Client().get(where)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/accounts/login/?next="), name


def test_a_stranger_s_live_part_reloads_the_page_instead_of_showing_a_form(town: Town):
    answer = Client().get(reverse("console:overview_live", args=("nordlys",)), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_a_member_of_another_tenant_meets_404_everywhere(town: Town):
    charlie = town.sign_in("charlie")
    for name in NAMES:
        where = address(name, "nordlys", town.nordlys)
        answer = charlie.post(where) if name in BUTTONS else charlie.get(where)
        assert answer.status_code == 404, name
        assert "Nordlys" not in answer.content.decode(), name


@pytest.mark.parametrize("name", WITH_IDS)
def test_another_tenant_s_ids_are_not_found_under_one_s_own_name(town: Town, name: str):
    charlie = town.sign_in("charlie")
    where = address(name, "granberg", town.nordlys)
    answer = charlie.post(where, {"why": "x", "number": "1", "organisation_no": "5560160680"})
    if name not in BUTTONS and name not in FORMS:
        answer = charlie.get(where)
    assert answer.status_code == 404


def test_nothing_of_another_tenant_is_listed(town: Town):
    charlie = town.sign_in("charlie")
    lists = ("orders", "products", "items", "goods_list", "statuses", "customers")
    for name in ("overview", "attention", "connections", *lists):
        shown = charlie.get(reverse(f"console:{name}", args=("granberg",))).content.decode()
        assert "nordlys.example" not in shown, name
        assert f"/orders/{town.nordlys.held}/" not in shown, name
        assert f"/items/{town.nordlys_shelf.item}/" not in shown, name


def test_a_cause_of_another_tenant_can_t_be_retried(town: Town):
    from brygga.app.console.queries.causes import causes
    from brygga.app.store.models import Work
    from brygga.app.tenancy.scope import scope

    with scope(town.nordlys.tenant):
        token = next(cause.token for cause in causes() if cause.code == "order.no_article")
    town.sign_in("charlie").post(
        reverse("console:retry_cause", args=("granberg",)), {"cause": token, "kind": "order", "state": "held"}
    )
    assert Work.unscoped.get(pk=town.nordlys.held).state == "held"


def test_a_viewer_sees_pages_but_no_buttons_and_can_press_none(town: Town):
    vera = town.sign_in("vera")
    for name in NAMES:
        where = address(name, "nordlys", town.nordlys)
        if name in BUTTONS or name in FORMS:
            assert vera.post(where).status_code == 403, name
        if name not in BUTTONS and name not in OWNERS:
            answer = vera.get(where)
            assert answer.status_code in {200, 204}, name
            forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', answer.content.decode())
            allowed = {"/language/", "/accounts/logout/"}
            assert {form for form in forms if "/settings/" not in form} <= allowed, name


def test_raw_messages_are_for_owners(town: Town):
    where = address("raw", "nordlys", town.nordlys)
    assert town.sign_in("mia").get(where).status_code == 403
    answer = town.sign_in("alice").get(where)
    assert answer.status_code == 200
    assert "wp-json/wc/v3/orders/8401" in answer.content.decode()


def test_a_button_does_nothing_by_get(town: Town):
    for name in BUTTONS:
        assert town.sign_in("alice").get(address(name, "nordlys", town.nordlys)).status_code == 405


def test_a_post_without_a_csrf_token_is_refused(town: Town):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = town.sign_in("alice").cookies
    answer = strict.post(address("retry", "nordlys", town.nordlys))
    assert answer.status_code == 403
    assert "för gammal" in answer.content.decode()


def test_pages_are_not_kept_by_caches_and_carry_a_strict_policy(town: Town, alice: Client):
    answer = alice.get(reverse("console:overview", args=("nordlys",)))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in BUTTONS])
def test_no_page_has_inline_script_or_style_or_anything_from_outside(town: Town, alice: Client, name: str):
    shown = alice.get(address(name, "nordlys", town.nordlys)).content.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", shown)
    # A link that a person follows loads nothing.
    shown = re.sub(r'<a\s+href="[^"]*"\s+rel="noreferrer"', "<a", shown)
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", shown)


def test_a_member_of_one_tenant_goes_straight_there_and_of_several_chooses(town: Town, alice: Client):
    assert alice.get("/")["Location"] == "/t/nordlys/"
    shown = town.sign_in("bob").get("/").content.decode()
    assert "Välj företag" in shown
    assert "Granbergs Cykel" in shown
    assert "Nordlys Keramik AB" in shown


def test_sign_in_by_e_mail_and_sign_out(town: Town):
    from tests.app.console.seed import PASSWORD

    client = Client()
    wrong = client.post("/accounts/login/", {"login": "alice@example.se", "password": "fel"})
    assert wrong.status_code == 200
    right = client.post("/accounts/login/", {"login": "alice@example.se", "password": PASSWORD})
    assert right["Location"] == "/"
    client.post("/accounts/logout/")
    assert client.get("/t/nordlys/").status_code == 302


def test_nobody_signs_up(town: Town):
    Client().post(
        "/accounts/signup/", {"email": "eve@example.se", "password1": "x" * 12, "password2": "x" * 12}
    )
    from django.contrib.auth import get_user_model

    assert not get_user_model().objects.filter(email="eve@example.se").exists()
