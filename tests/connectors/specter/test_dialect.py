"""The dialect: one documented file, and what a connection may say differently."""

import dataclasses
import re

import pytest

from brygga.connectors.specter.connector import connector
from brygga.connectors.specter.dialect import _file, assumptions, check_overrides, load
from brygga.domain.errors import SetupWrong


def test_every_entry_says_where_it_is_from_and_what_it_means():
    for group, entries in _file().items():
        for name, entry in entries.items():
            assert set(entry) - {"used"} == {"value", "seen", "source", "meaning", "betydelse"}, (
                f"{group}.{name}"
            )
            assert entry["source"], f"{group}.{name}"
            assert entry["meaning"].endswith("."), f"{group}.{name}"
            assert entry["betydelse"], f"{group}.{name}"


def test_every_entry_of_the_file_is_a_field_of_the_type():
    dialect = load({})
    for group, entries in _file().items():
        part = getattr(dialect, group)
        if dataclasses.is_dataclass(part):
            assert {f.name for f in dataclasses.fields(part)} == set(entries), group


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("order.order_date", "orderdatum", "orderdatum"),
        ("limits.unit_decimals", "4", 4),
        ("routing.web_shop_on_reads", "yes", True),
        ("codes.delivered", "D, L", ("D", "L")),
        ("xml.order_no", "OrderNr", ("ordernr",)),
        ("limits.rounding", "rate", "rate"),
        ("xml_article.price", "Pris, PrisExMoms", ("pris", "prisexmoms")),
        ("codes.yes", "JA", ("ja",)),
        ("lists.available_column", "4", 4),
        ("order.row_discount", "", ""),
    ],
)
def test_an_entry_may_be_overridden(key, text, value):
    group, name = key.split(".")
    assert getattr(getattr(load({key: text}), group), name) == value


def test_payment_methods_languages_and_renamings_may_be_added():
    dialect = load({"payments.my_gateway": "DP", "languages.fr": "FR", "rename.region": ""})
    assert dialect.payments["my_gateway"] == "DP"
    assert dialect.language("fr_BE") == "FR"
    assert dialect.rename == {"region": ""}


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("limits.unit_decimals", "three"),
        ("limits.article_batch", "0"),
        ("limits.rounding", "down"),
        ("lists.article_no_column", "0"),
        ("routing.web_shop_on_reads", "perhaps"),
        ("patterns.open_batch", "("),
        ("patterns.open_batch", ""),
        ("customer.org_no_shape", "roman"),
    ],
)
def test_an_impossible_value_is_refused_by_name(key, text):
    with pytest.raises(SetupWrong) as caught:
        check_overrides({key: text})
    assert caught.value.setting == key
    assert caught.value.for_merchant.facts["key"] == key


@pytest.mark.parametrize("key", ["order.order_dat", "nothing.at_all", "order", ""])
def test_an_unknown_key_is_refused_by_name(key):
    with pytest.raises(SetupWrong) as caught:
        check_overrides({key: "x"})
    assert caught.value.setting == key


def test_the_doctor_lists_what_is_assumed_and_in_use():
    listed = {a.key: a for a in connector.assumptions({}, {})}
    assert listed["order.order_date"].value == "orderDate"
    assert "errors.bad_key" in listed
    assert "errors.open_batch" not in listed  # seen
    assert listed["xml.stock_site"].value == "stockSiteId, siteId, id"
    assert {"xml.paid", "xml.invoice_no", "xml.removed", "xml_article.price_list", "codes.unsaid"} <= set(
        listed
    )
    assert not {"actions.read_stock", "xml.stock_available", "xml_article.price", "lists.heading"} & set(
        listed
    )
    assert "customer.fax" not in listed  # nothing of ours sends it


def test_what_the_merchant_has_stated_is_no_assumption_any_more():
    assert "order.order_date" not in {a.key for a in assumptions({"order.order_date": "orderDate"})}


def test_languages_are_the_erps_own():
    dialect = load({})
    codes = {
        code: dialect.language(code)
        for code in ("sv", "sv_SE", "nb", "nn", "no", "fi", "da", "de", "es", "en", "fr")
    }
    assert list(codes.values()) == ["SE", "SE", "NO", "NO", "NO", "FI", "DA", "DE", "ES", "EN", "EN"]
    assert dialect.language("") == ""


def test_patterns_are_not_case_sensitive():
    assert load({}).error_words.duplicate_order.flags & re.IGNORECASE
