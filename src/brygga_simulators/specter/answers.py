"""What the API answers: the short form `1;id;message`, XML, and the error codes."""

from xml.sax.saxutils import escape, quoteattr

from brygga_simulators.specter.options import Options

# Only 99 is known from the real system; the others are invented for this simulator.
BAD_KEY = 1
UNKNOWN_ACCOUNT = 2
MISSING = 3
UNKNOWN_CUSTOMER = 4
DUPLICATE_ORDER = 5
UNKNOWN_ARTICLE = 6
INVALID = 7
CLOSED_CURRENCY = 8
UNKNOWN_ACTION = 9
ARTICLE_EXISTS = 10
UNKNOWN_BATCH = 98
OPEN_BATCH = 99

CODES = {
    BAD_KEY: "the signature, or the API user, is wrong",
    UNKNOWN_ACCOUNT: "no account has this sbmId",
    MISSING: "a parameter is missing",
    UNKNOWN_CUSTOMER: "no customer has this customerId",
    DUPLICATE_ORDER: "an order with this externalOrderNo exists",
    UNKNOWN_ARTICLE: "an order row names an unknown article",
    INVALID: "a value has the wrong form, or is too long",
    CLOSED_CURRENCY: "the currency is not open in the account",
    UNKNOWN_ACTION: "no such action on this endpoint",
    ARTICLE_EXISTS: "the article exists and may not be updated",
    UNKNOWN_BATCH: "the batch to confirm is not open",
    OPEN_BATCH: "another batch of this feed is open",
}


class Refused(Exception):
    """A call that gets an error answer."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def short_form(ok: bool, second: str, message: str) -> bytes:
    """Return `1;<id>;<message>` or `0;<code>;<message>`."""
    return f"{int(ok)};{second};{message}".encode("latin-1", "replace")


class Xml:
    """Writes XML answers the way one account does."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def document(self, *parts: str) -> bytes:
        """Return a whole document with the parts under the root."""
        encoding = self.options.xml_encoding
        root = self.options.xml_root
        text = f'<?xml version="1.0" encoding="{encoding}"?>\r\n<{root}>{"".join(parts)}</{root}>'
        return text.encode(encoding, "xmlcharrefreplace")

    def response(self, ok: bool, code: int, message: str, new_id: str | None = None) -> str:
        """Return the APIresponse element."""
        element = self.options.id_element
        id_part = "" if new_id is None or not element else f"<{element}>{escape(new_id)}</{element}>"
        return (
            f"<APIresponse><result>{int(ok)}</result><code>{code}</code>{id_part}"
            f"<message>{self.text(message)}</message></APIresponse>"
        )

    def text(self, text: str) -> str:
        """Return character data, in a CDATA section if the account writes so and the text can."""
        clean = "".join(c for c in text if c >= " " or c in "\t\n\r")
        # A character reference means nothing inside CDATA, so such texts go without.
        fits = clean.isascii() or self.options.xml_encoding == "UTF-8" or _is_latin1(clean)
        if clean and self.options.xml_cdata and fits and "]]>" not in clean:
            return f"<![CDATA[{clean}]]>"
        return escape(clean)

    def attribute(self, name: str, value: str) -> str:
        """Return ` name="value"`, escaped."""
        return f" {name}={quoteattr(value)}"


def _is_latin1(text: str) -> bool:
    return all(ord(c) < 256 for c in text)
