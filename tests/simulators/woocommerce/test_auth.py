"""Who is let in, and how: Basic and query keys over https only, OAuth 1.0a over http."""

import base64
import hashlib
import hmac
import time
from urllib.parse import quote, urlencode

import pytest

from brygga_simulators.woocommerce.auth import base_string
from tests.simulators.woocommerce.shop_client import Reply, Shop, start_shop

PATH = "/wp-json/wc/v3/orders"
SPOKEN = {"per_page": "1", "search": "Åäö ~ +&=", "status[]": "any"}


@pytest.fixture
def plain(shop: Shop) -> Shop:
    """The same shop over plain http."""
    return Shop(shop.url, shop.key, shop.secret, secure=False)


def signed(
    shop: Shop, method: str = "GET", query: dict[str, str] | None = None, **changes: str
) -> dict[str, str]:
    """Return the query and OAuth parameters of a signed request, changed before signing."""
    algorithm = changes.pop("algorithm", "SHA256")
    secret = changes.pop("secret", shop.secret)
    params = {
        **(query or {}),
        "oauth_consumer_key": shop.key,
        "oauth_timestamp": str(int(time.time())),
        "oauth_nonce": f"{time.perf_counter_ns()}",
        "oauth_signature_method": f"HMAC-{algorithm}",
        **changes,
    }
    text = base_string(method, f"{shop.url}{PATH}", list(params.items()))
    digest = hmac.new(f"{secret}&".encode(), text.encode(), getattr(hashlib, algorithm.lower())).digest()
    return {**params, "oauth_signature": base64.b64encode(digest).decode()}


def ask(shop: Shop, query: dict[str, str], **headers: str) -> Reply:
    return shop.call("GET", PATH, query=query, auth=False, headers=headers)


def code(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.body["code"]


def test_basic_over_plain_http_is_ignored(plain: Shop) -> None:
    assert code(plain.call("GET", PATH)) == (401, "woocommerce_rest_cannot_view")


def test_query_keys_over_plain_http_are_ignored(plain: Shop) -> None:
    query = {"consumer_key": plain.key, "consumer_secret": plain.secret}
    assert code(ask(plain, query)) == (401, "woocommerce_rest_cannot_view")


def test_basic_and_query_keys_work_behind_tls(shop: Shop) -> None:
    assert shop.call("GET", PATH).status == 200
    assert ask(shop, {"consumer_key": shop.key, "consumer_secret": shop.secret}).status == 200


def test_trusting_basic_over_http_is_an_option() -> None:
    process, client = start_shop("--empty", "--trust-basic-over-http")
    with process:
        assert Shop(client.url, client.key, client.secret, secure=False).call("GET", PATH).status == 200


def test_keys_given_on_the_command_line() -> None:
    process, client = start_shop("--empty", "--key", "ck_mine", "--secret", "cs_mine")
    with process:
        assert (client.key, client.secret) == ("ck_mine", "cs_mine")
        assert client.call("GET", PATH).status == 200


@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256"])
def test_oauth_in_the_query(plain: Shop, algorithm: str) -> None:
    assert ask(plain, signed(plain, query=SPOKEN, algorithm=algorithm)).status == 200


@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256"])
def test_oauth_in_the_header(plain: Shop, algorithm: str) -> None:
    params = signed(plain, query=SPOKEN, algorithm=algorithm)
    pairs = ", ".join(f'{k}="{quote(v, safe="~")}"' for k, v in params.items() if k.startswith("oauth_"))
    reply = ask(plain, SPOKEN, Authorization=f'OAuth realm="x", {pairs}')
    assert reply.status == 200, reply.body


def test_oauth_signs_the_method(plain: Shop) -> None:
    params = signed(plain, "POST")
    reply = plain.call("POST", f"{PATH}?{urlencode(params)}", {}, auth=False)
    assert reply.status == 201
    assert code(ask(plain, signed(plain, "POST"))) == (401, "woocommerce_rest_authentication_error")


def test_oauth_with_a_wrong_secret(plain: Shop) -> None:
    reply = ask(plain, signed(plain, secret="cs_wrong"))
    assert code(reply) == (401, "woocommerce_rest_authentication_error")
    assert "signaturen matchade inte" in reply.body["message"]


def test_a_changed_query_breaks_the_signature(plain: Shop) -> None:
    params = {**signed(plain, query={"per_page": "1"}), "per_page": "2"}
    assert ask(plain, params).status == 401


def test_a_nonce_works_once(plain: Shop) -> None:
    params = signed(plain)
    assert ask(plain, params).status == 200
    reply = ask(plain, params)
    assert code(reply) == (401, "woocommerce_rest_authentication_error")
    assert "nonce" in reply.body["message"]


@pytest.mark.parametrize("seconds", [-16 * 60, 16 * 60])
def test_a_timestamp_outside_the_window(plain: Shop, seconds: int) -> None:
    stamp = str(int(time.time()) + seconds)
    assert ask(plain, signed(plain, oauth_timestamp=stamp)).status == 401


def test_a_timestamp_inside_the_window(plain: Shop) -> None:
    stamp = str(int(time.time()) - 14 * 60)
    assert ask(plain, signed(plain, oauth_timestamp=stamp)).status == 200


def test_oauth_with_a_parameter_missing(plain: Shop) -> None:
    params = signed(plain)
    del params["oauth_nonce"]
    assert code(ask(plain, params)) == (401, "woocommerce_rest_authentication_missing_parameter")


def test_oauth_with_an_unknown_key_or_method(plain: Shop) -> None:
    assert ask(plain, signed(plain, oauth_consumer_key="ck_none")).status == 401
    assert ask(plain, {**signed(plain), "oauth_signature_method": "PLAINTEXT"}).status == 401


@pytest.mark.parametrize(
    ("method", "verb"), [("GET", "view"), ("POST", "create"), ("PUT", "edit"), ("DELETE", "delete")]
)
def test_without_keys_the_code_follows_the_method(shop: Shop, method: str, verb: str) -> None:
    path = PATH if method in {"GET", "POST"} else f"{PATH}/1"
    assert code(shop.call(method, path, auth=False)) == (401, f"woocommerce_rest_cannot_{verb}")


def test_the_indexes_are_open_and_tell_who_the_shop_is(shop: Shop) -> None:
    index = shop.call("GET", "/wp-json/", auth=False)
    assert (index.body["url"], index.body["name"]) == (shop.url, "Testbutiken Åäö")
    assert "/wc/v3/orders" in shop.call("GET", "/wp-json/wc/v3", auth=False).body["routes"]


def test_plain_permalinks_do_not_take_keys(shop: Shop) -> None:
    reply = shop.call("GET", "/", query={"rest_route": "/wc/v3/orders"})
    assert code(reply) == (401, "woocommerce_rest_cannot_view")


def test_a_slash_at_the_end_and_head_are_fine(shop: Shop) -> None:
    assert shop.call("GET", f"{PATH}/").status == 200
    head = shop.call("HEAD", PATH)
    assert (head.status, head.headers["X-WP-Total"]) == (200, "0")


def test_no_etag_no_modified_date(shop: Shop) -> None:
    headers = shop.call("GET", PATH).headers
    assert not {"ETag", "Last-Modified"} & set(headers)
