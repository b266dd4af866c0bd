"""What the pages show, in both languages, and how few queries they take."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.app.console.conftest import Town
from tests.app.console.seed import break_connection, calm_down


def page(
    client: Client, name: str, *args: object, language: str = "sv", slug: str = "nordlys", **query: str
) -> str:
    client.cookies["django_language"] = language
    answer = client.get(reverse(f"console:{name}", args=(slug, *args)), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_overview_says_what_needs_a_person(town: Town, alice: Client):
    shown = page(alice, "overview")
    assert "8 ordrar och 1 produkt är stoppade" in shown
    assert "Specter svarar igen" in shown
    assert "8 orders and 1 product have stopped" in page(alice, "overview", language="en")


def test_the_overview_says_that_all_is_well(town: Town, alice: Client):
    calm_down(town.nordlys)
    assert "Allt är som det ska" in page(alice, "overview")


def test_the_overview_says_that_sent_orders_need_something_done(town: Town, alice: Client):
    from brygga.app.store.models import Work

    Work.unscoped.exclude(state__in=["done", "ignored"]).delete()
    assert "2 skickade ordrar behöver åtgärdas" in page(alice, "overview")
    assert "1 skickad order behöver" in page(town.sign_in("charlie"), "overview", slug="granberg")


def test_the_overview_says_which_connection_has_stopped_and_the_remedy(town: Town, alice: Client):
    break_connection(town.nordlys)
    shown = page(alice, "overview")
    assert "Kopplingen Specter är stoppad" in shown
    assert "Specter godkänner inte nycklarna" in shown


def test_the_drawing_counts_what_waits_was_sent_is_stopped_and_unknown(town: Town, alice: Client):
    shown = page(alice, "overview")
    assert "3 ordrar väntar." in shown
    assert "8 stoppade." in shown
    assert "1 med okänt utfall." in shown
    assert "Svarar" in shown


def test_the_live_part_is_sent_only_when_something_changed(town: Town, alice: Client):
    first = alice.get(reverse("console:overview_live", args=("nordlys",)))
    mark = first.content.decode().split("?seen=")[1].split('"')[0]
    again = alice.get(reverse("console:overview_live", args=("nordlys",)), {"seen": mark})
    assert (again.status_code, again.content) == (204, b"")
    calm_down(town.nordlys)
    assert alice.get(reverse("console:overview_live", args=("nordlys",)), {"seen": mark}).status_code == 200


def test_what_is_stopped_is_grouped_by_cause_oldest_first(town: Town, alice: Client):
    shown = page(alice, "attention")
    words = [
        "saknar artikelnummer",
        "Artikelnummer saknas för avgift (”Fakturaavgift”)",
        "Organisationsnummer saknas",
    ]
    places = [shown.index(text) for text in words]
    assert places == sorted(places)
    assert "4 ordrar" in shown
    assert "Försök igen med alla 4" in shown


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ({"q": "10412"}, ">10412<", ">10413<"),
        ({"q": "88003"}, ">10404<", ">10405<"),  # the ERP's number
        ({"state": "held"}, ">10412<", ">10404<"),
        ({"state": "done"}, ">10404<", ">10412<"),
    ],
)
def test_orders_are_filtered_and_searched(
    town: Town, alice: Client, query: dict[str, str], found: str, not_found: str
):
    table = page(alice, "orders", **query).partition("<table")[2]
    assert found in table
    assert not_found not in table


def test_a_cause_filters_the_list(town: Town, alice: Client):
    shown = page(alice, "orders", state="held")
    token = shown.split("cause=")[1].split('"')[0]
    table = page(alice, "orders", state="held", cause=token).partition("<table")[2]
    assert table.count("<tr") == 5  # head and four


def test_a_long_list_comes_fifty_at_a_time_and_back(town: Town, alice: Client):
    from brygga.app.store.models import Work
    from brygga.app.tenancy.scope import scope

    with scope(town.nordlys.tenant):
        sample = Work.objects.get(pk=town.nordlys.done)
        Work.objects.bulk_create(
            Work(
                flow=sample.flow, revision=sample.revision, kind="order", source=sample.source, target=sample.target, key=f"B{n}",
                source_ref=f"b{n}", sort=f"0 {n:04}", state="ignored", first_seen_at=sample.first_seen_at,
            )
            for n in range(120)
        )  # fmt: skip
    seen: list[str] = []
    where = reverse("console:orders", args=("nordlys",)) + "?state=ignored"
    pages = [where]
    for _ in range(3):
        shown = alice.get(pages[-1]).content.decode()
        table = shown.partition("<tbody")[2]
        seen += [part.split("<")[0] for part in table.split('/">')[1:] if part.split("<")[0]]
        older = shown.partition('rel="next"')[0].rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
        pages.append(older)
    assert len(seen) == len(set(seen)) == 123
    back = alice.get(pages[2]).content.decode()
    assert 'rel="prev"' in back


def test_an_order_shows_both_numbers_the_calculation_and_its_story(town: Town, alice: Client):
    shown = page(alice, "order", town.nordlys.done)
    for text in (
        "Order 10408",
        "88007",
        "Summorna stämmer",
        "647,00",
        "109,40",
        "199,200",
        "Butiken fick veta",
    ):
        assert text in shown
    english = page(alice, "order", town.nordlys.done, language="en")
    assert "The sums agree" in english
    assert "647.00" in english


def test_what_can_be_done_fits_the_reason(town: Town, alice: Client):
    assert 'name="organisation_no"' in page(alice, "order", town.nordlys.company)
    assert "Den finns redan i affärssystemet" in page(alice, "order", town.nordlys.taken)
    fee = page(alice, "order", town.nordlys.held)
    assert "/settings/article_fee/" in fee
    assert 'name="organisation_no"' not in fee
    assert "Vad du kan göra" not in page(alice, "order", town.nordlys.done)


def test_times_are_swedish_with_utc_beside(town: Town, alice: Client):
    shown = page(alice, "order", town.nordlys.done)
    assert ' UTC">' in shown


def test_settings_stand_in_groups_with_help_and_what_was_changed(town: Town, alice: Client):
    shown = page(alice, "flow", town.nordlys.flow)
    assert "Artikelnumret som fraktrader får" in shown
    assert "The article number of shipping rows" in page(alice, "flow", town.nordlys.flow, language="en")
    assert "Bokföringen vill ha öresavrundning på eget konto" in shown
    assert shown.count('class="chip changed">Ändrad') == 5


def test_an_unknown_language_is_swedish_whatever_the_browser_prefers(town: Town, alice: Client):
    answer = alice.get("/t/nordlys/", headers={"Accept-Language": "en-GB"})
    assert "Översikt" in answer.content.decode()


PAGES = [
    ("overview", ()),
    ("overview_live", ()),
    ("attention", ()),
    ("orders", ()),
    ("products", ()),
    ("connections", ()),
    ("connection", ("shop",)),
    ("connection_new", ()),
    ("flow", ("flow",)),
    ("flow_live", ("flow",)),
    ("flow_new", ()),
    ("order", ("held",)),
    ("order", ("done",)),
    ("order", ("untold",)),
    ("product", ("product",)),
]


@pytest.mark.parametrize(("name", "fields"), PAGES)
def test_a_page_takes_ten_queries_at_most_however_much_it_shows(
    town: Town, alice: Client, name: str, fields: tuple[str, ...]
):
    ids = [getattr(town.nordlys, field) for field in fields]
    page(alice, name, *ids)
    with CaptureQueriesContext(connection) as queries:
        page(alice, name, *ids)
    assert len(queries) <= 10, [query["sql"][:120] for query in queries]
