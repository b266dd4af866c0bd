"""Texts on the wire: Latin-1, one line, and never a question mark for a letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brygga.connectors.specter.text import cut, keeps, latin


@pytest.mark.parametrize(
    ("given_text", "sent"),
    [
        ("Åsa Öberg ä é ü", "Åsa Öberg ä é ü"),
        ("A\u030asa O\u0308berg", "Åsa Öberg"),
        ("Łódź", "Lodz"),
        ("Đorđe", "Dorde"),
        ("Zofia Łęcka-Öberg 🌸", "Zofia Lecka-Öberg"),
        ("Straße", "Straße"),
        ("Œuvre", "OEuvre"),
        ("Søren Ægir", "Søren Ægir"),
        ("José Muñoz", "José Muñoz"),
        ("Dvořák", "Dvorak"),
        ("Ștefan Țepeș", "Stefan Tepes"),
        ("Nguyễn Văn Đức", "Nguyen Van Duc"),
        ("İstanbul, Şişli", "Istanbul, Sisli"),
        ("Щукин Юрий", "Shchukin Yuriy"),
        ("Київ", "Kiyiv"),
        ("Ђорђе Љубић", "Djordje Ljubic"),
        ("Γεώργιος Παπαδόπουλος", "Georgios Papadopoulos"),
        ("“…” – — €5 ’", '"..." - - EUR5 \''),
        ("  två   ord\tpå\r\nrad ", "två ord på rad"),
        ("ﬁn Ｗide ①", "fin Wide 1"),
        ("١٢٣", "123"),
        ("a\u200bb\u00adc\x00d", "abcd"),
        ("Umeå 🇸🇪 👩‍👩‍👧", "Umeå"),
        ("half ½ m² ×", "half ½ m² ×"),
    ],
)
def test_texts_are_written_as_people_expect(given_text, sent):
    assert latin(given_text) == (sent, False)


def test_letters_that_no_table_holds_are_reported():
    assert latin("王 Wang") == ("Wang", True)
    assert latin("王小明") == ("", True)
    assert latin("🌸") == ("", False)


@given(st.text())
def test_any_text_goes_out_in_latin_1_on_one_line(text):
    sent, _ = latin(text)
    sent.encode("iso-8859-1")
    assert sent == " ".join(sent.split())
    assert sent.isprintable()


@given(st.text())
def test_no_question_mark_that_was_not_there(text):
    assert latin(text)[0].count("?") == text.count("?")


@given(st.text())
def test_what_was_made_fit_stays_as_it_is(text):
    sent, _ = latin(text)
    assert latin(sent) == (sent, False)
    assert keeps(sent)


@given(st.text(alphabet="abcåäö éü-"), st.integers(1, 40))
def test_a_cut_text_holds_and_is_a_beginning(text, limit):
    text = latin(text)[0]
    short = cut(text, limit)
    assert len(short) <= limit
    assert text.startswith(short)


def test_a_text_is_cut_at_a_word():
    assert cut("Nordiska Kaffekompaniet i Göteborg", 30) == "Nordiska Kaffekompaniet i"
    assert cut("Nordiskakaffekompanietigöteborg", 10) == "Nordiskaka"
    assert cut("kort", 0) == "kort"
