"""Reads a call's parameters as classic ASP does: query before form, names in any case, Latin-1."""

from urllib.parse import unquote_to_bytes


def read_params(raw_query: str, raw_form: bytes) -> dict[str, str]:
    """Merge query and form; names become lower case, and the first of several equal names wins."""
    params: dict[str, str] = {}
    # Undecoded, both are plain ASCII; stray bytes in a form are Latin-1 already.
    for raw in (raw_query, raw_form.decode("latin-1")):
        for pair in raw.replace("+", " ").split("&"):
            name, _, value = pair.partition("=")
            if "%" in pair:
                name, value = _decoded(name), _decoded(value)
            if name:
                params.setdefault(name.lower(), value)
    return params


def _decoded(text: str) -> str:
    return unquote_to_bytes(text.encode("latin-1", "replace")).decode("latin-1")
