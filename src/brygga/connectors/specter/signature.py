"""The parameter `key`: two MD5 rounds over account and one field, as bytes that are sent.

Both API versions compute it alike; they differ in which secrets are used. The field that is
signed must be the very text that goes out: trimmed, single spaced, in ISO-8859-1.
"""

from hashlib import md5

ENCODING = "iso-8859-1"


def sign(inner_secret: str, outer_secret: str, sbm_id: str, signed: str) -> str:
    """Return the key for a call, in lower-case hex."""
    inner = md5(f"{inner_secret}{sbm_id}{signed}".encode(ENCODING), usedforsecurity=False).hexdigest()
    return md5(f"{outer_secret}{inner}".encode(ENCODING), usedforsecurity=False).hexdigest()
