"""Values of the feeds: read exactly, or not at all."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from brygga.connectors.specter.dialect import load
from brygga.connectors.specter.feed_values import raw_of, read_day, read_mark, read_number, values_of

CODES = load({}).codes


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", "5"),
        (" 2,5 ", "2.5"),
        ("-3", "-3"),
        ("-0.25", "-0.25"),
        ("+4", "4"),
        (",5", "0.5"),
        ("1 234,50", "1234.50"),
        ("12\xa0345", "12345"),
        ("\u22125", "-5"),
        ("00012", "12"),
        ("5,55111512312578E-17", "5.55111512312578E-17"),
        ("1E+3", "1000"),
    ],
)
def test_a_number_is_read_exactly(text, number):
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "abc", "5 st", "1.234,50", "1,2,3", "12 34", "NaN", "Infinity", "0x1F", "٣", "5,", "e5",
     "1E999", "9" * 41, "9" * 16, "1_000", "--5"],
)  # fmt: skip
def test_what_is_no_number_is_none(text):
    assert read_number(text) is None


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_any_number_comes_back_from_comma_and_point(number):
    assert read_number(f"{number:f}") == read_number(f"{number:f}".replace(".", ",")) == number


@given(st.text())
def test_any_text_is_a_finite_number_or_none(text):
    number = read_number(text)
    assert number is None or number.is_finite()


def test_days():
    assert read_day("2026-12-01") == read_day(" 2026-12-01 00:00:00") == date(2026, 12, 1)
    assert read_day("2026-12-01T23:59:59.000Z") == date(2026, 12, 1)
    for text in ("", "2026-13-01", "01/12/2026", "20261201", "snart"):
        assert read_day(text) is None


def test_marks():
    assert [read_mark(text, CODES) for text in ("1", "True", "JA", "-1")] == [True] * 4
    assert [read_mark(text, CODES) for text in ("0", "false", "Nej")] == [False] * 3
    assert [read_mark(text, CODES) for text in ("", "2", "kanske")] == [None] * 3
    swapped = load({"codes.yes": "P", "codes.no": "O"}).codes
    assert (read_mark("p", swapped), read_mark("1", swapped)) == (True, None)


def test_an_attribute_comes_first_unless_it_is_blank():
    item = etree.fromstring(
        "<a Name='x' Price=''><name>y</name><price> 5 </price><b c='1'>t</b><d><e/></d></a>"
    )
    told, rich = values_of(item)
    assert told == {"name": "x", "price": "5", "b": "t"}
    assert [inner.tag for inner in rich] == ["b", "d"]


def test_raw_keeps_what_is_not_known_and_no_more_than_it_may():
    item = etree.fromstring("<a x='1' y='2'><b>3</b><known>4</known><l name='5' z='6'/><s name='7'/></a>")
    known = {"": frozenset(("y", "known")), "l": frozenset(("name",))}
    assert raw_of(item, 50, known) == {"@x": "1", "b": "3", "l@z": "6", "s@name": "7"}
    many = etree.fromstring("<a>" + "<b>" + "x" * 5000 + "</b>" + "<b>y</b>" * 500 + "</a>")
    raw = raw_of(many, 50)
    assert (len(raw), max(map(len, raw.values()))) == (50, 200)
