"""Makes any text fit for the wire: ISO-8859-1, one line, single spaced, and never a `?` for a letter.

What Latin-1 holds passes; signs are written out (… as ..., € as EUR); other letters are
romanised, a whole word at a time so that Łódź becomes Lodz and not Lódz; emoji are dropped.
"""

import re
import unicodedata
from functools import lru_cache

from brygga.connectors.specter.romanise import LETTERS, SIGNS

# What may go out as it is: printable Latin-1 without the soft hyphen.
_PASSES = re.compile(r"[\x20-\x7e\xa1-\xac\xae-\xff]*").fullmatch
_OTHER = re.compile(r"[^\x20-\x7e\xa1-\xac\xae-\xff]")
_WORD = re.compile(r"[^\W\d_]+")
# Accents that Nordic readers expect to see kept even in a word with foreign letters.
_KEPT = frozenset("åäöæøüéßÅÄÖÆØÜÉ")


def latin(text: str) -> tuple[str, bool]:
    """Return the text in Latin-1 on one line, and whether letters were lost for want of a way to write them."""
    text = " ".join(text.split())
    if _PASSES(text):
        return text, False
    text = unicodedata.normalize("NFC", text)
    lost = False

    def other(found: re.Match[str]) -> str:
        nonlocal lost
        character = found.group()
        written = _written(character)
        if not written and unicodedata.category(character)[0] == "L":
            lost = True
        return written

    plain = _OTHER.sub(other, _WORD.sub(_word, text.replace("ου", "ou").replace("Ου", "Ou")))
    return " ".join(plain.split()), lost


def keeps(text: str) -> bool:
    """Say that a text would go out exactly as it is: for keys, which may not be changed."""
    return _PASSES(text) is not None and " ".join(text.split()) == text


def cut(text: str, limit: int) -> str:
    """Shorten a text to a limit, at a word if one ends in its latter half."""
    if not limit or len(text) <= limit:
        return text
    end = text.rfind(" ", 0, limit + 1)
    return text[: end if end > limit // 2 else limit].rstrip(" ,;-")


def _word(found: re.Match[str]) -> str:
    word = found.group()
    if _PASSES(word):
        return word
    return "".join(c if c.isascii() or c in _KEPT else _written(c) or c for c in word)


@lru_cache(maxsize=4096)
def _written(character: str) -> str:
    """One character in Latin-1, empty if there is no way to write it."""
    for table in (LETTERS, SIGNS):
        if character in table:
            return table[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category[0] == "M" or category in ("Cn", "Co", "Cs", "Cf", "Cc"):
        return ""
    parts = unicodedata.normalize("NFKD", character)
    if parts == character:
        return ""
    # A `?` that comes out of another sign looks like a letter that was lost: leave it out.
    return "".join("" if p == "?" else p if _PASSES(p) else _written(p) for p in parts)
