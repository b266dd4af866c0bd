"""Makes the body of an exchange readable: indented JSON or XML, form fields on lines of their own."""

import json
from urllib.parse import parse_qsl

from brygga.app.vault.masks import mask_person_numbers

LONGEST = 100_000


def readable(body: bytes) -> str:
    """Return a body as text for people, personal numbers masked; secrets were taken out before it was kept."""
    text = body[:LONGEST].decode("utf-8", "replace") if _is_utf8(body) else body[:LONGEST].decode("latin-1")
    return mask_person_numbers(_laid_out(text.strip()))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _laid_out(text: str) -> str:
    if text[:1] in {"{", "["}:
        try:
            return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
        except ValueError:
            return text
    first = text.split("\n", 1)[0]
    if "=" in first and "&" in text and " " not in first and not text.startswith("<"):
        fields = parse_qsl(text, keep_blank_values=True)
        if fields:
            return "\n".join(f"{name} = {value}" for name, value in fields)
    return text
