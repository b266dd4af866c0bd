"""What is written in a log names no person and gives no key away."""

import json

import pytest

from brygga.app.vault.logs import mask_event
from brygga.app.vault.masks import mask, mask_person_numbers, mask_text


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        (
            "GET /wp-json/wc/v3/orders?consumer_key=ck_0123456789abcdef&consumer_secret=cs_fedcba9876543210",
            "fedcba98",
        ),
        ("used ck_0123456789abcdef0123456789abcdef01234567", "0123456789abcdef"),
        ("key=hemlig123&user=7", "hemlig123"),
        ("Authorization: Basic Y2tfOmNzXw==", "Y2tfOmNzXw"),
        ('{"password": "korrekt häst"}', "korrekt"),
        ("<apiKey>3f9b</apiKey><qty>3</qty>", "3f9b"),
        ("https://ck_1:cs_2@shop.example/wp-json", "cs_2"),
        ("buyer asa.oberg@example.se asked", "asa.oberg"),
        ("call 070-123 45 67 now", "123 45 67"),
        ("call +46 70 123 45 67 now", "123 45 67"),
        ("person 19121212-1212 ordered", "1212 ordered"),
        ("person 121212+1212", "+1212"),
        ("samordning 701063-2391", "2391"),
    ],
)
def test_secrets_and_people_are_masked(text: str, gone: str) -> None:
    assert gone not in mask_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "order 1042 of 647.00 SEK",
        "number 556016-0680",
        "2026-11-24T12:00:00Z",
        "SE-1044 is 88123",
        "keyed by hand",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert mask_text(text) == text


def test_person_number_shows_its_date_alone() -> None:
    assert mask_person_numbers("121212-1212 and 19121212-1212") == "121212-XXXX and 19121212-XXXX"


def test_fields_by_name_are_masked_whole() -> None:
    masked = mask(
        {"api_key": "x", "door_secret": "y", "nested": [{"token": "z"}], "key": "SE-1", "number": "1042"}
    )
    assert json.dumps(masked).count("\u2022".encode("unicode_escape").decode()) == 12
    assert masked["number"] == "1042"


def test_log_lines_are_masked_but_tell_whose_they_are() -> None:
    event = mask_event(
        None, "info", {"event": "asked asa@example.se", "tenant": 7, "secret": "s", "error": "key=abc"}
    )
    assert event == {"event": "asked a•••@example.se", "tenant": 7, "secret": "•••", "error": "key=•••"}
