"""Tables that write other alphabets and signs with letters of the wire's own (Latin-1)."""

# Latin letters that have no accent to take off.
LATIN = {
    "Đ": "D", "đ": "d", "Ł": "L", "ł": "l", "Œ": "OE", "œ": "oe", "ẞ": "SS", "Ħ": "H", "ħ": "h",
    "Ŧ": "T", "ŧ": "t", "Ŋ": "N", "ŋ": "n", "ı": "i", "ȷ": "j", "ĸ": "k", "ſ": "s", "Ə": "A", "ə": "a",
    "Ɓ": "B", "ɓ": "b", "Ɗ": "D", "ɗ": "d", "Ƙ": "K", "ƙ": "k", "Ɲ": "N", "ɲ": "n", "Ɛ": "E", "ɛ": "e",
    "Ɔ": "O", "ɔ": "o", "Ɩ": "I", "ɩ": "i", "Ʊ": "U", "ʊ": "u", "Ƴ": "Y", "ƴ": "y", "Ɣ": "G", "ɣ": "g",
    "Ɖ": "D", "ɖ": "d", "Ǥ": "G", "ǥ": "g", "Ɨ": "I", "ɨ": "i", "Ʉ": "U", "ʉ": "u", "Ʒ": "Z", "ʒ": "z",
    "Ð": "D", "ð": "d", "Þ": "Th", "þ": "th", "Ŀ": "L", "ŀ": "l",
}  # fmt: skip

_CYRILLIC = dict(
    zip(
        "абвгдезийклмнопрстуфхцчшщъыьэюяёєіїґўђјљњћџѓќѕѐѝ",
        "a b v g d e z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya yo ye i yi g u dj j lj nj c dz g k dz "
        "e i".split(" "),
        strict=True,
    )
) | {"ж": "zh"}

_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(),
        strict=True,
    )
)


def _both_cases(table: dict[str, str]) -> dict[str, str]:
    return table | {small.upper(): written.capitalize() for small, written in table.items() if small != "ς"}


LETTERS = LATIN | _both_cases(_CYRILLIC) | _both_cases(_GREEK)

SIGNS = {
    "…": "...", "“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'",
    "‹": "'", "›": "'", "′": "'", "″": '"', "–": "-", "—": "-", "―": "-", "‐": "-", "‑": "-", "‒": "-",
    "−": "-", "•": "-", "‣": "-", "€": "EUR", "⁄": "/", "∕": "/", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~",
    "→": "->", "←": "<-", "ʼ": "'", "ʻ": "'", "ʹ": "'", "ʾ": "'", "ʿ": "'", "ˈ": "'", "、": ",", "。": ".",
    "・": "-", "«": "«", "»": "»", "™": "TM", "№": "No", "‰": "o/oo",
}  # fmt: skip
