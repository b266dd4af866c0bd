"""Rows of the article feed: everything a flow may want of an article, in every form it may come."""

from datetime import date
from decimal import Decimal

import pytest

from brygga.connectors.specter.answers import read_reply
from brygga.connectors.specter.dialect import load
from brygga.connectors.specter.feed_articles import article_infos
from brygga.domain.errors import SetupWrong
from brygga.domain.order import OptionValue
from brygga.domain.supply import ListPrice
from tests.connectors.specter.feed_answers import answer, articles, codes, read_article, read_articles

BY_ATTRIBUTES = (
    "<article articleNo='00123' name='Mugg' priceExclVat='1 199,20' vatPercent='25' barCode='0731' productWeight='0,45'"
    " articleGroup='Muggar' articleId='17' showOnWeb='1' deleted='0' ended='0'/>"
)
BY_CHILDREN = (
    "<ARTICLE><ARTICLENO><![CDATA[00123]]></ARTICLENO><Name>Mugg</Name><PriceExclVAT>1199.20</PriceExclVAT>"
    "<VatPercent>25 %</VatPercent><barcode>0731</barcode><productweight>0.45</productweight><articlegroup id='3'>"
    "<namn>Muggar</namn></articlegroup><articleId>17</articleId><showOnWeb>True</showOnWeb></ARTICLE>"
)


@pytest.mark.parametrize("row", [BY_ATTRIBUTES, BY_CHILDREN])
def test_an_article_is_read_from_attributes_or_children_in_any_case(row):
    article = read_article(row)
    assert (article.article_no, article.name, article.barcode, article.group, article.id) == (
        "00123", "Mugg", "0731", "Muggar", "17",
    )  # fmt: skip
    assert article.price_ex == Decimal("1199.20")
    assert (article.vat_percent, article.weight_kg) == (Decimal(25), Decimal("0.45"))
    assert (article.for_web, article.ended) == (True, False)


def test_what_is_not_told_is_unsaid_and_never_none_at_all():
    article = read_article("<article priceExclVat=''><articleNo>A</articleNo><name/></article>")
    assert (article.price_ex, article.vat_percent, article.weight_kg, article.for_web) == (None,) * 4
    assert (article.name, article.barcode, article.lists, article.parts, article.raw) == ("", "", (), {}, {})


@pytest.mark.parametrize(
    ("attribute", "field"),
    [("priceExclVat='abc'", "price_ex"), ("vatPercent='x'", "vat_percent"), ("vatPercent='-1'", "vat_percent"),
     ("vatPercent='250'", "vat_percent"), ("productWeight='-1'", "weight_kg"), ("productWeight='1 kg'", "weight_kg"),
     ("showOnWeb='kanske'", "for_web")],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_unsaid_with_a_remark(attribute, field):
    found = read_articles(articles(f"<article articleNo='A' {attribute}/><article articleNo='B'/>"))
    assert getattr(found.rows[0], field) is None
    (remark,) = found.remarks
    name, value = attribute.replace("'", "").split("=")
    assert (remark.code, dict(remark.facts)) == (
        "specter.value_unread",
        {"article": "A", "field": name.lower(), "value": value},
    )


def test_a_price_of_none_and_one_below_none_are_prices():
    assert read_article("<article articleNo='A' priceExclVat='0'/>").price_ex == 0
    assert read_article("<article articleNo='A' priceExclVat='-10,5'/>").price_ex == Decimal("-10.5")


@pytest.mark.parametrize(
    "mark", ["deleted='1'", "Delete='1'", "isDeleted='true'", "ended='1'", "blocked='1'"]
)
def test_a_deleted_an_ended_and_a_blocked_article_has_ended(mark):
    assert read_article(f"<article articleNo='A' {mark}/>").ended
    assert not read_article(f"<article articleNo='A' {mark.replace('1', '0').replace('true', '0')}/>").ended


def test_a_mark_nobody_understands_ends_nothing_and_is_remarked_on():
    found = read_articles(articles("<article articleNo='A' deleted='2026-01-01'/>"))
    assert not found.rows[0].ended
    assert codes(found) == ["specter.value_unread"]


# Structure


@pytest.mark.parametrize(
    "inner",
    [
        "<variant parentNo='P'><option name='Storlek'>XL</option><option name='Färg'>Blå</option></variant>",
        "<parentNo>P</parentNo><options><option name='Storlek' value='XL'/><option><name>Färg</name><value>Blå</value></option></options>",
        "<option name='Storlek'>XL</option><option name='Färg'>Blå</option><variant><parentNo>P</parentNo></variant>",
    ],
)
def test_the_variant_structure(inner):
    article = read_article(f"<article articleNo='A'>{inner}</article>")
    assert article.parent_no == "P"
    assert article.options == (OptionValue("Storlek", "XL"), OptionValue("Färg", "Blå"))
    assert article.raw == {}


def test_half_an_option_is_left_out():
    found = read_articles(articles("<article articleNo='A'><variant><option>XL</option></variant></article>"))
    assert (found.rows[0].options, codes(found)) == ((), ["specter.option_unread"])


def test_the_parts_of_a_set():
    article = read_article(
        "<article articleNo='SET'><setArticles><part articleNo='00A' noOfItems='2'/><part articleNo='00A' noOfItems='1'/>"
        "<part><articleNo>B</articleNo><noOfItems>0,5</noOfItems></part></setArticles></article>"
    )
    assert article.parts == {"00A": Decimal(3), "B": Decimal("0.5")}


@pytest.mark.parametrize(
    "part", ["articleNo='B' noOfItems='x'", "articleNo='B'", "noOfItems='1'", "articleNo='B' noOfItems='0'"]
)
def test_a_set_with_a_part_that_cannot_be_read_has_no_parts(part):
    found = read_articles(
        articles(
            f"<article articleNo='SET'><setArticles><part articleNo='A' noOfItems='2'/><part {part}/></setArticles></article>"
        )
    )
    assert (found.rows[0].parts, codes(found)) == ({}, ["specter.part_unread"])


def prices(*attributes):
    each = "".join(f"<priceList {text}/>" for text in attributes)
    return read_articles(articles(f"<article articleNo='A'><priceLists>{each}</priceLists></article>"))


def test_price_lists_with_currency_tiers_and_days():
    found = prices(
        "name='ÅF' currency='sek' priceExclVat='80,50' customerGroup='20'",
        "name='ÅF' currency='SEK' priceExclVat='72' fromQuantity='10' from='2026-12-01' to='2026-12-31'",
    )
    assert found.remarks == ()
    assert found.rows[0].lists == (
        ListPrice("ÅF", Decimal("80.50"), "SEK"),
        ListPrice("ÅF", Decimal(72), "SEK", Decimal(10), date(2026, 12, 1), date(2026, 12, 31)),
    )
    assert found.rows[0].raw == {"priceLists/priceList@customerGroup": "20"}


@pytest.mark.parametrize(
    "bad",
    ["name='X' priceExclVat='abc'", "name='X'", "priceExclVat='5'", "name='X' priceExclVat='5' fromQuantity='många'",
     "name='X' priceExclVat='5' fromQuantity='-1'", "name='X' priceExclVat='5' from='igår'", "name='X' priceExclVat='5' to='99'"],
)  # fmt: skip
def test_a_list_price_that_cannot_be_read_is_left_out_alone(bad):
    found = prices(bad, "name='ÅF' priceExclVat='80'")
    assert found.rows[0].lists == (ListPrice("ÅF", Decimal(80)),)
    assert codes(found) == ["specter.list_price_unread"]


# Texts


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("<![CDATA[<p>Hej &amp; <b>å</b></p>]]>", "<p>Hej &amp; <b>å</b></p>"),
        ("<![CDATA[&lt;p&gt;Sk&#229;l &amp;amp; hej&lt;/p&gt;]]>", "<p>Skål &amp; hej</p>"),
        ("&amp;lt;p&amp;gt;Hej&amp;lt;/p&amp;gt;", "<p>Hej</p>"),
        ("&lt;p&gt;Hej&lt;/p&gt;", "<p>Hej</p>"),
        ("M&amp;amp;M", "M&amp;M"),
        ("5 &amp;lt; 6", "5 &lt; 6"),
        ("Rad 1\nRad 2", "Rad 1\nRad 2"),
    ],
)
def test_web_texts_come_out_as_html_decoded_once(said, text):
    article = read_article(
        f"<article articleNo='A'><webDescription>{said}</webDescription><webShortDescription>{said}</webShortDescription></article>"
    )
    assert (article.description, article.short_description) == (text, text)


def test_web_texts_may_be_left_as_they_are():
    row = "<article articleNo='A'><webDescription>&amp;lt;p&amp;gt;</webDescription></article>"
    assert read_article(row, {"text.web_texts_encoded": "no"}).description == "&lt;p&gt;"


# The answer as a whole


def test_unknown_elements_are_ignored_and_kept():
    article = read_article(
        "<article articleNo='A' buyPrice='50,00'><reorderPoint>3</reorderPoint><supplier name='Bo AB'><nr>7</nr></supplier></article>"
    )
    assert article.raw == {
        "@buyPrice": "50,00",
        "reorderPoint": "3",
        "supplier@name": "Bo AB",
        "supplier/nr": "7",
    }


def test_what_is_kept_is_bounded():
    article = read_article(
        "<article articleNo='A'>" + "".join(f"<x{n}>{'y' * 900}</x{n}>" for n in range(900)) + "</article>"
    )
    assert len(article.raw) == 50
    assert max(map(len, article.raw.values())) == 200


def test_a_name_of_the_dialect_is_used_instead():
    row = "<article articleNo='A'><pris>5,5</pris><huvudartikel>P</huvudartikel></article>"
    article = read_article(row, {"xml_article.price": "pris", "xml_article.parent_no": "Huvudartikel"})
    assert (article.price_ex, article.parent_no) == (Decimal("5.5"), "P")


def test_a_row_without_a_number_is_left_out_with_a_remark():
    found = read_articles(articles("<article><name>Namnlös</name></article><article articleNo='A'/>"))
    assert ([row.article_no for row in found.rows], found.told) == (["A"], 2)
    assert codes(found) == ["specter.row_nameless"]
    assert found.remarks[0].facts["value"] == "Namnlös"


@pytest.mark.parametrize(
    ("inner", "setting"),
    [
        ("<articles><article nr='A'/><article nr='B'/></articles>", "xml.article_no"),
        ("<articles><article articleNo='A'/><vara articleNo='B'/></articles>", "xml.article"),
        ("<varor><article articleNo='A'/></varor>", "xml.articles"),
        ("<article articleNo='A'/>", "xml.articles"),
    ],
)
def test_an_answer_that_is_not_understood_is_never_passed_on(inner, setting):
    with pytest.raises(SetupWrong) as caught:
        read_articles(answer(inner))
    assert caught.value.setting == setting


@pytest.mark.parametrize("inner", ["", "<articles/>", "<articles> </articles>"])
def test_nothing_is_nothing(inner):
    assert read_articles(answer(inner)).rows == ()


ROW = "<articles><article articleNo='A'><name>Räksmörgås</name></article></articles>"


@pytest.mark.parametrize(
    "body",
    [
        answer(ROW),
        answer(ROW, "UTF-8"),
        answer(ROW, "UTF-8", bom=True),
        answer(ROW, "ISO-8859-1", bom=True),  # the mark says UTF-8 whatever is declared
        answer(ROW).replace(b'ISO-8859-1"', b'UTF-8"'),
        answer(ROW).replace(b'<?xml version="1.0" encoding="ISO-8859-1"?>', b""),
        answer(ROW).replace("Räk".encode("latin-1"), "Räk\x1a\x00".encode("latin-1")),
        b"\r\n\t" + answer(ROW) + b"\r\n\x00",
        b"<!-- x -->" + answer(ROW, "UTF-8").partition(b"?>")[2],
    ],
)
def test_every_encoding_and_a_servers_slips_are_read(body):
    dialect = load({})
    (row,) = article_infos(read_reply(body, dialect.xml), dialect).rows
    assert row.name == "Räksmörgås"


def test_a_feed_may_come_without_a_verdict():
    (row,) = read_articles(b"<x><articles><article articleNo='A'/></articles></x>").rows
    assert row.article_no == "A"
