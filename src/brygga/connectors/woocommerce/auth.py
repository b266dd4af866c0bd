"""How a request proves who we are: Basic over https, OAuth 1.0a over http.

Over plain http WooCommerce ignores Basic and keys in the query without a word (measured), but
takes OAuth 1.0a with HMAC-SHA256 in the query. The same signature helps where a web server drops
the Authorization header. Encoding follows RFC 3986; the text that is signed follows RFC 5849.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from brygga.connectors.woocommerce.settings import AUTO, SIGNED_HTTP, WooSettings

_UNRESERVED = "-._~"  # RFC 3986, 2.3; letters and digits are always kept


@dataclass(frozen=True, slots=True)
class Signed:
    """A request ready to be sent, and its address as it may be shown and kept."""

    url: str
    shown_url: str
    headers: Mapping[str, str]


class Signer(Protocol):
    """Something that signs a request."""

    def sign(self, method: str, url: str, query: Mapping[str, str]) -> Signed:
        """Return the request's final address and headers."""


def percent(text: str) -> str:
    """Percent-encode by RFC 3986: everything but unreserved characters, as UTF-8."""
    return quote(text, safe=_UNRESERVED)


def query_text(query: Mapping[str, str]) -> str:
    """Write a query, or nothing, with its question mark."""
    return "?" + "&".join(f"{percent(k)}={percent(v)}" for k, v in query.items()) if query else ""


class Basic:
    """Key and secret in the Authorization header."""

    def __init__(self, key: str, secret: str) -> None:
        token = base64.b64encode(f"{key}:{secret}".encode()).decode("ascii")
        self._headers = {"Authorization": f"Basic {token}"}

    def sign(self, method: str, url: str, query: Mapping[str, str]) -> Signed:  # noqa: ARG002  not part of it
        """Return the request with the header; its address holds no secret."""
        address = url + query_text(query)
        return Signed(address, address, self._headers)


class OAuth1:
    """A signature in the query; the secret itself never leaves us.

    `scheme` overrides the scheme in the signed text: a shop behind a proxy that ends https
    believes that it was reached by http and signs so.
    """

    def __init__(
        self,
        key: str,
        secret: str,
        *,
        scheme: str = "",
        now: Callable[[], float] = time.time,
        nonce: Callable[[], str] = lambda: secrets.token_hex(12),
    ) -> None:
        self._static = (f"oauth_consumer_key={percent(key)}", "oauth_signature_method=HMAC-SHA256")
        self._scheme = scheme
        self._now = now
        self._nonce = nonce
        # The key schedule is worked out once and copied for each request.
        self._mac = hmac.new(f"{percent(secret)}&".encode("ascii"), digestmod=hashlib.sha256)

    def sign(self, method: str, url: str, query: Mapping[str, str]) -> Signed:
        """Return the request with its oauth parameters; they are left out of what may be shown."""
        asked = [f"{percent(name)}={percent(value)}" for name, value in query.items()]
        ours = [*self._static, f"oauth_nonce={self._nonce()}", f"oauth_timestamp={int(self._now())}"]
        signature = percent(self._signature(method, url, asked + ours))
        return Signed(
            f"{url}?{'&'.join([*asked, *ours])}&oauth_signature={signature}",
            f"{url}?{'&'.join(asked)}" if asked else url,
            {},
        )

    def _signature(self, method: str, url: str, pairs: list[str]) -> str:
        # RFC 5849, 3.4; no name comes twice.
        signed_url = f"{self._scheme}://{url.split('://', 1)[1]}" if self._scheme else url
        mac = self._mac.copy()
        mac.update(
            f"{method}&{percent(signed_url)}&{_again('&'.join(sorted(pairs, key=_name)))}".encode("ascii")
        )
        return base64.b64encode(mac.digest()).decode("ascii")


def _name(pair: str) -> str:
    return pair.partition("=")[0]


def _again(encoded: str) -> str:
    # What is percent-encoded already holds only these three characters that are encoded again.
    return encoded.replace("%", "%25").replace("=", "%3D").replace("&", "%26")


def signer_for(settings: WooSettings) -> Signer:
    """Choose the signer that the address and the setting ask for."""
    if settings.signing == AUTO and not settings.over_http:
        return Basic(settings.consumer_key, settings.consumer_secret)
    scheme = "http" if settings.signing == SIGNED_HTTP else ""
    return OAuth1(settings.consumer_key, settings.consumer_secret, scheme=scheme)
