"""What newArticleSubmit creates, updates and leaves alone."""


def an_article(number="A-1", **changes):
    return {
        "articleNo": number,
        "name": f"Namn {number}",
        "priceExclVAT": "100.00",
        "vatPercent": "25",
        **changes,
    }


def test_many_articles_are_created_in_one_call(shop):
    answer = shop.articles(an_article("A-1"), an_article("A-2"))

    assert answer.ok
    assert [a["articleNo"] for a in shop.control("GET", "articles")] == ["A-1", "A-2"]


def test_opening_stock_counts_only_at_creation(shop):
    shop.articles(an_article(createArticleStock="1", noItemsInStock="5"))
    shop.articles(an_article(createArticleStock="1", noItemsInStock="50"), forceArticleUpdate="1")

    assert shop.seen_article("A-1")["onHand"] == {"1": "5"}


def test_an_existing_article_is_left_untouched_without_force(shop):
    shop.articles(an_article())
    assert shop.articles(an_article(priceExclVAT="1")).ok
    assert shop.seen_article("A-1")["priceExclVat"] == "100.00"

    shop.articles(an_article(priceExclVAT="1"), forceArticleUpdate="1")
    assert shop.seen_article("A-1")["priceExclVat"] == "1"


def test_an_account_may_refuse_existing_articles(shop):
    shop.options(existing_article_error=True)
    shop.articles(an_article())

    assert "exists" in shop.articles(an_article()).text


def test_all_or_nothing(shop):
    answer = shop.articles(an_article("A-1"), an_article("A-2", vatPercent="25.5"), an_article("A-3"))

    assert answer.text.startswith("0;7;")
    assert shop.control("GET", "articles") == []


def test_an_account_may_keep_the_good_ones(shop):
    shop.options(partial_articles=True)
    answer = shop.articles(an_article("A-1"), an_article("A-2", vatPercent="25.5"), an_article("A-3"))

    assert answer.text.startswith("0;7;")
    assert [a["articleNo"] for a in shop.control("GET", "articles")] == ["A-1", "A-3"]


def test_the_supplier_is_taken_when_asked_for(shop):
    shop.articles(an_article("A-1", supplierName="Grossist"), addSupplier="1")
    shop.articles(an_article("A-2", supplierName="Grossist"))

    assert shop.seen_article("A-1")["supplierName"] == "Grossist"
    assert shop.seen_article("A-2")["supplierName"] == ""


def test_an_account_may_not_echo_what_the_api_wrote(shop):
    def told():
        return shop.get("getArticleInfoExternalNeedUpdate", "b1").xml.find("articles/article") is not None

    shop.options(echo_articles=False)
    shop.articles(an_article())
    assert not told()
    shop.has_article("A-1", "5")
    assert told()
