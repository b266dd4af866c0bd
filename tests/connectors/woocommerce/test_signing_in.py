"""A shop that drops the login header, or is blind to its own https, is found out when it is connected."""

from collections.abc import Callable, Iterator

import pytest

from brygga.connectors.contract.http import HttpClient, HttpPolicy
from brygga.connectors.woocommerce.auth import Basic, percent
from brygga.connectors.woocommerce.client import WooClient
from brygga.connectors.woocommerce.settings import WooSettings
from brygga.connectors.woocommerce.shop import identify
from brygga.domain.errors import ConnectionBroken, SetupWrong
from tests.connectors.woocommerce.fake_shop import KEY, SECRET, Call, FakeShop, Reply
from tests.connectors.woocommerce.test_auth import as_woocommerce_checks_it

HTTPS = WooSettings("https://butik.example", KEY, SECRET)


@pytest.fixture
def connect() -> Iterator[Callable[[str], None]]:
    opened: list[tuple[FakeShop, HttpClient]] = []

    def start(believed_scheme: str) -> None:
        """Connect to a shop that sees no header, and takes signatures over what it believes is its scheme."""

        def answer(call: Call) -> Reply:
            if call.path == "/wp-json/":
                return Reply({"name": "Butik", "namespaces": ["wc/v3"]})
            url = f"{shop.url}{call.path}?" + "&".join(f"{k}={percent(v)}" for k, v in call.query.items())
            if "oauth_signature" in call.query and believed_scheme:
                if as_woocommerce_checks_it(call.method, url, SECRET, believed_scheme):
                    return Reply([])
                return denied("woocommerce_rest_authentication_error")
            return denied("woocommerce_rest_cannot_view")

        shop = FakeShop(answer)
        http = HttpClient(HttpPolicy(allow_hosts=frozenset({"127.0.0.1"})), lambda exchange: None)
        opened.append((shop, http))
        identify(WooClient(shop.url, Basic(KEY, SECRET), http), HTTPS)

    yield start
    for shop, http in opened:
        http.close()
        shop.close()


def denied(code: str) -> Reply:
    return Reply({"code": code, "message": "", "data": {"status": 401}}, 401)


def test_a_dropped_header_names_the_setting_that_gets_past_it(connect: Callable[[str], None]) -> None:
    # The fake stands at http: what is signed as it is, is signed for http.
    with pytest.raises(SetupWrong) as caught:
        connect("http")
    assert caught.value.setting == "signing"
    assert caught.value.for_merchant.facts == {"signing": "signed"}


def test_a_key_that_no_way_helps_is_unknown(connect: Callable[[str], None]) -> None:
    for scheme in ("", "gopher"):
        with pytest.raises(ConnectionBroken) as caught:
            connect(scheme)
        assert caught.value.for_merchant.code == "woocommerce.unknown_key"
