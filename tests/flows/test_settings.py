"""Settings as they are typed on a command line."""

from typing import Any

import pytest

from brygga.domain.errors import SetupWrong
from brygga.flows.typed import parse


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("payment_codes", "bacs=BG, klarna = KL", {"bacs": "BG", "klarna": "KL"}),
        ("payment_codes", "bacs=", {"bacs": ""}),
        ("payment_codes", "", {}),
        ("stock_sites", "1, 2", ("1", "2")),
        ("start_date", "", None),
        ("opening_stock", "ja", True),
        ("opening_stock", "No", False),
        ("opening_stock", "true", True),
        ("stock_margin", "0,5", "0.5"),
        ("statuses", "processing=send", {"processing": "send"}),
    ],
)
def test_lists_and_tables_are_typed_in_short(key: str, typed: str, kept: Any) -> None:
    assert parse(key, typed) == kept


@pytest.mark.parametrize("typed", ['{"bacs":"BG"}', "bacs", "bacs=BG,klarna", "=BG"])
def test_what_is_no_pair_is_refused_and_never_taken_for_a_name(typed: str) -> None:
    with pytest.raises(SetupWrong) as refused:
        parse("payment_codes", typed)
    told = refused.value.for_merchant
    assert told.code == "flow.not_a_table"
    assert str(told.facts["value"]) in typed


@pytest.mark.parametrize(
    ("key", "typed", "code"),
    [
        ("opening_stock", "kanske", "flow.wants_yes_or_no"),
        ("stock_margin", "en", "flow.wants_number"),
        ("keep_messages_days", "en vecka", "flow.wants_whole_number"),
        ("start_date", "i morgon", "flow.wants_date"),
        ("document", "offert", "flow.wants_choice"),
        ("statuses", "processing=fly", "flow.wants_choice"),
    ],
)
def test_what_a_setting_takes_is_said(key: str, typed: str, code: str) -> None:
    with pytest.raises(SetupWrong) as refused:
        parse(key, typed)
    told = refused.value.for_merchant
    assert told.code == code
    assert told.facts["setting"] == key
    if code == "flow.wants_choice":
        assert "invoice" in str(told.facts["choices"])
