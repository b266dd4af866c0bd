"""Every deed has a button on the hand page, in both languages, and the buttons do what they say."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from brygga_simulators.specter.deed_texts import BUTTONS, FIELDS
from brygga_simulators.specter.deeds import DEEDS
from tests.simulators.specter.shop import a_row

BASE = "/accounts/9999"


def page(shop, path, language="sv"):
    sign = "&" if "?" in path else "?"
    response = shop.http.request("GET", f"{shop.url}{BASE}/{path}{sign}lang={language}")
    assert response.status == 200
    return response.data.decode()


def press(shop, deed, **fields):
    answer = shop.http.request(
        "POST", f"{shop.url}{BASE}/do/{deed}", fields=fields, encode_multipart=False, redirect=False
    )
    assert answer.status == 303, answer.data
    return answer.headers["Location"]


@pytest.fixture
def staffed(shop, buyer):
    """A shop with everything that a button could be about."""
    shop.has_article("A-1", "10", priceExclVat="100")
    shop.has_article("Å/2 b", "10", ended=True, deleted=True)
    number = shop.order(buyer, [a_row(quantity="3"), a_row("Å/2 b")]).second
    shop.do(f"orders/{number}/deliver", rows={"1": 1})
    shop.do("till/park", articleNo="A-1")
    shop.do("triggers/add", kind="stock", url="http://127.0.0.1:1/x")
    shop.number = number
    return shop


def test_every_deed_has_a_button_with_words_in_both_languages(staffed):
    paths = [f"orders/{staffed.number}", "article?no=A-1", f"article?no={quote('Å/2 b')}", "till", "stock",
             "price-lists", "settings"]  # fmt: skip
    up = [page(staffed, path) for path in paths]
    english = [page(staffed, path, "en") for path in paths]
    staffed.do("outage/down")
    html = "".join([*up, page(staffed, "settings")])

    targets = set(re.findall(r'action="/accounts/9999/do/([^"]+)"', html))
    assert targets == {path.replace("{no}", str(staffed.number)) for path in DEEDS}
    assert set(BUTTONS) == set(DEEDS)
    assert {name for deed in DEEDS.values() for name in deed.fields} == set(FIELDS)
    assert all(">Mark as paid<" not in text for text in up)
    assert ">Mark as paid<" in english[0]
    assert ">Markera betald<" in up[0]


def test_the_reference_page_knows_every_deed_and_what_it_asks_for():
    text = (Path(__file__).parents[3] / "docs/reference/simulated-specter.md").read_text("utf-8")

    assert [path for path in DEEDS if f"| `{path}` |" not in text] == []
    assert [name for name in FIELDS if not re.search(rf'["`]{name}["`]', text)] == []


def test_the_cashier_s_buttons(staffed):
    press(staffed, "till/sell", site="1", rows="A-1 2", paidBy="Kort")
    press(staffed, "till/take-up", parkedNo="1")
    assert press(staffed, "till/close") == f"{BASE}/till"

    books = staffed.control("GET", "till")
    assert [r["total"] for r in books["receipts"]] == ["250.00", "125.00"]
    assert "2 × A-1" in page(staffed, "till")


def test_the_warehouse_s_buttons(staffed):
    order = f"orders/{staffed.number}"
    assert press(staffed, f"{order}/deliver", row_1="2", row_2="", trackingNo="P1, P2") == f"{BASE}/{order}"
    press(staffed, f"{order}/parcels", trackingNo="P3", void="P2")
    press(staffed, f"{order}/pay")
    seen = staffed.seen_order(staffed.number)

    assert [row["delivered"] for row in seen["rows"]] == ["3", "0"]
    assert [d["trackingNo"] for d in seen["deliveries"]] == ["P3", "P1"]
    assert "betald" in page(staffed, order)
    staffed.options(removed_in_feed=False)
    assert press(staffed, f"{order}/remove") == f"{BASE}/orders"


def test_an_article_s_buttons(staffed):
    press(staffed, "articles/change", articleNo="A-1", name="", priceExclVat="", barCode="73", forWeb="0")
    seen = staffed.seen_article("A-1")
    assert (seen["name"], seen["priceExclVat"], seen["barCode"], seen["forWeb"]) == ("", "100", "73", False)

    assert (
        press(staffed, "articles/rename", articleNo="A-1", newArticleNo="B 1") == f"{BASE}/article?no=B%201"
    )
    press(staffed, "price-lists/price", name="ÅF", articleNo="B 1", priceExclVat="80", fromQuantity="10")
    assert "ÅF" in page(staffed, "article?no=B%201")


def test_stock_triggers_and_range_have_buttons(staffed):
    press(staffed, "stock/receive", site="2", rows="A-1 4")
    press(staffed, "triggers/switch", kind="stock", on="0")
    press(staffed, "seed", articles="3")
    press(staffed, "flag-all", feed="orders")
    press(staffed, "outage/down", how="maintenance")

    assert staffed.seen_article("A-1")["onHand"]["2"] == "4"
    assert [t["on"] for t in staffed.control("GET", "triggers")["triggers"]] == [False]
    assert len(staffed.control("GET", "articles")) == 5
    assert "Underhållssida" in page(staffed, "settings")


def test_what_cannot_be_done_is_said_and_another_site_cannot_press(staffed):
    answer = staffed.http.request(
        "POST", f"{staffed.url}{BASE}/do/till/sell", fields={"rows": "<b>"}, encode_multipart=False
    )
    assert answer.status == 400
    assert b"&lt;b&gt;" in answer.data
    answer = staffed.http.request(
        "POST", f"{staffed.url}{BASE}/do/till/close", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status == 403
    assert staffed.http.request("POST", f"{staffed.url}/accounts/1/do/till/close").status == 404
