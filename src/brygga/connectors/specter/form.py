"""The fields of one call on their way out: made fit for the wire, held to limits, never lost.

Mappings fill a `Form` field by field. A text that is too long is cut at a word and its whole is
kept for the comment; a number or key that does not fit is refused, since half of it is another.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.text import cut, keeps, latin
from brygga.domain.errors import RecordRejected
from brygga.domain.message import Message, message
from brygga.domain.money import plain, round_to

_SHOWN = 200  # of a value, in a message
_ROW = re.compile(r"_\d+$")


class Form:
    """Pairs of field and text in the order they were put, with warnings and what had to be cut."""

    __slots__ = ("_dialect", "cut_texts", "pairs", "record", "warnings")

    def __init__(self, dialect: Dialect, record: str) -> None:
        self._dialect = dialect
        self.record = record
        self.pairs: list[tuple[str, str]] = []
        self.warnings: list[Message] = []
        self.cut_texts: list[str] = []

    def put(self, name: str, value: str) -> None:
        """Add a field whose value is already fit: codes, switches, numbers we formatted."""
        if self._dialect.rename:
            name = _renamed(name, self._dialect.rename)
        if name:
            self.pairs.append((name, value))

    def value(self, name: str) -> str:
        """Return what was put under a name, or an empty text."""
        return next((value for key, value in self.pairs if key == name), "")

    def text(self, name: str, given: str, limit: int = 0, *, must: bool = False) -> str:
        """Add a short text and return it as it goes out.

        `must` refuses a text of which nothing can be written (a name in Chinese) instead of
        sending it empty.
        """
        sent = self.fitted(name, given, limit, must=must)
        self.put(name, sent)
        return sent

    def fitted(self, name: str, given: str, limit: int = 0, *, must: bool = False) -> str:
        """Return a short text as it would go out, without adding it."""
        if not given:
            return ""
        if ";" in given:
            given = given.replace(";", self._dialect.text.semicolon)
        sent, lost = latin(given)
        if must and not sent and given.strip():
            raise RecordRejected(
                message("specter.unwritable", record=self.record, field=name, value=given[:_SHOWN])
            )
        if lost:
            self.warnings.append(
                message(
                    "specter.letters_lost", record=self.record, field=name, value=given[:_SHOWN], sent=sent
                )
            )
        if limit and len(sent) > limit:
            short = cut(sent, limit)
            self.cut_texts.append(sent)
            self.warnings.append(
                message(
                    "specter.text_cut", record=self.record, field=name, limit=limit, value=sent, sent=short
                )
            )
            return short
        return sent

    def number(self, name: str, given: str, limit: int) -> None:
        """Add a number-like text (postcode, telephone, reference). Raises RecordRejected if too long."""
        sent = self.fitted(name, given)
        if limit and len(sent) > limit:
            raise RecordRejected(
                message("specter.too_long", record=self.record, field=name, value=sent[:_SHOWN], limit=limit)
            )
        self.put(name, sent)

    def key(self, name: str, given: str, limit: int) -> None:
        """Add a key that may not be changed at all. Raises RecordRejected if it would be."""
        if not keeps(given) or ";" in given:
            raise RecordRejected(
                message("specter.key_unfit", record=self.record, field=name, value=given[:_SHOWN])
            )
        if limit and len(given) > limit:
            raise RecordRejected(
                message("specter.too_long", record=self.record, field=name, value=given[:_SHOWN], limit=limit)
            )
        self.put(name, given)

    def comment(self, name: str, given: str, limit: int) -> None:
        """Add a long text; line breaks are kept if the dialect says so."""
        if self._dialect.text.comment_line_breaks and ("\n" in given or "\r" in given):
            lines = [latin(line) for line in given.splitlines()]
            sent, lost = "\r\n".join(text for text, _ in lines).strip(), any(lost for _, lost in lines)
        else:
            sent, lost = latin(given)
        if lost:
            self.warnings.append(
                message(
                    "specter.letters_lost", record=self.record, field=name, value=given[:_SHOWN], sent=sent
                )
            )
        if limit and len(sent) > limit:
            short = cut(sent, limit)
            self.warnings.append(
                message(
                    "specter.text_cut", record=self.record, field=name, limit=limit, value=sent, sent=short
                )
            )
            sent = short
        self.put(name, sent)

    def decimal(self, name: str, given: Decimal, decimals: int) -> None:
        """Add a number with a point and at most so many decimals. More are refused: sums rest on them."""
        sent = plain(given)
        point = sent.find(".")
        if point >= 0 and len(sent) - point - 1 > decimals:
            raise RecordRejected(
                message(
                    "specter.too_many_decimals", record=self.record, field=name, value=sent, limit=decimals
                )
            )
        self.put(name, "0" if sent == "-0" else sent)

    def rounded(self, name: str, given: Decimal, decimals: int) -> None:
        """Add a number rounded half up: prices of articles and weights, which no sum rests on."""
        self.put(name, plain(round_to(given, decimals)))

    def day(self, name: str, given: date) -> None:
        """Add a date as yyyy-mm-dd."""
        self.put(name, given.isoformat())

    def switch(self, name: str, on: bool) -> None:
        """Add a yes or no as 1 or 0."""
        self.put(name, "1" if on else "0")


def _renamed(name: str, rename: Mapping[str, str]) -> str:
    # Fields of rows and articles are renamed without their number: rename.articleNo.
    row = _ROW.search(name)
    plain_name, number = (name[: row.start()], row.group()) if row else (name, "")
    if plain_name not in rename:
        return name
    return rename[plain_name] + number if rename[plain_name] else ""
