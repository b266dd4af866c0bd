"""Who may come in: consumer keys by Basic or query over https, OAuth 1.0a over http.

Over plain http Basic and query keys are ignored in silence, as the real shop does, unless the
simulator was started with --trust-basic-over-http.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from brygga_simulators.woocommerce.errors import RestError, bad_authentication, unauthorized
from brygga_simulators.woocommerce.site import ApiKey, Site

WINDOW_SECONDS = 15 * 60
_OAUTH_NEEDED = (
    "oauth_consumer_key",
    "oauth_timestamp",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
)
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Claim:
    """What a request says about who sends it."""

    method: str
    path: str
    """The path inside the site."""
    query: Sequence[tuple[str, str]]
    authorization: str
    is_secure: bool
    basic_allowed: bool
    form: Sequence[tuple[str, str]] = ()


def recognise(site: Site, claim: Claim) -> ApiKey | None:
    """Return the key a request comes with, None if it has none. Raises 401 for a wrong secret."""
    key = _by_basic(site, claim) if claim.basic_allowed else None
    return key or _by_oauth(site, claim)


def permit(key: ApiKey | None, method: str) -> None:
    """Raise the shop's 401 if there is no key, or one that may not do this."""
    if key is None:
        raise unauthorized(method)
    if method in _READS:
        if key.permissions not in {"read", "read_write"}:
            raise bad_authentication("Denna API-nyckel har inte läsbehörigheter.")
    elif key.permissions not in {"write", "read_write"}:
        raise bad_authentication("Denna API-nyckel har inte skrivbehörigheter.")


def _by_basic(site: Site, claim: Claim) -> ApiKey | None:
    given = dict(claim.query) if "consumer_key" in (name for name, _ in claim.query) else {}
    name, secret = given.get("consumer_key", ""), given.get("consumer_secret", "")
    if not name and claim.authorization[:6].lower() == "basic ":
        try:
            pair = base64.b64decode(claim.authorization[6:], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        name, _, secret = pair.partition(":")
    key = site.keys.get(name)
    if key is None:
        return None
    if not hmac.compare_digest(key.secret.encode(), secret.encode()):
        raise bad_authentication("Hemlig kundnyckel är ogiltig.")
    return key


def _by_oauth(site: Site, claim: Claim) -> ApiKey | None:
    params = [*claim.query, *claim.form]
    if claim.authorization[:6].lower() == "oauth ":
        header = _header_params(claim.authorization[6:])
        params = [*(p for p in params if p[0] not in dict(header)), *header]
    named = dict(params)
    missing = [name for name in _OAUTH_NEEDED if not named.get(name)]
    if len(missing) == len(_OAUTH_NEEDED):
        return None
    if missing:
        raise RestError(
            401,
            "woocommerce_rest_authentication_missing_parameter",
            f"Saknade OAuth-parametrar: {', '.join(missing)}",
        )
    key = site.keys.get(named["oauth_consumer_key"])
    if key is None:
        raise bad_authentication("Kundnyckel är ogiltig.")
    _check_signature(site, claim, key, params, named)
    _check_nonce(site, named)
    return key


def _header_params(text: str) -> list[tuple[str, str]]:
    """Read the parameters of an OAuth header; the realm is not one of them."""
    pairs = []
    for part in text.split(","):
        name, _, value = part.strip().partition("=")
        if name and name != "realm":
            pairs.append((unquote(name), unquote(value.strip().strip('"'))))
    return pairs


def _check_signature(
    site: Site, claim: Claim, key: ApiKey, params: Sequence[tuple[str, str]], named: Mapping[str, str]
) -> None:
    method = named["oauth_signature_method"].upper()
    if method not in {"HMAC-SHA1", "HMAC-SHA256"}:
        raise bad_authentication("Ogiltig signatur – signaturmetoden är ogiltig.")
    algorithm = method.removeprefix("HMAC-").lower()
    scheme = "https" if claim.is_secure else "http"
    url = f"{scheme}://{site.url.partition('://')[2]}{claim.path}"
    text = base_string(claim.method, url, [p for p in params if p[0] != "oauth_signature"])
    digest = hmac.new(f"{key.secret}&".encode(), text.encode(), getattr(hashlib, algorithm)).digest()
    wanted = base64.b64encode(digest).decode()
    # A plus that was not encoded arrives as a space.
    given = named["oauth_signature"].replace(" ", "+")
    if not hmac.compare_digest(wanted, given):
        raise bad_authentication("Ogiltig signatur – signaturen matchade inte.")


def base_string(method: str, url: str, params: Sequence[tuple[str, str]]) -> str:
    """Return the text that OAuth signs: method, address, and the sorted parameters, all encoded."""
    encoded = sorted((quote(k, safe="~"), quote(v, safe="~")) for k, v in params)
    joined = "&".join(f"{k}={v}" for k, v in encoded)
    return f"{method.upper()}&{quote(url, safe='~')}&{quote(joined, safe='~')}"


def _check_nonce(site: Site, named: Mapping[str, str]) -> None:
    now = int(site.now().timestamp())
    try:
        stamp = int(named["oauth_timestamp"])
    except ValueError:
        stamp = 0
    # A client's clock is the machine's, the simulator's may have been moved: either will do.
    if min(abs(now - stamp), abs(int(time.time()) - stamp)) > WINDOW_SECONDS:
        raise bad_authentication("Ogiltig tidsstämpel.")
    nonce = named["oauth_nonce"]
    if nonce in site.nonces:
        raise bad_authentication("Ogiltigt nonce – nonce har redan använts.")
    site.nonces[nonce] = stamp
    if len(site.nonces) % 1000 == 0:  # now and then: each time would cost more the more there are
        latest = max(site.nonces.values())
        site.nonces = {n: t for n, t in site.nonces.items() if t > latest - WINDOW_SECONDS}


def pairs_of(raw_query: str) -> list[tuple[str, str]]:
    """Read a query string or a form into pairs, in order."""
    return parse_qsl(raw_query, keep_blank_values=True)
