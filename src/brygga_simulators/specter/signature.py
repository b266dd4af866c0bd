"""The signature of a call: md5(outer + md5(inner + sbmId + X)), over ISO-8859-1 bytes.

X is one field of the call, another for each action. Both API versions sign alike; they differ in
which secrets they use.
"""

import hmac
from collections.abc import Mapping
from hashlib import md5


def signature(inner_secret: str, outer_secret: str, sbm_id: int, signed: str) -> str:
    """Return the key parameter a call must carry, in lower-case hex."""
    inner_text = f"{inner_secret}{sbm_id}{signed}".encode("latin-1", "replace")
    inner = md5(inner_text).hexdigest()  # noqa: S324 - what the real system uses
    return md5(f"{outer_secret}{inner}".encode("latin-1", "replace")).hexdigest()  # noqa: S324


def is_signed(key: str, expected: str, *, strict_case: bool) -> bool:
    """Whether the key of a call is the expected one."""
    given = key if strict_case else key.lower()
    return hmac.compare_digest(given.encode("latin-1", "replace"), expected.encode())


def signed_field(action: str, params: Mapping[str, str]) -> str:
    """Return X: the part of a call that its signature covers."""
    field = _SIGNED.get(action)
    if field is not None:
        return params.get(field, "")
    if action == "newCustomerSubmit":
        name = params.get("name", "")
        return name or f"{params.get('firstname', '')} {params.get('surname', '')}"
    return ""


# Parameter names in lower case, as params.py keeps them.
_SIGNED = {
    "newOrderSubmit": "customerid",
    "newArticleSubmit": "articleno_1",
    "getArticleExternalNeedUpdate": "batchno",
    "updateArticlesFromBatch": "batchno",
    "getArticleInfoExternalNeedUpdate": "batchno",
    "updateArticleInfosFromBatch": "batchno",
    "getOrdersExternalNeedUpdate": "batchno",
    "updateOrdersFromBatch": "batchno",
}
