"""Which articles are one product, how it is named, and which of them can't be told apart."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brygga.domain.order import OptionValue
from brygga.domain.supply import ArticleInfo
from brygga.flows.goods.grouping import FileRow, Place, Rules, in_order, place
from brygga.flows.goods.ports import Group
from brygga.flows.goods.settings import GoodsSettings
from brygga.flows.goods.wish import wish_of
from brygga.flows.settings import FlowSettings

RULE = Rules("-", ("parent", "Storlek", "Färg"))


def pairs(*told: tuple[str, str]) -> tuple[OptionValue, ...]:
    return tuple(OptionValue(name, value) for name, value in told)


def article(number: str, name: str = "", **more: object) -> ArticleInfo:
    return ArticleInfo(number, name, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "rules", "expected"),
    [
        ("TROJA-L-ROD", RULE, Place("TROJA", pairs(("Storlek", "L"), ("Färg", "ROD")))),
        ("TROJA-L", RULE, Place("TROJA-L")),  # a part is missing
        ("TROJA--ROD", RULE, Place("TROJA--ROD")),  # a part is empty
        ("TROJA-L-ROD-2", RULE, Place("TROJA-L-ROD-2")),  # a part too many
        ("TROJA-L-ROD", Rules(), Place("TROJA-L-ROD")),
        ("L.12.A", Rules(".", ("Storlek", "parent", "parent")), Place("12.A", pairs(("Storlek", "L")))),
        ("A-B", Rules("-", ("Storlek", "Färg")), Place("A-B")),  # no part is the product
        ("A-B", Rules("-", ("parent", "parent")), Place("A-B")),  # no part is a choice
        (
            "TROJA-L-ROD",
            Rules.of(GoodsSettings(goods_separator="-", goods_option_words={"rod": "Röd", "Storlek:L": "Stor"})),
            Place("TROJA", pairs(("Storlek", "Stor"), ("Färg", "Röd"))),
        ),
    ],
)  # fmt: skip
def test_a_rule_on_the_number(number: str, rules: Rules, expected: Place) -> None:
    assert place(article(number), rules) == expected


def test_the_erp_s_structure_goes_before_the_rule_and_that_before_the_file() -> None:
    row = FileRow("TROJA-L-ROD", "FIL", pairs(("Storlek", "XL")))
    structured = article("TROJA-L-ROD", parent_no="P", options=pairs(("Size", "M")))
    assert place(structured, RULE, row) == Place("P", pairs(("Size", "M")))
    assert place(article("TROJA-L-ROD"), RULE, row).key == "TROJA"
    assert place(article("TROJA-L-ROD"), Rules(), row) == Place("FIL", pairs(("Storlek", "XL")))
    assert place(article("X", parent_no="X"), Rules()) == Place("X")  # nobody's own parent


NUMBERS = st.lists(
    st.from_regex(r"[AB]{1,2}(-[SML]){0,1}(-[RG]){0,1}", fullmatch=True), unique=True, max_size=12
)


@given(NUMBERS, st.randoms(use_true_random=False))
def test_grouping_does_not_depend_on_the_order_in_which_articles_are_told_of(
    numbers: list[str], random: object
) -> None:
    shuffled = sorted(numbers, key=lambda _: random.random())  # type: ignore[attr-defined]
    settings = FlowSettings(goods_separator="-")

    def groups(told: list[str]) -> dict[str, object]:
        rules = Rules.of(settings)
        found: dict[str, list[ArticleInfo]] = {}
        for number in told:
            one = article(number, f"Vara {number}", vat_percent=Decimal(25))
            found.setdefault(place(one, rules).key, []).append(one)
        return {key: wish_of(Group(key, tuple(members)), settings) for key, members in found.items()}

    assert groups(shuffled) == groups(numbers)


@given(NUMBERS)
def test_every_article_is_in_exactly_one_group(numbers: list[str]) -> None:
    assert all(place(article(number), RULE).key in number for number in numbers)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Tröja Röd S", "Tröja Röd M"], "Tröja Röd"),
        (["Tröja, S", "Tröja, M", "Tröja, Medium"], "Tröja"),
        (["Keps", "Keps"], "Keps"),
        (["Tröjan", "Tröjor"], "Tröjan"),  # no whole word in common
        (["Tröja", "Tröja S"], "Tröja"),
        (["", ""], "G"),
    ],
)
def test_a_product_is_named_by_what_its_articles_have_in_common(names: list[str], expected: str) -> None:
    articles = [
        article(f"A{n}", name, options=pairs(("Storlek", str(n))), parent_no="G")
        for n, name in enumerate(names)
    ]
    assert wish_of(Group("G", tuple(articles)), FlowSettings()).name == expected


def test_two_that_can_t_be_told_apart_are_both_left_out_ended_ones_are_in_nobody_s_way() -> None:
    def one(number: str, size: str, **more: object) -> ArticleInfo:
        return article(number, parent_no="G", options=pairs(("Storlek", size)), **more)

    group = Group("G", (one("A", "S"), one("B", "s"), one("C", "M"), one("D", "M", ended=True)))
    wish = wish_of(group, FlowSettings())
    assert {number: fault.code for number, fault in wish.faults.items()} == {
        "A": "goods.same_options",
        "B": "goods.same_options",
    }
    assert [item.article_no for item in wish.live] == ["A", "B", "C"]


def test_an_article_without_a_choice_that_the_others_have_is_left_out() -> None:
    group = Group(
        "G",
        (
            article("A", parent_no="G", options=pairs(("Storlek", "S"), ("Färg", "Röd"))),
            article("B", parent_no="G", options=pairs(("storlek", "M"))),
        ),
    )
    faults = wish_of(group, FlowSettings()).faults
    assert {number: (fault.code, fault.facts["option"]) for number, fault in faults.items()} == {
        "B": ("goods.no_option", "Färg")
    }


def test_values_stand_in_the_table_s_order_then_by_number_and_letter() -> None:
    order = ("S", "M", "L")
    assert in_order(["36", "xl", "l", "100", "S", "9", "m"], order) == ["S", "m", "l", "9", "36", "100", "xl"]
