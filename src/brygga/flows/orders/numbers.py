"""Organisation, personal and VAT numbers: what is accepted, how it is written, how it is checked."""

import re
from dataclasses import dataclass
from enum import StrEnum

from stdnum import luhn

_CENTURY = re.compile(r"^(16|18|19|20)(\d{10})$")


class NumberKind(StrEnum):
    """What a Swedish number turned out to be."""

    ORGANISATION = "organisation"
    PERSONAL = "personal"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class SwedishNumber:
    """A number as written and as it is sent: ten digits for companies, twelve or ten for people."""

    kind: NumberKind
    digits: str


def read_swedish_number(text: str) -> SwedishNumber:
    """Read an organisation, personal or coordination number in any of its usual forms.

    `556016-0680`, `165560160680` and `SE556016068001` are one number. The third digit tells a
    company (2 or more) from a person; the last is a Luhn check digit.
    """
    compact = re.sub(r"[\s\-+.]", "", text.upper())
    compact = "".join(str(int(c)) if c.isdecimal() else c for c in compact)  # digits of any script
    if re.fullmatch(r"SE\d{12}", compact):
        compact = compact[2:12]
    century = ""
    match = _CENTURY.match(compact)
    if match:
        century, compact = match.groups()
    if not re.fullmatch(r"\d{10}", compact) or not luhn.is_valid(compact):
        return SwedishNumber(NumberKind.INVALID, compact)
    if int(compact[2]) >= 2:
        return SwedishNumber(NumberKind.ORGANISATION, compact)
    month, day = int(compact[2:4]), int(compact[4:6])
    if 1 <= month <= 12 and 1 <= (day - 60 if day > 60 else day) <= 31:
        return SwedishNumber(NumberKind.PERSONAL, (century if century != "16" else "") + compact)
    return SwedishNumber(NumberKind.INVALID, compact)


def shown(text: str) -> str:
    """Return a number that failed its check as it may be shown: what could be a person's is masked."""
    digits = re.sub(r"\D", "", text)
    if len(digits) < 10 or (len(digits) == 10 and int(digits[2]) >= 2) or digits.startswith("16"):
        return text
    return f"{digits[:-4]}-XXXX"


def read_vat_number(text: str) -> str:
    """Return a VAT number in upper case without spaces, or an empty text if it has no such form."""
    compact = re.sub(r"[\s.\-]", "", text.upper())
    return compact if re.fullmatch(r"[A-Z]{2}[A-Z0-9+*]{2,13}", compact) else ""
