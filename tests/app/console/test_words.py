"""Numbers, times and sentences as people write them; the catalogue; the colours."""

import gettext
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils import translation

from brygga.app.console import words
from brygga.app.console.forms.groups import groups
from brygga.app.console.headlines import HEADLINES, headline
from brygga.app.console.queries.causes import FACTS, Cause
from brygga.app.texts import texts
from brygga.domain.message import message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.flows.settings import KEYS

CONSOLE = Path(words.__file__).parent
CATALOGUE = CONSOLE / "locale/sv/LC_MESSAGES/django.po"


def test_an_amount_is_written_as_is_the_custom_of_the_language():
    with translation.override("sv"):
        assert words.number("1249.50") == "1\N{NO-BREAK SPACE}249,50"
        assert words.number("199.200") == "199,200"
    with translation.override("en"):
        assert words.number("1249.50") == "1,249.50"
    assert words.number("?") == "?"


@time_machine.travel(datetime(2026, 11, 27, 12, tzinfo=UTC), tick=False)
def test_a_time_is_the_shop_s_and_as_short_as_it_can_be():
    with translation.override("sv"):
        assert words.moment(datetime(2026, 11, 27, 8, 5, tzinfo=UTC)) == "09:05"
        assert words.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "2 juli kl. 00:30"
        assert words.moment(datetime(2025, 7, 1, 22, 30, tzinfo=UTC)) == "2025-07-02 00:30"


def test_a_shop_whose_time_zone_was_never_set_has_swedish_time():
    assert str(words.zone_of({"time_zone": "UTC"})) == "Europe/Stockholm"
    assert str(words.zone_of({"time_zone": "Europe/Helsinki"})) == "Europe/Helsinki"
    assert str(words.zone_of({"time_zone": "+02:00"})) == "Europe/Stockholm"


def test_codes_inside_a_sentence_are_said_in_words():
    told = message("order.status_waits", number="1042", status="pending")
    with translation.override("sv"):
        assert "”väntar på betalning”" in words.say(told)
    with translation.override("en"):
        assert "“awaiting payment”" in words.say(told)


def test_every_named_cause_exists_as_a_sentence_and_can_be_said():
    codes = set(texts().codes())
    for code in {*HEADLINES, *FACTS}:
        name = code.removeprefix("*")
        assert any(known == code or (code.startswith("*") and known.endswith(name)) for known in codes), code
    for code in HEADLINES:
        cause = Cause(
            Kind.ORDER, State.HELD, code.replace("*", "specter"), {}, 1, datetime.now(UTC), 1, frozenset({1})
        )
        for language in ("sv", "en"):
            with translation.override(language):
                assert headline(cause)
                assert "%(" not in headline(cause)


def test_every_setting_is_in_exactly_one_group():
    assert [key for group in groups() for key in group.settings] == list(KEYS)


def wanted() -> set[tuple[str | None, str]]:
    """Return every text the console's code asks to have translated."""
    found: set[tuple[str | None, str]] = set()
    keywords = {
        "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
        "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
    }  # fmt: skip
    for path in CONSOLE.rglob("*.py"):
        with path.open("rb") as file:
            for _line, text, _comments, context in extract("python", file, keywords):
                ids = text if isinstance(text, tuple) else (text,)
                found.add((context, next(one for one in ids if one)))
    return found


def test_every_text_has_its_swedish():
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="sv")
    for entry in catalogue:
        if entry.id:
            parts = entry.string if isinstance(entry.string, tuple) else (entry.string,)
            assert all(parts), entry.id
            assert not entry.fuzzy, entry.id
    known = {(e.context, e.id[0] if isinstance(e.id, tuple) else e.id) for e in catalogue if e.id}
    missing = {one for one in wanted() if one not in known}
    assert not missing


def test_the_templates_texts_are_in_the_catalogue():
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="sv")
    known = {e.id[0] if isinstance(e.id, tuple) else e.id for e in catalogue if e.id}
    for path in CONSOLE.rglob("*.html"):
        for text in re.findall(r'{%\s*translate\s+"([^"]+)"', path.read_text("utf-8")):
            assert text in known, (path.name, text)


def test_the_compiled_catalogue_is_that_of_the_source():
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="sv")
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in catalogue:
        if entry.id and isinstance(entry.id, str) and not entry.context:
            assert compiled.gettext(entry.id) == entry.string, f"run `make messages`: {entry.id}"


TOKENS = (CONSOLE / "static/console/tokens.css").read_text("utf-8")


def colours(part: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part))


def light(hex_colour: str) -> float:
    parts = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_on_its_ground(scheme: str):
    bright, _, dark = TOKENS.partition("@media")
    names = colours(bright) | (colours(dark) if scheme == "dark" else {})
    pairs = [
        *((ink, ground) for ink in ("ink", "muted", "accent") for ground in ("paper", "surface", "sunken")),
        *((tone, f"{tone}-soft") for tone in ("ok", "act", "stop", "doubt", "accent")),
        *((tone, "surface") for tone in ("ok", "act", "stop", "doubt")),
        *(("ink", f"{tone}-soft") for tone in ("ok", "act", "stop", "accent")),
        ("accent-ink", "accent"),
        ("surface", "act"),
        ("paper", "ink"),
    ]
    for ink, ground in pairs:
        one, other = sorted((light(names[ink]), light(names[ground])), reverse=True)
        assert (one + 0.05) / (other + 0.05) >= 4.5, (scheme, ink, ground)
