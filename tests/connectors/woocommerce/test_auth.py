"""Requests are signed as WooCommerce checks them."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brygga.connectors.woocommerce.auth import Basic, OAuth1, percent, signer_for
from brygga.connectors.woocommerce.settings import WooSettings

KEY, SECRET = "ck_1234567890abcdef", "cs_åäö&fedcba0987654321"
URL = "http://butik.example:8090/wp-json/wc/v3/orders"


def as_woocommerce_checks_it(method: str, url: str, secret: str, scheme: str = "") -> bool:
    """The check in WC_REST_Authentication::check_oauth_signature, in other words."""
    parts = urlsplit(url)
    params = dict(parse_qsl(parts.query, keep_blank_values=True))
    given_signature = params.pop("oauth_signature")

    def raw(text: str) -> str:
        return quote(text, safe="-._~")

    normal = {
        raw(unquote(k)).replace("%", "%25"): raw(unquote(v)).replace("%", "%25") for k, v in params.items()
    }
    query = "%26".join(f"{key}%3D{normal[key]}" for key in sorted(normal))
    base = f"{method}&{raw(f'{scheme or parts.scheme}://{parts.netloc}{parts.path}')}&{query}"
    expected = base64.b64encode(
        hmac.new(f"{secret}&".encode(), base.encode(), hashlib.sha256).digest()
    ).decode()
    return expected == given_signature


PLAIN_SECRET = "cs_fedcba0987654321"
# A bare % in a value is decoded once too often by WooCommerce itself; we never send one.
values = st.text(st.characters(exclude_characters="%", exclude_categories=("Cs", "Cc")), max_size=20)
names = st.text("abcxyz_-.019", min_size=1, max_size=12)


@given(st.dictionaries(names, values, max_size=6), st.sampled_from(["GET", "POST", "PUT", "DELETE"]))
def test_every_query_passes_the_shops_check(query: dict[str, str], method: str) -> None:
    signed = OAuth1(KEY, PLAIN_SECRET).sign(method, URL, query)
    assert as_woocommerce_checks_it(method, signed.url, PLAIN_SECRET)
    assert not as_woocommerce_checks_it(method, signed.url, PLAIN_SECRET + "x")
    assert "oauth_signature" not in signed.shown_url
    assert KEY not in signed.shown_url


def test_the_signature_of_a_known_request_is_known() -> None:
    signer = OAuth1("ck_abc", "cs_def", now=lambda: 1795511658.9, nonce=lambda: "n0nce")
    signed = signer.sign(
        "GET", URL, {"status": "processing,on-hold", "modified_after": "2026-11-24T09:14:13"}
    )
    query = dict(parse_qsl(urlsplit(signed.url).query))
    base = (
        "GET&http%3A%2F%2Fbutik.example%3A8090%2Fwp-json%2Fwc%2Fv3%2Forders&"
        "modified_after%3D2026-11-24T09%253A14%253A13%26oauth_consumer_key%3Dck_abc%26oauth_nonce%3Dn0nce%26"
        "oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1795511658%26status%3Dprocessing%252Con-hold"
    )
    assert query["oauth_signature"] == base64.b64encode(
        hmac.new(b"cs_def&", base.encode(), hashlib.sha256).digest()
    ).decode("ascii")
    assert signed.headers == {}


def test_behind_a_proxy_the_shops_own_scheme_is_signed() -> None:
    url = URL.replace("http://", "https://")
    signed = OAuth1(KEY, PLAIN_SECRET, scheme="http").sign("GET", url, {})
    assert signed.url.startswith("https://")
    assert as_woocommerce_checks_it("GET", signed.url, PLAIN_SECRET, "http")


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("abc-._~", "abc-._~"),
        (" ", "%20"),
        ("å", "%C3%A5"),
        ("a+b&c=d", "a%2Bb%26c%3Dd"),
        ("*'()!", "%2A%27%28%29%21"),
    ],
)
def test_percent_encoding_follows_rfc_3986(text: str, encoded: str) -> None:
    assert percent(text) == encoded


def test_basic_keeps_the_secret_out_of_the_address() -> None:
    signed = Basic(KEY, SECRET).sign("GET", "https://butik.example/x", {"a": "1"})
    assert signed.url == signed.shown_url == "https://butik.example/x?a=1"
    assert (
        base64.b64decode(signed.headers["Authorization"].removeprefix("Basic ")).decode() == f"{KEY}:{SECRET}"
    )


@pytest.mark.parametrize(
    ("url", "signing", "kind"),
    [
        ("https://b.example", "auto", Basic),
        ("http://b.example", "auto", OAuth1),
        ("https://b.example", "signed", OAuth1),
        ("https://b.example", "signed_http", OAuth1),
    ],
)
def test_the_signer_follows_address_and_setting(url: str, signing: str, kind: type) -> None:
    assert isinstance(signer_for(WooSettings(url, KEY, SECRET, signing)), kind)


def test_two_requests_never_share_a_nonce() -> None:
    signer = OAuth1(KEY, SECRET)
    nonces = {
        dict(parse_qsl(urlsplit(signer.sign("GET", URL, {}).url).query))["oauth_nonce"] for _ in range(200)
    }
    assert len(nonces) == 200
