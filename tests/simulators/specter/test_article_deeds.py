"""Articles change by hand: data, structure, number, ended, deleted; and the article feed tells."""

import pytest

from tests.simulators.specter.shop import a_row


@pytest.fixture
def article(shop):
    """An article with nothing left to tell."""
    shop.has_article("A-1", "10", priceExclVat="100", barCode="7350000000000")
    shop.drain()
    return shop


def told(shop):
    """Return the article elements of the feed, by number."""
    return {a.findtext("articleNo"): a for a in shop.news("articles").iter("article")}


def test_an_article_is_changed_field_by_field(article):
    article.do(
        "articles/change", articleNo="A-1", name="Tröja", priceExclVat="79,20", vatPercent="12", barCode="7350000000017",
        productWeight="0,5", articleGroup="Dam", parentNo="TROJA", options="Storlek=L; Färg=Röd", forWeb="0",
        webShortDescription="Mjuk <b>ull</b>.",
    )  # fmt: skip
    (seen,) = told(article).values()

    assert (seen.findtext("name"), seen.get("priceExclVat"), seen.get("barCode")) == (
        "Tröja",
        "79,2",
        "7350000000017",
    )
    assert (seen.findtext("vatPercent"), seen.get("productWeight")) == ("12", "0,5")
    assert (seen.findtext("articleGroup"), seen.findtext("showOnWeb")) == ("Dam", "0")
    assert seen.findtext("webShortDescription") == "Mjuk <b>ull</b>."
    assert seen.find("variant").get("parentNo") == "TROJA"
    assert {o.get("name"): o.text for o in seen.iter("option")} == {"Storlek": "L", "Färg": "Röd"}
    assert article.stock_news() == {}

    article.do("articles/change", articleNo="A-1", parentNo="OVERDEL")
    assert told(article)["A-1"].find("variant").get("parentNo") == "OVERDEL"


def test_a_renamed_article_stays_the_same_article(article, buyer):
    old_id = article.seen_article("A-1")["articleId"]
    number = article.order(buyer, [a_row(quantity="3")]).second
    article.do("till/park", rows={"A-1": 2})
    article.do("articles", articleNo="SET", parts={"A-1": 1})
    article.do("articles", articleNo="CHILD", parentNo="A-1")
    article.drain()

    article.do("articles/rename", articleNo="A-1", newArticleNo="B-1")

    seen = told(article)
    assert set(seen) == {"B-1", "SET", "CHILD"}
    assert seen["SET"].find("setArticles/part").get("articleNo") == "B-1"
    assert seen["CHILD"].find("variant").get("parentNo") == "B-1"
    assert article.seen_article("B-1")["articleId"] == old_id
    assert article.control("GET", "articles?articleNo=A-1") == []
    assert article.stock_news() == {"B-1": "5"}
    article.do(f"orders/{number}/deliver")
    article.do("till/close")
    held = article.seen_article("B-1")
    assert (held["onHand"], held["reserved"], held["available"]) == ({"1": "7"}, {"1": "0"}, {"1": "7"})


def test_by_option_the_old_number_appears_as_deleted(article):
    article.options(renamed_as_deleted=True)
    article.do("articles/rename", articleNo="A-1", newArticleNo="B-1")

    assert {number: a.get("deleted") for number, a in told(article).items()} == {"A-1": "1", "B-1": None}
    article.do("articles", articleNo="A-1", name="Something else")
    assert {number: a.get("deleted") for number, a in told(article).items()} == {"A-1": None}


def test_an_article_is_ended_and_taken_in_again(article):
    article.do("articles/end", articleNo="A-1")
    assert told(article)["A-1"].get("ended") == "1"
    article.do("articles/take-in-again", articleNo="A-1")
    assert told(article)["A-1"].get("ended") is None
    article.options(ended_mark=False)
    article.do("articles/end", articleNo="A-1")
    assert told(article)["A-1"].get("ended") is None


def test_an_article_is_deleted_with_a_mark_or_in_silence(article):
    article.do("articles/delete", articleNo="A-1")
    assert told(article)["A-1"].get("deleted") == "1"
    article.do("articles/undelete", articleNo="A-1")
    assert told(article)["A-1"].get("deleted") is None
    article.options(deleted_mark=False)
    article.do("articles/delete", articleNo="A-1")
    assert told(article) == {}


def test_a_merchant_can_ask_for_everything_again(article):
    article.has_article("B-1")
    article.drain()
    assert article.do("flag-all", feed="articles") == {"flagged": 2}
    assert set(told(article)) == {"A-1", "B-1"}
    assert article.stock_news() == {}
    article.do("flag-all", feed="stock")
    assert set(article.stock_news()) == {"A-1", "B-1"}


def test_a_long_list_is_read_in_parts(article):
    article.control("POST", "articles", {"articles": [{"articleNo": f"N-{n}"} for n in range(5)]})

    first = article.control("GET", "articles?limit=4")
    rest = article.control("GET", f"articles?limit=4&after={first[-1]['articleId']}")
    assert [a["articleNo"] for a in first + rest] == ["A-1", *(f"N-{n}" for n in range(5))]


def test_what_makes_no_sense_is_said_and_changes_nothing(article):
    article.has_article("B-1")

    assert "exists" in article.cannot("articles/rename", articleNo="A-1", newArticleNo="B-1")
    assert "missing" in article.cannot("articles/rename", articleNo="A-1")
    assert "unknown" in article.cannot("articles/end", articleNo="X")
    assert "no number" in article.cannot("articles/change", articleNo="A-1", name="New", priceExclVat="cheap")
    assert "options" in article.cannot("articles/change", articleNo="A-1", options="L")
    assert "site" in article.cannot("articles/change", articleNo="A-1", stock="1", site="9")
    assert article.seen_article("A-1")["name"] == "A-1"
