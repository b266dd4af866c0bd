"""Named price lists with currency, group, tiers and days, as the article feed carries them."""

import pytest


@pytest.fixture
def listed(shop):
    """An article with nothing left to tell."""
    shop.has_article("A-1", priceExclVat="100")
    shop.drain()
    return shop


def told(shop, number="A-1"):
    """Return the attributes of an article's priceList elements."""
    return [
        price.attrib
        for article in shop.news("articles").iter("article")
        if article.findtext("articleNo") == number
        for price in article.iterfind("priceLists/priceList")
    ]


def test_a_plain_list_is_a_name_and_a_price(listed):
    listed.do("articles", articleNo="A-1", priceLists={"ÅF": "80.50"})

    assert told(listed) == [{"name": "ÅF", "currency": "SEK", "priceExclVat": "80,5"}]
    assert listed.control("GET", "price-lists") == [{"name": "ÅF", "currency": "SEK", "customerGroup": ""}]


def test_several_lists_with_currency_group_tiers_and_days(listed):
    listed.do(
        "articles", articleNo="A-1",
        priceLists={
            "ÅF": {"currency": "EUR", "customerGroup": "20", "priceExclVat": "9", "tiers": {"10": "8", "100": "7.25"}},
            "Rea": {"priceExclVat": "75", "from": "2026-11-27", "to": "2026-11-30"},
        },
    )  # fmt: skip

    reseller = {"name": "ÅF", "currency": "EUR", "customerGroup": "20"}
    assert told(listed) == [
        {**reseller, "priceExclVat": "9"},
        {**reseller, "priceExclVat": "8", "fromQuantity": "10"},
        {**reseller, "priceExclVat": "7,25", "fromQuantity": "100"},
        {"name": "Rea", "currency": "SEK", "priceExclVat": "75", "from": "2026-11-27", "to": "2026-11-30"},
    ]


def test_the_feed_s_own_shape_can_be_typed_in(listed):
    prices = [
        {"name": "Export", "currency": "NOK", "priceExclVat": "110"},
        {"name": "Export", "priceExclVat": "99", "fromQuantity": "5"},
    ]
    listed.do("articles", articleNo="A-1", priceLists=prices)

    assert [(p["currency"], p.get("fromQuantity")) for p in told(listed)] == [("NOK", None), ("NOK", "5")]


def test_a_price_is_set_changed_and_taken_away(listed):
    listed.do("price-lists/define", name="ÅF", currency="SEK", customerGroup="20")
    listed.do("price-lists/price", name="ÅF", articleNo="A-1", priceExclVat="80")
    listed.do("price-lists/price", name="ÅF", articleNo="A-1", priceExclVat="72", fromQuantity="10")
    listed.do("price-lists/price", name="ÅF", articleNo="A-1", priceExclVat="79")
    assert [(p["priceExclVat"], p.get("fromQuantity")) for p in told(listed)] == [("79", None), ("72", "10")]

    listed.do("price-lists/take-away", name="ÅF", articleNo="A-1")
    assert told(listed) == []
    assert "priceLists" in listed.seen_article("A-1")


def test_many_prices_are_set_in_one_call_and_a_list_goes_as_a_whole(listed):
    listed.has_article("B-1")
    prices = [{"articleNo": number, "priceExclVat": "50"} for number in ("A-1", "B-1")]
    assert listed.do("price-lists/price", name="ÅF", currency="EUR", prices=prices) == {"changed": 2}
    assert told(listed, "B-1") == [{"name": "ÅF", "currency": "EUR", "priceExclVat": "50"}]

    assert listed.do("price-lists/take-away", name="ÅF") == {"changed": 2}
    assert listed.control("GET", "price-lists") == []


def test_a_list_that_changes_currency_is_told_with_its_articles(listed):
    listed.has_article("B-1")
    listed.do("articles", articleNo="A-1", priceLists={"ÅF": "80"})
    listed.drain()
    listed.do("price-lists/define", name="ÅF", currency="EUR")

    assert told(listed) == [{"name": "ÅF", "currency": "EUR", "priceExclVat": "80"}]


def test_accounts_without_tiers_and_days_tell_the_price_in_force(listed):
    listed.control("POST", "clock", {"now": "2026-11-28T23:30:00+00:00"})  # the 29th in Sweden
    listed.options(price_list_tiers=False, price_list_dates=False)
    listed.do(
        "articles", articleNo="A-1",
        priceLists={
            "ÅF": {"priceExclVat": "80", "tiers": {"10": "72"}},
            "Rea": [
                {"priceExclVat": "75", "from": "2026-11-29", "to": "2026-11-29"},
                {"priceExclVat": "60", "to": "2026-11-28"},
            ],
        },
    )  # fmt: skip

    assert [(p["name"], p["priceExclVat"], len(p)) for p in told(listed)] == [
        ("ÅF", "80", 3),
        ("Rea", "75", 3),
    ]


def test_what_makes_no_sense_in_a_price_list_is_said(listed):
    assert "currency XYZ" in listed.cannot("price-lists/define", name="ÅF", currency="XYZ")
    assert "name" in listed.cannot("price-lists/define")
    assert "before" in listed.cannot(
        "price-lists/price",
        name="Rea",
        articleNo="A-1",
        priceExclVat="1",
        **{"from": "2026-12-02", "to": "2026-12-01"},
    )
    assert "date" in listed.cannot(
        "price-lists/price", name="Rea", articleNo="A-1", priceExclVat="1", to="soon"
    )
    assert "missing" in listed.cannot(
        "articles", articleNo="A-1", priceLists={"ÅF": {"tiers": {}, "from": ""}, "B": {}}
    )
    assert "no price list" in listed.cannot("price-lists/take-away", name="Nope")
