"""Every message has a sentence in both languages, with the same facts, and none is left over."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from string import Formatter

import brygga.connectors.woocommerce as package
from brygga.connectors.woocommerce.settings import FIELDS

FOLDER = Path(package.__file__).parent
SENTENCES: dict[str, dict[str, str]] = tomllib.loads((FOLDER / "texts.toml").read_text("utf-8"))[
    "woocommerce"
]


def codes_in_source() -> set[str]:
    source = "".join(file.read_text("utf-8") for file in FOLDER.glob("*.py"))
    found = set(re.findall(r'"woocommerce\.([a-z_]+)"', source))
    return found | {
        "order_gone",
        "product_gone",
        "customer_gone",
        "record_gone",
    }  # made from the kind of record


def fields_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_code_has_sentences_and_every_sentence_a_code() -> None:
    assert set(SENTENCES) == codes_in_source()


def test_both_languages_say_the_same() -> None:
    for code, sentence in SENTENCES.items():
        assert set(sentence) == {"sv", "en"}, code
        assert fields_of(sentence["sv"]) == fields_of(sentence["en"]), code


def test_every_field_is_explained_in_both_languages() -> None:
    for field in FIELDS:
        assert set(field.label) == set(field.help) == {"sv", "en"}


def test_the_ladder_says_done_todo_or_exempt_with_a_reason() -> None:
    ladder = tomllib.loads(files(package).joinpath("quality.toml").read_text("utf-8"))
    for step, said in ladder.items():
        assert said["state"] in ("done", "todo", "exempt"), step
        assert said.get("reason" if said["state"] == "exempt" else "how"), step
