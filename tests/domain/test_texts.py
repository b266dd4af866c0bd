"""Every message raised or written has its sentence in both languages, with facts that are given."""

import ast
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

import brygga
from brygga.domain.message import LANGUAGES, Texts, message

SOURCE = Path(brygga.__file__).parent
TEXTS = Texts(
    [files("brygga").joinpath(str(path.relative_to(SOURCE))) for path in SOURCE.rglob("texts.toml")]
)


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """Yield where each `message("code", ...)` is written, its code, and the facts (None: unknown)."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "message" or not node.args:
                continue
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                names = {keyword.arg for keyword in node.keywords}
                facts = None if None in names else {name for name in names if name}
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", first.value, facts


CALLS = list(calls())


@pytest.mark.parametrize(
    ("where", "code", "facts"), CALLS, ids=[f"{where} {code}" for where, code, _ in CALLS]
)
def test_every_message_has_its_sentence_and_its_facts(where: str, code: str, facts: set[str] | None) -> None:
    sentences = TEXTS.codes().get(code)
    assert sentences is not None, f"{where}: no sentence for {code}"
    for language in LANGUAGES:
        wanted = {name for _, name, _, _ in Formatter().parse(sentences[language]) if name}
        if facts is not None:
            assert wanted <= facts, f"{where}: {code} ({language}) speaks of {wanted - facts}"


def test_the_languages_speak_of_the_same_facts() -> None:
    for code, sentences in TEXTS.codes().items():
        assert set(sentences) == set(LANGUAGES), code
        parsed = {
            language: sorted(n for _, n, _, _ in Formatter().parse(text) if n)
            for language, text in sentences.items()
        }
        assert parsed["sv"] == parsed["en"], code
        assert all(text.strip() == text and text for text in sentences.values()), code


def test_a_message_without_sentence_or_fact_still_tells_what_it_knows() -> None:
    assert TEXTS.say(message("no.such", number=7), "sv") == "no.such number=7"
    assert "?" in TEXTS.say(message("order.test"), "sv")
