"""A made-up range that looks like a merchant's own, and large amounts in few calls."""

from collections import Counter

import pytest

from brygga_simulators.common.process import start_simulator
from tests.simulators.specter.shop import Shop


@pytest.fixture
def ranged(shop):
    """A shop with a made-up range, sold in the summer when food has 6 percent VAT."""
    shop.control("POST", "clock", {"now": "2026-06-15T12:00:00+00:00"})
    shop.do("seed", articles=400)
    return shop


def check_digit(code):
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code[:-1]))
    return str(-total % 10)


def test_the_range_has_variants_codes_rates_lists_and_stock(ranged):
    articles = ranged.control("GET", "articles")
    by_number = {a["articleNo"]: a for a in articles}
    jersey = by_number["TROJA-BIRKA-RED-L"]

    assert len(by_number) == 400
    assert (jersey["parentNo"], jersey["options"]) == ("TROJA-BIRKA", {"Färg": "Röd", "Storlek": "L"})
    assert jersey["name"] == "Tröja Birka, Röd, L"
    assert "TROJA-BIRKA" not in by_number
    assert all(a["barCode"][-1] == check_digit(a["barCode"]) for a in articles)
    assert len({a["barCode"] for a in articles}) == 400
    assert {a["vatPercent"] for a in articles} == {25, 12, 6}
    assert by_number["KAFFE-BIRKA"]["vatPercent"] == 6
    assert all(set(a["priceLists"]) == {"Återförsäljare", "Export EUR"} for a in articles)
    assert all(set(a["onHand"]) == {"1", "2", "3"} for a in articles)
    assert len(Counter(a["articleGroup"] for a in articles)) > 6
    assert all(float(a["productWeight"]) > 0 and a["articleNo"].isascii() for a in articles)


def test_the_same_seed_gives_the_same_range_and_fills_up_what_lacks(ranged):
    before = ranged.control("GET", "articles")
    ranged.do("articles/change", articleNo="TROJA-BIRKA-RED-L", name="My own")

    assert ranged.do("seed", articles=450) == {"articles": 50}
    assert ranged.seen_article("TROJA-BIRKA-RED-L")["name"] == "My own"
    ranged.control("POST", "reset")
    ranged.control("POST", "clock", {"now": "2026-06-15T12:00:00+00:00"})
    ranged.do("seed", articles=400)
    untimed = [{**a, "createdAt": ""} for a in ranged.control("GET", "articles")]
    assert untimed == [{**a, "createdAt": ""} for a in before]


def test_food_costs_twelve_percent_before_the_law_changes(shop):
    shop.control("POST", "clock", {"now": "2026-03-30T12:00:00+00:00"})
    shop.do("seed", articles=400)

    assert shop.seen_article("KAFFE-BIRKA")["vatPercent"] == 12


def test_feeds_are_read_in_batches_until_they_are_empty(ranged):
    ranged.options(article_limit=150, stock_limit=150)
    for feed in ("articles", "stock"):
        sizes, numbers = [], set()
        while True:
            seen = {a.findtext("articleNo") for a in ranged.news(feed, f"b{len(sizes)}").iter("article")}
            if not seen:
                break
            sizes.append(len(seen))
            numbers |= seen
        assert sizes == [150, 150, 100]
        assert len(numbers) == 400


def test_thousands_of_articles_and_numbers_go_in_one_call_each(shop):
    many = [{"articleNo": f"N-{n}", "name": f"Nr {n}", "stock": "5"} for n in range(3000)]
    shop.control("POST", "articles", {"articles": many})
    shop.drain()

    assert shop.do("stock/adjust", rows={f"N-{n}": 7 for n in range(3000)}) == {"changed": 3000}
    assert set(shop.stock_news().values()) == {"7"}


def test_a_range_can_be_there_from_the_start():
    with start_simulator("brygga_simulators.specter", "--seed-articles", "40") as simulator:
        shop = Shop(simulator.url)
        assert len(shop.control("GET", "articles")) == 40
        shop.http.clear()
