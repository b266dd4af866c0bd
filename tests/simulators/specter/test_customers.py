"""How newCustomerSubmit finds, creates and overwrites customers."""

import pytest

from tests.simulators.specter.shop import a_company, a_person


def test_a_new_customer_gets_a_number(shop):
    assert shop.customer(**a_person()).second == 1001
    assert shop.customer(**a_company()).second == 1002


def test_the_e_mail_finds_a_customer_whatever_its_case(shop, buyer):
    assert shop.customer(**a_person(emailAddress="ASA@exempel.se", surName="Berg")).second == buyer


def test_a_found_card_is_left_alone_without_force(shop, buyer):
    shop.customer(**a_person(city="Luleå"))

    assert shop.seen_customer(buyer)["invoice"]["city"] == "Umeå"


def test_force_overwrites_what_is_sent_and_leaves_the_rest(shop, buyer):
    shop.customer(
        force=True, firstName="Åsa", surName="Öberg", emailAddress="asa@exempel.se", city="Luleå", address=""
    )

    invoice = shop.seen_customer(buyer)["invoice"]
    assert (invoice["city"], invoice["address"], invoice["zipCode"]) == ("Luleå", "", "901 01")


def test_the_organisation_number_finds_a_company_however_it_is_written(shop):
    first = shop.customer(**a_company()).second

    assert shop.customer(**a_company(emailAddress="annan@exempel.se", orgNo="5560160680")).second == first


def test_e_mail_goes_before_the_organisation_number(shop):
    by_mail = shop.customer(**a_company(orgNo="5566778899")).second
    shop.customer(**a_company(emailAddress="b@exempel.se"))

    assert shop.customer(**a_company()).second == by_mail


@pytest.mark.parametrize(
    ("switches", "same"),
    [
        ({"ignoreControlEmail": "1"}, False),
        ({"ignoreControlOrgNo": "1"}, True),
        ({"ignoreControlEmail": "1", "ignoreControlOrgNo": "1"}, False),
    ],
)
def test_the_checks_can_be_switched_off(shop, switches, same):
    first = shop.customer(**a_company()).second
    again = shop.customer(**a_company(orgNo="5566778899"), **switches).second

    assert (again == first) is same


def test_both_checks_off_always_makes_a_new_customer(shop):
    first = shop.customer(**a_company()).second

    assert shop.customer(**a_company(), ignoreControlEmail="1", ignoreControlOrgNo="1").second == first + 1


def test_a_customer_can_be_named_by_number(shop, buyer):
    other = a_person(emailAddress="ny@exempel.se", customerId=buyer, identifyByCustomerId="1")

    assert shop.customer(force=True, **other).second == buyer
    assert shop.seen_customer(buyer)["emailAddress"] == "ny@exempel.se"
    assert shop.customer(**a_person()).second == buyer + 1, "the old address no longer finds the card"


def test_an_unknown_number_is_refused(shop):
    answer = shop.customer(**a_person(customerId="77", identifyByCustomerId="1"))

    assert answer.text.startswith("0;4;")


@pytest.mark.parametrize(
    ("field", "length"),
    [
        ("firstName", 51),
        ("emailAddress", 101),
        ("phoneNo", 51),
        ("orgNo", 21),
        ("vatNo", 31),
        ("homepage", 51),
    ],
)
def test_too_long_a_text_is_refused_or_cut(shop, field, length):
    long = a_person(**{field: "x" * length})
    assert shop.customer(**long).text.startswith("0;7;")
    assert shop.control("GET", "customers") == []

    shop.options(field_limits="cut")
    assert shop.customer(**long).ok
    assert len(shop.control("GET", "customers")[0][field]) == length - 1


def test_a_currency_that_is_not_open_is_refused(shop):
    assert shop.customer(**a_person(currency="JPY")).text.startswith("0;8;")


def test_nobody_is_no_customer(shop):
    assert shop.customer(firstName="Åsa").text.startswith("0;3;")
