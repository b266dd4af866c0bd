"""The judge of the demo's other shops must find what is missing, doubled or unequal."""

from typing import Any

from brygga.app.commands.demo_range import RangeVerdict, compare_range


def an_article(**changes: Any) -> dict[str, Any]:
    return {
        "articleNo": "A",
        "forWeb": True,
        "deleted": False,
        "priceExclVat": "79.60",
        "vatPercent": 25,
        "available": {"1": "3", "2": "1.5"},
        **changes,
    }


def judge(
    article: dict[str, Any], *, price: str = "99.5", stock: int | None = 4, times: int = 1
) -> RangeVerdict:
    shown = {"A": {"regular_price": price, "stock_quantity": stock}} if times else {}
    return compare_range([article], shown, {"A": times}, "butik")


def test_an_article_that_is_there_once_with_its_price_and_whole_pieces_is_right():
    verdict = judge(an_article())
    assert verdict.faults == []
    assert verdict.as_data() == {"articles": 1, "in_shop": 1, "prices_equal": True, "stock_equal": True}


def test_nothing_below_zero_is_shown():
    assert judge(an_article(available={"1": "-2"}), stock=0).faults == []


def test_a_price_that_differs_by_one_ore_is_a_fault():
    verdict = judge(an_article(), price="99.51")
    assert verdict.as_data()["prices_equal"] is False
    assert verdict.faults == ["butik: article A: 99.50 in the ERP, 99.51 in the shop"]


def test_a_product_without_a_price_is_a_fault():
    assert judge(an_article(), price="").as_data()["prices_equal"] is False


def test_stock_that_differs_or_is_not_counted_is_a_fault():
    for stock in (5, None):
        verdict = judge(an_article(), stock=stock)
        assert verdict.as_data()["stock_equal"] is False
        assert len(verdict.faults) == 1


def test_an_article_that_is_missing_or_there_twice_is_a_fault():
    for times in (0, 2):
        verdict = judge(an_article(), times=times)
        assert verdict.as_data()["in_shop"] == 0
        assert verdict.faults == [f"butik: article A is in the shop {times} times"]


def test_articles_that_are_not_for_the_web_are_nobodys_fault_but_none_at_all_is():
    verdict = judge(an_article(forWeb=False), times=0)
    assert verdict.articles == 0
    assert verdict.faults == ["butik: the ERP has no articles"]
