"""Says which articles are one product, and by which choices they differ. Pure, one article at a time.

The ERP's own structure goes before a rule on the article number, that before an uploaded file. An
article that fits none of them is a product of its own, under its own number. Because each article
is judged by itself, the order in which they are told of changes nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from brygga.domain.order import OptionValue
from brygga.domain.supply import ArticleInfo
from brygga.flows.goods.settings import GoodsSettings

PARENT = "parent"  # the word in the rule for a part of the number that names the product


@dataclass(frozen=True, slots=True)
class FileRow:
    """What an uploaded file says of one article."""

    article_no: str
    group: str
    options: tuple[OptionValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article belongs: the product's key, and its own choices there."""

    key: str
    options: tuple[OptionValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """How articles are grouped in one flow."""

    separator: str = ""
    parts: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: GoodsSettings) -> "Rules":
        """Take the rules out of a flow's settings."""
        words = {key.casefold(): word for key, word in settings.goods_option_words.items()}
        return cls(settings.goods_separator, settings.goods_number_parts, words)

    def word(self, name: str, value: str) -> str:
        """Say a value as the shop's buyers know it: by `Färg:RED`, else by `RED`, in any case."""
        value = value.strip()
        for key in (f"{name}:{value}", value):
            word = self.words.get(key.casefold())
            if word:
                return word.strip()
        return value


def place(article: ArticleInfo, rules: Rules, row: FileRow | None = None) -> Place:
    """Say where an article belongs."""
    if article.parent_no.strip() and article.parent_no != article.article_no:
        return Place(article.parent_no.strip(), _said(article.options, rules))
    found = _by_number(article.article_no, rules)
    if found is not None:
        return found
    if row is not None and row.group.strip():
        return Place(row.group.strip(), _said(row.options, rules))
    return Place(article.article_no, _said(article.options, rules))


def _by_number(article_no: str, rules: Rules) -> Place | None:
    """Read a number as `PARENT-SIZE-COLOUR`; None unless it has each part, and each is filled in."""
    if not rules.separator or PARENT not in rules.parts:
        return None
    said = article_no.split(rules.separator)
    if len(said) != len(rules.parts) or not all(part.strip() for part in said):
        return None
    pairs = list(zip(rules.parts, said, strict=True))
    key = rules.separator.join(value for name, value in pairs if name == PARENT)
    options = tuple(OptionValue(name, value) for name, value in pairs if name != PARENT)
    return Place(key, _said(options, rules)) if options else None


def _said(options: Sequence[OptionValue], rules: Rules) -> tuple[OptionValue, ...]:
    return tuple(OptionValue(one.name.strip(), rules.word(one.name.strip(), one.value)) for one in options)


def choice_of(options: Sequence[OptionValue]) -> frozenset[tuple[str, str]]:
    """Return options so that two that mean the same are equal: a shop knows no case in its terms."""
    return frozenset((one.name.casefold(), one.value.casefold()) for one in options)


def same_choices(choices: Mapping[str, Sequence[OptionValue]]) -> list[list[str]]:
    """Return the articles that can't be told apart by their choices, each set of them by number."""
    by_choice: dict[frozenset[tuple[str, str]], list[str]] = defaultdict(list)
    for article_no, options in choices.items():
        by_choice[choice_of(options)].append(article_no)
    return [sorted(numbers) for numbers in by_choice.values() if len(numbers) > 1]


def in_order(values: Sequence[str], order: Sequence[str]) -> list[str]:
    """Sort values as the table says, those not in it behind, by their numbers and letters."""
    places = {word.casefold(): at for at, word in enumerate(order)}
    return sorted(values, key=lambda value: (places.get(value.casefold(), len(places)), _natural(value)))


def _natural(value: str) -> tuple[tuple[int, int, str], ...]:
    parts: list[tuple[int, int, str]] = []
    text = digits = ""
    for letter in value.casefold():
        if letter.isascii() and letter.isdigit():
            if text:
                parts.append((1, 0, text))
                text = ""
            digits += letter
            continue
        if digits:
            parts.append((0, int(digits), ""))
            digits = ""
        text += letter
    if digits:
        parts.append((0, int(digits), ""))
    if text:
        parts.append((1, 0, text))
    return tuple(parts)
