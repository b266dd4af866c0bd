"""The worked examples of the signature, and what the server makes of a wrong one."""

import pytest

from brygga_simulators.specter.signature import signature
from tests.simulators.specter.shop import V2_INNER, V2_OUTER, Shop, a_person, a_row


@pytest.mark.parametrize(
    ("signed", "key"),
    [
        ("batch-20261124-0001", "4229bd0a647096f898b8fbe073960b7b"),
        ("1042", "d3ed7fbf953b59399b2af0cadb9be0e3"),
        ("TEST-001", "dcd4ccd62aa929d045430912612abb1c"),
        ("Testbolaget AB", "2aff3ff76cf315871e1efdc2dd156f0f"),
        ("Åsa Öberg", "4b089ba56984979093476eccb7b1c37b"),
    ],
)
def test_version_2_signs_as_in_the_worked_examples(signed, key):
    assert signature(V2_INNER, V2_OUTER, 9999, signed) == key


def test_version_1_signs_as_in_the_worked_example():
    key = signature("demo-md5-key-one", "demo-md5-key-two", 9999, "1042")
    assert key == "30f48e24ae12fcddc43e34cf06ce717e"


def test_a_wrong_key_is_refused_and_nothing_happens(shop):
    answer = shop.put("newCustomerSubmit", "someone else", a_person())

    assert answer.status == 200
    assert answer.text.startswith("0;1;")
    assert shop.control("GET", "customers") == []


def test_a_name_signed_as_utf8_is_refused(shop):
    wrong = "Åsa Öberg".encode().decode("latin-1")

    assert shop.put("newCustomerSubmit", wrong, a_person()).text.startswith("0;1;")


def test_an_unknown_account_is_refused(shop):
    stranger = Shop(shop.url, sbm_id=1)

    assert stranger.customer().text.startswith("0;2;")


def test_an_unknown_api_user_is_refused(shop):
    stranger = Shop(shop.url, user="8")

    assert stranger.customer().text.startswith("0;1;")


def test_a_version_2_call_may_leave_out_the_user_unless_the_account_is_strict(shop):
    nameless = Shop(shop.url, user="")
    assert nameless.customer().ok

    shop.options(require_api_user=True)
    assert nameless.customer().text.startswith("0;1;")


def test_a_version_1_account_has_keys_of_its_own(shop):
    old = Shop(shop.url, 9998, "", "demo-md5-key-one", "demo-md5-key-two")
    number = old.customer().second

    assert old.order(number, [a_row()]).ok
    assert len(old.control("GET", "orders?sbmId=9998")) == 1
    assert old.control("GET", "orders?sbmId=9999") == []


def test_upper_case_hex_passes_unless_the_account_is_strict(shop):
    shop.key = lambda signed: Shop.key(shop, signed).upper()
    assert shop.customer().ok

    shop.options(strict_key_case=True)
    assert shop.customer().text.startswith("0;1;")


def test_a_further_user_of_an_account_has_a_secret_of_its_own(shop):
    shop.control(
        "POST", "accounts", {"sbmId": 9999, "apiUserId": "12", "innerSecret": "mine", "outerSecret": V2_OUTER}
    )

    assert Shop(shop.url, user="12", inner="mine").customer().ok
    assert not Shop(shop.url, user="12").customer().ok
    assert shop.customer().ok


def test_check_account_settings_signs_nothing(shop):
    answer = shop.http.request(
        "GET", f"{shop.url}/getInfo.asp?action=checkAccountSettings&sbmId=9999&apiUserId=7&key={shop.key('')}"
    )
    assert answer.data.startswith(b"1;9999;")
