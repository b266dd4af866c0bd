"""Reads what Specter answers, in whatever form it comes, and says when it is no answer at all.

The first non-blank character decides: a digit begins the short form (`1;<id>;<message>`), `<`
begins XML. Anything else, and any web page, is not Specter's answer: harmless on a read, but
after a write it leaves open whether the write was carried out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from brygga.connectors.contract.http import Answer, retry_after
from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.dialect_parts import Words, XmlNames
from brygga.domain.errors import BryggaError, ConnectionBroken, OutcomeUnknown, TryLater
from brygga.domain.message import message

_SHORT = re.compile(r"(-?\d{1,6})\s*(?:;|$)")
_NUMBER = re.compile(r"[\w./-]{1,50}")
_PAGE_ROOTS = frozenset(("html", "head", "body", "script"))
_BLANK = b" \t\r\n\x00"
# Signs that XML can't hold and that a server may let through all the same; Tab, LF and CR may stay.
_UNFIT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_EXCERPT = 400
_LARGEST_NOTICE = 4096
_LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of Specter's. `number` is what was made; `code` and `text` say why it was not.

    Rows stand under `root`, or in `listing` when they came as lines with semicolons.
    """

    ok: bool
    code: str = ""
    number: str = ""
    text: str = ""
    root: etree._Element | None = None
    listing: str = ""


class NotAnAnswer(Exception):
    """The body is not one of Specter's forms: a web page, a broken document, nothing."""


def read_reply(body: bytes, names: XmlNames, is_list: Callable[[str], bool] | None = None) -> Reply:
    """Return what a body says. Raises NotAnAnswer.

    `is_list` says that a text is lines of rows, for calls that may be answered so.
    """
    start = body.lstrip(_BLANK)
    marked = start[:3] == b"\xef\xbb\xbf"
    if marked:
        start = start[3:].lstrip(_BLANK)
    if start[:5] != b"<?xml":
        # A server's notice may stand before the document; it is not part of it.
        at = start.find(b"<?xml", 0, _LARGEST_NOTICE)
        start = start[at:] if at > 0 else start
    first = start[:1]
    if first == b"<":
        return _xml(start, names, "utf-8" if marked else None)
    if is_list is not None and first:
        text = start.decode("utf-8" if marked else "iso-8859-1", "replace")
        if is_list(text):
            return Reply(True, listing=text)
    if first.isdigit() or first == b"-":
        return _short(start)
    raise NotAnAnswer("empty" if not first else "neither short form nor XML")


def no_answer(answer: Answer, *, changes: bool, dialect: Dialect, label: str) -> BryggaError:
    """Say what an answer means that is not Specter's own: by its status, else by being garbage."""
    status = answer.status
    excerpt = _decoded(answer.body[:_EXCERPT])
    ours = f"{label}: HTTP {status}: {excerpt}"
    after = retry_after(answer, datetime.now(UTC))
    if status == 429 or (status == 503 and after):
        # Turned away at the door, before anything was done.
        return TryLater(message("specter.busy", status=status), ours, after=after)
    if status in (401, 404, 405, 410) or 300 <= status < 400:
        return ConnectionBroken(message("specter.not_specter", status=status), ours)
    away = status == 503 or bool(dialect.patterns.maintenance.search(excerpt))
    if changes:
        return OutcomeUnknown(message("specter.unclear", status=status), ours, system_away=away)
    code = "specter.away" if away else "specter.garbage"
    return TryLater(message(code, status=status), ours, after=after, system_away=away)


def child(element: etree._Element, names: Words) -> etree._Element | None:
    """Return the first child with one of the names, whatever its case and namespace."""
    for item in element:
        if local_name(item) in names:
            return item
    return None


def named_value(element: etree._Element, name: Words) -> str:
    """Return an attribute's or else a child's text under one of the names, trimmed, or empty."""
    for key, value in element.items():
        if str(key).rpartition("}")[2].lower() in name:
            return str(value).strip()
    found = child(element, name)
    return "" if found is None else "".join(map(str, found.itertext())).strip()


def local_name(element: etree._Element) -> str:
    """Return an element's name in lower case without namespace; empty for comments and the like."""
    # The stubs say that a tag is always text; of a comment or an instruction it is a function.
    tag: object = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _short(start: bytes) -> Reply:
    text = _decoded(start).strip()
    found = _SHORT.match(text)
    if not found:
        raise NotAnAnswer("not the short form")
    parts = text.split(";", 2)
    second = parts[1].strip() if len(parts) > 1 else ""
    # A line break is kept: it tells rows of a list from this form.
    rest = parts[2].strip(" \t")[:_LONGEST_TEXT] if len(parts) > 2 else ""
    if found.group(1) == "1":
        return Reply(True, number=_number(second), text=rest)
    return Reply(False, code=second, text=rest)


def _xml(start: bytes, names: XmlNames, encoding: str | None) -> Reply:
    root = _parsed(start, encoding)
    if local_name(root) in _PAGE_ROOTS:
        raise NotAnAnswer("a web page")
    response = root if local_name(root) in names.response else child(root, names.response)
    holder = root if response is None else response
    result = named_value(holder, names.result)
    code = named_value(holder, names.code)
    text = named_value(holder, names.message)[:_LONGEST_TEXT]
    if not result and code and code != "0":
        result = "0"  # seen: clients look for the code alone
    if not result:
        # Feeds may come without a verdict; they are known by their list, or by holding nothing.
        lists = names.orders + names.articles + names.stock_changes
        if child(root, lists) is None and (len(root) or (root.text or "").strip()):
            raise NotAnAnswer("XML without a result")
        return Reply(True, root=root)
    if result != "1":
        return Reply(False, code=code, text=text, root=root)
    return Reply(True, number=_xml_number(holder, root, names.id), text=text, root=root)


def _xml_number(holder: etree._Element, root: etree._Element, names: Words) -> str:
    for name in names:
        number = _number(named_value(holder, (name,))) or _number(named_value(root, (name,)))
        if number:
            return number
    return ""


def _number(text: str) -> str:
    return text if _NUMBER.fullmatch(text) and text.strip("0") else ""


def _parsed(start: bytes, encoding: str | None) -> etree._Element:
    head = start[:1000].lower()
    if b"<!doctype" in head or b"<!entity" in head:
        raise NotAnAnswer("a document with a DOCTYPE")
    whole, reason = start.rstrip(_BLANK), ""
    for clean in (False, True):
        body = _UNFIT.sub(b"", whole) if clean else whole
        # Without a declaration, or with a wrong one: the API's own encoding is Latin-1.
        for spoken in (encoding, "iso-8859-1"):
            try:
                return etree.fromstring(body, _parser(spoken))
            except (etree.XMLSyntaxError, ValueError) as error:
                reason = str(error)
    raise NotAnAnswer(f"broken XML: {reason}")


def _parser(encoding: str | None = None) -> etree.XMLParser:
    # One per answer: lxml's parsers must not be shared between threads at work.
    return etree.XMLParser(
        encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )


def _decoded(body: bytes) -> str:
    # Swedish text in Latin-1 is practically never valid UTF-8, so trying settles it.
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("iso-8859-1")
