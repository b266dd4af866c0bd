"""Bytes to wire models: finds the JSON in what a shop sends, and builds the models leniently.

Shops put a byte order mark, a PHP notice or a blank line around the JSON, and PHP sends `[]`
where an empty object was meant and `{"0":…, "2":…}` where a list was. All of that is accepted. A
text or a number where rows were promised is not: an order must never lose its rows in silence.
"""

import json
from decimal import Decimal
from functools import cache
from threading import Lock
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")

_MARK = b"\xef\xbb\xbf"
_JUDGED = 4096  # how far into a body a page of HTML is looked for
_GENERIC = msgspec.json.Decoder(float_hook=Decimal)
_SCANNER = json.JSONDecoder(parse_float=Decimal)
_TRIES = 200
_NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class NotJson(ValueError):
    """There is no JSON in the body: a web page, or nothing."""


class WrongShape(ValueError):
    """There is JSON, but not of the shape that was promised."""


def decode(body: bytes, kind: type[T]) -> tuple[T, bool]:
    """Build a model from a body. The flag says that there was something else around the JSON.

    Raises NotJson or WrongShape.
    """
    try:
        return _decode(body, kind), False
    except _NO_JSON:
        part = json_part(body)
    try:
        return _decode(part, kind), True
    except _NO_JSON as error:
        raise NotJson(str(error)) from error


def _decode(body: bytes, kind: type[T]) -> T:
    try:
        return _decoder(kind).decode(body)
    except msgspec.ValidationError:
        built: T = _build(_GENERIC.decode(body), kind, "")
        return built


def json_part(body: bytes) -> bytes:
    """Return the JSON inside a body: the longest object or list in it. Raises NotJson."""
    text = body.removeprefix(_MARK).decode("utf-8", "replace").strip()
    start = text[:_JUDGED].lower()
    if "<!doctype" in start or "<html" in start:
        raise NotJson("a web page")
    best, position = "", 0
    for _ in range(_TRIES):
        starts = [at for at in (text.find("{", position), text.find("[", position)) if at >= 0]
        if not starts:
            break
        position = min(starts)
        try:
            _, end = _SCANNER.raw_decode(text, position)
        except (ValueError, RecursionError):
            position += 1
            continue
        if end - position > len(best):
            best = text[position:end]
        position = end
    if not best:
        raise NotJson("no JSON")
    return best.encode()


# msgspec lays out a class when its first decoder is made, and crashes the process when two threads
# do so at once: one is made at a time, and used when it is whole.
_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}
_ONE_AT_A_TIME = Lock()


def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    decoder = _DECODERS.get(kind)
    if decoder is None:
        with _ONE_AT_A_TIME:
            decoder = _DECODERS[kind] = msgspec.json.Decoder(kind, float_hook=Decimal)
    return decoder


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((f.name, f.encode_name, hints[f.name]) for f in msgspec.structs.fields(kind))


def _build(data: Any, kind: Any, path: str) -> Any:
    # Only reached when the typed decoder found an odd shape, so it may take its time.
    if get_origin(kind) is list:
        (item,) = get_args(kind)
        return [_build(row, item, f"{path}[]") for row in _rows(data, path)]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if data in (None, False, "") or data == []:
            return kind()
        if not isinstance(data, dict):
            raise WrongShape(f"{path or 'answer'}: {type(data).__name__}")
        given = {
            name: _build(data[key], hint, f"{path}.{name}")
            for name, key, hint in _fields(kind)
            if key in data
        }
        return kind(**given)
    return data


def _rows(data: Any, path: str) -> list[Any]:
    if data in (None, False, ""):
        return []
    if isinstance(data, list):
        return data
    if isinstance(data, dict) and all(key.isdigit() for key in data):
        return list(data.values())
    raise WrongShape(f"{path or 'answer'}: {type(data).__name__}")
