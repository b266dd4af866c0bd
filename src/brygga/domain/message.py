"""A sentence for a person, not yet in a language: a code and what it speaks of.

Codes are `<area>.<name>`; each area keeps its sentences in a `texts.toml` beside its code, in
Swedish and English, and whoever shows the message renders it (`Texts`).
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Any

LANGUAGES = ("sv", "en")


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, as a code with its facts. Facts are short texts: numbers, fields, sums."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data for storage."""
        return {"code": self.code, "facts": dict(self.facts)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Message":
        """Read what `as_data` wrote."""
        return cls(data["code"], data["facts"])


def message(code: str, **facts: object) -> Message:
    """Make a message, with every fact as text."""
    return Message(code, {name: str(value) for name, value in facts.items()})


class Texts:
    """All sentences of the areas it was made with, and how one is said in a language."""

    def __init__(self, files: Iterable[Traversable]) -> None:
        self._sentences: dict[str, dict[str, str]] = {}
        for file in files:
            for area, sentences in tomllib.loads(file.read_text("utf-8")).items():
                for name, by_language in sentences.items():
                    self._sentences[f"{area}.{name}"] = by_language

    def say(self, message: Message, language: str) -> str:
        """Render a message. A code nobody wrote a sentence for is shown with its facts."""
        by_language = self._sentences.get(message.code)
        if by_language is None:
            return " ".join([message.code, *(f"{key}={value}" for key, value in message.facts.items())])
        template = by_language.get(language) or by_language["en"]
        return Formatter().vformat(template, (), _Blanks(message.facts))

    def codes(self) -> Mapping[str, Mapping[str, str]]:
        """Every sentence by code and language, for tests and reference pages."""
        return self._sentences


class _Blanks(dict[str, str]):
    """Facts for a template; one that is missing shows as `?` rather than hiding the sentence."""

    def __missing__(self, key: str) -> str:
        return "?"
