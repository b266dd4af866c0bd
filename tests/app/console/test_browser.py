"""A person at work in a real browser: sign in, see a stopped order, open it, retry it, switch language.

Skipped, aloud, where no Chromium is installed: set BRYGGA_CHROMIUM to its path.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.app import fakes
from tests.app.console.conftest import Town
from tests.app.console.seed import PASSWORD
from tests.app.console.serve import serving
from tests.app.databases import fresh_database

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: the console was not driven with a browser"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # the driver's own pipes
]


@pytest.fixture(scope="module")
def database(django_db_blocker: Any) -> Iterator[str]:
    """SQLite alone: the pages' queries are tried on both elsewhere."""
    with django_db_blocker.unblock(), fresh_database("sqlite"):
        fakes.install()
        yield "sqlite"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the driver's loop runs in this thread
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(town: Town) -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(params=["script", "no script"])
def page(request: pytest.FixtureRequest, chromium: Any, site: str) -> Iterator[Any]:
    context = chromium.new_context(base_url=site, java_script_enabled=request.param == "script")
    shown = context.new_page()
    complaints: list[str] = []
    shown.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    yield shown
    context.close()
    assert not complaints


def sign_in(page: Any) -> None:
    page.goto("/")
    page.get_by_label("E-post").fill("alice@example.se")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.get_by_text("8 ordrar och 1 produkt är stoppade").wait_for()


def test_a_stopped_order_is_found_and_tried_again(town: Town, page: Any):
    sign_in(page)
    page.get_by_role("link", name="Se vad du kan göra").click()
    page.get_by_role("heading", name="Artikelnummer saknas för avgift").get_by_role("link").click()
    page.get_by_role("link", name="10412", exact=True).click()
    page.get_by_label("Anteckning till journalen (kan lämnas tomt)").first.fill("artikeln är upplagd")
    page.get_by_role("button", name="Försök igen").click()
    page.get_by_text("Ett nytt försök görs alldeles strax").wait_for()
    page.get_by_text("artikeln är upplagd").first.wait_for()
    assert page.locator("h1 + .state, .card-head .state").first.inner_text() == "Väntar"


def test_all_of_one_cause_are_tried_again_with_one_press(town: Town, page: Any):
    sign_in(page)
    page.get_by_role("link", name="Att åtgärda").click()
    page.get_by_text("Försök igen med alla 4").click()
    page.get_by_text("Nytt försök görs med 4").wait_for()
    assert page.get_by_text("Artikelnummer saknas för avgift").count() == 0


def test_the_language_is_switched_and_stays(town: Town, page: Any):
    sign_in(page)
    page.get_by_role("button", name="English").click()
    page.get_by_text("8 orders and 1 product have stopped").wait_for()
    page.get_by_role("link", name="Orders", exact=True).click()
    page.get_by_role("heading", name="Orders", exact=True).wait_for()
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_keyboard_reaches_the_content_first(town: Town, page: Any):
    sign_in(page)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Till innehållet"


def test_nothing_is_wider_than_a_small_phone(town: Town, page: Any):
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page)
    seeded = town.nordlys
    for path in (
        "", "attention/", "orders/", f"orders/{seeded.done}/", f"orders/{seeded.taken}/", "products/",
        "connections/", f"connections/{seeded.erp}/", "connections/new/specter/", f"flows/{seeded.flow}/",
        f"flows/{seeded.flow}/settings/statuses/", f"flows/{seeded.flow}/settings/masters/",
        f"flows/{seeded.flow}/preset/3/", "flows/new/", "flows/new/2/", "items/",
        f"items/{town.nordlys_shelf.item}/", f"statuses/{town.nordlys_shelf.status}/",
        f"goods/{town.nordlys_shelf.goods}/", f"flows/{seeded.flow}/reports/",
        f"flows/{seeded.flow}/reports/{town.nordlys_range.report}/", f"flows/{seeded.flow}/strangers/",
        f"flows/{seeded.flow}/settings/status_by_fact/", "tasks/?code=item.price_guarded",
    ):  # fmt: skip
        page.goto(f"/t/nordlys/{path}")
        assert page.locator("main").bounding_box()["width"] <= 360, path
        assert page.locator("body").bounding_box()["width"] <= 360, path


@pytest.mark.parametrize("page", ["script"], indirect=True)
def test_the_overview_moves_by_itself(town: Town, page: Any):
    from tests.app.console.seed import calm_down

    sign_in(page)
    calm_down(town.nordlys)
    page.get_by_text("Allt är som det ska").wait_for(timeout=15_000)
    assert page.get_by_text("är stoppade").count() == 0


@pytest.mark.parametrize("page", ["script"], indirect=True)
def test_an_owner_unfolds_a_raw_message_in_place(town: Town, page: Any):
    sign_in(page)
    page.goto(f"/t/nordlys/orders/{town.nordlys.done}/")
    page.get_by_text("new order: svar 200").click()
    page.get_by_text("row_1_article = MUGG-BLA").wait_for()


def test_a_grouping_is_uploaded_looked_at_and_taken(town: Town, page: Any):
    from brygga.app.store.models import Flow, GroupRow

    Flow.unscoped.filter(pk=town.nordlys.flow).update(preset=2)
    sign_in(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/t/nordlys/flows/{town.nordlys.flow}/")
    page.get_by_role("link", name="Gruppering av artiklar").click()
    text = "Artikelnummer;Grupp;Färg\nMUGG-BLA;MUGGAR;Blå\n;MUGGAR;Grå\n"
    file = {"name": "grupper.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("Fil, Excel (.xlsx) eller CSV").set_input_files(file)
    page.get_by_role("button", name="Visa vad som ändras").click()
    page.get_by_text("Rad 3, Artikelnummer: cellen är tom").wait_for()
    assert page.locator("body").bounding_box()["width"] <= 360
    page.get_by_role("button", name="Använd grupperingen").click()
    page.get_by_text("Grupperingen används nu: 1 artikel.").wait_for()
    kept = GroupRow.unscoped.filter(flow_id=town.nordlys.flow)
    assert list(kept.values_list("article_no", "group_key")) == [("MUGG-BLA", "MUGGAR")]
