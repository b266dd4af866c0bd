"""Settings as they are typed on a command line."""

from typing import Any

import pytest

from brygga.domain.errors import SetupWrong
from brygga.flows.settings import parse


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("payment_codes", "bacs=BG, klarna = KL", {"bacs": "BG", "klarna": "KL"}),
        ("payment_codes", "bacs=", {"bacs": ""}),
        ("payment_codes", "", {}),
        ("stock_sites", "1, 2", ("1", "2")),
        ("start_date", "", None),
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
