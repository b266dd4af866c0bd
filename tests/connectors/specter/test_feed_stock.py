"""Rows of the stock feed, as XML and as lines, and everything that may be wrong with them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brygga.connectors.specter.answers import NotAnAnswer
from brygga.connectors.specter.dialect import load
from brygga.domain.errors import SetupWrong, TryLater
from tests.connectors.specter.feed_answers import (
    answer,
    codes,
    level,
    levels,
    read_stock,
    reply_of,
    site,
    stock,
)

HEAD = "articleId;articleNo;noItemsAvailable;batchId\r\n"


def listed(text, encoding="latin-1"):
    return read_stock(text.encode(encoding))


def test_every_site_is_told_of_by_its_name():
    found = read_stock(
        stock(
            site(level("00123", "5") + level("B", "-3"), "stockSiteId='1'"),
            site(level("00123", "2,50"), "stockSiteId='2'"),
        )
    )
    assert levels(found) == {("00123", "1"): "5", ("B", "1"): "-3", ("00123", "2"): "2.50"}
    assert (found.told, found.remarks) == (3, ())


@pytest.mark.parametrize(
    "said",
    ["StockSiteID='7'", "siteid='7'", "ID='7'", "id='99' stocksiteid='7'"],
)
def test_a_sites_name_is_found_in_any_case_the_surest_first(said):
    assert levels(read_stock(stock(site(level("A", "1"), said)))) == {("A", "7"): "1"}


def test_a_sites_name_may_be_a_child():
    body = (
        f"<stock><stockSiteId>7</stockSiteId><name>Lager</name><articles>{level('A', '1')}</articles></stock>"
    )
    assert levels(read_stock(stock(body))) == {("A", "7"): "1"}


def test_the_dialect_may_name_the_site_and_the_number():
    found = read_stock(
        answer(
            "<stockChanges><stock lager='N'><articles><article nr='A' saldo='4'/></articles></stock></stockChanges>"
        ),
        {"xml.stock_site": "lager", "xml.article_no": "nr", "xml.stock_available": "saldo"},
    )
    assert levels(found) == {("A", "N"): "4"}


def test_attributes_cdata_namespaces_and_case_make_no_difference():
    body = (
        "<s:StockChanges xmlns:s='urn:x'><Stock><Articles><Article ARTICLENO='A'><NoItemsAv><![CDATA[ 3 ]]></NoItemsAv>"
        "</Article><!-- hej --><?php ?></Articles></Stock></s:StockChanges>"
    )
    assert levels(read_stock(answer(body))) == {("A", ""): "3"}


@pytest.mark.parametrize(
    "body",
    [
        "<stockChanges><articles>{0}</articles></stockChanges>",
        "<stockChanges><stock>{0}</stock></stockChanges>",
    ],
)
def test_a_level_may_be_missing_in_the_nesting(body):
    assert levels(read_stock(answer(body.format(level("A", "1"))))) == {("A", ""): "1"}


def test_sites_without_a_name_are_added_up_and_it_is_said():
    found = read_stock(stock(site(level("A", "5")), site(level("A", "2"))))
    assert levels(found) == {("A", ""): "7"}
    assert codes(found) == ["specter.sites_unnamed"]


def test_the_same_article_twice_in_a_site_has_the_number_told_last():
    assert levels(read_stock(stock(site(level("A", "5") + level("A", "2"))))) == {("A", ""): "2"}


@pytest.mark.parametrize("rubbish", ["abc", "5 st", "", " ", "-", "1.234,5"])
def test_an_unreadable_number_leaves_that_article_out_alone_at_every_site(rubbish):
    found = read_stock(
        stock(
            site(level("A", rubbish) + level("B", "1"), "id='1'"),
            site(level("A", "4") + level("B", "2"), "id='2'"),
        )
    )
    assert levels(found) == {("B", "1"): "1", ("B", "2"): "2"}
    (remark,) = found.remarks
    assert remark.code == "specter.stock_unread"
    assert dict(remark.facts) == {"article": "A", "value": rubbish.strip() or "-", "site": "1"}
    assert found.told == 4, "what was left out counts for the limit"


def test_a_row_without_number_is_left_out_alone():
    found = read_stock(stock(site(level("", "5") + level("B", "1") + level("x" * 300, "1"))))
    assert levels(found) == {("B", ""): "1"}
    assert codes(found) == ["specter.row_nameless"] * 2


@pytest.mark.parametrize(
    ("row", "setting"),
    [
        ("<article><nr>A</nr><noItemsAv>1</noItemsAv></article>", "xml.article_no"),
        ("<article><articleNo>A</articleNo><saldo>1</saldo></article>", "xml.stock_available"),
        (level("A", "fem"), "codes.unsaid"),
        ("<artikel><articleNo>A</articleNo></artikel>", "xml.article"),
    ],
)
def test_when_no_row_can_be_read_the_feed_stops_and_points_at_the_dialect(row, setting):
    with pytest.raises(SetupWrong) as caught:
        read_stock(stock(site(row * 3)))
    assert caught.value.setting == setting


def test_an_article_that_says_nothing_never_blocks_the_feed():
    found = read_stock(stock(site(level("A", ""))))
    assert (found.rows, codes(found)) == ((), ["specter.stock_unread"])
    found = read_stock(stock(site(level("A", "Fem"))), {"codes.unsaid": "fem"})
    assert (found.rows, codes(found)) == ((), ["specter.stock_unread"])


@pytest.mark.parametrize(
    ("inner", "setting"),
    [
        ("<lagersaldon><stock/></lagersaldon>", "xml.stock_changes"),
        ("<stockChanges><lager><articles/></lager></stockChanges>", "xml.stock"),
        (
            "<stockChanges><stock><artiklar><article nr='1'/></artiklar></stock></stockChanges>",
            "xml.articles",
        ),
        ("<orders><order orderNo='1'/></orders>", "xml.stock_changes"),
    ],
)
def test_a_list_that_is_called_something_else_is_not_taken_for_an_empty_one(inner, setting):
    with pytest.raises(SetupWrong) as caught:
        read_stock(answer(inner))
    assert caught.value.setting == setting


@pytest.mark.parametrize(
    "inner", ["", "<stockChanges/>", "<stockChanges><stock/></stockChanges>", "<hint>0</hint>"]
)
def test_nothing_is_nothing(inner):
    assert read_stock(answer(inner)).rows == ()


def test_remarks_are_bounded():
    found = read_stock(stock(site(level("OK", "1") + "".join(level(f"A{n}", "x") for n in range(500)))))
    assert len(found.remarks) == 101
    assert found.remarks[-1].code == "specter.remarks_more"
    assert found.remarks[-1].facts["count"] == "400"


# Lines with semicolons


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n", "\r\r\n"])
@pytest.mark.parametrize("heading", [HEAD, "", "id;nr;NOITEMSAVAILABLE\r\n"])
def test_lines_are_read_with_any_ending_and_with_or_without_heading(end, heading):
    rows = end.join(("101;00123;5;b1", "102;Stöv-1;2,5;b1", "103;C;-3;b1"))
    for text in (heading + rows, heading + rows + end, heading + rows + end + " \x00"):
        assert levels(listed(text)) == {("00123", ""): "5", ("Stöv-1", ""): "2.5", ("C", ""): "-3"}


def test_columns_may_be_fewer_or_more():
    assert levels(listed("101;A;5\r102;B;6\r")) == {("A", ""): "5", ("B", ""): "6"}
    assert levels(listed("101;A;5;b;x;y\r102;B;6;b\r")) == {("A", ""): "5", ("B", ""): "6"}


def test_the_dialect_may_move_the_columns():
    body = b"A;101;9;5;b\rB;102;9;6;b\r"
    moved = {"lists.article_no_column": "1", "lists.available_column": "4"}
    assert levels(read_stock(body, moved)) == {("A", ""): "5", ("B", ""): "6"}


def test_a_bom_is_no_part_of_a_heading_and_says_utf_8():
    assert levels(read_stock(b"\xef\xbb\xbf" + (HEAD + "101;Stöv;5;b\r\n").encode())) == {("Stöv", ""): "5"}


def test_lines_that_say_nothing_are_passed_over():
    found = listed(HEAD + "\r\n---\r\n101;A;5;b\r\n;;;\r\n102;;6;b\r\n103;C;;b\r\n104;D\r\n105;E;7;b\r\n")
    assert levels(found) == {("A", ""): "5", ("E", ""): "7"}
    assert set(codes(found)) == {"specter.row_nameless", "specter.stock_unread"}


@pytest.mark.parametrize(
    "text", ["1;A;5;b\r\n", "1;A;5", "1;A;x;b\r\n2;B;5;b", "101;A;5", HEAD, HEAD + "1;A;x;b\r\n2;B;5;b\r\n"]
)
def test_rows_are_told_from_the_short_form(text):
    assert reply_of(text.encode(), load({})).listing


@pytest.mark.parametrize(
    ("body", "ok"),
    [(b"1;;", True), (b"1;;Inget nytt", True), (b"0;99;Batch 'x'; is open;1", False), (b"-1;Fel;5", False),
     (b"55;Nej", False), (b"0;7;5\r\n", False)],
)  # fmt: skip
def test_the_short_form_is_told_from_rows(body, ok):
    reply = reply_of(body, load({}))
    assert (reply.listing, reply.ok) == ("", ok)


@pytest.mark.parametrize(
    "body", [b"", b"Service unavailable; try again; later", b"<html><p>1;2;3</p></html>"]
)
def test_rubbish_is_no_answer(body):
    with pytest.raises(NotAnAnswer):
        reply_of(body, load({}))


@pytest.mark.parametrize("cut", ["102", "102;B", "102;B;1"])
def test_a_list_that_ends_within_a_row_is_tried_again(cut):
    with pytest.raises(TryLater) as caught:
        listed(HEAD + "101;A;5;b\r\n" + cut)
    assert caught.value.for_merchant.code == "specter.feed_cut"
    assert levels(listed(HEAD + f"101;A;5;b\r\n{cut}\r\n")).keys() >= {("A", "")}


@pytest.mark.parametrize(
    ("text", "setting"),
    [(HEAD + "101;A;x;b\r\n", "lists.available_column"), (HEAD + "101;;5;b\r\n", "lists.article_no_column"),
     (HEAD + "101;A\r\n102;B\r\n", "lists.available_column")],
)  # fmt: skip
def test_lines_that_nobody_understands_stop_the_feed(text, setting):
    with pytest.raises(SetupWrong) as caught:
        listed(text)
    # A value alone is mended at `codes.unsaid`, a column at the lists.
    assert caught.value.setting in (setting, "codes.unsaid")


@given(st.binary(max_size=200))
def test_no_body_makes_the_reader_fall(body):
    with contextlib.suppress(NotAnAnswer, SetupWrong, TryLater):
        read_stock(body)
