"""Every code the connector speaks has a sentence in both languages, and no sentence is idle."""

import re
from importlib.resources import files
from pathlib import Path
from string import Formatter

import brygga.connectors.specter as package
from brygga.domain.message import LANGUAGES, Texts

TEXTS = Texts([files("brygga.connectors.specter").joinpath("texts.toml")])
SOURCE = "\n".join(p.read_text("utf-8") for p in Path(package.__file__).parent.glob("*.py"))
# Codes put together from a meaning's name.
BUILT = {
    f"specter.{name}"
    for name in (
        "bad_key",
        "unknown_account",
        "customer_unknown",
        "currency_closed",
        "missing_parameter",
        "article_exists",
    )
}


def test_every_code_has_its_sentences_and_every_sentence_its_code():
    spoken = set(re.findall(r'"(specter\.[a-z_0-9]+)"', SOURCE)) | BUILT
    assert spoken == set(TEXTS.codes())


def test_both_languages_name_the_same_facts():
    for code, sentences in TEXTS.codes().items():
        assert set(sentences) == set(LANGUAGES), code
        facts = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in sentences.values()]
        assert facts[0] == facts[1], code
